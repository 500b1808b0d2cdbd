// SPDX-License-Identifier: GPL-2.0-only
#include "member/in_tree_client.hh"

#include "kernel/log.h"
#include "kernel/time.h"

namespace member {

using base::Error;
using base::to_errno;
using core::AdminOpcode;

namespace {

/// Pauses between repetitions grow: the client logs each failure.
constexpr u32 first_pause_us = 1000;
constexpr u32 longest_pause_us = 16000;

/// What the client returned, without statuses that the specification does not
/// name: those count as EINVAL. Some errors are the client's own.
int filtered(int result)
{
	if (result == 0)
		return 0;
	if (result > 0 || result < -0xffff)
		return to_errno(Error::invalid);
	// Its queue was torn down; nothing of ours brings that back.
	if (result == to_errno(Error::no_device) || result == to_errno(Error::io))
		return to_errno(Error::no_device);
	if (result == to_errno(Error::not_supported))
		return result;
	return to_errno(core::status_result(static_cast<u16>(-result)));
}

u64 usual_ms()
{
	return virtio_owner_deadline() - kn_now_ms();
}

bool bears_repetition(int error)
{
	return error == to_errno(Error::again) || error == to_errno(Error::no_memory);
}

} // namespace

int InTreeClient::open()
{
	if (slot_->orphaned())
		return to_errno(Error::busy);
	quiet_.store(false);
	return 0;
}

void InTreeClient::close()
{
	if (quiesce())
		kn_warn(vf_, "stays closed until its last command comes back");
}

int InTreeClient::quiesce()
{
	quiet_.store(true);
	return slot_->wait_idle(virtio_owner_deadline()) ? 0 : to_errno(Error::timed_out);
}

int InTreeClient::attempt(const InTreeRequest &request, u64 deadline, InTreeAnswer &answer)
{
	const u64 now = kn_now_ms();
	const u64 given = now < deadline ? deadline - now : 0;

	if (quiet_.load() || lost())
		return to_errno(Error::no_such_address);
	answer.sent = false;
	const int error = slot_->execute(request, deadline, answer);
	const bool late = error == to_errno(Error::timed_out);
	if (answer.sent)
		commands_[static_cast<u16>(request.opcode)].add(1);
	if (answer.sent && late)
		timeouts_.add(1);
	// A caller that was killed, or came late, says nothing about the device.
	lost_.store(late && given >= usual_ms() / 2);
	return error ? error : filtered(answer.result);
}

int InTreeClient::repeat(const InTreeRequest &request, u64 deadline, InTreeAnswer &answer)
{
	for (u32 pause = first_pause_us;; pause = pause < longest_pause_us ? 2 * pause : pause) {
		const int error = attempt(request, deadline, answer);
		if (!bears_repetition(error) || kn_now_ms() >= deadline)
			return error;
		if (kn_killed())
			return to_errno(Error::interrupted);
		kn_sleep_us(pause);
	}
}

int InTreeClient::access(core::Access &access, u64 deadline)
{
	InTreeAnswer answer;
	InTreeRequest request{.opcode = core::opcode_of(access),
			      .offset = access.offset,
			      .length = access.length};

	if (!core::is_sound(access))
		return to_errno(Error::invalid);
	base::store_le(request.data, access.value);
	const int error = repeat(request, deadline, answer);
	if (!error && core::is_legacy_read(access))
		access.value = base::load_le({answer.data, access.length});
	return error;
}

/// One after the other: that is all the client can do.
int InTreeClient::execute(std::span<core::Access> accesses, usize &done, u64 deadline)
{
	for (done = 0; done < accesses.size(); done++)
		if (const int error = access(accesses[done], deadline))
			return error;
	return 0;
}

/// The client tells one entry, and only of the member's own BARs.
int InTreeClient::notify_info(Bytes entries, u64 deadline)
{
	InTreeAnswer answer;

	base::fill_bytes(entries, 0);
	const int error = repeat({.opcode = AdminOpcode::legacy_notify_info}, deadline, answer);
	if (error || entries.size() < sizeof(wire::NotifyEntry))
		return error;
	entries[offsetof(wire::NotifyEntry, flags)] = WIRE_ADMIN_NOTIFY_MEMBER_MEMORY;
	entries[offsetof(wire::NotifyEntry, bar)] = answer.bar;
	base::store_le(entries.subspan(offsetof(wire::NotifyEntry, offset), 8), answer.offset);
	return 0;
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
