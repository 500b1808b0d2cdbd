// SPDX-License-Identifier: GPL-2.0-only
// Doorbells by eventfd that have to wait: late and not lost, but for a reset, a close, or the end of
// the registration.
#include "kunit/support/caller.hh"
#include "kunit/support/doorbell_event.hh"

KT_SUITE(member_doorbell_event_delays);

using base::u32;
using base::u64;
using support::add_event;
using support::doorbells;
using support::DoorbellPlace;
using support::Guest;
using support::set_event;
using support::start_at;

namespace {

int close_guest(void *context)
{
	static_cast<Guest *>(context)->close();
	return 0;
}

int remove_event_of_queue_1(void *context)
{
	return static_cast<int>(set_event(*static_cast<Guest *>(context), 1, -1));
}

int add_event_of_queue_2(void *context)
{
	return static_cast<int>(set_event(*static_cast<Guest *>(context), 2, fake::make_event()));
}

/// The device keeps commands until answer_held().
void hold_commands(u32 count = 1)
{
	fake::add_rule({.opcode = WIRE_ADMIN_LEGACY_COMMON_CFG_WRITE, .kind = fake::Kind::hold,
			.count = count});
}

/// The device keeps the command of a signal of @fd, which keeps the work busy. Whether that worked.
bool hold_work(int fd)
{
	hold_commands();
	fake::signal_event(fd);
	return fake::wait_outstanding(1);
}

// The guest of the hooks.
Guest *resetting;

void reset_function(fake::Vf &)
{
	virtio_legacy_reset_prepare(resetting->legacy());
	virtio_legacy_reset_done(resetting->legacy());
}

} // namespace

KT_CASE(contended_memory_lock_delays_the_signal)
{
	std::optional<Guest> guest;
	KT_REQUIRE(start_at(guest, DoorbellPlace::member));
	const int fd = add_event(*guest, 3);

	kn_vfio_command_lock(guest->vf().vfio);
	fake::signal_event(fd);
	fake::settle();
	KT_EXPECT_EQ(doorbells(*guest), 0);
	kn_vfio_command_unlock(guest->vf().vfio);
	fake::settle();
	KT_EXPECT_EQ(doorbells(*guest), 1);
	KT_EXPECT_EQ(guest->vf().last_doorbell, 3);
	KT_EXPECT_EQ(guest->view().doorbells[2], 1);
}

KT_CASE(signals_of_all_queues_wait_for_one_slow_command)
{
	std::optional<Guest> guest;
	KT_REQUIRE(start_at(guest, DoorbellPlace::none));
	int fd[4];

	for (u32 queue = 0; queue < 4; queue++)
		fd[queue] = add_event(*guest, queue);
	KT_REQUIRE(hold_work(fd[0]));
	for (u32 queue = 1; queue < 4; queue++)
		fake::signal_event(fd[queue]);
	fake::signal_event(fd[0]);
	fake::settle();
	KT_EXPECT_EQ(fake::outstanding(), 1);
	KT_EXPECT_EQ(doorbells(*guest), 0);
	fake::answer_held(0);
	KT_EXPECT(fake::eventually([&guest] { return doorbells(*guest) == 5; }));
	fake::settle();
	KT_EXPECT_EQ(guest->vf().notified[0], 2);
	for (u32 queue = 1; queue < 4; queue++)
		KT_EXPECT_EQ(guest->vf().notified[queue], 1);
}

KT_CASE(signals_of_one_queue_that_wait_become_one)
{
	std::optional<Guest> guest;
	KT_REQUIRE(start_at(guest, DoorbellPlace::member));
	const int fd = add_event(*guest, 1), other = add_event(*guest, 2);

	kn_vfio_command_lock(guest->vf().vfio);
	fake::signal_event(other);
	fake::settle(); // the work waits for the lock
	for (u32 i = 0; i < 10; i++)
		fake::signal_event(fd);
	kn_vfio_command_unlock(guest->vf().vfio);
	fake::settle();
	KT_EXPECT_EQ(doorbells(*guest), 2);
	fake::signal_event(fd);
	KT_EXPECT_EQ(doorbells(*guest), 3);
}

