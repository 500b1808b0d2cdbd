// SPDX-License-Identifier: GPL-2.0-only
#include "member/in_tree_client.hh"

#include "kernel/time.h"

namespace member {

using base::Error;
using core::AdminOpcode;

namespace {

/// Pauses between repetitions grow: the client logs each failure.
constexpr u32 first_pause_us = 1000;
constexpr u32 longest_pause_us = 16000;

/// What the client returned. A status that the specification does not name counts as EINVAL. Some
/// errors are the client's own.
Status filtered(int result)
{
	if (result == 0)
		return {};
	if (result > 0 || result < -0xffff)
		return Error::invalid;
	switch (static_cast<u16>(-result)) {
	case static_cast<u16>(Error::no_device):
	case static_cast<u16>(Error::io): // the client's queue was torn down, which is final
		return Error::no_device;
	case static_cast<u16>(Error::not_supported):
		return Error::not_supported;
	default:
		return core::status_result(static_cast<u16>(-result));
	}
}

u64 earlier(u64 a, u64 b)
{
	return a < b ? a : b;
}

/// Returns at once if the task is being killed.
void wait_until(u64 end_ms)
{
	while (kn_now_ms() < end_ms && !kn_killed())
		kn_sleep_us(longest_pause_us);
}

u64 usual_ms()
{
	return virtio_owner_deadline() - kn_now_ms();
}

} // namespace

Status InTreeClient::open(virtio_owner_callback, void *)
{
	if (slot_->orphaned())
		return Error::busy;
	open_.store(true);
	return {};
}

void InTreeClient::close()
{
	open_.store(false);
	if (!slot_->wait_idle(virtio_owner_deadline()) && kn_ratelimit_ok(&function_.limit()))
		kn_warn(function_.pci(), "stays closed until its last command comes back");
}

Status InTreeClient::quiesce()
{
	held_.store(true);
	if (!open_.load() || slot_->wait_idle(virtio_owner_deadline()))
		return {};
	return Error::timed_out;
}

Status InTreeClient::submit(const InTreeRequest &request, u64 deadline, InTreeAnswer &answer)
{
	const u64 now = kn_now_ms();
	const u64 given = now < deadline ? deadline - now : 0;

	if (!open_.load() || held_.load() || lost())
		return Error::no_such_address;
	answer.sent = false;
	const Status executed = slot_->execute(request, deadline, answer);
	const bool late = !executed.ok() && executed.error() == Error::timed_out;
	if (answer.sent)
		commands_[static_cast<u16>(request.opcode)].add(1);
	if (answer.sent && late)
		timeouts_.add(1);
	// A caller that was killed, or came late, says nothing about the device.
	lost_.store(late && given >= usual_ms() / 2);
	return executed;
}

Status InTreeClient::attempt(const InTreeRequest &request, u64 deadline, InTreeAnswer &answer)
{
	TRY(submit(request, deadline, answer));
	if (answer.result != 0)
		wait_until(earlier(deadline, kn_now_ms() + pace_.failed(kn_now_ms())));
	return filtered(answer.result);
}

Status InTreeClient::repeat(const InTreeRequest &request, u64 deadline, InTreeAnswer &answer)
{
	for (u32 pause = first_pause_us;; pause = pause < longest_pause_us ? 2 * pause : pause) {
		const Status status = attempt(request, deadline, answer);
		if (!core::asks_for_retry(status) || kn_now_ms() >= deadline)
			return status;
		if (kn_killed())
			return Error::interrupted;
		kn_sleep_us(pause);
	}
}

Status InTreeClient::access(core::Access &access, u64 deadline)
{
	InTreeAnswer answer;
	InTreeRequest request{.opcode = core::opcode_of(access),
			      .offset = access.offset,
			      .length = access.length};

	if (!core::is_sound(access))
		return Error::invalid;
	base::store_le(request.data, access.value);
	TRY(repeat(request, deadline, answer));
	if (core::is_legacy_read(access))
		access.value = base::load_le({answer.data, access.length});
	return {};
}

/// One after the other: the client cannot do more.
Status InTreeClient::execute(std::span<core::Access> accesses, usize &done, Deadline &deadline)
{
	for (done = 0; done < accesses.size(); done++)
		TRY(access(accesses[done], deadline.get()));
	return {};
}

/// The client tells one entry, and only of the member's own BARs.
Status InTreeClient::notify_info(Bytes entries, u64 deadline)
{
	InTreeAnswer answer;

	base::fill_bytes(entries, 0);
	TRY(repeat({.opcode = AdminOpcode::legacy_notify_info}, deadline, answer));
	if (entries.size() < sizeof(wire::NotifyEntry))
		return {};
	entries[offsetof(wire::NotifyEntry, flags)] = WIRE_ADMIN_NOTIFY_MEMBER_MEMORY;
	entries[offsetof(wire::NotifyEntry, bar)] = answer.bar;
	base::store_le(entries.subspan(offsetof(wire::NotifyEntry, offset), 8), answer.offset);
	return {};
}

void InTreeClient::stats(virtio_owner_stats &stats) const
{
	stats = {};
	for (unsigned opcode = 0; opcode < std::size(commands_); opcode++)
		stats.commands[opcode] = commands_[opcode].load();
	stats.timeouts = timeouts_.load();
	stats.orphans = slot_->orphaned();
	stats.broken = lost();
}

} // namespace member
