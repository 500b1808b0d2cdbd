// SPDX-License-Identifier: GPL-2.0-only
#include "member/doorbell.hh"

#include "kernel/time.h"

namespace member {

using base::Error;
using core::DoorbellWay;

namespace {

/// Addresses in the owner's BARs are the owner's to check and to hand out.
class ClaimFromOwner final : public core::OwnerDoorbells {
public:
	explicit ClaimFromOwner(AdminClient &client) : client_(client) {}
	bool claim(const core::BarRange &address) override
	{
		return client_.claim_doorbell(address);
	}

private:
	AdminClient &client_;
};

/// True if @error means that the device never completed the command (timeout, queue full, device
/// gone). Treating that as a refusal would disable the direct doorbell for the whole session.
bool is_fatal(Error error)
{
	switch (error) {
	case Error::again:
	case Error::timed_out:
	case Error::interrupted:
	case Error::no_device:
	case Error::io:
		return true;
	default:
		return false;
	}
}

/// The error of an open whose question ended with @asked. A device that does not complete commands now
/// may do so later: vfio-pci's own opens fail with EAGAIN, too, if another try may succeed.
Status open_error(const Status &asked)
{
	switch (asked.error()) {
	case Error::timed_out:
	case Error::io:
		return Error::again;
	default:
		return asked;
	}
}

constexpr u32 first_pause_us = 1000;
constexpr u32 max_pause_us = 16000;

} // namespace

/// The VF may still be under a reset. The VF's commands are also held then.
bool Doorbell::is_not_ready(const Status &asked)
{
	if (asked.ok())
		return false;
	switch (asked.error()) {
	case Error::busy:
	case Error::no_such_address:
	case Error::no_space:
		return true;
	default:
		return false;
	}
}

Status Doorbell::choose(AdminClient &client, base::ConstBytes answer)
{
	const core::FunctionLayout layout = TRY(core::read_layout(function_.pci()));
	ClaimFromOwner owner{client};
	const core::NotifyChoice choice =
		core::choose_notify(core::parse_notify_entries(answer), layout, owner);

	address_ = choice.address;
	if (choice.way == DoorbellWay::member)
		bar_ = kn_vfio_map_bar(function_.vfio(), choice.address.bar);
	if (choice.way != DoorbellWay::member || bar_)
		way_.store(choice.way);
	return {};
}

/// Asks once. Return: success, also if the device refused; an error of is_not_ready() or is_fatal().
Status Doorbell::ask(AdminClient &client, Deadline &deadline)
{
	u8 answer[core::max_result] = {};
	const Status asked = client.notify_info(answer, deadline.get());

	if (asked.ok())
		return choose(client, answer);
	// Not offered, or refused: the queue notify register is always there.
	return is_fatal(asked.error()) || is_not_ready(asked) ? asked : Status{};
}

/// Asks until the device is ready, but so that the last answer has half the time to arrive. Return: as
/// ask().
Status Doorbell::ask_until(AdminClient &client, Deadline &deadline)
{
	const u64 start = kn_now_ms();
	const u64 end = start + (deadline.get() - start) / 2;
	Status asked = ask(client, deadline);

	for (u32 pause = first_pause_us; is_not_ready(asked) && kn_now_ms() < end;
	     pause = pause < max_pause_us ? 2 * pause : pause) {
		if (kn_killed())
			return Error::interrupted;
		kn_sleep_us(pause);
		asked = ask(client, deadline);
	}
	return asked;
}

/// ask_again() may map one of them later, while VFIO's users map others: VFIO does not serialize that.
void Doorbell::map_bars()
{
	for (u8 bar = 1; bar < 6; bar++)
		if (kn_pci_bar_length(function_.pci(), bar))
			(void)kn_vfio_map_bar(function_.vfio(), bar);
}

Status Doorbell::open(AdminClient &client, Deadline &deadline)
{
	way_.store(DoorbellWay::command);
	const Status asked = ask_until(client, deadline);

	not_ready_ = is_not_ready(asked);
	if (!not_ready_)
		return asked.ok() ? asked : open_error(asked);
	map_bars();
	if (kn_ratelimit_ok(&function_.limit()))
		kn_warn(function_.pci(),
			"no notification address yet (%d): a command for each notification",
			base::to_errno(asked));
	return {};
}

bool Doorbell::try_ring(AdminClient &client, u16 queue, u32 resets)
{
	bool over = false;

	switch (way_.load()) {
	case DoorbellWay::member:
		over = try_ring_member(queue, resets);
		break;
	case DoorbellWay::owner:
		over = try_ring_owner(client, queue);
		break;
	case DoorbellWay::command:
		break;
	}
	notifications_.add(1);
	return over;
}

bool Doorbell::try_ring_member(u16 queue, u32 resets)
{
	kn_vfio *const vfio = function_.vfio();
	bool answers;

	if (!kn_vfio_memory_trylock(vfio, &answers))
		return false;
	count(DoorbellWay::member);
	// VFIO_DEVICE_RESET holds the lock for write, so it cannot begin before the write below.
	if (answers && function_.state().resets() == resets)
		write_member(queue);
	kn_vfio_memory_unlock(vfio);
	return true;
}

bool Doorbell::try_ring_owner(AdminClient &client, u16 queue)
{
	if (kn_vfio_may_sleep(function_.vfio()))
		return false;
	count(DoorbellWay::owner);
	if (kn_pci_powered(function_.pci()))
		client.ring_doorbell(queue);
	return true;
}

Status Doorbell::ring_late(AdminClient &client, u16 queue, u32 resets, Deadline &deadline)
{
	const FunctionState &state = function_.state();

	if (way_.load() != DoorbellWay::member)
		return state.resets() == resets ? ring(client, queue, deadline) : Status{};
	count(DoorbellWay::member);
	// A VFIO_DEVICE_RESET may end while this waits for the lock.
	if (kn_vfio_memory_lock(function_.vfio()) && state.resets() == resets)
		write_member(queue);
	kn_vfio_memory_unlock(function_.vfio());
	notifications_.add(1);
	return {};
}

Status Doorbell::notify_by_command(AdminClient &client, u16 queue, Deadline &deadline)
{
	auto notification = core::write_access(core::LegacySpace::common, WIRE_LEGACY_QUEUE_NOTIFY,
					       queue, sizeof(queue));
	base::usize done;
	return guest_outcome(client.execute({&notification, 1}, done, deadline));
}

void Doorbell::describe(virtio_legacy_view &view, bool open) const
{
	static constexpr const char *const ways[] = {"command", "owner", "member"};

	for (unsigned way = 0; way < std::size(counts_); way++)
		view.doorbells[way] = counts_[way].load();
	view.doorbell = "closed";
	if (!open)
		return;
	const DoorbellWay way = way_.load();
	view.doorbell = ways[static_cast<unsigned>(way)];
	if (way == DoorbellWay::command)
		return;
	view.doorbell_bar = address_.bar;
	view.doorbell_offset = address_.offset;
}

} // namespace member
