// SPDX-License-Identifier: GPL-2.0-only
// A VF that a guest may get: its identity, its parts, and its life.
#pragma once

#include "member/bar0.hh"
#include "member/choice.hh"
#include "member/doorbell_events.hh"
#include "member/in_tree_client.hh"
#include "member/owner_client.hh"
#include "member/region.hh"

namespace member {

using base::Result;

/// Why a VF is plain that could be transitional.
constexpr const char *plain_by_choice = "the administrator's choice";

/// What the guest can be shown, and why not more.
struct Identity {
	const core::DeviceType *type = nullptr; ///< null: only the VF as it is
	const char *reason = nullptr;		///< why it is null
};

/**
 * class Device - one VF, from its VFIO device's init to its release
 *
 * Invariant: what the VF is shown as does not change while it is open. An owner of ours knows of
 * every open VF, transitional or not.
 *
 * Locks: none of its own. open() and close() are serialized by VFIO; function resets set atomic
 * state.
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

	/// Whether it is shown as a transitional device.
	[[nodiscard]] bool transitional() const { return identity_.type && !choice_.plain(); }
	[[nodiscard]] u16 bar_size() const;
	/// VFIO's read and write of any region. Return: bytes, or a negative errno.
	long read(u64 buffer, kn_size count, u64 position);
	long write(u64 buffer, kn_size count, u64 position);

	/// VFIO's ioctls. Return: as the ioctl.
	long ioctl(u32 cmd, u64 arg);
	int feature(u32 flags, u64 arg, kn_size size);

	void describe(virtio_legacy_view &view);

	/// For the next open. Return: Error::busy while it is open,
	/// Error::not_supported if it can only be plain.
	Status set_plain(bool plain);
	Status set_hide_modern(bool hide) { return choice_.set_hide_modern(hide); }
	Status set_no_intx(bool none) { return choice_.set_no_intx(none); }

private:
	Device(kn_vfio *vfio, const virtio_legacy_settings &settings)
		: settings_(settings), choice_(settings),
		  function_(vfio,
			    [](void *context) { static_cast<Device *>(context)->bar0_.find_loss(); },
			    this)
	{
	}

	Status open_claimed();
	long read_vfio(u64 buffer, kn_size count, u64 position);
	[[nodiscard]] std::optional<long> set_ioeventfd(u64 arg);
	long write_vfio(u64 buffer, kn_size count, u64 position);
	Status open_transitional();
	[[nodiscard]] const char *no_intx_reason() const;
	long read_config(u64 buffer, kn_size count, u64 position);
	long write_config(u64 buffer, kn_size count, u64 position);
	long pass_ioctl(u32 cmd, u64 arg);
	void set_assigned(bool assigned);

	// identity.cc
	Status identify();
	Status find_owner();
	Status find_in_tree();
	Status ask_owner();
	Status plain(const char *reason);

	const virtio_legacy_settings &settings_;
	std::optional<OwnerClient> owner_;
	std::optional<InTreeClient> in_tree_;
	AdminClient *client_ = nullptr; ///< the one of the two that there is
	Identity identity_;
	Choice choice_;
	base::Atomic<bool> open_{false};
	Function function_;
	ConfigSpace config_{function_};
	Interrupts interrupts_{function_, config_};
	Doorbell doorbell_{function_};
	Bar0 bar0_{function_, config_, interrupts_, doorbell_};
	DoorbellEventsPointer doorbell_events_; ///< made by the VMM's first VFIO_DEVICE_IOEVENTFD
};

// read() and write() are inline, because a call from the export costs 3 instructions.

inline long Device::read(u64 buffer, kn_size count, u64 position)
{
	if (transitional()) {
		switch (region_of(position)) {
		case KN_VFIO_REGION_BAR0:
			return bar0_.read(buffer, count, offset_in_region(position));
		case KN_VFIO_REGION_CONFIG:
			return read_config(buffer, count, position);
		default:
			break;
		}
	}
	return read_vfio(buffer, count, position);
}

inline long Device::write(u64 buffer, kn_size count, u64 position)
{
	if (transitional()) {
		switch (region_of(position)) {
		case KN_VFIO_REGION_BAR0:
			return bar0_.write(buffer, count, offset_in_region(position));
		case KN_VFIO_REGION_CONFIG:
			return write_config(buffer, count, position);
		default:
			break;
		}
	}
	return write_vfio(buffer, count, position);
}

} // namespace member
