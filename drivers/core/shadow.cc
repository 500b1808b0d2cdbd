// SPDX-License-Identifier: GPL-2.0-only
// What happens between two accesses.
#include "core/shadow.hh"

namespace core {

void Shadow::start(bool rules)
{
	known_.forget();
	vectors_.clear();
	rules_ = rules;
}

/// What has happened since the last access without one: mostly nothing.
void Shadow::observe(const LegacyDevice &device, const Moment &moment)
{
	const Era era = device.era();

	if (era != era_ || moment != moment_)
		notice(era, moment);
}

/**
 * Something has happened. A result that was under way during a reset is stored under the
 * old era, and so gone with the next look.
 */
void Shadow::notice(Era era, const Moment &moment)
{
	if (era.function != era_.function || moment.suspended_ns != moment_.suspended_ns)
		start(rules_);
	else if (era.owner != era_.owner)
		known_.distrust(); // the device may have noticed nothing of it
	if (moment.layout != moment_.layout || moment.msix_switches != moment_.msix_switches) {
		known_.registers().msix_changed();
		known_.config().drop();
	}
	if (moment.msix_switches != moment_.msix_switches)
		vectors_.clear();
	if (moment.notifications != moment_.notifications) {
		known_.registers().notified();
		known_.config().drop();
	}
	if (moment.config_events != moment_.config_events)
		known_.config().drop();
	era_ = era;
	moment_ = moment;
}

} // namespace core
