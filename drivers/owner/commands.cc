// SPDX-License-Identifier: GPL-2.0-only
// Sending commands: which ones the device takes (virtio 1.3, 2.12.1.1 and .2),
// retries, and what a timeout means.
#include "base/guard.hh"
#include "kernel/time.h"
#include "owner/lock_guard.hh"
#include "owner/owner.hh"

namespace owner {

using base::Error;
using base::Result;
using core::AdminAnswer;
using core::AdminCommand;
using core::AdminOpcode;
using core::OpcodeSet;

namespace {

constexpr u32 first_pause_us = 500;
constexpr u32 longest_pause_us = 16000;

/// Retries inside a deadline, at pauses that grow. EAGAIN and ENOMEM are a
/// device's wish for another try, and it did nothing (2.12.1).
class Backoff {
public:
	/// Pauses if @status asks for another try, else returns why not.
	Status again(const Status &status, u64 deadline)
	{
		if (status.ok() ||
		    (status.error() != Error::again && status.error() != Error::no_memory))
			return status;
		if (kn_now_ms() >= deadline)
			return Error::timed_out;
		if (kn_killed())
			return Error::interrupted;
		kn_sleep_us(us_);
		us_ = us_ * 2 < longest_pause_us ? us_ * 2 : longest_pause_us;
		return {};
	}

private:
	u32 us_ = first_pause_us;
};

} // namespace

/// Whether the device has commands and completed none for stall_ms().
bool Owner::stalled()
{
	SpinGuard guard{queue_.lock()};

	return !queue_.state().is_idle({Scope::What::all}) &&
	       kn_now_us() - queue_.state().progress().idle_since_us() >= stall_ms() * us_per_ms;
}

/// Silence towards everybody is the queue's trouble. Only who waited in vain can
/// tell: an orphan of one member in an idle queue is none.
void Owner::note_silence()
{
	if (!stalled())
		return;
	silent_.store(true);
	kn_work_schedule(&recovery_);
}

/// Whether @member has waited since @since_us, for half of what it may, while others got
/// answers.
bool Owner::others_go_on(const Member *member, u64 since_us)
{
	const u64 now_us = kn_now_us();
	const u64 half_us = settings_.command_timeout_ms * us_per_ms / 2;

	if (now_us - since_us < half_us)
		return false;
	SpinGuard guard{queue_.lock()};
	// A reset after the wait began may have recovered the member.
	return since_us >= queue_.state().gate().opened_us() &&
	       queue_.state().progress().others_us(member) >= now_us - half_us;
}

/// Marks @member, which waited in vain since @since_us, as broken. Whoever waited may be late:
/// what began before the member was mended says nothing about it. Under the queue's lock.
void Owner::note_broken(Member &member, u64 since_us)
{
	if (since_us >= member.mended_us)
		member.broken = true;
}

/// A command that had its time got no answer. While others get theirs, that is
/// the member's trouble, and it must not cost the others the queue.
void Owner::note_timeout(Member *member, u64 sent_us)
{
	const bool singled_out = others_go_on(member, sent_us);
	{
		SpinGuard guard{queue_.lock()};
		if (member) {
			member->timeouts++;
			if (singled_out)
				note_broken(*member, sent_us);
		} else {
			group_timeouts_++;
		}
	}
	if (kn_ratelimit_ok(member ? &member->limit : &limit_))
		kn_warn(pci_, "no answer to a command for member %llu",
			member ? static_cast<unsigned long long>(member->id.value()) : 0);
	note_silence();
}

/// A member that got no slot in its time. If orphans have its whole share, no command of
/// its can even be sent: the member's trouble, unless all have it.
void Owner::note_no_slot(Member *member, u64 began_us)
{
	if (member && others_go_on(member, began_us)) {
		SpinGuard guard{queue_.lock()};
		if (member->orphans >= queue_.state().info().share)
			note_broken(*member, began_us);
	}
	note_silence();
}

void Owner::report(const AdminCommand &command, Member *member, u16 status)
{
	if (core::status_is_named(status) ||
	    !kn_ratelimit_ok(member ? &member->limit : &limit_))
		return;
	kn_warn(pci_, "command %#x for member %llu: unknown status %u, taken as EINVAL",
		static_cast<u16>(command.opcode()),
		static_cast<unsigned long long>(command.member().value()), status);
}

/// What no answer, for @error, tells about device and member, and what it is called.
Error Owner::heed(Error error, Member *member, u64 since_us)
{
	switch (error) {
	case Error::timed_out:
		note_timeout(member, since_us);
		return Error::timed_out;
	case Error::no_space: // as a status, it is the device's
		note_no_slot(member, since_us);
		return Error::timed_out;
	case Error::io: // lost
		return Error::no_device;
	case Error::no_device:
		vanish();
		return Error::no_device;
	case Error::protocol:
		return Error::io;
	default:
		return error;
	}
}

/// One try of what is not done.
Status Owner::attempt(Batch &batch, Member *member, u64 deadline)
{
	const Outcome outcome = queue_.execute(batch.commands.subspan(batch.done),
					       batch.answers.subspan(batch.done), member, deadline);
	Status status = outcome.status;

	// Also where the answer to an earlier command decides.
	if (!status.ok())
		status = heed(status.error(), member, outcome.since_us);
	for (const usize end = batch.done + outcome.completed; batch.done < end; batch.done++) {
		const u16 raw = batch.answers[batch.done].status;
		if (raw == 0)
			continue;
		report(batch.commands[batch.done], member, raw);
		return core::status_result(raw);
	}
	return status;
}

Status Owner::send_list(const AdminCommand &command, u64 deadline, AdminAnswer &answer)
{
	Batch batch{.commands = {&command, 1}, .answers = {&answer, 1}};

	return attempt(batch, nullptr, deadline);
}

/**
 * LIST_QUERY, then LIST_USE with what we send: once an epoch, before all other
 * commands and with none outstanding (2.12.1.2). The queue admits no member
 * before, and mutex_ keeps a second caller and resets of ours out.
 */
Status Owner::negotiate_commands(u64 deadline)
{
	if (!kn_mutex_trylock(&mutex_))
		return Error::again; // somebody negotiates or resets: inside our deadline, wait
	const base::ScopeGuard unlock{[this] { kn_mutex_unlock(&mutex_); }};

	if (listed_.load())
		return {};
	if (const Status settled = queue_.wait_ready(deadline); !settled.ok()) {
		if (settled.error() == Error::no_device)
			vanish();
		else
			note_silence();
		return settled;
	}

	AdminAnswer answer;
	TRY(send_list(AdminCommand::list_query(core::sriov_group), deadline, answer));
	const OpcodeSet offered{base::load_le({answer.result, sizeof(u64)})};
	const OpcodeSet wanted = offered.known();
	TRY(send_list(AdminCommand::list_use(core::sriov_group, wanted), deadline, answer));

	opcodes_.store(wanted.bits());
	listed_.store(true);
	queue_.admit_members();
	return {};
}

/// Makes sure that commands may be sent, and that @opcode is one of them.
Status Owner::ready(AdminOpcode opcode, u64 deadline)
{
	switch (state()) {
	case State::dead:
	case State::lost: // no use in trying again, as after a protocol error
		return Error::no_device;
	case State::frozen:
		return Error::again;
	case State::live:
		break;
	}
	if (!listed_.load())
		TRY(negotiate_commands(deadline));
	return opcodes().has(opcode) ? Status{} : Status{Error::not_supported};
}

Result<bool> Owner::has_legacy()
{
	const u64 end = deadline();
	Backoff backoff;

	for (;;) {
		// LIST_QUERY itself is always there.
		const Status status = ready(AdminOpcode::list_query, end);
		if (status.ok() || status.error() == Error::not_supported)
			return opcodes().has_legacy();
		// The device has no commands for groups of this type, or not yet: no, but
		// not for ever (2.12.1).
		if (status.error() == Error::invalid)
			return false;
		TRY(backoff.again(status, end));
	}
}

Status Owner::execute(Batch &batch, Member &member, u64 deadline)
{
	Backoff backoff;

	while (batch.done < batch.commands.size()) {
		Status status = ready(batch.commands[batch.done].opcode(), deadline);
		if (status.ok())
			status = attempt(batch, &member, deadline);
		TRY(backoff.again(status, deadline));
	}
	return {};
}

} // namespace owner
