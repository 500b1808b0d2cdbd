// SPDX-License-Identifier: GPL-2.0-only
// The kernel's own client waits without limit; guests, and whoever takes their
// VF away, do not.
#include "kernel/time.h"
#include "kunit/support/bad_device.hh"

KT_SUITE(member_in_tree_waits);

using base::Error;
using base::to_errno;
using base::u16;
using base::u32;
using base::u64;
using support::all_ones;
using support::Guest;
using support::Hurry;
using support::since;
using support::start_painted;

namespace {

constexpr u16 read_common = WIRE_ADMIN_LEGACY_COMMON_CFG_READ;
constexpr u64 bound_ms = fake::short_ms + 1000;
constexpr fake::Rule never{.opcode = read_common, .kind = fake::Kind::hold};

/// One read that gets no answer, and leaves its command to the client.
void lose_command(Guest &guest)
{
	KT_EXPECT_EQ(support::read_in_vain(guest, never), all_ones);
	KT_EXPECT_EQ(fake::in_client(), 1);
	KT_EXPECT_EQ(guest.view().stats.orphans, 1);
}

/// The client's calls end. Its worker has something to do after that.
void answer_lost_commands(Guest &guest)
{
	fake::release_client();
	KT_EXPECT(fake::wait_in_client(0));
	const u64 start = kn_now_ms();
	while (guest.view().stats.orphans != 0 && since(start) < fake::long_ms)
		kn_sleep_us(100);
	KT_EXPECT_EQ(guest.view().stats.orphans, 0);
}

/// A read in a thread of its own.
struct Reader {
	Guest &guest;
	long result = 0;

	static void run(void *context)
	{
		auto &self = *static_cast<Reader *>(context);
		base::u8 data[4];

		self.result = self.guest.read_bar(0, data, sizeof(data));
	}
};

/// A read that is killed once the client has its command.
void kill_reader(Guest &guest)
{
	Reader reader{guest};

	fake::add_rule(never);
	kt_thread *const thread = kt_thread_start(Reader::run, &reader);
	KT_EXPECT(fake::wait_in_client(1));
	const u64 start = kn_now_ms();
	kt_thread_kill(thread);
	kt_thread_join(thread);
	KT_EXPECT(since(start) < fake::long_ms - 500);
	KT_EXPECT_EQ(reader.result, to_errno(Error::interrupted));
}

} // namespace

KT_CASE(no_answer)
{
	KT_REQUIRE(fake::bring_up_client(2));
	Guest guest, other{2};
	KT_REQUIRE(start_painted(guest));
	KT_REQUIRE(start_painted(other));

	lose_command(guest);
	KT_EXPECT_EQ(guest.view().stats.timeouts, 1);
	KT_EXPECT(guest.view().broken);
	// From then on at once, and nothing reaches the client a second time.
	fake::forget_commands();
	const u64 start = kn_now_ms();
	KT_EXPECT_EQ(guest.in(0, 4), all_ones);
	guest.out(4, 4, 1);
	guest.out(16, 2, 1);
	KT_EXPECT(since(start) < fake::long_ms - 500);
	KT_EXPECT_EQ(fake::seen(), 0);
	support::expect_good(other);

	answer_lost_commands(guest);
	support::expect_good(guest);
	KT_EXPECT(!guest.view().broken);
}

KT_CASE(a_late_answer_is_nobodys)
{
	KT_REQUIRE(fake::bring_up_client(1));
	Guest guest;
	KT_REQUIRE(start_painted(guest));

	lose_command(guest);
	guest.vf().features = 0x0badf00d; // what the late command will read
	answer_lost_commands(guest);
	KT_EXPECT_EQ(guest.in(4, 4), 0x17161514);
}

KT_CASE(answers_at_the_deadline)
{
	KT_REQUIRE(fake::bring_up_client(1));
	Guest guest;
	KT_REQUIRE(start_painted(guest));

	// Around it, so that worker and caller meet in every order.
	const Hurry hurry{20};
	for (u32 ms = 15; ms < 25; ms++)
		for (u32 i = 0; i < 3; i++) {
			fake::add_rule({.opcode = read_common, .kind = fake::Kind::late, .arg = ms});
			const u32 value = guest.in(0, 4);
			KT_EXPECT(value == all_ones || value == support::painted_features);
			KT_EXPECT(fake::wait_in_client(0));
			fake::clear_rules();
			kn_sleep_us(1000);
		}
	fake::set_timeout(fake::long_ms);
	support::expect_good(guest);
}

KT_CASE(deadlines_before_the_worker_begins)
{
	KT_REQUIRE(fake::bring_up_client(1));
	Guest guest;
	KT_REQUIRE(start_painted(guest));

	for (u32 i = 0; i < 100; i++) {
		fake::set_timeout(i % 2);
		const u32 value = guest.in(0, 4);
		KT_EXPECT(value == all_ones || value == support::painted_features);
	}
	fake::set_timeout(fake::long_ms);
	KT_EXPECT(fake::wait_in_client(0));
	kn_sleep_us(2000);
	support::expect_good(guest);
}

KT_CASE(closing_does_not_wait_for_ever)
{
	KT_REQUIRE(fake::bring_up_client(1));
	Guest guest;
	KT_REQUIRE(start_painted(guest));

	lose_command(guest);
	{
		const Hurry hurry;
		const u64 start = kn_now_ms();
		guest.close();
		KT_EXPECT(since(start) < bound_ms);
	}
	KT_EXPECT_EQ(fake::warnings(), 1);
	KT_EXPECT(!guest.vf().assigned);
	// A late write must not reach the next guest's device.
	KT_EXPECT_EQ(guest.open(), to_errno(Error::busy));
	answer_lost_commands(guest);
	KT_REQUIRE(start_painted(guest));
	support::expect_good(guest);
}

