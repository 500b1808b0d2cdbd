// SPDX-License-Identifier: GPL-2.0-only
// Whether commands of a member may be sent, and what it means for the member if one had no completion.
#pragma once

#include "owner/supervisor.hh"

namespace owner {

/**
 * class Admission - members whose commands can succeed now
 *
 * Invariant: a member waits out one deadline while the device completes nothing, and not one for
 * each of its accesses.
 *
 * Context: any.
 */
class Admission {
public:
	explicit Admission(Supervisor &supervisor) : supervisor_(supervisor) {}

	/// Why commands of @member (null: of the owner) cannot succeed now, or success.
	[[nodiscard]] Status admits(const Member *member)
	{
		return supervisor_.state() == State::live ? Status{} : admits_unless_live(member);
	}

	/// What a wait was for.
	enum class Wait : u8 { completion, slot };

	/// A wait of @member (null: of the owner) since @since_us ended without what it was for.
	void wait_failed(Member *member, u64 since_us, Wait wait);
	/// @member waited in vain, without a command in the device.
	void waited_out(Member &member);
	/// The guest of @member starts its device anew. Return: whether a member that was broken is
	/// not any more.
	[[nodiscard]] bool forgive(Member &member);

private:
	[[nodiscard]] Status admits_unless_live(const Member *member);

	Supervisor &supervisor_;
};

} // namespace owner
