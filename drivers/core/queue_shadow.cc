// SPDX-License-Identifier: GPL-2.0-only
#include "core/queue_shadow.hh"

namespace core {

void QueueShadow::forget_sizes()
{
	for (Queue &queue : queues_)
		queue.size_known = false;
}

void QueueShadow::forget_registers()
{
	pending_.reset();
	selected_.reset();
	features_known_ = false;
	for (Queue &queue : queues_) {
		queue.address_known = false;
		queue.vector_known = false;
	}
}

void QueueShadow::forget()
{
	forget_registers();
	for (Queue &queue : queues_)
		queue = {};
}

void QueueShadow::distrust()
{
	const std::optional<u16> selection = current();

	forget();
	pending_ = selection;
}

void QueueShadow::reset()
{
	forget_registers();
	accept(0);
	for (Queue &queue : queues_) {
		queue.address = 0;
		queue.address_known = true;
		queue.vector = WIRE_NO_VECTOR;
		queue.vector_known = true;
	}
}

void QueueShadow::forget_vectors()
{
	for (Queue &queue : queues_)
		queue.vector_known = false;
}

void QueueShadow::accept(u32 features)
{
	features_ = features;
	features_known_ = true;
}

const QueueShadow::Queue *QueueShadow::queue() const
{
	const std::optional<u16> index = current();

	return index && *index < tracked_queues ? &queues_[*index] : nullptr;
}

QueueShadow::Queue *QueueShadow::queue()
{
	return const_cast<Queue *>(static_cast<const QueueShadow *>(this)->queue());
}

/// A queue once seen, whatever features the driver accepted then.
bool QueueShadow::exists(u16 index) const
{
	return index < tracked_queues && queues_[index].size != 0;
}

std::optional<u16> QueueShadow::size() const
{
	const Queue *const at = queue();

	if (!at || !at->size_known || !features_known_ || features_ != size_features_)
		return std::nullopt;
	return at->size;
}

void QueueShadow::learn_size(u16 size)
{
	Queue *const at = queue();

	if (!at || !features_known_)
		return;
	if (features_ != size_features_) {
		forget_sizes();
		size_features_ = features_;
	}
	at->size = size;
	at->size_known = true;
}

std::optional<u32> QueueShadow::address() const
{
	const Queue *const at = queue();

	return at && at->address_known ? std::optional{at->address} : std::nullopt;
}

void QueueShadow::set_address(std::optional<u32> address)
{
	Queue *const at = queue();

	if (!at) {
		// A device may have ignored the selection: whose address it was is not known.
		for (Queue &other : queues_)
			other.address_known = false;
		return;
	}
	// A queue that does not exist may not keep what was written.
	at->address_known = address && size() && *size() != 0;
	at->address = address ? *address : 0;
}

std::optional<u16> QueueShadow::vector() const
{
	const Queue *const at = queue();

	return at && at->vector_known ? std::optional{at->vector} : std::nullopt;
}

void QueueShadow::set_vector(std::optional<u16> vector)
{
	Queue *const at = queue();

	if (!at) {
		forget_vectors();
		return;
	}
	at->vector_known = vector.has_value();
	at->vector = vector ? *vector : WIRE_NO_VECTOR;
}

} // namespace core
