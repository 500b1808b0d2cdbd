// SPDX-License-Identifier: GPL-2.0-only
// How many commands are of use to a device, learnt from its answers: on a model of devices that
// work on one, on some or on all commands at once, with somebody who always has one more.
#include "kunit/test.hh"
#include "owner/queue/dispatch_depth.hh"

KT_SUITE(owner_dispatch_depth);

using base::u16;
using base::u32;
using base::u64;
using owner::DispatchDepth;
using owner::min_depth;

namespace {

constexpr u16 most = 64;
constexpr u32 all = 1000;

/// Answers in order, each worker one command at a time.
struct Device {
	u32 workers;
	u64 each_us;
};

/// Who sends, and time that passes.
struct Model {
	struct Sent {
		u64 at_us, ends_us;
		u16 position;
	};

	DispatchDepth depth;
	u64 now_us = 1000000;
	Sent sent[most]; ///< in order; what ended is no more there
	u16 count = 0;
	u64 answers = 0;
	u16 most_sent = 0;

	explicit Model(u16 room = most) { depth.init(room); }

	void send(const Device &device)
	{
		u64 begins_us = now_us;

		// A worker is free when the command so many before this one has ended.
		if (count >= device.workers && sent[count - device.workers].ends_us > now_us)
			begins_us = sent[count - device.workers].ends_us;
		const u64 ends_us = begins_us + device.each_us;
		sent[count] = {now_us, ends_us, static_cast<u16>(count + 1)};
		count++;
		most_sent = count > most_sent ? count : most_sent;
	}
	/// All that have ended by now are answered, and others follow.
	void answer()
	{
		u16 done = 0;

		while (done < count && sent[done].ends_us <= now_us) {
			depth.note(sent[done].position, now_us - sent[done].at_us, true, now_us);
			done++;
		}
		for (u16 i = done; i < count; i++)
			sent[i - done] = sent[i];
		count = static_cast<u16>(count - done);
		answers += done;
	}
	/// For so long, as many as may be are in the device.
	void keep_busy(const Device &device, u64 us)
	{
		const u64 end_us = now_us + us;

		answers = 0;
		most_sent = 0;
		while (now_us < end_us) {
			while (count < depth.limit())
				send(device);
			now_us = sent[0].ends_us;
			answer();
		}
	}
	/// One at a time.
	void keep_idle(const Device &device, u32 commands)
	{
		for (u32 i = 0; i < commands; i++) {
			while (count) {
				now_us = sent[0].ends_us;
				answer();
			}
			send(device);
			now_us += device.each_us;
			answer();
		}
	}
};

constexpr u64 times_us[] = {1, 2, 5, 20, 200, 5000, 50000};

} // namespace

KT_CASE(nothing_is_known)
{
	for (const u16 room : {1, 3, 4, 64}) {
		Model model{room};
		KT_EXPECT_EQ(model.depth.limit(), room);
		model.depth.note(8, 1000000, true, model.now_us);
		KT_EXPECT_EQ(model.depth.limit(), room);
	}
}

// Four, or what it does in the time of an interrupt.
KT_CASE(one_command_after_the_other)
{
	for (const u64 us : times_us) {
		Model model;
		const Device device{1, us};
		model.keep_idle(device, 3);
		model.keep_busy(device, 400 * us);
		model.keep_busy(device, 400 * us);
		KT_EXPECT(model.most_sent >= min_depth);
		KT_EXPECT(model.most_sent <= 4 + 20 / us);
		KT_EXPECT(model.answers >= 399);
	}
}

KT_CASE(all_at_once)
{
	for (const u64 us : times_us) {
		Model model;
		const Device device{all, us};
		model.keep_idle(device, 3);
		model.keep_busy(device, 100 * us);
		KT_EXPECT_EQ(model.depth.limit(), most);
		KT_EXPECT(model.answers >= 99 * most);
	}
}

// All workers have work, and few commands more are there than that.
KT_CASE(some_at_once)
{
	for (const u32 workers : {2, 3, 8, 16, 32})
		for (const u64 us : {20, 200, 5000}) {
			Model model;
			const Device device{workers, us};
			model.keep_idle(device, 3);
			model.keep_busy(device, 400 * us);
			const u64 before_us = model.now_us;
			model.keep_busy(device, 400 * us);
			KT_EXPECT(model.answers >= 97 * workers * (model.now_us - before_us) / us / 100);
			KT_EXPECT(model.most_sent <= workers * 5 / 2 + 3);
		}
}

KT_CASE(few_slots_are_all_used)
{
	for (const u16 room : {1, 2, 3, 4}) {
		Model model{room};
		model.keep_idle({1, 20}, 3);
		model.keep_busy({1, 20}, 100000);
		KT_EXPECT_EQ(model.depth.limit(), room);
		KT_EXPECT_EQ(model.most_sent, room);
	}
}

KT_CASE(it_learns_that_more_is_of_use)
{
	Model model;

	model.keep_idle({1, 200}, 3);
	model.keep_busy({1, 200}, 100000);
	KT_EXPECT_EQ(model.depth.limit(), min_depth);
	model.keep_busy({all, 200}, 4000);
	KT_EXPECT(model.depth.limit() >= most / 2);
	model.keep_busy({1, 200}, 100000);
	KT_EXPECT_EQ(model.depth.limit(), min_depth);
}

