// SPDX-License-Identifier: GPL-2.0-only
// How many commands a device gets at once: the administrator's limit, and the ring's.
#include "kunit/support/batch.hh"
#include "kunit/support/caller.hh"

KT_SUITE(owner_depth);

using base::u16;
using base::u32;
using support::Batch;
using support::Caller;
using support::owner_view;
using support::read_status;

namespace {

constexpr u32 vfs = 8;
constexpr u16 read_opcode = WIRE_ADMIN_LEGACY_COMMON_CFG_READ;
constexpr int not_supported = -95;

bool prepare(const fake::Options &options)
{
	if (!fake::bring_up(vfs, options) || !support::open_members(vfs))
		return false;
	// So that LIST_QUERY and LIST_USE are over.
	return KT_EXPECT_EQ(read_status(1), 0);
}

/// Lets members 1 to @count send all they can while the device answers nothing; how many
/// commands it has then.
u32 most_outstanding(u32 count)
{
	Batch batches[vfs];
	Caller callers[vfs];

	fake::add_rule({.opcode = read_opcode, .kind = fake::Kind::hold, .count = fake::forever});
	for (u32 i = 0; i < count; i++) {
		batches[i].id = i + 1;
		callers[i].call(Batch::call, &batches[i]);
	}
	for (u32 i = 0; i < count; i++)
		KT_EXPECT(support::eventually([&] { return callers[i].started(); }));
	support::sleep_ms(50);
	const u32 most = fake::outstanding();
	fake::clear_rules();
	for (const Caller &caller : callers)
		while (caller.started() && !caller.done()) {
			KT_EXPECT(fake::outstanding() <= most);
			fake::answer_all();
			support::sleep_ms(1);
		}
	for (u32 i = 0; i < count; i++)
		KT_EXPECT_EQ(callers[i].finish(), 0);
	return most;
}

} // namespace

KT_CASE(no_more_than_the_administrator_says)
{
	for (const u32 depth : {1, 2, 3, 4, 7, 8, 63, 64}) {
		KT_REQUIRE(prepare({.depth = depth}));
		KT_EXPECT_EQ(owner_view().depth, depth < 63 ? depth : 63);
		KT_EXPECT_EQ(owner_view().queue_size, 64);
		const u32 all = vfs * VIRTIO_OWNER_MAX_ACCESSES;
		KT_EXPECT_EQ(most_outstanding(vfs), depth < all ? depth : all);
		support::close_members(vfs);
	}
}

KT_CASE(members_use_all_slots_of_the_ring_but_one)
{
	for (const u32 depth : {2, 4, 8, 64})
		for (const bool indirect : {false, true}) {
			const u32 room = indirect ? 7 : 3;
			KT_REQUIRE(prepare({.depth = depth, .indirect = indirect, .queue_size = 8}));
			KT_EXPECT_EQ(owner_view().depth, depth < room ? depth : room);
			KT_EXPECT_EQ(most_outstanding(vfs), depth < room ? depth : room);
			support::close_members(vfs);
		}
}

KT_CASE(a_quarter_for_one_and_one_at_least)
{
	const struct {
		u32 depth;
		u32 share;
	} cases[] = {{1, 1}, {2, 1}, {3, 1}, {4, 1}, {8, 2}, {12, 3}, {16, 4}, {64, 4}};

	for (const auto &limits : cases) {
		KT_REQUIRE(prepare({.depth = limits.depth}));
		KT_EXPECT_EQ(most_outstanding(1), limits.share);
		support::close_members(vfs);
	}
}

KT_CASE(for_those_that_are_bound_from_then_on)
{
	KT_REQUIRE(prepare({.depth = 3}));
	virtio_owner_parameters.depth = 64;
	fake::need_reset();
	KT_EXPECT(support::reaches_epoch(2));
	KT_EXPECT_EQ(owner_view().depth, 3);
	KT_EXPECT_EQ(most_outstanding(vfs), 3);
	support::close_members(vfs);
}

KT_CASE(what_the_module_refuses)
{
	KT_REQUIRE(prepare({.depth = 1000}));
	KT_EXPECT_EQ(owner_view().depth, 63);
	support::close_members(vfs);

	fake::start({.depth = 0, .indirect = false, .queue_size = 4});
	KT_EXPECT_EQ(fake::bind(), not_supported);
}

KT_SUITE_END(owner_depth);
