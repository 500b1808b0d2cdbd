// SPDX-License-Identifier: GPL-2.0-only
// core::Shadow in a VF's life: what ends its knowledge, and how to do without.
#include "kunit/support/caller.hh"
#include "kunit/support/known.hh"
#include "kunit/support/on_heap.hh"
#include "member/commands.hh"
#include "member/owner_client.hh"

KT_SUITE(member_shadow);

using base::u16;
using base::u32;
using base::u8;
using support::expect_known;
using support::expect_unknown;
using support::Guest;
using support::start_known;

namespace {

constexpr u16 features = 0, address = 8, size = 12, select = 14, status = 18, isr = 19, config = 20;

} // namespace

GUEST_CASE(what_is_known_takes_no_command, start_known(guest))
{
	expect_known(guest);
}

GUEST_CASE(until_a_function_reset, start_known(guest))
{
	guest.function_reset();
	expect_unknown(guest);
}

GUEST_CASE(until_it_wakes_from_d3hot, start_known(guest))
{
	fake::set_d3(guest.vf(), true);
	guest.vf().on_config_write = [](fake::Vf &vf) { fake::set_d3(vf, false); };
	guest.set_config(0x80, 2, 0);
	expect_unknown(guest);
}

GUEST_CASE(msix_off_and_on_again_is_noticed, start_known(guest))
{
	guest.set_msix(true);
	guest.out(20, 2, 1);
	KT_EXPECT_EQ(guest.in(20, 2), 1);
	guest.set_msix(false);
	guest.vf().config_vector = WIRE_NO_VECTOR;
	guest.set_msix(true);
	KT_EXPECT_EQ(guest.in(20, 2), WIRE_NO_VECTOR);
}

GUEST_CASE(until_it_is_closed, start_known(guest))
{
	guest.close();
	KT_REQUIRE(guest.start());
	expect_unknown(guest);
}

GUEST_CASE(until_the_owner_is_reset, start_known(guest))
{
	virtio_owner_freeze(fake::pf().owner);
	fake::function_reset(fake::pf());
	KT_EXPECT_EQ(virtio_owner_thaw(fake::pf().owner), 0);
	expect_unknown(guest);
}

GUEST_CASE(the_selection_outlives_a_reset_of_the_owners_queue, start_known(guest))
{
	guest.out(select, 2, 1);
	fake::need_reset();
	KT_REQUIRE(support::reaches_epoch(2));
	guest.out(address, 4, 0x77);
	KT_EXPECT_EQ(guest.vf().queue_address[0], 0);
	KT_EXPECT_EQ(guest.vf().queue_address[1], 0x77);
}

// An access that was let in and comes to the shadow when the reset has been announced.
KT_CASE(an_access_that_a_function_reset_overtakes_is_of_before)
{
	KT_REQUIRE(support::bring_up());
	member::OwnerClient client{fake::member(1)};
	support::OnHeap<member::Function> memory{fake::vf(1).vfio, nullptr, nullptr};
	member::Function &function = memory.get();
	member::Deadline deadline;
	function.open(&client);
	const member::Commands access{function, deadline};
	const core::Era before = access.era();

	function.reset_begins();
	KT_EXPECT(access.era() == before);
	function.reset_ends();
	KT_EXPECT(access.era() == before);
	KT_EXPECT(!(member::Commands{function, deadline}.era() == before));
}

GUEST_CASE(while_the_owner_can_be_reached, start_known(guest))
{
	virtio_owner_lose(fake::pf().owner);
	KT_EXPECT_EQ(guest.in(features, 4), 0xffffffff);
	KT_EXPECT_EQ(guest.in(status, 1), 0xff);
	fake::function_reset(fake::pf());
	KT_EXPECT_EQ(virtio_owner_thaw(fake::pf().owner), 0);
	expect_unknown(guest);
	virtio_owner_bury(fake::pf().owner);
	KT_EXPECT_EQ(guest.in(features, 4), 0xffffffff);
}

GUEST_CASE(a_notification_is_noticed, start_known(guest))
{
	guest.out(address, 4, 1);
	KT_EXPECT_EQ(guest.in(isr, 1), 0);
	guest.out(16, 2, 0);
	guest.vf().isr = 1;
	KT_EXPECT_EQ(guest.in(isr, 1), 1);
}

KT_CASE(a_notification_counts_when_it_is_over)
{
	KT_REQUIRE(support::bring_up());
	Guest guest;
	support::Caller other_vcpu;
	KT_REQUIRE(start_known(guest));

	guest.out(address, 4, 1);
	fake::add_rule({.opcode = WIRE_ADMIN_LEGACY_COMMON_CFG_WRITE, .kind = fake::Kind::hold});
	other_vcpu.call(
		[](void *context) {
			static_cast<Guest *>(context)->out(16, 2, 0);
			return 0;
		},
		&guest);
	KT_REQUIRE(fake::wait_outstanding(1));
	(void)guest.in(config + 6, 1); // the device does not know of it yet
	fake::answer_all();
	KT_EXPECT_EQ(other_vcpu.finish(), 0);
	guest.vf().device_config[7] = 0x99;
	KT_EXPECT_EQ(guest.in(config + 7, 1), 0x99);
}

KT_CASE(each_vf_has_its_own)
{
	KT_REQUIRE(support::bring_up({}, 2));
	Guest one{1}, two{2};
	KT_REQUIRE(start_known(one) && two.start());

	support::paint_registers(two.vf(), 28);
	expect_unknown(two);
	fake::forget_commands();
	expect_known(one);
}

GUEST_CASE(field_that_is_not_there_is_asked_for_twice, guest.start())
{
	guest.vf().config_length = 8;
	fake::forget_commands();
	for (unsigned i = 0; i < 100; i++)
		KT_EXPECT_EQ(guest.in(config + 8, 1), 0);
	KT_EXPECT_EQ(fake::seen(), 2); // the whole field, and a byte of it
	for (unsigned i = 0; i < 100; i++)
		KT_EXPECT_EQ(guest.in(config + 8, 2), 0);
	KT_EXPECT_EQ(fake::seen(), 2);
}

GUEST_CASE(the_mac_byte_by_byte, start_known(guest))
{
	for (u16 i = 0; i < 6; i++)
		KT_EXPECT_EQ(guest.in(static_cast<u16>(config + i), 1), guest.vf().device_config[i]);
	KT_EXPECT_EQ(fake::seen(), 1);
}

GUEST_CASE(without_rules_every_access_is_a_command, guest.start_forwarding())
{
	support::paint_registers(guest.vf(), 28);

	fake::forget_commands();
	guest.out(status, 1, 0);
	KT_EXPECT_EQ(fake::seen(), 1); // and no confirmation
	for (unsigned i = 0; i < 3; i++) {
		guest.out(select, 2, 0);
		(void)guest.in(features, 4);
		(void)guest.in(address, 4);
		(void)guest.in(status, 1);
		(void)guest.in(isr, 1);
		(void)guest.in(config, 1);
	}
	KT_EXPECT_EQ(fake::seen(), 1 + 3 * 6);
}

GUEST_CASE(the_switch_counts_when_it_is_opened, start_known(guest))
{
	virtio_legacy_parameters.forward_all = true;
	expect_known(guest);
	guest.close();
	KT_REQUIRE(guest.start());
	virtio_legacy_parameters.forward_all = false;
	fake::forget_commands();
	(void)guest.in(features, 4);
	(void)guest.in(features, 4);
	KT_EXPECT_EQ(fake::seen(), 2);
}

KT_SUITE_END(member_shadow);
