// SPDX-License-Identifier: GPL-2.0-only
// A VF that is not ready for NOTIFY_INFO: it is asked again, and its guest gets a doorbell in the end.
#include "kernel/time.h"
#include "kunit/support/caller.hh"
#include "kunit/support/guest.hh"

KT_SUITE(member_doorbell_retry);

using base::u16;
using base::u32;
using base::u64;
using base::u8;
using support::Guest;
using support::Hurry;
using support::same_text;

namespace {

constexpr u16 notify = 16, status = 18;
constexpr u16 notify_info = WIRE_ADMIN_LEGACY_NOTIFY_INFO;
constexpr u8 in_owner = 1, in_member = 2;
constexpr u32 not_ready[] = {6, 16, 28}; // ENXIO, EBUSY, ENOSPC

// The device's answer; it outlives the case's commands.
constinit u8 answer[core::max_result];

void offer(u8 flags, u64 offset)
{
	base::fill_bytes(answer, 0);
	support::put_notify_entry(answer, 0, flags, fake::virtio_bar, offset);
	fake::add_rule({.opcode = notify_info, .kind = fake::Kind::result, .count = fake::forever,
			.bytes = answer});
}

/// The device answers NOTIFY_INFO with @error so often, and then with an address.
void refuse(u32 error, u32 count = fake::forever)
{
	fake::clear_rules();
	fake::add_rule({.opcode = notify_info, .kind = fake::Kind::status, .arg = error,
			.count = count});
	offer(in_member, fake::member_doorbell);
}

void become_ready()
{
	fake::clear_rules();
	offer(in_member, fake::member_doorbell);
}

bool start_hurried(Guest &guest)
{
	const Hurry hurry;

	return guest.start();
}

void expect_way(const Guest &guest, const char *way)
{
	const virtio_legacy_view view = guest.view();
	KT_EXPECT(same_text(view.doorbell, way));
	KT_EXPECT_EQ(view.doorbell_offset, same_text(way, "command") ? 0 : fake::member_doorbell);
}

void expect_doorbell(Guest &guest)
{
	expect_way(guest, "member");
	const u32 before = guest.vf().doorbells_member;
	fake::forget_commands();
	guest.out(notify, 2, 1);
	KT_EXPECT_EQ(guest.vf().doorbells_member, before + 1);
	KT_EXPECT_EQ(fake::seen(), 0);
}

} // namespace

KT_CASE(vf_that_is_not_ready_is_asked_again_within_open)
{
	for (const u32 error : not_ready) {
		KT_REQUIRE(support::bring_up());
		refuse(error, 3);
		Guest guest;
		const u32 before = fake::warnings();
		KT_REQUIRE(guest.start());
		KT_EXPECT_EQ(fake::seen(notify_info), 4);
		KT_EXPECT_EQ(fake::warnings(), before);
		expect_doorbell(guest);
	}
}

KT_CASE(vf_that_stays_so_is_reported_once_and_asked_at_each_reset)
{
	for (const u32 error : not_ready) {
		KT_REQUIRE(support::bring_up());
		refuse(error);
		Guest guest;
		const u32 before = fake::warnings();
		const u64 start = kn_now_ms();
		KT_REQUIRE(start_hurried(guest));
		KT_EXPECT(support::since(start) >= fake::short_ms / 2 - 1);
		KT_EXPECT(support::since(start) < fake::short_ms + 1000);
		KT_EXPECT_EQ(fake::warnings(), before + 1);
		expect_way(guest, "command");
		guest.out(notify, 2, 1);
		KT_EXPECT_EQ(guest.vf().notified[1], 1);

		fake::forget_commands();
		for (u32 i = 0; i < 3; i++)
			guest.out(status, 1, 0);
		KT_EXPECT_EQ(fake::seen(notify_info), 3);
		KT_EXPECT_EQ(fake::warnings(), before + 1);
		expect_way(guest, "command");
		KT_EXPECT(!guest.view().broken);

		become_ready();
		guest.out(status, 1, 0);
		expect_doorbell(guest);
		guest.out(status, 1, 0);
		KT_EXPECT_EQ(fake::seen(notify_info), 0);
		guest.close();
		KT_REQUIRE(guest.start());
		expect_doorbell(guest);
	}
}

