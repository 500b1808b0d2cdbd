// SPDX-License-Identifier: GPL-2.0-only
// The capability list without virtio's structures, against a plain walk of it.
#include "core/capability_mask.hh"
#include "kunit/test.hh"

KT_SUITE(core_capability_mask);

using base::u16;
using base::u32;
using base::u8;
using base::usize;
using core::CapabilityMask;

namespace {

constexpr u8 vendor = WIRE_PCI_CAP_ID_VENDOR, msix = WIRE_PCI_CAP_ID_MSIX, express = 0x10, pm = 0x01;

/// Configuration space with a list; what no capability fills is 0xee.
struct Space {
	u8 bytes[256];
	u8 last = 0;

	Space()
	{
		base::fill_bytes(bytes, 0xee);
		bytes[WIRE_PCI_STATUS] = WIRE_PCI_STATUS_CAP_LIST;
		bytes[WIRE_PCI_CAP_POINTER] = 0;
	}
	/// Appends one; a vendor-specific one says how long it is.
	Space &add(u8 at, u8 id, u8 length = 16)
	{
		bytes[last ? last + 1 : WIRE_PCI_CAP_POINTER] = at;
		bytes[at] = id;
		bytes[at + 1] = 0;
		if (id == vendor)
			bytes[at + 2] = length;
		last = at;
		return *this;
	}
};

/// What a guest that walks the list finds, as offsets, through the mask.
struct Found {
	u8 at[64];
	unsigned count = 0;
	u8 bytes[256];

	Found(const Space &space, const CapabilityMask &mask)
	{
		base::copy_bytes(bytes, space.bytes);
		mask.overlay(0, bytes);
		if (!(bytes[WIRE_PCI_STATUS] & WIRE_PCI_STATUS_CAP_LIST))
			return;
		for (u8 next = bytes[WIRE_PCI_CAP_POINTER]; next && count < 64; next = bytes[next + 1])
			at[count++] = next;
	}
};

bool finds(const Space &space, const CapabilityMask &mask, std::initializer_list<u8> wanted)
{
	const Found found{space, mask};
	unsigned i = 0;

	for (const u8 at : wanted)
		if (i >= found.count || found.at[i++] != at)
			return false;
	return i == found.count;
}

} // namespace

KT_CASE(nothing_is_hidden_at_first)
{
	const CapabilityMask mask;
	const Space space = Space{}.add(0x40, vendor).add(0x60, msix);

	KT_EXPECT(!mask.active());
	KT_EXPECT(finds(space, mask, {0x40, 0x60}));
	KT_EXPECT(!mask.first_run(0x40, 4).hidden);
	KT_EXPECT_EQ(mask.first_run(0x40, 64).length, 64);
}

KT_CASE(vendor_capabilities_anywhere_in_the_list)
{
	CapabilityMask mask;

	const Space first = Space{}.add(0x40, vendor).add(0x50, vendor).add(0x60, msix).add(0x70, pm);
	KT_REQUIRE(mask.hide_virtio(first.bytes).ok());
	KT_EXPECT(finds(first, mask, {0x60, 0x70}));

	const Space last = Space{}.add(0x98, msix).add(0x84, vendor, 20).add(0x40, vendor);
	KT_REQUIRE(mask.hide_virtio(last.bytes).ok());
	KT_EXPECT(finds(last, mask, {0x98}));

	const Space between =
		Space{}.add(0xdc, msix).add(0xc8, vendor, 20).add(0x7c, pm).add(0x8c, vendor).add(0x40, express);
	KT_REQUIRE(mask.hide_virtio(between.bytes).ok());
	KT_EXPECT(finds(between, mask, {0xdc, 0x7c, 0x40}));
}

KT_CASE(a_list_of_nothing_else_is_no_list)
{
	CapabilityMask mask;
	const Space space = Space{}.add(0x40, vendor).add(0x50, vendor, 20);

	KT_REQUIRE(mask.hide_virtio(space.bytes).ok());
	const Found found{space, mask};
	KT_EXPECT_EQ(found.count, 0);
	KT_EXPECT_EQ(found.bytes[WIRE_PCI_CAP_POINTER], 0);
	KT_EXPECT_EQ(found.bytes[WIRE_PCI_STATUS] & WIRE_PCI_STATUS_CAP_LIST, 0);
}

KT_CASE(no_list_at_all)
{
	CapabilityMask mask;
	Space space;

	space.bytes[WIRE_PCI_STATUS] = 0;
	space.bytes[WIRE_PCI_CAP_POINTER] = 0x77; // means nothing then
	KT_REQUIRE(mask.hide_virtio(space.bytes).ok());
	KT_EXPECT(!mask.active());
}

KT_CASE(what_is_hidden_reads_zero_and_the_rest_as_it_is)
{
	CapabilityMask mask;
	const Space space = Space{}.add(0x40, vendor, 14).add(0x50, msix).add(0xf0, vendor, 16);

	KT_REQUIRE(mask.hide_virtio(space.bytes).ok());
	const Found found{space, mask};
	unsigned wrong = 0;
	for (unsigned at = 0; at < 256; at++) {
		u8 wanted = space.bytes[at];
		if ((at >= 0x40 && at < 0x50) || at >= 0xf0 || at == 0x51) // 14 bytes fill 16
			wanted = 0;
		if (at == WIRE_PCI_CAP_POINTER)
			wanted = 0x50;
		wrong += found.bytes[at] != wanted;
	}
	KT_EXPECT_EQ(wrong, 0);
}

