// SPDX-License-Identifier: GPL-2.0-only
// How often commands of one VF may fail.
#pragma once

#include "base/atomic.hh"

namespace member {

/// Failures without a wait, of a VF that had none for a while. A guest that boots reads some
/// configuration that its device lacks.
constexpr base::u64 free_failures = 32;
/// After them, a failure has this time to itself.
constexpr base::u64 failure_period_ms = 1000;
/// Longer than any access may last.
constexpr base::u64 longest_failure_wait_ms = 60'000;

/**
 * class FailurePace - the wait after a command that failed
 *
 * Invariant: callers that wait as told have on average one failure in failure_period_ms, and
 * free_failures besides.
 *
 * Context: any, no locks.
 */
class FailurePace {
public:
	/// A command failed at @now_ms. Return: how many milliseconds its caller has to wait.
	[[nodiscard]] base::u64 failed(base::u64 now_ms)
	{
		constexpr base::u64 free_ms = free_failures * failure_period_ms;
		base::u64 old, start;

		do {
			old = idle_ms_.load();
			start = old > now_ms ? old : now_ms;
			if (start > now_ms + free_ms + longest_failure_wait_ms)
				break;
		} while (!idle_ms_.replace(old, start + failure_period_ms));
		const base::u64 ahead = start + failure_period_ms - now_ms;
		return ahead > free_ms ? ahead - free_ms : 0;
	}

private:
	base::Atomic<base::u64> idle_ms_{0}; ///< when the periods of all failures are over
};

} // namespace member