KT_CASE(vf_that_becomes_ready_gets_an_address_of_the_owner)
{
	KT_REQUIRE(support::bring_up());
	refuse(16);
	Guest guest;
	KT_REQUIRE(start_hurried(guest));
	fake::clear_rules();
	offer(in_owner, fake::owner_doorbell(1));
	guest.out(status, 1, 0);
	KT_EXPECT(same_text(guest.view().doorbell, "owner"));
	guest.out(notify, 2, 1);
	KT_EXPECT_EQ(guest.vf().doorbells_owner, 1);
}

KT_CASE(vf_under_the_in_tree_client_is_asked_again)
{
	KT_REQUIRE(fake::bring_up_client(1));
	refuse(6);
	Guest guest;
	KT_REQUIRE(start_hurried(guest));
	expect_way(guest, "command");
	become_ready();
	guest.out(status, 1, 0);
	expect_doorbell(guest);
}

KT_CASE(vf_under_a_function_reset_gets_its_address_after_it)
{
	KT_REQUIRE(support::bring_up());
	offer(in_member, fake::member_doorbell);
	Guest guest;
	KT_REQUIRE(guest.ok());
	virtio_legacy_reset_prepare(guest.legacy());
	KT_REQUIRE(start_hurried(guest));
	expect_way(guest, "command");
	fake::function_reset(guest.vf());
	virtio_legacy_reset_done(guest.legacy());
	guest.out(status, 1, 0);
	expect_doorbell(guest);
}

KT_CASE(refusal_is_final)
{
	for (const u32 error : {22u, 1u, 0xffffu}) {
		KT_REQUIRE(support::bring_up());
		become_ready();
		Guest guest;
		KT_REQUIRE(guest.start());
		expect_way(guest, "member");
		guest.close();
		refuse(error, 1);
		fake::forget_commands();
		KT_REQUIRE(guest.start());
		guest.out(status, 1, 0);
		KT_EXPECT_EQ(fake::seen(notify_info), 1);
		expect_way(guest, "command");
	}
}

KT_CASE(device_that_does_not_answer_at_a_reset_is_not_asked_again)
{
	KT_REQUIRE(support::bring_up());
	refuse(16);
	Guest guest;
	KT_REQUIRE(start_hurried(guest));
	fake::clear_rules();
	fake::add_rule({.opcode = notify_info, .kind = fake::Kind::hold});
	{
		const Hurry hurry;
		const u64 start = kn_now_ms();
		guest.out(status, 1, 0);
		KT_EXPECT(support::since(start) < fake::short_ms + 1000);
	}
	fake::answer_all();
	KT_EXPECT(support::eventually([&] { return !guest.view().broken; }));
	fake::forget_commands();
	guest.out(status, 1, 0);
	KT_EXPECT_EQ(fake::seen(notify_info), 0);
	KT_EXPECT_EQ(guest.vf().status, 0);
}

KT_CASE(open_that_is_killed_does_not_wait)
{
	for (const bool under_reset : {false, true}) { // when commands are held, and none is waited for
		KT_REQUIRE(support::bring_up());
		refuse(16);
		Guest guest;
		support::Caller caller;

		if (under_reset)
			virtio_legacy_reset_prepare(guest.legacy());
		caller.call([](void *context) { return static_cast<Guest *>(context)->open(); }, &guest);
		support::sleep_ms(20);
		caller.kill();
		KT_EXPECT_EQ(caller.finish(), base::to_errno(base::Error::interrupted));
		KT_EXPECT(!guest.vf().assigned);
		if (under_reset)
			virtio_legacy_reset_done(guest.legacy());
		become_ready();
		KT_REQUIRE(guest.start());
		expect_doorbell(guest);
	}
}

KT_CASE(kicks_while_the_way_changes_all_arrive)
{
	KT_REQUIRE(support::bring_up());
	refuse(16);
	Guest guest;
	KT_REQUIRE(start_hurried(guest));
	struct Kicker {
		Guest &guest;
		static void run(void *context)
		{
			for (u32 i = 0; i < 300; i++)
				static_cast<Kicker *>(context)->guest.out(notify, 2, 1);
		}
	} kicker{guest};

	kt_thread *const thread = kt_thread_start(Kicker::run, &kicker);
	KT_REQUIRE(thread != nullptr);
	while (guest.view().doorbells[0] < 20)
		kn_sleep_us(100);
	become_ready();
	guest.out(status, 1, 0);
	kt_thread_join(thread);
	expect_doorbell(guest);
	KT_EXPECT_EQ(guest.vf().notified[1] + guest.vf().doorbells_member, 301);
}

KT_SUITE_END(member_doorbell_retry);
