// SPDX-License-Identifier: GPL-2.0-only
// Members come and go: SR-IOV, opening and closing. The fake fails the case when
// VF Enable is cleared with a command outstanding.
#include "kunit/support/caller.hh"
#include "kunit/support/text.hh"

using support::Caller;
using support::read_status;

namespace {

constexpr int busy = -16;
constexpr u16 read_opcode = WIRE_ADMIN_LEGACY_COMMON_CFG_READ;

void close_on_remove(fake::Vf &vf)
{
	virtio_owner_close(vf.owner_member);
}

void open_on_remove(fake::Vf &vf)
{
	KT_EXPECT_EQ(virtio_owner_open(vf.owner_member, nullptr, nullptr), busy);
}

void find_on_remove(fake::Vf &vf)
{
	virtio_owner_member *member = nullptr;

	// Removing one VF's driver, the others' are still bound.
	KT_EXPECT_EQ(virtio_owner_find(fake::pf().owner, &vf, &member), 0);
	KT_EXPECT_EQ(member, vf.owner_member);
}

int has_legacy(void *member)
{
	return virtio_owner_has_legacy(static_cast<virtio_owner_member *>(member));
}

/// Leaves LIST_QUERY with the device and nobody waiting for it.
void orphan_list_query()
{
	fake::add_rule({.opcode = WIRE_ADMIN_LIST_QUERY, .kind = fake::Kind::hold});
	Caller caller;
	caller.call(has_legacy, fake::member(1));
	KT_REQUIRE(fake::wait_outstanding(1));
	caller.kill();
	KT_EXPECT_EQ(caller.finish(), -4);
}

/// Leaves a command of open member @id with the device.
void orphan_command(u32 id)
{
	fake::add_rule({.opcode = read_opcode, .member = id, .kind = fake::Kind::hold});
	Caller caller;
	caller.read(id);
	KT_REQUIRE(fake::wait_outstanding(1));
	caller.kill();
	KT_EXPECT_EQ(caller.finish(), -4);
}

/// Bytes that no counter has.
template <typename T>
void make_dirty(T &object)
{
	base::fill_bytes({reinterpret_cast<u8 *>(&object), sizeof(object)}, 0xa5);
}

void expect_same_stats(const virtio_owner_stats &stats, const virtio_owner_stats &wanted)
{
	for (unsigned opcode = 0; opcode < std::size(stats.commands); opcode++)
		KT_EXPECT_EQ(stats.commands[opcode], wanted.commands[opcode]);
	KT_EXPECT_EQ(stats.timeouts, wanted.timeouts);
	KT_EXPECT_EQ(stats.orphans, wanted.orphans);
	KT_EXPECT_EQ(stats.epoch, wanted.epoch);
	KT_EXPECT_EQ(stats.broken, wanted.broken);
}

} // namespace

KT_SUITE(owner_sriov);

KT_CASE(numbers_of_members)
{
	virtio_owner_member *member = nullptr;

	KT_REQUIRE(fake::bring_up(4));
	for (u32 id = 1; id <= 4; id++)
		KT_EXPECT_EQ(virtio_owner_find(fake::pf().owner, &fake::vf(id), &member), 0);
	KT_EXPECT_EQ(virtio_owner_find(fake::pf().owner, &fake::vf(5), &member), -19);
	KT_EXPECT_EQ(virtio_owner_find(fake::pf().owner, &fake::pf(), &member), -19);
	// VF n (from 0) is member n + 1: 2.12.1.
	KT_REQUIRE(support::open_members(4));
	fake::vf(3).status = 0x77;
	u8 value = 0;
	KT_EXPECT_EQ(read_status(3, &value), 0);
	KT_EXPECT_EQ(value, 0x77);
	KT_EXPECT_EQ(fake::seen(read_opcode, 3), 1u);
	support::close_members(4);
}

