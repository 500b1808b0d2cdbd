// SPDX-License-Identifier: GPL-2.0-only
#include "member/in_tree_slot.hh"

#include "kernel/memory.h"
#include "kernel/time.h"

namespace member {

using base::Error;
using base::to_errno;
using core::AdminOpcode;

namespace {

// kn_admin_read() needs memory from kn_alloc(), and not much of it.
static_assert(sizeof(InTreeSlot) < 4096);

u32 milliseconds_until(u64 deadline)
{
	const u64 now = kn_now_ms();

	return now < deadline ? static_cast<u32>(deadline - now) : 0;
}

} // namespace

InTreeSlot *InTreeSlot::create(kn_admin *admin)
{
	void *const memory = kn_alloc(sizeof(InTreeSlot));

	if (!memory)
		return nullptr;
	InTreeSlot *const slot = new (memory) InTreeSlot(admin);
	kn_completion_init(&slot->turn_);
	kn_completion_init(&slot->done_);
	kn_work_init(&slot->work_, work, slot);
	kn_complete(&slot->turn_);
	return slot;
}

void InTreeSlot::put()
{
	if (users_.add(~u32{0}))
		return;
	kn_admin *const admin = admin_;
	kn_free(this);
	kn_admin_put(admin);
}

void InTreeSlot::release()
{
	put();
}

void InTreeSlot::work(void *context)
{
	auto *const slot = static_cast<InTreeSlot *>(context);

	slot->run();
	slot->put();
}

void InTreeSlot::perform()
{
	const bool device = request_.opcode == AdminOpcode::legacy_device_read ||
			    request_.opcode == AdminOpcode::legacy_device_write;

	switch (request_.opcode) {
	case AdminOpcode::legacy_common_read:
	case AdminOpcode::legacy_device_read:
		answer_.result = kn_admin_read(admin_, device, request_.offset, answer_.data,
					       request_.length);
		break;
	case AdminOpcode::legacy_common_write:
	case AdminOpcode::legacy_device_write:
		answer_.result = kn_admin_write(admin_, device, request_.offset, request_.data,
						request_.length);
		break;
	case AdminOpcode::legacy_notify_info:
		answer_.result = kn_admin_notify_info(admin_, &answer_.bar, &answer_.offset);
		break;
	default:
		answer_.result = to_errno(Error::not_supported);
		break;
	}
}

void InTreeSlot::run()
{
	if (phase_.replace(Phase::queued, Phase::running)) {
		perform();
		if (phase_.replace(Phase::running, Phase::finished)) {
			kn_complete(&done_);
			return;
		}
	}
	// Nobody waits: the next one's turn begins here.
	phase_.store(Phase::idle);
	kn_complete(&turn_);
}

/// The caller goes; @sent is whether the client has the command. False if the worker
/// was quicker, and there is an answer.
bool InTreeSlot::abandon(bool &sent)
{
	sent = !phase_.replace(Phase::queued, Phase::idle);
	return !sent || phase_.replace(Phase::running, Phase::orphan);
}

base::Status InTreeSlot::execute(const InTreeRequest &request, u64 deadline, InTreeAnswer &answer)
{
	const int turn = kn_wait_killable_for(&turn_, milliseconds_until(deadline));
	if (turn <= 0)
		return turn ? base::from_errno(turn) : Error::timed_out;

	request_ = request;
	answer_ = {}; // the client does not tell how much of it the device wrote
	phase_.store(Phase::queued);
	users_.add(1);
	kn_work_launch(&work_);

	const int waited = kn_wait_killable_for(&done_, milliseconds_until(deadline));
	if (waited <= 0) {
		if (abandon(answer.sent))
			return waited ? base::from_errno(waited) : Error::timed_out;
		// It has just finished; its signal is a few instructions away.
		while (!kn_wait(&done_, 1))
			;
	}
	answer = answer_;
	answer.sent = true;
	phase_.store(Phase::idle);
	kn_complete(&turn_);
	return {};
}

bool InTreeSlot::wait_idle(u64 deadline)
{
	if (!kn_wait(&turn_, milliseconds_until(deadline)))
		return false;
	kn_complete(&turn_);
	return true;
}

} // namespace member
