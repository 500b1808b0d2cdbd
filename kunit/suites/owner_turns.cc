// SPDX-License-Identifier: GPL-2.0-only
// Who gets the next free slot: nobody is served twice before somebody who waits, and
// who was quiet goes ahead.
#include "kunit/test.hh"
#include "owner/slot_pool.hh"

KT_SUITE(owner_turns);

using base::u16;
using base::u32;
using base::u64;
using owner::no_slot;
using owner::SlotPool;
using owner::SlotSender;
using owner::SlotWaiter;

namespace {

constexpr u32 senders = 6;
constexpr u32 most_waiters = 12;

/// A pool, and commands that come and go.
struct Model {
	u16 links[64];
	SlotPool pool;
	SlotSender sender[senders] = {};
	SlotWaiter waiters[most_waiters];
	u32 waiter_of[most_waiters]; ///< sender + 1, 0 if it is not in use
	u16 held[64];
	u32 holder[64];
	u32 in_use = 0;
	/// How often each was served since another one's turn began.
	u32 overtaken[senders][senders] = {};
	u32 most_overtaken = 0;

	explicit Model(u16 slots)
	{
		pool.init(links, slots);
		for (u32 &id : waiter_of)
			id = 0;
	}

	void begin_turn(u32 id)
	{
		for (u32 &count : overtaken[id])
			count = 0;
	}
	void note_grant(u32 id, u16 slot)
	{
		held[in_use] = slot;
		holder[in_use++] = id;
		for (u32 other = 0; other < senders; other++)
			if (other != id && sender[other].head && sender[other].slots < pool.share() &&
			    ++overtaken[other][id] > most_overtaken)
				most_overtaken = overtaken[other][id];
		begin_turn(id);
	}
	/// Serves whose turn it is.
	void serve()
	{
		while (const SlotWaiter *const waiter = pool.next()) {
			pool.serve();
			u32 &id = waiter_of[waiter - waiters];
			KT_EXPECT(!waiter->queued);
			note_grant(id - 1, waiter->slot);
			id = 0;
		}
	}
	/// A command of sender @id: whether it got a slot at once, or waits.
	bool send(u32 id)
	{
		const u16 slot = pool.take(sender[id]);
		if (slot != no_slot) {
			note_grant(id, slot);
			return true;
		}
		for (u32 i = 0; i < most_waiters; i++)
			if (!waiter_of[i]) {
				if (!sender[id].head)
					begin_turn(id);
				waiters[i] = {};
				waiter_of[i] = id + 1;
				KT_EXPECT(pool.enqueue(waiters[i], sender[id]));
				return true;
			}
		return false;
	}
	/// The answer to the nth command that is out, in order of sending.
	void answer(u32 index)
	{
		const u16 slot = held[index];
		const u32 id = holder[index];

		in_use--;
		for (u32 i = index; i < in_use; i++) {
			held[i] = held[i + 1];
			holder[i] = holder[i + 1];
		}
		if (sender[id].slots == pool.share())
			begin_turn(id);
		pool.give(slot, &sender[id]);
		serve();
	}
	void answer_one_of(u32 id)
	{
		for (u32 i = 0; i < in_use; i++)
			if (holder[i] == id)
				return answer(i);
	}
	void give_up(u32 index)
	{
		if (!waiter_of[index])
			return;
		pool.unlink(waiters[index], sender[waiter_of[index] - 1]);
		waiter_of[index] = 0;
	}
	[[nodiscard]] u32 waiting() const
	{
		u32 count = 0;
		for (const u32 id : waiter_of)
			count += id != 0;
		return count;
	}
};

/// The last sender that was served.
u32 last_served(const Model &model)
{
	return model.holder[model.in_use - 1];
}

u32 next_random(u64 &state, u32 limit)
{
	state = state * 6364136223846793005u + 1442695040888963407u;
	return static_cast<u32>(state >> 33) % limit;
}

} // namespace

KT_CASE(who_comes_back_finds_its_place)
{
	Model model{1};

	for (u32 id = 0; id < senders; id++) {
		KT_EXPECT(model.send(id));
		if (id < senders - 1)
			model.answer(0);
	}
	for (const u32 id : {2, 4, 0, 3, 1})
		KT_EXPECT(model.send(id));
	for (const u32 id : {0, 1, 3, 4}) {
		model.answer(0);
		KT_EXPECT_EQ(last_served(model), id);
		if (id == 1)
			model.give_up(0); // of 2, whose turn it is
	}
}