// It is never idle, so only one that is sent alone on purpose shows it.
KT_CASE(it_learns_that_the_device_became_slow)
{
	Model model;

	model.keep_idle({1, 20}, 3);
	model.keep_busy({1, 20}, 50000);
	KT_EXPECT_EQ(model.depth.limit(), min_depth);
	model.keep_busy({all, 2000}, 120000); // the first one that is alone, and some answer times
	KT_EXPECT_EQ(model.most_sent, most);
	model.keep_busy({all, 2000}, 500000);
	KT_EXPECT(model.answers >= 240 * most);
}

KT_CASE(one_alone_is_seldom)
{
	Model model;
	const Device device{1, 200};

	model.keep_idle(device, 3);
	model.keep_busy(device, 50000);
	u32 alone = 0;
	for (u32 i = 0; i < 25000; i++) { // five seconds
		model.keep_busy(device, 1);
		alone += model.depth.limit() == 1;
	}
	KT_EXPECT(alone >= 5 && alone <= 25); // while those before it end, too: four answers
}

KT_CASE(who_may_have_all_has_none_alone)
{
	Model model;

	model.keep_idle({all, 20}, 3);
	model.keep_busy({all, 20}, 1000000);
	KT_EXPECT_EQ(model.depth.limit(), most);
	model.depth.note(10, 30, true, model.now_us + 100000000);
	KT_EXPECT_EQ(model.depth.limit(), most);
}

// What others take long for is not waited for, so that one is alone.
KT_CASE(none_alone_beside_others)
{
	Model model;

	model.keep_idle({1, 20}, 3);
	model.keep_busy({1, 20}, 50000);
	model.now_us += 2000000;
	model.depth.note(min_depth, min_depth * 20, false, model.now_us);
	KT_EXPECT_EQ(model.depth.limit(), min_depth);
	model.depth.note(min_depth, min_depth * 20, true, model.now_us);
	KT_EXPECT_EQ(model.depth.limit(), 1);
	model.depth.note_other();
	KT_EXPECT_EQ(model.depth.limit(), min_depth);
	model.depth.note(min_depth, min_depth * 20, true, model.now_us);
	KT_EXPECT_EQ(model.depth.limit(), 1);
	model.depth.note(1, 20, true, model.now_us);
	KT_EXPECT_EQ(model.depth.limit(), min_depth);
}

KT_CASE(one_late_answer_changes_little)
{
	for (const u64 late : {1000, 5000000}) {
		Model model;
		model.keep_idle({all, 20}, 3);
		model.depth.note(20, late, true, model.now_us);
		KT_EXPECT(model.depth.limit() >= most * 7 / 8);
		// Of one that was alone; those that are not are quicker.
		model.depth.note(1, late, true, model.now_us);
		model.keep_busy({1, 20}, 10000);
		KT_EXPECT(model.depth.limit() <= 6);
		// And of one that was to be alone.
		model.now_us += 2000000;
		model.depth.note(min_depth, min_depth * 20, true, model.now_us);
		KT_EXPECT_EQ(model.depth.limit(), 1);
		model.depth.note(1, late, true, model.now_us);
		model.keep_busy({1, 20}, 10000);
		KT_EXPECT(model.depth.limit() <= 6);
	}
}

KT_CASE(it_learns_that_the_device_became_quick)
{
	Model model;

	model.keep_idle({1, 2000}, 3);
	model.keep_busy({1, 2000}, 100000);
	KT_EXPECT_EQ(model.depth.limit(), min_depth);
	model.keep_busy({1, 20}, 20000);
	KT_EXPECT(model.depth.limit() <= 6);
}

KT_CASE(patience)
{
	Model model;

	KT_EXPECT_EQ(model.depth.patience_us(), 10000);
	for (const Device &device : {Device{1, 1}, Device{1, 20}, Device{1, 5000}, Device{8, 5000}}) {
		model.keep_idle(device, 60);
		model.keep_busy(device, 400 * device.each_us);
		model.keep_busy(device, 400 * device.each_us);
		// No command that waits for its turn in the device is overdue.
		const u64 longest_us = model.most_sent * device.each_us / device.workers;
		KT_EXPECT(model.depth.patience_us() >= 5000 + 2 * longest_us);
		KT_EXPECT(model.depth.patience_us() <= 10000 + 20 * device.each_us);
	}
}

// Half of the last sample and half of those before, rounded up: a time that is too short would keep
// commands out of a device that works on them.
KT_CASE(time_of_a_command_is_a_mean_that_is_rounded_up)
{
	Model model;
	const auto alone_us = [&] { return (model.depth.patience_us() - 10000) / 16; };

	model.depth.note(1, 20, true, model.now_us);
	KT_EXPECT_EQ(alone_us(), 20);
	model.depth.note(1, 40, true, model.now_us);
	KT_EXPECT_EQ(alone_us(), 30);
	model.depth.note(1, 31, true, model.now_us);
	KT_EXPECT_EQ(alone_us(), 31);
	model.depth.note(1, 30, true, model.now_us);
	KT_EXPECT_EQ(alone_us(), 31);
	model.depth.note(1, 29, true, model.now_us);
	KT_EXPECT_EQ(alone_us(), 30);
}

KT_CASE(all_is_forgotten)
{
	Model model;

	model.keep_idle({1, 200}, 3);
	model.keep_busy({1, 200}, 50000);
	KT_EXPECT_EQ(model.depth.limit(), min_depth);
	model.depth.init(most);
	KT_EXPECT_EQ(model.depth.limit(), most);
	model.depth.note(10, 100000, true, model.now_us);
	KT_EXPECT_EQ(model.depth.limit(), most);
}

KT_SUITE_END(owner_dispatch_depth);
