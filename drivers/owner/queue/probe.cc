// SPDX-License-Identifier: GPL-2.0-only
#include "owner/queue/probe.hh"

namespace owner {

void Probe::submit()
{
	core::Access query = core::list_query();
	constexpr u64 never_ms = ~u64{0} / us_per_ms; // the request is withdrawn at once
	u64 queued_ms = 0;
	const Patience patience{never_ms, queued_ms, timeout_ms_};
	Request request{{&query, 1}, {}, nullptr, group_, patience};

	awaited_ = true;
	if (table_.counts().group != 0 || !gate_.is_open())
		return;
	dispatcher_.submit_probe(request);
}

} // namespace owner
