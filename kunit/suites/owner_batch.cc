// SPDX-License-Identifier: GPL-2.0-only
// Commands that go to the device together: a write or a read, and reads behind it.
#include "kunit/support/caller.hh"

KT_SUITE(owner_batch);

using base::u16;
using base::u32;
using base::u64;
using base::u8;
using fake::Kind;

namespace {

constexpr u16 write_common = WIRE_ADMIN_LEGACY_COMMON_CFG_WRITE;
constexpr u16 read_common = WIRE_ADMIN_LEGACY_COMMON_CFG_READ;
constexpr int again = -11, invalid = -22, timed_out = -110, interrupted = -4;

/// A selection of queue 1, and reads of its size and address.
struct Batch {
	core::Access accesses[3];
	unsigned done = 99;
	int error = 0;

	Batch()
		: accesses{core::write_access(core::LegacySpace::common, WIRE_LEGACY_QUEUE_SELECT, 1, 2),
			   read(WIRE_LEGACY_QUEUE_SIZE, 2), read(WIRE_LEGACY_QUEUE_ADDRESS, 4)}
	{
	}
	static core::Access read(u8 offset, u8 length)
	{
		return core::read_access(core::LegacySpace::common, offset, length);
	}
	int run(u64 deadline = virtio_owner_deadline())
	{
		error = support::execute(fake::member(1), accesses, 3, &done, deadline);
		return error;
	}
	static int call(void *context) { return static_cast<Batch *>(context)->run(); }

	void expect_done()
	{
		KT_EXPECT_EQ(error, 0);
		KT_EXPECT_EQ(done, 3);
		KT_EXPECT_EQ(accesses[1].value, 0x102);
		KT_EXPECT_EQ(accesses[2].value, 0x4000);
	}
};

bool open_one(const fake::Options &options = {})
{
	if (!fake::bring_up(1, options) || !support::open_members(1))
		return false;
	fake::vf(1).queue_size[1] = 0x102;
	fake::vf(1).queue_address[1] = 0x4000;
	// So that LIST_QUERY and LIST_USE are over.
	if (!KT_EXPECT_EQ(support::read_status(1), 0))
		return false;
	fake::forget_commands();
	return true;
}

} // namespace

KT_CASE(in_order_and_with_one_notification)
{
	KT_REQUIRE(open_one());
	const u32 before = fake::doorbell_notifications();
	Batch batch;

	KT_EXPECT_EQ(batch.run(), 0);
	batch.expect_done();
	KT_EXPECT_EQ(fake::doorbell_notifications() - before, 1);
	KT_EXPECT_EQ(fake::seen(), 3);
	KT_EXPECT_EQ(fake::seen_command(0).opcode, write_common);
	KT_EXPECT_EQ(fake::seen_command(1).offset, WIRE_LEGACY_QUEUE_SIZE);
	KT_EXPECT_EQ(fake::seen_command(2).offset, WIRE_LEGACY_QUEUE_ADDRESS);
	support::close_members(1);
}

// The order is the device's duty. Without it the values are those from before the selection, but
// each command still gets its own.
KT_CASE(device_that_executes_out_of_order_mixes_no_answers)
{
	KT_REQUIRE(open_one({.newest_first = true}));
	fake::vf(1).queue_size[0] = 0x100;
	fake::vf(1).queue_address[0] = 0x3000;
	Batch batch;

	KT_EXPECT_EQ(batch.run(), 0);
	KT_EXPECT_EQ(batch.done, 3);
	KT_EXPECT_EQ(batch.accesses[0].value, 1);
	KT_EXPECT_EQ(batch.accesses[1].value, 0x100);
	KT_EXPECT_EQ(batch.accesses[2].value, 0x3000);
	KT_EXPECT_EQ(fake::vf(1).queue_select, 1);
	KT_EXPECT_EQ(support::owner_view().stats.epoch, 1u);
	// A refusal counts for its command, although the other ones were executed before.
	fake::add_rule({.opcode = read_common, .kind = Kind::status, .arg = 22});
	KT_EXPECT_EQ(batch.run(), invalid);
	KT_EXPECT_EQ(batch.done, 1);
	support::close_members(1);
}

KT_CASE(reads_behind_a_try_again_are_made_again)
{
	KT_REQUIRE(open_one());

	for (const u32 status : {11u, 12u}) {
		Batch batch;
		fake::vf(1).queue_select = 0;
		fake::add_rule({.opcode = write_common, .kind = Kind::status, .arg = status, .count = 2});
		KT_EXPECT_EQ(batch.run(), 0);
		batch.expect_done(); // and not what queue 0 has
	}
	support::close_members(1);
}

KT_CASE(what_went_before_is_not_done_again)
{
	KT_REQUIRE(open_one());
	Batch batch;

	fake::add_rule({.opcode = read_common, .kind = Kind::status, .arg = 11});
	KT_EXPECT_EQ(batch.run(), 0);
	batch.expect_done();
	KT_EXPECT_EQ(fake::seen(write_common), 1);
	support::close_members(1);
}

