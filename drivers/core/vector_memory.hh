// SPDX-License-Identifier: GPL-2.0-only
// The interrupt vectors that a guest has mapped.
#pragma once

#include "core/queue_shadow.hh"

namespace core {

/**
 * class VectorMemory - what a guest has written to the vector registers
 *
 * A device may lose these registers while MSI-X is disabled, and VFIO disables it for a moment
 * whenever it changes vectors. The guest does not see that, so somebody else must write them again.
 * What is known of the registers does not tell enough, because a command that fails ends it.
 *
 * Vectors of queues from tracked_queues on are not remembered.
 *
 * Not locked: the caller is.
 */
class VectorMemory {
public:
	VectorMemory() { forget(); }

	/// The device has no vectors, or the guest maps them anew. Mostly there is none to forget.
	void clear()
	{
		if (any_)
			forget();
	}

	/// Vector of configuration changes, WIRE_NO_VECTOR if there is none.
	[[nodiscard]] u16 config() const { return config_; }
	void set_config(u16 vector)
	{
		any_ = true;
		config_ = vector;
	}
	/// Vector of @queue, below tracked_queues, WIRE_NO_VECTOR if there is none.
	[[nodiscard]] u16 queue(u16 queue) const { return queues_[queue]; }
	void set_queue(u16 queue, u16 vector)
	{
		any_ = true;
		if (queue < tracked_queues)
			queues_[queue] = vector;
	}

private:
	void forget()
	{
		any_ = false;
		config_ = WIRE_NO_VECTOR;
		for (u16 &vector : queues_)
			vector = WIRE_NO_VECTOR;
	}

	bool any_; ///< whether one was set since forget()
	u16 config_;
	u16 queues_[tracked_queues];
};

} // namespace core
