// SPDX-License-Identifier: GPL-2.0-only
// A device that did not confirm its reset may not do DMA, whatever restores its
// command register.
#include "kunit/support/guest.hh"

KT_SUITE(member_broken);

using support::Guest;
using support::reset_in_vain;

namespace {

bool is_off(const Guest &guest)
{
	return guest.view().broken && !fake::bus_master(guest.vf());
}

// The guest of the hook.
Guest *resetting;

} // namespace

GUEST_CASE(a_command_write_at_the_same_time, guest.start())
{
	// It was let through, and lands after bus mastering was switched off.
	resetting = &guest;
	guest.vf().on_config_write = [](fake::Vf &) { reset_in_vain(*resetting); };
	guest.set_config(WIRE_PCI_COMMAND, 2, 7);
	KT_EXPECT(is_off(guest));
}

GUEST_CASE(a_write_that_restores_the_command_register, guest.start())
{
	reset_in_vain(guest);
	KT_EXPECT(is_off(guest));

	// As vfio-pci does on the way out of D3hot.
	guest.vf().on_config_write = [](fake::Vf &vf) { kn_pci_set_master(&vf); };
	guest.set_config(0x40, 1, 0);
	KT_EXPECT(guest.vf().on_config_write == nullptr);
	KT_EXPECT(is_off(guest));
}

GUEST_CASE(a_failed_function_reset_that_restores_it, guest.start())
{
	reset_in_vain(guest);

	// VFIO_DEVICE_RESET holds memory_lock meanwhile: waiting for the lock breaks a rule.
	fake::set_resetting(guest.vf(), true);
	virtio_legacy_reset_prepare(guest.legacy());
	kn_pci_set_master(&guest.vf());
	virtio_legacy_reset_done(guest.legacy());
	fake::set_resetting(guest.vf(), false);
	KT_EXPECT(is_off(guest));
}

KT_SUITE_END(member_broken);
