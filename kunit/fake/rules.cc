// SPDX-License-Identifier: GPL-2.0-only
// Rules of the PF's queue that its registers' code asks for.
#include "kunit/fake/state.hh"

namespace fake {

namespace {

bool overlap(u64 first, u64 first_bytes, u64 second, u64 second_bytes)
{
	return first < second + second_bytes && second < first + first_bytes;
}

} // namespace

void check_queue_parts(const Queue &queue)
{
	// The table of 2.7, and not the driver's header.
	const u64 descriptors = u64{16} * queue.size;
	const u64 driver = 6 + u64{2} * queue.size;
	const u64 device = 6 + u64{8} * queue.size;

	if (overlap(queue.descriptors, descriptors, queue.driver, driver) ||
	    overlap(queue.driver, driver, queue.device, device) ||
	    overlap(queue.device, device, queue.descriptors, descriptors))
		violation("queue enabled with parts that overlap", queue.driver, queue.device);
}

} // namespace fake
