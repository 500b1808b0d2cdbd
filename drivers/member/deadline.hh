// SPDX-License-Identifier: GPL-2.0-only
// When an access of the guest has to be over.
#pragma once

#include "owner/owner.h"

namespace member {

using base::u64;

/**
 * class Deadline - virtio_owner_deadline(), from the first use on
 *
 * Most accesses wait for nothing, and read no clock for it. The time for which commands of the
 * access waited for their turn does not count. For one access at a time.
 */
class Deadline {
public:
	/// In milliseconds of kn_now_ms(). To be asked before whatever waits for the device or
	/// for another access; memory of the user's and power are not what it bounds.
	u64 get()
	{
		return base() + queued_ms_;
	}
	/// The same, had no command waited for its turn.
	u64 base()
	{
		if (ms_ == 0)
			ms_ = virtio_owner_deadline();
		return ms_;
	}
	/// For how long commands of the access waited for their turn.
	[[nodiscard]] u64 &queued_ms() { return queued_ms_; }

private:
	u64 ms_ = 0;
	u64 queued_ms_ = 0;
};

} // namespace member
