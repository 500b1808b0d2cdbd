// SPDX-License-Identifier: GPL-2.0-only
// The fake itself: a rule that is broken must be seen, or the other suites prove
// nothing. A small driver breaks one after the other: bring-up, registers,
// memory.
#include "kernel/irq.h"
#include "kernel/lock.h"
#include "kernel/memory.h"
#include "kernel/sriov.h"
#include "kunit/fake/state.hh"
#include "kunit/support/caller.hh"
#include "kunit/support/small_driver.hh"

using support::expect_rule_broken;
using support::finish_bare;
using support::SmallDriver;
using support::start_bare;

namespace {

/// One mistake on the way up.
void try_mistake(const support::Mistakes &mistakes, const char *rule)
{
	start_bare();
	SmallDriver driver{mistakes};
	expect_rule_broken(rule);
	driver.end();
	kn_sriov_disable(&fake::pf());
	(void)fake::forget_violations();
}

} // namespace

KT_SUITE(fake_device);

KT_CASE(a_good_driver_breaks_no_rule)
{
	start_bare();
	SmallDriver driver;
	driver.lists();
	driver.head(WIRE_ADMIN_LEGACY_COMMON_CFG_READ, 2);
	driver.command()[24] = WIRE_LEGACY_STATUS;
	driver.send(25, 9);
	KT_EXPECT(driver.answered(3));
	finish_bare(driver);
}

KT_CASE(order_of_the_status)
{
	try_mistake({.no_acknowledge = true}, "DRIVER before ACKNOWLEDGE");
	try_mistake({.late_features = true}, "features written outside of their step");
	try_mistake({.early_queue = true}, "queue enabled before FEATURES_OK");
}

KT_CASE(status_bits_are_only_added)
{
	start_bare();
	SmallDriver driver;
	driver.set_status(0x07);
	expect_rule_broken("status bits cleared without a reset");
	driver.set_status(0x4f);
	expect_rule_broken("status bits that are not the driver's");
	fake::need_reset();
	driver.set_status(0x0f);
	expect_rule_broken("status bits cleared without a reset");
	finish_bare(driver);
}

KT_CASE(features_that_are_not_offered)
{
	try_mistake({.features = support::needed_features | u64{1} << 50}, "feature bits that are not offered");
	try_mistake({.features = support::needed_features | 1}, "feature bits that are not offered");
}

KT_CASE(queues_that_are_not_sound)
{
	try_mistake({.size = 6}, "queue enabled with a wrong size");
	try_mistake({.size = 128}, "queue enabled with a wrong size");
	try_mistake({.shift = 8}, "queue enabled with an unaligned part");
	// Behind the last entry of the available ring, where its event index is.
	try_mistake({.used_place = 512 + 4 + 2 * 8}, "queue enabled with parts that overlap");
	try_mistake({.shift = 4096}, "address that is not shared memory");
	try_mistake({.physical = true}, "address of the wrong kind");
}

KT_CASE(an_enabled_queue_is_left_alone)
{
	start_bare();
	SmallDriver driver;
	driver.set_queue(WIRE_COMMON_QUEUE_SIZE, 4);
	expect_rule_broken("enabled queue changed");
	driver.set_queue(WIRE_COMMON_QUEUE_ENABLE, 1);
	expect_rule_broken("queue enabled twice");
	driver.set_queue(WIRE_COMMON_QUEUE_RESET, 1); // not negotiated
	expect_rule_broken("queue reset that is not allowed");
	finish_bare(driver);
}

KT_CASE(notifications_too_early)
{
	start_bare();
	{
		SmallDriver driver{{.no_driver_ok = true}};
		driver.notify();
		expect_rule_broken("notification before DRIVER_OK");
		finish_bare(driver);
	}
	start_bare();
	{
		SmallDriver driver;
		driver.set_status(0);
		driver.notify();
		expect_rule_broken("notification before the queue is enabled");
		(void)fake::forget_violations();
		finish_bare(driver);
	}
	start_bare();
	{
		SmallDriver driver{{.no_bus_master = true}};
		driver.notify();
		expect_rule_broken("notification with bus mastering off");
		finish_bare(driver);
	}
	start_bare();
	SmallDriver driver;
	driver.notify(0);
	expect_rule_broken("notification of a queue that is not enabled");
	finish_bare(driver);
}

KT_CASE(interrupt_line_without_a_handler)
{
	try_mistake({.interrupt_line = true}, "interrupt line without a handler");
}

KT_CASE(interrupt_line_is_enabled_by_the_kernel)
{
	start_bare();
	SmallDriver driver;

	// As pci_free_irq_vectors() does, before the device is stopped.
	KT_EXPECT_EQ(kn_irq_alloc_vectors(&fake::pf(), 1), 1);
	kn_irq_free_vectors(&fake::pf());
	driver.lists();
	expect_rule_broken("interrupt line without a handler");
	(void)fake::forget_violations();
	finish_bare(driver);
}

KT_CASE(memory_that_the_device_may_write_is_freed)
{
	start_bare();
	SmallDriver driver;
	driver.lists();
	kn_dma_free(&fake::pf(), &driver.dma());
	expect_rule_broken("memory freed that the device may still write");
	driver.set_status(0);
	(void)fake::forget_violations();
	finish_bare(driver);
}

