// SPDX-License-Identifier: GPL-2.0-only
// The ways of a notify write, and NOTIFY_INFO answers of every sort.
#include "kernel/time.h"
#include "kunit/support/caller.hh"
#include "kunit/support/guest.hh"

KT_SUITE(member_doorbell);

using base::u16;
using base::u32;
using base::u64;
using base::u8;
using support::Guest;
using support::same_text;

namespace {

constexpr u8 end = 0, in_owner = 1, in_member = 2;
constexpr u16 notify = 16;

struct Entry {
	u8 flags, bar;
	u64 offset;
};

// The device's answer; it outlives the case's commands.
constinit u8 answer[core::max_result];

/// The device answers every NOTIFY_INFO with @entries.
void offer(std::span<const Entry> entries)
{
	base::fill_bytes(answer, 0);
	for (unsigned i = 0; i < entries.size(); i++)
		support::put_notify_entry(answer, i, entries[i].flags, entries[i].bar,
					  entries[i].offset);
	fake::add_rule({.opcode = WIRE_ADMIN_LEGACY_NOTIFY_INFO, .kind = fake::Kind::result,
			.count = fake::forever, .bytes = answer});
}

constexpr Entry owner_entry(u64 member = 1)
{
	return {in_owner, fake::virtio_bar, fake::owner_doorbell(member)};
}
constexpr Entry member_entry{in_member, fake::virtio_bar, fake::member_doorbell};

void expect_way(const Guest &guest, const char *way, u64 offset)
{
	const virtio_legacy_view view = guest.view();

	KT_EXPECT(same_text(view.doorbell, way));
	KT_EXPECT_EQ(view.doorbell_offset, offset);
}

/// One kick of queue 2 arrives by the register, and by no other way.
void expect_command_way(Guest &guest)
{
	expect_way(guest, "command", 0);
	fake::forget_commands();
	guest.out(notify, 2, 2);
	KT_EXPECT_EQ(guest.vf().notified[2], 1);
	KT_EXPECT_EQ(guest.vf().doorbells_owner + guest.vf().doorbells_member, 0);
	KT_EXPECT_EQ(fake::seen(WIRE_ADMIN_LEGACY_COMMON_CFG_WRITE), 1);
	KT_EXPECT_EQ(guest.view().doorbells[0], 1);
}

void expect_owner_way(Guest &guest, u64 offset)
{
	expect_way(guest, "owner", offset);
	fake::forget_commands();
	guest.out(notify, 2, 1);
	KT_EXPECT_EQ(guest.vf().doorbells_owner, 1);
	KT_EXPECT_EQ(guest.vf().last_doorbell, 1);
	KT_EXPECT_EQ(guest.vf().doorbells_member, 0);
	KT_EXPECT_EQ(fake::seen(), 0);
	KT_EXPECT_EQ(guest.view().doorbells[1], 1);
}

void expect_member_way(Guest &guest, u64 offset)
{
	expect_way(guest, "member", offset);
	fake::forget_commands();
	guest.out(notify, 2, 3);
	KT_EXPECT_EQ(guest.vf().doorbells_member, 1);
	KT_EXPECT_EQ(guest.vf().last_doorbell, 3);
	KT_EXPECT_EQ(guest.vf().doorbells_owner, 0);
	KT_EXPECT_EQ(fake::seen(), 0);
	KT_EXPECT_EQ(guest.view().doorbells[2], 1);
}

} // namespace

GUEST_CASE(no_entry, guest.start())
{
	expect_command_way(guest);
}

KT_CASE(an_owner_entry)
{
	KT_REQUIRE(support::bring_up());
	offer(std::array{owner_entry()});
	Guest guest;
	KT_REQUIRE(guest.start());
	expect_owner_way(guest, fake::owner_doorbell(1));
}

KT_CASE(a_member_entry)
{
	KT_REQUIRE(support::bring_up());
	offer(std::array{member_entry});
	Guest guest;
	KT_REQUIRE(guest.start());
	expect_member_way(guest, fake::member_doorbell);
}

KT_CASE(the_first_of_two)
{
	KT_REQUIRE(support::bring_up());
	offer(std::array{member_entry, owner_entry()});
	{
		Guest guest;
		KT_REQUIRE(guest.start());
		expect_member_way(guest, fake::member_doorbell);
	}
	fake::clear_rules();
	offer(std::array{owner_entry(), member_entry});
	Guest guest;
	KT_REQUIRE(guest.start());
	expect_way(guest, "owner", fake::owner_doorbell(1));
}

KT_CASE(invalid_entries_first)
{
	KT_REQUIRE(support::bring_up());
	offer(std::array{Entry{in_owner, 0, 0x4000}, Entry{in_owner, fake::virtio_bar, 0x4001},
			 owner_entry()});
	{
		Guest guest;
		KT_REQUIRE(guest.start());
		expect_owner_way(guest, fake::owner_doorbell(1));
	}
	fake::clear_rules();
	offer(std::array{Entry{in_member, 6, 0}, Entry{7, fake::virtio_bar, 0x3000}, member_entry});
	Guest guest;
	KT_REQUIRE(guest.start());
	expect_way(guest, "member", fake::member_doorbell);
}