KT_CASE(a_quarter_and_at_most_eight)
{
	const struct {
		u16 slots;
		u16 share;
	} pools[] = {{1, 1}, {2, 1}, {3, 1}, {4, 1}, {7, 1}, {8, 2}, {16, 4}, {32, 8}, {64, 8}};

	for (const auto &pool : pools) {
		Model model{pool.slots};
		for (u32 i = 0; i < 10; i++)
			KT_EXPECT(model.send(0));
		KT_EXPECT_EQ(model.in_use, pool.share);
		KT_EXPECT_EQ(model.pool.share(), pool.share);
		// And each answer lets the next one go.
		model.answer(0);
		KT_EXPECT_EQ(model.in_use, pool.share);
		while (model.in_use)
			model.answer(0);
		KT_EXPECT_EQ(model.waiting(), 0);
	}
}

KT_CASE(the_busy_take_turns)
{
	Model model{8};

	for (u32 round = 0; round < 5; round++) // of each sender in a row
		for (u32 id = 0; id < 4; id++)
			KT_EXPECT(model.send(id));
	KT_EXPECT_EQ(model.in_use, 8);
	for (u32 i = 0; i < 8; i++) {
		model.answer_one_of(i % 4);
		KT_EXPECT_EQ(model.in_use, 8);
	}
	for (u32 id = 0; id < 4; id++)
		KT_EXPECT_EQ(model.sender[id].slots, 2);
	KT_EXPECT(model.most_overtaken <= 1);
}

KT_CASE(the_quiet_go_ahead)
{
	Model model{8};

	for (u32 id = 0; id < 5; id++)
		for (u32 i = 0; i < 4; i++)
			KT_EXPECT(model.send(id));
	for (u32 i = 0; i < 8; i++)
		model.answer(0);
	KT_EXPECT(model.send(5));
	model.answer(0);
	KT_EXPECT_EQ(last_served(model), 5);
	// Once: then it is one of the busy.
	KT_EXPECT(model.send(5) && model.send(5));
	model.answer(0);
	KT_EXPECT(last_served(model) != 5 || model.sender[5].slots == 2);
}

KT_CASE(the_quiet_go_ahead_below_the_share)
{
	Model model{16};

	for (u32 round = 0; round < 5; round++)
		for (u32 id = 0; id < 5; id++)
			KT_EXPECT(model.send(id));
	// One round: each was served since another one began to wait.
	for (u32 id = 0; id < 5; id++)
		model.answer_one_of(id);
	KT_EXPECT_EQ(model.waiting(), 4);
	KT_EXPECT(model.send(5));
	model.answer_one_of(0);
	KT_EXPECT_EQ(last_served(model), 5);
	KT_EXPECT(model.most_overtaken <= 1);
}

// Who waits for one answer before it sends the next command comes back when all that were
// in the device with it are done: later than others began to wait, and busy nevertheless.
KT_CASE(who_comes_back_at_once_is_not_quiet)
{
	Model model{8};

	KT_EXPECT(model.send(5));
	model.answer(0);
	for (u32 i = 0; i < 8; i++)
		KT_EXPECT(model.send(i / 2));
	KT_EXPECT(model.send(4));
	for (u32 id = 0; id < 2; id++) {
		model.answer_one_of(id);
		KT_EXPECT(model.send(id));
	}
	KT_EXPECT(model.send(4));
	KT_EXPECT(model.send(5));
	model.answer_one_of(2);
	KT_EXPECT_EQ(last_served(model), 5);
}

// A device that works on one command after the other: what it has goes first, and nothing
// else does.
KT_CASE(the_quiet_wait_for_what_the_device_has)
{
	constexpr u32 quiet = senders - 1;

	for (const u16 depth : {1, 2, 3, 4, 8, 16, 32}) {
		Model model{depth};
		const auto keep_busy = [&model] {
			for (u32 i = 0; i < owner::most_share; i++)
				for (u32 id = 0; id < quiet; id++)
					if (!model.sender[id].head)
						(void)model.send(id);
		};
		u32 most = 0;
		for (u32 round = 0; round < 20; round++) {
			for (u32 i = 0; i < depth + quiet + round; i++) { // all others were served
				keep_busy();
				KT_EXPECT_EQ(model.in_use, depth);
				model.answer(0);
			}
			keep_busy();
			KT_REQUIRE(model.send(quiet));
			u32 answers = 0;
			for (bool its = false; !its; answers++) {
				its = model.holder[0] == quiet;
				model.answer(0);
				keep_busy();
			}
			most = answers > most ? answers : most;
		}
		KT_EXPECT_EQ(most, depth + 1u);
	}
}

