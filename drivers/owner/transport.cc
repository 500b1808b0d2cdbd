// SPDX-License-Identifier: GPL-2.0-only
#include "owner/transport.hh"

#include "kernel/time.h"

namespace owner {

using base::Error;

namespace {

constexpr u8 all_ones = 0xff;
constexpr u32 poll_us = 100;
/// A function whose registers read ones for so long is not just in its own reset.
constexpr u64 max_ones_ms = 500;

} // namespace

Status Transport::map()
{
	layout_ = TRY(core::read_layout(pci_));
	if (layout_.common.length < WIRE_COMMON_SIZE_WITH_ADMIN || !layout_.notify.present())
		return Error::not_supported;

	common_ = kn_pci_map(pci_, layout_.common.bar, layout_.common.offset,
			     WIRE_COMMON_SIZE_WITH_ADMIN);
	if (!common_)
		return Error::no_memory;
	return {};
}

Status Transport::save()
{
	config_ = kn_pci_config_save(pci_);
	return config_ ? Status{} : Status{Error::no_memory};
}

void Transport::restore()
{
	if (cut_off_.exchange(false) && config_)
		kn_pci_config_restore(pci_, config_);
}

void Transport::unmap()
{
	kn_pci_config_free(config_);
	config_ = nullptr;
	kn_pci_unmap(pci_, common_);
	common_ = nullptr;
}

bool Transport::gone() const
{
	// All ones is no status a device may have; only then is the slower look worth it.
	return mapped() && status() == all_ones && !kn_pci_present(pci_);
}

Health Transport::health() const
{
	const u8 read = status();

	// Not to be taken for DEVICE_NEEDS_RESET: a bus reset under way looks like this.
	if (read == all_ones)
		return Health::unreachable;
	return read & WIRE_STATUS_NEEDS_RESET ? Health::needs_reset : Health::works;
}

u8 Transport::status() const
{
	return kn_mmio_read8(common_, WIRE_COMMON_DEVICE_STATUS);
}

void Transport::add_status(u8 bits)
{
	const u8 present = status();

	// The function does not answer. If it came back now, the write would tell it of every state.
	if (present == all_ones)
		return;
	kn_mmio_write8(common_, WIRE_COMMON_DEVICE_STATUS, static_cast<u8>(present | bits));
}

/// Sleeps until the register is to be read again. Returns why the wait is over, or success.
Status Transport::pause(Wait &wait)
{
	const u64 now_ms = kn_now_ms();

	if (cut_off_.load() || operation_.load() != wait.operation)
		return Error::io;
	if (status() != all_ones)
		wait.ones_ms = 0;
	else if (!wait.ones_ms)
		wait.ones_ms = now_ms;
	if (gone() || (wait.ones_ms && now_ms - wait.ones_ms >= max_ones_ms))
		return Error::no_device;
	if (now_ms >= wait.deadline)
		return Error::timed_out;
	kn_sleep_us(poll_us);
	return {};
}

Status Transport::reset(u64 deadline)
{
	reset_.store(false);
	if (cut_off_.load())
		return Error::io;
	kn_mmio_write8(common_, WIRE_COMMON_DEVICE_STATUS, 0);
	TRY(poll(deadline, [this] { return status() == 0; }));
	reset_.store(true);
	return {};
}

void Transport::give_up()
{
	if (mapped() && !cut_off_.load() && reset_.load())
		add_status(WIRE_STATUS_FAILED);
}

u64 Transport::device_features()
{
	kn_mmio_write32(common_, WIRE_COMMON_DEVICE_FEATURE_SELECT, 0);
	const u64 low = kn_mmio_read32(common_, WIRE_COMMON_DEVICE_FEATURE);
	kn_mmio_write32(common_, WIRE_COMMON_DEVICE_FEATURE_SELECT, 1);
	const u64 high = kn_mmio_read32(common_, WIRE_COMMON_DEVICE_FEATURE);
	return high << 32 | low;
}

void Transport::set_driver_features(u64 features)
{
	kn_mmio_write32(common_, WIRE_COMMON_DRIVER_FEATURE_SELECT, 0);
	kn_mmio_write32(common_, WIRE_COMMON_DRIVER_FEATURE, static_cast<u32>(features));
	kn_mmio_write32(common_, WIRE_COMMON_DRIVER_FEATURE_SELECT, 1);
	kn_mmio_write32(common_, WIRE_COMMON_DRIVER_FEATURE, static_cast<u32>(features >> 32));
}

bool Transport::set_config_vector(u16 vector)
{
	kn_mmio_write16(common_, WIRE_COMMON_CONFIG_MSIX_VECTOR, vector);
	return kn_mmio_read16(common_, WIRE_COMMON_CONFIG_MSIX_VECTOR) == vector;
}

} // namespace owner
