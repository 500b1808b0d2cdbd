// SPDX-License-Identifier: GPL-2.0-only
// What the administrator wants a guest to be shown.
#pragma once

#include "base/atomic.hh"
#include "base/result.hh"
#include "member/exports.h"

namespace member {

/**
 * class Choice - one VF's settings, which are fixed while somebody has it open
 *
 * All of it is one atomic word, so that of an open and a change at the same time
 * either the change comes first, or it is refused. Context: any.
 */
class Choice {
public:
	explicit Choice(const virtio_legacy_settings &settings)
		: word_(static_cast<base::u8>((settings.plain ? plain_bit : 0) |
					      (settings.hide_modern ? hide_bit : 0) |
					      (settings.no_intx ? no_intx_bit : 0)))
	{
	}

	/// The VF as it is, whatever it could be.
	[[nodiscard]] bool plain() const { return word_.load() & plain_bit; }
	/// No modern capabilities beside the legacy interface.
	[[nodiscard]] bool hide_modern() const { return word_.load() & hide_bit; }

	/// No interrupts for guests without MSI-X.
	[[nodiscard]] bool no_intx() const { return word_.load() & no_intx_bit; }

	/// Return: success, or Error::busy while the VF is open.
	[[nodiscard]] base::Status set_plain(bool plain) { return change(plain_bit, plain); }
	[[nodiscard]] base::Status set_hide_modern(bool hide) { return change(hide_bit, hide); }

	[[nodiscard]] base::Status set_no_intx(bool none) { return change(no_intx_bit, none); }

	/// The VF is being opened. Return: success, or Error::busy if it is open.
	[[nodiscard]] base::Status claim() { return change(open_bit, true); }
	/// It is closed.
	void release() { (void)replace_bits(open_bit, false, 0); }

private:
	enum Bit : base::u8 { open_bit = 1, plain_bit = 2, hide_bit = 4, no_intx_bit = 8 };

	/// Sets or clears @bit unless one of @unless is set; whether it did.
	bool replace_bits(Bit bit, bool set, unsigned unless)
	{
		for (;;) {
			const base::u8 old = word_.load();
			if (old & unless)
				return false;
			const unsigned changed = set ? old | bit : old & ~unsigned{bit};
			if (word_.replace(old, static_cast<base::u8>(changed)))
				return true;
		}
	}
	base::Status change(Bit bit, bool set)
	{
		return replace_bits(bit, set, open_bit) ? base::Status{}
							 : base::Status{base::Error::busy};
	}

	base::Atomic<base::u8> word_;
};

} // namespace member