KT_CASE(places_that_must_not_be_written)
{
	// Of owner and member alike, as both have the same structures here.
	constexpr Entry bad[] = {
		{0, 0, 0},
		{0, fake::virtio_bar, fake::common_offset + 20},      // its device status
		{0, fake::virtio_bar, fake::isr_offset},
		{0, fake::virtio_bar, fake::device_offset},
		{0, fake::msix_bar, 0},				      // the MSI-X table
		{0, fake::virtio_bar, fake::virtio_bar_length},
		{0, fake::virtio_bar, fake::virtio_bar_length - 1},
		{0, fake::virtio_bar, ~u64{1}},
		{0, 1, 0}, {0, 3, 0}, {0, 5, 0}, {0, 6, 0}, {0, 255, 0},
	};

	for (const u8 flags : {in_owner, in_member}) {
		for (const Entry &place : bad) {
			KT_REQUIRE(support::bring_up());
			offer(std::array{Entry{flags, place.bar, place.offset}});
			Guest guest;
			KT_REQUIRE(guest.start());
			expect_way(guest, "command", 0);
		}
	}
}

KT_CASE(an_address_of_another_member)
{
	KT_REQUIRE(support::bring_up({}, 2));
	offer(std::array{owner_entry(1)}); // the same for both
	Guest one{1}, two{2};
	KT_REQUIRE(one.start() && two.start());

	expect_owner_way(one, fake::owner_doorbell(1));
	expect_command_way(two);
	one.close();
	two.close();
	KT_REQUIRE(two.open() == 0); // free again
	expect_way(two, "owner", fake::owner_doorbell(1));
}

KT_CASE(a_refused_or_empty_answer)
{
	for (const u32 status : {6u, 16u, 22u, 28u, 1u, 0xffffu}) {
		KT_REQUIRE(support::bring_up());
		fake::add_rule({.opcode = WIRE_ADMIN_LEGACY_NOTIFY_INFO, .kind = fake::Kind::status,
				.arg = status});
		Guest guest;
		KT_REQUIRE(guest.start());
		expect_way(guest, "command", 0);
	}
}

KT_CASE(a_cut_answer)
{
	KT_REQUIRE(support::bring_up());
	base::fill_bytes(answer, 0);
	support::put_notify_entry(answer, 0, in_owner, 0, 0);
	support::put_notify_entry(answer, 1, in_member, fake::virtio_bar, fake::member_doorbell);
	// The status and the first entry; the second does not count.
	fake::add_rule({.opcode = WIRE_ADMIN_LEGACY_NOTIFY_INFO, .kind = fake::Kind::used_length,
			.arg = 8 + 16});
	Guest guest;
	KT_REQUIRE(guest.start());
	expect_command_way(guest);
}

KT_CASE(a_garbage_answer)
{
	KT_REQUIRE(support::bring_up());
	fake::add_rule({.opcode = WIRE_ADMIN_LEGACY_NOTIFY_INFO, .kind = fake::Kind::garbage,
			.count = fake::forever});
	Guest guest;
	KT_REQUIRE(guest.start()); // whatever it chose, it passed the checks
	KT_EXPECT_EQ(guest.in(18, 1), 0);
}

KT_CASE(no_answer_refuses_the_guest)
{
	KT_REQUIRE(support::bring_up());
	Guest guest;

	fake::add_rule({.opcode = WIRE_ADMIN_LEGACY_NOTIFY_INFO, .kind = fake::Kind::hold});
	{
		const support::Hurry hurry;
		const u64 start = kn_now_ms();
		KT_EXPECT_EQ(guest.open(), base::to_errno(base::Error::again));
		KT_EXPECT(support::since(start) < 2 * fake::short_ms + 1000);
	}
	KT_EXPECT_EQ(fake::outstanding(), 0); // nothing stays for the next one
	KT_EXPECT(!guest.vf().assigned);

	KT_REQUIRE(guest.start());
	expect_command_way(guest);
}

KT_CASE(a_silent_function_refuses_the_guest)
{
	KT_REQUIRE(support::bring_up());
	offer(std::array{member_entry});
	Guest guest;
	KT_REQUIRE(guest.ok());
	guest.vf().gone = true;
	KT_EXPECT_EQ(guest.open(), base::to_errno(base::Error::no_device));
	KT_EXPECT(!guest.vf().assigned);

	guest.vf().gone = false;
	KT_REQUIRE(guest.start());
	expect_member_way(guest, fake::member_doorbell);
}

KT_CASE(what_is_reserved_is_seen_at_open)
{
	KT_REQUIRE(support::bring_up());
	offer(std::array{member_entry});
	Guest guest;
	KT_REQUIRE(guest.start());
	expect_way(guest, "member", fake::member_doorbell);
	guest.close();
	fake::add_virtio(guest.vf(), WIRE_PCI_CAP_DEVICE, fake::virtio_bar, fake::member_doorbell, 4);
	KT_REQUIRE(guest.start());
	expect_way(guest, "command", 0);
}

