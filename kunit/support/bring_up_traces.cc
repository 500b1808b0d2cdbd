// SPDX-License-Identifier: GPL-2.0-only
#include "kunit/support/bring_up_traces.hh"

namespace support {

namespace {

struct Access {
	enum class Kind : u8 { read, write, msix };

	Kind kind;
	u16 offset;
	u8 width;
	u64 value; ///< written, or how many vectors
};

/// A value: what the access before has read.
constexpr u64 LAST = ~u64{0};

// The lines of the files.
#define R(offset, width) {Access::Kind::read, offset, width, 0},
#define W(offset, width, value) {Access::Kind::write, offset, width, value},
#define MSIX(vectors) {Access::Kind::msix, 0, 0, vectors},

constexpr Access net_bring_up[] = {
#include "scripts/lab/traces/linux-net-bringup.txt"
};
constexpr Access net_removal[] = {
#include "scripts/lab/traces/linux-net-removal.txt"
};
constexpr Access blk_bring_up[] = {
#include "scripts/lab/traces/linux-blk-bringup.txt"
};
constexpr Access blk_removal[] = {
#include "scripts/lab/traces/linux-blk-removal.txt"
};
constexpr Access seabios_blk[] = {
#include "scripts/lab/traces/seabios-blk.txt"
};
constexpr Access ipxe_net[] = {
#include "scripts/lab/traces/ipxe-net.txt"
};

#undef R
#undef W
#undef MSIX

void play(ModelGuest &guest, std::span<const Access> trace)
{
	u32 last = 0;

	for (const Access &access : trace) {
		switch (access.kind) {
		case Access::Kind::read:
			last = guest.in(access.offset, access.width);
			break;
		case Access::Kind::write:
			guest.out(access.offset, access.width,
				  access.value == LAST ? last : static_cast<u32>(access.value));
			break;
		case Access::Kind::msix:
			guest.set_msix(access.value != 0);
			break;
		}
	}
}

} // namespace

void linux_net_bring_up(ModelGuest &guest)
{
	play(guest, net_bring_up);
}

void linux_net_removal(ModelGuest &guest)
{
	play(guest, net_removal);
}

void linux_blk_bring_up(ModelGuest &guest)
{
	play(guest, blk_bring_up);
}

void linux_blk_removal(ModelGuest &guest)
{
	play(guest, blk_removal);
}

void seabios_blk_init(ModelGuest &guest)
{
	play(guest, seabios_blk);
}

void ipxe_net_open(ModelGuest &guest)
{
	play(guest, ipxe_net);
}

} // namespace support
