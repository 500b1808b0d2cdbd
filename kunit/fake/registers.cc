// SPDX-License-Identifier: GPL-2.0-only
// The PF's common configuration structure, and who may write what when:
// virtio 1.3, 2.1, 3.1.1 and 4.1.4.3.
#include "kernel/time.h"
#include "kunit/fake/state.hh"

namespace fake {

namespace {

/// The others are the device's, or reserved.
constexpr u8 driver_status = WIRE_STATUS_ACKNOWLEDGE | WIRE_STATUS_DRIVER | WIRE_STATUS_DRIVER_OK |
			     WIRE_STATUS_FEATURES_OK | WIRE_STATUS_FAILED;

constexpr u64 bit(unsigned number)
{
	return u64{1} << number;
}

u64 offered_features(const Options &options)
{
	return options.other_features | (options.version_1 ? bit(WIRE_F_VERSION_1) : 0) |
	       (options.sr_iov ? bit(WIRE_F_SR_IOV) : 0) |
	       (options.admin_vq ? bit(WIRE_F_ADMIN_VQ) : 0) |
	       (options.access_platform ? bit(WIRE_F_ACCESS_PLATFORM) : 0) |
	       (options.indirect ? bit(WIRE_F_INDIRECT_DESC) : 0) |
	       (options.ring_reset ? bit(WIRE_F_RING_RESET) : 0);
}

bool admin_queue_selected(const State &state)
{
	return state.queue_select == state.pf.options.queue_index &&
	       state.pf.options.queue_count != 0;
}

void ask_for_reset(State &state)
{
	state.device_resets++;
	if (state.status == 0) // it is reset
		return;
	state.reset_due_ms = kn_now_ms() + state.pf.options.reset_delay_ms + 1;
	if (state.pf.options.reset_delay_ms == 0)
		state.reset_due_ms = 1;
	settle_reset_locked(state);
}

void write_status(State &state, u8 value)
{
	const u8 old = state.status;

	if (value == 0) {
		ask_for_reset(state);
		return;
	}
	const u8 added = value & ~old;
	if (state.reset_due_ms)
		violation("status written before the reset was confirmed", value);
	if (old & ~value)
		violation("status bits cleared without a reset", old, value);
	if (added & ~driver_status)
		violation("status bits that are not the driver's", value);
	if (added & WIRE_STATUS_DRIVER && !(old & WIRE_STATUS_ACKNOWLEDGE))
		violation("DRIVER before ACKNOWLEDGE", value);
	if (added & WIRE_STATUS_FEATURES_OK && !(old & WIRE_STATUS_DRIVER))
		violation("FEATURES_OK before DRIVER", value);
	if (added & WIRE_STATUS_DRIVER_OK && !(old & WIRE_STATUS_FEATURES_OK))
		violation("DRIVER_OK before FEATURES_OK", value);
	if (added & WIRE_STATUS_DRIVER_OK)
		check_line(state);
	if (old & WIRE_STATUS_FAILED)
		violation("status written after FAILED", value);
	if (added & WIRE_STATUS_FEATURES_OK && state.pf.options.refuse_features)
		value &= static_cast<u8>(~WIRE_STATUS_FEATURES_OK);
	if (added & WIRE_STATUS_FAILED)
		state.given_up++;
	if (added & state.need_reset_at) {
		state.need_reset_at = 0;
		value |= WIRE_STATUS_NEEDS_RESET;
	}
	state.status = static_cast<u8>((old & WIRE_STATUS_NEEDS_RESET) | value);
}

void write_driver_feature(State &state, u32 value)
{
	if (state.driver_feature_select > 1) {
		if (value)
			violation("feature bits above 63", value);
		return;
	}
	if (!(state.status & WIRE_STATUS_DRIVER) || state.status & WIRE_STATUS_FEATURES_OK)
		violation("features written outside of their step", state.status);
	const unsigned shift = 32 * state.driver_feature_select;
	state.driver_features = (state.driver_features & ~(u64{0xffffffff} << shift)) |
				u64{value} << shift;
	if (state.driver_features & ~offered_features(state.pf.options))
		violation("feature bits that are not offered", state.driver_features);
}

bool queue_is_sound(State &state)
{
	Queue &queue = state.queue;
	const u16 size = queue.size;

	if (size == 0 || size & (size - 1) || size > state.pf.options.queue_size ||
	    size > max_outstanding)
		violation("queue enabled with a wrong size", size);
	if (queue.descriptors % 16 || queue.driver % 2 || queue.device % 4)
		violation("queue enabled with an unaligned part", queue.descriptors, queue.driver);
	check_queue_parts(queue);
	return memory_at(state, queue.descriptors, wire::ring_desc_bytes(size)) &&
	       memory_at(state, queue.driver, wire::ring_avail_bytes(size)) &&
	       memory_at(state, queue.device, wire::ring_used_bytes(size));
}

void enable_queue(State &state, u64 value)
{
	Queue &queue = state.queue;

	if (value != 1)
		violation("queue enabled with another value than 1", value);
	if (queue.enabled)
		violation("queue enabled twice");
	if (!(state.status & WIRE_STATUS_FEATURES_OK))
		violation("queue enabled before FEATURES_OK", state.status);
	if (!queue_is_sound(state))
		return;
	queue.next_available = 0;
	queue.next_used = 0;
	queue.enabled = true;
	if (state.pf.options.no_notify)
		refuse_notifications(state);
}

void reset_queue(State &state, u64 value)
{
	const bool negotiated = state.driver_features >> WIRE_F_RING_RESET & 1;

	if (value != 1 || !negotiated || !state.queue.enabled)
		violation("queue reset that is not allowed", value, negotiated);
	state.queue_resets++;
	if (!state.queue_reset_confirmed) {
		state.queue.resetting = true;
		return;
	}
	drop_commands_locked(state);
	state.queue = {};
	state.queue.size = state.pf.options.queue_size;
	state.queue.vector = WIRE_NO_VECTOR;
}

void write_half(u64 &field, u32 offset, u64 value)
{
	const unsigned shift = offset % 8 ? 32 : 0;

	field = (field & ~(u64{0xffffffff} << shift)) | (value & 0xffffffff) << shift;
}

void check_vector(const State &state, u64 vector)
{
	if (vector != WIRE_NO_VECTOR &&
	    (vector >= max_vectors || !state.handlers[vector].call))
		violation("interrupt vector without a handler", vector);
}

void write_queue(State &state, u32 offset, u64 value)
{
	Queue &queue = state.queue;

	if (!admin_queue_selected(state)) {
		violation("write to a queue that is not the admin queue", state.queue_select);
		return;
	}
	if (offset == WIRE_COMMON_QUEUE_ENABLE) {
		enable_queue(state, value);
		return;
	}
	if (offset == WIRE_COMMON_QUEUE_RESET) {
		reset_queue(state, value);
		return;
	}
	if (queue.enabled)
		violation("enabled queue changed", offset, value);
	switch (offset) {
	case WIRE_COMMON_QUEUE_SIZE:
		queue.size = static_cast<u16>(value);
		break;
	case WIRE_COMMON_QUEUE_MSIX_VECTOR:
		check_vector(state, value);
		queue.vector = state.pf.options.refuse_queue_vector ? u16{WIRE_NO_VECTOR}
								   : static_cast<u16>(value);
		break;
	case WIRE_COMMON_QUEUE_DESC:
	case WIRE_COMMON_QUEUE_DESC + 4:
		write_half(queue.descriptors, offset, value);
		break;
	case WIRE_COMMON_QUEUE_DRIVER:
	case WIRE_COMMON_QUEUE_DRIVER + 4:
		write_half(queue.driver, offset, value);
		break;
	case WIRE_COMMON_QUEUE_DEVICE:
	case WIRE_COMMON_QUEUE_DEVICE + 4:
		write_half(queue.device, offset, value);
		break;
	default:
		violation("write to a register that is not writable", offset, value);
	}
}

/// Width of the register at @offset; a 64-bit one may be accessed in halves.
u8 width_at(u32 offset)
{
	if (offset < WIRE_COMMON_CONFIG_MSIX_VECTOR)
		return 4;
	if (offset == WIRE_COMMON_DEVICE_STATUS || offset == WIRE_COMMON_DEVICE_STATUS + 1)
		return 1;
	return offset >= WIRE_COMMON_QUEUE_DESC && offset < WIRE_COMMON_QUEUE_DEVICE + 8 ? 4 : 2;
}

void check_width(u32 offset, u8 width)
{
	if (width_at(offset) != width || offset % width != 0)
		violation("common configuration accessed with a wrong width", offset, width);
}

u64 read_queue(const State &state, u32 offset)
{
	const Queue &queue = state.queue;

	// Without admin queues, the index may be that of another queue.
	if (state.queue_select != state.pf.options.queue_index)
		return 0;
	switch (offset) {
	case WIRE_COMMON_QUEUE_SIZE:
		return queue.enabled || queue.size ? queue.size : state.pf.options.queue_size;
	case WIRE_COMMON_QUEUE_MSIX_VECTOR:
		return queue.vector;
	case WIRE_COMMON_QUEUE_ENABLE:
		return queue.enabled;
	case WIRE_COMMON_QUEUE_NOTIFY_OFF:
		return state.pf.options.notify_offset;
	case WIRE_COMMON_QUEUE_RESET:
		return queue.resetting;
	default:
		return 0;
	}
}

} // namespace

void drop_commands_locked(State &state)
{
	for (Outstanding &command : state.queue.commands)
		command = {};
	state.queue.outstanding = 0;
}

void reset_device_locked(State &state)
{
	drop_commands_locked(state);
	state.queue = {};
	state.queue.size = state.pf.options.queue_size;
	state.queue.vector = WIRE_NO_VECTOR;
	state.status = 0;
	state.reset_due_ms = 0;
	state.driver_features = 0;
	state.config_vector = WIRE_NO_VECTOR;
	forget_list(state);
}

void settle_reset_locked(State &state)
{
	if (state.reset_due_ms && state.reset_confirmed && kn_now_ms() >= state.reset_due_ms)
		reset_device_locked(state);
}

u64 read_common(State &state, u32 offset, u8 width)
{
	check_width(offset, width);
	settle_reset_locked(state);
	switch (offset) {
	case WIRE_COMMON_DEVICE_FEATURE:
		if (state.device_feature_select > 1)
			return 0;
		return static_cast<u32>(offered_features(state.pf.options) >>
					(32 * state.device_feature_select));
	case WIRE_COMMON_CONFIG_MSIX_VECTOR:
		return state.config_vector;
	case WIRE_COMMON_NUM_QUEUES:
		return 1;
	case WIRE_COMMON_DEVICE_STATUS:
		state.status_reads++;
		return state.status;
	case WIRE_COMMON_ADMIN_QUEUE_INDEX:
	case WIRE_COMMON_ADMIN_QUEUE_NUM:
		if (!(state.driver_features >> WIRE_F_ADMIN_VQ & 1))
			violation("admin queue registers read without ADMIN_VQ", offset);
		return offset == WIRE_COMMON_ADMIN_QUEUE_NUM ? state.pf.options.queue_count
							     : state.pf.options.queue_index;
	default:
		return read_queue(state, offset);
	}
}

void write_common(State &state, u32 offset, u8 width, u64 value)
{
	check_width(offset, width);
	settle_reset_locked(state);
	switch (offset) {
	case WIRE_COMMON_DEVICE_FEATURE_SELECT:
		state.device_feature_select = static_cast<u32>(value);
		break;
	case WIRE_COMMON_DRIVER_FEATURE_SELECT:
		state.driver_feature_select = static_cast<u32>(value);
		break;
	case WIRE_COMMON_DRIVER_FEATURE:
		write_driver_feature(state, static_cast<u32>(value));
		break;
	case WIRE_COMMON_CONFIG_MSIX_VECTOR:
		check_vector(state, value);
		state.config_vector = state.pf.options.refuse_config_vector ? u16{WIRE_NO_VECTOR}
									   : static_cast<u16>(value);
		break;
	case WIRE_COMMON_DEVICE_STATUS:
		write_status(state, static_cast<u8>(value));
		break;
	case WIRE_COMMON_QUEUE_SELECT:
		state.queue_select = static_cast<u16>(value);
		break;
	default:
		write_queue(state, offset, value);
	}
}

} // namespace fake
