// SPDX-License-Identifier: GPL-2.0-only
// LIST_QUERY and LIST_USE: virtio 1.3, 2.12.1.3. The fake fails the case when a
// command comes before them or beside LIST_USE.
#include "core/lock_guard.hh"
#include "kunit/support/caller.hh"
#include "kunit/support/queue.hh"

using support::Caller;

namespace {

constexpr u16 query = WIRE_ADMIN_LIST_QUERY;
constexpr u16 use = WIRE_ADMIN_LIST_USE;

void probe_member(fake::Vf &vf)
{
	virtio_owner_member *member = nullptr;

	KT_EXPECT_EQ(virtio_owner_find(fake::pf().owner, &vf, &member), 0);
	KT_EXPECT_EQ(virtio_owner_has_legacy(member), 1);
}

/// Whether the queue would accept a command of some member.
bool members_admitted()
{
	const owner::Member some = {};
	owner::AdminQueue &queue = support::queue();
	core::SpinGuard guard{queue.lock()};

	return queue.state().gate().accepts(&some, 0).ok();
}

int has_legacy(void *member)
{
	return virtio_owner_has_legacy(static_cast<virtio_owner_member *>(member));
}

} // namespace

KT_SUITE(owner_lists);

KT_CASE(once_before_everything_else)
{
	KT_REQUIRE(fake::bring_up(2));
	KT_EXPECT_EQ(fake::seen(), 0u);
	KT_REQUIRE(support::open_members(2));
	KT_EXPECT_EQ(support::read_status(1), 0);
	KT_EXPECT_EQ(support::read_status(2), 0);
	KT_EXPECT_EQ(virtio_owner_has_legacy(fake::member(2)), 1);
	KT_EXPECT_EQ(fake::seen(), 4u);
	KT_EXPECT_EQ(fake::seen_command(0).opcode, query);
	KT_EXPECT_EQ(fake::seen_command(1).opcode, use);
	KT_EXPECT_EQ(fake::seen_command(1).list, 0x7fu);
	KT_EXPECT_EQ(fake::seen_command(2).member, 1u);
	support::close_members(2);
}

