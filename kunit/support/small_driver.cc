// SPDX-License-Identifier: GPL-2.0-only
#include "kunit/support/small_driver.hh"

#include "kernel/sriov.h"
#include "kunit/support/caller.hh"
#include "kunit/support/text.hh"

namespace support {

namespace {

constexpr u16 ring_size = 8;
constexpr u32 driver_place = 512;
constexpr u32 used_place = 1024;
constexpr u32 command_place = 2048;
constexpr u32 answer_place = 2560;
constexpr u32 notify_at = fake::notify_place + fake::notify_multiplier;

} // namespace

SmallDriver::SmallDriver(const Mistakes &mistakes) : mistakes_(mistakes)
{
	kn_pci *const pci = &fake::pf();

	(void)kn_pci_enable(pci);
	common_ = kn_pci_map(pci, fake::virtio_bar, fake::common_offset, 64);
	notify_ = kn_pci_map(pci, fake::virtio_bar, notify_at, 2);
	(void)kn_dma_alloc(pci, &dma_, 4096, !mistakes.physical);
	if (!mistakes.interrupt_line)
		kn_pci_disable_intx(pci);
	if (!mistakes.no_bus_master)
		kn_pci_set_master(pci);
	bring_up();
}

void SmallDriver::end()
{
	kn_pci *const pci = &fake::pf();

	if (!common_)
		return;
	set_status(0);
	kn_dma_free(pci, &dma_);
	kn_pci_unmap(pci, notify_);
	kn_pci_unmap(pci, common_);
	kn_pci_clear_master(pci);
	kn_pci_disable(pci);
	common_ = nullptr;
}

void SmallDriver::set_status(u8 value)
{
	kn_mmio_write8(common_, WIRE_COMMON_DEVICE_STATUS, value);
}

void SmallDriver::set_queue(u32 offset, u16 value)
{
	kn_mmio_write16(common_, WIRE_COMMON_QUEUE_SELECT, 1);
	kn_mmio_write16(common_, offset, value);
}

void SmallDriver::notify(u16 value)
{
	kn_mmio_write16(notify_, 0, value);
}

wire::RingDescriptor *SmallDriver::descriptors()
{
	return reinterpret_cast<wire::RingDescriptor *>(bytes(0));
}

u8 *SmallDriver::command()
{
	return bytes(command_place);
}

void SmallDriver::head(u16 opcode, u64 member, u32 slot)
{
	u8 *const to = bytes(command_place + 64 * slot);

	base::fill_bytes({to, 64}, 0);
	base::store_le({to, 2}, opcode);
	base::store_le({to + 2, 2}, 1);
	base::store_le({to + 16, 8}, member);
}

void SmallDriver::send(u32 readable, u32 writable, u32 slot, u16 head)
{
	const u16 first = head == 0xffff ? static_cast<u16>(2 * slot) : head;

	descriptors()[first] = {base::Le64{dma_.address + command_place + 64 * slot},
				base::Le32{readable}, base::Le16{WIRE_RING_DESC_NEXT},
				base::Le16{static_cast<u16>(first + 1)}};
	descriptors()[first + 1] = {base::Le64{dma_.address + answer_place + 128 * slot},
				    base::Le32{writable}, base::Le16{WIRE_RING_DESC_WRITE},
				    base::Le16{0}};
	publish(first);
}

void SmallDriver::publish(u16 first)
{
	auto *const ring = reinterpret_cast<u16 *>(bytes(driver_place));

	ring[2 + available_ % ring_size] = first;
	available_++;
	__atomic_store_n(&ring[1], available_, __ATOMIC_RELEASE);
	notify();
}

bool SmallDriver::answered(u16 count)
{
	const auto *const index = reinterpret_cast<const u16 *>(bytes(used_place) + 2);

	return eventually([&] { return __atomic_load_n(index, __ATOMIC_ACQUIRE) == count; });
}

void SmallDriver::lists()
{
	head(WIRE_ADMIN_LIST_QUERY, 0);
	send(24, 16);
	KT_EXPECT(answered(1));
	head(WIRE_ADMIN_LIST_USE, 0);
	base::store_le({command() + 24, 8}, 0x7f);
	send(32, 8);
	KT_EXPECT(answered(2));
}

void SmallDriver::write64(u32 offset, u64 value)
{
	kn_mmio_write32(common_, offset, static_cast<u32>(value));
	kn_mmio_write32(common_, offset + 4, static_cast<u32>(value >> 32));
}

void SmallDriver::set_features()
{
	kn_mmio_write32(common_, WIRE_COMMON_DRIVER_FEATURE_SELECT, 0);
	kn_mmio_write32(common_, WIRE_COMMON_DRIVER_FEATURE, static_cast<u32>(mistakes_.features));
	kn_mmio_write32(common_, WIRE_COMMON_DRIVER_FEATURE_SELECT, 1);
	kn_mmio_write32(common_, WIRE_COMMON_DRIVER_FEATURE,
			static_cast<u32>(mistakes_.features >> 32));
}

void SmallDriver::set_up_queue()
{
	const u64 address = dma_.address + mistakes_.shift;

	set_queue(WIRE_COMMON_QUEUE_SIZE, mistakes_.size);
	write64(WIRE_COMMON_QUEUE_DESC, address);
	write64(WIRE_COMMON_QUEUE_DRIVER, address + driver_place);
	write64(WIRE_COMMON_QUEUE_DEVICE, address + mistakes_.used_place);
	set_queue(WIRE_COMMON_QUEUE_MSIX_VECTOR, WIRE_NO_VECTOR);
	set_queue(WIRE_COMMON_QUEUE_ENABLE, 1);
}

void SmallDriver::bring_up()
{
	const u8 acknowledge = mistakes_.no_acknowledge ? 0 : WIRE_STATUS_ACKNOWLEDGE;

	set_status(0);
	if (acknowledge)
		set_status(acknowledge);
	set_status(acknowledge | WIRE_STATUS_DRIVER);
	if (!mistakes_.late_features)
		set_features();
	if (mistakes_.early_queue)
		set_up_queue();
	set_status(acknowledge | WIRE_STATUS_DRIVER | WIRE_STATUS_FEATURES_OK);
	if (mistakes_.late_features)
		set_features();
	if (!mistakes_.early_queue)
		set_up_queue();
	if (!mistakes_.no_driver_ok)
		set_status(acknowledge | WIRE_STATUS_DRIVER | WIRE_STATUS_FEATURES_OK |
			   WIRE_STATUS_DRIVER_OK);
}

void expect_rule_broken(const char *rule)
{
	KT_EXPECT(eventually([] { return fake::violations() != 0; }));
	if (!KT_EXPECT(contains(fake::first_violation(), rule))) {
		kt_note(rule);
		kt_note(fake::first_violation());
	}
	(void)fake::forget_violations();
}

void start_bare(const fake::Options &options)
{
	fake::start(options);
	(void)kn_sriov_enable(&fake::pf(), 2);
}

void finish_bare(SmallDriver &driver)
{
	driver.end();
	kn_sriov_disable(&fake::pf());
	KT_EXPECT_EQ(fake::violations(), 0u);
	(void)fake::forget_violations();
}

} // namespace support
