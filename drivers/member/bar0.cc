// SPDX-License-Identifier: GPL-2.0-only
#include "member/bar0.hh"

#include "base/guard.hh"
#include "core/lock_guard.hh"
#include "kernel/memory.h"

namespace member {

using base::Error;
using core::AccessPlan;
using core::Piece;

namespace {

/// Bytes of an access that are done between two copies of user memory.
constexpr kn_size chunk_size = 64;
/// Longer accesses are done in several calls, so that each call has an end.
constexpr kn_size max_access = 4096;
/// An offset outside of every BAR0.
constexpr u64 offset_limit = 0x8000;

u16 bar_offset(u64 offset)
{
	return static_cast<u16>(base::minimum(offset, offset_limit));
}

/// What is allocated while a VF is open. On 6.12 it takes 912 bytes of a slab of 1,024.
struct Opened {
	alignas(core::Shadow) u8 shadow[sizeof(core::Shadow)]; ///< first, as the memory is freed by it
	alignas(Intx) u8 intx[sizeof(Intx)];
};

/**
 * Calls @one for each chunk of an access, with the runtime power management of @pci held. What was
 * done before an error counts. Returns bytes, or a negative errno.
 */
template <typename One>
long for_each_chunk(kn_pci *pci, kn_size count, u64 offset, One one)
{
	const kn_size size = base::minimum(count, max_access);
	kn_size done = 0;

	if (const int error = kn_pci_pm_get(pci))
		return error;
	const base::ScopeGuard put{[pci] { kn_pci_pm_put(pci); }};

	while (done < size) {
		const kn_size chunk = base::minimum(size - done, chunk_size);
		if (const int error = one(bar_offset(offset + done), done, chunk))
			return done ? static_cast<long>(done) : error;
		done += chunk;
	}
	return static_cast<long>(done);
}

} // namespace

Bar0::Bar0(Function &function, const ConfigSpace &config, Interrupts &interrupts,
	   Doorbell &doorbell)
	: function_(function), config_(config), interrupts_(interrupts), doorbell_(doorbell)
{
	kn_mutex_init(&mutex_, KN_LOCK_MEMBER);
}

Status Bar0::open(const core::DeviceType &type, AdminClient &client, bool rules, u16 control)
{
	static_assert(std::is_trivially_destructible_v<core::Shadow>);
	static_assert(std::is_trivially_destructible_v<Intx>);
	auto *const memory = static_cast<Opened *>(kn_alloc(sizeof(Opened)));

	if (!memory)
		return Error::no_memory;
	// VFIO has no access in flight before open() and after close(), but find_loss() may run.
	core::MutexGuard guard{mutex_};
	type_ = &type;
	client_ = &client;
	interrupts_.open();
	shadow_ = new (memory->shadow) core::Shadow;
	intx_ = control ? new (memory->intx) Intx(function_, intx_counts_, control) : nullptr;
	shadow_->start(rules);
	return {};
}

void Bar0::close()
{
	if (intx_)
		intx_->close();
	core::MutexGuard guard{mutex_};

	intx_ = nullptr;
	kn_free(shadow_);
	shadow_ = nullptr;
}

/// decodes(), where it is false at first: only a broken function may come to work.
bool Bar0::recovers(bool powered, Deadline &deadline)
{
	function_.keep_from_dma(); // a resume restores the command register
	return powered && config_.io_enabled() && function_.confirm_reset(deadline);
}

Status Bar0::read_chunk(u16 offset, Bytes data, Deadline &deadline)
{
	if (!lock(deadline))
		return Error::interrupted;
	const core::HeldMutex guard{mutex_};
	const Function::Power power = function_.power();
	Access access = begin(power, deadline);
	if (!decodes(power.on, deadline)) {
		base::fill_bytes(data, 0xff);
		return {};
	}

	AccessPlan plan{*type_, access.moment.layout, offset, static_cast<u16>(data.size())};
	for (Piece piece; plan.next(piece);)
		TRY(read_piece(piece, data.subspan(piece.position, piece.length), access));
	return {};
}

Status Bar0::write_chunk(u16 offset, ConstBytes data, Deadline &deadline)
{
	if (!lock(deadline))
		return Error::interrupted;
	const core::HeldMutex guard{mutex_};
	const Function::Power power = function_.power();
	Access access = begin(power, deadline);
	const bool decoded = decodes(power.on, deadline);
	AccessPlan plan{*type_, access.moment.layout, offset, static_cast<u16>(data.size())};

	if (!decoded)
		return power.on ? reset_under_reset(plan, data, access) : Status{};
	for (Piece piece; plan.next(piece);)
		TRY(write_piece(piece, data.subspan(piece.position, piece.length), access));
	return {};
}

/// An interrupt handler of the guest reads it, and must not wait for another vCPU's command.
long Bar0::read_isr(u64 buffer)
{
	kn_pci *const pci = function_.pci();
	Deadline deadline;
	u8 value = 0xff;

	if (const int error = kn_pci_pm_get(pci))
		return error;
	if (decodes(kn_pci_powered(pci), deadline))
		value = intx_->line().read_isr();
	kn_pci_pm_put(pci);
	const int error = kn_copy_to_user(buffer, &value, sizeof(value));
	return error ? error : long{sizeof(value)};
}

long Bar0::read_bytes(u64 buffer, kn_size count, u64 offset)
{
	u8 bytes[chunk_size];
	Deadline deadline;

	return for_each_chunk(function_.pci(), count, offset, [&](u16 at, kn_size done, kn_size size) {
		const Status status = read_chunk(at, {bytes, size}, deadline);
		return status.ok() ? kn_copy_to_user(buffer + done, bytes, size)
				   : base::to_errno(status);
	});
}

long Bar0::write_bytes(u64 buffer, kn_size count, u64 offset)
{
	u8 bytes[chunk_size];
	Deadline deadline;

	return for_each_chunk(function_.pci(), count, offset, [&](u16 at, kn_size done, kn_size size) {
		if (const int error = kn_copy_from_user(bytes, buffer + done, size))
			return error;
		return base::to_errno(write_chunk(at, {bytes, size}, deadline));
	});
}

/// What the device may have done with the vectors while MSI-X was disabled.
core::Shadow::Loss Bar0::vector_loss() const
{
	using core::Shadow;

	if (interrupts_.keeps_vectors(client_->epoch()))
		return Shadow::Loss::none;
	return interrupts_.vector_written_since_lapse() ? Shadow::Loss::any
							: Shadow::Loss::all_or_none;
}

/// Without I/O decoding, too: it is no access of the guest. Of a function that is broken, under reset
/// or in a low-power state no vector is remembered.
void Bar0::restore_vectors()
{
	Deadline deadline;

	if (!lock(deadline))
		return;
	const core::HeldMutex guard{mutex_};
	Access access = begin(function_.power(), deadline);
	const u32 epoch = client_->epoch();
	base::Result<bool> kept = false;
	if (const Status unmapped = clear_stale(access); !unmapped.ok())
		kept = unmapped.error();
	else
		kept = shadow_->restore_vectors(access.commands, access.moment, vector_loss());
	if (kept.get())
		interrupts_.vectors_kept(epoch);
	if (!kept.ok() && kn_ratelimit_ok(&function_.limit()))
		kn_warn(function_.pci(), "interrupt vectors not restored (%d)",
			base::to_errno(kept.error()));
}

/// A function that does not answer now is asked once commands succeed again.
void Bar0::find_loss()
{
	Restart &restart = function_.restart();
	kn_pci *const pci = function_.pci();
	core::Access status = core::read_access(core::LegacySpace::common, WIRE_LEGACY_STATUS, 1);
	base::usize done;
	Deadline deadline;

	if (!restart.begins())
		return;
	base::ScopeGuard later{[&restart] { restart.command_failed(); }};
	if (kn_pci_pm_get(pci))
		return;
	const base::ScopeGuard put{[pci] { kn_pci_pm_put(pci); }};
	if (!lock(deadline))
		return;
	const core::HeldMutex guard{mutex_};
	const Function::Power power = function_.power();
	Access access = begin(power, deadline);
	if (!shadow_ || !power.on || !function_.works())
		return;
	later.dismiss(); // a refusal is an answer, which is not asked for again
	if (!access.commands.execute({&status, 1}, done).ok() ||
	    !restart.found(static_cast<u8>(status.value)))
		return;
	function_.state().registers_lost();
	// A guest that uses the modern interface beside this one can cause any number.
	if (!kn_ratelimit_ok(&function_.limit()))
		return;
	kn_warn(pci, "the device lost its state: the guest's driver has to start it anew");
	kn_pci_uevent(pci, "VIRTIO_LEGACY_NEEDS_RESTART=1");
}

/// Notifications of 2 and 4 bytes come here: no other access needs to wait for them, and they should
/// cost little. The queue is in the first two of @count bytes.
long Bar0::notify(u64 buffer, kn_size count)
{
	kn_pci *const pci = function_.pci();
	Deadline deadline;
	u16 queue;

	if (const int error = kn_pci_pm_get(pci))
		return error;
	int error = kn_get_user16(&queue, buffer);
	if (!error && decodes(kn_pci_powered(pci), deadline))
		error = base::to_errno(doorbell_.ring(*client_, queue, deadline));
	kn_pci_pm_put(pci);
	return error ? error : static_cast<long>(count);
}

void Bar0::notify_late(u16 queue, u32 resets, Deadline &deadline)
{
	kn_pci *const pci = function_.pci();

	if (kn_pci_pm_get(pci))
		return;
	if (decodes(kn_pci_powered(pci), deadline))
		(void)doorbell_.ring_late(*client_, queue, resets, deadline);
	kn_pci_pm_put(pci);
}

} // namespace member
