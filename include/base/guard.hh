// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "base/types.hh"

namespace base {

/// Runs @f at the end of the scope unless dismissed.
template <typename F>
class [[nodiscard]] ScopeGuard {
public:
	explicit ScopeGuard(F f) : f_(f) {}
	~ScopeGuard()
	{
		if (armed_)
			f_();
	}
	ScopeGuard(const ScopeGuard &) = delete;
	ScopeGuard &operator=(const ScopeGuard &) = delete;
	void dismiss() { armed_ = false; }

private:
	F f_;
	bool armed_ = true;
};

} // namespace base