KT_CASE(another_number_only_through_none)
{
	KT_REQUIRE(fake::bring_up(2));
	KT_EXPECT_EQ(virtio_owner_configure_sriov(fake::pf().owner, 3), busy);
	KT_EXPECT_EQ(virtio_owner_configure_sriov(fake::pf().owner, 2), busy);
	KT_EXPECT_EQ(fake::make_vfs(0), 0);
	KT_EXPECT_EQ(fake::pf().vf_count, 0u);
	KT_EXPECT_EQ(fake::make_vfs(3), 3);
	// The new ones can be opened: the closing is over.
	KT_EXPECT_EQ(support::open_member(3), 0);
	KT_EXPECT_EQ(read_status(3), 0);
	virtio_owner_close(fake::member(3));
}

KT_CASE(not_while_a_guest_has_one)
{
	KT_REQUIRE(fake::bring_up(2));
	KT_EXPECT_EQ(support::open_member(2), 0);
	KT_EXPECT_EQ(virtio_owner_configure_sriov(fake::pf().owner, 0), busy);
	KT_EXPECT_EQ(fake::pf().vf_count, 2u);
	// All goes on, opens included.
	KT_EXPECT_EQ(read_status(2), 0);
	KT_EXPECT_EQ(support::open_member(1), 0);
	support::close_members(2);
	fake::pf().on_vf_remove = open_on_remove;
	KT_EXPECT_EQ(fake::make_vfs(0), 0);
	KT_EXPECT_EQ(fake::pf().vf_count, 0u);
}

KT_CASE(opened_once_at_a_time)
{
	KT_REQUIRE(fake::bring_up(1));
	KT_EXPECT_EQ(support::open_member(1), 0);
	KT_EXPECT_EQ(support::open_member(1), busy);
	virtio_owner_close(fake::member(1));
	KT_EXPECT_EQ(support::open_member(1), 0);
	virtio_owner_close(fake::member(1));
}

KT_CASE(failures_leave_no_members)
{
	virtio_owner_member *member = nullptr;

	fake::start();
	KT_REQUIRE(fake::bind() == 0);
	fake::fail_next(fake::Call::sriov_enable);
	KT_EXPECT(fake::make_vfs(2) < 0);
	KT_EXPECT_EQ(virtio_owner_find(fake::pf().owner, &fake::vf(1), &member), -19);
	fake::fail_alloc(0);
	KT_EXPECT_EQ(fake::make_vfs(2), -12);
	KT_EXPECT_EQ(fake::pf().vf_count, 0u);
	KT_EXPECT_EQ(fake::make_vfs(2), 2);
}

KT_CASE(members_are_there_until_the_last_driver_is_gone)
{
	KT_REQUIRE(fake::bring_up(3));
	fake::pf().on_vf_remove = find_on_remove;
	KT_EXPECT_EQ(fake::make_vfs(0), 0);
}

KT_CASE(a_close_waits_for_orphans)
{
	KT_REQUIRE(fake::bring_up(2));
	KT_REQUIRE(support::open_members(2));
	KT_EXPECT_EQ(read_status(2), 0);
	orphan_command(1);
	Caller closer;
	closer.close(1);
	support::sleep_ms(50);
	KT_EXPECT(!closer.done());
	// The others are not in its way.
	KT_EXPECT_EQ(read_status(2), 0);
	fake::answer_all();
	(void)closer.finish();
	KT_EXPECT_EQ(support::open_member(1), 0);
	KT_EXPECT_EQ(support::owner_view().stats.epoch, 1u);
	support::close_members(2);
}

KT_CASE(a_close_takes_commands_back)
{
	KT_REQUIRE(fake::bring_up(1));
	KT_REQUIRE(support::open_members(1));
	KT_EXPECT_EQ(read_status(1), 0);
	orphan_command(1);
	fake::set_timeout(fake::short_ms);
	virtio_owner_close(fake::member(1));
	KT_EXPECT_EQ(fake::outstanding(), 0u);
	KT_EXPECT_EQ(fake::queue_resets(), 1u);
	fake::set_timeout(fake::long_ms);
	KT_EXPECT_EQ(support::open_member(1), 0);
	KT_EXPECT_EQ(read_status(1), 0);
	virtio_owner_close(fake::member(1));
}