KT_CASE(function_reset_drops_a_signal_that_waits_for_memory_lock)
{
	std::optional<Guest> guest;
	KT_REQUIRE(start_at(guest, DoorbellPlace::member));
	const int fd = add_event(*guest, 1);

	// VFIO_DEVICE_RESET has memory_lock before the kernel tells of the reset.
	fake::set_resetting(guest->vf(), true);
	fake::signal_event(fd);
	fake::settle();
	virtio_legacy_reset_prepare(guest->legacy());
	fake::function_reset(guest->vf());
	virtio_legacy_reset_done(guest->legacy());
	fake::set_resetting(guest->vf(), false);
	fake::settle();
	KT_EXPECT_EQ(doorbells(*guest), 0);
	fake::signal_event(fd);
	KT_EXPECT_EQ(doorbells(*guest), 1);
}

KT_CASE(function_reset_drops_a_signal_that_waits_for_a_command)
{
	std::optional<Guest> guest;
	KT_REQUIRE(start_at(guest, DoorbellPlace::none));
	const int first = add_event(*guest, 0), fd = add_event(*guest, 1);
	const auto reset = [](void *context) {
		static_cast<Guest *>(context)->function_reset();
		return 0;
	};
	support::Caller caller;

	KT_REQUIRE(hold_work(first));
	fake::signal_event(fd);
	caller.call(reset, &*guest);
	fake::settle();
	KT_EXPECT(!caller.done()); // it waits for the command
	fake::answer_held(0);
	KT_EXPECT_EQ(caller.finish(), 0);
	fake::settle();
	KT_EXPECT_EQ(guest->vf().notified[1], 0);
	fake::signal_event(fd);
	fake::settle();
	KT_EXPECT_EQ(guest->vf().notified[1], 1);
}

KT_CASE(function_reset_while_the_function_resumes_drops_the_signal)
{
	for (const DoorbellPlace place : {DoorbellPlace::none, DoorbellPlace::owner, DoorbellPlace::member}) {
		std::optional<Guest> guest;
		KT_REQUIRE(start_at(guest, place));
		const int fd = add_event(*guest, 1);
		resetting = &*guest;
		guest->vf().on_resume = reset_function;
		fake::suspend(guest->vf());
		fake::signal_event(fd);
		fake::settle();
		KT_EXPECT(guest->vf().on_resume == nullptr);
		KT_EXPECT_EQ(doorbells(*guest), 0);
	}
}

KT_CASE(function_reset_before_the_try_of_memory_lock_drops_the_signal)
{
	for (const bool ends : {false, true}) {
		std::optional<Guest> guest;
		KT_REQUIRE(start_at(guest, DoorbellPlace::member));
		const int fd = add_event(*guest, 1);
		resetting = &*guest;
		guest->vf().on_memory_trylock = ends ? reset_function : [](fake::Vf &) {
			virtio_legacy_reset_prepare(resetting->legacy());
		};
		fake::signal_event(fd);
		if (!ends)
			virtio_legacy_reset_done(guest->legacy());
		fake::settle();
		KT_EXPECT_EQ(doorbells(*guest), 0);
	}
}

KT_CASE(signal_after_a_reset_is_not_dropped_with_the_one_before_it)
{
	std::optional<Guest> guest;
	KT_REQUIRE(start_at(guest, DoorbellPlace::member));
	const int fd = add_event(*guest, 1), other = add_event(*guest, 2);

	kn_vfio_command_lock(guest->vf().vfio);
	fake::signal_event(other);
	fake::settle(); // the work waits for the lock
	fake::signal_event(fd);
	virtio_legacy_reset_prepare(guest->legacy());
	virtio_legacy_reset_done(guest->legacy());
	fake::signal_event(fd);
	kn_vfio_command_unlock(guest->vf().vfio);
	fake::settle();
	KT_EXPECT_EQ(guest->vf().last_doorbell, 1);
	KT_EXPECT_EQ(doorbells(*guest), 1);
}

KT_CASE(close_drops_signals_that_wait_for_memory_lock)
{
	std::optional<Guest> guest;
	KT_REQUIRE(start_at(guest, DoorbellPlace::member));
	const int first = add_event(*guest, 0), fd = add_event(*guest, 1);
	support::Caller caller;

	kn_vfio_command_lock(guest->vf().vfio);
	fake::signal_event(first);
	fake::settle(); // the work waits for the lock
	fake::signal_event(fd);
	caller.call(close_guest, &*guest);
	fake::settle();
	kn_vfio_command_unlock(guest->vf().vfio);
	KT_EXPECT_EQ(caller.finish(), 0);
	const u32 before = doorbells(*guest);
	KT_EXPECT(before <= 1);
	KT_EXPECT_EQ(fake::event_users(fd), 0);

	KT_REQUIRE(guest->start());
	fake::signal_event(fd);
	fake::settle();
	KT_EXPECT_EQ(doorbells(*guest), before);
}

