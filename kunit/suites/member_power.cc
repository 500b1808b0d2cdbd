// SPDX-License-Identifier: GPL-2.0-only
// Low-power states, in which the function may lose its registers: what was known of them is gone,
// whatever wakes the function.
#include "kunit/support/known.hh"

KT_SUITE(member_power);

using base::u16;
using base::u32;
using support::expect_unknown;
using support::Guest;
using support::reset_in_vain;
using support::start_known;

namespace {

constexpr u16 features = 0, status = 18;
constexpr u32 vfio_reset = KN_VFIO_DEVICE_RESET;
constexpr u16 pm_control = 0x80; // of no other capability
constexpr long again = -11;

/// The guest writes D3hot to its power management capability.
void enter_d3hot(Guest &guest)
{
	guest.vf().on_config_write = [](fake::Vf &vf) { fake::set_d3(vf, true); };
	guest.set_config(pm_control, 2, 3);
	KT_EXPECT_EQ(guest.in(status, 1), 0xff);
}

/// The kernel restores the command register when it ends a low-power state.
void restore_command(fake::Vf &vf)
{
	kn_pci_set_master(&vf);
}

// The guest of the hook.
Guest *sleeper;

} // namespace

GUEST_CASE(runtime_suspend_ended_by_the_access_leaves_nothing_known, start_known(guest))
{
	fake::suspend(guest.vf());
	KT_EXPECT_EQ(guest.in(status, 1), 0);
	expect_unknown(guest);
}

GUEST_CASE(runtime_suspend_ended_by_an_ioctl_leaves_nothing_known, start_known(guest))
{
	fake::suspend(guest.vf());
	KT_EXPECT_EQ(guest.ioctl(0), 0);
	KT_EXPECT_EQ(guest.in(status, 1), 0);
	expect_unknown(guest);
}

GUEST_CASE(runtime_suspend_ended_by_a_feature_leaves_nothing_known, start_known(guest))
{
	fake::suspend(guest.vf());
	KT_EXPECT_EQ(guest.feature(0), 0);
	expect_unknown(guest);
}

GUEST_CASE(runtime_suspend_ended_by_a_config_access_leaves_nothing_known, start_known(guest))
{
	fake::suspend(guest.vf());
	(void)guest.config(0, 2);
	KT_EXPECT_EQ(guest.in(status, 1), 0);
	fake::suspend(guest.vf());
	guest.set_config(pm_control, 2, 0);
	KT_EXPECT_EQ(guest.in(status, 1), 0);
	expect_unknown(guest);
}

GUEST_CASE(second_runtime_suspend_leaves_nothing_known_of_what_the_first_left, start_known(guest))
{
	fake::suspend(guest.vf());
	(void)guest.in(features, 4);
	fake::suspend(guest.vf());
	KT_EXPECT_EQ(guest.in(status, 1), 0);
	expect_unknown(guest);
}

GUEST_CASE(d3hot_ended_by_a_reset_that_is_refused_leaves_nothing_known, start_known(guest))
{
	enter_d3hot(guest);
	guest.vf().on_ioctl = [](fake::Vf &vf, u32) {
		fake::set_d3(vf, false);
		return again;
	};
	KT_EXPECT_EQ(guest.ioctl(vfio_reset), again);
	expect_unknown(guest);
}

GUEST_CASE(d3hot_ended_by_the_kernel_leaves_nothing_known, start_known(guest))
{
	enter_d3hot(guest);
	fake::set_d3(guest.vf(), false); // no call of the VMM tells
	expect_unknown(guest);
}

GUEST_CASE(d3hot_ended_before_its_write_returns_leaves_nothing_known, start_known(guest))
{
	sleeper = &guest;
	guest.vf().on_config_write = [](fake::Vf &vf) {
		fake::set_d3(vf, true);
		vf.on_ioctl = [](fake::Vf &woken, u32) {
			fake::set_d3(woken, false);
			return again;
		};
		KT_EXPECT_EQ(sleeper->ioctl(vfio_reset), again);
	};
	guest.set_config(pm_control, 2, 3);
	expect_unknown(guest);
}

GUEST_CASE(calls_of_the_vmm_in_d0_leave_the_registers_known, start_known(guest))
{
	KT_EXPECT_EQ(guest.ioctl(0), 0);
	KT_EXPECT_EQ(guest.feature(0), 0);
	guest.set_config(pm_control, 2, 0);
	(void)guest.config(0, 4);
	support::expect_known(guest);
}

GUEST_CASE(broken_function_woken_by_an_ioctl_gets_no_bus_mastering, start_known(guest))
{
	reset_in_vain(guest);
	guest.vf().on_ioctl = [](fake::Vf &vf, u32) {
		restore_command(vf);
		return again;
	};
	KT_EXPECT_EQ(guest.ioctl(vfio_reset), again);
	KT_EXPECT(!fake::bus_master(guest.vf()));
}

GUEST_CASE(broken_function_that_resumes_gets_no_bus_mastering, start_known(guest))
{
	base::u8 byte = 0;

	reset_in_vain(guest);
	fake::suspend(guest.vf(), true);
	guest.vf().on_resume = restore_command;
	(void)guest.config(0, 2);
	KT_EXPECT(!fake::bus_master(guest.vf()));
	guest.vf().on_resume = restore_command;
	guest.set_config(pm_control, 2, 0);
	KT_EXPECT(!fake::bus_master(guest.vf()));
	guest.vf().on_resume = restore_command;
	KT_EXPECT_EQ(guest.ioctl(0), 0);
	KT_EXPECT(!fake::bus_master(guest.vf()));
	guest.vf().on_resume = restore_command;
	KT_EXPECT_EQ(guest.feature(0), 0);
	KT_EXPECT(!fake::bus_master(guest.vf()));
	guest.vf().on_resume = restore_command;
	KT_EXPECT_EQ(guest.read_region(2, 0, &byte, 1), 1);
	KT_EXPECT(!fake::bus_master(guest.vf()));
	guest.vf().on_resume = restore_command;
	KT_EXPECT_EQ(guest.write_region(2, 0, &byte, 1), 1);
	KT_EXPECT(!fake::bus_master(guest.vf()));
	guest.vf().on_resume = restore_command;
	KT_EXPECT_EQ(guest.in(status, 1), 0xff);
	KT_EXPECT(!fake::bus_master(guest.vf()));
	KT_EXPECT(guest.vf().on_resume == nullptr);
}

GUEST_CASE(plain_vf_opened_after_a_broken_one_keeps_its_command_register, start_known(guest))
{
	reset_in_vain(guest);
	guest.close();
	KT_EXPECT_EQ(virtio_legacy_set_plain(guest.legacy(), true), 0);
	KT_REQUIRE(guest.open() == 0);
	KT_EXPECT(!guest.view().broken);
	guest.set_config(WIRE_PCI_COMMAND, 2, 7);
	KT_EXPECT(fake::bus_master(guest.vf()));
}

KT_SUITE_END(member_power);
