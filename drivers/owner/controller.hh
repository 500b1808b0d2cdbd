// SPDX-License-Identifier: GPL-2.0-only
// What the kernel tells an owner.
#pragma once

#include "owner/supervisor.hh"

namespace owner {

/**
 * class Controller - the life of a PF, from its start to its end
 *
 * Invariant: once stop() or shutdown() has begun, nothing makes the owner work again.
 *
 * Context: may sleep, except where a function says otherwise. Functions that say "device lock"
 * are called with that of the PF held.
 */
class Controller {
public:
	/// @at_risk: as of Supervisor.
	Controller(kn_pci *pci, const virtio_owner_settings &settings, kn_work &at_risk)
		: supervisor_(pci, settings, at_risk)
	{
	}

	/// Brings the PF up. Return: as Session::start(). stop() must follow an error.
	Status start() { return supervisor_.start(); }
	/// Ends all commands, and the session. Device lock.
	void stop();
	/// Ends all commands and stops the device for good. Device lock.
	void shutdown();
	/// Before a reset or a suspend of the PF: commands wait. Device lock.
	void freeze();
	/// After it: negotiates again. An error means that the PF does not answer; an owner that
	/// was dead before has no error. Device lock.
	Status thaw();
	/// As thaw(), after a reset by the kernel that nothing announced, and that wiped the PF's
	/// configuration.
	Status revive();
	/// A PCI error has cut the PF off: commands fail until freeze() or thaw(), and the PF is not
	/// accessed. Context: any, except in freeze() and thaw().
	void cut_off();
	/// The PF will not come back: ends all waits. Context: any.
	void removed() { (void)supervisor_.signal(Event::removed); }

	/// Takes the commands of @member back from a device that keeps them. Return: success, or
	/// why a reset is not possible.
	Status force_idle(Member &member);
	/// Takes all commands back, if the owner works; else returns @otherwise.
	Status reset_if_running(const Status &otherwise);
	/// Gives the PF its configuration back, if it was cut off.
	void restore();
	/// As OwnerDevice::stop_dma(), and clears the queue if it succeeds. Device lock.
	bool stop_dma();

	[[nodiscard]] State state() const { return supervisor_.state(); }
	/// Whether the device gets commands of members.
	[[nodiscard]] bool is_working() const;
	/// The same, once a recovery that is under way has ended. May sleep. False if the task is
	/// being killed meanwhile.
	[[nodiscard]] bool comes_to_work();
	[[nodiscard]] Supervisor &supervisor() { return supervisor_; }
	[[nodiscard]] Session &session() { return supervisor_.session(); }
	[[nodiscard]] AdminQueue &queue() { return session().queue(); }
	[[nodiscard]] kn_pci *pci() { return supervisor_.pci(); }

private:
	void end_commands();
	Status restart(bool announced);
	void restore_locked() TSA_REQUIRES(supervisor_.mutex());
	[[nodiscard]] u64 stop_deadline();

	Supervisor supervisor_;
};

} // namespace owner