KT_CASE(vf_enable_is_cleared_with_a_command_outstanding)
{
	start_bare();
	SmallDriver driver;
	driver.lists();
	fake::add_rule({.kind = fake::Kind::hold});
	driver.head(WIRE_ADMIN_LEGACY_NOTIFY_INFO, 1);
	driver.send(24, 72);
	KT_EXPECT(fake::wait_outstanding(1));
	kn_sriov_disable(&fake::pf());
	expect_rule_broken("VF Enable cleared with a command outstanding");
	(void)kn_sriov_enable(&fake::pf(), 1);
	fake::answer_all();
	finish_bare(driver);
}

KT_CASE(accesses_outside)
{
	start_bare();
	SmallDriver driver;
	(void)kn_mmio_read8(driver.common(), 64);
	expect_rule_broken("access outside of a mapping");
	(void)kn_mmio_read16(driver.common(), WIRE_COMMON_DEVICE_STATUS);
	expect_rule_broken("wrong width");
	KT_EXPECT_EQ(kn_pci_map(&fake::pf(), fake::virtio_bar, fake::virtio_bar_length, 2), nullptr);
	expect_rule_broken("mapping outside of a BAR");
	(void)kn_pci_config_read(&fake::pf(), 256, 1);
	expect_rule_broken("configuration read of a wrong width or offset");

	kn_mmio *const doorbell = kn_pci_map(&fake::pf(), fake::virtio_bar, 0x4800, 2);
	kn_mmio_write16(doorbell, 0, 1);
	expect_rule_broken("doorbell outside a notify place");
	kn_pci_unmap(&fake::pf(), doorbell);
	finish_bare(driver);
}

// The kernel's locks do not say who holds them: only the host knows.
KT_CASE(register_read_with_a_spinlock_held_breaks_a_rule)
{
	kn_spinlock lock;

	start_bare();
	SmallDriver driver;
	kn_spin_init(&lock, KN_LOCK_QUEUE);
	const u64 flags = kn_spin_lock(&lock);
	const bool known = kt_holds_spinlock();
	(void)kn_mmio_read8(driver.common(), WIRE_COMMON_DEVICE_STATUS);
	kn_spin_unlock(&lock, flags);
	if (known)
		expect_rule_broken("register read with a spinlock held");
	finish_bare(driver);
}

KT_CASE(a_vfs_doorbell_without_its_locks)
{
	start_bare();
	SmallDriver driver;
	fake::Vf &vf = fake::vf(1);
	kn_mmio *const bar = kn_vfio_map_bar(vf.vfio, fake::virtio_bar);
	kn_mmio_write16(bar, fake::member_doorbell, 0);
	expect_rule_broken("without memory_lock");
	fake::set_memory_enabled(vf, false);
	KT_EXPECT(!kn_vfio_memory_lock(vf.vfio));
	kn_mmio_write16(bar, fake::member_doorbell, 0);
	expect_rule_broken("switched off");
	kn_vfio_memory_unlock(vf.vfio);
	fake::set_memory_enabled(vf, true);
	KT_EXPECT(kn_vfio_memory_lock(vf.vfio));
	kn_vfio_memory_unlock(vf.vfio);
	kn_vfio_memory_unlock(vf.vfio);
	expect_rule_broken("not held");
	finish_bare(driver);
}

KT_CASE(what_is_left_behind)
{
	start_bare();
	{
		SmallDriver driver;
		finish_bare(driver);
	}
	void *const memory = kn_alloc(8);
	kn_mmio *const mmio = [] {
		(void)kn_pci_enable(&fake::pf());
		return kn_pci_map(&fake::pf(), fake::virtio_bar, 0, 64);
	}();
	fake::finish();
	expect_rule_broken("mappings of the PF left");
	kt_free(mmio);
	kn_free(memory);
}

KT_CASE(handler_that_does_not_return_breaks_a_rule)
{
	kn_irq irq;

	start_bare();
	SmallDriver driver;
	KT_REQUIRE(kn_irq_alloc_vectors(&fake::pf(), 1) == 1);
	KT_REQUIRE(kn_irq_request(&fake::pf(), &irq, 0, [](void *, u32) {}, nullptr) == 0);
	const auto run_handlers = [](u32 count) {
		fake::DeviceGuard guard;
		fake::state()->handlers_running = count;
	};
	run_handlers(1);
	kn_irq_free(&fake::pf(), &irq);
	run_handlers(0);
	expect_rule_broken("handler that does not return");
	kn_irq_free_vectors(&fake::pf());
	finish_bare(driver);
}

KT_CASE(dma_mask_bounds_translated_addresses)
{
	for (const u8 bits : {u8{32}, u8{64}}) {
		kn_dma low = {}, high = {}, physical = {};
		start_bare();
		SmallDriver driver;
		KT_EXPECT_EQ(kn_pci_set_dma_mask(&fake::pf(), bits), 0);
		KT_REQUIRE(kn_dma_alloc(&fake::pf(), &low, 4096, true) == 0);
		KT_REQUIRE(kn_dma_alloc(&fake::pf(), &high, 4096, true) == 0);
		KT_REQUIRE(kn_dma_alloc(&fake::pf(), &physical, 4096, false) == 0);
		KT_EXPECT_EQ(low.address >> 32 == 0, bits == 32);
		KT_EXPECT_EQ(high.address >> 32 == 0, bits == 32);
		KT_EXPECT(low.address >= high.address + 4096 || high.address >= low.address + 4096);
		KT_EXPECT(physical.address >> 32 != 0);
		for (kn_dma *const dma : {&low, &high, &physical})
			kn_dma_free(&fake::pf(), dma);
		finish_bare(driver);
	}
}

KT_SUITE_END(fake_device);