KT_CASE(kick_of_two_or_four_bytes_waits_for_no_other_access)
{
	KT_REQUIRE(support::bring_up());
	offer(std::array{member_entry});
	Guest guest;
	KT_REQUIRE(guest.start_forwarding());
	const auto read_status = [](void *context) {
		return static_cast<int>(static_cast<Guest *>(context)->in(WIRE_LEGACY_STATUS, 1));
	};
	support::Caller caller;

	fake::add_rule({.kind = fake::Kind::hold});
	caller.call(read_status, &guest);
	KT_REQUIRE(fake::wait_outstanding(1));
	guest.out(notify, 2, 1);
	guest.out(notify, 4, 2);
	KT_EXPECT_EQ(guest.vf().doorbells_member, 2);
	KT_EXPECT_EQ(guest.vf().last_doorbell, 2);
	KT_EXPECT(!caller.done());
	fake::answer_held(0);
	KT_EXPECT_EQ(caller.finish(), 0);
}

KT_CASE(a_full_queue_refuses_the_guest)
{
	KT_REQUIRE(support::bring_up({.indirect = false, .queue_size = 2}, 2));
	offer(std::array{member_entry});
	Guest one{1}, two{2};
	KT_REQUIRE(one.start());

	// The only slot stays with the other.
	fake::add_rule({.member = 1, .kind = fake::Kind::hold});
	support::Caller caller;
	caller.read(1);
	KT_REQUIRE(fake::wait_outstanding(1));
	{
		const support::Hurry hurry;
		KT_EXPECT_EQ(two.open(), base::to_errno(base::Error::again));
		// Without a slot for a probe, the other's command counts as what stops the device.
		KT_EXPECT(support::reaches_epoch(2));
	}
	KT_EXPECT(!two.vf().assigned);
	KT_EXPECT(caller.finish() < 0);

	KT_REQUIRE(two.start());
	expect_way(two, "member", fake::member_doorbell);
}

KT_CASE(a_bar_that_cannot_be_mapped)
{
	KT_REQUIRE(support::bring_up());
	offer(std::array{member_entry});
	fake::fail_next(fake::Call::vfio_map);
	Guest guest;
	KT_REQUIRE(guest.start());
	expect_command_way(guest);
}

KT_CASE(an_owner_bar_that_cannot_be_mapped)
{
	KT_REQUIRE(support::bring_up());
	offer(std::array{owner_entry(), member_entry});
	Guest guest;
	fake::fail_next(fake::Call::map);
	KT_REQUIRE(guest.start());
	expect_member_way(guest, fake::member_doorbell);
}

KT_CASE(memory_decoding_off_drops_the_kick)
{
	KT_REQUIRE(support::bring_up());
	offer(std::array{member_entry});
	Guest guest;
	KT_REQUIRE(guest.start());

	fake::set_memory_enabled(guest.vf(), false);
	guest.out(notify, 2, 1);
	KT_EXPECT_EQ(guest.vf().doorbells_member, 0);
	fake::set_memory_enabled(guest.vf(), true);
	guest.out(notify, 2, 1);
	KT_EXPECT_EQ(guest.vf().doorbells_member, 1);
}

KT_CASE(an_owner_under_reset_drops_the_kick)
{
	KT_REQUIRE(support::bring_up());
	offer(std::array{owner_entry()});
	Guest guest;
	KT_REQUIRE(guest.start());

	virtio_owner_freeze(fake::pf().owner);
	guest.out(notify, 2, 1);
	KT_EXPECT_EQ(guest.vf().doorbells_owner, 0);
	fake::function_reset(fake::pf());
	KT_EXPECT_EQ(virtio_owner_thaw(fake::pf().owner), 0);
	guest.out(notify, 2, 1);
	KT_EXPECT_EQ(guest.vf().doorbells_owner, 1);
}

KT_CASE(no_kick_without_io_decoding)
{
	KT_REQUIRE(support::bring_up());
	offer(std::array{owner_entry()});
	Guest guest;
	KT_REQUIRE(guest.open() == 0);

	guest.out(notify, 2, 1);
	guest.set_config(WIRE_PCI_COMMAND, 2, 5);
	KT_EXPECT_EQ(guest.vf().doorbells_owner, 0);
	guest.out(notify, 2, 1);
	KT_EXPECT_EQ(guest.vf().doorbells_owner, 1);
}

KT_CASE(closed_means_no_way)
{
	KT_REQUIRE(support::bring_up());
	offer(std::array{owner_entry()});
	Guest guest;
	KT_EXPECT(same_text(guest.view().doorbell, "closed"));
	KT_REQUIRE(guest.start());
	guest.close();
	KT_EXPECT(same_text(guest.view().doorbell, "closed"));
}

KT_CASE(so_does_a_plain_vf)
{
	KT_REQUIRE(support::bring_up());
	offer(std::array{owner_entry()});
	Guest guest;
	KT_REQUIRE(guest.start());
	guest.close();
	KT_EXPECT_EQ(virtio_legacy_set_plain(guest.legacy(), true), 0);
	KT_REQUIRE(guest.open() == 0);
	expect_way(guest, "closed", 0);
}

KT_SUITE_END(member_doorbell);
