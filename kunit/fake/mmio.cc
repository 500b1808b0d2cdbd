// SPDX-License-Identifier: GPL-2.0-only
// Where a register access goes to, by function and place in the BAR.
#include "kernel/mmio.h"

#include "kunit/fake/state.hh"

namespace fake {

namespace {

u64 notify_address(const State &state)
{
	return notify_place + u64{state.pf.options.notify_offset} * notify_multiplier;
}

void notify_admin_queue(State &state, u64 value)
{
	if (value != state.pf.options.queue_index)
		violation("notification of a queue that is not enabled", value);
	if (!state.queue.enabled)
		violation("notification before the queue is enabled");
	if (!(state.status & WIRE_STATUS_DRIVER_OK))
		violation("notification before DRIVER_OK", state.status);
	if (!state.pf.bus_master())
		violation("notification with bus mastering off");
	if (state.pf.options.no_notify)
		violation("notification that the device does not want");
	state.kicks++;
	state.queue.notified = true;
	if (answers_at_once(state))
		run_device_locked(state);
	kn_complete(&state.kick);
}

void ring_owner_doorbell(State &state, u64 where, u64 value)
{
	for (Vf &vf : state.pf.vf) {
		if (vf.id == 0 || where != owner_doorbell(vf.id))
			continue;
		if (vf.suspended)
			violation("doorbell of a suspended function", where);
		vf.doorbells_owner++;
		vf.last_doorbell = static_cast<u16>(value);
		return;
	}
	violation("doorbell outside a notify place", where);
}

void write_pf(State &state, u64 where, u8 width, u64 value)
{
	if (where < common_offset + WIRE_COMMON_SIZE_WITH_ADMIN) {
		write_common(state, static_cast<u32>(where - common_offset), width, value);
		return;
	}
	if (width != 2) {
		violation("notification of another width than 2", where, width);
		return;
	}
	if (where == notify_address(state))
		notify_admin_queue(state, value);
	else
		ring_owner_doorbell(state, where, value);
}

void write_vf(State &state, Vf &vf, u64 where, u8 width, u64 value)
{
	const kn_vfio &vfio = state.vfio[vf.id - 1];

	if (vfio.memory_locks == 0)
		violation("access to a VF's BAR without memory_lock", where);
	if (!vfio.memory_enabled)
		violation("access to a VF's BAR that is switched off", where);
	if (vf.suspended || vf.in_d3)
		violation("access to a VF's BAR in a low-power state", where);
	if (vfio.resetting)
		violation("access to a VF's BAR under a reset", where);
	if (where < notify_place || where + width > notify_place + notify_length || width != 2)
		violation("doorbell outside a notify place", where, width);
	vf.doorbells_member++;
	vf.last_doorbell = static_cast<u16>(value);
}

bool check(const kn_mmio *mmio, u64 offset, u8 width)
{
	if (!mmio) {
		violation("access through no mapping", offset);
		return false;
	}
	if (offset + u64{width} > mmio->length || offset % width != 0) {
		violation("access outside of a mapping, or unaligned", offset, width);
		return false;
	}
	if (!mmio->function->enabled && mmio->function->is_pf)
		violation("access to a function that is not enabled", offset);
	return true;
}

bool is_deaf(const kn_pci &function)
{
	return function.gone || function.wiped;
}

/// A read of a hung link takes long. A write is posted: notifications are.
u64 read(kn_mmio *mmio, u64 offset, u8 width)
{
	if (kt_holds_spinlock())
		violation("register read with a spinlock held", offset);
	DeviceGuard guard;

	if (!check(mmio, offset, width) || is_deaf(*mmio->function))
		return ~u64{0};
	const u64 where = mmio->offset + offset;
	if (!mmio->function->is_pf || mmio->bar != virtio_bar ||
	    where >= common_offset + WIRE_COMMON_SIZE_WITH_ADMIN) {
		violation("read of something else than the common configuration", where);
		return ~u64{0};
	}
	return read_common(*state(), static_cast<u32>(where - common_offset), width);
}

void write(kn_mmio *mmio, u64 offset, u8 width, u64 value)
{
	DeviceGuard guard;

	if (!check(mmio, offset, width) || is_deaf(*mmio->function))
		return;
	const u64 where = mmio->offset + offset;
	if (mmio->bar != virtio_bar)
		violation("write to a BAR without virtio structures", mmio->bar, where);
	else if (mmio->function->is_pf)
		write_pf(*state(), where, width, value);
	else
		write_vf(*state(), static_cast<Vf &>(*mmio->function), where, width, value);
}

} // namespace

} // namespace fake

extern "C" {

u8 kn_mmio_read8(kn_mmio *mmio, u64 offset)
{
	return static_cast<u8>(fake::read(mmio, offset, 1));
}

u16 kn_mmio_read16(kn_mmio *mmio, u64 offset)
{
	return static_cast<u16>(fake::read(mmio, offset, 2));
}

u32 kn_mmio_read32(kn_mmio *mmio, u64 offset)
{
	return static_cast<u32>(fake::read(mmio, offset, 4));
}

void kn_mmio_write8(kn_mmio *mmio, u64 offset, u8 value)
{
	fake::write(mmio, offset, 1, value);
}

void kn_mmio_write16(kn_mmio *mmio, u64 offset, u16 value)
{
	fake::write(mmio, offset, 2, value);
}

void kn_mmio_write32(kn_mmio *mmio, u64 offset, u32 value)
{
	fake::write(mmio, offset, 4, value);
}

} // extern "C"
