// SPDX-License-Identifier: GPL-2.0-only
// Vectors that a device has lost, written again.
#include "kunit/support/model_device.hh"

KT_SUITE(core_shadow_vectors);

using base::Error;
using base::u16;
using base::usize;
using Loss = core::Shadow::Loss;
using support::ModelGuest;
using namespace support::at;

namespace {

constexpr u16 none = WIRE_NO_VECTOR;

/// Vectors 1 to 4, and the guest's selection is queue 1.
void start(ModelGuest &guest)
{
	guest.start(true);
	guest.out(config_vector, 2, 1);
	for (const u16 queue : {0, 2, 1}) {
		guest.out(select, 2, queue);
		(void)guest.in(size, 2);
		guest.out(queue_vector, 2, 2u + queue);
	}
	(void)guest.commands();
}

void lose_vectors(ModelGuest &guest)
{
	guest.device.config_vector = none;
	for (auto &queue : guest.device.queues)
		queue.vector = none;
}

void expect_vectors(const ModelGuest &guest)
{
	KT_EXPECT_EQ(guest.device.config_vector, 1);
	for (u16 queue = 0; queue < 3; queue++)
		KT_EXPECT_EQ(guest.device.queues[queue].vector, 2 + queue);
	KT_EXPECT_EQ(guest.device.queues[3].vector, none);
}

} // namespace

KT_CASE(lost_vectors_are_restored_and_the_selection_stays)
{
	ModelGuest guest{true};

	start(guest);
	guest.out(address, 4, 0x11);
	lose_vectors(guest);
	guest.restore_vectors();
	KT_EXPECT(guest.outcome().ok());
	expect_vectors(guest);
	guest.out(address, 4, 0x22);
	KT_EXPECT_EQ(guest.device.queues[1].address, 0x22);
	KT_EXPECT_EQ(guest.device.queues[2].address, 0);
}

KT_CASE(selection_that_the_device_was_not_told_stays)
{
	ModelGuest guest{true};

	start(guest);
	guest.out(select, 2, 2);
	lose_vectors(guest);
	guest.restore_vectors();
	expect_vectors(guest);
	KT_EXPECT_EQ(guest.in(select, 2), 2);
	guest.out(address, 4, 0x33);
	KT_EXPECT_EQ(guest.device.queues[2].address, 0x33);
}

KT_CASE(single_lost_vector_is_restored)
{
	ModelGuest guest{true};

	start(guest);
	guest.device.queues[0].vector = none;
	guest.restore_vectors();
	expect_vectors(guest);
}

KT_CASE(failure_keeps_the_selection_and_the_vectors)
{
	for (usize successes = 0; successes < 9; successes++) {
		ModelGuest guest{true};

		start(guest);
		lose_vectors(guest);
		guest.device.fail_after(successes, Error::timed_out);
		guest.restore_vectors();
		guest.restore_vectors(); // the next time
		KT_EXPECT(guest.outcome().ok());
		expect_vectors(guest);
		guest.out(address, 4, 0x44);
		KT_EXPECT_EQ(guest.device.queues[1].address, 0x44);
	}
}

KT_CASE(device_that_maps_nothing_is_reported_and_tried_again)
{
	ModelGuest guest{true};

	start(guest);
	lose_vectors(guest);
	guest.device.maps_nothing = true;
	guest.restore_vectors();
	KT_EXPECT_EQ(guest.outcome().error(), Error::no_space);
	KT_EXPECT_EQ(guest.in(config_vector, 2), none);
	guest.device.maps_nothing = false;
	guest.restore_vectors();
	expect_vectors(guest);
	KT_EXPECT_EQ(guest.in(config_vector, 2), 1);
}

KT_CASE(vector_that_the_device_did_not_map_is_not_restored)
{
	ModelGuest guest{true};

	start(guest);
	guest.device.maps_nothing = true;
	guest.out(config_vector, 2, 7);
	guest.device.maps_nothing = false;
	guest.restore_vectors();
	KT_EXPECT_EQ(guest.device.config_vector, none);
}

