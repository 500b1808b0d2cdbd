// SPDX-License-Identifier: GPL-2.0-only
// The fake device's insides. All of it is under the device lock (kt_device_lock)
// unless it says so.
#pragma once

#include "base/atomic.hh"
#include "kernel/event.h"
#include "kernel/irq.h"
#include "kernel/mmio.h"
#include "kernel/vfio_irqs.h"
#include "kernel/work.h"
#include "kunit/shim.h"
#include "kunit/fake/fake.hh"
#include "wire/ring.hh"

namespace fake {

/// Of one MSI-X vector.
struct Handler {
	kn_irq_handler call; ///< null: none
	void *context;
};

} // namespace fake

/// A mapping: whose, and which part of which BAR.
struct kn_mmio {
	kn_pci *function;
	fake::u8 bar;
	fake::u64 offset;
	fake::u64 length;
};

struct kn_vfio {
	fake::Vf *vf;
	bool msix;	      ///< as VFIO tells
	bool memory_enabled;
	fake::u32 memory_locks; ///< held for read
	bool resetting;		///< memory_lock is held for write, by a reset
	bool command_locked;	///< memory_lock is held for write, by kn_vfio_command_lock()
	fake::Handler handlers[KN_VFIO_VECTORS]; ///< of vectors that the driver has
	fake::u32 vectors;	///< of them
	fake::u32 running;	///< handlers
	kn_mmio mapping[6];
};

/// An eventfd of the VMM.
struct kn_event {
	bool open;	 ///< the VMM has a descriptor of it
	fake::u32 users; ///< of drivers
	fake::u32 count;
};

namespace fake {

using Event = kn_event;

/// A driver's listener.
struct Listening {
	kn_listener *listener; ///< null: none
	Event *event;	       ///< null: stopped
	kn_size handling;      ///< the task in its handler, 0: none
	bool wanted;	       ///< its thread is to run
	bool running;	       ///< its thread runs
	kn_work thread;
};

class [[nodiscard]] DeviceGuard {
public:
	DeviceGuard() : flags_(kt_device_lock()) {}
	~DeviceGuard() { kt_device_unlock(flags_); }
	DeviceGuard(const DeviceGuard &) = delete;
	DeviceGuard &operator=(const DeviceGuard &) = delete;

private:
	u64 flags_;
};

constexpr unsigned max_allocations = 16;
constexpr unsigned max_outstanding = 64;
constexpr unsigned max_remembered = 512;
constexpr unsigned max_rules = 32;
constexpr unsigned max_vectors = 2;
constexpr unsigned max_events = 16;
constexpr unsigned max_listenings = 1024; ///< of all the queues of a VF
constexpr usize max_command_bytes = 64;
constexpr usize max_answer_bytes = 128;

/// Memory from kn_dma_alloc(). Addresses are not the CPU's, and the two kinds
/// are apart, so that mixing them up is seen.
struct Allocation {
	u8 *memory;
	u64 address;
	u64 size;
	bool translated;
};

/// A part of the driver's memory as a descriptor names it.
struct Buffer {
	u64 address;
	u32 length;
};

/// A command that the device has.
struct Outstanding {
	bool busy;
	u16 head;
	u64 order;		///< of arrival
	Command command;
	Kind kind;
	u32 arg;
	const u8 *result;
	bool silent;		///< without an interrupt
	u16 qualifier;
	u64 due_ms;
	Buffer readable;
	Buffer writable;
	Buffer table;		///< of indirect descriptors, length 0 if none
	u8 read_bytes[max_command_bytes]; ///< what was there when it arrived
	wire::RingDescriptor read_descriptors[2];
};

/// One virtqueue: the admin queue.
struct Queue {
	u16 size;
	u64 descriptors;
	u64 driver;
	u64 device;
	u16 vector;
	bool enabled;
	bool resetting;
	bool notified;		///< and did not look yet
	u16 next_available;
	u16 next_used;
	Outstanding commands[max_outstanding];
	u32 outstanding;
	u64 arrivals;
};

struct State {
	Pf pf;
	kn_vfio vfio[max_vfs];

	// Registers of the PF.
	u8 status;
	u8 need_reset_at; ///< DEVICE_NEEDS_RESET is set with these bits, once
	u32 device_feature_select;
	u32 driver_feature_select;
	u64 driver_features;
	u16 config_vector;
	u16 queue_select;
	Queue queue;
	u64 reset_due_ms; ///< when a reset that was asked for is done, 0: none asked
	bool listed;	  ///< LIST_USE was taken
	u64 used_opcodes;
	bool vf_enable;

