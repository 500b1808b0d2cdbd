// SPDX-License-Identifier: GPL-2.0-only
// The vector registers (virtio 1.3, 4.1.4.10 and 4.1.5.1.2).
#include "core/shadow.hh"

namespace core {

using base::Error;
using base::Result;
using base::Status;

namespace {

Access vector_read(u16 field)
{
	return read_access(LegacySpace::common, field, sizeof(u16));
}

Access vector_write(u16 field, u16 vector)
{
	return write_access(LegacySpace::common, field, vector, sizeof(vector));
}

} // namespace

void Shadow::remember_vector(u16 field, u16 vector)
{
	const auto queue = known_.queues().current();

	if (field == WIRE_LEGACY_CONFIG_VECTOR)
		vectors_.set_config(vector);
	else if (queue)
		vectors_.set_queue(*queue, vector);
}

/// The device refused a write of the register @field: the value, or the register?
void Shadow::probe_vector(u16 field, LegacyDevice &device)
{
	Access access = vector_read(field);
	const Status status = known_.run(access, device);

	if (!status.ok() && status.error() == Error::invalid)
		known_.registers().refuse(field);
}

/// With its read-back, which every driver needs: a mapping may fail (4.1.5.1.2).
Status Shadow::write_vector(u16 field, u16 vector, LegacyDevice &device)
{
	Access accesses[2] = {vector_write(field, vector), vector_read(field)};
	usize done;

	if (known_.registers().refused(field))
		return Error::invalid;
	if (field == WIRE_LEGACY_QUEUE_VECTOR)
		TRY(known_.send_selection(device));
	known_.registers().vector_write_begins(field);
	const Status status = known_.run(accesses, done, device);
	if (done == 0) {
		// Unless the device has refused it, it may have executed it.
		if (status.error() == Error::invalid)
			probe_vector(field, device);
		else
			remember_vector(field, vector);
		return status;
	}
	remember_vector(field, vector);
	if (!status.ok())
		return {}; // the guest has not asked for it yet
	remember_vector(field, static_cast<u16>(accesses[1].value));
	known_.registers().vector_written(field, static_cast<u16>(accesses[1].value));
	return {};
}

/// Ensures that the register @field, of the queue that is selected, has @vector. Return: whether the
/// device had it all the time: it did before MSI-X was disabled, and no command that failed may have
/// written it since.
Result<bool> Shadow::restore_vector(u16 field, u16 vector, LegacyDevice &device)
{
	const bool known = known_.registers().value(field, device) == vector;
	Access access = vector_read(field);

	if (field == WIRE_LEGACY_QUEUE_VECTOR)
		TRY(known_.send_selection(device));
	TRY(known_.run(access, device));
	if (access.value == vector)
		return known;
	TRY(write_vector(field, vector, device));
	if (known_.registers().value(field, device) == vector)
		return false;
	remember_vector(field, vector); // for the next time
	return Error::no_space;
}

/// Restores the vectors, or only reads the first if @one_tells and it was kept. Return: whether it was.
Result<bool> Shadow::restore_each(bool one_tells, LegacyDevice &device)
{
	if (vectors_.config() != WIRE_NO_VECTOR) {
		const bool kept =
			TRY(restore_vector(WIRE_LEGACY_CONFIG_VECTOR, vectors_.config(), device));
		if (kept && one_tells)
			return true;
		one_tells = false;
	}
	for (u16 queue = 0; queue < tracked_queues; queue++) {
		if (vectors_.queue(queue) == WIRE_NO_VECTOR)
			continue;
		known_.queues().select(queue);
		const bool kept =
			TRY(restore_vector(WIRE_LEGACY_QUEUE_VECTOR, vectors_.queue(queue), device));
		if (kept && one_tells)
			return true;
		one_tells = false;
	}
	return false;
}

Result<bool> Shadow::restore_vectors(LegacyDevice &device, const Moment &moment, Loss loss)
{
	observe(device, moment);
	known_.registers().msix_rearmed();
	if (loss == Loss::none)
		return false;
	const auto selection = known_.queues().current();
	const Result<bool> kept = restore_each(loss == Loss::all_or_none, device);
	if (selection)
		known_.queues().select(*selection);
	return kept;
}

} // namespace core
