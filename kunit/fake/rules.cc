// SPDX-License-Identifier: GPL-2.0-only
// Rules of the PF that no other file of the fake has: memory of the queue, the interrupt line.
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

void check_line(const State &state)
{
	if (!state.vectors && !state.pf.intx_disabled)
		violation("interrupt line without a handler that the device may assert");
}

void check_line_at_end(const State &state)
{
	if (!state.pf.gone && state.status & WIRE_STATUS_DRIVER_OK)
		check_line(state);
}

} // namespace fake
