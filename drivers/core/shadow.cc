// SPDX-License-Identifier: GPL-2.0-only
// What happens between two accesses, and commands that fail.
#include "core/shadow.hh"

namespace core {

using base::Error;
using base::Status;

void Shadow::start(bool rules)
{
	known_.forget();
	config_.drop();
	refused_.clear();
	vectors_.clear();
	rules_ = rules;
}

void Shadow::distrust()
{
	known_.distrust();
	config_.drop();
	refused_.clear();
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
		distrust(); // the device may have noticed nothing of it
	if (moment.layout != moment_.layout || moment.msix_switches != moment_.msix_switches) {
		known_.msix_changed();
		config_.drop();
	}
	if (moment.msix_switches != moment_.msix_switches)
		vectors_.clear();
	if (moment.notifications != moment_.notifications) {
		known_.notified();
		config_.drop();
	}
	era_ = era;
	moment_ = moment;
}

/**
 * A command that failed may have been executed, or may still be. Only EINVAL says
 * that it was not: then at most the register is unknown that it was to write, and
 * that one its sender has forgotten.
 */
Status Shadow::run(std::span<Access> accesses, usize &done, LegacyDevice &device)
{
	done = 0;
	const Status status = device.execute(accesses, done);

	if (!status.ok() && status.error() != Error::invalid)
		distrust();
	return status;
}

Status Shadow::run(Access &access, LegacyDevice &device)
{
	usize done;

	return run({&access, 1}, done, device);
}

} // namespace core
