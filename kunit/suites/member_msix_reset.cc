// SPDX-License-Identifier: GPL-2.0-only
// The guest's MSI-X enable bit ends with its guest, also where no function reset ends it.
#include "kunit/support/guest.hh"

KT_SUITE(member_msix_reset);

using base::u32;
using support::Guest;

namespace {

/// A VMM that resets its guest: MSI-X off by ioctl, and a reset of the function that fails.
void reset_in_vain(Guest &guest, u32 ioctl)
{
	guest.set_irqs(false);
	guest.vf().on_ioctl = [](fake::Vf &, u32) { return long{base::to_errno(base::Error::invalid)}; };
	(void)guest.ioctl(ioctl);
	guest.vf().on_ioctl = nullptr;
}

bool start_with_msix(Guest &guest)
{
	if (!guest.start())
		return false;
	guest.set_msix(true);
	support::paint_registers(guest.vf(), 28);
	return true;
}

} // namespace

GUEST_CASE(failed_reset_by_the_vmm_forgets_the_bit, start_with_msix(guest))
{
	for (const u32 ioctl : {KN_VFIO_DEVICE_RESET, KN_VFIO_DEVICE_PCI_HOT_RESET}) {
		guest.set_msix(true);
		KT_EXPECT_EQ(guest.in(24, 2), 0x4140);
		reset_in_vain(guest, ioctl);
		KT_EXPECT_EQ(guest.in(20, 2), 0x4140); // the next firmware
	}
}

GUEST_CASE(failed_reset_with_msix_on_keeps_the_bit, start_with_msix(guest))
{
	guest.vf().on_ioctl = [](fake::Vf &, u32) { return long{base::to_errno(base::Error::again)}; };
	(void)guest.ioctl(KN_VFIO_DEVICE_RESET);
	guest.vf().on_ioctl = nullptr;
	guest.set_irqs(false); // vectors change
	KT_EXPECT_EQ(guest.in(24, 2), 0x4140);
}

GUEST_CASE(other_calls_with_msix_off_keep_the_bit, start_with_msix(guest))
{
	reset_in_vain(guest, 0);
	KT_EXPECT_EQ(guest.in(24, 2), 0x4140);
}

// QEMU, for a function that cannot be reset.
GUEST_CASE(decoding_and_msix_disabled_by_the_vmm_forget_the_bit, start_with_msix(guest))
{
	guest.set_irqs(false);
	guest.set_config(WIRE_PCI_COMMAND, 2, 0);
	guest.set_config(WIRE_PCI_COMMAND, 2, 5);
	KT_EXPECT_EQ(guest.in(20, 2), 0x4140);
}

GUEST_CASE(decoding_disabled_by_a_guest_with_msix_keeps_the_bit, start_with_msix(guest))
{
	guest.set_config(WIRE_PCI_COMMAND, 2, 0);
	guest.set_config(WIRE_PCI_COMMAND, 2, 5);
	guest.set_irqs(false); // vectors change
	KT_EXPECT_EQ(guest.in(24, 2), 0x4140);
}

GUEST_CASE(msix_enabled_before_decoding_keeps_the_bit, guest.open() == 0)
{
	support::paint_registers(guest.vf(), 28);
	guest.set_msix(true); // the write, and then VFIO's
	guest.set_config(WIRE_PCI_COMMAND, 2, 4);
	guest.set_config(WIRE_PCI_COMMAND, 2, 5);
	guest.set_irqs(false); // vectors change
	KT_EXPECT_EQ(guest.in(24, 2), 0x4140);
}

KT_SUITE_END(member_msix_reset);
