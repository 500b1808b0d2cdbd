// SPDX-License-Identifier: GPL-2.0-only
// What the device answers, rightly and wrongly, and that the next access works.
#include "kunit/support/caller.hh"

using support::Caller;
using support::read_status;

namespace {

constexpr u16 read_opcode = WIRE_ADMIN_LEGACY_COMMON_CFG_READ;
constexpr int io_error = -5;

bool prepare(u32 vfs = 1, const fake::Options &options = {})
{
	if (!fake::bring_up(vfs, options) || !support::open_members(vfs))
		return false;
	for (u32 id = 1; id <= vfs; id++) {
		fake::vf(id).status = static_cast<u8>(0x10 + id);
		(void)read_status(id);
	}
	fake::forget_commands();
	return true;
}

/// The bad answer ends in -EIO, the queue is reset, and all goes on.
void expect_broken(fake::Kind kind, u32 arg)
{
	u8 value = 0;

	KT_REQUIRE(prepare());
	fake::add_rule({.opcode = read_opcode, .kind = kind, .arg = arg});
	KT_EXPECT_EQ(read_status(1), io_error);
	KT_EXPECT_EQ(read_status(1, &value), 0);
	KT_EXPECT_EQ(value, 0x11);
	support::close_members(1);
}

} // namespace

KT_SUITE(owner_answers);

KT_CASE(every_status_has_its_errno)
{
	constexpr struct {
		u32 status;
		int error;
	} table[] = {{6, -6}, {16, -16}, {22, -22}, {28, -28}, {1, -22},	{5, -22},
		     {19, -22}, {0x7f, -22}, {0x100, -22}, {0xfffe, -22}, {0xffff, -22}};

	KT_REQUIRE(prepare());
	for (const auto &[status, error] : table) {
		fake::add_rule({.kind = fake::Kind::status, .arg = status});
		KT_EXPECT_EQ(read_status(1), error);
		KT_EXPECT_EQ(read_status(1), 0);
	}
	support::close_members(1);
}

KT_CASE(qualifier_is_not_looked_at)
{
	constexpr struct {
		fake::Kind kind;
		u32 status;
		int error;
	} table[] = {{fake::Kind::normal, 0, 0}, {fake::Kind::status, 22, -22},
		     {fake::Kind::status, 11, 0}, {fake::Kind::status, 6, -6}};

	KT_REQUIRE(prepare());
	const u32 warnings = fake::warnings();
	for (const u16 qualifier : {u16{1}, u16{6}, u16{7}, u16{8}, u16{0x1234}, u16{0xffff}})
		for (const auto &[kind, status, error] : table) {
			fake::add_rule({.kind = kind, .arg = status, .qualifier = qualifier});
			KT_EXPECT_EQ(read_status(1), error);
		}
	KT_EXPECT_EQ(fake::warnings(), warnings);
	KT_EXPECT_EQ(support::owner_view().stats.epoch, 1u);
	support::close_members(1);
}

KT_CASE(again_and_no_memory_are_tried_again)
{
	KT_REQUIRE(prepare());
	fake::add_rule({.kind = fake::Kind::status, .arg = 11, .count = 4});
	KT_EXPECT_EQ(read_status(1), 0);
	KT_EXPECT_EQ(fake::seen(read_opcode), 5u);
	fake::add_rule({.kind = fake::Kind::status, .arg = 12, .count = 2});
	KT_EXPECT_EQ(read_status(1), 0);
	KT_EXPECT_EQ(fake::seen(read_opcode), 8u);
	support::close_members(1);
}

KT_CASE(again_for_ever_ends_at_the_deadline)
{
	KT_REQUIRE(prepare());
	fake::add_rule({.kind = fake::Kind::status, .arg = 11, .count = fake::forever});
	fake::set_timeout(fake::short_ms);
	const u64 start = kn_now_ms();
	KT_EXPECT_EQ(read_status(1), -110);
	const u64 took = kn_now_ms() - start;
	KT_EXPECT(took >= fake::short_ms && took < fake::short_ms + 1000);
	// Pauses grow: it is no storm.
	KT_EXPECT(fake::seen(read_opcode) < 40);
	fake::clear_rules();
	fake::set_timeout(fake::long_ms);
	KT_EXPECT_EQ(read_status(1), 0);
	support::close_members(1);
}

