// SPDX-License-Identifier: GPL-2.0-only
// Threads of a test that end with a scope.
#pragma once

#include "kunit/test.hh"

namespace support {

/// Runs functions in threads, and joins them at the end.
class Threads {
public:
	Threads() = default;
	~Threads() { join(); }
	Threads(const Threads &) = delete;
	Threads &operator=(const Threads &) = delete;

	/// At most four. @context: the argument of @run.
	void start(void (*run)(void *context), void *context)
	{
		threads_[count_++] = kt_thread_start(run, context);
	}
	void join()
	{
		while (count_)
			kt_thread_join(threads_[--count_]);
	}

private:
	kt_thread *threads_[4] = {};
	unsigned count_ = 0;
};

} // namespace support
