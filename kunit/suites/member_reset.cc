// SPDX-License-Identifier: GPL-2.0-only
// The guest's own reset (status 0), which completes when the device has confirmed
// it, and resets of the function.
#include "kernel/time.h"
#include "kunit/support/caller.hh"
#include "kunit/support/guest.hh"

KT_SUITE(member_reset);

using base::u16;
using base::u32;
using base::u64;
using base::u8;
using support::Guest;

namespace {

constexpr u16 status = 18;
constexpr u32 never = 0xffffffff;
constexpr long interrupted = -4;

/// A guest whose reset was not confirmed: no DMA, no device.
void expect_broken(Guest &guest)
{
	KT_EXPECT(!fake::bus_master(guest.vf()));
	KT_EXPECT(guest.view().broken);
	fake::forget_commands();
	KT_EXPECT_EQ(guest.in(0, 4), 0xffffffff);
	KT_EXPECT_EQ(guest.in(status, 1), 0xff);
	guest.out(4, 4, 1);
	guest.out(16, 2, 0);
	KT_EXPECT_EQ(fake::seen(fake::no_opcode, guest.vf().id), 0);
	// The guest does not get bus mastering back by itself.
	guest.set_config(WIRE_PCI_COMMAND, 2, 7);
	KT_EXPECT(!fake::bus_master(guest.vf()));
	KT_EXPECT_EQ(guest.in(0, 4), 0xffffffff);
}

void expect_working(Guest &guest)
{
	guest.set_config(WIRE_PCI_COMMAND, 2, 7);
	KT_EXPECT_EQ(guest.in(0, 4), guest.vf().features);
	KT_EXPECT(!guest.view().broken);
	guest.out(4, 4, 0x1234);
	KT_EXPECT_EQ(guest.vf().driver_features, 0x1234);
}

/// A reset with a short deadline.
void reset_hurried(Guest &guest)
{
	const support::Hurry hurry;

	guest.out(status, 1, 0);
}

/// A reset in a thread of its own.
struct Reset {
	Guest &guest;
	long done = 0;

	static void run(void *context)
	{
		auto &reset = *static_cast<Reset *>(context);
		const u8 zero = 0;

		reset.done = reset.guest.write_bar(status, &zero, 1);
	}
	static int call(void *context)
	{
		run(context);
		return 0;
	}
};

} // namespace

GUEST_CASE(confirmed_at_once, guest.start())
{
	support::paint_registers(guest.vf(), 28);

	fake::forget_commands();
	guest.out(status, 1, 0);
	KT_EXPECT_EQ(fake::seen(), 2); // the write, and one read that confirms it
	KT_EXPECT_EQ(guest.vf().status, 0);
	KT_EXPECT_EQ(guest.vf().driver_features, 0);
	KT_EXPECT(fake::bus_master(guest.vf()));
	expect_working(guest);
}

GUEST_CASE(the_vfs_writes_are_pushed_ahead, guest.start())
{
	const u32 before = guest.vf().config_reads;
	guest.out(status, 1, 0);
	KT_EXPECT(guest.vf().config_reads > before);
}

GUEST_CASE(confirmed_later, guest.start())
{
	support::paint_registers(guest.vf(), 28);

	guest.vf().status_reads_until_reset = 5;
	fake::forget_commands();
	guest.out(status, 1, 0);
	KT_EXPECT_EQ(guest.vf().status, 0); // and not before the OUT was over
	KT_EXPECT_EQ(fake::seen(WIRE_ADMIN_LEGACY_COMMON_CFG_READ), 5);
	expect_working(guest);
}

GUEST_CASE(other_status_writes_do_not_wait, guest.start())
{
	fake::forget_commands();
	guest.out(status, 1, 1);
	guest.out(status, 1, 3);
	KT_EXPECT_EQ(fake::seen(), 2);
	KT_EXPECT_EQ(guest.in(status, 1), 3);
}

GUEST_CASE(never_confirmed, guest.start())
{
	guest.vf().status = 7;
	guest.vf().status_reads_until_reset = never;

	const u64 start = kn_now_ms();
	reset_hurried(guest); // the guest's OUT ends all the same
	KT_EXPECT(support::since(start) >= fake::short_ms - 1);
	KT_EXPECT(support::since(start) < fake::short_ms + 1000);
	expect_broken(guest);
}

GUEST_CASE(a_function_reset_mends_it, guest.start())
{
	guest.vf().status = 7;
	guest.vf().status_reads_until_reset = never;
	reset_hurried(guest);
	KT_EXPECT(guest.view().broken);

	guest.function_reset();
	guest.vf().status_reads_until_reset = 0;
	expect_working(guest);
	KT_EXPECT(fake::bus_master(guest.vf()));
	guest.out(status, 1, 0);
	KT_EXPECT(!guest.view().broken);
}

