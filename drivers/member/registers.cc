// SPDX-License-Identifier: GPL-2.0-only
// One piece of an access: forwarded as one admin command, or answered here.
#include "core/admin_command.hh"
#include "kernel/log.h"
#include "kernel/pci.h"
#include "kernel/time.h"
#include "member/device.hh"

namespace member {

using base::Error;
using base::to_errno;
using core::Piece;
using Where = core::Piece::Where;

namespace {

constexpr u32 poll_us = 1000;
/// How long VFIO may need to re-arm MSI-X, during which the device has no vector
/// registers though the guest's driver does.
constexpr u64 rearm_ms = 200;

constexpr Piece status_register = {
	.where = Where::common,
	.offset = WIRE_LEGACY_STATUS,
	.length = 1,
	.field = WIRE_LEGACY_STATUS,
};

virtio_owner_space space_of(const Piece &piece)
{
	return piece.where == Where::common ? VIRTIO_OWNER_COMMON : VIRTIO_OWNER_DEVICE;
}

bool is_vector(const Piece &piece)
{
	return piece.where == Where::common && piece.offset >= WIRE_LEGACY_CONFIG_VECTOR;
}

/// Only what no guest can cause ends an access with an error.
Status outcome(int error)
{
	return error == to_errno(Error::interrupted) ? Status{Error::interrupted} : Status{};
}

} // namespace

/// virtio 1.3, 4.1.4.10: the vector registers are there only while MSI-X is
/// enabled on the VF.
template <typename Command>
int Device::retry_vectors(const Piece &piece, u64 deadline, Command command)
{
	const u64 end = kn_now_ms() + rearm_ms;

	for (;;) {
		const int error = command();
		const u64 now = kn_now_ms();
		if (error != to_errno(Error::invalid) || !is_vector(piece) || now >= end ||
		    now >= deadline)
			return error;
		kn_sleep_us(poll_us);
	}
}

int Device::forward_read(const Piece &piece, Bytes data, u64 deadline)
{
	return retry_vectors(piece, deadline, [&] {
		return client_->read(space_of(piece), static_cast<u8>(piece.offset), data,
				     deadline);
	});
}

int Device::forward_write(const Piece &piece, ConstBytes data, u64 deadline)
{
	return retry_vectors(piece, deadline, [&] {
		return client_->write(space_of(piece), static_cast<u8>(piece.offset), data,
				      deadline);
	});
}

Status Device::read_piece(const Piece &piece, Bytes data, u64 deadline)
{
	switch (piece.where) {
	case Where::outside:
		base::fill_bytes(data, 0xff);
		return {};
	case Where::hole:
		base::fill_bytes(data, 0);
		return {};
	case Where::common:
	case Where::device:
		break;
	}

	int error = forward_read(piece, data, deadline);
	if (error == to_errno(Error::invalid) && piece.where == Where::device) {
		// This device's configuration may end in the field: what is there counts.
		base::fill_bytes(data, 0);
		error = data.size() > 1 ? read_bytewise(piece, data, deadline) : 0;
	}
	if (error)
		base::fill_bytes(data, 0xff);
	return outcome(error);
}

/// Byte by byte; one that the device does not have reads 0.
int Device::read_bytewise(Piece piece, Bytes data, u64 deadline)
{
	for (u8 &byte : data) {
		const int error = forward_read(piece, {&byte, 1}, deadline);
		if (error == to_errno(Error::invalid))
			byte = 0;
		else if (error)
			return error;
		piece.offset++;
	}
	return 0;
}

Status Device::write_piece(const Piece &piece, ConstBytes data, const Access &access)
{
	if (piece.writable == wire::Writable::no) // holes and what is outside, too
		return {};
	if (piece.where == Where::common)
		return write_register(piece, data, access);
	return outcome(forward_write(piece, data, access.deadline));
}

Status Device::write_register(const Piece &piece, ConstBytes data, const Access &access)
{
	switch (piece.field) {
	case WIRE_LEGACY_QUEUE_NOTIFY:
		// Half of the register: the low byte alone is an index below 256.
		if (piece.offset != WIRE_LEGACY_QUEUE_NOTIFY)
			return {};
		return ring(static_cast<u16>(base::load_le(data)), access.deadline);
	case WIRE_LEGACY_STATUS:
		if (data[0] == 0)
			return reset_device(access);
		break;
	default:
		break;
	}
	return outcome(forward_write(piece, data, access.deadline));
}

/// Writes status 0 and waits until it reads 0.
int Device::confirm_reset(u64 deadline)
{
	u8 value = 0;
	int error = forward_write(status_register, {&value, 1}, deadline);

	while (!error) {
		error = forward_read(status_register, {&value, 1}, deadline);
		if (error || value == 0)
			break;
		if (kn_now_ms() >= deadline)
			error = to_errno(Error::timed_out);
		else if (kn_killed())
			error = to_errno(Error::interrupted);
		else
			kn_sleep_us(poll_us);
	}
	return error;
}

/**
 * A status write of 0 completes when the device has confirmed it and its DMA has
 * arrived, because drivers that do not read back free their memory then.
 */
Status Device::reset_device(const Access &access)
{
	int error = confirm_reset(access.deadline);

	// The queue's trouble, or a want of the owner's, and not this device's: again,
	// while there is time.
	while ((error == to_errno(Error::io) || error == to_errno(Error::no_space)) &&
	       kn_now_ms() < access.deadline) {
		if (kn_killed()) {
			error = to_errno(Error::interrupted);
			break;
		}
		kn_sleep_us(poll_us);
		error = confirm_reset(access.deadline);
	}
	if (!error) {
		// A read's completion pushes the function's earlier writes ahead of it
		// (PCI Express Base, 2.4.1).
		(void)kn_pci_config_read(pci_, WIRE_PCI_STATUS, 2);
		return {};
	}
	// A function reset in between has done more than was asked.
	if (access.function_resets == function_resets_.load())
		break_member("reset not confirmed");
	return outcome(error);
}

/// After a function reset of a broken device: whether it is one again.
bool Device::answers_after_reset()
{
	u8 value = 0xff;

	return !forward_read(status_register, {&value, 1}, virtio_owner_deadline()) &&
	       value == 0;
}

/// After whatever can switch bus mastering on: not for a broken device.
void Device::keep_from_dma()
{
	if (broken_.load())
		kn_pci_clear_master(pci_);
}

void Device::break_member(const char *why)
{
	broken_.store(true);
	keep_from_dma();
	if (kn_ratelimit_ok(&limit_))
		kn_warn(pci_, "%s: off until its next function reset", why);
}

} // namespace member
