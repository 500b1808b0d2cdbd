// SPDX-License-Identifier: GPL-2.0-only
// A device that answers late or never, or is gone: the guest gets its answer in
// bounded time, and what one member suffers is no other's.
#include "base/atomic.hh"
#include "kernel/time.h"
#include "kunit/fake/eventually.hh"
#include "kunit/support/bad_device.hh"

KT_SUITE(member_silence);

using base::u16;
using base::u32;
using base::u64;
using base::u8;
using fake::Kind;
using support::expect_good;
using support::Guest;
using support::read_in_vain;
using support::read_with;
using support::start_painted;

namespace {

constexpr u16 read_common = WIRE_ADMIN_LEGACY_COMMON_CFG_READ;
constexpr u32 features = support::painted_features;
constexpr u32 ones = support::all_ones;
/// Short enough to time out, and long enough for good commands that come while
/// the queue is being reset.
constexpr u32 patience_ms = 500;

} // namespace

GUEST_CASE(an_answer_of_try_again_for_ever, start_painted(guest))
{
	for (const u32 status : {11u, 12u})
		KT_EXPECT_EQ(read_in_vain(guest, {.opcode = read_common, .kind = Kind::status,
						  .arg = status, .count = fake::forever}),
			     ones);
	expect_good(guest);
}

GUEST_CASE(late_within_the_deadline_is_fine, start_painted(guest))
{
	KT_EXPECT_EQ(read_with(guest, {.opcode = read_common, .kind = Kind::late, .arg = 60}),
		     features);
	KT_EXPECT_EQ(guest.view().stats.timeouts, 0);
}

GUEST_CASE(late_beyond_the_deadline, start_painted(guest))
{
	KT_EXPECT_EQ(read_in_vain(guest, {.opcode = read_common, .kind = Kind::late, .arg = 400}),
		     ones);
	KT_EXPECT_EQ(guest.view().stats.timeouts, 1);
	KT_EXPECT(fake::eventually([&] { return !guest.view().stats.broken; }));
	expect_good(guest);
}

GUEST_CASE(member_without_a_completion_works_after_a_guest_reset, start_painted(guest))
{
	const support::Hurry hurry{patience_ms};

	KT_EXPECT_EQ(read_with(guest, {.opcode = read_common, .kind = Kind::hold}), ones);
	KT_EXPECT_EQ(guest.view().stats.timeouts, 1);
	KT_EXPECT(guest.view().stats.broken);
	const u64 start = kn_now_ms();
	KT_EXPECT_EQ(guest.in(0, 4), ones);
	KT_EXPECT(support::since(start) < 100);
	guest.out(18, 1, 0);
	KT_EXPECT(!guest.view().stats.broken);
	KT_EXPECT_EQ(guest.in(0, 4), features);
	KT_EXPECT_EQ(fake::queue_resets(), 0);
	guest.close();
	KT_EXPECT_EQ(fake::outstanding(), 0);
}

KT_CASE(never_again)
{
	fake::Options options;

	options.ring_reset = false;
	KT_REQUIRE(support::bring_up(options));
	Guest guest;
	KT_REQUIRE(start_painted(guest));
	const support::Hurry hurry;
	fake::set_reset_confirmed(false);
	fake::add_rule({.kind = Kind::hold, .count = fake::forever});

	// A device that does not even reset: the guest sees ones, the host goes on.
	for (u32 i = 0; i < 4; i++) {
		const u64 start = kn_now_ms();
		KT_EXPECT_EQ(guest.in(0, 4), ones);
		KT_EXPECT(support::since(start) < fake::long_ms);
	}
	guest.close();
	fake::set_gone(true); // the only way to be rid of it
}

GUEST_CASE(an_interrupt_that_got_lost, start_painted(guest))
{
	KT_EXPECT_EQ(read_with(guest, {.opcode = read_common, .kind = Kind::lost_interrupt}),
		     features);
	expect_good(guest);
}

KT_CASE(one_members_silence_is_not_anothers)
{
	KT_REQUIRE(support::bring_up({}, 2));
	Guest one{1}, two{2};
	KT_REQUIRE(start_painted(one) && start_painted(two));
	struct Silent {
		Guest &guest;
		base::Atomic<bool> over{false};
		static void run(void *context)
		{
			auto &silent = *static_cast<Silent *>(context);
			KT_EXPECT_EQ(silent.guest.in(0, 4), ones);
			silent.over.store(true);
		}
	} silent{one};
	const support::Hurry hurry{800};

	fake::add_rule({.member = 1, .kind = Kind::hold});
	kt_thread *const thread = kt_thread_start(Silent::run, &silent);
	KT_REQUIRE(fake::wait_outstanding(1));
	while (!silent.over.load()) {
		KT_EXPECT_EQ(two.in(0, 4), features);
		kn_sleep_us(2000);
	}
	kt_thread_join(thread);

	// One is broken, and costs nobody the queue.
	KT_EXPECT(one.view().broken);
	KT_EXPECT(!two.view().broken);
	fake::forget_commands();
	KT_EXPECT_EQ(one.in(0, 4), ones);
	KT_EXPECT_EQ(fake::seen(), 0);
	KT_EXPECT_EQ(fake::queue_resets() + fake::device_resets(), 1); // that of bring-up
	KT_EXPECT_EQ(two.in(0, 4), features);

	// Until its function is reset and the device lets the command go.
	fake::answer_all();
	one.function_reset();
	one.set_config(WIRE_PCI_COMMAND, 2, 5);
	support::paint_registers(one.vf(), 28);
	KT_EXPECT(!one.view().broken);
	KT_EXPECT_EQ(one.in(0, 4), features);
}

GUEST_CASE(a_pf_that_is_gone, start_painted(guest))
{
	fake::set_gone(true);
	const u64 start = kn_now_ms();
	KT_EXPECT_EQ(guest.in(0, 4), ones);
	KT_EXPECT(support::since(start) < fake::long_ms - 500); // seen, not timed out
	guest.out(4, 4, 1);
	guest.out(18, 1, 0);
	KT_EXPECT_EQ(guest.in(18, 1), 0xff);
	KT_EXPECT(support::since(start) < fake::long_ms - 500);
	guest.close();
	KT_EXPECT_EQ(guest.open(), base::to_errno(base::Error::no_device));
}

GUEST_CASE(killed_while_it_waits, start_painted(guest))
{
	struct Reader {
		Guest &guest;
		long done = 0;
		static void run(void *context)
		{
			auto &reader = *static_cast<Reader *>(context);
			u8 data[4];

			reader.done = reader.guest.read_bar(0, data, sizeof(data));
		}
	} reader{guest};

	fake::add_rule({.opcode = read_common, .kind = Kind::hold});
	const u64 start = kn_now_ms();
	kt_thread *const thread = kt_thread_start(Reader::run, &reader);
	KT_REQUIRE(fake::wait_outstanding(1));
	kt_thread_kill(thread);
	kt_thread_join(thread);
	KT_EXPECT(support::since(start) < fake::long_ms - 500);
	KT_EXPECT_EQ(reader.done, base::to_errno(base::Error::interrupted));
	KT_EXPECT_EQ(guest.view().stats.orphans, 1);

	fake::answer_all();
	expect_good(guest);
	KT_EXPECT_EQ(guest.view().stats.orphans, 0);
}

KT_SUITE_END(member_silence);
