// SPDX-License-Identifier: GPL-2.0-only
#include "owner/admission.hh"

#include "core/lock_guard.hh"
#include "kernel/time.h"

namespace owner {

using core::SpinGuard;

void Admission::wait_failed(Member *member, u64 since_us, Wait wait)
{
	AdminQueue &queue = supervisor_.queue();
	Sender &sender = queue.sender_of(member);
	bool broken = false;

	{
		SpinGuard guard{queue.lock()};
		const QueueActivity activity = queue.state().activity(member);
		const FailedWait failed{.since_us = since_us,
					.recovered_us = member ? member->recovered_us : 0,
					.orphans = member ? member->orphans : 0,
					.share = queue.state().info().share};
		const Recovery &recovery = supervisor_.recovery();

		if (member) {
			member->timed_out_us = activity.now_us;
			broken = wait == Wait::completion
					 ? recovery.is_member_broken(activity, failed)
					 : recovery.is_member_blocked(activity, failed);
		}
		if (broken)
			member->aside.begin(activity.now_us);
	}
	if (broken && kn_ratelimit_ok(&sender.limit))
		kn_warn(supervisor_.pci(), "no answer to a command for member %llu, which is set aside",
			static_cast<unsigned long long>(member->id.value()));
}

void Admission::waited_out(Member &member)
{
	SpinGuard guard{supervisor_.queue().lock()};

	member.timed_out_us = kn_now_us();
}

Status Admission::admits_unless_live(const Member *member)
{
	const State now = supervisor_.state();

	if (member && (now == State::suspect || now == State::recovering)) {
		// A guest waits out one deadline while the device completes nothing, and not one
		// for each access.
		SpinGuard guard{supervisor_.queue().lock()};
		if (member->timed_out_us > supervisor_.queue().state().progress().completed_us())
			return Error::no_device;
	}
	return supervisor_.admits();
}

bool Admission::forgive(Member &member)
{
	SpinGuard guard{supervisor_.queue().lock()};

	return member.aside.forgive();
}

} // namespace owner
