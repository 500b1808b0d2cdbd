// SPDX-License-Identifier: GPL-2.0-only
// One piece of an access to BAR0.
#include "member/bar0.hh"

namespace member {

using base::Error;
using core::Piece;
using Where = core::Piece::Where;

Status Bar0::read_piece(const Piece &piece, Bytes data, Access &access)
{
	switch (piece.where) {
	case Where::none:
		base::fill_bytes(data, 0xff);
		return {};
	case Where::hole:
		base::fill_bytes(data, 0);
		return {};
	case Where::common:
	case Where::device:
		break;
	}

	if (piece.where == Where::common && piece.field == WIRE_LEGACY_ISR && intx_ &&
	    intx_->line().armed()) {
		base::store_le(data, intx_->line().read_isr());
		return {};
	}
	Status status = shadow_->read(piece, data, access.commands, access.moment);
	if (!status.ok() && status.error() == Error::invalid && piece.where == Where::device)
		// The device's configuration may end in the field.
		status = read_bytewise(piece, data, access);
	if (!status.ok())
		base::fill_bytes(data, 0xff);
	return guest_outcome(status);
}

/// Reads byte by byte. A byte that the device does not have reads 0.
Status Bar0::read_bytewise(Piece piece, Bytes data, Access &access)
{
	if (data.size() == 1) {
		data[0] = 0;
		return {};
	}
	piece.length = 1;
	for (u8 &byte : data) {
		const Status status =
			shadow_->read(piece, {&byte, 1}, access.commands, access.moment);
		if (!status.ok() && status.error() != Error::invalid)
			return status;
		if (!status.ok())
			byte = 0;
		piece.offset++;
	}
	return {};
}

Status Bar0::write_piece(const Piece &piece, ConstBytes data, Access &access)
{
	if (piece.writable == wire::Writable::no) // also holes, and the middle of a register
		return {};
	if (piece.where == Where::common)
		return write_register(piece, data, access);
	return guest_outcome(shadow_->write(piece, data, access.commands, access.moment));
}

/// Without rules, a reset is a write as any other.
inline Status Bar0::write_status(const Piece &piece, ConstBytes data, Access &access)
{
	if (data[0] == 0 && shadow_->rules())
		return reset_device(access);
	const Status status = shadow_->write(piece, data, access.commands, access.moment);
	if (status.ok())
		function_.restart().wrote(data[0]);
	if (status.ok() && data[0] & WIRE_STATUS_DRIVER_OK)
		driver_ok(access);
	return guest_outcome(status);
}

Status Bar0::write_register(const Piece &piece, ConstBytes data, Access &access)
{
	switch (piece.field) {
	case WIRE_LEGACY_QUEUE_ADDRESS:
		return write_address(piece, data, access);
	case WIRE_LEGACY_QUEUE_NOTIFY:
		return doorbell_.ring(*client_, static_cast<u16>(base::load_le(data)),
				      access.commands.deadline());
	case WIRE_LEGACY_STATUS:
		return write_status(piece, data, access);
	default:
		break;
	}
	const Status status = shadow_->write(piece, data, access.commands, access.moment);
	if (piece.field >= WIRE_LEGACY_CONFIG_VECTOR)
		interrupts_.vector_written();
	return guest_outcome(status);
}

} // namespace member
