// SPDX-License-Identifier: GPL-2.0-only
// The order in which senders get slots: no sender is served twice while another one waits, and an
// idle sender is served before busy ones.
#include "kunit/test.hh"
#include "owner/queue/scheduler.hh"

KT_SUITE(owner_scheduler);

using base::u16;
using base::u32;
using base::u64;
using owner::no_slot;
using owner::Scheduler;
using owner::SlotSender;
using owner::SlotWaiter;

namespace {

constexpr u32 senders = 6;
constexpr u32 most_waiters = 12;

/// A scheduler, and commands that come and go.
struct Model {
	u16 slots;
	u16 links[64];
	Scheduler scheduler;
	SlotSender sender[senders] = {};
	SlotWaiter waiters[most_waiters];
	u32 waiter_of[most_waiters]; ///< sender + 1, 0 if it is not in use
	u16 held[64];
	u32 holder[64];
	u32 in_use = 0;
	/// How often each sender was served since the turn of another one began.
	u32 overtaken[senders][senders] = {};
	u32 most_overtaken = 0;

	explicit Model(u16 count) : slots(count)
	{
		scheduler.init(links, slots);
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
		KT_EXPECT(slot < slots);
		for (u32 i = 0; i < in_use; i++)
			KT_EXPECT(held[i] != slot);
		held[in_use] = slot;
		holder[in_use++] = id;
		for (u32 other = 0; other < senders; other++)
			if (other != id && sender[other].head && sender[other].slots < scheduler.share() &&
			    ++overtaken[other][id] > most_overtaken)
				most_overtaken = overtaken[other][id];
		begin_turn(id);
	}
	/// Serves all senders whose turn it is.
	void serve()
	{
		while (const SlotWaiter *const waiter = scheduler.next()) {
			const u16 slot = scheduler.serve();
			u32 &id = waiter_of[waiter - waiters];
			KT_EXPECT(!waiter->queued);
			note_grant(id - 1, slot);
			id = 0;
		}
	}
	/// Submits or queues a command of sender @id. Returns false if there is no waiter left.
	bool send(u32 id)
	{
		const u16 slot = scheduler.take(sender[id]);
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
				KT_EXPECT(scheduler.enqueue(waiters[i], sender[id]));
				return true;
			}
		return false;
	}
	/// Completes the nth command in flight, in order of submission.
	void answer(u32 index)
	{
		const u16 slot = held[index];
		const u32 id = holder[index];

		in_use--;
		for (u32 i = index; i < in_use; i++) {
			held[i] = held[i + 1];
			holder[i] = holder[i + 1];
		}
		if (sender[id].slots == scheduler.share())
			begin_turn(id);
		scheduler.give(slot, &sender[id]);
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
		scheduler.unlink(waiters[index], sender[waiter_of[index] - 1]);
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

/// Returns the sender that was served last.
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

KT_CASE(senders_that_return_keep_the_order_of_their_last_grants)
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
			model.give_up(0); // sender 2 has the turn
	}
}

KT_CASE(share_is_a_quarter_and_at_most_eight)
{
	const struct {
		u16 slots;
		u16 share;
	} cases[] = {{1, 1}, {2, 1}, {3, 1}, {4, 1}, {7, 1}, {8, 2}, {16, 4}, {32, 8}, {64, 8}};

	for (const auto &[slots, share] : cases) {
		Model model{slots};
		for (u32 i = 0; i < 10; i++)
			KT_EXPECT(model.send(0));
		KT_EXPECT_EQ(model.in_use, share);
		KT_EXPECT_EQ(model.scheduler.share(), share);
		// Each completion submits the next command.
		model.answer(0);
		KT_EXPECT_EQ(model.in_use, share);
		while (model.in_use)
			model.answer(0);
		KT_EXPECT_EQ(model.waiting(), 0);
	}
}

KT_CASE(busy_senders_take_turns)
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

KT_CASE(idle_sender_is_served_before_busy_ones)
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
	// Once: afterwards it is a busy sender.
	KT_EXPECT(model.send(5) && model.send(5));
	model.answer(0);
	KT_EXPECT(last_served(model) != 5 || model.sender[5].slots == 2);
}

