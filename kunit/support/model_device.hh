// SPDX-License-Identifier: GPL-2.0-only
// A legacy device of plain variables for core::Shadow, and a guest on top of it.
#pragma once

#include "core/shadow.hh"
#include "kunit/test.hh"

namespace support {

using base::u16;
using base::u32;
using base::u64;
using base::u8;
using base::usize;

/// Offsets of registers, by the names of virtio 1.3, 4.1.4.10.
namespace at {
constexpr u16 features = 0, driver_features = 4, address = 8, size = 12, select = 14, status = 18,
	      isr = 19, config_vector = 20, queue_vector = 22;
}

constexpr unsigned model_queues = 4;

/**
 * class ModelDevice - registers as virtio 1.3, 4.1.4.10 has them, and habits that a
 *	device may have
 */
class ModelDevice final : public core::LegacyDevice {
public:
	struct Queue {
		u32 address = 0;
		u16 vector = WIRE_NO_VECTOR;
	};

	[[nodiscard]] base::Status execute(std::span<core::Access> accesses,
					   usize &done) override;
	[[nodiscard]] core::Era era() const override { return era_now; }
	[[nodiscard]] u64 now_us() const override { return time_us += step_us; }

	/// The registers of after a reset.
	void reset();
	/// What a function reset or another of its kind does.
	void function_reset();
	/// What a reset of the owner's queue does: the device goes on.
	void owner_reset() { era_now.owner++; }
	/// From the next command on: so many succeed, then one fails.
	void fail_after(usize commands, base::Error error, bool executed = false);

	// --- registers
	u32 features = 0x10000020;
	u32 driver_features = 0;
	u16 select = 0;
	u8 status = 0;
	u8 isr = 0;
	u16 config_vector = WIRE_NO_VECTOR;
	Queue queues[model_queues];
	u16 sizes[model_queues] = {256, 256, 64, 0};
	u8 config[64] = {};
	u16 config_length = 64;
	bool msix = false;

	// --- habits
	/// As QEMU's, but that this keeps the selection: the only thing left to tell
	/// whether a queue of a device just reset was switched off.
	bool zero_address_resets = false;
	u32 selection_limit = 0x10000;	    ///< selections from there on are ignored
	bool maps_nothing = false;	    ///< vectors stay unmapped
	bool lacks_vectors = false;	    ///< MSI-X is disabled, which the guest does not see
	u32 accepted_bits = 0xffffffff;	    ///< of the driver's features
	u32 third_queue_needs = 0;	    ///< features without which it is not there
	u32 config_needs = 0;		    ///< features without which half the configuration is not there
	bool narrow_config = false;	    ///< configuration is read in single bytes
	unsigned looks_until_reset = 0;	    ///< status reads before a reset is done
	bool era_passes = false;	    ///< with the next command

	// --- what was seen
	usize commands = 0;
	usize waits = 0; ///< execute() calls
	mutable u64 time_us = 1'000'000;
	u64 step_us = 0; ///< that pass before each look at the clock
	core::Era era_now;

private:
	base::Status perform(core::Access &access);
	base::Status access_config(core::Access &access);
	[[nodiscard]] u16 config_end() const;
	u32 get(u16 field);
	void put(u16 field, u32 value);
	[[nodiscard]] u16 size_of(u16 queue) const;
	void reset_but_selection();

	bool failing_ = false;
	bool executed_ = false;
	usize until_failure_ = 0;
	base::Error error_ = base::Error::io;
};

/**
 * class ModelGuest - a guest's accesses, through a Shadow
 */
class ModelGuest {
public:
	explicit ModelGuest(bool rules, u16 virtio_id = WIRE_TYPE_NET);
	~ModelGuest() { kt_free(&shadow_); }
	ModelGuest(const ModelGuest &) = delete;
	ModelGuest &operator=(const ModelGuest &) = delete;

	[[nodiscard]] u32 in(u16 offset, u8 width = 1);
	void out(u16 offset, u8 width, u32 value);
	/// A reset, and as far as a driver gets before its queues.
	void start(bool msix = false);
	void set_up_queue(u16 queue, u32 page);
	void notify() { notifications_++; }
	void set_msix(bool enabled);
	/// After MSI-X was off and on, unnoticed.
	/// Return: whether the device has shown that it keeps vector registers.
	bool restore_vectors(core::Shadow::Loss loss = core::Shadow::Loss::any)
	{
		const base::Result<bool> kept = shadow_.restore_vectors(device, moment(), loss);

		outcome_ = kept.ok() ? base::Status{} : base::Status{kept.error()};
		return kept.get();
	}
	/// To D3hot and back, of a function that is reset by that.
	void sleep();
	/// Where device configuration begins now.
	[[nodiscard]] u16 config() const { return device.msix ? 24 : 20; }
	/// Commands since the last call.
	[[nodiscard]] usize commands();
	[[nodiscard]] usize waits();
	/// The last access's outcome.
	[[nodiscard]] base::Status outcome() const { return outcome_; }

	ModelDevice device;

private:
	void reset(const core::Shadow::Moment &moment);
	base::Status read(core::Piece piece, base::Bytes data);
	[[nodiscard]] core::Shadow::Moment moment() const;

	const core::DeviceType &type_;
	core::Shadow &shadow_; ///< allocated, because a kernel stack has no room for two
	u32 msix_switches_ = 0;
	u64 suspended_ns_ = 0;
	u32 notifications_ = 0;
	usize commands_before_ = 0;
	usize waits_before_ = 0;
	base::Status outcome_;
};

} // namespace support
