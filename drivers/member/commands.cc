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

Status Commands::execute(std::span<Access> accesses, usize &done)
{
	const Status status = client_.execute(accesses, done, deadline_);

	if (!status.ok() && lacks_vector(status, accesses[done]))
		return await_vectors(accesses, done);
	return status;
}

/// virtio 1.3, 4.1.4.10: the vector registers are there only while MSI-X is
/// enabled on the VF. The access that needs one is number @done.
Status Commands::await_vectors(std::span<Access> accesses, usize &done)
{
	u64 now = kn_now_ms();

	for (const u64 end = now + rearm_ms; now < end && now < deadline_.get(); now = kn_now_ms()) {
		usize more = 0;
		kn_sleep_us(poll_us);
		const Status status = client_.execute(accesses.subspan(done), more, deadline_);
		done += more;
		if (status.ok() || !lacks_vector(status, accesses[done]))
			return status;
	}
	return Error::invalid;
}

core::Era Commands::era() const
{
	return {.function = phase_, .owner = client_.epoch()};
}

u64 Commands::now_us() const
{
	return kn_now_us();
}

} // namespace member