KT_CASE(vector_whose_write_was_refused_is_the_one_of_before)
{
	ModelGuest guest{true};

	start(guest);
	guest.device.fail_after(0, Error::invalid);
	guest.out(config_vector, 2, 7);
	lose_vectors(guest);
	guest.restore_vectors();
	expect_vectors(guest);
}

KT_CASE(vector_whose_write_may_have_been_executed_is_restored)
{
	for (const usize successes : {usize{0}, usize{1}}) {
		ModelGuest guest{true};

		start(guest);
		guest.device.fail_after(successes, Error::timed_out, true);
		guest.out(config_vector, 2, 7);
		lose_vectors(guest);
		guest.restore_vectors();
		KT_EXPECT_EQ(guest.device.config_vector, 7);
	}
}

KT_CASE(queue_that_is_not_remembered_is_left_alone)
{
	ModelGuest guest{true};

	start(guest);
	guest.out(select, 2, core::tracked_queues); // the device ignores what it does not have
	guest.out(queue_vector, 2, 9);
	lose_vectors(guest);
	guest.restore_vectors();
	KT_EXPECT(guest.outcome().ok());
	expect_vectors(guest);
	KT_EXPECT_EQ(guest.in(select, 2), core::tracked_queues);
}

KT_CASE(device_that_keeps_vectors_gets_no_command)
{
	ModelGuest guest{true};

	start(guest);
	KT_EXPECT(!guest.restore_vectors(Loss::none)); // nothing was looked at
	KT_EXPECT_EQ(guest.commands(), 0);
	KT_EXPECT_EQ(guest.in(queue_vector, 2), 3);
}

KT_CASE(first_vector_that_was_kept_ends_the_search_where_one_tells)
{
	ModelGuest guest{true};

	start(guest);
	KT_EXPECT(!guest.restore_vectors(Loss::any));
	KT_EXPECT(guest.commands() > 3);
	KT_EXPECT(guest.restore_vectors(Loss::all_or_none));
	KT_EXPECT_EQ(guest.commands(), 1);
	KT_EXPECT_EQ(guest.in(select, 2), 1);
}

KT_CASE(kept_vector_after_a_lost_one_tells_nothing)
{
	for (const bool config : {true, false}) {
		ModelGuest guest{true};

		start(guest);
		if (!config)
			guest.out(config_vector, 2, none);
		(config ? guest.device.config_vector : guest.device.queues[0].vector) = none;
		guest.device.queues[2].vector = none;
		KT_EXPECT(!guest.restore_vectors(Loss::all_or_none));
		KT_EXPECT_EQ(guest.device.config_vector, config ? 1 : none);
		KT_EXPECT_EQ(guest.device.queues[0].vector, 2);
		KT_EXPECT_EQ(guest.device.queues[2].vector, 4);
	}
}

// The device may have executed its write only now.
KT_CASE(vector_whose_write_did_not_complete_tells_nothing)
{
	ModelGuest guest{true};

	start(guest);
	guest.device.fail_after(0, Error::timed_out, true);
	guest.out(config_vector, 2, 7);
	guest.device.queues[0].vector = none;
	KT_EXPECT(!guest.restore_vectors(Loss::all_or_none));
	KT_EXPECT_EQ(guest.device.config_vector, 7);
	KT_EXPECT_EQ(guest.device.queues[0].vector, 2);
}

KT_CASE(memory_of_vectors_has_no_room_for_more_queues)
{
	core::VectorMemory memory;

	for (const u16 queue : {core::tracked_queues, u16{0x8000}, u16{0xffff}})
		memory.set_queue(queue, 1);
	for (u16 queue = 0; queue < core::tracked_queues; queue++)
		KT_EXPECT_EQ(memory.queue(queue), none);
	memory.set_queue(core::tracked_queues - 1, 1);
	KT_EXPECT_EQ(memory.queue(core::tracked_queues - 1), 1);
}

KT_SUITE_END(core_shadow_vectors);
