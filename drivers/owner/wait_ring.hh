// SPDX-License-Identifier: GPL-2.0-only
// Who waits, in order of arrival.
#pragma once

namespace owner {

struct AdminRequest;

/**
 * struct WaitLink - a place in a ring of those who wait
 *
 * Alone it is a ring of its own. The queue has one that stays; from that one on the others
 * follow in order of arrival.
 */
struct WaitLink {
	AdminRequest *const request; ///< who waits; null for the queue's own
	WaitLink *next = this;
	WaitLink *previous = this;

	explicit WaitLink(AdminRequest *whose) : request(whose) {}
	WaitLink(const WaitLink &) = delete;
	WaitLink &operator=(const WaitLink &) = delete;

	[[nodiscard]] bool alone() const { return next == this; }

	/// Puts @other, which is alone, at the end, as seen from here.
	void append(WaitLink &other)
	{
		other.next = this;
		other.previous = previous;
		previous->next = &other;
		previous = &other;
	}

	/// Leaves the others. Alone it does nothing.
	void leave()
	{
		previous->next = next;
		next->previous = previous;
		next = previous = this;
	}
};

} // namespace owner
