// SPDX-License-Identifier: GPL-2.0-only
// VFIO disables MSI-X while it changes vectors, and a device may lose its vector registers then.
#include "kunit/support/guest.hh"

KT_SUITE(member_rearm);

using base::u16;
using base::u32;
using support::Guest;

namespace {

constexpr u16 address = 8, size = 12, select = 14, status = 18, config_vector = 20, queue_vector = 22;
constexpr u16 none = WIRE_NO_VECTOR;

/// Maps vectors 1, 2 and 3, and leaves queue 1 selected.
void map_vectors(Guest &guest)
{
	guest.out(config_vector, 2, 1);
	for (u16 queue = 0; queue < 2; queue++) {
		guest.out(select, 2, queue);
		(void)guest.in(size, 2);
		guest.out(queue_vector, 2, 2u + queue);
	}
	fake::forget_commands();
}

/// A guest with vectors, on a device that loses them while MSI-X is off.
bool start(Guest &guest)
{
	if (!guest.start())
		return false;
	guest.vf().drops_vectors = true;
	guest.out(status, 1, 0);
	guest.set_msix(true);
	map_vectors(guest);
	return true;
}

void rearm(Guest &guest)
{
	guest.set_irqs(false);
	KT_EXPECT_EQ(guest.vf().config_vector, none);
	guest.set_irqs(true);
}

void expect_vectors(Guest &guest)
{
	KT_EXPECT_EQ(guest.vf().config_vector, 1);
	KT_EXPECT_EQ(guest.vf().queue_vector[0], 2);
	KT_EXPECT_EQ(guest.vf().queue_vector[1], 3);
}

// The guest of the hook.
Guest *rearming;

void expect_no_vectors(Guest &guest)
{
	KT_EXPECT_EQ(guest.vf().config_vector, none);
	KT_EXPECT_EQ(guest.vf().queue_vector[0], none);
	KT_EXPECT_EQ(guest.vf().queue_vector[1], none);
}

} // namespace

GUEST_CASE(vectors_that_the_device_lost_are_restored, start(guest))
{
	rearm(guest);
	expect_vectors(guest);
	// The guest notices nothing.
	KT_EXPECT_EQ(guest.in(config_vector, 2), 1);
	KT_EXPECT_EQ(guest.in(queue_vector, 2), 3);
	KT_EXPECT_EQ(guest.in(select, 2), 1);
	guest.out(address, 4, 0x77);
	KT_EXPECT_EQ(guest.vf().queue_address[1], 0x77u);
}

KT_CASE(vectors_under_the_in_tree_client_are_restored)
{
	KT_REQUIRE(fake::bring_up_client(1));
	Guest guest;
	KT_REQUIRE(start(guest));
	rearm(guest);
	expect_vectors(guest);
}

GUEST_CASE(vectors_that_the_device_kept_are_not_written, start(guest))
{
	guest.vf().drops_vectors = false;
	guest.set_irqs(false);
	guest.set_irqs(true);
	expect_vectors(guest);
	for (u32 i = 0; i < fake::seen(); i++) {
		const fake::Command command = fake::seen_command(i);
		KT_EXPECT(command.opcode != WIRE_ADMIN_LEGACY_COMMON_CFG_WRITE ||
			  command.offset == WIRE_LEGACY_QUEUE_SELECT);
	}
}

GUEST_CASE(calls_that_leave_msix_alone_cause_no_command, start(guest))
{
	KT_EXPECT_EQ(guest.ioctl(0), 0);
	guest.set_irqs(true);
	KT_EXPECT_EQ(fake::seen(), 0);
	guest.set_irqs(false);
	KT_EXPECT_EQ(guest.ioctl(0), 0);
	KT_EXPECT_EQ(fake::seen(), 0);
}

GUEST_CASE(guest_without_vectors_causes_no_command, guest.start())
{
	guest.set_msix(true);
	fake::forget_commands();
	guest.set_irqs(false);
	guest.set_irqs(true);
	KT_EXPECT_EQ(fake::seen(), 0);
}

GUEST_CASE(vector_that_the_guest_unmapped_is_not_restored, start(guest))
{
	guest.out(queue_vector, 2, none);
	rearm(guest);
	KT_EXPECT_EQ(guest.vf().config_vector, 1);
	KT_EXPECT_EQ(guest.vf().queue_vector[0], 2);
	KT_EXPECT_EQ(guest.vf().queue_vector[1], none);
}

GUEST_CASE(vectors_of_before_a_reset_are_not_restored, start(guest))
{
	guest.out(status, 1, 0);
	rearm(guest);
	expect_no_vectors(guest);
}

GUEST_CASE(vectors_of_before_a_function_reset_are_not_restored, start(guest))
{
	guest.function_reset();
	rearm(guest);
	expect_no_vectors(guest);
}

