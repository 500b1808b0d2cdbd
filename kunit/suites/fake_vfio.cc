// SPDX-License-Identifier: GPL-2.0-only
// The fake's VFs themselves: power, configuration space and mappings, whose rules must be seen.
#include "kernel/mmio.h"
#include "kernel/pci.h"
#include "kernel/vfio.h"
#include "kunit/support/small_driver.hh"
#include "kunit/test.hh"

using base::u32;
using base::u64;
using base::u8;
using support::expect_rule_broken;
using support::finish_bare;
using support::SmallDriver;
using support::start_bare;

KT_SUITE(fake_vfio);

namespace {

constexpr u64 config_space = u64{KN_VFIO_REGION_CONFIG} << KN_VFIO_OFFSET_SHIFT;
constexpr long fault = -14;

u64 user(void *memory)
{
	return reinterpret_cast<u64>(memory);
}

} // namespace

KT_CASE(function_that_is_held_is_not_suspended)
{
	start_bare();
	SmallDriver driver;
	fake::Vf &vf = fake::vf(1);

	KT_EXPECT_EQ(kn_pci_pm_get(&vf), 0);
	fake::suspend(vf);
	expect_rule_broken("suspended while it is held");
	kn_pci_pm_put(&vf);
	kn_pci_pm_put(&vf);
	expect_rule_broken("more power references put than got");
	finish_bare(driver);
}

KT_CASE(suspended_function_is_left_alone)
{
	start_bare();
	SmallDriver driver;
	fake::Vf &vf = fake::vf(1);
	u8 byte = 0;

	fake::suspend(vf);
	(void)kn_pci_config_read(&vf, 0, 2);
	expect_rule_broken("configuration read of a suspended function");
	kn_vfio_command_lock(vf.vfio);
	(void)kn_pci_user_read8(&vf, WIRE_PCI_COMMAND, &byte);
	expect_rule_broken("command register of a suspended function");
	kn_vfio_command_unlock(vf.vfio);
	(void)kn_vfio_ioctl(vf.vfio, 0, 0, 0);
	expect_rule_broken("ioctl of a suspended function");
	(void)kn_vfio_feature(vf.vfio, 0, 0, 0);
	expect_rule_broken("feature of a suspended function");
	finish_bare(driver);
}

KT_CASE(suspended_function_resumes_without_its_registers)
{
	start_bare();
	SmallDriver driver;
	fake::Vf &vf = fake::vf(1);
	u64 before = 0, after = 0;

	KT_EXPECT(kn_pci_power(&vf, &before));
	for (const bool again : {false, true}) {
		vf.status = 7;
		fake::suspend(vf, again);
		KT_EXPECT(!kn_pci_power(&vf, &after));
		KT_EXPECT_EQ(kn_pci_pm_get(&vf), 0);
		KT_EXPECT(kn_pci_power(&vf, &after));
		KT_EXPECT(after > before);
		KT_EXPECT_EQ(vf.status, 0);
		kn_pci_pm_put(&vf);
		KT_EXPECT_EQ(kn_pci_powered(&vf), !again);
		before = after;
	}
	finish_bare(driver);
}

KT_CASE(configuration_access_past_the_end_is_refused)
{
	start_bare();
	SmallDriver driver;
	kn_vfio *const vfio = fake::vf(1).vfio;
	static u8 data[fake::config_region_bytes + 1];

	KT_EXPECT_EQ(kn_vfio_read(vfio, user(data), fake::config_region_bytes, config_space),
		     fake::config_region_bytes);
	KT_EXPECT_EQ(kn_vfio_read(vfio, user(data), sizeof(data), config_space), fault);
	KT_EXPECT_EQ(kn_vfio_write(vfio, user(data), sizeof(data), config_space), fault);
	KT_EXPECT_EQ(kn_vfio_write(vfio, user(data), 2, config_space | 4095), fault);
	KT_EXPECT_EQ(fake::vf(1).config_writes[0], 0);
	KT_EXPECT_EQ(kn_pci_config_size(&fake::vf(1)), fake::config_region_bytes);
	finish_bare(driver);
}

