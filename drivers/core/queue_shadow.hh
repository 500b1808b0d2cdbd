// SPDX-License-Identifier: GPL-2.0-only
// What is known of a legacy device's queues, and which of them its registers show.
#pragma once

#include "core/admin_command.hh"

namespace core {

/// Nothing is remembered of queues beyond.
constexpr u16 tracked_queues = 32;

/**
 * class QueueShadow - the queue registers of one device
 *
 * The registers at offsets 8, 12 and 22 are those of the queue that was selected.
 * The guest's choice goes to the device when a command needs it; choices in between
 * are left out where nobody could tell.
 */
class QueueShadow {
public:
	/// Nothing is known any more, as after a function reset.
	void forget();
	/// Nothing but what the guest has selected is known.
	void distrust();
	/// As forget(), but sizes outlive a reset by the guest.
	void forget_registers();
	/// The device has confirmed a reset: no addresses (virtio 1.3,
	/// 4.1.4.3.1), no vectors (4.1.5.1.2.1).
	void reset();
	/// Vectors may be others now.
	void forget_vectors();
	/// Sizes go with the features that the driver accepted.
	void accept(u32 features);
	void accept_unknown() { features_known_ = false; }

	// --- the selector ---------------------------------------------------------
	/// The queue the guest has selected, if known.
	[[nodiscard]] std::optional<u16> current() const { return pending_ ? pending_ : selected_; }
	/// The choice the device has to be told before the next command, if any.
	[[nodiscard]] std::optional<u16> to_send() const
	{
		return pending_ == selected_ ? std::nullopt : pending_;
	}
	/// Whether a choice that waits must be sent before the guest's next one, @queue.
	[[nodiscard]] bool must_send_before(u16 queue) const
	{
		return to_send() && !exists(queue);
	}
	void select(u16 queue) { pending_ = queue; }
	/// The device was told.
	void sent(u16 queue)
	{
		selected_ = queue;
		pending_.reset();
	}
	/// The device's may be any now; the guest's that waits goes on waiting.
	void lose_selection() { selected_.reset(); }

	// --- of the current queue -------------------------------------------------
	[[nodiscard]] std::optional<u16> size() const;
	void learn_size(u16 size);
	[[nodiscard]] std::optional<u32> address() const;
	void set_address(std::optional<u32> address);
	[[nodiscard]] std::optional<u16> vector() const;
	void set_vector(std::optional<u16> vector);

private:
	struct Queue {
		u32 address;
		u16 size;
		u16 vector;
	};

	/// The queues of which something is known.
	class Known {
	public:
		[[nodiscard]] bool has(u16 queue) const { return bits_ >> queue & 1; }
		void set(u16 queue, bool known)
		{
			const u32 bit = u32{1} << queue;
			bits_ = known ? bits_ | bit : bits_ & ~bit;
		}
		void clear() { bits_ = 0; }
		void fill() { bits_ = ~u32{0}; }

	private:
		static_assert(tracked_queues == 32);
		u32 bits_ = 0;
	};

	/// The current queue, if something may be known of it.
	[[nodiscard]] std::optional<u16> tracked() const;
	/// Whether the device has this queue, so that it takes it as a selection.
	[[nodiscard]] bool exists(u16 queue) const;

	std::optional<u16> pending_;
	std::optional<u16> selected_; ///< the device's
	Queue queues_[tracked_queues] = {};
	Known addresses_;
	Known sizes_;
	Known vectors_;
	bool features_known_ = false;
	u32 features_ = 0;	///< accepted now
	u32 size_features_ = 0; ///< accepted when the sizes were learnt
};

} // namespace core
