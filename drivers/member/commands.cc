// SPDX-License-Identifier: GPL-2.0-only
#include "member/commands.hh"

#include "kernel/time.h"

namespace member {

using base::Error;
using base::Status;
using core::LegacyAccess;

namespace {

constexpr u32 poll_us = 1000;
/// How long VFIO may need to re-arm MSI-X, during which the device has no vector
/// registers though the guest's driver does.
constexpr u64 rearm_ms = 200;

bool is_vector(const LegacyAccess &access)
{
	return access.space == core::LegacySpace::common &&
	       access.offset >= WIRE_LEGACY_CONFIG_VECTOR;
}

} // namespace

/// virtio 1.3, 4.1.4.10: the vector registers are there only while MSI-X is
/// enabled on the VF.
Status Commands::execute(std::span<LegacyAccess> accesses, usize &done)
{
	u64 end = 0; // of the re-arming that is waited for

	for (done = 0;;) {
		usize more = 0;
		const int error = client_.execute(accesses.subspan(done), more, deadline_);
		done += more;
		if (!error)
			return {};
		if (error != base::to_errno(Error::invalid) || !is_vector(accesses[done]))
			return base::from_errno(error);
		const u64 now = kn_now_ms();
		if (end == 0)
			end = now + rearm_ms;
		if (now >= end || now >= deadline_)
			return Error::invalid;
		kn_sleep_us(poll_us);
	}
}

core::Era Commands::era() const
{
	return {.function = resets_before_, .owner = client_.epoch()};
}

u64 Commands::now_us() const
{
	return kn_now_us();
}

} // namespace member
