// SPDX-License-Identifier: GPL-2.0-only
// A queue's parts without its lock.
#pragma once

#include "kernel/time.h"
#include "kunit/support/ring_device.hh"
#include "kunit/test.hh"
#include "owner/queue/dispatch_depth.hh"
#include "owner/queue/gate.hh"
#include "owner/queue/poll_window.hh"
#include "owner/queue/progress.hh"
#include "owner/queue/slot_table.hh"

namespace support {

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

/// Exists before the device's side of its ring.
struct OnlyTable {
	owner::SlotTable table;
};

/// A slot table, and the device's side of its ring. Requests and members are allocated, because a
/// kernel stack has no room for them.
struct Table : OnlyTable, RingDevice {
	kn_pci *const function = part_function();
	owner::Member *const member =
		static_cast<owner::Member *>(kt_alloc(max_members * sizeof(owner::Member)));
	owner::Sender group = {};

	explicit Table(u16 ring_size, bool indirect = true, u32 max_slots = 64)
		: RingDevice{table.ring()}
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

private:
	[[nodiscard]] Reads *room()
	{
		KT_EXPECT(count_ < max_reads);
		return &room_[count_++ % max_reads];
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
