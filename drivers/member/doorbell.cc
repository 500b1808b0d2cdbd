// SPDX-License-Identifier: GPL-2.0-only
// Queue notifications: virtio 1.3, 2.12.1.3.5 and 4.1.4.10.
#include "kernel/log.h"
#include "kernel/memory.h"
#include "kernel/mmio.h"
#include "member/device.hh"

namespace member {

using base::Error;
using core::DoorbellWay;

namespace {

/// Addresses in the owner's BARs are its driver's to check and hand out.
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

/// Whether @error is no answer to the command, as of a queue that stayed full: taken
/// for one it would cost the session its doorbell.
bool is_fatal(int error)
{
	switch (static_cast<Error>(-error)) {
	case Error::timed_out:
	case Error::interrupted:
	case Error::no_device:
	case Error::io:
		return true;
	default:
		return false;
	}
}

Status send_notification(AdminClient &client, u16 queue, Deadline &deadline)
{
	auto notification = core::write_access(core::LegacySpace::common,
							 WIRE_LEGACY_QUEUE_NOTIFY, queue,
							 sizeof(queue));
	base::usize done;
	const int error = client.execute({&notification, 1}, done, deadline.get());
	return error == base::to_errno(Error::interrupted) ? Status{Error::interrupted} : Status{};
}

} // namespace

Status Device::choose_doorbell()
{
	u8 answer[core::max_result] = {};
	const int error = client_->notify_info(answer, virtio_owner_deadline());

	doorbell_ = {};
	doorbell_bar_ = nullptr;
	if (error && is_fatal(error))
		return base::from_errno(error);
	if (error) // not offered, or refused: the queue notify register is always there
		return {};

	const core::FunctionLayout layout = TRY(core::read_layout(pci_));
	ClaimFromOwner owner{*client_};
	doorbell_ = core::choose_notify(core::parse_notify_entries(answer), layout, owner);
	if (doorbell_.way != DoorbellWay::member)
		return {};
	doorbell_bar_ = kn_vfio_map_bar(vfio_, doorbell_.address.bar);
	if (!doorbell_bar_)
		doorbell_ = {};
	return {};
}

inline Status Device::ring_now(u16 queue, Deadline &deadline)
{
	Status status;

	doorbells_[static_cast<unsigned>(doorbell_.way)].add(1);
	switch (doorbell_.way) {
	case DoorbellWay::member:
		if (kn_vfio_memory_lock(vfio_))
			kn_mmio_write16(doorbell_bar_, doorbell_.address.offset, queue);
		kn_vfio_memory_unlock(vfio_);
		break;
	case DoorbellWay::owner:
		client_->ring_doorbell(queue);
		break;
	case DoorbellWay::command:
		status = send_notification(*client_, queue, deadline);
		break;
	}
	// Not before: what another vCPU reads meanwhile was read before the device knew.
	notifications_.add(1);
	return status;
}

Status Device::ring(u16 queue, Deadline &deadline)
{
	return ring_now(queue, deadline);
}

/// Every kick comes here: no other access needs to wait for it, and it should cost little.
/// The queue is in the first two of @count bytes.
long Device::write_notification(u64 buffer, kn_size count)
{
	Deadline deadline;
	u16 queue;

	if (const int error = kn_pci_pm_get(pci_))
		return error;
	int error = kn_get_user16(&queue, buffer);
	if (!error && decodes())
		error = base::to_errno(ring_now(queue, deadline));
	kn_pci_pm_put(pci_);
	return error ? error : static_cast<long>(count);
}

} // namespace member
