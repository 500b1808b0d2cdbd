// SPDX-License-Identifier: GPL-2.0-only
// What tests tell the device, and what they ask it.
#include "kunit/fake/eventually.hh"
#include "kernel/time.h"
#include "kunit/fake/state.hh"

namespace fake {

namespace {

/// The nth command that the device holds, in order of arrival.
Outstanding *nth_locked(State &state, u32 index)
{
	u64 after = 0;

	for (u32 i = 0;; i++) {
		Outstanding *next = nullptr;
		for (Outstanding &command : state.queue.commands)
			if (command.busy && command.order >= after &&
			    (!next || command.order < next->order))
				next = &command;
		if (!next || i == index)
			return next;
		after = next->order + 1;
	}
}

void wake(State &state)
{
	kn_complete(&state.kick);
}

/// Interrupts of commands that are over are over, too.
void pass_interrupts()
{
	kn_sleep_us(1000);
}

} // namespace

void settle()
{
	kn_sleep_us(kt_settle_us());
}

void add_rule(const Rule &rule)
{
	pass_interrupts();
	DeviceGuard guard;

	if (state()->rule_count == max_rules)
		violation("more rules than the fake has room for");
	else
		state()->rules[state()->rule_count++] = rule;
}

void clear_rules()
{
	DeviceGuard guard;

	state()->rule_count = 0;
}

u32 outstanding()
{
	DeviceGuard guard;

	return state()->queue.outstanding;
}

bool wait_outstanding(u32 count)
{
	return eventually([count] { return outstanding() >= count; });
}

Command held(u32 index)
{
	DeviceGuard guard;
	const Outstanding *const command = nth_locked(*state(), index);

	return command ? command->command : Command{};
}

void answer_held(u32 index, Kind kind, u32 arg)
{
	{
		DeviceGuard guard;
		Outstanding *const command = nth_locked(*state(), index);
		if (!command) {
			violation("test answers a command that the device has not", index);
			return;
		}
		answer_locked(*state(), *command, kind, arg);
	}
	wake(*state());
}

void answer_all()
{
	while (outstanding())
		answer_held(0);
}

u32 seen(u16 opcode, u64 member)
{
	DeviceGuard guard;
	const State &device = *state();
	u32 count = 0;

	if (opcode == no_opcode && member == ~u64{0})
		return device.seen_count;
	for (u32 i = 0; i < device.seen_count && i < max_remembered; i++)
		count += (opcode == no_opcode || device.seen[i].opcode == opcode) &&
			 (member == ~u64{0} || device.seen[i].member == member);
	return count;
}

Command seen_command(u32 index)
{
	DeviceGuard guard;

	return index < state()->seen_count && index < max_remembered ? state()->seen[index]
								      : Command{};
}

void forget_commands()
{
	DeviceGuard guard;

	state()->seen_count = 0;
}

void set_unreachable(bool unreachable)
{
	DeviceGuard guard;

	state()->pf.gone = unreachable;
	for (Vf &vf : state()->pf.vf)
		vf.gone = unreachable;
	if (unreachable)
		drop_commands_locked(*state());
}

void set_gone(bool gone)
{
	{
		DeviceGuard guard;
		state()->pf.removed = gone;
	}
	set_unreachable(gone);
}

void need_reset()
{
	pass_interrupts();
	{
		DeviceGuard guard;
		state()->status |= WIRE_STATUS_NEEDS_RESET;
		if (state()->config_vector != WIRE_NO_VECTOR)
			state()->pending_vectors |= 1u << state()->config_vector;
	}
	wake(*state());
}

void need_reset_at(u8 status)
{
	DeviceGuard guard;

	state()->need_reset_at = status;
}

void scribble(u32 seed)
{
	{
		DeviceGuard guard;
		const Queue &queue = state()->queue;
		const u64 size = wire::ring_used_bytes(queue.size);
		u8 *const used = memory_at(*state(), queue.device, size);
		state()->seed = seed;
		for (u64 i = 0; used && i < size; i++)
			__atomic_store_n(&used[i], random_byte(*state()), __ATOMIC_RELAXED);
		for (const Outstanding &command : queue.commands) {
			u8 *const answer = command.busy ? memory_at(*state(), command.writable.address,
								    command.writable.length)
							: nullptr;
			for (u32 i = 0; answer && i < command.writable.length; i++)
				answer[i] = random_byte(*state());
		}
		if (queue.vector != WIRE_NO_VECTOR)
			state()->pending_vectors |= 1u << queue.vector;
	}
	wake(*state());
}

void set_reset_confirmed(bool confirmed)
{
	DeviceGuard guard;

	state()->reset_confirmed = confirmed;
}

void set_queue_reset_confirmed(bool confirmed)
{
	DeviceGuard guard;

	state()->queue_reset_confirmed = confirmed;
}

void set_function_reset_works(bool works)
{
	DeviceGuard guard;

	state()->function_reset_works = works;
}

void function_reset(kn_pci &function)
{
	DeviceGuard guard;

	if (function.is_pf) {
		state()->function_resets++;
		reset_device_locked(*state());
		for (Vf &vf : state()->pf.vf)
			reset_vf_registers(vf);
		return;
	}
	static_cast<Vf &>(function).function_resets++;
	reset_vf_registers(static_cast<Vf &>(function));
}

void bus_reset()
{
	function_reset(pf());

	DeviceGuard guard;
	pf().wiped = true;
	pf().set_bus_master(false);
	pf().intx_disabled = false;
}

void interrupt(u32 vector)
{
	{
		DeviceGuard guard;
		state()->pending_vectors |= 1u << vector;
	}
	wake(*state());
}

u32 device_resets()
{
	DeviceGuard guard;

	return state()->device_resets;
}

u32 queue_resets()
{
	DeviceGuard guard;

	return state()->queue_resets;
}

u32 status_reads()
{
	DeviceGuard guard;

	return state()->status_reads;
}

u32 function_resets()
{
	DeviceGuard guard;

	return state()->function_resets;
}

u8 device_status()
{
	DeviceGuard guard;

	settle_reset_locked(*state());
	return state()->status;
}

u32 given_up()
{
	DeviceGuard guard;

	return state()->given_up;
}

u64 accepted_features()
{
	DeviceGuard guard;

	return state()->driver_features;
}

bool bus_master(const kn_pci &function)
{
	DeviceGuard guard;

	return function.bus_master();
}

u32 doorbell_notifications()
{
	DeviceGuard guard;

	return state()->kicks;
}

} // namespace fake