KT_CASE(accesses_of_any_width_see_the_same)
{
	CapabilityMask mask;
	const Space space = Space{}.add(0x40, vendor).add(0x50, msix).add(0x60, vendor, 20).add(0x78, pm);

	KT_REQUIRE(mask.hide_virtio(space.bytes).ok());
	const Found found{space, mask};
	unsigned wrong = 0;
	for (u32 offset = 0; offset < 256; offset++)
		for (usize length = 1; length <= 8 && offset + length <= 256; length++) {
			u8 data[8];
			base::copy_bytes({data, length}, base::ConstBytes{space.bytes}.subspan(offset));
			mask.overlay(offset, {data, length});
			for (usize i = 0; i < length; i++)
				wrong += data[i] != found.bytes[offset + i];
		}
	KT_EXPECT_EQ(wrong, 0);
}

KT_CASE(extended_capabilities_are_untouched)
{
	CapabilityMask mask;
	const Space space = Space{}.add(0xf0, vendor, 255);
	u8 data[8] = {1, 2, 3, 4, 5, 6, 7, 8};
	const u8 crossing[8] = {0, 0, 0, 0, 5, 6, 7, 8};

	KT_REQUIRE(mask.hide_virtio(space.bytes).ok());
	mask.overlay(0xfc, data);
	KT_EXPECT_BYTES(data, crossing);
	mask.overlay(0x100, data);
	KT_EXPECT_BYTES(data, crossing);
	KT_EXPECT(!mask.first_run(0x100, 4).hidden);
	KT_EXPECT_EQ(mask.first_run(0xf8, 64).length, 8);
	KT_EXPECT_EQ(mask.first_run(0xf8, 4).length, 4);
	// However long, and without a look at each byte.
	KT_EXPECT_EQ(mask.first_run(0x100, ~base::usize{0}).length, ~base::usize{0});
	KT_EXPECT_EQ(mask.first_run(0x80, 0x1000).length, 0x70);
	mask.clear();
	KT_EXPECT_EQ(mask.first_run(0, ~base::usize{0}).length, ~base::usize{0});
}

KT_CASE(writes_are_cut_where_hiding_begins_and_ends)
{
	CapabilityMask mask;
	const Space space = Space{}.add(0x50, vendor).add(0x60, msix);

	KT_REQUIRE(mask.hide_virtio(space.bytes).ok());
	const CapabilityMask::Run before = mask.first_run(0x4e, 64);
	KT_EXPECT(!before.hidden);
	KT_EXPECT_EQ(before.length, 2);
	const CapabilityMask::Run inside = mask.first_run(0x53, 64);
	KT_EXPECT(inside.hidden);
	KT_EXPECT_EQ(inside.length, 13);
	const CapabilityMask::Run behind = mask.first_run(0x60, 4);
	KT_EXPECT(!behind.hidden);
	KT_EXPECT_EQ(behind.length, 4);
}

KT_CASE(a_length_that_lies_hides_no_neighbour)
{
	CapabilityMask mask;
	const Space space = Space{}.add(0x40, vendor, 255).add(0x50, msix).add(0x80, vendor, 0);

	KT_REQUIRE(mask.hide_virtio(space.bytes).ok());
	KT_EXPECT(finds(space, mask, {0x50}));
	KT_EXPECT(!mask.first_run(0x50, 4).hidden);
	// One without a length has its header at least.
	KT_EXPECT(mask.first_run(0x80, 4).hidden);
	KT_EXPECT(!mask.first_run(0x84, 4).hidden);
}

KT_CASE(broken_lists_are_refused)
{
	CapabilityMask mask;
	Space loop = Space{}.add(0x40, vendor).add(0x50, msix);
	Space header = Space{}.add(0x40, msix);
	u8 few[64] = {};

	loop.bytes[0x51] = 0x40;
	KT_EXPECT(mask.hide_virtio(loop.bytes).error() == base::Error::protocol);
	KT_EXPECT(!mask.active());
	header.bytes[0x41] = 0x3c;
	KT_EXPECT(mask.hide_virtio(header.bytes).error() == base::Error::protocol);
	KT_EXPECT(!mask.active());
	KT_EXPECT(mask.hide_virtio(few).error() == base::Error::invalid);
}

KT_CASE(the_longest_list_there_can_be)
{
	CapabilityMask mask;
	Space space;

	for (unsigned at = 0x40; at < 0x100; at += 4)
		space.add(static_cast<u8>(at), at % 8 ? vendor : msix, 4);
	KT_REQUIRE(mask.hide_virtio(space.bytes).ok());
	const Found found{space, mask};
	KT_EXPECT_EQ(found.count, 24);
	for (unsigned i = 0; i < found.count; i++)
		KT_EXPECT_EQ(found.bytes[found.at[i]], msix);
}

KT_SUITE_END(core_capability_mask);
