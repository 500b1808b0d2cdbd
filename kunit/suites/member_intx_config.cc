// SPDX-License-Identifier: GPL-2.0-only
// What configuration space shows of interrupts: pin, Interrupt Status, and MSI-X's Message Control.
#include "kunit/support/intx.hh"

KT_SUITE(member_intx_config);

using base::u16;
using base::u32;
using base::u8;
using base::usize;
using support::Guest;
using support::intx_off;
using support::intx_on;
using support::same_text;
using support::start_intx;

namespace {

constexpr u8 enable = 0x80, mask_all = 0x40; // of the high byte of Message Control

int fd;

u16 control_of(const Guest &guest)
{
	return static_cast<u16>(support::msix_of(guest.vf()) + WIRE_MSIX_CONTROL);
}

/// Byte @offset as any access shows it; @expected says the access that did not, 0: all did.
u32 wrong_accesses(Guest &guest, u16 offset, u8 mask, u8 expected)
{
	u32 wrong = 0;

	for (usize count = 1; count <= 16; count++)
		for (u32 before = 0; before < count && before <= offset; before++) {
			u8 data[16];
			if (guest.read_config(offset - before, data, count) != static_cast<long>(count))
				wrong++;
			else
				wrong += (data[before] & mask) != expected;
		}
	return wrong;
}

void expect_status(Guest &guest, bool pending)
{
	KT_EXPECT_EQ(wrong_accesses(guest, WIRE_PCI_STATUS, WIRE_PCI_STATUS_INTERRUPT,
				    pending ? WIRE_PCI_STATUS_INTERRUPT : 0),
		     0);
	// uio and nested VFIO take both from one read.
	KT_EXPECT_EQ(guest.config(WIRE_PCI_COMMAND, 4) >> 16 & WIRE_PCI_STATUS_INTERRUPT,
		     pending ? WIRE_PCI_STATUS_INTERRUPT : 0);
}

void expect_control(Guest &guest, u8 high)
{
	const u16 at = control_of(guest);

	KT_EXPECT_EQ(wrong_accesses(guest, static_cast<u16>(at + 1), enable | mask_all, high), 0);
	KT_EXPECT_EQ(guest.config(at, 2) & WIRE_MSIX_CONTROL_TABLE_SIZE, fake::msix_vectors - 1);
	KT_EXPECT_EQ(guest.config(at, 1), fake::msix_vectors - 1);
}

/// No INTx: the pin is the VF's, and VFIO answers.
void expect_none(Guest &guest, const char *reason)
{
	kn_vfio_irq_info info = {.argsz = sizeof(info), .flags = 0, .index = KN_VFIO_IRQ_INTX, .count = 9};

	KT_EXPECT(same_text(guest.view().intx, "none"));
	KT_EXPECT(same_text(guest.view().intx_reason, reason));
	KT_REQUIRE(guest.start());
	KT_EXPECT_EQ(guest.config(WIRE_PCI_INTERRUPT_PIN, 1), 0);
	KT_EXPECT_EQ(guest.ioctl(KN_VFIO_DEVICE_GET_IRQ_INFO, &info), 0);
	KT_EXPECT_EQ(info.count, 9);
	fd = fake::make_event();
	KT_EXPECT_EQ(intx_on(guest, fd), base::to_errno(base::Error::invalid));
	KT_EXPECT_EQ(fake::event_users(fd), 0);
	guest.vf().config[control_of(guest) + 1] = enable;
	KT_EXPECT_EQ(guest.config(control_of(guest), 2) >> 8 & 0xc0, enable);
	guest.vf().config[WIRE_PCI_STATUS] |= WIRE_PCI_STATUS_INTERRUPT;
	KT_EXPECT(guest.config(WIRE_PCI_STATUS, 1) & WIRE_PCI_STATUS_INTERRUPT);
	support::begin_driver(guest);
	support::set_queue(guest, 0, 0x1000);
	KT_EXPECT_EQ(fake::driver_vectors(guest.vf()), 0);
}

} // namespace

GUEST_CASE(pin_is_1_in_accesses_of_all_widths, guest.start())
{
	KT_EXPECT_EQ(wrong_accesses(guest, WIRE_PCI_INTERRUPT_PIN, 0xff, 1), 0);
	guest.set_config(WIRE_PCI_INTERRUPT_PIN - 1, 4, 0xffffff0b);
	KT_EXPECT_EQ(wrong_accesses(guest, WIRE_PCI_INTERRUPT_PIN, 0xff, 1), 0);
}

GUEST_CASE(interrupt_status_follows_isr_and_not_interrupt_disable, start_intx(guest, fd))
{
	expect_status(guest, false);
	fake::queue_event(guest.vf(), 0);
	expect_status(guest, true);
	guest.set_config(WIRE_PCI_COMMAND, 2, 0x0405);
	expect_status(guest, true);
	guest.set_config(WIRE_PCI_COMMAND + 1, 1, 0);
	expect_status(guest, true);
	KT_EXPECT_EQ(support::unmask(guest), 0);
	expect_status(guest, true);
	(void)guest.in(WIRE_LEGACY_ISR, 1);
	expect_status(guest, false);
}

GUEST_CASE(interrupt_status_is_clear_while_the_guest_has_msix_enabled, start_intx(guest, fd))
{
	fake::queue_event(guest.vf(), 0);
	guest.set_config(control_of(guest), 2, WIRE_MSIX_CONTROL_ENABLE);
	expect_status(guest, false);
	guest.set_config(control_of(guest), 2, 0);
	expect_status(guest, true);
}

