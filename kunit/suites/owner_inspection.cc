// SPDX-License-Identifier: GPL-2.0-only
// How often the watchdog looks at the device, and what a queue knows of its senders' progress.
#include "core/lock_guard.hh"
#include "kunit/support/caller.hh"
#include "kunit/support/queue.hh"

KT_SUITE(owner_inspection);

using base::u32;
using base::u64;
using support::Caller;
using support::read_status;

namespace {

/// Reads of the status in one inspection: whether the device is gone, and whether it needs a reset.
constexpr u32 reads_per_inspection = 2;

/// Includes the observation that follows the start.
bool prepare()
{
	if (!fake::bring_up(1) || !support::open_members(1) || !KT_EXPECT_EQ(read_status(1), 0))
		return false;
	for (u32 reads = ~fake::status_reads(); reads != fake::status_reads();) {
		reads = fake::status_reads();
		support::sleep_ms(30);
	}
	return true;
}

/// Whether a sender other than member 1 made progress since @since_us, in the present run of the
/// queue.
bool others_progressed(u64 since_us)
{
	owner::AdminQueue &queue = support::queue();
	core::SpinGuard guard{queue.lock()};

	return since_us >= queue.state().gate().opened_us() &&
	       queue.state().progress().others_us(fake::member(1)) >= since_us;
}

constinit Caller *second_caller = nullptr;

/// A reset of the PF ends, and the device has a command again.
void come_back()
{
	fake::set_unreachable(false);
	virtio_owner_freeze(fake::pf().owner);
	fake::function_reset(fake::pf());
	KT_EXPECT_EQ(virtio_owner_thaw(fake::pf().owner), 0);
	fake::set_timeout(fake::long_ms);
	fake::add_rule({.opcode = WIRE_ADMIN_LEGACY_COMMON_CFG_READ, .kind = fake::Kind::hold});
	second_caller->read(1);
	KT_EXPECT(fake::wait_outstanding(1));
}

} // namespace

KT_CASE(idle_queue_is_not_inspected)
{
	KT_REQUIRE(prepare());
	const u32 before = fake::status_reads();

	support::sleep_ms(250);
	KT_EXPECT_EQ(fake::status_reads(), before);
	support::close_members(1);
}

KT_CASE(pending_request_is_inspected_once_in_a_period)
{
	KT_REQUIRE(prepare());
	const u64 start = kn_now_ms();
	const u32 before = fake::status_reads();
	Caller caller;

	fake::add_rule({.kind = fake::Kind::hold});
	caller.read(1);
	KT_REQUIRE(fake::wait_outstanding(1));
	KT_EXPECT(support::eventually(
		[&] { return fake::status_reads() >= before + 3 * reads_per_inspection; }));
	const u32 inspections = (fake::status_reads() - before) / reads_per_inspection;
	// One may be left from before; then one in 100 ms, less a tick of the kernel.
	KT_EXPECT(inspections <= (kn_now_ms() - start) / 80 + 1);
	fake::answer_all();
	KT_EXPECT_EQ(caller.finish(), 0);
	support::close_members(1);
}

// The completion is there before the deadline, and the watchdog looks at the deadline.
KT_CASE(lost_interrupt_is_found_at_the_deadline)
{
	KT_REQUIRE(prepare());
	fake::set_timeout(100);
	Caller caller;

	fake::add_rule({.kind = fake::Kind::lost_interrupt});
	caller.read(1);
	KT_EXPECT_EQ(caller.finish(), 0);
	KT_EXPECT_EQ(support::owner_view().lost_interrupts, 1);
	fake::set_timeout(fake::long_ms);
	support::close_members(1);
}

// What was found before the reset says nothing of the device after it.
KT_CASE(function_that_comes_back_while_it_is_found_gone_keeps_its_commands)
{
	Caller first, second;

	KT_REQUIRE(prepare());
	second_caller = &second;
	fake::set_timeout(1000); // the check comes before a probe
	fake::add_rule({.opcode = WIRE_ADMIN_LEGACY_COMMON_CFG_READ, .kind = fake::Kind::hold});
	first.read(1);
	KT_REQUIRE(fake::wait_outstanding(1));
	fake::pf().on_present_query = come_back;
	fake::set_unreachable(true);
	KT_EXPECT(support::eventually([&] { return second.started(); }, 3000));
	support::sleep_ms(100);
	KT_EXPECT(!second.done());
	fake::answer_all();
	KT_EXPECT_EQ(second.finish(), 0);
	(void)first.finish();
	support::close_members(1);
}

KT_CASE(progress_before_a_reset_of_the_queue_does_not_count)
{
	KT_REQUIRE(fake::bring_up(2) && support::open_members(2));
	const u64 before = kn_now_us();
	KT_EXPECT_EQ(read_status(2), 0);
	KT_EXPECT(others_progressed(before));
	fake::need_reset();
	KT_REQUIRE(support::reaches_epoch(2));
	KT_EXPECT_EQ(read_status(2), 0);
	const u64 after = kn_now_us();
	KT_EXPECT(!others_progressed(before));
	KT_EXPECT_EQ(read_status(2), 0);
	KT_EXPECT(others_progressed(after));
	support::close_members(2);
}

KT_SUITE_END(owner_inspection);
