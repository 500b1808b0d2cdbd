// SPDX-License-Identifier: GPL-2.0-only
// The guest's accesses to BAR0: of any width, at any offset. They are cut into
// single fields; user memory is copied outside the member's mutex.
#include "base/guard.hh"
#include "kernel/memory.h"
#include "member/device.hh"

namespace member {

using base::Error;
using core::AccessPlan;
using core::Piece;

namespace {

/// Bytes of an access that are done between two copies of user memory.
constexpr kn_size chunk_size = 64;
/// More than a BAR's worth and a page is done in several calls, so that each
/// has an end.
constexpr kn_size max_access = 4096;
/// The largest offset that can be in any BAR0; everything above is outside.
constexpr u64 offset_limit = 0x8000;

kn_size minimum(kn_size a, kn_size b)
{
	return a < b ? a : b;
}

u16 bar_offset(u64 offset)
{
	return static_cast<u16>(offset < offset_limit ? offset : offset_limit);
}

/// What an access returns that @error ended: what was done has happened.
long partly(kn_size done, int error)
{
	return done ? static_cast<long>(done) : error;
}

} // namespace

inline core::MsixLayout Device::msix_layout() const
{
	// The guest's own bit, if the VMM forwards it; else what VFIO was told.
	if (const auto seen = view_->msix())
		return *seen;
	return kn_vfio_msix_enabled(vfio_) ? core::MsixLayout::enabled
					   : core::MsixLayout::disabled;
}

inline core::Shadow::Moment Device::moment() const
{
	return {.layout = msix_layout(),
		.msix_switches = view_->msix_switches(),
		.wakes = wakes_.load(),
		.notifications = notifications_.load()};
}

/// Waiting for another access is part of the time.
inline Status Device::lock(Deadline &deadline)
{
	if (kn_mutex_trylock(&mutex_))
		return {};
	(void)deadline.get();
	return kn_mutex_lock_killable(&mutex_) ? Status{Error::interrupted} : Status{};
}

Status Device::read_chunk(u16 offset, Bytes data, Deadline &deadline)
{
	TRY(lock(deadline));
	const base::ScopeGuard unlock{[this] { kn_mutex_unlock(&mutex_); }};
	// Before decodes(): a function reset that begins after this is another era.
	Commands commands{*client_, function_, deadline};
	Access current{commands, moment()};
	if (!decodes()) {
		base::fill_bytes(data, 0xff);
		return {};
	}

	AccessPlan plan{*identity_.type, current.moment.layout, offset,
			static_cast<u16>(data.size())};
	for (Piece piece; plan.next(piece);)
		TRY(read_piece(piece, data.subspan(piece.position, piece.length), current));
	return {};
}

Status Device::write_chunk(u16 offset, ConstBytes data, Deadline &deadline)
{
	TRY(lock(deadline));
	const base::ScopeGuard unlock{[this] { kn_mutex_unlock(&mutex_); }};
	// Before decodes(): a function reset that begins after this is another era.
	Commands commands{*client_, function_, deadline};
	Access current{commands, moment()};
	if (!decodes())
		return {};

	AccessPlan plan{*identity_.type, current.moment.layout, offset,
			static_cast<u16>(data.size())};
	for (Piece piece; plan.next(piece);)
		TRY(write_piece(piece, data.subspan(piece.position, piece.length), current));
	return {};
}

long Device::read_bar(u64 buffer, kn_size count, u64 offset)
{
	const kn_size size = minimum(count, max_access);
	kn_size done = 0;
	u8 bytes[chunk_size];
	Deadline deadline;

	if (const int error = kn_pci_pm_get(pci_))
		return error;
	const base::ScopeGuard put{[this] { kn_pci_pm_put(pci_); }};

	while (done < size) {
		const kn_size chunk = minimum(size - done, chunk_size);
		const Status read = read_chunk(bar_offset(offset + done), {bytes, chunk}, deadline);
		if (!read.ok())
			return partly(done, base::to_errno(read));
		if (const int error = kn_copy_to_user(buffer + done, bytes, chunk))
			return partly(done, error);
		done += chunk;
	}
	return static_cast<long>(done);
}

long Device::write_bar(u64 buffer, kn_size count, u64 offset)
{
	const kn_size size = minimum(count, max_access);
	kn_size done = 0;
	u8 bytes[chunk_size];
	Deadline deadline;

	if (const int error = kn_pci_pm_get(pci_))
		return error;
	const base::ScopeGuard put{[this] { kn_pci_pm_put(pci_); }};

	while (done < size) {
		const kn_size chunk = minimum(size - done, chunk_size);
		if (const int error = kn_copy_from_user(bytes, buffer + done, chunk))
			return partly(done, error);
		const Status written =
			write_chunk(bar_offset(offset + done), {bytes, chunk}, deadline);
		if (!written.ok())
			return partly(done, base::to_errno(written));
		done += chunk;
	}
	return static_cast<long>(done);
}

} // namespace member