KT_CASE(idle_sender_is_served_first_below_the_share)
{
	Model model{16};

	for (u32 round = 0; round < 5; round++)
		for (u32 id = 0; id < 5; id++)
			KT_EXPECT(model.send(id));
	// One round: each sender was served since another one began to wait.
	for (u32 id = 0; id < 5; id++)
		model.answer_one_of(id);
	KT_EXPECT_EQ(model.waiting(), 4);
	KT_EXPECT(model.send(5));
	model.answer_one_of(0);
	KT_EXPECT_EQ(last_served(model), 5);
	KT_EXPECT(model.most_overtaken <= 1);
}

// A sender with one command at a time returns when all commands that were in the device with it
// are complete: later than others began to wait, and busy nevertheless.
KT_CASE(sender_that_returns_at_once_is_served_after_idle_ones)
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

// On a serial device, only commands that the device has are completed before that of an idle sender.
KT_CASE(idle_sender_waits_for_one_device_depth)
{
	constexpr u32 quiet = senders - 1;

	for (const u16 depth : {1, 2, 3, 4, 8, 16, 32}) {
		Model model{depth};
		const auto keep_busy = [&model] {
			for (u32 i = 0; i < owner::max_share; i++)
				for (u32 id = 0; id < quiet; id++)
					if (!model.sender[id].head)
						(void)model.send(id);
		};
		u32 most = 0;
		for (u32 round = 0; round < 20; round++) {
			for (u32 i = 0; i < depth + quiet + round; i++) { // all other senders were served
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

KT_CASE(limit_bounds_slots_in_use)
{
	Model model{8};

	model.scheduler.set_limit(3);
	for (u32 id = 0; id < 6; id++)
		KT_EXPECT(model.send(id));
	KT_EXPECT_EQ(model.in_use, 3);
	model.answer(0);
	KT_EXPECT_EQ(model.in_use, 3);
	KT_EXPECT_EQ(last_served(model), 3);
	model.scheduler.set_limit(1);
	for (u32 left = 2; left > 0; left--) {
		model.answer(0);
		KT_EXPECT_EQ(model.in_use, left);
	}
	model.answer(0);
	KT_EXPECT_EQ(model.in_use, 1);
	KT_EXPECT_EQ(last_served(model), 4);
	model.scheduler.set_limit(8);
	model.serve();
	KT_EXPECT_EQ(model.in_use, 2);
}

KT_CASE(unlinked_request_leaves_its_turn_to_the_next)
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

KT_CASE(dismissed_requests_have_no_slot)
{
	Model model{4};

	for (u32 i = 0; i < 2; i++)
		for (u32 id = 0; id < 6; id++)
			KT_EXPECT(model.send(id));
	const u32 waiting = model.waiting();
	u32 dismissed = 0;
	while (const SlotWaiter *const waiter = model.scheduler.dismiss()) {
		KT_EXPECT(model.waiter_of[waiter - model.waiters]);
		KT_EXPECT(!waiter->queued);
		model.waiter_of[waiter - model.waiters] = 0;
		dismissed++;
	}
	KT_EXPECT_EQ(dismissed, waiting);
	u32 granted = 0;
	for (u32 id = 0; id < senders; id++) {
		KT_EXPECT(!model.sender[id].head);
		granted += model.sender[id].slots;
	}
	KT_EXPECT_EQ(granted, model.in_use);
	while (model.in_use)
		model.answer(0);
	KT_EXPECT(model.send(3));
	KT_EXPECT_EQ(model.in_use, 1);
}

KT_CASE(slot_without_sender_is_free_again)
{
	Model model{4};

	KT_EXPECT(model.send(0) && model.send(1));
	model.scheduler.give(model.held[0], nullptr);
	model.scheduler.give(model.held[1], &model.sender[1]);
	KT_EXPECT_EQ(model.scheduler.take(model.sender[2]), model.held[1]); // last in, first out
	KT_EXPECT_EQ(model.scheduler.take(model.sender[3]), model.held[0]);
}

KT_CASE(random_load_overtakes_no_sender_twice)
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
				// No sender waits that could be served.
				for (u32 id = 0; id < senders; id++)
					KT_EXPECT(!model.sender[id].head || model.in_use == slots ||
						  model.sender[id].slots == model.scheduler.share());
			}
			KT_EXPECT(model.most_overtaken <= 1);
		}
}

KT_SUITE_END(owner_scheduler);
