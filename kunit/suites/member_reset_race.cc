// SPDX-License-Identifier: GPL-2.0-only
// A guest's reset that meets a function reset: it is over when the device is reset, and not before.
#include "kernel/time.h"
#include "kunit/support/caller.hh"
#include "kunit/support/guest.hh"

KT_SUITE(member_reset_race);

using base::u16;
using base::u32;
using base::u64;
using base::u8;
using support::Guest;
using support::reset_in_vain;

namespace {

constexpr u16 status = 18;
constexpr u16 write_common = WIRE_ADMIN_LEGACY_COMMON_CFG_WRITE;

/// Writes to BAR0 in a thread of its own.
struct Write {
	Guest &guest;
	u16 offset = status;
	u8 width = 1;
	u32 value = 0;
	long done = 0;

	static int call(void *context)
	{
		auto &self = *static_cast<Write *>(context);
		u8 data[4];

		base::store_le(data, self.value);
		self.done = self.guest.write_bar(self.offset, data, self.width);
		return 0;
	}
};

void begin(Guest &guest)
{
	virtio_legacy_reset_prepare(guest.legacy());
}

/// The end of a function reset that succeeded, or failed.
void end(Guest &guest, bool succeeded = true)
{
	if (succeeded)
		fake::function_reset(guest.vf());
	virtio_legacy_reset_done(guest.legacy());
}

bool start(Guest &guest)
{
	if (!guest.start())
		return false;
	support::paint_registers(guest.vf(), 28);
	return true;
}

/// The device is reset, and the guest has it as it was.
void expect_reset(Guest &guest)
{
	KT_EXPECT(!guest.view().broken);
	KT_EXPECT(fake::bus_master(guest.vf()));
	KT_EXPECT_EQ(guest.vf().status, 0);
	KT_EXPECT_EQ(guest.in(status, 1), 0);
	guest.out(status, 1, 3);
	KT_EXPECT_EQ(guest.vf().status, 3);
}

/// Starts @write under a function reset. Whether it waits.
bool waits(support::Caller &caller, Write &write)
{
	caller.call(Write::call, &write);
	support::sleep_ms(30);
	return !caller.done();
}

// The guest of the hook.
Guest *mended;

/// The function is reset meanwhile, and the guest enables bus mastering again.
void mend(fake::Vf &)
{
	begin(*mended);
	end(*mended);
	mended->set_config(WIRE_PCI_COMMAND, 2, 7);
	KT_EXPECT(!mended->view().broken);
}

} // namespace

GUEST_CASE(reset_write_under_a_function_reset_ends_after_it, start(guest))
{
	support::Caller caller;
	Write write{guest};

	begin(guest);
	KT_EXPECT(waits(caller, write));
	fake::forget_commands();
	end(guest);
	KT_EXPECT_EQ(caller.finish(), 0);
	KT_EXPECT_EQ(write.done, 1);
	KT_EXPECT_EQ(fake::seen(write_common), 1); // and is done then
	expect_reset(guest);
}

GUEST_CASE(reset_write_of_three_bytes_under_a_function_reset_ends_after_it, start(guest))
{
	support::Caller caller;
	Write write{.guest = guest, .offset = 16, .width = 3};

	begin(guest);
	KT_EXPECT(waits(caller, write));
	end(guest);
	KT_EXPECT_EQ(caller.finish(), 0);
	KT_EXPECT_EQ(write.done, 3);
	KT_EXPECT_EQ(guest.vf().notified[0], 0);
	expect_reset(guest);
}

GUEST_CASE(reset_write_under_a_function_reset_that_fails_resets_the_device, start(guest))
{
	support::Caller caller;
	Write write{guest};

	begin(guest);
	KT_EXPECT(waits(caller, write));
	end(guest, false);
	KT_EXPECT_EQ(caller.finish(), 0);
	expect_reset(guest);
}

