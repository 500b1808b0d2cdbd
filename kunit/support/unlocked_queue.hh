// SPDX-License-Identifier: GPL-2.0-only
// A queue and its watch without their lock, whose device completes what a case says.
#pragma once

#include "kunit/support/caller.hh"
#include "kunit/support/on_heap.hh"
#include "kunit/support/parts.hh"
#include "kunit/support/queue.hh"
#include "owner/queue/watch.hh"

namespace support {

constexpr u16 queue_entries = 8;

/// A queue whose watch never runs by itself, on the registers of the fake's owner. Its device
/// completes what complete() says.
struct UnlockedQueue {
	kn_work recovery;
	kn_delayed_work work;
	virtio_owner_settings settings = {};
	owner::RequestQueue queue;
	owner::Watch watch;
	u16 used = 0; ///< the device's index

	UnlockedQueue()
		: queue(queue_registers(), recovery, settings),
		  watch(queue, work, recovery, settings)
	{
		kn_work_init(&recovery, [](void *) {}, nullptr);
		kn_delayed_work_init(&work, [](void *) {}, nullptr);
		settings.depth = queue_entries;
		KT_EXPECT(queue.init(&fake::pf(), queue_entries, false, true).ok());
		queue.open(false);
	}
	~UnlockedQueue()
	{
		while (queue.close(owner::Ending::slots, base::Error::no_device))
			;
		kn_delayed_work_cancel(&work);
		kn_work_cancel(&recovery);
		queue.release(&fake::pf(), true);
	}

	[[nodiscard]] bool submit(Reads &reads)
	{
		const base::Result<bool> submitted = queue.submit(reads.request);

		if (submitted.ok())
			watch.watch(reads.request);
		return submitted.ok() && submitted.get();
	}

	/// The device completes the chain whose head is @id.
	void complete(u32 id)
	{
		const owner::QueueAddresses addresses = queue.info().addresses;
		u8 *const element = device_view(addresses.device + 4 + u64{8} * used);

		base::store_le({element, 4}, id);
		base::store_le({element + 4, 4}, WIRE_ADMIN_STATUS_SIZE + 1);
		base::store_le({device_view(addresses.device + 2), 2}, ++used);
	}
};

/// Calls @test with a queue and a command for the group with @left_ms until its deadline.
template <typename Test>
void with_request(u64 left_ms, Test test)
{
	KT_REQUIRE(fake::bring_up(1));
	OnHeap<UnlockedQueue> room;
	UnlockedQueue &queue = room.get();
	Reads reads{nullptr, queue.queue.group(), 1, kn_now_ms() + left_ms};
	if (KT_EXPECT(queue.submit(reads)))
		test(queue, reads);
}

} // namespace support
