// SPDX-License-Identifier: GPL-2.0-only
// Notification addresses in the owner's BARs, which members claim. The fake
// fails the case when a notification goes anywhere else.
#include "kunit/support/caller.hh"

namespace {

constexpr int invalid = -22;
constexpr int busy = -16;
constexpr int no_device = -19;

bool prepare(u32 vfs)
{
	return fake::bring_up(vfs) && support::open_members(vfs);
}

int claim(u32 id, u8 bar, u64 offset)
{
	return virtio_owner_claim_doorbell(fake::member(id), bar, offset);
}

int claim_own(u32 id)
{
	return claim(id, fake::virtio_bar, fake::owner_doorbell(id));
}

} // namespace

KT_SUITE(owner_doorbell);

KT_CASE(rings_where_it_was_claimed)
{
	KT_REQUIRE(prepare(2));
	KT_EXPECT_EQ(claim_own(1), 0);
	KT_EXPECT_EQ(claim_own(2), 0);
	KT_EXPECT_EQ(virtio_owner_ring_doorbell(fake::member(1), 3), 0);
	KT_EXPECT_EQ(virtio_owner_ring_doorbell(fake::member(2), 0xfffe), 0);
	KT_EXPECT_EQ(fake::vf(1).doorbells_owner, 1u);
	KT_EXPECT_EQ(fake::vf(1).last_doorbell, 3);
	KT_EXPECT_EQ(fake::vf(2).doorbells_owner, 1u);
	KT_EXPECT_EQ(fake::vf(2).last_doorbell, 0xfffe);
	support::close_members(2);
}

KT_CASE(places_that_are_none)
{
	constexpr struct {
		u8 bar;
		u64 offset;
	} places[] = {
		{0, 0x4000}, // BAR 0 is the emulated one
		{6, 0x4000},
		{255, 0x4000},
		{1, 0x4000}, // does not exist
		{fake::virtio_bar, 0x4001}, // odd
		{fake::virtio_bar, fake::virtio_bar_length},
		{fake::virtio_bar, fake::virtio_bar_length - 1},
		{fake::virtio_bar, ~u64{0}},
		{fake::virtio_bar, ~u64{0} - 1},
		{fake::virtio_bar, u64{1} << 32},
		{fake::virtio_bar, fake::common_offset},
		{fake::virtio_bar, fake::common_offset + 62},
		{fake::virtio_bar, fake::isr_offset},
		{fake::virtio_bar, fake::device_offset},
		{fake::virtio_bar, fake::device_offset + 0xfe},
		{fake::msix_bar, 0}, // table
		{fake::msix_bar, 62},
		{fake::msix_bar, 0x800}, // PBA
	};

	KT_REQUIRE(prepare(1));
	for (const auto &[bar, offset] : places) {
		KT_EXPECT_EQ(claim(1, bar, offset), invalid);
		KT_EXPECT_EQ(virtio_owner_ring_doorbell(fake::member(1), 0), no_device);
	}
	// The last place that is one.
	KT_EXPECT_EQ(claim(1, fake::virtio_bar, fake::virtio_bar_length - 2), 0);
	support::close_members(1);
}

KT_CASE(nobody_gets_anothers)
{
	KT_REQUIRE(prepare(3));
	KT_EXPECT_EQ(claim(1, fake::virtio_bar, 0x5000), 0);
	KT_EXPECT_EQ(claim(2, fake::virtio_bar, 0x5000), busy);
	KT_EXPECT_EQ(virtio_owner_ring_doorbell(fake::member(2), 0), no_device);
	KT_EXPECT_EQ(claim(2, fake::virtio_bar, 0x5002), 0);
	// The claim that failed did not cost member 1 its own.
	KT_EXPECT_EQ(claim(3, fake::virtio_bar, 0x5000), busy);
	KT_EXPECT_EQ(claim(3, fake::virtio_bar, 0x5002), busy);
	support::close_members(3);
}

KT_CASE(a_closed_member_has_none)
{
	KT_REQUIRE(prepare(2));
	KT_EXPECT_EQ(claim_own(1), 0);
	virtio_owner_close(fake::member(1));
	KT_EXPECT_EQ(virtio_owner_ring_doorbell(fake::member(1), 0), no_device);
	KT_EXPECT_EQ(claim(2, fake::virtio_bar, fake::owner_doorbell(1)), 0);
	KT_EXPECT_EQ(support::open_member(1), 0);
	KT_EXPECT_EQ(claim_own(1), busy);
	support::close_members(2);
}

KT_CASE(without_a_mapping_there_is_no_claim)
{
	KT_REQUIRE(prepare(2));
	fake::fail_next(fake::Call::map);
	KT_EXPECT_EQ(claim_own(1), -12);
	KT_EXPECT_EQ(virtio_owner_ring_doorbell(fake::member(1), 0), no_device);
	KT_EXPECT_EQ(claim(2, fake::virtio_bar, fake::owner_doorbell(1)), 0);
	support::close_members(2);
}

KT_CASE(silent_while_the_owner_is_not_live)
{
	KT_REQUIRE(prepare(1));
	KT_EXPECT_EQ(claim_own(1), 0);
	virtio_owner_freeze(fake::pf().owner);
	KT_EXPECT_EQ(virtio_owner_ring_doorbell(fake::member(1), 1), no_device);
	KT_EXPECT_EQ(virtio_owner_thaw(fake::pf().owner), 0);
	KT_EXPECT_EQ(virtio_owner_ring_doorbell(fake::member(1), 2), 0);
	virtio_owner_bury(fake::pf().owner);
	KT_EXPECT_EQ(virtio_owner_ring_doorbell(fake::member(1), 3), no_device);
	KT_EXPECT_EQ(fake::vf(1).doorbells_owner, 1u);
	KT_EXPECT_EQ(fake::vf(1).last_doorbell, 2);
	support::close_members(1);
}

KT_CASE(costs_no_command)
{
	KT_REQUIRE(prepare(1));
	KT_EXPECT_EQ(claim_own(1), 0);
	for (u16 i = 0; i < 50; i++)
		KT_EXPECT_EQ(virtio_owner_ring_doorbell(fake::member(1), i), 0);
	KT_EXPECT_EQ(fake::seen(), 0u);
	KT_EXPECT_EQ(fake::vf(1).doorbells_owner, 50u);
	support::close_members(1);
}

KT_SUITE_END(owner_doorbell);
