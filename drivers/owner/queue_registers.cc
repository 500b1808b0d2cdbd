// SPDX-License-Identifier: GPL-2.0-only
#include "owner/queue_registers.hh"

namespace owner {

using base::Error;

void QueueRegisters::unmap()
{
	kn_pci_unmap(pci_, notify_);
	notify_ = nullptr;
}

u16 QueueRegisters::admin_queue_index() const
{
	return kn_mmio_read16(transport_.common(), WIRE_COMMON_ADMIN_QUEUE_INDEX);
}

u16 QueueRegisters::admin_queue_count() const
{
	return kn_mmio_read16(transport_.common(), WIRE_COMMON_ADMIN_QUEUE_NUM);
}

void QueueRegisters::select(u16 queue)
{
	kn_mmio_write16(transport_.common(), WIRE_COMMON_QUEUE_SELECT, queue);
}

u16 QueueRegisters::queue_size(u16 queue)
{
	select(queue);
	return kn_mmio_read16(transport_.common(), WIRE_COMMON_QUEUE_SIZE);
}

void QueueRegisters::write64(u32 offset, u64 value)
{
	kn_mmio *const common = transport_.common();

	// 4.1.3.1: 64-bit fields may be written as two halves.
	kn_mmio_write32(common, offset, static_cast<u32>(value));
	kn_mmio_write32(common, offset + 4, static_cast<u32>(value >> 32));
}

Status QueueRegisters::map_notify(u16 queue)
{
	const core::FunctionLayout &layout = transport_.layout();
	const u64 offset = u64{kn_mmio_read16(transport_.common(), WIRE_COMMON_QUEUE_NOTIFY_OFF)} *
			   layout.notify_multiplier;
	constexpr u64 width = 2;

	if (layout.notify.length < width || offset > layout.notify.length - width)
		return Error::protocol;

	kn_pci_unmap(pci_, notify_);
	notify_ = kn_pci_map(pci_, layout.notify.bar, layout.notify.offset + offset, width);
	notify_queue_ = queue;
	return notify_ ? Status{} : Status{Error::no_memory};
}

Result<bool> QueueRegisters::enable_queue(u16 queue, u16 size, const QueueAddresses &addresses,
					  u16 vector)
{
	kn_mmio *const common = transport_.common();

	select(queue);
	TRY(map_notify(queue));
	kn_mmio_write16(common, WIRE_COMMON_QUEUE_SIZE, size);
	write64(WIRE_COMMON_QUEUE_DESC, addresses.descriptors);
	write64(WIRE_COMMON_QUEUE_DRIVER, addresses.driver);
	write64(WIRE_COMMON_QUEUE_DEVICE, addresses.device);

	// 4.1.5.1.2: a device that cannot map the vector reads back NO_VECTOR.
	kn_mmio_write16(common, WIRE_COMMON_QUEUE_MSIX_VECTOR, vector);
	const bool mapped = kn_mmio_read16(common, WIRE_COMMON_QUEUE_MSIX_VECTOR) == vector;

	kn_mmio_write16(common, WIRE_COMMON_QUEUE_ENABLE, 1);
	return mapped && vector != WIRE_NO_VECTOR;
}

Status QueueRegisters::reset_queue(u16 queue, u64 deadline)
{
	kn_mmio *const common = transport_.common();

	select(queue);
	kn_mmio_write16(common, WIRE_COMMON_QUEUE_RESET, 1);
	TRY(transport_.poll(deadline, [common] {
		return kn_mmio_read16(common, WIRE_COMMON_QUEUE_RESET) == 0;
	}));
	return transport_.poll(deadline, [common] {
		return kn_mmio_read16(common, WIRE_COMMON_QUEUE_ENABLE) == 0;
	});
}

void QueueRegisters::notify()
{
	kn_mmio_write16(notify_, 0, notify_queue_);
}

} // namespace owner
