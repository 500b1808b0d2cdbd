// SPDX-License-Identifier: GPL-2.0-only
#include "owner/commands.hh"

#include "base/guard.hh"
#include "core/lock_guard.hh"
#include "kernel/time.h"

namespace owner {

using base::Result;
using core::Access;
using core::AdminOpcode;
using core::OpcodeSet;

namespace {

constexpr u32 first_pause_us = 500;
constexpr u32 max_pause_us = 16000;

/// Retries inside a deadline, with pauses that grow.
class Backoff {
public:
	/// Pauses if @status asks for a retry. Else, or after @deadline, returns why not.
	Status again(const Status &status, u64 deadline)
	{
		if (!core::asks_for_retry(status))
			return status;
		if (kn_now_ms() >= deadline)
			return Error::timed_out;
		if (kn_killed())
			return Error::interrupted;
		kn_sleep_us(us_);
		us_ = base::minimum(us_ * 2, max_pause_us);
		return {};
	}

private:
	u32 us_ = first_pause_us;
};

/// A try of @first and the commands behind it ended with @status. Pauses if another try may help.
/// Else, or after @deadline, returns why not. Out of line, because most tries succeed.
[[gnu::noinline]] Status try_again(Admission &admission, const Access &first, Member &member,
				   Status status, u64 deadline, Backoff &backoff)
{
	// The guest's own reset is another chance for a member.
	if (status.error() == Error::no_such_address && core::is_guest_reset(first) &&
	    admission.forgive(member))
		return {};
	const Status again = backoff.again(status, deadline);
	if (!again.ok() && again.error() == Error::timed_out && core::asks_for_retry(status))
		admission.waited_out(member);
	return again;
}

} // namespace

void Commands::report(const Access &access, Member *member)
{
	if (core::status_is_named(access.status) ||
	    !kn_ratelimit_ok(&controller_.queue().sender_of(member).limit))
		return;
	kn_warn(controller_.pci(), "command %#x for member %llu: unknown status %u, taken as EINVAL",
		access.opcode, member ? static_cast<unsigned long long>(member->id.value()) : 0,
		access.status);
}

/// Reports a wait of @member since @since_us that ended with @error, and returns the error of the
/// access.
Error Commands::classify_failure(Error error, Member *member, u64 since_us)
{
	switch (error) {
	case Error::timed_out:
		admission_.wait_failed(member, since_us, Admission::Wait::completion);
		return Error::timed_out;
	case Error::no_space: // of the queue: the device has a status of the same name
		admission_.wait_failed(member, since_us, Admission::Wait::slot);
		return Error::timed_out;
	case Error::io: // lost or stalled
		return Error::no_device;
	case Error::protocol:
		return Error::io;
	default:
		return error;
	}
}

/// Tries the commands that are not done, once.
inline Status Commands::attempt(Batch &batch, Member *member, u64 deadline)
{
	const Outcome outcome = controller_.queue().execute(
		batch.accesses.subspan(batch.done), batch.result, member,
		{deadline, batch.queued_ms, controller_.session().timeout_ms()});
	Status status = outcome.status;

	// Also where the status of an earlier command decides.
	if (!status.ok())
		status = classify_failure(status.error(), member, outcome.since_us);
	for (const usize end = batch.done + outcome.completed; batch.done < end; batch.done++) {
		const Access &access = batch.accesses[batch.done];
		if (access.status == 0)
			continue;
		report(access, member);
		return core::status_result(access.status);
	}
	return status;
}

Status Commands::submit_list(Access &access, u64 deadline)
{
	u64 queued_ms = 0;
	Batch batch{.accesses = {&access, 1}, .queued_ms = queued_ms};

	return attempt(batch, nullptr, deadline);
}

/// The queue admits no member before, and the flag keeps a second caller out. Recovery goes on
/// meanwhile, so that a device which does not complete these commands keeps nobody else waiting.
Status Commands::negotiate(u64 deadline)
{
	if (negotiating_.exchange(true))
		return Error::again;
	const base::ScopeGuard end{[this] { negotiating_.store(false); }};
	Session &session = controller_.session();

	if (session.list().in_force())
		return {};
	const u32 epoch = session.epoch();
	TRY(controller_.queue().wait_ready(deadline));
	Access query = core::list_query();
	TRY(submit_list(query, deadline));
	const OpcodeSet wanted = OpcodeSet{query.value}.known();
	Access use = core::list_use(wanted);
	TRY(submit_list(use, deadline));

	// A reset meanwhile ended the list, and one under way is about to. An observation has the
	// mutex for a short time only.
	kn_mutex &mutex = controller_.supervisor().mutex();
	while (!kn_mutex_trylock(&mutex)) {
		if (session.epoch() != epoch || kn_now_ms() >= deadline || kn_killed())
			return Error::again;
		kn_sleep_us(first_pause_us);
	}
	const core::HeldMutex guard{mutex};
	if (session.epoch() != epoch)
		return Error::again;
	session.list().use(wanted);
	controller_.queue().admit_members();
	return {};
}

/// Ensures that commands of @member (null: of the owner) may be submitted, and that @opcode is
/// one of them.
Status Commands::ready(AdminOpcode opcode, const Member *member, u64 deadline)
{
	const CommandList &list = controller_.session().list();

	TRY(admission_.admits(member));
	if (!list.in_force())
		TRY(negotiate(deadline));
	return list.opcodes().has(opcode) ? Status{} : Status{Error::not_supported};
}

/// Whether ready() would succeed at once, as for nearly all commands.
inline bool Commands::is_ready(AdminOpcode opcode) const
{
	const CommandList &list = controller_.session().list();

	return controller_.state() == State::live && list.in_force() &&
	       list.opcodes().has(opcode);
}

Result<bool> Commands::has_legacy()
{
	const u64 end = controller_.session().deadline();
	Backoff backoff;

	for (;;) {
		// LIST_QUERY itself is always there.
		const Status status = ready(AdminOpcode::list_query, nullptr, end);
		if (status.ok() || status.error() == Error::not_supported)
			return controller_.session().list().opcodes().has_legacy();
		// The device has no commands for groups of this type, or not yet (2.12.1): no, but
		// not for ever.
		if (status.error() == Error::invalid)
			return false;
		TRY(backoff.again(status, end));
	}
}

Status Commands::execute(Batch &batch, Member &member, u64 deadline)
{
	Backoff backoff;

	while (batch.done < batch.accesses.size()) {
		const Access &next = batch.accesses[batch.done];
		const AdminOpcode opcode = core::opcode_of(next);
		Status status;

		if (!is_ready(opcode))
			status = ready(opcode, &member, deadline + batch.queued_ms);
		if (status.ok())
			status = attempt(batch, &member, deadline);
		if (!status.ok())
			TRY(try_again(admission_, next, member, status,
				      deadline + batch.queued_ms, backoff));
	}
	return {};
}

} // namespace owner
