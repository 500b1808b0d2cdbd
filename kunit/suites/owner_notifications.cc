// SPDX-License-Identifier: GPL-2.0-only
// Notifications of the driver and of the device: which ones are sent, and what works without them.
#include "kunit/support/caller.hh"
#include "kunit/support/text.hh"

KT_SUITE(owner_notifications);

using base::u32;
using support::read_status;

namespace {

constexpr char no_interrupt[] = "no interrupt for DEVICE_NEEDS_RESET";

bool prepare(const fake::Options &options = {})
{
	return fake::bring_up(1, options) && support::open_members(1) &&
	       KT_EXPECT_EQ(read_status(1), 0);
}

u32 epoch()
{
	return support::owner_view().stats.epoch;
}

} // namespace

KT_CASE(device_that_wants_no_notifications_gets_none)
{
	for (const bool ring_reset : {false, true}) {
		KT_REQUIRE(prepare({.ring_reset = ring_reset, .no_notify = true}));
		for (u32 i = 0; i < 70; i++)
			KT_EXPECT_EQ(read_status(1), 0);
		fake::add_rule({.kind = fake::Kind::bad_id, .arg = 999});
		KT_EXPECT_EQ(read_status(1), -5);
		KT_REQUIRE(support::reaches_epoch(2));
		KT_EXPECT_EQ(read_status(1), 0);
		KT_EXPECT_EQ(fake::doorbell_notifications(), 0u);
		support::close_members(1);
	}
}

KT_CASE(configuration_change_of_an_idle_device_is_noticed)
{
	KT_REQUIRE(prepare());
	fake::need_reset();
	KT_EXPECT(support::reaches_epoch(2));
	// The vector is mapped again.
	fake::need_reset();
	KT_EXPECT(support::reaches_epoch(3));
	KT_EXPECT_EQ(read_status(1), 0);
	support::close_members(1);
}

KT_CASE(refused_vector_leaves_the_status_to_the_watchdog)
{
	for (const bool refused : {true, false}) {
		KT_REQUIRE(prepare({.vectors = refused ? 2u : 1u, .refuse_config_vector = refused}));
		fake::need_reset();
		support::sleep_ms(150);
		KT_EXPECT_EQ(epoch(), 1u);
		fake::add_rule({.kind = fake::Kind::hold});
		KT_EXPECT_EQ(read_status(1), 0);
		KT_EXPECT_EQ(epoch(), 2u);
		support::close_members(1);
	}
}

KT_CASE(refused_vector_is_said_once)
{
	KT_REQUIRE(fake::bring_up(1, {.refuse_config_vector = true}));
	KT_EXPECT_EQ(fake::warnings(), 1u);
	for (u32 i = 0; i < 2; i++) {
		virtio_owner_freeze(fake::pf().owner);
		KT_EXPECT_EQ(virtio_owner_thaw(fake::pf().owner), 0);
	}
	KT_EXPECT_EQ(fake::warnings(), 1u);
	// A device that accepted the vector and refuses it later is another matter.
	fake::pf().options.refuse_config_vector = false;
	virtio_owner_freeze(fake::pf().owner);
	KT_EXPECT_EQ(virtio_owner_thaw(fake::pf().owner), 0);
	KT_EXPECT(!support::contains(fake::last_message(), no_interrupt));
	fake::pf().options.refuse_config_vector = true;
	virtio_owner_freeze(fake::pf().owner);
	KT_EXPECT_EQ(virtio_owner_thaw(fake::pf().owner), 0);
	KT_EXPECT_EQ(fake::warnings(), 2u);
	KT_EXPECT(support::contains(fake::last_message(), no_interrupt));
}

KT_SUITE_END(owner_notifications);
