// SPDX-License-Identifier: GPL-2.0-only
#include "member/doorbell.hh"

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
	case Error::timed_out:
	case Error::interrupted:
	case Error::no_device:
	case Error::io:
		return true;
	default:
		return false;
	}
}

} // namespace

Status Doorbell::open(AdminClient &client)
{
	u8 answer[core::max_result] = {};
	const Status asked = client.notify_info(answer, virtio_owner_deadline());

	choice_ = {};
	bar_ = nullptr;
	if (!asked.ok() && is_fatal(asked.error()))
		return asked;
	if (!asked.ok()) // not offered, or refused: the queue notify register is always there
		return {};

	const core::FunctionLayout layout = TRY(core::read_layout(function_.pci()));
	ClaimFromOwner owner{client};
	choice_ = core::choose_notify(core::parse_notify_entries(answer), layout, owner);
	if (choice_.way != DoorbellWay::member)
		return {};
	bar_ = kn_vfio_map_bar(function_.vfio(), choice_.address.bar);
	if (!bar_)
		choice_ = {};
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
	view.doorbell = ways[static_cast<unsigned>(choice_.way)];
	view.doorbell_bar = choice_.address.bar;
	view.doorbell_offset = choice_.address.offset;
}

} // namespace member
