// SPDX-License-Identifier: GPL-2.0-only
// Reads of one member that go together, as many as may.
#pragma once

#include "kunit/fake/fake.hh"

namespace support {

struct Batch {
	virtio_owner_access accesses[VIRTIO_OWNER_MAX_ACCESSES];
	base::u32 id = 0; ///< the member's
	unsigned done = 0;

	/// For Caller::call(), with the batch as the context.
	static int call(void *context)
	{
		Batch &batch = *static_cast<Batch *>(context);

		for (virtio_owner_access &access : batch.accesses)
			access = {.space = VIRTIO_OWNER_COMMON, .write = false,
				  .offset = WIRE_LEGACY_STATUS, .length = 1, .data = {}};
		return virtio_owner_legacy_access(fake::member(batch.id), batch.accesses,
						  VIRTIO_OWNER_MAX_ACCESSES, &batch.done,
						  virtio_owner_deadline());
	}
};

} // namespace support
