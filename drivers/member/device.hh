// SPDX-License-Identifier: GPL-2.0-only
// A VF that a guest may get: its identity, its emulated BAR0 and its life.
#pragma once

#include "core/access_plan.hh"
#include "core/capability_mask.hh"
#include "core/config_view.hh"
#include "core/notify_choice.hh"
#include "core/shadow.hh"
#include "kernel/lock.h"
#include "kernel/log.h"
#include "kernel/mmio.h"
#include "kernel/pci.h"
#include "kernel/vfio.h"
#include "member/choice.hh"
#include "member/commands.hh"
#include "member/in_tree_client.hh"
#include "member/owner_client.hh"

namespace member {

using base::Bytes;
using base::ConstBytes;
using base::Result;
using base::Status;

/// Why a VF is plain that need not be.
constexpr const char *plain_by_choice = "the administrator's choice";

/// What the guest can be shown, and why not more.
struct Identity {
	const core::DeviceType *type = nullptr; ///< null: only the VF as it is
	const char *reason = nullptr;		///< why it is null
};

/**
 * class Device - one VF, from its VFIO device's init to its release
 *
 * Locks: mutex_ serialises the guest's register accesses, one bounded access at
 * a time; user memory is copied outside of it. Function resets take no lock:
 * they set atomic state. An access never fails for what guest or device did: it
 * reads ones, or is dropped.
 */
class Device {
public:
	/**
	 * create() - make a VF known
	 * @memory: sizeof(Device) bytes for it; nothing is there on failure
	 *
	 * Return: success, plain if the VF cannot be transitional; Error::no_memory;
	 * Error::no_device if it does not answer; or the owner's error if it did not
	 * say whether it has the legacy commands: the identity must not depend on a
	 * passing fault.
	 */
	[[nodiscard]] static Status create(void *memory, kn_vfio *vfio,
					   const virtio_legacy_settings &settings);
	static void destroy(Device *device);

	/// A VMM opens the device; vfio-pci-core has enabled it.
	Status open();
	/// The VMM lets it go. Returns when the owner has no command of it.
	void close();
	/// Around a function reset. Context: VFIO may hold memory_lock for write.
	void reset_prepare();
	void reset_done();

	/// What it is shown as; does not change while it is open.
	[[nodiscard]] bool transitional() const { return identity_.type && !choice_.plain(); }
	[[nodiscard]] u16 bar_size() const;
	/// VFIO's read and write of any region. Return: bytes, or a negative errno.
	long read(u64 buffer, kn_size count, u64 position);
	long write(u64 buffer, kn_size count, u64 position);

	void describe(virtio_legacy_view &view);

	/// For the next open. Return: Error::busy while it is open,
	/// Error::not_supported if it can only be plain.
	Status set_plain(bool plain);
	Status set_hide_modern(bool hide) { return choice_.set_hide_modern(hide); }

private:
	Device(kn_vfio *vfio, const virtio_legacy_settings &settings)
		: vfio_(vfio), pci_(kn_vfio_pci(vfio)), settings_(settings), choice_(settings)
	{
	}

	Status open_claimed();
	Status open_transitional();
	Status start_shadow();
	Status identify();
	Status find_owner();
	Status find_in_tree();
	Status ask_owner();
	Status plain(const char *reason);

	// config.cc
	Status choose_capabilities();
	long read_config(u64 buffer, kn_size count, u64 position);
	long write_config(u64 buffer, kn_size count, u64 position);

	/// An access of the guest's, from when it has mutex_ on.
	struct Access {
		Commands &commands;
		core::Shadow::Moment moment;
	};

	// bar0.cc
	long read_bar(u64 buffer, kn_size count, u64 offset);
	long write_bar(u64 buffer, kn_size count, u64 offset);
	Status lock(Deadline &deadline);
	Status read_chunk(u16 offset, Bytes data, Deadline &deadline);
	Status write_chunk(u16 offset, ConstBytes data, Deadline &deadline);
	/// Whether the function answers I/O at all; if not, reads give ones.
	[[nodiscard]] bool decodes() const
	{
		return view_->io_enabled() && kn_pci_powered(pci_) && !resetting_.load() &&
		       !function_.broken();
	}
	[[nodiscard]] core::MsixLayout msix_layout() const;
	[[nodiscard]] core::Shadow::Moment moment() const;

	// registers.cc: an access that has mutex_
	Status read_piece(const core::Piece &piece, Bytes data, Access &access);
	Status write_piece(const core::Piece &piece, ConstBytes data, Access &access);
	Status write_register(const core::Piece &piece, ConstBytes data, Access &access);
	Status read_bytewise(core::Piece piece, Bytes data, Access &access);

	// reset.cc
	Status reset_device(Access &access);
	Status confirm_reset(Access &access);
	void switch_off(const char *why);
	[[nodiscard]] bool answers_after_reset();

	// bus_master.cc
	Status let_master();
	void keep_from_dma();
	void keep_from_dma_in_reset();

	// doorbell.cc
	long write_notification(u64 buffer, kn_size count);
	Status choose_doorbell();
	Status ring(u16 queue, Deadline &deadline);
	Status ring_now(u16 queue, Deadline &deadline);

	kn_vfio *vfio_;
	kn_pci *pci_;
	const virtio_legacy_settings &settings_;
	std::optional<OwnerClient> owner_;
	std::optional<InTreeClient> in_tree_;
	AdminClient *client_ = nullptr; ///< the one of the two there is
	Identity identity_;
	Choice choice_;
	std::optional<core::ConfigView> view_; ///< if it can be transitional
	core::CapabilityMask capabilities_;    ///< set at open
	kn_mutex mutex_;
	core::Shadow *shadow_ = nullptr; ///< while open as transitional; under mutex_
	kn_ratelimit limit_;
	base::Atomic<bool> open_{false};
	base::Atomic<bool> resetting_{false}; ///< the function does not decode
	FunctionState function_;
	base::Atomic<u32> wakes_{0};	      ///< from D3hot, or what may be one
	core::NotifyChoice doorbell_;	      ///< set at open
	kn_mmio *doorbell_bar_ = nullptr;     ///< for a member doorbell
	base::Atomic<u64> doorbells_[3];      ///< rung, by way
	base::Atomic<u32> notifications_{0};  ///< of the guest that are over, for shadow_
};

} // namespace member
