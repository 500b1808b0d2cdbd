// SPDX-License-Identifier: GPL-2.0-only
// Vectors of the driver's in the device, for guests without MSI-X (virtio 1.3, 4.1.5.1.2). Those of the
// guest are in shadow_vectors.cc.
#include "core/shadow.hh"

namespace core {

using base::Error;
using base::Status;

/// The guest sees no vector register now. What is known of it ends.
Status Shadow::map_vector(u16 field, u16 vector, LegacyDevice &device)
{
	Access accesses[2] = {
		write_access(LegacySpace::common, field, vector, sizeof(vector)),
		read_access(LegacySpace::common, field, sizeof(vector)),
	};
	usize done;

	if (field == WIRE_LEGACY_QUEUE_VECTOR)
		TRY(known_.send_selection(device));
	known_.registers().vector_write_begins(field);
	TRY(known_.run(accesses, done, device));
	return accesses[1].value == vector ? Status{} : Status{Error::no_space};
}

Status Shadow::map_live(IntxVectors &vectors, u16 vector, LegacyDevice &device)
{
	const auto selection = known_.queues().current();
	Status status;

	for (u32 at = 0; at < vectors.reach() && status.ok(); at++) {
		const u16 queue = static_cast<u16>(at);
		if (!vectors.live(queue) || vectors.mapped(queue))
			continue;
		known_.queues().select(queue);
		vectors.queue_written(queue, false);
		status = map_vector(WIRE_LEGACY_QUEUE_VECTOR, vector, device);
		vectors.queue_written(queue, status.ok());
	}
	if (selection)
		known_.queues().select(*selection);
	return status;
}

Status Shadow::unmap(IntxVectors &vectors, LegacyDevice &device, const Moment &moment)
{
	Status status;

	observe(device, moment);
	const auto selection = known_.queues().current();
	if (vectors.stale_config())
		status = map_vector(WIRE_LEGACY_CONFIG_VECTOR, WIRE_NO_VECTOR, device);
	for (u32 at = 0; at < vectors.reach() && status.ok(); at++) {
		const u16 queue = static_cast<u16>(at);
		if (!vectors.stale(queue))
			continue;
		known_.queues().select(queue);
		status = map_vector(WIRE_LEGACY_QUEUE_VECTOR, WIRE_NO_VECTOR, device);
	}
	if (selection)
		known_.queues().select(*selection);
	if (status.ok())
		vectors.cleared();
	return status;
}

} // namespace core