	bool reset_confirmed;
	bool queue_reset_confirmed;
	bool function_reset_works;

	// The interrupts that the driver asked for.
	Handler handlers[max_vectors];
	u32 vectors; ///< granted
	u32 handlers_running;
	u32 pending_vectors; ///< bit n: to be raised by the device's thread

	Rule rules[max_rules];
	u32 rule_count;
	Command seen[max_remembered];
	u32 seen_count;
	u32 device_resets;
	u32 queue_resets;
	u32 status_reads;
	u32 given_up; ///< FAILED was set
	u32 function_resets;
	u32 kicks;

	void (*on_accounted_alloc)(); ///< before the next kn_alloc_accounted(); null: none
	u64 user_end; ///< of memory that does not fault, 0: there is no end
	Allocation allocations[max_allocations];
	bool abandoned_expected;
	u32 fail_next[static_cast<unsigned>(Call::calls)];

	bool client_inside[max_vfs]; ///< a command of that VF is in the kernel's client
	bool client_of[max_vfs];     ///< kn_admin_claim() for that VF, and no put yet
	u32 clients;
	u32 client_releases;

	Event events[max_events];
	Listening listenings[max_listenings];

	kt_thread *thread;
	kn_completion kick;
	base::Atomic<bool> stop;
	u32 seed;
};

/// The device, or null before start().
State *state();

void forget_messages();

/// Work of the device's thread: takes commands, answers those that are due.
void run_device_locked(State &state);
/// Says in the used ring that the device wants no notifications (2.7.10).
void refuse_notifications(State &state);
/// A violation if the caller is the handler of a listener, which may not sleep. @what is what may.
void check_may_sleep(const char *what);
/// At the end of the device: no driver uses an eventfd.
void check_events(const State &state);
/// Whether runtime power management has suspended it.
[[nodiscard]] inline bool is_suspended(const Vf &vf)
{
	DeviceGuard guard;
	return vf.suspended;
}
/// MSI-X Enable of the function.
void enable_msix_locked(Vf &vf, bool enabled);
/// Offset of MSI-X's Message Control, 0 if there is none.
[[nodiscard]] u16 msix_control(const Vf &vf);
/// Gives up all commands, as a reset does.
void drop_commands_locked(State &state);
void reset_device_locked(State &state);
/// LIST_USE has not been completed.
inline void forget_list(State &state)
{
	state.listed = false;
	state.used_opcodes = 0;
}
/// Ends a reset that was asked for, if it is due.
void settle_reset_locked(State &state);
bool take_failure(Call call);

/// The memory behind a device address; null, and a violation, if it is not
/// shared memory of the kind that was negotiated.
u8 *memory_at(State &state, u64 address, u64 length);
/// What a command does; fills in the answer and returns its length.
u32 perform_locked(State &state, const Outstanding &command, u8 *answer);
/// Does what a command asks for; fills in the result. Return: the status.
u16 run_locked(State &state, const Command &command, u8 *result, u32 &length);
/// For seen().
void remember_locked(State &state, const Command &command);
/// Whether there are commands to answer inside their notification.
bool answers_at_once(const State &state);
/// The first rule that matches, which is used up by that; or null.
const Rule *take_rule(State &state, const Command &command);
/// At the end of the device: the kernel's client gives everything back.
void end_clients();
/// Reads a command from what the driver wrote, and checks it.
Command parse_locked(State &state, const u8 *bytes, u32 readable, u32 writable);
/// The next of a sequence, which the seed of the last scribble() began.
u8 random_byte(State &state);
void answer_locked(State &state, Outstanding &command, Kind kind, u32 arg);

/// Rules (rules.cc).
void check_queue_parts(const Queue &queue);
/// At DRIVER_OK, and where the device has something to notify.
void check_line(const State &state);
/// When the function is given back.
void check_line_at_end(const State &state);

u64 read_common(State &state, u32 offset, u8 width);
void write_common(State &state, u32 offset, u8 width, u64 value);
void reset_vf_registers(Vf &vf);
void init_vf(State &state, u32 index);
/// Runtime power management of a function. The first hold resumes it, without its registers.
void hold_power(kn_pci &function);
void release_power(kn_pci &function);

/// Memory accounting (memory.cc), which outlives devices.
void begin_memory();
void end_memory();
void free_shared_memory(State &state);

} // namespace fake