KT_CASE(closes_with_an_orphan_write_limited_messages)
{
	KT_REQUIRE(fake::bring_up_client(1));
	Guest guest;

	for (u32 i = 0; i < 25; i++) {
		KT_REQUIRE(start_painted(guest));
		kill_reader(guest);
		{
			const Hurry hurry{10};
			guest.close();
		}
		answer_lost_commands(guest);
	}
	KT_EXPECT(fake::warnings() > 0);
	KT_EXPECT(fake::warnings() <= 20);
}

KT_CASE(the_driver_goes_before_its_command)
{
	KT_REQUIRE(fake::bring_up_client(1));
	{
		Guest guest;
		KT_REQUIRE(start_painted(guest));
		lose_command(guest);
		fake::set_timeout(fake::short_ms);
		const u64 start = kn_now_ms();
		guest.close();
		virtio_legacy_destroy(guest.take());
		KT_EXPECT(since(start) < bound_ms);
	}
	fake::set_timeout(fake::long_ms);
	KT_EXPECT_EQ(fake::in_client(), 1);
	KT_EXPECT_EQ(fake::clients(), 1);
	{
		const Guest next;
		KT_EXPECT(!next.ok());
		KT_EXPECT_EQ(next.error(), to_errno(Error::busy));
	}
	fake::release_client();
	KT_EXPECT(fake::wait_clients(0));
	Guest later;
	KT_REQUIRE(start_painted(later));
	support::expect_good(later);
}

KT_CASE(the_clients_end_frees_a_lost_command)
{
	KT_REQUIRE(fake::bring_up_client(1));
	Guest guest;
	KT_REQUIRE(start_painted(guest));

	lose_command(guest);
	// As when the PF's virtio driver resets its device: EIO for whoever is inside.
	answer_lost_commands(guest);
	KT_EXPECT_EQ(support::read_with(guest, {.opcode = read_common, .kind = fake::Kind::status,
						.arg = 5}), all_ones);
	support::expect_good(guest);
}

KT_CASE(a_killed_caller)
{
	KT_REQUIRE(fake::bring_up_client(1));
	Guest guest;
	KT_REQUIRE(start_painted(guest));

	kill_reader(guest);
	KT_EXPECT_EQ(guest.view().stats.timeouts, 0);
	KT_EXPECT_EQ(guest.view().stats.orphans, 1);
	// That says nothing about the device: the next one waits for its turn.
	KT_EXPECT(!guest.view().broken);
	Reader reader{guest};
	kt_thread *const next = kt_thread_start(Reader::run, &reader);
	kn_sleep_us(20000);
	fake::release_client();
	kt_thread_join(next);
	KT_EXPECT_EQ(reader.result, 4);
	support::expect_good(guest);
}

KT_CASE(an_orphan_that_outlasts_the_next_one)
{
	KT_REQUIRE(fake::bring_up_client(1));
	Guest guest;
	KT_REQUIRE(start_painted(guest));

	kill_reader(guest);
	{
		const Hurry hurry;
		KT_EXPECT_EQ(guest.in(0, 4), all_ones);
	}
	KT_EXPECT(guest.view().broken);
	const u64 start = kn_now_ms();
	KT_EXPECT_EQ(guest.in(0, 4), all_ones);
	KT_EXPECT(since(start) < fake::long_ms - 500);
	answer_lost_commands(guest);
	support::expect_good(guest);
}

/// A kick by command waits for its turn behind another access, not for ever.
KT_CASE(no_turn)
{
	KT_REQUIRE(fake::bring_up_client(1));
	Guest guest;
	KT_REQUIRE(start_painted(guest));
	Reader reader{guest};

	const Hurry hurry;
	fake::add_rule(never);
	kt_thread *const thread = kt_thread_start(Reader::run, &reader);
	KT_EXPECT(fake::wait_in_client(1));
	const u64 start = kn_now_ms();
	guest.out(16, 2, 1);
	KT_EXPECT(since(start) < bound_ms);
	kt_thread_join(thread);
	KT_EXPECT_EQ(guest.vf().notified[1], 0);
}

KT_CASE(a_reset_that_is_not_confirmed)
{
	KT_REQUIRE(fake::bring_up_client(1));
	Guest guest;
	KT_REQUIRE(start_painted(guest, true));

	fake::add_rule({.opcode = WIRE_ADMIN_LEGACY_COMMON_CFG_WRITE, .kind = fake::Kind::hold});
	{
		const Hurry hurry;
		guest.out(18, 1, 0);
	}
	// The guest frees its memory now, so the VF must not write it.
	KT_EXPECT(!fake::bus_master(guest.vf()));
	KT_EXPECT(guest.view().broken);
	// Not even a function reset ends that while the command is out.
	{
		const Hurry hurry;
		const u64 start = kn_now_ms();
		guest.function_reset();
		KT_EXPECT(since(start) < bound_ms);
	}
	guest.set_config(WIRE_PCI_COMMAND, 2, 5);
	KT_EXPECT(!fake::bus_master(guest.vf()));
	answer_lost_commands(guest);
	guest.function_reset();
	guest.set_config(WIRE_PCI_COMMAND, 2, 5);
	support::paint_registers(guest.vf(), 28);
	support::expect_good(guest);
}

KT_SUITE_END(member_in_tree_waits);