GUEST_CASE(a_function_reset_that_does_not_help, guest.start())
{
	guest.vf().status = 7;
	guest.vf().status_reads_until_reset = never;
	reset_hurried(guest);

	// As the kernel ends a reset that failed: with reset_done, too.
	virtio_legacy_reset_prepare(guest.legacy());
	virtio_legacy_reset_done(guest.legacy());
	guest.set_config(WIRE_PCI_COMMAND, 2, 7);
	expect_broken(guest);
	guest.function_reset();
	expect_working(guest);
}

GUEST_CASE(a_broken_device_keeps_its_command_register, guest.start())
{
	guest.vf().status = 7;
	guest.vf().status_reads_until_reset = never;
	reset_hurried(guest);
	const u8 wide[8] = {0x41, 0x10, 0x07, 0x00, 0x07, 0x05, 0xff, 0xff};

	// Whichever way it is written.
	guest.set_config(WIRE_PCI_COMMAND, 1, 7);
	KT_EXPECT(!fake::bus_master(guest.vf()));
	guest.set_config(WIRE_PCI_COMMAND, 4, 7);
	KT_EXPECT(!fake::bus_master(guest.vf()));
	guest.set_config(WIRE_PCI_COMMAND - 2, 4, 0x00071041);
	KT_EXPECT(!fake::bus_master(guest.vf()));
	KT_EXPECT_EQ(guest.write_config(0, wide, sizeof(wide)), sizeof(wide));
	KT_EXPECT(!fake::bus_master(guest.vf()));
	KT_EXPECT_EQ(guest.in(0, 4), 0xffffffff);
}

GUEST_CASE(so_does_opening_it_again, guest.start())
{
	guest.vf().status = 7;
	guest.vf().status_reads_until_reset = never;
	reset_hurried(guest);
	guest.close();

	fake::function_reset(guest.vf()); // vfio-pci does that between two users
	guest.vf().status_reads_until_reset = 0;
	KT_REQUIRE(guest.open() == 0);
	expect_working(guest);
}

KT_CASE(a_refused_reset_is_no_reset)
{
	for (const u32 answer : {6u, 16u, 22u, 0xffffu}) {
		KT_REQUIRE(support::bring_up());
		Guest guest;
		KT_REQUIRE(guest.start());
		fake::add_rule({.opcode = WIRE_ADMIN_LEGACY_COMMON_CFG_WRITE,
				.kind = fake::Kind::status, .arg = answer});
		guest.out(status, 1, 0);
		expect_broken(guest);
	}
}

KT_CASE(trouble_of_the_queue_is_not_the_vfs)
{
	const fake::Rule troubles[] = {
		{.opcode = WIRE_ADMIN_LEGACY_COMMON_CFG_WRITE, .kind = fake::Kind::status, .arg = 28},
		{.opcode = WIRE_ADMIN_LEGACY_COMMON_CFG_WRITE, .kind = fake::Kind::status, .arg = 11},
		{.opcode = WIRE_ADMIN_LEGACY_COMMON_CFG_READ, .kind = fake::Kind::too_long, .arg = 1},
	};

	for (const fake::Rule &trouble : troubles) {
		KT_REQUIRE(support::bring_up());
		Guest guest;
		KT_REQUIRE(guest.start());
		support::paint_registers(guest.vf(), 28);
		fake::add_rule(trouble);
		guest.out(status, 1, 0); // tried again, while there is time
		KT_EXPECT_EQ(guest.vf().status, 0);
		KT_EXPECT(fake::bus_master(guest.vf()));
		expect_working(guest);
	}
}

GUEST_CASE(an_unanswered_reset_is_no_reset, guest.start())
{
	fake::add_rule({.opcode = WIRE_ADMIN_LEGACY_COMMON_CFG_WRITE, .kind = fake::Kind::hold});

	const u64 start = kn_now_ms();
	reset_hurried(guest);
	KT_EXPECT(support::since(start) < fake::short_ms + 1000);
	expect_broken(guest);

	const support::Hurry hurry;
	guest.close(); // takes the command back
}

GUEST_CASE(killed_while_it_waits, guest.start())
{
	guest.vf().status = 7;
	guest.vf().status_reads_until_reset = never;

	Reset reset{guest};
	const u64 start = kn_now_ms();
	kt_thread *const thread = kt_thread_start(Reset::run, &reset);
	KT_REQUIRE(thread != nullptr);
	kn_sleep_us(20000);
	kt_thread_kill(thread);
	kt_thread_join(thread);
	KT_EXPECT(support::since(start) < fake::long_ms - 500);
	KT_EXPECT_EQ(reset.done, interrupted);
	KT_EXPECT(!fake::bus_master(guest.vf())); // whoever gets the memory
}

GUEST_CASE(a_pf_that_is_lost_confirms_nothing, guest.start())
{
	virtio_owner_lose(fake::pf().owner);
	const u64 start = kn_now_ms();
	guest.out(status, 1, 0); // not tried again until the deadline
	KT_EXPECT(support::since(start) < fake::long_ms - 500);
	expect_broken(guest);
}