KT_CASE(closes_with_an_orphan_write_limited_messages)
{
	KT_REQUIRE(fake::bring_up(1));
	const u32 before = fake::warnings();
	for (u32 i = 0; i < 25; i++) {
		KT_REQUIRE(support::eventually(
			[] { return support::open_member(1) == 0; }));
		orphan_command(1);
		fake::set_timeout(10);
		virtio_owner_close(fake::member(1));
		fake::set_timeout(fake::long_ms);
		fake::answer_all();
	}
	KT_EXPECT(fake::warnings() > before);
	// The message of the first close's reset, and those of two periods of the limit.
	KT_EXPECT_EQ(fake::queue_resets(), 1u);
	KT_EXPECT(fake::warnings() - before <= 21);
}

KT_CASE(no_late_command_lands_in_the_next_tenant)
{
	// A device that gives nothing back, and resets that are used up.
	KT_REQUIRE(fake::bring_up(1));
	for (u32 i = 0; i < 3; i++) {
		fake::need_reset();
		KT_REQUIRE(support::reaches_epoch(i + 2));
	}
	KT_REQUIRE(support::open_members(1));
	KT_EXPECT_EQ(read_status(1), 0);
	orphan_command(1);
	fake::set_timeout(fake::short_ms);
	virtio_owner_close(fake::member(1));
	fake::set_timeout(fake::long_ms);
	const int opened = support::open_member(1);
	KT_EXPECT(opened == busy || opened == -19);
	if (opened == busy) {
		fake::answer_all();
		KT_EXPECT(support::eventually(
			[] { return support::open_member(1) == 0; }));
		virtio_owner_close(fake::member(1));
	}
}

KT_CASE(one_members_close_does_not_use_up_the_resets)
{
	KT_REQUIRE(fake::bring_up(2));
	KT_EXPECT_EQ(support::open_member(2), 0);
	fake::set_timeout(fake::short_ms);
	for (u32 i = 0; i < 5; i++) {
		const int opened = support::open_member(1);
		if (opened == 0) {
			KT_EXPECT_EQ(read_status(1), 0);
			orphan_command(1);
			virtio_owner_close(fake::member(1));
		} else {
			KT_EXPECT_EQ(opened, busy);
		}
	}
	fake::set_timeout(fake::long_ms);
	KT_EXPECT(support::same_text(support::owner_view().state, "live"));
	KT_EXPECT_EQ(read_status(2), 0);
	fake::clear_rules();
	fake::answer_all();
	virtio_owner_close(fake::member(2));
}

KT_CASE(vfs_go_while_a_group_command_is_outstanding)
{
	KT_REQUIRE(fake::bring_up(1));
	orphan_list_query();
	fake::set_timeout(fake::short_ms);
	KT_EXPECT_EQ(fake::make_vfs(0), 0);
	KT_EXPECT_EQ(fake::queue_resets() + fake::device_resets(), 2u);
	fake::set_timeout(fake::long_ms);
	KT_EXPECT_EQ(fake::make_vfs(1), 1);
	KT_EXPECT_EQ(virtio_owner_has_legacy(fake::member(1)), 1);
}

KT_CASE(unbound_while_a_group_command_is_outstanding)
{
	KT_REQUIRE(fake::bring_up(1));
	orphan_list_query();
	fake::set_timeout(fake::short_ms);
	fake::unbind();
}

KT_CASE(vfs_go_while_the_owner_is_dead)
{
	for (const bool confirmed : {false, true}) {
		KT_REQUIRE(fake::bring_up(1));
		orphan_list_query();
		fake::set_timeout(fake::short_ms);
		virtio_owner_bury(fake::pf().owner);
		fake::set_reset_confirmed(confirmed);
		KT_EXPECT_EQ(fake::make_vfs(0), 0);
		KT_EXPECT_EQ(fake::pf().vf_count, 0u);
		KT_EXPECT_EQ(fake::function_resets(), confirmed ? 0u : 1u);
	}
}

KT_CASE(unbound_while_dead)
{
	for (const bool confirmed : {false, true}) {
		KT_REQUIRE(fake::bring_up(1));
		orphan_list_query();
		fake::set_timeout(fake::short_ms);
		virtio_owner_bury(fake::pf().owner);
		fake::set_reset_confirmed(confirmed);
		fake::unbind();
	}
}