KT_CASE(only_known_opcodes_are_used)
{
	KT_REQUIRE(fake::bring_up(1, {.opcodes = 0xffff'ffff'ffff'ffff}));
	KT_EXPECT_EQ(virtio_owner_has_legacy(fake::member(1)), 1);
	KT_EXPECT_EQ(fake::seen_command(1).list, 0x7fu);
}

KT_CASE(legacy_needs_all_four)
{
	for (u16 missing = 2; missing <= 5; missing++) {
		const u64 opcodes = 0x7f & ~(u64{1} << missing);
		KT_REQUIRE(fake::bring_up(1, {.opcodes = opcodes}));
		KT_EXPECT_EQ(virtio_owner_has_legacy(fake::member(1)), 0);
		KT_EXPECT_EQ(fake::seen_command(1).list, opcodes);
	}
	for (const u64 opcodes : {u64{0x03}, u64{0x00}, u64{0x43}}) {
		KT_REQUIRE(fake::bring_up(1, {.opcodes = opcodes}));
		KT_EXPECT_EQ(virtio_owner_has_legacy(fake::member(1)), 0);
	}
}

KT_CASE(what_the_device_lacks_is_not_sent)
{
	u8 entries[core::max_result];

	KT_REQUIRE(fake::bring_up(1, {.opcodes = 0x3f}));
	KT_REQUIRE(support::open_members(1));
	KT_EXPECT_EQ(virtio_owner_notify_info(fake::member(1), entries, sizeof(entries),
					      virtio_owner_deadline()),
		     -95);
	KT_EXPECT_EQ(fake::seen(WIRE_ADMIN_LEGACY_NOTIFY_INFO), 0u);
	KT_EXPECT_EQ(support::read_status(1), 0);
	support::close_members(1);
}

KT_CASE(while_vfs_appear)
{
	// pci_enable_sriov() probes the VFs' drivers before it returns.
	fake::start();
	fake::pf().on_vf_probe = probe_member;
	KT_REQUIRE(fake::bind() == 0);
	KT_EXPECT_EQ(fake::make_vfs(4), 4);
	KT_EXPECT_EQ(fake::seen(query), 1u);
	KT_EXPECT_EQ(fake::seen(use), 1u);
}

KT_CASE(many_at_once_ask_once)
{
	KT_REQUIRE(fake::bring_up(8));
	KT_REQUIRE(support::open_members(8));
	fake::add_rule({.opcode = query, .kind = fake::Kind::late, .arg = 20});
	fake::add_rule({.opcode = use, .kind = fake::Kind::late, .arg = 20});
	{
		Caller callers[8];
		for (u32 i = 0; i < 8; i++)
			callers[i].read(i + 1);
		for (Caller &caller : callers)
			KT_EXPECT_EQ(caller.finish(), 0);
	}
	KT_EXPECT_EQ(fake::seen(query), 1u);
	KT_EXPECT_EQ(fake::seen(use), 1u);
	support::close_members(8);
}

KT_CASE(a_refusal_is_a_no)
{
	for (const u16 opcode : {query, use}) {
		KT_REQUIRE(fake::bring_up(1));
		fake::add_rule({.opcode = opcode, .kind = fake::Kind::status, .arg = 22});
		KT_EXPECT(virtio_owner_has_legacy(fake::member(1)) <= 0);
		// No command of a member goes out without a list; the fake would see it.
		KT_REQUIRE(support::open_members(1));
		(void)support::read_status(1);
		support::close_members(1);
	}
}

KT_CASE(short_list_is_not_put_into_force)
{
	for (const u32 used : {0u, 8u, 9u, 15u}) {
		KT_REQUIRE(fake::bring_up(1));
		KT_REQUIRE(support::open_members(1));
		fake::add_rule({.opcode = query, .kind = fake::Kind::used_length, .arg = used, .count = 2});
		KT_EXPECT_EQ(virtio_owner_has_legacy(fake::member(1)), -5);
		KT_EXPECT_EQ(support::read_status(1), -5);
		KT_EXPECT_EQ(fake::seen(use), 0u);
		// The next attempt succeeds, without a reset.
		KT_EXPECT_EQ(virtio_owner_has_legacy(fake::member(1)), 1);
		KT_EXPECT_EQ(support::read_status(1), 0);
		KT_EXPECT_EQ(support::owner_view().stats.epoch, 1u);
		support::close_members(1);
	}
}

KT_CASE(a_busy_device_is_asked_again)
{
	KT_REQUIRE(fake::bring_up(1));
	fake::add_rule({.opcode = query, .kind = fake::Kind::status, .arg = 11, .count = 3});
	fake::add_rule({.opcode = use, .kind = fake::Kind::status, .arg = 12, .count = 2});
	KT_EXPECT_EQ(virtio_owner_has_legacy(fake::member(1)), 1);
}

KT_CASE(a_silent_device_is_reset)
{
	KT_REQUIRE(fake::bring_up(1));
	fake::add_rule({.opcode = query, .kind = fake::Kind::hold});
	fake::set_timeout(fake::short_ms);
	KT_EXPECT_EQ(virtio_owner_has_legacy(fake::member(1)), -110);
	KT_EXPECT(support::reaches_epoch(2));
	fake::set_timeout(fake::long_ms);
	KT_EXPECT_EQ(virtio_owner_has_legacy(fake::member(1)), 1);
	KT_EXPECT_EQ(support::owner_view().stats.timeouts, 1u);
}

KT_CASE(an_asker_that_is_killed)
{
	KT_REQUIRE(fake::bring_up(2));
	fake::add_rule({.opcode = use, .kind = fake::Kind::hold});
	Caller first, second, third;
	first.call(has_legacy, fake::member(1));
	KT_REQUIRE(fake::wait_outstanding(1));
	while (fake::held(0).opcode != use)
		support::sleep_ms(1);
	first.kill();
	KT_EXPECT_EQ(first.finish(), -4);
	// LIST_USE is still the device's: nothing may be sent beside it.
	second.call(has_legacy, fake::member(2));
	support::sleep_ms(30);
	second.kill();
	KT_EXPECT_EQ(second.finish(), -4);
	KT_EXPECT(second.took() < fake::long_ms / 2);
	third.call(has_legacy, fake::member(2));
	support::sleep_ms(30);
	fake::answer_all();
	KT_EXPECT_EQ(third.finish(), 1);
}

KT_CASE(a_waiter_for_the_list_that_is_killed)
{
	KT_REQUIRE(fake::bring_up(2));
	fake::add_rule({.opcode = query, .kind = fake::Kind::hold});
	Caller first, second;
	first.call(has_legacy, fake::member(1));
	KT_REQUIRE(fake::wait_outstanding(1));
	second.call(has_legacy, fake::member(2));
	support::sleep_ms(10);
	second.kill();
	KT_EXPECT_EQ(second.finish(), -4);
	fake::answer_all();
	KT_EXPECT_EQ(first.finish(), 1);
}

KT_CASE(a_reset_of_the_queue_keeps_the_list)
{
	KT_REQUIRE(fake::bring_up(1));
	KT_REQUIRE(support::open_members(1));
	KT_EXPECT_EQ(support::read_status(1), 0);
	fake::add_rule({.kind = fake::Kind::bad_id, .arg = 999});
	KT_EXPECT_EQ(support::read_status(1), -5);
	KT_EXPECT(support::reaches_epoch(2));
	KT_EXPECT_EQ(support::read_status(1), 0);
	KT_EXPECT_EQ(fake::queue_resets(), 1u);
	KT_EXPECT_EQ(fake::seen(use), 1u);
	support::close_members(1);
}

// The fake fails the case if another queue is reset.
KT_CASE(reset_of_the_queue_selects_it)
{
	KT_REQUIRE(fake::bring_up(1));
	KT_REQUIRE(support::open_members(1));
	KT_EXPECT_EQ(support::read_status(1), 0);
	KT_EXPECT_EQ(support::queue_registers().queue_size(0), 0); // selects queue 0
	fake::add_rule({.kind = fake::Kind::bad_id, .arg = 999});
	KT_EXPECT_EQ(support::read_status(1), -5);
	KT_REQUIRE(support::reaches_epoch(2));
	KT_EXPECT_EQ(fake::queue_resets(), 1u);
	KT_EXPECT_EQ(fake::device_resets(), 1u);
	KT_EXPECT_EQ(support::read_status(1), 0);
	support::close_members(1);
}

KT_CASE(a_reset_of_the_device_forgets_it)
{
	KT_REQUIRE(fake::bring_up(1, {.ring_reset = false}));
	KT_REQUIRE(support::open_members(1));
	KT_EXPECT_EQ(support::read_status(1), 0);
	fake::add_rule({.kind = fake::Kind::bad_id, .arg = 999});
	KT_EXPECT_EQ(support::read_status(1), -5);
	KT_EXPECT(support::reaches_epoch(2));
	KT_EXPECT_EQ(support::read_status(1), 0);
	KT_EXPECT_EQ(fake::queue_resets(), 0u);
	KT_EXPECT_EQ(fake::seen(use), 2u);
	support::close_members(1);
}

KT_CASE(list_is_negotiated_again_for_new_members)
{
	for (const bool survives : {false, true})
		for (const u32 count : {1u, 3u}) {
			KT_REQUIRE(fake::bring_up(2, {.list_survives = survives}));
			KT_EXPECT_EQ(virtio_owner_has_legacy(fake::member(1)), 1);
			KT_EXPECT(members_admitted());
			KT_EXPECT_EQ(fake::make_vfs(0), 0);
			KT_EXPECT(!members_admitted());
			KT_EXPECT_EQ(fake::seen(use), 1u);
			KT_EXPECT_EQ(fake::make_vfs(count), static_cast<int>(count));
			KT_REQUIRE(support::open_members(count));
			KT_EXPECT_EQ(support::read_status(count), 0);
			KT_EXPECT_EQ(fake::seen(use), 2u);
			KT_EXPECT_EQ(support::owner_view().stats.epoch, 1u);
			support::close_members(count);
		}
}

KT_CASE(reset_of_the_queue_without_a_group_keeps_no_list)
{
	KT_REQUIRE(fake::bring_up(1));
	KT_EXPECT_EQ(virtio_owner_has_legacy(fake::member(1)), 1);
	KT_EXPECT_EQ(fake::make_vfs(0), 0);
	// The owner has nothing to do; the device breaks the queue by itself.
	fake::scribble(7);
	KT_REQUIRE(support::reaches_epoch(2));
	KT_EXPECT_EQ(fake::queue_resets(), 1u);
	KT_EXPECT_EQ(fake::make_vfs(1), 1);
	KT_REQUIRE(support::open_members(1));
	KT_EXPECT_EQ(support::read_status(1), 0);
	KT_EXPECT_EQ(fake::seen(use), 2u);
	support::close_members(1);
}

KT_CASE(queue_moves_with_a_reset_of_the_device)
{
	KT_REQUIRE(fake::bring_up(1, {.ring_reset = false}));
	KT_REQUIRE(support::open_members(1));
	KT_EXPECT_EQ(support::read_status(1), 0);
	fake::pf().options.queue_index = 7;
	fake::need_reset();
	KT_REQUIRE(support::reaches_epoch(2));
	KT_EXPECT_EQ(support::read_status(1), 0);
	support::close_members(1);
}

KT_CASE(a_broken_queue_does_not_wait_for_a_negotiation)
{
	KT_REQUIRE(fake::bring_up(1));
	fake::add_rule({.opcode = WIRE_ADMIN_LIST_QUERY, .kind = fake::Kind::hold});
	Caller killed, second;
	killed.call(has_legacy, fake::member(1));
	KT_REQUIRE(fake::wait_outstanding(1));
	killed.kill();
	KT_EXPECT_EQ(killed.finish(), -4);
	// It waits until the first one's command is back, and keeps resets out.
	second.call(has_legacy, fake::member(1));
	KT_EXPECT(support::eventually([&] { return second.started(); }));
	support::sleep_ms(20);
	fake::answer_held(0, fake::Kind::bad_id, 63);
	KT_EXPECT_EQ(second.finish(), 1);
	KT_EXPECT(second.took() < 1000);
	KT_EXPECT_EQ(support::owner_view().stats.epoch, 2u);
}

KT_SUITE_END(owner_lists);
