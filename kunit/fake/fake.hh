// SPDX-License-Identifier: GPL-2.0-only
// A fake PF with an administration virtqueue, its VFs, and their VFIO devices.
// It implements include/kernel's pci, mmio, dma, irq, sriov and vfio, and fails
// the test when a driver breaks a rule of the virtio specification or of these
// contracts. There is one at a time: fake::start() makes it, and the end of the
// case takes it down and looks for what was left behind.
#pragma once

#include "core/admin_command.hh"
#include "core/device_type.hh"
#include "kernel/vfio.h"
#include "kernel/wait.h"
#include "kunit/fake/function.hh"
#include "owner/exports.h"
#include "owner/owner.h"

namespace fake {

constexpr unsigned max_vfs = 8;
constexpr u16 no_opcode = 0xffff;

/// What the kernel itself has on a PF that virtio_owner is not bound to.
enum class Client : u8 {
	none,	     ///< another driver, or no such client in the kernel
	unbound,     ///< no driver
	no_commands, ///< virtio-pci, without legacy commands
	leaving,     ///< virtio-pci, whose virtio driver is unbound while the VF is linked to it
	dormant,     ///< virtio-pci, whose virtio driver left before the VF was linked to it
	ready,
};

/// What the device is, before the driver is bound.
struct Options {
	/// The driver's command_timeout_ms: long, so that a busy machine fails no
	/// test. set_timeout() makes it short where a timeout is wanted.
	u32 timeout_ms = 3000;
	u32 operation_ms = 2000;     ///< the driver's setting
	bool polled = false;	     ///< the driver's parameter
	u32 depth = 64;		     ///< likewise
	u32 poll_us = 0;	     ///< likewise: off, as it depends on who is quicker
	u32 vectors = 2;	     ///< that kn_irq_alloc_vectors() grants at most
	u32 handlers = 2;	     ///< that kn_irq_request() takes
	bool refuse_queue_vector = false;
	bool refuse_config_vector = false;
	bool access_platform = true; ///< features offered
	bool indirect = true;
	bool ring_reset = true;
	bool admin_vq = true;
	bool sr_iov = true;
	bool version_1 = true;
	u64 other_features = 0;
	bool refuse_features = false; ///< FEATURES_OK does not stay
	u16 queue_size = 64;
	u16 queue_count = 1;	     ///< admin queues
	u16 queue_index = 1;	     ///< of the admin queue: it follows the device's own queue
	u64 opcodes = 0x7f;	     ///< that LIST_QUERY answers
	bool strict_vf_enable = true; ///< LIST commands refused while VF Enable is clear
	bool list_survives = false;   ///< LIST_USE counts until a reset, else until VF Enable is clear
	bool sriov_capability = true;
	bool migration_capable = false; ///< VF Migration Capable
	bool short_common = false;   ///< a common structure without admin queue fields
	u8 reset_delay_ms = 0;	     ///< until status reads 0
	u8 old_status = 0;	     ///< what the last driver left behind
	u16 vf_type = WIRE_TYPE_NET; ///< virtio device type of the VFs
	u16 vf_device_id = 0;	     ///< instead of 0x1040 + type
	bool vf_has_bar0 = false;
	u16 notify_offset = 1;	     ///< queue_notify_off of the admin queue
	bool no_notify = false;	     ///< looks for commands itself, and wants no notifications
	bool newest_first = false;   ///< executes what it has in another order than 2.13.1 demands
	Client client = Client::none;
	u8 dma_bits = 64;	     ///< that kn_pci_set_dma_mask() takes at most
};

enum class Kind : u8 {
	normal,	      ///< answers as it should
	status,	      ///< with this status (arg), and does nothing
	used_length,  ///< rightly, but says that it wrote arg bytes; what lies beyond is garbage
	too_long,     ///< says that it wrote arg bytes more than there are
	garbage,      ///< with random bytes after a good status
	result,	      ///< with the bytes of Rule::bytes as result
	hold,	      ///< not until answer_held() says so
	late,	      ///< after arg milliseconds
	twice,	      ///< the same used entry two times
	bad_id,	      ///< with id arg in the used entry
	lost_interrupt, ///< rightly, but without an interrupt
};

/// How the device treats commands; the first rule that matches one is used.
struct Rule {
	u16 opcode = no_opcode; ///< no_opcode: any
	u64 member = ~u64{0};	///< ~0: any
	Kind kind = Kind::normal;
	u32 arg = 0;
	u32 count = 1;		///< for so many commands
	const u8 *bytes = nullptr; ///< for Kind::result, max_result bytes
	bool at_once = false;	///< inside the notification, and without an interrupt
	u16 qualifier = 0;	///< status_qualifier of the answer
};
constexpr u32 forever = ~u32{0};

/// A command as the device got it.
struct Command {
	u16 opcode;
	u16 group;
	u64 member;
	u8 offset;     ///< of legacy commands
	u8 length;     ///< of their data
	u8 data[8];    ///< that was written
	u64 list;      ///< of LIST_USE
};

/// A VF with the legacy registers that the owner gives access to.
struct Vf : kn_pci {
	u64 id;			///< member id, from 1 on
	kn_vfio *vfio;
	virtio_owner_member *owner_member; ///< found by make_vfs(), valid while there are VFs

