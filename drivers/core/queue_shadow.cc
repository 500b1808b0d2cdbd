// SPDX-License-Identifier: GPL-2.0-only
#include "core/queue_shadow.hh"

namespace core {

void QueueShadow::forget_registers()
{
	pending_.reset();
	selected_.reset();
	features_known_ = false;
	addresses_.clear();
	vectors_.clear();
}

void QueueShadow::forget()
{
	forget_registers();
	sizes_.clear();
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
		queue.vector = WIRE_NO_VECTOR;
	}
	addresses_.fill();
	vectors_.fill();
}

void QueueShadow::forget_vectors()
{
	vectors_.clear();
}

void QueueShadow::accept(u32 features)
{
	features_ = features;
	features_known_ = true;
}

std::optional<u16> QueueShadow::tracked() const
{
	const std::optional<u16> queue = current();

	return queue && *queue < tracked_queues ? queue : std::nullopt;
}

/// A queue once seen, whatever features the driver accepted then.
bool QueueShadow::exists(u16 queue) const
{
	return queue < tracked_queues && queues_[queue].size != 0;
}

std::optional<u16> QueueShadow::size() const
{
	const auto queue = tracked();

	if (!queue || !sizes_.has(*queue) || !features_known_ || features_ != size_features_)
		return std::nullopt;
	return queues_[*queue].size;
}

void QueueShadow::learn_size(u16 size)
{
	const auto queue = tracked();

	if (!queue || !features_known_)
		return;
	if (features_ != size_features_) {
		sizes_.clear();
		size_features_ = features_;
	}
	queues_[*queue].size = size;
	sizes_.set(*queue, true);
}

std::optional<u32> QueueShadow::address() const
{
	const auto queue = tracked();

	if (!queue || !addresses_.has(*queue))
		return std::nullopt;
	return queues_[*queue].address;
}

void QueueShadow::set_address(std::optional<u32> address)
{
	const auto queue = tracked();

	if (!queue) {
		// A device may have ignored the selection: whose address it was is not known.
		addresses_.clear();
		return;
	}
	// A queue that does not exist may not keep what was written.
	addresses_.set(*queue, address && size() && *size() != 0);
	queues_[*queue].address = address ? *address : 0;
}

std::optional<u16> QueueShadow::vector() const
{
	const auto queue = tracked();

	if (!queue || !vectors_.has(*queue))
		return std::nullopt;
	return queues_[*queue].vector;
}

void QueueShadow::set_vector(std::optional<u16> vector)
{
	const auto queue = tracked();

	if (!queue) {
		forget_vectors();
		return;
	}
	vectors_.set(*queue, vector.has_value());
	queues_[*queue].vector = vector ? *vector : WIRE_NO_VECTOR;
}

} // namespace core