KT_CASE(close_drops_signals_that_wait_for_a_command)
{
	std::optional<Guest> guest;
	KT_REQUIRE(start_at(guest, DoorbellPlace::none));
	const int first = add_event(*guest, 0), fd = add_event(*guest, 1);
	support::Caller caller;

	KT_REQUIRE(hold_work(first));
	fake::signal_event(fd);
	caller.call(close_guest, &*guest);
	fake::settle();
	fake::answer_held(0);
	KT_EXPECT_EQ(caller.finish(), 0);
	KT_EXPECT_EQ(doorbells(*guest), 1);

	KT_REQUIRE(guest->start());
	fake::settle();
	KT_EXPECT_EQ(doorbells(*guest), 1);
}

KT_CASE(close_drops_signals_that_the_work_has_taken)
{
	std::optional<Guest> guest;
	KT_REQUIRE(start_at(guest, DoorbellPlace::none));
	const int first = add_event(*guest, 0), second = add_event(*guest, 1), third = add_event(*guest, 2);
	support::Caller caller;

	KT_REQUIRE(hold_work(first));
	fake::signal_event(second);
	fake::signal_event(third);
	hold_commands();
	fake::answer_held(0);
	fake::settle();
	KT_REQUIRE(fake::wait_outstanding(1)); // of two that the work has now
	caller.call(close_guest, &*guest);
	fake::settle();
	fake::answer_held(0);
	KT_EXPECT_EQ(caller.finish(), 0);
	KT_EXPECT_EQ(doorbells(*guest), 2);
}

KT_CASE(end_of_a_registration_waits_for_its_signal)
{
	std::optional<Guest> guest;
	KT_REQUIRE(start_at(guest, DoorbellPlace::none));
	const int fd = add_event(*guest, 1);
	support::Caller caller;

	KT_REQUIRE(hold_work(fd));
	fake::signal_event(fd);
	caller.call(remove_event_of_queue_1, &*guest);
	fake::settle();
	KT_EXPECT(!caller.done());
	fake::answer_held(0);
	KT_EXPECT_EQ(caller.finish(), 0);
	KT_EXPECT_EQ(guest->vf().notified[1], 2);
	fake::signal_event(fd);
	fake::settle();
	KT_EXPECT_EQ(guest->vf().notified[1], 2);
}

KT_CASE(killed_task_does_not_wait_for_another_registration)
{
	std::optional<Guest> guest;
	KT_REQUIRE(start_at(guest, DoorbellPlace::none));
	const int fd = add_event(*guest, 1);
	support::Caller removal, addition;

	KT_REQUIRE(hold_work(fd));
	removal.call(remove_event_of_queue_1, &*guest);
	fake::settle();
	addition.call(add_event_of_queue_2, &*guest);
	fake::settle();
	KT_EXPECT(!addition.done());
	addition.kill();
	KT_EXPECT_EQ(addition.finish(), base::to_errno(base::Error::interrupted));
	fake::answer_held(0);
	KT_EXPECT_EQ(removal.finish(), 0);
}

KT_CASE(signals_of_a_device_without_completions_wait_one_deadline_together)
{
	std::optional<Guest> guest;
	KT_REQUIRE(start_at(guest, DoorbellPlace::none));
	int fd[4];

	for (u32 queue = 0; queue < 4; queue++)
		fd[queue] = add_event(*guest, queue);
	const support::Hurry hurry;
	hold_commands(fake::forever);
	const u64 start = kn_now_ms();
	for (const int event : fd)
		fake::signal_event(event);
	KT_EXPECT_EQ(set_event(*guest, 3, -1), 0);
	// The work takes the first alone, and all others then.
	KT_EXPECT(support::since(start) < 3 * fake::short_ms);
	KT_EXPECT_EQ(doorbells(*guest), 0);
}

KT_SUITE_END(member_doorbell_event_delays);