KT_CASE(a_killed_task_does_not_try_again)
{
	KT_REQUIRE(prepare());
	fake::add_rule({.kind = fake::Kind::status, .arg = 11, .count = fake::forever});
	Caller caller;
	caller.read(1);
	support::sleep_ms(20);
	caller.kill();
	KT_EXPECT_EQ(caller.finish(), -4);
	KT_EXPECT(caller.took() < 1500);
	fake::clear_rules();
	support::close_members(1);
}

KT_CASE(bytes_that_were_not_written_are_zero)
{
	u8 bytes[4] = {1, 2, 3, 4};
	virtio_owner_member *member;

	KT_REQUIRE(prepare());
	member = fake::member(1);
	fake::vf(1).features = 0x44332211;
	fake::add_rule({.kind = fake::Kind::used_length, .arg = 8 + 2});
	KT_EXPECT_EQ(support::legacy_read(member, core::LegacySpace::common, 0, bytes, 4,
					      virtio_owner_deadline()),
		     0);
	const u8 half[] = {0x11, 0x22, 0, 0};
	KT_EXPECT_BYTES(base::ConstBytes{bytes}, base::ConstBytes{half});
	// Not even a status: that counts as 0, too.
	for (const u32 used : {0u, 1u, 7u, 8u}) {
		fake::add_rule({.kind = fake::Kind::used_length, .arg = used});
		KT_EXPECT_EQ(support::legacy_read(member, core::LegacySpace::common, 0, bytes, 4,
						      virtio_owner_deadline()),
			     0);
		const u8 none[4] = {};
		KT_EXPECT_BYTES(base::ConstBytes{bytes}, base::ConstBytes{none});
	}
	support::close_members(1);
}

KT_CASE(a_length_beyond_the_buffer)
{
	for (const u32 beyond : {1u, 64u, 0xffff0000u}) {
		u8 value = 0;
		KT_REQUIRE(prepare());
		fake::add_rule({.opcode = read_opcode, .kind = fake::Kind::too_long, .arg = beyond});
		KT_EXPECT_EQ(read_status(1), io_error);
		KT_EXPECT_EQ(read_status(1, &value), 0);
		KT_EXPECT_EQ(value, 0x11);
		support::close_members(1);
	}
}

KT_CASE(an_id_that_does_not_exist)
{
	expect_broken(fake::Kind::bad_id, 64);
	expect_broken(fake::Kind::bad_id, 0xffffffff);
	expect_broken(fake::Kind::bad_id, 0x10000);
}

KT_CASE(an_id_that_is_not_outstanding)
{
	expect_broken(fake::Kind::bad_id, 17);
}

KT_CASE(an_id_that_is_no_head)
{
	// Without indirect descriptors heads are even.
	KT_REQUIRE(prepare(1, {.indirect = false}));
	fake::add_rule({.opcode = read_opcode, .kind = fake::Kind::bad_id, .arg = 1});
	KT_EXPECT_EQ(read_status(1), io_error);
	KT_EXPECT_EQ(read_status(1), 0);
	support::close_members(1);
}

KT_CASE(the_same_answer_twice)
{
	u8 value = 0;

	KT_REQUIRE(prepare());
	fake::add_rule({.opcode = read_opcode, .kind = fake::Kind::twice});
	// The first of them is good; the queue is reset after the second.
	(void)read_status(1);
	KT_EXPECT(support::reaches_epoch(2));
	KT_EXPECT_EQ(read_status(1, &value), 0);
	KT_EXPECT_EQ(value, 0x11);
	support::close_members(1);
}

KT_CASE(garbage_all_over_the_used_ring)
{
	for (u32 seed = 1; seed <= 12; seed++) {
		KT_REQUIRE(prepare(2, {.indirect = (seed & 1) != 0, .queue_size = 8}));
		fake::add_rule({.member = 1, .kind = fake::Kind::hold});
		Caller caller;
		caller.read(1);
		KT_REQUIRE(fake::wait_outstanding(1));
		fake::set_timeout(fake::short_ms);
		fake::scribble(seed * 7919);
		(void)caller.finish(); // any errno, but an end
		KT_EXPECT(support::reaches_epoch(2));
		fake::set_timeout(fake::long_ms);
		u8 value = 0;
		KT_EXPECT_EQ(read_status(1, &value), 0);
		KT_EXPECT_EQ(value, 0x11);
		KT_EXPECT_EQ(read_status(2), 0);
		KT_EXPECT_EQ(support::owner_view().stats.orphans, 0u);
		support::close_members(2);
	}
}