GUEST_CASE(reset_write_that_a_failed_function_reset_overtakes_resets_the_device, start(guest))
{
	support::Caller caller;
	Write write{guest};

	guest.vf().status_reads_until_reset = 1000000;
	KT_EXPECT(waits(caller, write));
	begin(guest);
	KT_EXPECT(!caller.done());
	guest.vf().status_reads_until_reset = 0;
	end(guest, false);
	KT_EXPECT_EQ(caller.finish(), 0);
	expect_reset(guest);
}

GUEST_CASE(confirmed_reset_that_meets_the_begin_of_a_function_reset_ends_after_it, start(guest))
{
	support::Caller caller;
	Write write{guest};

	// The function may not answer the read that pushes its writes.
	fake::add_rule({.opcode = WIRE_ADMIN_LEGACY_COMMON_CFG_READ, .kind = fake::Kind::late,
			.arg = 50});
	caller.call(Write::call, &write);
	KT_REQUIRE(fake::wait_outstanding(1));
	begin(guest); // waits for the answer
	support::sleep_ms(30);
	KT_EXPECT(!caller.done());
	end(guest);
	KT_EXPECT_EQ(caller.finish(), 0);
	expect_reset(guest);
}

GUEST_CASE(reset_write_that_a_function_reset_outlasts_marks_the_function_broken, start(guest))
{
	begin(guest);
	{
		const support::Hurry hurry;
		const u64 start = kn_now_ms();
		guest.out(status, 1, 0);
		KT_EXPECT(support::since(start) >= fake::short_ms - 1);
		KT_EXPECT(support::since(start) < fake::short_ms + 1000);
	}
	KT_EXPECT(guest.view().broken);
	KT_EXPECT(!fake::bus_master(guest.vf()));
	end(guest);
	KT_EXPECT_EQ(guest.in(status, 1), 0);
	guest.set_config(WIRE_PCI_COMMAND, 2, 7);
	expect_reset(guest);
}

GUEST_CASE(reset_write_killed_under_a_function_reset_marks_the_function_broken, start(guest))
{
	support::Caller caller;
	Write write{guest};

	begin(guest);
	KT_EXPECT(waits(caller, write));
	caller.kill();
	(void)caller.finish();
	KT_EXPECT_EQ(write.done, base::to_errno(base::Error::interrupted));
	KT_EXPECT(guest.view().broken);
	KT_EXPECT(!fake::bus_master(guest.vf()));
	end(guest);
	KT_EXPECT_EQ(guest.in(status, 1), 0);
}

GUEST_CASE(other_write_under_a_function_reset_is_dropped_at_once, start(guest))
{
	support::Caller caller;

	begin(guest);
	const u64 start = kn_now_ms();
	guest.out(status, 1, 3);
	guest.out(4, 4, 0);
	guest.out(16, 2, 0);
	KT_EXPECT_EQ(guest.in(status, 1), 0xff);
	guest.set_config(WIRE_PCI_COMMAND, 2, 6); // I/O decoding off
	guest.out(status, 1, 0);
	KT_EXPECT(support::since(start) < fake::long_ms - 500);
	end(guest);
	KT_EXPECT(!guest.view().broken);
}

GUEST_CASE(forwarded_reset_write_under_a_function_reset_is_dropped_at_once,
	   guest.start_forwarding())
{
	begin(guest);
	const u64 start = kn_now_ms();
	guest.out(status, 1, 0);
	KT_EXPECT(support::since(start) < fake::long_ms - 500);
	end(guest);
	KT_EXPECT(!guest.view().broken);
}

GUEST_CASE(function_mended_before_the_lock_keeps_bus_mastering, start(guest))
{
	reset_in_vain(guest);
	mended = &guest;
	guest.vf().on_command_lock = mend;
	KT_EXPECT_EQ(guest.ioctl(0), 0); // which keeps a broken function from DMA
	KT_EXPECT(guest.vf().on_command_lock == nullptr);
	KT_EXPECT(fake::bus_master(guest.vf()));
}

KT_SUITE_END(member_reset_race);