KT_CASE(no_more_than_the_limit)
{
	Model model{8};

	model.pool.set_limit(3);
	for (u32 id = 0; id < 6; id++)
		KT_EXPECT(model.send(id));
	KT_EXPECT_EQ(model.in_use, 3);
	model.answer(0);
	KT_EXPECT_EQ(model.in_use, 3);
	KT_EXPECT_EQ(last_served(model), 3);
	model.pool.set_limit(1);
	for (u32 left = 2; left > 0; left--) {
		model.answer(0);
		KT_EXPECT_EQ(model.in_use, left);
	}
	model.answer(0);
	KT_EXPECT_EQ(model.in_use, 1);
	KT_EXPECT_EQ(last_served(model), 4);
	model.pool.set_limit(8);
	model.serve();
	KT_EXPECT_EQ(model.in_use, 2);
}

KT_CASE(who_gives_up_leaves_no_trace)
{
	Model model{4};

	for (u32 id = 0; id < 6; id++)
		KT_EXPECT(model.send(id));
	KT_EXPECT(model.send(5));
	KT_EXPECT_EQ(model.waiting(), 3);
	model.give_up(0);
	model.give_up(1);
	model.answer(0);
	KT_EXPECT_EQ(last_served(model), 5);
	KT_EXPECT_EQ(model.waiting(), 0);
	while (model.in_use)
		model.answer(0);
	for (u32 id = 0; id < senders; id++)
		KT_EXPECT_EQ(model.sender[id].slots, 0);
}

KT_CASE(all_are_dismissed_without_a_slot)
{
	Model model{4};

	for (u32 i = 0; i < 2; i++)
		for (u32 id = 0; id < 6; id++)
			KT_EXPECT(model.send(id));
	const u32 waiting = model.waiting();
	u32 dismissed = 0;
	while (const SlotWaiter *const waiter = model.pool.dismiss()) {
		KT_EXPECT(model.waiter_of[waiter - model.waiters]);
		KT_EXPECT(!waiter->queued);
		KT_EXPECT_EQ(waiter->slot, no_slot);
		model.waiter_of[waiter - model.waiters] = 0;
		dismissed++;
	}
	KT_EXPECT_EQ(dismissed, waiting);
	for (u32 id = 0; id < senders; id++)
		KT_EXPECT(!model.sender[id].head);
	while (model.in_use)
		model.answer(0);
	KT_EXPECT(model.send(3));
	KT_EXPECT_EQ(model.in_use, 1);
}

KT_CASE(a_sender_that_is_no_more)
{
	Model model{4};

	KT_EXPECT(model.send(0) && model.send(1));
	model.pool.give(model.held[0], nullptr);
	model.pool.give(model.held[1], &model.sender[1]);
	KT_EXPECT_EQ(model.pool.take(model.sender[2]), model.held[1]); // last in, first out
	KT_EXPECT_EQ(model.pool.take(model.sender[3]), model.held[0]);
}

KT_CASE(nobody_is_overtaken_twice)
{
	for (const u16 slots : {u16{4}, u16{8}, u16{16}})
		for (u64 seed = 0; seed < 200; seed++) {
			Model model{slots};
			u64 state = seed;
			for (u32 i = 0; i < 400; i++) {
				const u32 what = next_random(state, 16);
				if (what < 8)
					(void)model.send(next_random(state, 2) ? 0 : next_random(state, senders));
				else if (what < 15 && model.in_use)
					model.answer(next_random(state, model.in_use));
				else
					model.give_up(next_random(state, most_waiters));
				// Who could be served is not kept waiting.
				for (u32 id = 0; id < senders; id++)
					KT_EXPECT(!model.sender[id].head || model.in_use == slots ||
						  model.sender[id].slots == model.pool.share());
			}
			KT_EXPECT(model.most_overtaken <= 1);
		}
}

KT_SUITE_END(owner_turns);