KT_CASE(a_broken_queue_ends_everybodys_waits)
{
	KT_REQUIRE(prepare(3));
	fake::add_rule({.member = 1, .kind = fake::Kind::hold});
	fake::add_rule({.member = 2, .kind = fake::Kind::hold});
	{
		Caller one, two;
		one.read(1);
		two.read(2);
		KT_REQUIRE(fake::wait_outstanding(2));
		fake::add_rule({.member = 3, .kind = fake::Kind::bad_id, .arg = 77});
		KT_EXPECT_EQ(read_status(3), io_error);
		KT_EXPECT_EQ(one.finish(), io_error);
		KT_EXPECT_EQ(two.finish(), io_error);
		KT_EXPECT(one.took() < 1500);
	}
	KT_EXPECT(support::reaches_epoch(2));
	for (u32 id = 1; id <= 3; id++)
		KT_EXPECT_EQ(read_status(id), 0);
	KT_EXPECT_EQ(support::owner_view().stats.orphans, 0u);
	support::close_members(3);
}

KT_CASE(a_lost_interrupt_costs_little)
{
	KT_REQUIRE(prepare());
	fake::add_rule({.kind = fake::Kind::lost_interrupt});
	const u64 start = kn_now_ms();
	KT_EXPECT_EQ(read_status(1), 0);
	KT_EXPECT(kn_now_ms() - start < 1500);
	KT_EXPECT(support::eventually([] { return support::owner_view().lost_interrupts == 1; }));
	support::close_members(1);
}

KT_CASE(interrupts_without_a_reason)
{
	KT_REQUIRE(prepare());
	for (int i = 0; i < 5; i++) {
		fake::interrupt(0);
		fake::interrupt(1);
		KT_EXPECT_EQ(read_status(1), 0);
	}
	KT_EXPECT_EQ(fake::device_resets(), 1u); // the one of the start
	KT_EXPECT_EQ(support::owner_view().stats.epoch, 1u);
	support::close_members(1);
}

KT_CASE(answers_out_of_order_reach_their_callers)
{
	KT_REQUIRE(prepare(8));
	fake::add_rule({.opcode = read_opcode, .kind = fake::Kind::hold, .count = 8});
	{
		Caller callers[8];
		for (u32 i = 0; i < 8; i++) {
			callers[i].read(i + 1);
			KT_REQUIRE(fake::wait_outstanding(i + 1));
		}
		for (u32 i = 8; i-- > 0;)
			fake::answer_held(i);
		for (u32 i = 0; i < 8; i++) {
			KT_EXPECT_EQ(callers[i].finish(), 0);
			KT_EXPECT_EQ(callers[i].value(), 0x11 + i);
		}
	}
	support::close_members(8);
}

KT_CASE(lengths_are_checked_before_anything_is_sent)
{
	u8 bytes[16] = {};
	virtio_owner_member *member;

	KT_REQUIRE(prepare());
	member = fake::member(1);
	const u64 deadline = virtio_owner_deadline();
	for (const kn_size length : {kn_size{0}, kn_size{9}, kn_size{16}}) {
		KT_EXPECT_EQ(support::legacy_read(member, core::LegacySpace::device, 0, bytes, length,
						      deadline),
			     -22);
		KT_EXPECT_EQ(support::legacy_write(member, core::LegacySpace::device, 0, bytes,
						       length, deadline),
			     -22);
	}
	KT_EXPECT_EQ(fake::seen(), 0u);
	support::close_members(1);
}

KT_CASE(unknown_statuses_do_not_flood_the_log)
{
	KT_REQUIRE(prepare());
	const u32 before = fake::warnings();
	fake::add_rule({.kind = fake::Kind::status, .arg = 999, .count = 200});
	for (int i = 0; i < 200; i++)
		KT_EXPECT_EQ(read_status(1), -22);
	KT_EXPECT(fake::warnings() > before);
	KT_EXPECT(fake::warnings() - before <= 20);
	support::close_members(1);
}

KT_SUITE_END(owner_answers);
