// SPDX-License-Identifier: GPL-2.0-only
// A queue's parts without its lock, and the device's side of the ring.
#pragma once

#include "base/le.hh"
#include "kernel/time.h"
#include "kunit/support/part.hh"
#include "kunit/test.hh"
#include "owner/queue/dispatch_depth.hh"
#include "owner/queue/gate.hh"
#include "owner/queue/poll_window.hh"
#include "owner/queue/progress.hh"
#include "owner/queue/slot_table.hh"

namespace support {

using base::Bytes;
using base::u16;
using base::u32;
using base::u64;
using base::u8;
using base::usize;

/// No deadline.
constexpr u64 never_ms = ~u64{0} / 1000;
constexpr u32 timeout_ms = 1000;

/// Reads of a member's status that go together.
struct Reads {
	core::Access accesses[owner::max_batch];
	base::u64 queued_ms = 0;
	owner::Patience patience;
	owner::Request request;

	/// @member: null for the whole group
	Reads(owner::Member *member, owner::Sender &sender, usize count, u64 deadline)
		: patience{deadline, queued_ms, timeout_ms},
		  request({accesses, count}, {}, member, sender, patience)
	{
		for (core::Access &access : accesses)
			access = core::read_access(core::LegacySpace::common, WIRE_LEGACY_STATUS, 1);
	}
	[[nodiscard]] bool done() { return kn_try_wait(&request.done); }
};

/// Requests of one case.
constexpr u32 max_reads = 80;
constexpr u32 max_members = 4;

/// A slot table, and the device's side of its ring. Requests and members are allocated, because a
/// kernel stack has no room for them.
struct Table {
	kn_pci *const function = part_function();
	owner::SlotTable table;
	owner::Member *const member =
		static_cast<owner::Member *>(kt_alloc(max_members * sizeof(owner::Member)));
	owner::Sender group = {};
	u16 used = 0; ///< the device's index

	explicit Table(u16 ring_size, bool indirect = true, u32 max_slots = 64)
	{
		KT_EXPECT(table.init(function, ring_size, indirect, true, max_slots).ok());
	}
	~Table()
	{
		table.destroy(function);
		kt_free(room_);
		kt_free(member);
	}
	Table(const Table &) = delete;
	Table &operator=(const Table &) = delete;

	/// Reads of the member at index @id.
	Reads &reads(u32 id, usize count = 1, u64 deadline = never_ms)
	{
		return *new (room()) Reads{&member[id], member[id].sender, count, deadline};
	}
	/// A command for the whole group.
	Reads &group_command()
	{
		Reads &reads = *new (room()) Reads{nullptr, group, 1, never_ms};

		reads.accesses[0] = core::list_query();
		return reads;
	}

	/// Index of the available ring.
	[[nodiscard]] u16 available() const { return word(table.addresses().driver + 2); }
	/// Head of the nth published chain.
	[[nodiscard]] u16 head(u32 n) const
	{
		return word(table.addresses().driver + 4 + u64{2} * (n % table.ring_size()));
	}
	/// Descriptor @index of the ring, or of the table at @address.
	[[nodiscard]] wire::RingDescriptor descriptor(u16 index, u64 address = 0) const
	{
		wire::RingDescriptor copy;
		const u64 base = address ? address : table.addresses().descriptors;

		__builtin_memcpy(&copy, device_view(base + sizeof(copy) * index), sizeof(copy));
		return copy;
	}
	/// The device returns the chain at @id, of which it says that it wrote @length bytes.
	void use(u32 id, u32 length)
	{
		u8 *const element = device_view(table.addresses().device + 4 +
						u64{8} * (used % table.ring_size()));
		u8 *const index = device_view(table.addresses().device + 2);

		base::store_le({element, 4}, id);
		base::store_le({element + 4, 4}, length);
		base::store_le({index, 2}, ++used);
	}
	/// The device answers the chain at @id with @bytes.
	void answer(u32 id, base::ConstBytes bytes)
	{
		const wire::RingDescriptor first = descriptor(static_cast<u16>(id));
		const bool indirect = first.flags.get() & WIRE_RING_DESC_INDIRECT;
		const wire::RingDescriptor in =
			indirect ? descriptor(1, first.address.get()) : descriptor(first.next.get());

		base::copy_bytes({device_view(in.address.get()), bytes.size()}, bytes);
		use(id, static_cast<u32>(bytes.size()));
	}
	/// The device answers with success, and @status as the value that was read.
	void answer_status(u32 id, u8 status)
	{
		const u8 bytes[9] = {0, 0, 0, 0, 0, 0, 0, 0, status};

		answer(id, bytes);
	}

private:
	[[nodiscard]] Reads *room()
	{
		KT_EXPECT(count_ < max_reads);
		return &room_[count_++ % max_reads];
	}
	[[nodiscard]] static u16 word(u64 address)
	{
		return static_cast<u16>(base::load_le({device_view(address), 2}));
	}

	Reads *const room_ = static_cast<Reads *>(kt_alloc(max_reads * sizeof(Reads)));
	u32 count_ = 0;
};

/// With a scheduler, and what goes with it.
struct Parts : Table {
	owner::Scheduler scheduler;
	owner::DispatchDepth depth;
	owner::Gate gate;
	owner::Progress progress;
	owner::PollWindow window;

	explicit Parts(u16 ring_size, bool indirect = true, u32 max_slots = 64)
		: Table(ring_size, indirect, max_slots)
	{
		scheduler.init(table.links(), table.request_slots());
		depth.init(table.request_slots());
		gate.open(1);
		gate.admit_members();
	}
};

} // namespace support
