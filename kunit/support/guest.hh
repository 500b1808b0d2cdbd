// SPDX-License-Identifier: GPL-2.0-only
// What a VMM and its guest do to a VF, in few words.
#pragma once

#include "kunit/fake/fake.hh"
#include "kunit/support/legacy_model.hh"
#include "kunit/support/text.hh"
#include "kunit/test.hh"
#include "member/exports.h"

namespace support {

using base::u16;
using base::u32;
using base::u64;
using base::u8;
using base::usize;

/// Offset of the MSI-X capability of a function, 0 if it has none.
[[nodiscard]] u16 msix_of(const kn_pci &function);

/**
 * class Guest - one VF under virtio_legacy_vfio_pci
 *
 * Errors are expected not to happen: what a call does not return, the case is
 * failed for. Its end closes and forgets the VF.
 */
class Guest {
public:
	/// On VF @id of a bound owner: created, not open.
	explicit Guest(u32 id = 1);
	~Guest();
	Guest(const Guest &) = delete;
	Guest &operator=(const Guest &) = delete;

	/// Whether it was created; if not, error() says why not.
	[[nodiscard]] bool ok() const { return legacy_ != nullptr; }
	[[nodiscard]] int error() const { return error_; }
	[[nodiscard]] virtio_legacy *legacy() const { return legacy_; }
	/// The same, and the VF is the caller's to destroy.
	[[nodiscard]] virtio_legacy *take();
	[[nodiscard]] fake::Vf &vf() const { return *vf_; }

	/// virtio_legacy_open(); returns its errno.
	int open();
	void close();
	/// open(), I/O decoding and bus mastering on. Whether that worked.
	bool start();
	/// The same; from then on every access is one command.
	bool start_forwarding();

	/// The region accesses, as VFIO would make them.
	long read_bar(u64 offset, void *to, usize count);
	long write_bar(u64 offset, const void *from, usize count);
	/// Of a region that vfio-pci has.
	long read_region(u32 region, u64 offset, void *to, usize count);
	long write_region(u32 region, u64 offset, const void *from, usize count);
	long read_config(u64 offset, void *to, usize count);
	long write_config(u64 offset, const void *from, usize count);

	/// What the guest's IN gives: all ones if the VMM got an error, as VMMs do.
	[[nodiscard]] u32 in(u16 offset, u8 width);
	void out(u16 offset, u8 width, u32 value);
	[[nodiscard]] u32 config(u16 offset, u8 width);
	void set_config(u16 offset, u8 width, u32 value);

	/// ioctls of the VMM. VFIO resumes the function first. @arg: a user address
	long ioctl(u32 cmd, const void *arg = nullptr);
	/// VFIO_DEVICE_SET_IRQS with @count of @index, and one number as data for an eventfd.
	long set_irqs(u32 index, u32 flags, u32 count, int fd = -1);
	int feature(u32 flags);

	/// The guest's MSI-X enable bit, and what VFIO makes of it.
	void set_msix(bool enabled);
	/// VFIO_DEVICE_SET_IRQS: MSI-X of VFIO and of the device.
	void set_irqs(bool msix);
	/// A function reset: prepare, reset, done.
	void function_reset();

	[[nodiscard]] virtio_legacy_view view() const;

private:
	fake::Vf *vf_;
	virtio_legacy *room_; ///< memory of its own: two of them are half of a kernel's stack frame
	virtio_legacy *legacy_ = nullptr;
	int error_ = 0;
	bool open_ = false;
};

/// Makes the fake, binds the owner, makes @vfs. Whether that worked.
[[nodiscard]] bool bring_up(const fake::Options &options = {}, u32 vfs = 1);

/// A case with a new owner and a support::Guest named guest on VF 1. @ready is an expression that
/// sets guest up. If it is false, the case fails.
#define GUEST_CASE(name, ready)                                         \
	static void kt_with_guest_##name(support::Guest &guest);        \
	KT_CASE(name)                                                   \
	{                                                               \
		KT_REQUIRE(support::bring_up());                        \
		support::Guest guest;                                   \
		KT_REQUIRE(ready);                                      \
		kt_with_guest_##name(guest);                            \
	}                                                               \
	static void kt_with_guest_##name([[maybe_unused]] support::Guest &guest)

/// The guest's reset, which the device does not confirm: the VF is broken. Only a function reset
/// resets the device then.
void reset_in_vain(Guest &guest);

/// Short timeouts to the end of the scope, for what is meant to time out.
class [[nodiscard]] Hurry {
public:
	explicit Hurry(u32 ms = fake::short_ms) { fake::set_timeout(ms); }
	~Hurry() { fake::set_timeout(fake::long_ms); }
	Hurry(const Hurry &) = delete;
	Hurry &operator=(const Hurry &) = delete;
};

/// Gives a VF registers that tell all bytes apart, and @config_length bytes of
/// configuration.
void paint_registers(fake::Vf &vf, u16 config_length);
/// What byte @position of an access to its BAR0 then reads, notify and ISR registers apart.
[[nodiscard]] u8 painted_byte(const fake::Vf &vf, const AccessModel &access, u32 position);

/// One NOTIFY_INFO entry at @index of @answer.
void put_notify_entry(u8 (&answer)[core::max_result], unsigned index, u8 flags, u8 bar, u64 offset);

/// Milliseconds since @start (kn_now_ms()).
[[nodiscard]] u64 since(u64 start);

} // namespace support
