// SPDX-License-Identifier: GPL-2.0-only
#include "owner/queue/dispatch_depth.hh"

namespace owner {

namespace {

/// Commands that complete within the time of an interrupt may wait in the device, so that it is
/// not idle meanwhile.
constexpr u64 slack_us = 20;
/// While the limit is below the maximum, a command is submitted alone once in this time; once in
/// stale_probe_us if alone_us_ is out of date; never within probe_times * alone_us_.
constexpr u64 probe_us = 1000000;
constexpr u64 stale_probe_us = 10000;
constexpr u64 probe_times = 128;
/// Lower bound of patience_us(), for fast devices.
constexpr u64 min_patience_us = 10000;

} // namespace

void DispatchDepth::init(u16 max)
{
	*this = {};
	max_ = max;
	limit_ = max;
}

void DispatchDepth::set_alone(u64 us)
{
	alone_us_ = us ? us : 1; // 0: not known
	good_us_ = alone_us_ + alone_us_ / 2 + slack_us;
}

/// A sample weighs half, so that a delayed completion has little influence. The sample of a probe
/// replaces alone_us_.
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
	const u64 wanted = useful < min_depth ? min_depth : useful;

	if (wanted > limit_)
		limit_ = static_cast<u16>(base::minimum<u64>(wanted, max_));
	else if (wanted < position)
		limit_ = static_cast<u16>(limit_ - (limit_ - wanted + 7) / 8);
	// No device is slower than one that works on one command at a time.
	const u64 longest_us = position * alone_us_;
	stale_ = stale_ || us > longest_us + longest_us / 2 + 2 * slack_us;
	// Without a probe, a device that became slower looks like one with too many commands.
	const u64 since_us = now_us - alone_at_us_;
	probing_ = alike && limited() && since_us >= (stale_ ? stale_probe_us : probe_us) &&
		   since_us >= probe_times * alone_us_;
}

u64 DispatchDepth::patience_us() const
{
	return min_patience_us + 16 * alone_us_; // 4 to 6 * alone_us_ are usual while limited
}

} // namespace owner
