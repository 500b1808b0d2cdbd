// SPDX-License-Identifier: GPL-2.0-only
// The commands that an access needs, if any. A write never follows another command
// before that one has succeeded: behind a selection that failed it would go to
// another queue.
#include "core/shadow.hh"

namespace core {

using base::Error;
using base::Status;

namespace {

/// Whether the register is the selected queue's (4.1.4.10).
bool is_of_queue(u16 field)
{
	return field == WIRE_LEGACY_QUEUE_ADDRESS || field == WIRE_LEGACY_QUEUE_SIZE ||
	       field == WIRE_LEGACY_QUEUE_VECTOR;
}

LegacySpace space_of(const Piece &piece)
{
	return piece.where == Piece::Where::common ? LegacySpace::common : LegacySpace::device;
}

Access access_to(const Piece &piece)
{
	return read_access(space_of(piece), piece.offset, piece.command_length());
}

/// What a write of @data gives the field: a wider access than the register is cut.
u64 written_value(const Piece &piece, ConstBytes data)
{
	const usize length = piece.command_length();

	return base::load_le(data.size() > length ? data.first(length) : data);
}

Access access_to(const Piece &piece, ConstBytes data)
{
	return write_access(space_of(piece), piece.offset, written_value(piece, data),
			    piece.command_length());
}

Access register_access(const Piece &piece)
{
	return read_access(LegacySpace::common, piece.field, piece.width);
}

Access register_access(const Piece &piece, u32 value)
{
	return write_access(LegacySpace::common, piece.field, value, piece.width);
}

Access status_read()
{
	return read_access(LegacySpace::common, WIRE_LEGACY_STATUS, 1);
}

Access status_write(u8 status)
{
	return write_access(LegacySpace::common, WIRE_LEGACY_STATUS, status, 1);
}

} // namespace

Status Shadow::read(const Piece &piece, Bytes data, LegacyDevice &device, const Moment &moment)
{
	if (!rules_)
		return forward(piece, data, device);
	observe(device, moment);
	if (piece.where == Piece::Where::device)
		return read_config(piece, data, device);
	known_.config().drop();
	if (const auto value = known_.registers().value(piece.field, device)) {
		base::store_le(data, *value);
		return {};
	}
	return read_register(piece, data, device);
}

/// One command for what was asked, and nothing else.
Status Shadow::forward(const Piece &piece, Bytes data, LegacyDevice &device)
{
	Access access = access_to(piece);

	TRY(known_.run(access, device));
	base::store_le(data, access.value);
	return {};
}

/// A selection that waits goes together with the read: both may be repeated.
Status Shadow::read_register(const Piece &piece, Bytes data, LegacyDevice &device)
{
	Access own = register_access(piece);
	const auto queue = is_of_queue(piece.field) || piece.field == WIRE_LEGACY_QUEUE_SELECT
				   ? known_.queues().to_send()
				   : std::nullopt;

	if (known_.registers().refused(piece.field))
		return Error::invalid;
	const Status status =
		queue ? known_.run_selected(*queue, own, device) : known_.run(own, device);
	if (!status.ok()) {
		// Of the register, if the device took the selection.
		if (status.error() == Error::invalid && !(queue && known_.queues().to_send()))
			known_.registers().refuse(piece.field);
		return status;
	}
	const u32 value = static_cast<u32>(own.value);
	known_.registers().learn(piece.field, value, moment_.layout, device);
	base::store_le(data, value);
	return {};
}

/**
 * The first byte of a field fetches all of it, for guests that read byte by byte.
 * Nothing is kept longer: the device may change it, and tell a guest with MSI-X by an
 * interrupt that is not seen here.
 */
Status Shadow::read_config(const Piece &piece, Bytes data, LegacyDevice &device)
{
	if (known_.config().take(piece.offset, data, device.now_us()))
		return {};
	if (known_.refused_reads().has(piece))
		return Error::invalid;

	const u16 end = static_cast<u16>(piece.field + piece.width);
	const u16 start = piece.width > max_legacy_data ? piece.offset : piece.field;
	const usize rest = static_cast<usize>(end - start);
	const usize length = base::minimum(rest, max_legacy_data);

	if (length > piece.length && !known_.refused_reads().has_whole(piece.field)) {
		Access whole = read_access(LegacySpace::device, start, length);
		const Status status = known_.run(whole, device);
		if (status.ok()) {
			// At one time: a snapshot that expires in between would give nothing.
			const u64 now_us = device.now_us();

			known_.config().fill(start, whole.value, whole.length, now_us);
			(void)known_.config().take(piece.offset, data, now_us);
			return {};
		}
		if (status.error() != Error::invalid)
			return status;
		// The device's configuration ends in this field.
		known_.refused_reads().add_whole(piece.field);
	}
	const Status status = forward(piece, data, device);
	if (!status.ok() && status.error() == Error::invalid)
		known_.refused_reads().add(piece);
	return status;
}

Status Shadow::write(const Piece &piece, ConstBytes data, LegacyDevice &device,
		     const Moment &moment)
{
	if (!rules_) {
		Access access = access_to(piece, data);
		return known_.run(access, device);
	}
	observe(device, moment);
	known_.config().drop();
	if (piece.where == Piece::Where::device)
		return write_config(piece, data, device);
	return write_register(piece, static_cast<u32>(written_value(piece, data)), device);
}

Status Shadow::write_register(const Piece &piece, u32 value, LegacyDevice &device)
{
	if (piece.field == WIRE_LEGACY_QUEUE_SELECT)
		return write_select(static_cast<u16>(value), device);
	if (known_.registers().changes_nothing(piece.field, value))
		return {};
	known_.registers().write_begins();
	switch (piece.field) {
	case WIRE_LEGACY_DRIVER_FEATURES:
		return write_features(register_access(piece, value), device);
	case WIRE_LEGACY_QUEUE_ADDRESS:
		return write_address(register_access(piece, value), device);
	case WIRE_LEGACY_STATUS:
		return write_status(static_cast<u8>(value), device);
	default:
		return write_vector(piece.field, static_cast<u16>(value), device);
	}
}

/**
 * A selection has no effect of its own, so it waits for the register that it is for.
 * Another selection makes it void, if the device certainly takes that one: a device may
 * ignore a selection of what it does not have, and keep the one before.
 */
Status Shadow::write_select(u16 queue, LegacyDevice &device)
{
	Status status;

	if (known_.queues().must_send_before(queue))
		status = known_.send_selection(device);
	known_.queues().select(queue);
	return status;
}

Status Shadow::write_features(Access access, LegacyDevice &device)
{
	known_.registers().features_write_begins();
	TRY(known_.run(access, device));
	known_.registers().features_written(static_cast<u32>(access.value));
	known_.refused_reads().clear();
	return {};
}

/// At once, not with DRIVER_OK: legacy drivers use queues before that.
Status Shadow::write_address(Access access, LegacyDevice &device)
{
	TRY(known_.send_selection(device));
	known_.registers().address_write_begins();
	TRY(known_.run(access, device));
	known_.registers().address_written(static_cast<u32>(access.value));
	if (access.value == 0)
		known_.refused_reads().clear();
	return {};
}

Status Shadow::write_status(u8 status, LegacyDevice &device)
{
	Access access = status_write(status);

	known_.registers().status_write_begins(status);
	TRY(known_.run(access, device));
	known_.registers().status_written(status);
	return {};
}

Status Shadow::write_config(const Piece &piece, ConstBytes data, LegacyDevice &device)
{
	Access access = access_to(piece, data);

	known_.registers().config_write_begins();
	TRY(known_.run(access, device));
	known_.refused_reads().clear();
	return {};
}

Status Shadow::reset(u8 &status, LegacyDevice &device, const Moment &moment)
{
	Access accesses[2] = {status_write(0), status_read()};
	usize done;

	observe(device, moment);
	known_.registers().reset_begins();
	known_.config().drop();
	known_.refused_reads().clear();
	vectors_.clear();
	TRY(known_.run(accesses, done, device));
	status = static_cast<u8>(accesses[1].value);
	if (status == 0)
		known_.registers().reset_confirmed();
	return {};
}

Status Shadow::look(u8 &status, LegacyDevice &device, const Moment &moment)
{
	Access access = status_read();

	observe(device, moment);
	TRY(known_.run(access, device));
	status = static_cast<u8>(access.value);
	if (status == 0)
		known_.registers().reset_confirmed();
	return {};
}

} // namespace core
