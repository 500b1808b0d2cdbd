// SPDX-License-Identifier: GPL-2.0-only
#include "owner/dispatch_depth.hh"

namespace owner {

namespace {

/// Waiting in the device that is no reason to hold commands back: about what an interrupt
/// takes, and the device must not run idle meanwhile.
constexpr u64 slack_us = 20;
/// While the limit is less than the most, how often to see how long a command takes that is
/// alone, and how often if what is known must be old. Never before so many times that time.
constexpr u64 probe_us = 1000000;
constexpr u64 stale_probe_us = 10000;
constexpr u64 probe_times = 128;
/// Nothing is overdue sooner, however quick the device is.
constexpr u64 least_patience_us = 10000;

} // namespace

void DispatchDepth::init(u16 most)
{
	*this = {};
	most_ = most;
	limit_ = most;
}

void DispatchDepth::set_alone(u64 us)
{
	alone_us_ = us ? us : 1; // 0 stands for not known
	good_us_ = alone_us_ + alone_us_ / 2 + slack_us;
}

/// Each weighs half, so that an answer that was delayed is soon forgotten. One that was alone
/// because it was to be says what the device is like now.
void DispatchDepth::note_alone(u64 us, u64 now_us)
{
	set_alone(probing_ || alone_us_ == 0 ? us : (alone_us_ + us + 1) / 2);
	alone_at_us_ = now_us;
	probing_ = false;
	stale_ = false;
}

void DispatchDepth::note_among(u16 position, u64 us, bool alike, u64 now_us)
{
	const u64 useful = position * good_us_ / (us ? us : 1) + 1;
	const u64 wanted = useful < least_depth ? least_depth : useful;

	if (wanted > limit_)
		limit_ = static_cast<u16>(wanted < most_ ? wanted : most_);
	else if (wanted < position)
		limit_ = static_cast<u16>(limit_ - (limit_ - wanted + 7) / 8);
	// No device is slower than one that works on one command after the other.
	const u64 longest_us = position * alone_us_;
	stale_ = stale_ || us > longest_us + longest_us / 2 + 2 * slack_us;
	// Else a device that became slower would look like one that has too much to do.
	const u64 since_us = now_us - alone_at_us_;
	probing_ = alike && limited() && since_us >= (stale_ ? stale_probe_us : probe_us) &&
		   since_us >= probe_times * alone_us_;
}

u64 DispatchDepth::patience_us() const
{
	return least_patience_us + 16 * alone_us_; // while it is limited, 4 to 6 are usual
}

} // namespace owner