	// Legacy registers.
	u32 features;		///< offered
	u32 driver_features;
	u32 queue_address[4];
	u16 queue_size[4];
	u16 queue_select;
	u8 status;
	u8 isr;
	u16 config_vector;
	u16 queue_vector[4];
	u8 device_config[256];	///< its device configuration
	u16 config_length;
	bool msix_enabled;	///< on the device: registers 20 and 22 exist
	bool drops_vectors;	///< they lose their values while MSI-X is disabled
	bool refuses_vectors;	///< they read NO_VECTOR whatever is written
	u32 host_vectors;	///< that the host has for kn_vfio_vectors_setup()
	u32 host_handlers;	///< that kn_vfio_vectors_setup() can install
	/// Called before VFIO writes configuration space, once. May be null.
	void (*on_config_write)(Vf &vf);
	/// Called before kn_vfio_msix_enabled() looks. May be null.
	void (*on_msix_query)(Vf &vf);
	/// What VFIO does at an ioctl, and the result of it. May be null: 0.
	long (*on_ioctl)(Vf &vf, u32 cmd);
	/// Called when the function resumes, once. May be null.
	void (*on_resume)(Vf &vf);
	bool low_power;		///< suspended again whenever nothing holds it
	/// Called before kn_vfio_command_lock() and its killable form take the lock, once. May be
	/// null.
	void (*on_command_lock)(Vf &vf);
	/// Called before kn_vfio_memory_trylock() tries, once. May be null.
	void (*on_memory_trylock)(Vf &vf);
	u32 status_reads_until_reset; ///< status reads non-zero so often after a write of 0

	// Seen.
	u32 notified[4];	///< by command
	u32 doorbells_owner;	///< writes at its address in the owner's BAR
	u32 doorbells_member;	///< and in its own
	u16 last_doorbell;
	u32 function_resets;
	u8 config_writes[config_bytes]; ///< of VFIO, for each byte
	bool assigned;
};

/// The PF, and everything else.
struct Pf : kn_pci {
	Options options;
	virtio_owner *owner;	///< while bound
	Vf vf[max_vfs];
	u32 vf_count;
	u8 dma_mask;		///< bits, as kn_pci_set_dma_mask() set it

