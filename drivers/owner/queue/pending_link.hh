// SPDX-License-Identifier: GPL-2.0-only
// The list of pending requests, in order of arrival.
#pragma once

namespace owner {

struct Request;

/**
 * struct PendingLink - a place in a circular list of pending requests
 *
 * An unlinked one is a list of its own. The watchdog has one without a request, and the
 * pending requests follow from it in order of arrival.
 */
struct PendingLink {
	Request *const request; ///< null for the head of the list
	PendingLink *next = this;
	PendingLink *previous = this;

	explicit PendingLink(Request *whose) : request(whose) {}
	PendingLink(const PendingLink &) = delete;
	PendingLink &operator=(const PendingLink &) = delete;

	[[nodiscard]] bool alone() const { return next == this; }

	/// Links @other, which is unlinked, before this one: last, as seen from here.
	void append(PendingLink &other)
	{
		other.next = this;
		other.previous = previous;
		previous->next = &other;
		previous = &other;
	}

	/// Moves all that follow @from to the end of this list. Neither is a request's.
	void take_all(PendingLink &from)
	{
		if (from.alone())
			return;
		from.next->previous = previous;
		from.previous->next = this;
		previous->next = from.next;
		previous = from.previous;
		from.next = from.previous = &from;
	}

	/// Unlinks this one. An unlinked one stays as it is.
	void unlink()
	{
		previous->next = next;
		next->previous = previous;
		next = previous = this;
	}
};

} // namespace owner
