// SPDX-License-Identifier: GPL-2.0-only
// Which vector registers of a device have the driver's own vectors.
#pragma once

#include "core/legacy_device.hh"
#include "core/queue_shadow.hh"

namespace core {

/**
 * class IntxVectors - what the driver has mapped, and which queues the guest has
 *
 * Queues from tracked_queues on are known by their number alone: they are mapped each time.
 *
 * Not locked: the caller is.
 */
class IntxVectors {
public:
	/// Before each use. @resets: function resets that have begun. @suspended_ns: see Shadow::Moment.
	void observe(Era era, u32 resets, u64 suspended_ns)
	{
		if (resets != resets_)
			forget();
		else if (era != era_ || suspended_ns != suspended_ns_)
			lapse(); // a low-power state, too: the device may have kept its queues
		era_ = era;
		resets_ = resets;
		suspended_ns_ = suspended_ns;
	}
	/// The device has been reset.
	void forget()
	{
		cleared();
		live_ = reach_ = 0;
		driver_ok_ = false;
	}
	/// The device may have lost its vector registers.
	void lapse()
	{
		config_mapped_ = false;
		mapped_ = 0;
	}

	/// The guest gave @queue an address, or 0, by which some devices reset themselves.
	void address_written(u16 queue, bool nonzero)
	{
		if (!nonzero)
			lapse();
		if (queue < tracked_queues)
			live_ = nonzero ? live_ | bit(queue) : live_ & ~bit(queue);
		if (nonzero && queue >= reach_)
			reach_ = queue + u32{1};
	}
	/// The guest wrote DRIVER_OK, and waits for changes of the configuration.
	void driver_ok() { driver_ok_ = true; }
	/// Whether the guest may wait for interrupts.
	[[nodiscard]] bool in_use() const
	{
		return live_ || reach_ > tracked_queues || driver_ok_;
	}
	/// Queues from 0 on that may have an address.
	[[nodiscard]] u32 reach() const { return reach_; }
	[[nodiscard]] bool live(u16 queue) const
	{
		return queue < tracked_queues ? live_ & bit(queue) : queue < reach_;
	}

	[[nodiscard]] bool config_mapped() const { return config_mapped_; }
	/// A command that maps it begins, or has succeeded.
	void config_written(bool done)
	{
		config_written_ = true;
		config_mapped_ = done;
	}
	[[nodiscard]] bool mapped(u16 queue) const
	{
		return queue < tracked_queues && mapped_ & bit(queue);
	}
	void queue_written(u16 queue, bool done)
	{
		any_written_ = true;
		if (queue >= tracked_queues)
			return;
		written_ |= bit(queue);
		mapped_ = done ? mapped_ | bit(queue) : mapped_ & ~bit(queue);
	}

	/// Registers that may have a vector of the driver's since the last reset.
	[[nodiscard]] bool stale_config() const { return config_written_; }
	[[nodiscard]] bool stale(u16 queue) const
	{
		return queue < tracked_queues ? written_ & bit(queue)
					      : any_written_ && queue < reach_;
	}
	[[nodiscard]] bool any_stale() const { return config_written_ || any_written_; }
	/// They have NO_VECTOR now.
	void cleared()
	{
		lapse();
		config_written_ = any_written_ = false;
		written_ = 0;
	}

private:
	static constexpr u32 bit(u16 queue) { return u32{1} << queue; }

	Era era_;
	u32 resets_ = 0;
	u64 suspended_ns_ = 0;
	u32 live_ = 0;
	u32 mapped_ = 0;
	u32 written_ = 0;
	u32 reach_ = 0;
	bool config_mapped_ = false;
	bool config_written_ = false;
	bool any_written_ = false;
	bool driver_ok_ = false;
};

} // namespace core
