// SPDX-License-Identifier: GPL-2.0-only
// An object outside of a stack: debug objects of the kernel refuse works there, and frames are small.
#pragma once

#include "kunit/shim.h"
#include "kunit/test.hh"

namespace support {

/// A @T that ends with the scope.
template <typename T>
class OnHeap {
public:
	template <typename... Arguments>
	explicit OnHeap(Arguments &&...arguments)
		: object_(*new (kt_alloc(sizeof(T))) T(static_cast<Arguments &&>(arguments)...))
	{
	}
	~OnHeap()
	{
		object_.~T();
		kt_free(&object_);
	}
	OnHeap(const OnHeap &) = delete;
	OnHeap &operator=(const OnHeap &) = delete;

	T &get() { return object_; }

private:
	T &object_;
};

} // namespace support
