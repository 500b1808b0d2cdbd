// SPDX-License-Identifier: GPL-2.0-only
// What a guest sees while its owner is reset, suspended or cut off.
#include "kernel/time.h"
#include "kunit/support/bad_device.hh"

KT_SUITE(member_owner);

using base::u32;
using base::u64;
using support::expect_good;
using support::Guest;
using support::start_painted;

namespace {

constexpr u32 ones = support::all_ones;

/// The PCI core's reset of the PF, between freeze and thaw.
void reset_pf()
{
	fake::function_reset(fake::pf());
	KT_EXPECT_EQ(virtio_owner_thaw(fake::pf().owner), 0);
}

/// An access in a thread of its own.
struct Reader {
	Guest &guest;
	u32 value = 0;

	static void run(void *context)
	{
		auto &reader = *static_cast<Reader *>(context);

		reader.value = reader.guest.in(4, 4);
	}
};

} // namespace

GUEST_CASE(a_frozen_owner_takes_the_whole_time, start_painted(guest))
{
	virtio_owner_freeze(fake::pf().owner);
	fake::forget_commands();
	{
		const support::Hurry hurry;
		const u64 start = kn_now_ms();
		KT_EXPECT_EQ(guest.in(0, 4), ones);
		KT_EXPECT(support::since(start) < fake::short_ms + 1000);
	}
	KT_EXPECT_EQ(fake::seen(), 0);
	reset_pf();
	support::paint_registers(guest.vf(), 28);
	expect_good(guest);
}

GUEST_CASE(an_access_outlasts_a_reset_of_the_pf, start_painted(guest))
{
	virtio_owner_freeze(fake::pf().owner);
	Reader reader{guest};
	kt_thread *const thread = kt_thread_start(Reader::run, &reader);
	kn_sleep_us(20000);
	fake::function_reset(fake::pf());
	guest.vf().driver_features = 0x600d;
	KT_EXPECT_EQ(virtio_owner_thaw(fake::pf().owner), 0);
	kt_thread_join(thread);
	KT_EXPECT_EQ(reader.value, 0x600d);
	KT_EXPECT(guest.view().stats.epoch > 1);
}

GUEST_CASE(a_lost_owner_costs_no_time, start_painted(guest))
{
	virtio_owner_lose(fake::pf().owner);
	const u64 start = kn_now_ms();
	KT_EXPECT_EQ(guest.in(0, 4), ones);
	guest.out(4, 4, 1);
	guest.out(16, 2, 1);
	KT_EXPECT(support::since(start) < fake::long_ms - 500);
	reset_pf();
	support::paint_registers(guest.vf(), 28);
	expect_good(guest);
}

GUEST_CASE(a_reset_that_nobody_can_confirm, start_painted(guest, true))
{
	virtio_owner_lose(fake::pf().owner);
	const u64 start = kn_now_ms();
	guest.out(18, 1, 0);
	KT_EXPECT(support::since(start) < 1000); // no use in trying again
	// The guest frees its memory now, so the VF must not write it.
	KT_EXPECT(!fake::bus_master(guest.vf()));
	KT_EXPECT(guest.view().broken);
	reset_pf();
	guest.function_reset();
	guest.set_config(WIRE_PCI_COMMAND, 2, 5);
	support::paint_registers(guest.vf(), 28);
	expect_good(guest);
}

GUEST_CASE(a_reset_that_is_confirmed_after_all, start_painted(guest, true))
{
	// The queue breaks in the middle of it, and is mended.
	guest.vf().status = 7;
	fake::add_rule({.opcode = WIRE_ADMIN_LEGACY_COMMON_CFG_READ, .kind = fake::Kind::bad_id,
			.arg = 63});
	guest.out(18, 1, 0);
	KT_EXPECT_EQ(guest.view().stats.epoch, 2u);
	KT_EXPECT_EQ(guest.vf().status, 0);
	KT_EXPECT(!guest.view().broken);
	KT_EXPECT(fake::bus_master(guest.vf()));
}

GUEST_CASE(closing_while_the_owner_is_lost, start_painted(guest))
{
	virtio_owner_lose(fake::pf().owner);
	const support::Hurry hurry;
	const u64 start = kn_now_ms();
	guest.close();
	KT_EXPECT(support::since(start) < fake::short_ms + 1000);
	KT_EXPECT(!guest.vf().assigned);
	reset_pf();
}

KT_SUITE_END(member_owner);
