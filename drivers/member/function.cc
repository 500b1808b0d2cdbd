// SPDX-License-Identifier: GPL-2.0-only
#include "member/function.hh"

#include "member/commands.hh"

namespace member {

using base::u8;

/// The kernel has restored the command register, and the reset may have failed.
void Function::reset_ends()
{
	if (state_.broken())
		kn_pci_clear_master(pci_);
	state_.reset_ends();
}

bool Function::confirm_reset(Deadline &deadline)
{
	if (state_.unconfirmed() && client_) {
		Commands commands{*this, deadline};
		core::Access status = core::read_access(core::LegacySpace::common,
							WIRE_LEGACY_STATUS, 1);
		base::usize done;

		if (commands.execute({&status, 1}, done).ok())
			state_.confirm(commands.phase(), status.value == 0);
	}
	return works();
}

// vfio-pci-core holds memory_lock while it changes the register's low byte, and not while it
// changes the high byte alone. So only the low byte is written. These accesses wait for the end
// of a function reset, as those of vfio-pci-core do.
void Function::change_master(bool enable)
{
	u8 command;

	if (kn_pci_user_read8(pci_, WIRE_PCI_COMMAND, &command))
		return;
	const u8 wanted = static_cast<u8>(enable ? command | WIRE_PCI_COMMAND_MASTER
						 : command & ~WIRE_PCI_COMMAND_MASTER);
	if (wanted != command)
		(void)kn_pci_user_write8(pci_, WIRE_PCI_COMMAND, wanted);
}

Status Function::enable_master()
{
	if (kn_pci_config_read(pci_, WIRE_PCI_COMMAND, 1) & WIRE_PCI_COMMAND_MASTER)
		return {};
	TRY(base::status_of(kn_vfio_command_lock_killable(vfio_)));
	if (kn_pci_powered(pci_))
		change_master(true);
	kn_vfio_command_unlock(vfio_);
	// The function may have been found broken since the access began.
	keep_from_dma();
	return {};
}

void Function::keep_from_dma()
{
	if (!state_.broken())
		return;
	// A resume restores the register, so it must be over. In a function that does not resume,
	// the register cannot be written, and DMA is off.
	const int error = kn_pci_pm_get(pci_);
	kn_vfio_command_lock(vfio_);
	// A function reset may have mended the function before the lock was taken, and the guest may
	// have set the bit. A write of the register that finds it mended later waits for the lock.
	if (state_.broken())
		change_master(false);
	kn_vfio_command_unlock(vfio_);
	if (!error)
		kn_pci_pm_put(pci_);
}

void Function::reset_failed(base::u32 phase)
{
	state_.break_since(phase);
	keep_from_dma();
	if (!state_.unconfirmed() && kn_ratelimit_ok(&limit_))
		kn_warn(pci_, "reset not confirmed: off until its next function reset");
}

} // namespace member