KT_CASE(bar_is_first_mapped_before_the_end_of_open)
{
	start_bare();
	SmallDriver driver;
	fake::Vf &vf = fake::vf(1);

	KT_EXPECT(kn_vfio_map_bar(vf.vfio, fake::virtio_bar) != nullptr);
	kn_pci_set_assigned(&vf, true);
	KT_EXPECT(kn_vfio_map_bar(vf.vfio, fake::virtio_bar) != nullptr);
	(void)kn_vfio_map_bar(vf.vfio, fake::msix_bar);
	expect_rule_broken("first mapping of a VF's BAR after open");
	kn_pci_set_assigned(&vf, false);
	kn_pci_set_assigned(&vf, true);
	(void)kn_vfio_map_bar(vf.vfio, fake::virtio_bar);
	expect_rule_broken("first mapping of a VF's BAR after open");
	kn_pci_set_assigned(&vf, false);
	finish_bare(driver);
}

KT_CASE(vectors_are_lost_while_msix_is_off_if_told_so)
{
	start_bare();
	SmallDriver driver;
	fake::Vf &vf = fake::vf(1);

	for (const bool drops : {false, true}) {
		vf.drops_vectors = drops;
		fake::set_msix(vf, true);
		vf.config_vector = 1;
		vf.queue_vector[2] = 2;
		fake::set_msix(vf, false);
		KT_EXPECT_EQ(vf.config_vector, drops ? WIRE_NO_VECTOR : 1);
		KT_EXPECT_EQ(vf.queue_vector[2], drops ? WIRE_NO_VECTOR : 2);
	}
	finish_bare(driver);
}

KT_CASE(doorbell_of_a_function_that_does_not_answer_is_a_violation)
{
	start_bare();
	SmallDriver driver;
	fake::Vf &vf = fake::vf(1);
	kn_mmio *const bar = kn_vfio_map_bar(vf.vfio, fake::virtio_bar);

	KT_EXPECT(kn_vfio_memory_lock(vf.vfio));
	kn_mmio_write16(bar, fake::member_doorbell, 0);
	fake::set_d3(vf, true);
	kn_mmio_write16(bar, fake::member_doorbell, 0);
	expect_rule_broken("BAR in a low-power state");
	fake::set_d3(vf, false);
	fake::suspend(vf);
	kn_mmio_write16(bar, fake::member_doorbell, 0);
	expect_rule_broken("BAR in a low-power state");
	KT_EXPECT_EQ(kn_pci_pm_get(&vf), 0);
	kn_pci_pm_put(&vf);
	fake::set_resetting(vf, true);
	kn_mmio_write16(bar, fake::member_doorbell, 0);
	expect_rule_broken("BAR under a reset");
	fake::set_resetting(vf, false);
	kn_vfio_memory_unlock(vf.vfio);
	finish_bare(driver);
}

KT_CASE(memory_lock_that_is_tried_is_had_of_a_function_that_is_awake)
{
	start_bare();
	SmallDriver driver;
	fake::Vf &vf = fake::vf(1);
	bool answers = false;

	KT_EXPECT(kn_vfio_memory_trylock(vf.vfio, &answers));
	KT_EXPECT(answers);
	kn_vfio_memory_unlock(vf.vfio);
	fake::set_d3(vf, true);
	KT_EXPECT(kn_vfio_memory_trylock(vf.vfio, &answers));
	KT_EXPECT(!answers);
	kn_vfio_memory_unlock(vf.vfio);
	fake::set_d3(vf, false);
	fake::suspend(vf, true);
	KT_EXPECT(!kn_vfio_memory_trylock(vf.vfio, &answers));
	KT_EXPECT_EQ(kn_pci_pm_get(&vf), 0);
	KT_EXPECT(!kn_vfio_memory_trylock(vf.vfio, &answers)); // the user lets it sleep again
	kn_pci_pm_put(&vf);
	fake::suspend(vf);
	KT_EXPECT_EQ(kn_pci_pm_get(&vf), 0);
	kn_vfio_command_lock(vf.vfio);
	KT_EXPECT(!kn_vfio_memory_trylock(vf.vfio, &answers));
	kn_vfio_command_unlock(vf.vfio);
	kn_pci_pm_put(&vf);
	finish_bare(driver);
}

KT_SUITE_END(fake_vfio);
