// SPDX-License-Identifier: GPL-2.0-only
// A request on its waiter's stack: answers find it as long as it waits, its slots are free
// as soon as they are answered, and nothing touches it afterwards.
#include "kunit/support/caller.hh"
#include "kunit/support/queue.hh"

KT_SUITE(owner_requests);

using base::u32;
using base::u64;
using fake::Kind;
using support::Caller;
using support::queue;
using support::eventually;
using support::owner_view;
using support::read_status;

namespace {

constexpr u16 read_opcode = WIRE_ADMIN_LEGACY_COMMON_CFG_READ;
constexpr int timed_out = -110, interrupted = -4;

/// Reads of one member that go together.
struct Batch {
	static constexpr u32 most = VIRTIO_OWNER_MAX_ACCESSES;

	core::Access accesses[most];
	u32 id;
	u32 count;
	unsigned done = 99;

	explicit Batch(u32 member, u32 reads = most) : id(member), count(reads)
	{
		for (u32 i = 0; i < most; i++)
			accesses[i] = i % 2 ? core::read_access(core::LegacySpace::common,
								WIRE_LEGACY_QUEUE_SIZE, 2)
					    : core::read_access(core::LegacySpace::common,
								WIRE_LEGACY_STATUS, 1);
	}
	int run(u64 deadline = virtio_owner_deadline())
	{
		return support::execute(fake::member(id), accesses, count, &done, deadline);
	}
	static int call(void *context) { return static_cast<Batch *>(context)->run(); }
};

bool prepare(u32 vfs, const fake::Options &options = {})
{
	if (!fake::bring_up(vfs, options) || !support::open_members(vfs))
		return false;
	// So that LIST_QUERY and LIST_USE are over.
	if (!KT_EXPECT_EQ(read_status(1), 0))
		return false;
	fake::forget_commands();
	return true;
}

/// Sends all of @batch to a device that answers when it is told to.
bool start_held(Caller &caller, Batch &batch)
{
	const u32 before = fake::outstanding();

	fake::add_rule({.opcode = read_opcode, .kind = Kind::hold, .count = fake::forever});
	caller.call(Batch::call, &batch);
	return KT_EXPECT(fake::wait_outstanding(before + batch.count));
}

} // namespace

// One of two answers does not wake it, so its waiter cannot have given the slot back.
KT_CASE(a_slot_is_free_before_its_waiter_runs)
{
	KT_REQUIRE(prepare(5, {.depth = 8})); // a share of two
	Batch batches[] = {Batch{1, 2}, Batch{2, 2}, Batch{3, 2}, Batch{4, 2}};
	Caller callers[4], last;

	for (u32 i = 0; i < 4; i++)
		KT_REQUIRE(start_held(callers[i], batches[i]));
	last.read(5);
	support::sleep_ms(20);
	KT_EXPECT_EQ(fake::seen(read_opcode, 5), 0u);
	fake::answer_held(1);
	KT_EXPECT(eventually([] { return fake::seen(read_opcode, 5) == 1; }));
	KT_EXPECT(!callers[0].done());
	fake::clear_rules();
	fake::answer_all();
	for (Caller &caller : callers)
		KT_EXPECT_EQ(caller.finish(), 0);
	KT_EXPECT_EQ(last.finish(), 0);
	support::close_members(5);
}

KT_CASE(answers_in_any_order)
{
	KT_REQUIRE(prepare(1));
	fake::vf(1).queue_size[0] = 0x102;
	fake::vf(1).status = 7;
	Batch batch{1};
	Caller caller;

	KT_REQUIRE(start_held(caller, batch));
	for (const u32 index : {2, 0, 1, 0}) { // of those that are left
		support::sleep_ms(5);
		KT_EXPECT(!caller.done());
		fake::answer_held(index);
	}
	KT_EXPECT_EQ(caller.finish(), 0);
	KT_EXPECT_EQ(batch.done, Batch::most);
	for (u32 i = 0; i < Batch::most; i++)
		KT_EXPECT_EQ(batch.accesses[i].value, i % 2 ? 0x102 : 7);
	fake::clear_rules();
	support::close_members(1);
}

KT_CASE(what_was_answered_before_a_kill_counts)
{
	KT_REQUIRE(prepare(1));
	fake::vf(1).status = 7;
	Batch batch{1};
	Caller caller;

	KT_REQUIRE(start_held(caller, batch));
	fake::answer_held(2);
	fake::answer_held(0);
	queue().process();
	caller.kill();
	KT_EXPECT_EQ(caller.finish(), interrupted);
	KT_EXPECT_EQ(batch.done, 1);
	KT_EXPECT_EQ(batch.accesses[0].value, 7);
	KT_EXPECT_EQ(owner_view().stats.orphans, 2);
	fake::clear_rules();
	fake::answer_all();
	KT_EXPECT(eventually([] { return owner_view().stats.orphans == 0; }));
	support::close_members(1);
}

KT_CASE(the_first_that_is_wrong_counts)
{
	KT_REQUIRE(prepare(1));
	Batch batch{1};
	Caller caller;

	KT_REQUIRE(start_held(caller, batch));
	fake::answer_held(3, Kind::too_long, 1);
	fake::answer_held(1, Kind::too_long, 1);
	fake::answer_held(0);
	queue().process();
	caller.kill(); // later than the protocol error in front
	KT_EXPECT_EQ(caller.finish(), -5);
	KT_EXPECT_EQ(batch.done, 1);
	KT_EXPECT_EQ(owner_view().stats.orphans, 1);
	fake::clear_rules();
	fake::answer_all();
	support::close_members(1);
}

// Answers, kills and the ends of waits at the same moment: under AddressSanitizer a touch of
// a stack that is no more, and under ThreadSanitizer one without order, is seen.
KT_CASE(answers_race_with_deadlines)
{
	constexpr u32 vfs = 4, rounds = 60;
	struct Racer {
		Batch batch;
		u32 answered = 0, late = 0, other = 0;

		static int call(void *context)
		{
			Racer &racer = *static_cast<Racer *>(context);
			for (u32 i = 0; i < rounds; i++) {
				const int error = racer.batch.run(kn_now_ms() + 1 + i % 4);
				(error == 0 ? racer.answered
				 : error == timed_out ? racer.late : racer.other)++;
			}
			return 0;
		}
	} racers[vfs] = {{Batch{1, 1}}, {Batch{2, 2}}, {Batch{3, 3}}, {Batch{4}}};
	Caller callers[vfs];

	KT_REQUIRE(prepare(vfs));
	for (u32 i = 0; i < vfs; i++)
		callers[i].call(Racer::call, &racers[i]);
	while (!callers[0].done() || !callers[1].done() || !callers[2].done() || !callers[3].done()) {
		fake::clear_rules();
		fake::add_rule({.kind = Kind::late, .arg = 2, .count = 3});
		fake::add_rule({.kind = Kind::late, .arg = 1, .count = 3});
		support::sleep_ms(1);
	}
	for (u32 i = 0; i < vfs; i++) {
		KT_EXPECT_EQ(callers[i].finish(), 0);
		KT_EXPECT_EQ(racers[i].other, 0u);
	}
	fake::clear_rules();
	KT_EXPECT(eventually([] { return owner_view().stats.orphans == 0; }));
	for (u32 id = 1; id <= vfs; id++)
		KT_EXPECT_EQ(read_status(id), 0);
	KT_EXPECT_EQ(owner_view().stats.epoch, 1u);
	support::close_members(vfs);
}

KT_SUITE_END(owner_requests);