GUEST_CASE(interrupt_status_of_the_vf_itself_is_not_shown, start_intx(guest, fd))
{
	guest.vf().config[WIRE_PCI_STATUS] |= WIRE_PCI_STATUS_INTERRUPT;
	expect_status(guest, false);
}

GUEST_CASE(interrupt_disable_in_any_write_disables, start_intx(guest, fd))
{
	struct {
		u16 offset;
		u8 width;
		u32 disabled, enabled;
	} const writes[] = {
		{WIRE_PCI_COMMAND, 2, 0x0405, 0x0005},
		{WIRE_PCI_COMMAND + 1, 1, 0x04, 0x00},
		{WIRE_PCI_COMMAND, 4, 0x00000405, 0x00000005},
		{WIRE_PCI_COMMAND + 1, 2, 0x0004, 0x0000},
		{WIRE_PCI_DEVICE_ID, 4, 0x04050000, 0x00050000},
	};

	for (const auto &write : writes) {
		guest.set_config(write.offset, write.width, write.disabled);
		fake::queue_event(guest.vf(), 0);
		KT_EXPECT_EQ(fake::take_event(fd), 0);
		guest.set_config(WIRE_PCI_COMMAND, 1, 5); // the other byte
		KT_EXPECT_EQ(fake::take_event(fd), 0);
		guest.set_config(write.offset, write.width, write.enabled);
		KT_EXPECT_EQ(fake::take_event(fd), 1);
		(void)guest.in(WIRE_LEGACY_ISR, 1);
		KT_EXPECT_EQ(support::unmask(guest), 0);
	}
}

GUEST_CASE(message_control_shows_the_guests_bits, start_intx(guest, fd))
{
	KT_EXPECT_EQ(guest.vf().config[control_of(guest) + 1] & enable, enable);
	expect_control(guest, 0);
	guest.set_config(control_of(guest), 2, WIRE_MSIX_CONTROL_MASK_ALL);
	expect_control(guest, mask_all);
	guest.set_config(control_of(guest), 2, WIRE_MSIX_CONTROL_ENABLE | WIRE_MSIX_CONTROL_MASK_ALL);
	expect_control(guest, enable | mask_all);
	KT_EXPECT_EQ(intx_off(guest), 0);
	guest.set_irqs(true);
	expect_control(guest, enable | mask_all);
	guest.set_config(control_of(guest) + 1, 1, enable);
	expect_control(guest, enable);
}

GUEST_CASE(vmm_that_tells_no_message_control_sees_what_vfio_has, guest.start())
{
	expect_control(guest, 0);
	guest.set_irqs(true);
	expect_control(guest, enable);
	guest.set_irqs(false);
	expect_control(guest, 0);
}

GUEST_CASE(choice_of_the_administrator_offers_no_intx, virtio_legacy_set_no_intx(guest.legacy(), true) == 0)
{
	expect_none(guest, "the administrator's choice");
	KT_EXPECT_EQ(virtio_legacy_set_no_intx(guest.legacy(), false),
		     base::to_errno(base::Error::busy));
	guest.close();
	KT_EXPECT_EQ(virtio_legacy_set_no_intx(guest.legacy(), false), 0);
	KT_REQUIRE(guest.start());
	KT_EXPECT_EQ(guest.config(WIRE_PCI_INTERRUPT_PIN, 1), 1);
	KT_EXPECT_EQ(virtio_legacy_set_no_intx(guest.legacy(), true),
		     base::to_errno(base::Error::busy));
}

GUEST_CASE(plain_vf_offers_no_intx, virtio_legacy_set_plain(guest.legacy(), true) == 0)
{
	expect_none(guest, "not shown as a transitional device");
}

GUEST_CASE(forwarding_vf_offers_no_intx, true)
{
	virtio_legacy_parameters.forward_all = true;
	expect_none(guest, "forward_all");
	virtio_legacy_parameters.forward_all = false;
}

GUEST_CASE(kernel_that_lacks_what_intx_needs_offers_none, true)
{
	fake::set_intx_supported(false);
	expect_none(guest, "not built for this kernel's vfio-pci-core");
	fake::set_intx_supported(true);
}

KT_CASE(vf_without_msix_offers_no_intx)
{
	KT_REQUIRE(support::bring_up());
	fake::Vf &vf = fake::vf(1);
	const u16 msix = support::msix_of(vf);
	KT_REQUIRE(vf.config[WIRE_PCI_CAP_POINTER] == msix);
	vf.config[WIRE_PCI_CAP_POINTER] = vf.config[msix + 1];
	Guest guest;
	KT_EXPECT(same_text(guest.view().intx_reason, "it has no MSI-X"));
	KT_REQUIRE(guest.start());
	KT_EXPECT_EQ(guest.config(WIRE_PCI_INTERRUPT_PIN, 1), 0);
	KT_EXPECT_EQ(intx_on(guest, fake::make_event()), base::to_errno(base::Error::invalid));
}

GUEST_CASE(host_without_a_free_vector_lets_a_vmm_begin, guest.start())
{
	fd = fake::make_event();
	guest.vf().host_vectors = 0;
	KT_EXPECT_EQ(guest.config(WIRE_PCI_INTERRUPT_PIN, 1), 1);
	KT_EXPECT_EQ(intx_on(guest, fd), 0);
	KT_EXPECT_EQ(guest.view().intx_failures, 0);
}

KT_SUITE_END(member_intx_config);
