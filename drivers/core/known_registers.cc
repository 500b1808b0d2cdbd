// SPDX-License-Identifier: GPL-2.0-only
#include "core/known_registers.hh"

namespace core {

namespace {

/// Status bits that change nothing but the driver's place in the initialization (virtio 1.3, 2.1):
/// the device keeps them as they were written.
constexpr u8 plain_status_bits = WIRE_STATUS_ACKNOWLEDGE | WIRE_STATUS_DRIVER | WIRE_STATUS_FAILED;

} // namespace

void KnownRegisters::forget()
{
	reset_begins();
	queues_.forget();
	device_features_.reset();
}

void KnownRegisters::distrust()
{
	forget_values();
	device_features_.reset();
	queues_.distrust();
}

/// Two things outlive a reset by the guest:
///  - the features that the device offers, which are the device's and no driver's
///    (2.2; virtio drivers, and resets, come and go with the same device);
///  - sizes of queues, which a legacy driver cannot change (4.1.5.1.3), each with the
///    features that were accepted when it was read, because the number of queues
///    follows them (5.1.2).
void KnownRegisters::reset_begins()
{
	forget_values();
	queues_.forget_registers();
}

void KnownRegisters::forget_values()
{
	untouched_ = false;
	no_interrupts_ = false;
	isr_window_ = false;
	vectors_refused_ = false;
	driver_features_.reset();
	status_.reset();
	config_vector_.reset();
}

/// After a reset no queue is on (virtio 1.3, 4.1.4.3.1), nothing is mapped (4.1.5.1.2.1), no
/// interrupt is sent (2.4), and nothing is negotiated. Nothing else was known while it lasted.
void KnownRegisters::reset_confirmed()
{
	untouched_ = true;
	no_interrupts_ = true;
	driver_features_ = 0;
	status_ = u8{0};
	config_vector_ = u16{WIRE_NO_VECTOR};
	queues_.reset();
}

void KnownRegisters::msix_changed()
{
	config_vector_.reset();
	queues_.forget_vectors();
	isr_window_ = false;
	vectors_refused_ = false;
}

/**
 * The value of a register without a command. It is right because:
 *  - device features, queue size: reset_begins() says why they last.
 *  - driver features, queue address: only the driver writes them; both are 0 after a
 *    reset. What a device made of bits that it does not know is read back once.
 *  - status: until DRIVER_OK a device changes it for an error only (NEEDS_RESET,
 *    2.1.2), and legacy drivers look for that afterwards. From DRIVER_OK on every read
 *    goes to the device.
 *  - ISR status: without a queue there is nothing to interrupt for. After a read, which
 *    cleared it, a bit that is set next may be seen late, as if it had been set late:
 *    no interrupt tells of it. Not so with MSI-X on, where drivers take the
 *    configuration bit for an answer to an interrupt, nor after a notification. While
 *    the driver has vectors of its own, ISR status is not read from the device at all.
 *  - vectors: NO_VECTOR after a reset (4.1.5.1.2); else what the device answered after
 *    it was written, for a failed mapping reads NO_VECTOR.
 */
std::optional<u32> KnownRegisters::value(u16 field, const LegacyDevice &device) const
{
	switch (field) {
	case WIRE_LEGACY_DEVICE_FEATURES:
		return device_features_;
	case WIRE_LEGACY_DRIVER_FEATURES:
		return driver_features_;
	case WIRE_LEGACY_QUEUE_ADDRESS:
		return queues_.address();
	case WIRE_LEGACY_QUEUE_SIZE:
		return queues_.size();
	case WIRE_LEGACY_STATUS:
		return status_;
	case WIRE_LEGACY_ISR:
		if (no_interrupts_ || (isr_window_ && device.now_us() - isr_read_us_ < isr_window_us))
			return 0;
		return std::nullopt;
	case WIRE_LEGACY_CONFIG_VECTOR:
		return config_vector_;
	case WIRE_LEGACY_QUEUE_VECTOR:
		return queues_.vector();
	default:
		return std::nullopt;
	}
}

void KnownRegisters::learn(u16 field, u32 value, MsixLayout layout, const LegacyDevice &device)
{
	switch (field) {
	case WIRE_LEGACY_DEVICE_FEATURES:
		device_features_ = value;
		break;
	case WIRE_LEGACY_DRIVER_FEATURES:
		driver_features_ = value;
		break;
	case WIRE_LEGACY_QUEUE_SIZE:
		queues_.learn_size(static_cast<u16>(value));
		break;
	case WIRE_LEGACY_ISR:
		isr_window_ = layout == MsixLayout::disabled;
		isr_read_us_ = device.now_us();
		break;
	default:
		break;
	}
}

/**
 * Drivers that go switch off, queue by queue, what their reset has switched off:
 *  - NO_VECTOR where nothing is mapped;
 *  - a queue address of 0 while nothing at all was written since the reset. Later it
 *    would not do: there are devices that reset themselves by it. What is left to tell
 *    is the selection, which QEMU forgets with it; drivers select before each use.
 */
bool KnownRegisters::changes_nothing(u16 field, u32 value) const
{
	switch (field) {
	case WIRE_LEGACY_QUEUE_ADDRESS:
		return value == 0 && untouched_;
	case WIRE_LEGACY_CONFIG_VECTOR:
		return value == WIRE_NO_VECTOR && config_vector_ == u16{WIRE_NO_VECTOR};
	case WIRE_LEGACY_QUEUE_VECTOR:
		return value == WIRE_NO_VECTOR && queues_.vector() == u16{WIRE_NO_VECTOR};
	default:
		return false;
	}
}

void KnownRegisters::config_write_begins()
{
	untouched_ = false;
	device_features_.reset();
}

void KnownRegisters::features_write_begins()
{
	driver_features_.reset();
	queues_.accept_unknown();
}

void KnownRegisters::address_write_begins()
{
	no_interrupts_ = false;
	queues_.set_address(std::nullopt);
}

/// An address of 0 resets some devices as a whole.
void KnownRegisters::address_written(u32 address)
{
	if (address != 0)
		queues_.set_address(address);
	else
		reset_begins();
}

void KnownRegisters::status_write_begins(u8 status)
{
	status_.reset();
	if (status & WIRE_STATUS_DRIVER_OK)
		no_interrupts_ = false;
}

void KnownRegisters::status_written(u8 status)
{
	if (!(status & ~plain_status_bits))
		status_ = status;
}

void KnownRegisters::set_vector(u16 field, std::optional<u16> vector)
{
	if (field == WIRE_LEGACY_CONFIG_VECTOR)
		config_vector_ = vector;
	else
		queues_.set_vector(vector);
}

} // namespace core
