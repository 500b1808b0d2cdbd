// SPDX-License-Identifier: GPL-2.0-only
// What is known of the vectors that the driver has told the device, and when that ends.
#include "core/intx_vectors.hh"
#include "kunit/test.hh"

KT_SUITE(core_intx_vectors);

using base::u16;
using base::u32;
using base::u64;
using core::Era;
using core::IntxVectors;
using core::tracked_queues;

namespace {

constexpr Era era = {.function = 4, .owner = 2};
constexpr u32 resets = 1;
constexpr u64 suspended = 50;

/// The configuration and queues 0 and 2 are mapped, and queue 3 has an address alone.
IntxVectors mapped()
{
	IntxVectors vectors;

	vectors.observe(era, resets, suspended);
	vectors.config_written(true);
	for (const u16 queue : {0, 2, 3})
		vectors.address_written(queue, true);
	for (const u16 queue : {0, 2})
		vectors.queue_written(queue, true);
	return vectors;
}

void expect_live(const IntxVectors &vectors)
{
	KT_EXPECT(vectors.in_use());
	KT_EXPECT_EQ(vectors.reach(), 4);
	for (u16 queue = 0; queue < tracked_queues; queue++)
		KT_EXPECT_EQ(vectors.live(queue), queue == 0 || queue == 2 || queue == 3);
}

/// All has to be mapped anew, and may have to be cleared.
void expect_lapsed(const IntxVectors &vectors)
{
	expect_live(vectors);
	KT_EXPECT(!vectors.config_mapped());
	KT_EXPECT(vectors.stale_config());
	KT_EXPECT(vectors.any_stale());
	for (u16 queue = 0; queue < tracked_queues; queue++) {
		KT_EXPECT(!vectors.mapped(queue));
		KT_EXPECT_EQ(vectors.stale(queue), queue == 0 || queue == 2);
	}
}

void expect_nothing(const IntxVectors &vectors)
{
	KT_EXPECT(!vectors.in_use());
	KT_EXPECT_EQ(vectors.reach(), 0);
	KT_EXPECT(!vectors.any_stale());
	KT_EXPECT(!vectors.config_mapped());
	for (u16 queue = 0; queue < 2 * tracked_queues; queue++)
		KT_EXPECT(!vectors.live(queue) && !vectors.mapped(queue) && !vectors.stale(queue));
}

} // namespace

KT_CASE(nothing_happened_keeps_all)
{
	IntxVectors vectors = mapped();

	vectors.observe(era, resets, suspended);
	expect_live(vectors);
	KT_EXPECT(vectors.config_mapped());
	KT_EXPECT(vectors.mapped(0) && !vectors.mapped(1) && vectors.mapped(2) && !vectors.mapped(3));
}

KT_CASE(function_reset_forgets_all)
{
	IntxVectors vectors = mapped();

	vectors.driver_ok();
	vectors.observe({.function = 6, .owner = 2}, resets + 1, suspended);
	expect_nothing(vectors);
}

KT_CASE(function_reset_that_has_only_begun_forgets_all)
{
	IntxVectors vectors = mapped();

	vectors.observe(era, resets + 1, suspended);
	expect_nothing(vectors);
	vectors.config_written(true); // by an access that the reset overtakes
	vectors.observe({.function = 6, .owner = 2}, resets + 1, suspended);
	KT_EXPECT(!vectors.config_mapped());
}

KT_CASE(low_power_states_and_owner_resets_keep_the_queues)
{
	struct {
		Era era;
		u64 suspended;
	} const later[] = {{{.function = 6, .owner = 2}, suspended},
			   {{.function = 4, .owner = 3}, suspended},
			   {era, suspended + 1}};

	for (const auto &one : later) {
		IntxVectors vectors = mapped();
		vectors.observe(one.era, resets, one.suspended);
		expect_lapsed(vectors);
		vectors.observe(one.era, resets, one.suspended);
		expect_lapsed(vectors);
	}
}

KT_CASE(address_of_0_unmaps_all_and_ends_one_queue)
{
	IntxVectors vectors = mapped();

	vectors.address_written(3, false);
	KT_EXPECT(!vectors.live(3));
	vectors.address_written(3, true);
	expect_lapsed(vectors);
}

KT_CASE(vector_whose_command_failed_is_stale_and_not_mapped)
{
	IntxVectors vectors;

	vectors.config_written(false);
	vectors.queue_written(5, false);
	vectors.address_written(5, true);
	KT_EXPECT(!vectors.config_mapped() && vectors.stale_config());
	KT_EXPECT(!vectors.mapped(5) && vectors.stale(5) && !vectors.stale(4));
}

KT_CASE(cleared_vectors_keep_the_queues)
{
	IntxVectors vectors = mapped();

	vectors.cleared();
	expect_live(vectors);
	KT_EXPECT(!vectors.any_stale() && !vectors.config_mapped());
	for (u16 queue = 0; queue < tracked_queues; queue++)
		KT_EXPECT(!vectors.mapped(queue) && !vectors.stale(queue));
}

KT_CASE(queues_that_are_not_tracked_may_all_live)
{
	IntxVectors vectors;

	vectors.address_written(tracked_queues + 3, true);
	vectors.queue_written(tracked_queues + 3, true);
	KT_EXPECT_EQ(vectors.reach(), tracked_queues + 4u);
	KT_EXPECT(!vectors.live(0) && !vectors.live(tracked_queues - 1));
	KT_EXPECT(!vectors.stale(0));
	for (u16 queue = tracked_queues; queue < tracked_queues + 4; queue++)
		KT_EXPECT(vectors.live(queue) && vectors.stale(queue) && !vectors.mapped(queue));
	KT_EXPECT(!vectors.live(tracked_queues + 4) && !vectors.stale(tracked_queues + 4));
	vectors.address_written(0xffff, true);
	KT_EXPECT_EQ(vectors.reach(), 0x10000);
}

KT_CASE(driver_without_queues_is_in_use_until_its_reset)
{
	IntxVectors vectors;

	KT_EXPECT(!vectors.in_use());
	vectors.driver_ok();
	KT_EXPECT(vectors.in_use());
	vectors.forget();
	KT_EXPECT(!vectors.in_use());
}

KT_SUITE_END(core_intx_vectors);
