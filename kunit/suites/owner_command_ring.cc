// SPDX-License-Identifier: GPL-2.0-only
// What the device sees of a command, and which of its used entries count.
#include "kunit/support/ring_device.hh"
#include "kunit/test.hh"

KT_SUITE(owner_command_ring);

using base::Error;
using base::u16;
using base::u32;
using base::u64;
using base::u8;
using core::Access;
using core::MemberId;
using owner::CommandRing;
using support::RingDevice;

namespace {

constexpr MemberId one{1};
constexpr MemberId two{2};

struct Ring : RingDevice {
	kn_pci *const function = support::part_function();
	CommandRing ring;

	/// A ring of @entries with all the slots that it has room for.
	Ring(u16 entries, bool indirect) : RingDevice{ring}
	{
		const u16 slots = CommandRing::room(entries, indirect);

		KT_EXPECT(ring.init(function, entries, slots, indirect, true).ok());
	}
	~Ring() { ring.destroy(function); }
	Ring(const Ring &) = delete;
	Ring &operator=(const Ring &) = delete;
};

/// A read of the status: 25 bytes for the device to read, and 9 to write.
Access status_read()
{
	return core::read_access(core::LegacySpace::common, WIRE_LEGACY_STATUS, 1);
}

/// Takes the only completion: its slot, or 0xffff.
u16 take(Ring &part, u16 in_flight)
{
	CommandRing::Used used = {};
	const auto taken = part.ring.take_used(used, in_flight);

	return taken.ok() && taken.get() ? used.slot : 0xffff;
}

} // namespace

KT_CASE(direct_slot_uses_two_entries)
{
	KT_EXPECT_EQ(CommandRing::room(8, false), 4);
	KT_EXPECT_EQ(CommandRing::room(1, false), 0);
	KT_EXPECT_EQ(CommandRing::room(8, true), 8);
}

KT_CASE(direct_slot_is_a_chain_of_two)
{
	Ring part{8, false};

	part.ring.submit(3, status_read(), one);
	KT_EXPECT_EQ(part.available(), 1);
	KT_EXPECT_EQ(part.head(0), 6);
	const wire::RingDescriptor out = part.descriptor(6), in = part.descriptor(7);
	KT_EXPECT_EQ(out.flags.get(), WIRE_RING_DESC_NEXT);
	KT_EXPECT_EQ(out.next.get(), 7);
	KT_EXPECT_EQ(out.length.get(), 25); // header and the offset
	KT_EXPECT_EQ(in.flags.get(), WIRE_RING_DESC_WRITE);
	KT_EXPECT_EQ(in.length.get(), 9); // status and one byte
	const u8 opcode[] = {WIRE_ADMIN_LEGACY_COMMON_CFG_READ, 0};
	KT_EXPECT_BYTES((base::ConstBytes{support::device_view(out.address.get()), 2}),
			base::ConstBytes{opcode});
}

KT_CASE(indirect_slot_is_one_descriptor)
{
	Ring part{8, true};

	part.ring.submit(3, status_read(), one);
	KT_EXPECT_EQ(part.head(0), 3);
	const wire::RingDescriptor descriptor = part.descriptor(3);
	KT_EXPECT_EQ(descriptor.flags.get(), WIRE_RING_DESC_INDIRECT);
	KT_EXPECT_EQ(descriptor.length.get(), 32);
	const wire::RingDescriptor out = part.descriptor(0, descriptor.address.get());
	const wire::RingDescriptor in = part.descriptor(1, descriptor.address.get());
	KT_EXPECT_EQ(out.flags.get(), WIRE_RING_DESC_NEXT);
	KT_EXPECT_EQ(out.next.get(), 1);
	KT_EXPECT_EQ(in.flags.get(), WIRE_RING_DESC_WRITE);
	KT_EXPECT_EQ(in.length.get(), 9);
}

KT_CASE(slots_have_memory_of_their_own)
{
	for (const bool indirect : {false, true}) {
		Ring part{8, indirect};
		u64 last = 0;
		for (u16 slot = 0; slot < CommandRing::room(8, indirect); slot++) {
			part.ring.submit(slot, status_read(), one);
			const u16 head = part.head(slot);
			const wire::RingDescriptor first = part.descriptor(head);
			const u64 address = indirect ? part.descriptor(0, first.address.get()).address.get()
						     : first.address.get();
			KT_EXPECT(address >= last + 128);
			last = address;
		}
	}
}

KT_CASE(submission_clears_the_answer_to_an_earlier_command)
{
	Ring part{8, true};
	const u8 nothing[9] = {};

	part.ring.submit(0, status_read(), one);
	part.answer_status(part.head(0), 0xab);
	KT_EXPECT_EQ(take(part, 1), 0);
	KT_EXPECT_EQ(part.ring.answer(0, status_read())[8], 0xab);
	part.ring.submit(0, status_read(), two);
	KT_EXPECT_BYTES(part.ring.answer(0, status_read()), base::ConstBytes{nothing});
}

KT_CASE(used_entry_that_names_no_slot_is_refused)
{
	for (const bool indirect : {false, true})
		for (const u32 id : {1u, 8u, 0xffffu, 0x10000u, ~0u}) {
			if (indirect && id == 1)
				continue; // a slot
			Ring part{8, indirect};
			CommandRing::Used used = {};
			part.ring.submit(0, status_read(), one);
			part.use(id, 9);
			KT_EXPECT_EQ(part.ring.take_used(used, 1).error(), Error::protocol);
		}
}

KT_CASE(more_used_entries_than_commands_in_flight_are_refused)
{
	Ring part{8, true};
	CommandRing::Used used = {};

	part.ring.submit(0, status_read(), one);
	part.use(0, 9);
	part.use(1, 9);
	KT_EXPECT_EQ(part.ring.take_used(used, 1).error(), Error::protocol);
}

KT_CASE(cleared_ring_starts_again)
{
	Ring part{8, true};

	part.ring.submit(0, status_read(), one);
	part.answer_status(0, 1);
	KT_EXPECT(part.ring.has_used());
	part.ring.clear();
	part.used = 0;
	KT_EXPECT(!part.ring.has_used());
	KT_EXPECT_EQ(part.available(), 0);
	part.ring.submit(0, status_read(), one);
	KT_EXPECT_EQ(part.available(), 1);
	part.answer_status(part.head(0), 1);
	KT_EXPECT_EQ(take(part, 1), 0);
}

KT_CASE(ring_without_memory_may_be_cleared)
{
	CommandRing ring;

	ring.clear();
	KT_EXPECT_EQ(ring.entries(), 0);
}

KT_SUITE_END(owner_command_ring);