	/// Called by kn_sriov_enable() and kn_sriov_disable() for each VF, where the
	/// kernel would probe and remove its driver. May be null.
	void (*on_vf_probe)(Vf &vf);
	void (*on_vf_remove)(Vf &vf);
	/// Called when a driver asks whether the PF was removed. May be null.
	void (*on_removed_query)();
	/// Called once when a driver has read whether the PF is present. May be null.
	void (*on_present_query)();
};

/// --- making and ending ------------------------------------------------------

/// Makes the device. Ends the one of before, if any.
Pf &start(const Options &options = {});
/// Takes it down, and looks for what was left behind. The case's end does it, too.
void finish();
/// The present one.
Pf &pf();

/// virtio_owner_create(); returns its errno.
int bind();
/// virtio_owner_destroy(), if bound.
void unbind();
/// virtio_owner_configure_sriov(); returns what it does.
int make_vfs(u32 count);
/// bind() and make_vfs(), expected to succeed.
bool bring_up(u32 vfs, const Options &options = {});
/// Member @id (from 1 on) of the bound owner.
virtio_owner_member *member(u32 id);
inline Vf &vf(u32 id)
{
	return pf().vf[id - 1];
}

/// Changes the driver's command_timeout_ms.
void set_timeout(u32 ms);
/// And its operation_ms.
void set_operation(u32 ms);
/// And its poll_us, which may be more than the module takes.
void set_poll(u32 us);
/// Not shorter where others must get their answers meanwhile.
constexpr u32 short_ms = 150;
constexpr u32 long_ms = 3000;

/// --- what the device does with commands -------------------------------------

/// Waits until what is due now is done: interrupts of commands that are over, scheduled works. On
/// the host that is certain, as the clock goes on only then. In the kernel it is likely: a test that needs
/// more waits by eventually(). Context: may sleep.
void settle();
/// After settle(). Context: may sleep.
void add_rule(const Rule &rule);
void clear_rules();

/// Commands the device has and did not answer.
u32 outstanding();
/// Waits until there are @count or more; false after a second.
bool wait_outstanding(u32 count);
/// The nth held command, in order of arrival.
Command held(u32 index);
/// Answers the nth held command now, as @kind says.
void answer_held(u32 index, Kind kind = Kind::normal, u32 arg = 0);
/// Answers all of them, in order of arrival.
void answer_all();

/// Commands since start() or forget_commands(), by opcode or all.
u32 seen(u16 opcode = no_opcode, u64 member = ~u64{0});
/// The nth of them; at most the first 512 are remembered.
Command seen_command(u32 index);
void forget_commands();

/// --- the kernel's own client (include/kernel/admin.h) ------------------------
/// Of the rules it knows normal, status, result, used_length (of the result alone,
/// without garbage), late, and hold, which release_client() ends.

/// start(), with @vfs there and no owner bound.
bool bring_up_client(u32 vfs, Client client = Client::ready);
/// Commands that are inside.
u32 in_client();
/// Waits until there are @count; false after a second.
bool wait_in_client(u32 count);
/// Lets all held commands go on.
void release_client();
/// VFs that use it.
u32 clients();
/// Waits until there are @count; false after a second.
bool wait_clients(u32 count);

/// --- trouble -----------------------------------------------------------------

/// The PF (and its VFs) reads all ones from now on, or again does not.
void set_unreachable(bool unreachable);
/// Likewise, and the kernel knows that it was removed.
void set_gone(bool gone);
/// DEVICE_NEEDS_RESET, with a configuration interrupt, after settle().
void need_reset();
/// DEVICE_NEEDS_RESET as soon as the driver sets one of @status, once.
void need_reset_at(u8 status);
/// Whether writes of status 0 are ever confirmed; a function reset still works
/// if @function_reset.
void set_reset_confirmed(bool confirmed);
void set_queue_reset_confirmed(bool confirmed);
void set_function_reset_works(bool works);
/// A reset of the PF from outside (FLR), as the PCI core does it between
/// virtio_owner_freeze() and virtio_owner_thaw().
void function_reset(kn_pci &function);
/// The PF is reset by its bus (AER), and nobody restores its configuration.
void bus_reset();
/// Random bytes all over what the device may write of the queue, and an interrupt.
void scribble(u32 seed);
/// A spurious interrupt.
void interrupt(u32 vector);
/// kn_alloc() fails after @skip calls, once; 0xffffffff: never.
void fail_alloc(u32 skip);
/// Blocks of kn_alloc() that drivers have now.
[[nodiscard]] u32 allocations();
/// The next kn_alloc_accounted() calls @hook first.
void before_accounted_alloc(void (*hook)());
/// Functions of the contract that can be told to fail.
enum class Call : u8 {
	dma_alloc,    ///< kn_dma_alloc()
	map,	      ///< kn_pci_map()
	enable,	      ///< kn_pci_enable()
	claim_bars,   ///< kn_pci_claim_bars()
	sriov_enable, ///< kn_sriov_enable()
	pm_get,	      ///< kn_pci_pm_get()
	vfio_map,     ///< kn_vfio_map_bar()
	vfio_read,    ///< kn_vfio_read()
	vfio_write,   ///< kn_vfio_write()
	command_lock, ///< kn_vfio_command_lock_killable()
	admin_link,   ///< kn_admin_link()
	calls,
};
/// The next call of that function fails.
void fail_next(Call call);
/// User addresses below this fault.
constexpr u64 bad_user_address = 4096;
/// And what lies from @end on does for kn_copy_to_user() and kn_copy_from_user().
void set_user_end(const u8 *end);

/// The device's log of resets.
u32 device_resets();
u32 queue_resets();
/// How often the PF's status was read.
u32 status_reads();
u32 function_resets();
u8 device_status();
/// How often the driver set FAILED.
u32 given_up();
/// What the driver accepted of the features.
u64 accepted_features();
bool bus_master(const kn_pci &function);
u32 doorbell_notifications(); ///< of the admin queue
/// Whether the driver told the admin queue's device that it wants no interrupts.
bool interrupts_suppressed();

/// Messages that drivers wrote since start().
u32 warnings();
/// The last one.
const char *last_message();

/// --- breaking rules ----------------------------------------------------------

/// Notes that a rule was broken: the case fails at its end. Context: any.
void violation(const char *text, u64 a = 0, u64 b = 0);
u32 violations();
/// For tests of the fake itself: forgets them, and returns how many there were.
u32 forget_violations();
/// The text of the first one; those after may come of it.
const char *first_violation();
/// Shared memory may stay behind at the end of this case: the device never
/// stopped writing it.
void expect_abandoned_memory();
/// Whether there is such memory.
bool memory_abandoned();

/// --- VFIO ---------------------------------------------------------------------

/// What VFIO tells its users of a VF's MSI-X. The device's own stays as it is.
void set_vfio_msix(Vf &vf, bool enabled);
/// Sets MSI-X of the device, and what VFIO tells its users of it, as VFIO_DEVICE_SET_IRQS does.
void set_msix(Vf &vf, bool enabled);
/// Memory decoding, as a guest may switch it off.
void set_memory_enabled(Vf &vf, bool enabled);
/// VFIO_DEVICE_RESET holds memory_lock for write.
void set_resetting(Vf &vf, bool resetting);
/// The device uses a buffer of a queue, or changes its configuration: it sends a message, or sets bits of
/// ISR Status.
void queue_event(Vf &vf, u16 queue);
void config_event(Vf &vf);
/// A message that the CPU takes now, however the device is set up: it was sent before.
void late_message(Vf &vf, u32 vector);
/// A reset of the PF clears MSI-X Enable of its VFs; the kernel does not notice.
void drop_msix_enable(Vf &vf);
/// Vectors that the driver has of the host, beside VFIO.
[[nodiscard]] u32 driver_vectors(const Vf &vf);
/// What the header file of another kernel would say.
void set_intx_supported(bool supported);

/// D3hot and back. Not what a way back does to configuration space.
void set_d3(Vf &vf, bool in_d3);
/// VFIO's low power mode: runtime power management suspends a VF that nothing holds. @again: not
/// only now, but whenever nothing holds it.
void suspend(Vf &vf, bool again = false);

} // namespace fake
