// SPDX-License-Identifier: GPL-2.0-only
// A command that shows whether the device works at all.
#pragma once

#include "owner/queue/dispatcher.hh"

namespace owner {

/**
 * class Probe - submits LIST_QUERY for the sake of its completion alone
 *
 * Invariant: after submit(), the first completion of any command is reported once. A command for
 * the group in the device serves as the probe.
 *
 * Not locked: the caller holds the queue's lock.
 */
class Probe {
public:
	/// @group: the sender of the probe. @timeout_ms: the setting, which outlives the queue.
	Probe(Dispatcher &dispatcher, const SlotTable &table, const Gate &gate, Sender &group,
	      const u32 &timeout_ms)
		: dispatcher_(dispatcher), table_(table), gate_(gate), group_(group),
		  timeout_ms_(timeout_ms)
	{
	}

	/// Submits a probe, unless the device has a command for the group, there is no slot, or no
	/// commands are accepted. The caller must notify the device.
	void submit();
	/// @completions were taken. Return: whether the recovery waits for one.
	[[nodiscard]] bool is_answered(unsigned completions)
	{
		if (!completions || !awaited_)
			return false;
		awaited_ = false;
		return true;
	}

private:
	Dispatcher &dispatcher_;
	const SlotTable &table_;
	const Gate &gate_;
	Sender &group_;
	const u32 &timeout_ms_;
	bool awaited_ = false; ///< since submit(), there was no completion
};

} // namespace owner