GUEST_CASE(vectors_of_before_the_guest_disabled_msix_are_not_restored, start(guest))
{
	guest.set_msix(false);
	guest.set_msix(true);
	expect_no_vectors(guest);
	map_vectors(guest);
	rearm(guest);
	expect_vectors(guest);
}

GUEST_CASE(vectors_of_the_last_guest_are_not_restored, start(guest))
{
	guest.close();
	fake::function_reset(guest.vf());
	fake::set_msix(guest.vf(), false);
	KT_REQUIRE(guest.start());
	guest.set_msix(true);
	rearm(guest);
	expect_no_vectors(guest);
}

GUEST_CASE(vectors_are_restored_after_a_command_that_failed, start(guest))
{
	fake::add_rule({.opcode = WIRE_ADMIN_LEGACY_COMMON_CFG_WRITE, .kind = fake::Kind::status,
			.arg = 16});
	guest.out(4, 4, 1); // nothing is known any more
	rearm(guest);
	expect_vectors(guest);
}

GUEST_CASE(vectors_are_restored_with_io_decoding_off, start(guest))
{
	guest.set_config(WIRE_PCI_COMMAND, 2, 0);
	rearm(guest);
	expect_vectors(guest);
}

GUEST_CASE(vectors_of_a_vmm_that_keeps_config_writes_to_itself_are_restored, guest.start())
{
	guest.vf().drops_vectors = true;
	guest.set_irqs(true);
	map_vectors(guest);
	guest.set_irqs(false);
	(void)guest.in(24, 1); // the layout is another one meanwhile
	guest.set_irqs(true);
	expect_vectors(guest);
}

GUEST_CASE(msix_enabled_while_the_call_that_disabled_it_lasts_restores_vectors, start(guest))
{
	rearming = &guest;
	guest.vf().on_ioctl = [](fake::Vf &vf, u32) {
		vf.on_ioctl = nullptr;
		fake::set_msix(vf, false);
		rearming->set_irqs(true); // another thread of the VMM
		return long{0};
	};
	KT_EXPECT_EQ(guest.ioctl(0), 0);
	expect_vectors(guest);
}

GUEST_CASE(vector_of_a_queue_that_is_not_remembered_is_not_restored, start(guest))
{
	guest.out(select, 2, 32);
	guest.out(queue_vector, 2, 3);
	rearm(guest);
	expect_vectors(guest);
	KT_EXPECT_EQ(guest.in(select, 2), 32);
}

GUEST_CASE(broken_function_gets_no_vectors, start(guest))
{
	support::reset_in_vain(guest);
	fake::forget_commands();
	rearm(guest);
	KT_EXPECT_EQ(fake::seen(), 0);
}

GUEST_CASE(function_in_d3hot_gets_no_vectors, start(guest))
{
	guest.vf().on_config_write = [](fake::Vf &vf) { fake::set_d3(vf, true); };
	guest.set_config(0x80, 2, 3);
	fake::forget_commands();
	rearm(guest);
	KT_EXPECT_EQ(fake::seen(), 0);
}

GUEST_CASE(function_under_reset_gets_no_vectors, start(guest))
{
	virtio_legacy_reset_prepare(guest.legacy());
	fake::forget_commands();
	const u32 before = fake::warnings();
	rearm(guest);
	KT_EXPECT_EQ(fake::seen(), 0);
	KT_EXPECT_EQ(fake::warnings(), before);
	fake::function_reset(guest.vf());
	virtio_legacy_reset_done(guest.legacy());
	expect_no_vectors(guest);
}

GUEST_CASE(vectors_that_are_not_restored_are_reported_and_tried_again, start(guest))
{
	guest.set_irqs(false);
	fake::add_rule({.opcode = WIRE_ADMIN_LEGACY_COMMON_CFG_READ, .kind = fake::Kind::status,
			.arg = 16});
	const u32 before = fake::warnings();
	guest.set_irqs(true);
	KT_EXPECT_EQ(fake::warnings(), before + 1);
	KT_EXPECT_EQ(guest.vf().config_vector, none);
	rearm(guest);
	expect_vectors(guest);
	KT_EXPECT_EQ(fake::warnings(), before + 1);
}

GUEST_CASE(forwarded_vectors_are_not_restored, guest.start_forwarding())
{
	guest.set_msix(true);
	guest.vf().drops_vectors = true;
	map_vectors(guest);
	rearm(guest);
	expect_no_vectors(guest);
}

KT_CASE(plain_vf_has_no_vectors_to_restore)
{
	KT_REQUIRE(support::bring_up());
	Guest guest;
	KT_EXPECT_EQ(virtio_legacy_set_plain(guest.legacy(), true), 0);
	KT_REQUIRE(guest.open() == 0);
	fake::forget_commands();
	guest.set_irqs(true);
	guest.set_irqs(false);
	guest.set_irqs(true);
	KT_EXPECT_EQ(fake::seen(), 0);
}

KT_SUITE_END(member_rearm);
