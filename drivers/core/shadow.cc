// SPDX-License-Identifier: GPL-2.0-only
// What is known of the registers, and what ends that knowledge.
#include "core/shadow.hh"

namespace core {

using base::Error;
using base::Status;

void Shadow::start(bool rules)
{
	forget();
	rules_ = rules;
}

void Shadow::forget()
{
	forget_registers();
	queues_.forget();
	device_features_.reset();
	base::fill_bytes({reinterpret_cast<u8 *>(ragged_), sizeof(ragged_)}, 0);
}

/// The device may have other registers than it was told to have. What the guest has
/// selected it may not even have been told.
void Shadow::distrust()
{
	forget_values();
	device_features_.reset();
	queues_.distrust();
}

/// What a reset by the guest changes. Two things outlive it:
///  - the features that the device offers, which are the device's and no driver's
///    (2.2; virtio drivers, and resets, come and go with the same device);
///  - sizes of queues, which a legacy driver cannot change (4.1.5.1.3), each with the
///    features that were accepted when it was read, because the number of queues
///    follows them (5.1.2).
void Shadow::forget_registers()
{
	forget_values();
	queues_.forget_registers();
}

void Shadow::forget_values()
{
	untouched_ = false;
	no_interrupts_ = false;
	isr_window_ = false;
	driver_features_.reset();
	status_.reset();
	config_vector_.reset();
	config_.drop();
}

/// What a device is like after a reset: no queue is on (virtio 1.3, 4.1.4.3.1), nothing
/// is mapped (4.1.5.1.2.1), nobody is notified (2.4), and nothing is negotiated. Nothing
/// else was known while it lasted.
void Shadow::confirmed()
{
	untouched_ = true;
	no_interrupts_ = true;
	driver_features_ = 0;
	status_ = u8{0};
	config_vector_ = u16{WIRE_NO_VECTOR};
	queues_.reset();
}

/// What has happened since the last access without one: mostly nothing.
void Shadow::observe(const LegacyDevice &device, const Moment &moment)
{
	const Era era = device.era();

	if (era != era_ || moment != moment_)
		notice(era, moment);
}

/**
 * Something has happened. A result that was under way during a reset is stored under the
 * old era, and so gone with the next look.
 */
void Shadow::notice(Era era, const Moment &moment)
{
	if (era.function != era_.function || moment.wakes != moment_.wakes)
		forget();
	else if (era.owner != era_.owner)
		distrust(); // the device may have noticed nothing of it
	// The vector registers come and go with MSI-X; what they were then is not said.
	if (moment.layout != moment_.layout || moment.msix_switches != moment_.msix_switches) {
		config_vector_.reset();
		queues_.forget_vectors();
		isr_window_ = false;
		config_.drop();
	}
	// After it has told the device something, a guest may expect an answer.
	if (moment.notifications != moment_.notifications) {
		isr_window_ = false;
		config_.drop();
	}
	era_ = era;
	moment_ = moment;
}

/**
 * A command that failed may have been executed, or may still be. Only EINVAL says
 * that it was not: then at most the register is unknown that it was to write, and
 * that one its sender has forgotten.
 */
Status Shadow::run(std::span<Access> accesses, usize &done, LegacyDevice &device)
{
	done = 0;
	const Status status = device.execute(accesses, done);

	if (!status.ok() && status.error() != Error::invalid)
		distrust();
	return status;
}

Status Shadow::run(Access &access, LegacyDevice &device)
{
	usize done;

	return run({&access, 1}, done, device);
}

/**
 * The value of a register without a command. It is right because:
 *  - device features, queue size: forget_registers() says why they last.
 *  - driver features, queue address: only the driver writes them; both are 0 after a
 *    reset. What a device made of bits that it does not know is read back once.
 *  - status: until DRIVER_OK a device changes it for an error only (NEEDS_RESET,
 *    2.1.2), and legacy drivers look for that afterwards. From DRIVER_OK on every read
 *    goes to the device.
 *  - ISR status: without a queue there is nothing to interrupt for. After a read, which
 *    cleared it, a bit that is set next may be seen late, as if it had been set late:
 *    a VF has no INTx that would tell. Not so with MSI-X on, where drivers take the
 *    configuration bit for an answer to an interrupt, nor after a notification.
 *  - vectors: NO_VECTOR after a reset (4.1.5.1.2); else what the device answered after
 *    it was written, for a failed mapping reads NO_VECTOR.
 */
std::optional<u32> Shadow::known(u16 field, const LegacyDevice &device) const
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

/// What the device answered.
void Shadow::learn(u16 field, u32 value, const LegacyDevice &device)
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
		isr_window_ = moment_.layout == MsixLayout::disabled;
		isr_read_us_ = device.now_us();
		break;
	default:
		break;
	}
}

} // namespace core
