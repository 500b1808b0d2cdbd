// SPDX-License-Identifier: GPL-2.0-only
#include "member/commands.hh"

#include "kernel/time.h"

namespace member {

using base::Error;
using base::Status;
using core::Access;

namespace {

constexpr u32 poll_us = 1000;
/// How long VFIO may need to re-arm MSI-X, during which the device has no vector
/// registers though the guest's driver does.
constexpr u64 rearm_ms = 200;

bool is_vector(const Access &access)
{
	return (access.opcode == WIRE_ADMIN_LEGACY_COMMON_CFG_READ ||
		access.opcode == WIRE_ADMIN_LEGACY_COMMON_CFG_WRITE) &&
	       access.offset >= WIRE_LEGACY_CONFIG_VECTOR;
}

bool lacks_vector(const Status &status, const Access &access)
{
	return status.error() == Error::invalid && is_vector(access);
}

} // namespace

/// virtio 1.3, 4.1.4.10: the vector registers are there only while MSI-X is enabled on the VF. An
/// access that needs one is the last of @accesses.
Status Commands::execute(std::span<Access> accesses, usize &done)
{
	done = 0;
	if (is_vector(accesses.back()) && !vectors_are_ours_)
		TRY(await_msix());
	const Status status = submit(accesses, done);

	if (!status.ok() && !vectors_are_ours_ && lacks_vector(status, accesses[done]))
		return retry_vector(accesses, done);
	return status;
}

/// The device refused the vector register of access number @done. VFIO may have disabled MSI-X since
/// await_msix(). If it has not, the second refusal is final: the kernel's client logs each.
Status Commands::retry_vector(std::span<Access> accesses, usize &done)
{
	usize more = 0;

	kn_sleep_us(poll_us);
	TRY(await_msix());
	const Status status = submit(accesses.subspan(done), more);
	done += more;
	return status;
}

/// Waits until VFIO has MSI-X enabled, as long as it may need to change vectors. Return: success,
/// Error::invalid as the device would, or Error::interrupted.
Status Commands::await_msix()
{
	kn_vfio *const vfio = function_.vfio();

	if (kn_vfio_msix_enabled(vfio))
		return {};
	u64 now = kn_now_ms();
	for (const u64 end = now + rearm_ms; now < end && now < deadline_.get(); now = kn_now_ms()) {
		if (kn_killed())
			return Error::interrupted;
		kn_sleep_us(poll_us);
		if (kn_vfio_msix_enabled(vfio))
			return {};
	}
	return Error::invalid;
}

core::Era Commands::era() const
{
	return {.function = phase_, .owner = function_.client().epoch()};
}

u64 Commands::now_us() const
{
	return kn_now_us();
}

} // namespace member
