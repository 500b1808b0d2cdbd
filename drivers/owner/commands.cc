// SPDX-License-Identifier: GPL-2.0-only
#include "owner/commands.hh"

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
		controller_.wait_failed(member, since_us, Controller::Wait::completion);
		return Error::timed_out;
	case Error::no_space: // of the queue: the device has a status of the same name
		controller_.wait_failed(member, since_us, Controller::Wait::slot);
		return Error::timed_out;
	case Error::io: // lost
		return Error::no_device;
	case Error::no_device:
		controller_.handle_unreachable();
		return Error::no_device;
	case Error::protocol:
		return Error::io;
	default:
		return error;
	}
}

/// Tries the commands that are not done, once.
Status Commands::attempt(Batch &batch, Member *member, u64 deadline)
{
	const Outcome outcome = controller_.queue().execute(batch.accesses.subspan(batch.done),
							    batch.result, member, deadline);
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
	Batch batch{.accesses = {&access, 1}};

	return attempt(batch, nullptr, deadline);
}

/// The queue admits no member before, and the mutex keeps a second caller and resets out.
Status Commands::negotiate(u64 deadline)
{
	if (!kn_mutex_trylock(&controller_.mutex()))
		return Error::again;
	const core::HeldMutex guard{controller_.mutex()};

	return controller_.session().list().in_force() ? Status{} : negotiate_locked(deadline);
}

Status Commands::negotiate_locked(u64 deadline)
{
	core::assert_held(controller_.mutex());
	if (const Status idle = controller_.queue().wait_ready(deadline); !idle.ok()) {
		if (idle.error() == Error::no_device)
			controller_.handle_unreachable();
		else
			controller_.wait_failed(nullptr, 0, Controller::Wait::idle_queue);
		return idle;
	}

	Access query = core::list_query();
	TRY(submit_list(query, deadline));
	const OpcodeSet wanted = OpcodeSet{query.value}.known();
	Access use = core::list_use(wanted);
	TRY(submit_list(use, deadline));

	controller_.session().list().use(wanted);
	controller_.queue().admit_members();
	return {};
}

/// Ensures that commands may be submitted, and that @opcode is one of them.
Status Commands::ready(AdminOpcode opcode, u64 deadline)
{
	const CommandList &list = controller_.session().list();

	switch (controller_.state()) {
	case State::dead:
	case State::lost: // a retry does not help, unlike after a protocol error
		return Error::no_device;
	case State::frozen:
		return Error::again;
	case State::live:
		break;
	}
	if (!list.in_force())
		TRY(negotiate(deadline));
	return list.opcodes().has(opcode) ? Status{} : Status{Error::not_supported};
}

Result<bool> Commands::has_legacy()
{
	const u64 end = controller_.session().deadline();
	Backoff backoff;

	for (;;) {
		// LIST_QUERY itself is always there.
		const Status status = ready(AdminOpcode::list_query, end);
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
		Status status = ready(core::opcode_of(batch.accesses[batch.done]), deadline);
		if (status.ok())
			status = attempt(batch, &member, deadline);
		TRY(backoff.again(status, deadline));
	}
	return {};
}

} // namespace owner
