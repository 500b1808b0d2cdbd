// SPDX-License-Identifier: GPL-2.0-only
// The device's side of the admin queue: takes what the driver made available,
// and gives it back as the rules say. virtio 1.3, 2.7 and 2.13.
#include "kernel/time.h"
#include "kunit/fake/state.hh"

namespace fake {

namespace {

constexpr u8 garbage_byte = 0xa5;

u16 load16(const u8 *at)
{
	return __atomic_load_n(reinterpret_cast<const u16 *>(at), __ATOMIC_ACQUIRE);
}

wire::RingDescriptor load_descriptor(const u8 *at)
{
	wire::RingDescriptor value;

	base::copy_bytes({reinterpret_cast<u8 *>(&value), sizeof(value)}, {at, sizeof(value)});
	return value;
}

bool equal(const u8 *a, const u8 *b, usize size)
{
	for (usize i = 0; i < size; i++)
		if (a[i] != b[i])
			return false;
	return true;
}

bool overlap(const Buffer &a, const Buffer &b)
{
	return a.length && b.length && a.address < b.address + b.length &&
	       b.address < a.address + a.length;
}

/// Where the two descriptors of the chain at @head stand, or null.
const u8 *chain_at(State &state, Outstanding &command, u16 head, u16 &first)
{
	Queue &queue = state.queue;
	const u8 *const table = memory_at(state, queue.descriptors, wire::ring_desc_bytes(queue.size));
	const auto descriptor = load_descriptor(table + sizeof(wire::RingDescriptor) * head);

	first = head;
	if (!(descriptor.flags.get() & WIRE_RING_DESC_INDIRECT))
		return table;
	if (!(state.driver_features >> WIRE_F_INDIRECT_DESC & 1))
		violation("indirect descriptors that were not negotiated");
	if (descriptor.flags.get() != WIRE_RING_DESC_INDIRECT ||
	    descriptor.length.get() != 2 * sizeof(wire::RingDescriptor))
		violation("indirect descriptor with wrong flags or length",
			  descriptor.flags.get(), descriptor.length.get());
	first = 0;
	command.table = {descriptor.address.get(), descriptor.length.get()};
	return memory_at(state, command.table.address, command.table.length);
}

bool read_chain(State &state, Outstanding &command, u16 head)
{
	u16 first;
	const u8 *const chain = chain_at(state, command, head, first);

	if (!chain)
		return false;
	const auto out = load_descriptor(chain + sizeof(wire::RingDescriptor) * first);
	if (out.flags.get() != WIRE_RING_DESC_NEXT) {
		violation("chain whose first descriptor is not a readable one with a next",
			  out.flags.get());
		return false;
	}
	const u16 limit = command.table.length ? u16{2} : state.queue.size;
	if (out.next.get() >= limit) {
		violation("chain that leaves its table", out.next.get());
		return false;
	}
	const auto in = load_descriptor(chain + sizeof(wire::RingDescriptor) * out.next.get());
	if (in.flags.get() != WIRE_RING_DESC_WRITE) {
		violation("chain whose second descriptor is not a last writable one",
			  in.flags.get());
		return false;
	}
	command.read_descriptors[0] = out;
	command.read_descriptors[1] = in;
	command.readable = {out.address.get(), out.length.get()};
	command.writable = {in.address.get(), in.length.get()};
	return true;
}

void check_apart(State &state, const Outstanding &command)
{
	for (const Outstanding &other : state.queue.commands) {
		if (!other.busy || &other == &command)
			continue;
		for (const Buffer &mine : {command.readable, command.writable, command.table})
			for (const Buffer &its : {other.readable, other.writable, other.table})
				if (overlap(mine, its))
					violation("memory of an outstanding command used again",
						  mine.address, its.address);
		if (other.head == command.head)
			violation("descriptor of an outstanding command used again", command.head);
	}
}

void accept(State &state, u16 head)
{
	Queue &queue = state.queue;
	Outstanding &command = queue.commands[head];

	if (command.busy) {
		violation("descriptor of an outstanding command used again", head);
		return;
	}
	command = {};
	command.head = head;
	if (!read_chain(state, command, head))
		return;
	if (command.readable.length > max_command_bytes ||
	    command.writable.length > max_answer_bytes) {
		violation("command or answer longer than any", command.readable.length,
			  command.writable.length);
		return;
	}
	const u8 *const bytes = memory_at(state, command.readable.address, command.readable.length);
	if (!bytes || !memory_at(state, command.writable.address, command.writable.length))
		return;
	base::copy_bytes({command.read_bytes}, {bytes, command.readable.length});
	check_apart(state, command);

	command.command = parse_locked(state, command.read_bytes, command.readable.length,
				       command.writable.length);
	remember_locked(state, command.command);

	const Rule *const rule = take_rule(state, command.command);
	command.busy = true;
	command.order = queue.arrivals++;
	command.kind = rule ? rule->kind : Kind::normal;
	command.arg = rule ? rule->arg : 0;
	command.result = rule ? rule->bytes : nullptr;
	command.silent = rule && rule->at_once;
	command.qualifier = rule ? rule->qualifier : u16{0};
	command.due_ms = command.kind == Kind::late ? kn_now_ms() + command.arg : 0;
	queue.outstanding++;
}

void take_available(State &state)
{
	Queue &queue = state.queue;
	const u8 *const ring = memory_at(state, queue.driver, wire::ring_avail_bytes(queue.size));

	if (!ring)
		return;
	const u16 index = load16(ring + 2);
	if (static_cast<u16>(index - queue.next_available) > queue.size) {
		violation("available index ahead of the ring", index, queue.next_available);
		return;
	}
	while (queue.next_available != index) {
		const u16 head = load16(ring + 4 + 2 * (queue.next_available % queue.size));
		queue.next_available++;
		if (head >= queue.size)
			violation("head that is no descriptor", head);
		else
			accept(state, head);
	}
}

void put_used(State &state, u32 id, u32 length)
{
	Queue &queue = state.queue;
	u8 *const ring = memory_at(state, queue.device, wire::ring_used_bytes(queue.size));

	if (!ring)
		return;
	u32 *const element = reinterpret_cast<u32 *>(ring + 4 + 8 * (queue.next_used % queue.size));
	__atomic_store_n(&element[0], id, __ATOMIC_RELAXED);
	__atomic_store_n(&element[1], length, __ATOMIC_RELAXED);
	queue.next_used++;
	__atomic_store_n(reinterpret_cast<u16 *>(ring + 2), queue.next_used, __ATOMIC_RELEASE);
}

/// Whether the driver wants no interrupt for used buffers (2.7.7).
bool interrupts_suppressed_locked(State &state)
{
	const u8 *const ring = memory_at(state, state.queue.driver,
					 wire::ring_avail_bytes(state.queue.size));
	const u16 flags = ring ? load16(ring) : u16{0};

	if (flags > 1)
		violation("flags of the available ring that are not 0 or 1", flags);
	return flags & 1;
}

/// Tells the driver of a used buffer.
void interrupt_locked(State &state)
{
	check_line(state);
	if (state.queue.vector != WIRE_NO_VECTOR && !interrupts_suppressed_locked(state))
		state.pending_vectors |= 1u << state.queue.vector;
}

/// What the driver may not touch while the device has the command.
void check_unchanged(State &state, const Outstanding &command)
{
	const u8 *const bytes = memory_at(state, command.readable.address, command.readable.length);

	if (bytes && !equal(bytes, command.read_bytes, command.readable.length))
		violation("command changed while it was outstanding", command.head);

	Outstanding again = {};
	const u32 before = violations();
	if (!read_chain(state, again, command.head) ||
	    !equal(reinterpret_cast<const u8 *>(again.read_descriptors),
		   reinterpret_cast<const u8 *>(command.read_descriptors),
		   sizeof(again.read_descriptors)))
		if (violations() == before)
			violation("descriptors changed while their command was outstanding",
				  command.head);
}

/// Whether the device executes @one before @other.
bool goes_before(const State &state, const Outstanding &one, const Outstanding &other)
{
	return (one.order < other.order) != state.pf.options.newest_first;
}

} // namespace

void refuse_notifications(State &state)
{
	u8 *const ring = memory_at(state, state.queue.device,
				   wire::ring_used_bytes(state.queue.size));

	if (ring)
		__atomic_store_n(reinterpret_cast<u16 *>(ring), u16{WIRE_RING_USED_NO_NOTIFY},
				 __ATOMIC_RELEASE);
}

bool interrupts_suppressed()
{
	DeviceGuard guard;

	return interrupts_suppressed_locked(*state());
}

const Rule *take_rule(State &state, const Command &command)
{
	for (u32 i = 0; i < state.rule_count; i++) {
		Rule &rule = state.rules[i];
		if (rule.count == 0 || (rule.opcode != no_opcode && rule.opcode != command.opcode) ||
		    (rule.member != ~u64{0} && rule.member != command.member))
			continue;
		if (rule.count != forever)
			rule.count--;
		return &rule;
	}
	return nullptr;
}

bool answers_at_once(const State &state)
{
	for (u32 i = 0; i < state.rule_count; i++)
		if (state.rules[i].at_once && state.rules[i].count != 0)
			return true;
	return false;
}

void remember_locked(State &state, const Command &command)
{
	if (state.seen_count < max_remembered)
		state.seen[state.seen_count] = command;
	state.seen_count++;
}

u8 random_byte(State &state)
{
	state.seed = state.seed * 1664525 + 1013904223;
	return static_cast<u8>(state.seed >> 24);
}

/// Gives a command back to the driver.
void answer_locked(State &state, Outstanding &command, Kind kind, u32 arg)
{
	u8 answer[max_answer_bytes] = {};
	u32 id = command.head;
	u32 used;

	check_unchanged(state, command);
	base::fill_bytes({answer}, garbage_byte);
	if (kind == Kind::status) {
		base::fill_bytes(base::Bytes{answer}.first(8), 0);
		base::store_le(base::Bytes{answer}.first(2), arg);
		used = 8;
	} else {
		used = perform_locked(state, command, answer);
	}
	base::store_le(base::Bytes{answer}.subspan(2, 2), command.qualifier);
	if (kind == Kind::result && command.result) {
		base::copy_bytes(base::Bytes{answer}.subspan(8, command.writable.length - 8),
				 {command.result, command.writable.length - 8});
		used = command.writable.length;
	}
	if (kind == Kind::garbage)
		for (u32 i = 8; i < command.writable.length; i++)
			answer[i] = random_byte(state);

	if (kind == Kind::used_length)
		for (u32 i = arg; i < command.writable.length; i++)
			answer[i] = garbage_byte;

	u8 *const memory = memory_at(state, command.writable.address, command.writable.length);
	if (memory)
		base::copy_bytes({memory, command.writable.length}, {answer, sizeof(answer)});
	if (kind == Kind::used_length)
		used = arg;
	if (kind == Kind::too_long)
		used = command.writable.length + arg;
	if (kind == Kind::bad_id)
		id = arg;

	command.busy = false;
	state.queue.outstanding--;
	put_used(state, id, used);
	if (kind == Kind::twice)
		put_used(state, id, used);
	if (!command.silent && kind != Kind::lost_interrupt)
		interrupt_locked(state);
}

void run_device_locked(State &state)
{
	Queue &queue = state.queue;

	settle_reset_locked(state);
	// A device that is asked to reset goes on until it confirms.
	if (state.pf.gone || !queue.enabled || !state.pf.bus_master() ||
	    !(state.status & WIRE_STATUS_DRIVER_OK))
		return;
	// Only then: a driver that does not notify waits for ever.
	if (queue.notified || state.pf.options.no_notify) {
		queue.notified = false;
		take_available(state);
	}

	for (;;) {
		Outstanding *next = nullptr;
		for (Outstanding &command : queue.commands)
			if (command.busy && command.kind != Kind::hold &&
			    kn_now_ms() >= command.due_ms && (!next || goes_before(state, command, *next)))
				next = &command;
		if (!next)
			return;
		answer_locked(state, *next, next->kind, next->arg);
	}
}

} // namespace fake