KT_CASE(unbound_with_guests)
{
	KT_REQUIRE(fake::bring_up(3));
	KT_REQUIRE(support::open_members(3));
	KT_EXPECT_EQ(read_status(3), 0);
	orphan_command(2);
	fake::set_timeout(fake::short_ms);
	fake::pf().on_vf_remove = close_on_remove;
	fake::unbind();
	KT_EXPECT_EQ(fake::pf().vf_count, 0u);
}

KT_CASE(what_was_counted_stays_counted)
{
	KT_REQUIRE(fake::bring_up(2));
	KT_REQUIRE(support::open_members(2));
	for (int i = 0; i < 3; i++)
		KT_EXPECT_EQ(read_status(1), 0);
	KT_EXPECT_EQ(support::write_status(2, 1), 0);
	virtio_owner_stats stats = {};
	virtio_owner_member_stats(fake::member(1), &stats);
	KT_EXPECT_EQ(stats.commands[read_opcode], 3u);
	KT_EXPECT_EQ(stats.commands[WIRE_ADMIN_LEGACY_COMMON_CFG_WRITE], 0u);
	support::close_members(2);
	for (int i = 0; i < 2; i++) {
		const virtio_owner_view view = support::owner_view();
		KT_EXPECT_EQ(view.stats.commands[WIRE_ADMIN_LIST_QUERY], 1u);
		KT_EXPECT_EQ(view.stats.commands[WIRE_ADMIN_LIST_USE], 1u);
		KT_EXPECT_EQ(view.stats.commands[read_opcode], 3u);
		KT_EXPECT_EQ(view.stats.commands[WIRE_ADMIN_LEGACY_COMMON_CFG_WRITE], 1u);
		if (i == 0)
			KT_EXPECT_EQ(fake::make_vfs(0), 0);
	}
}

KT_CASE(statistics_do_not_depend_on_what_their_struct_had)
{
	KT_REQUIRE(fake::bring_up(2));
	KT_REQUIRE(support::open_members(2));
	KT_EXPECT_EQ(read_status(2), 0);
	orphan_command(1);
	for (const u32 id : {1u, 2u}) {
		virtio_owner_stats clean = {}, dirty;
		make_dirty(dirty);
		virtio_owner_member_stats(fake::member(id), &clean);
		virtio_owner_member_stats(fake::member(id), &dirty);
		expect_same_stats(dirty, clean);
	}
	virtio_owner_view dirty;
	make_dirty(dirty);
	virtio_owner_describe(fake::pf().owner, &dirty);
	expect_same_stats(dirty.stats, support::owner_view().stats);
	KT_EXPECT_EQ(dirty.stats.orphans, 1u);
	KT_EXPECT_EQ(dirty.stats.commands[read_opcode], 2u);
	KT_EXPECT_EQ(dirty.stats.commands[WIRE_ADMIN_LEGACY_NOTIFY_INFO], 0u);
	KT_EXPECT(!dirty.stats.broken);
	fake::answer_all();
	support::close_members(2);
}

KT_CASE(a_pf_that_has_vfs_already)
{
	fake::start();
	fake::pf().vf_count = 2;
	KT_EXPECT_EQ(fake::bind(), busy);
	KT_EXPECT(!fake::pf().enabled);
	fake::pf().vf_count = 0;
}

KT_CASE(commands_of_a_held_member)
{
	KT_REQUIRE(fake::bring_up(2));
	KT_REQUIRE(support::open_members(2));
	KT_EXPECT_EQ(read_status(1), 0);
	orphan_command(1);
	fake::set_timeout(fake::short_ms);
	KT_EXPECT_EQ(virtio_owner_quiesce(fake::member(1)), -110);
	fake::set_timeout(fake::long_ms);
	KT_EXPECT_EQ(read_status(1), -6);
	KT_EXPECT_EQ(read_status(2), 0);
	fake::answer_all();
	KT_EXPECT_EQ(virtio_owner_quiesce(fake::member(1)), 0);
	KT_EXPECT_EQ(read_status(1), -6);
	virtio_owner_resume(fake::member(1));
	KT_EXPECT_EQ(read_status(1), 0);
	support::close_members(2);
}

KT_SUITE_END(owner_sriov);