KT_CASE(a_refusal_ends_it)
{
	KT_REQUIRE(open_one());
	Batch first, second;

	fake::add_rule({.opcode = write_common, .kind = Kind::status, .arg = 22});
	KT_EXPECT_EQ(first.run(), invalid);
	KT_EXPECT_EQ(first.done, 0);

	fake::add_rule({.opcode = read_common, .kind = Kind::status, .arg = 22});
	KT_EXPECT_EQ(second.run(), invalid);
	KT_EXPECT_EQ(second.done, 1);
	support::close_members(1);
}

KT_CASE(fewer_slots_than_commands)
{
	for (const bool indirect : {false, true}) {
		fake::Options options;
		options.queue_size = 2; // one slot, or two
		options.indirect = indirect;
		KT_REQUIRE(open_one(options));
		Batch batch;

		KT_EXPECT_EQ(batch.run(), 0);
		batch.expect_done();
		support::close_members(1);
	}
}

KT_CASE(all_of_them_are_orphans_when_nobody_waits)
{
	KT_REQUIRE(open_one());
	Batch batch;

	fake::add_rule({.kind = Kind::hold, .count = fake::forever});
	KT_EXPECT_EQ(batch.run(kn_now_ms() + 30), timed_out);
	KT_EXPECT_EQ(batch.done, 0);
	KT_EXPECT_EQ(support::owner_view().stats.orphans, 3);
	fake::clear_rules();
	fake::answer_all();
	KT_EXPECT(support::eventually([] { return support::owner_view().stats.orphans == 0; }));
	KT_EXPECT_EQ(batch.run(), 0);
	batch.expect_done();
	support::close_members(1);
}

KT_CASE(the_first_answer_counts_when_the_second_is_late)
{
	KT_REQUIRE(open_one());
	Batch batch;

	fake::add_rule({.opcode = read_common, .kind = Kind::hold, .count = fake::forever});
	KT_EXPECT_EQ(batch.run(kn_now_ms() + 30), timed_out);
	KT_EXPECT_EQ(batch.done, 1);
	fake::answer_all();
	support::close_members(1);
}

KT_CASE(silence_behind_a_refusal_is_noted)
{
	KT_REQUIRE(open_one());
	Batch batch;

	fake::add_rule({.opcode = write_common, .kind = Kind::status, .arg = 22});
	fake::add_rule({.opcode = read_common, .kind = Kind::hold, .count = 2});
	KT_EXPECT_EQ(batch.run(kn_now_ms() + 30), invalid);
	KT_EXPECT_EQ(batch.done, 0);
	KT_EXPECT_EQ(support::owner_view().stats.orphans, 2);
	KT_EXPECT_EQ(support::owner_view().stats.timeouts, 2);
	fake::answer_all();
	support::close_members(1);
}

KT_CASE(nothing_counts_behind_what_is_missing)
{
	KT_REQUIRE(open_one());
	Batch batch;

	fake::add_rule({.opcode = write_common, .kind = Kind::hold});
	KT_EXPECT_EQ(batch.run(kn_now_ms() + 30), timed_out);
	KT_EXPECT_EQ(batch.done, 0);
	fake::answer_all();
	support::close_members(1);
}

KT_CASE(a_kill_ends_it)
{
	KT_REQUIRE(open_one());
	Batch batch;
	support::Caller caller;

	fake::add_rule({.kind = Kind::hold, .count = fake::forever});
	caller.call(Batch::call, &batch);
	KT_REQUIRE(fake::wait_outstanding(3));
	caller.kill();
	KT_EXPECT_EQ(caller.finish(), interrupted);
	KT_EXPECT_EQ(batch.done, 0);
	fake::answer_all();
	support::close_members(1);
}

KT_CASE(what_is_no_batch)
{
	KT_REQUIRE(open_one());
	core::Access accesses[VIRTIO_OWNER_MAX_ACCESSES + 1];
	unsigned done = 0;

	for (core::Access &access : accesses)
		access = Batch::read(WIRE_LEGACY_STATUS, 1);
	for (const unsigned count : {0u, VIRTIO_OWNER_MAX_ACCESSES + 1u, ~0u})
		KT_EXPECT_EQ(support::execute(fake::member(1), accesses, count, &done,
							virtio_owner_deadline()),
			     invalid);
	accesses[1].opcode = WIRE_ADMIN_LEGACY_COMMON_CFG_WRITE; // behind another command
	KT_EXPECT_EQ(support::execute(fake::member(1), accesses, 2, &done,
						virtio_owner_deadline()),
		     invalid);
	KT_EXPECT_EQ(fake::seen(), 0);
	support::close_members(1);
}

KT_SUITE_END(owner_batch);