GUEST_CASE(write_of_three_bytes_at_the_notify_register_resets, guest.start())
{
	support::paint_registers(guest.vf(), 28);
	guest.vf().status_reads_until_reset = 3;
	const u8 data[] = {2, 0, 0}; // notify, status

	KT_EXPECT_EQ(guest.write_bar(16, data, sizeof(data)), sizeof(data));
	KT_EXPECT_EQ(guest.vf().status, 0);
	KT_EXPECT_EQ(guest.vf().notified[2], 1);
	KT_EXPECT(!guest.view().broken);
}

KT_CASE(under_a_function_reset_nothing_answers)
{
	KT_REQUIRE(support::bring_up());
	static constinit u8 answer[core::max_result] = {};
	support::put_notify_entry(answer, 0, WIRE_ADMIN_NOTIFY_OWNER_MEMORY, fake::virtio_bar,
				  fake::owner_doorbell(1));
	fake::add_rule({.opcode = WIRE_ADMIN_LEGACY_NOTIFY_INFO, .kind = fake::Kind::result,
			.bytes = answer});
	Guest guest;
	KT_REQUIRE(guest.start());
	guest.set_config(WIRE_PCI_BAR0, 4, 0xc040);
	support::paint_registers(guest.vf(), 28);

	virtio_legacy_reset_prepare(guest.legacy());
	fake::forget_commands();
	KT_EXPECT_EQ(guest.in(0, 4), 0xffffffff);
	guest.out(4, 4, 0);
	guest.out(16, 2, 0);
	KT_EXPECT_EQ(fake::seen(), 0);
	KT_EXPECT_EQ(guest.vf().doorbells_owner, 0);
	fake::function_reset(guest.vf());
	virtio_legacy_reset_done(guest.legacy());

	// A device that was reset, where the guest had put it: the kernel restores the
	// command register, too.
	KT_EXPECT_EQ(guest.config(WIRE_PCI_BAR0, 4), 0xc041);
	KT_EXPECT_EQ(guest.config(WIRE_PCI_COMMAND, 2) & 1, 1);
	KT_EXPECT_EQ(guest.in(0, 4), guest.vf().features);
	KT_EXPECT_EQ(guest.in(status, 1), 0);
	expect_working(guest);
}

GUEST_CASE(a_function_reset_waits_for_commands, guest.start())
{
	support::paint_registers(guest.vf(), 28);
	fake::add_rule({.opcode = WIRE_ADMIN_LEGACY_COMMON_CFG_WRITE, .kind = fake::Kind::late,
			.arg = 50});

	Reset reset{guest};
	kt_thread *const thread = kt_thread_start(Reset::run, &reset);
	KT_REQUIRE(fake::wait_outstanding(1));
	virtio_legacy_reset_prepare(guest.legacy());
	KT_EXPECT_EQ(fake::outstanding(), 0);
	kt_thread_join(thread);
	virtio_legacy_reset_done(guest.legacy());
}

GUEST_CASE(a_function_reset_in_the_midst_of_the_guests, guest.start())
{
	guest.vf().status = 7;
	guest.vf().status_reads_until_reset = never;

	Reset reset{guest};
	kt_thread *const thread = kt_thread_start(Reset::run, &reset);
	KT_REQUIRE(thread != nullptr);
	while (fake::seen(WIRE_ADMIN_LEGACY_COMMON_CFG_READ) < 2)
		kn_sleep_us(1000);
	guest.function_reset(); // more than was asked
	kt_thread_join(thread);
	KT_EXPECT_EQ(reset.done, 1);
	KT_EXPECT(fake::bus_master(guest.vf()));
	expect_working(guest);
}

GUEST_CASE(a_reset_that_waits_over_a_function_reset, guest.start())
{
	fake::add_rule({.opcode = WIRE_ADMIN_LEGACY_COMMON_CFG_READ, .kind = fake::Kind::late,
			.arg = 100});
	struct Read {
		static int call(void *context)
		{
			return static_cast<int>(static_cast<Guest *>(context)->in(0, 4));
		}
	};
	support::Caller reader, resetter;
	Reset reset{guest};

	// It gets its turn when the function does not answer any more.
	reader.call(Read::call, &guest);
	KT_REQUIRE(fake::wait_outstanding(1));
	resetter.call(Reset::call, &reset);
	support::sleep_ms(30);
	virtio_legacy_reset_prepare(guest.legacy());
	(void)reader.finish();
	support::sleep_ms(30);
	KT_EXPECT(!resetter.done()); // the device is not reset yet
	fake::function_reset(guest.vf());
	virtio_legacy_reset_done(guest.legacy());
	(void)resetter.finish();
	KT_EXPECT_EQ(reset.done, 1);
	KT_EXPECT(!guest.view().broken);
	KT_EXPECT(fake::bus_master(guest.vf()));
	expect_working(guest);
}

GUEST_CASE(resets_of_a_closed_device_are_nothing, guest.ok())
{
	fake::forget_commands();
	guest.function_reset(); // vfio-pci does so before it lets anybody open
	KT_EXPECT_EQ(fake::seen(), 0);
	KT_REQUIRE(guest.start());
	expect_working(guest);
}

KT_SUITE_END(member_reset);
