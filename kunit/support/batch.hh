// SPDX-License-Identifier: GPL-2.0-only
// Reads of one member that go together, as many as may.
#pragma once

#include "kunit/support/caller.hh"

namespace support {

struct Batch {
	core::Access accesses[VIRTIO_OWNER_MAX_ACCESSES];
	base::u32 id = 0; ///< the member's
	unsigned done = 0;

	/// For Caller::call(), with the batch as the context.
	static int call(void *context)
	{
		Batch &batch = *static_cast<Batch *>(context);

		for (core::Access &access : batch.accesses)
			access = core::read_access(core::LegacySpace::common, WIRE_LEGACY_STATUS, 1);
		return support::execute(fake::member(batch.id), batch.accesses,
					    VIRTIO_OWNER_MAX_ACCESSES, &batch.done,
					    virtio_owner_deadline());
	}
};

} // namespace support
