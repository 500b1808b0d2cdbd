// SPDX-License-Identifier: GPL-2.0-only
// The walk through a function's capabilities (virtio 1.3, 4.1.4), and lists that
// are broken in every way a device can break them.
#include "core/function_layout.hh"
#include "kunit/fake/function.hh"
#include "kunit/test.hh"

KT_SUITE(core_layout);

using base::Error;
using base::u16;
using base::u32;
using base::u64;
using base::u8;
using core::BarRange;
using core::FunctionLayout;

namespace {

constexpr u8 common = 1, notify = 2, isr = 3, device = 4, pci_cfg = 5, shared_memory = 8;
constexpr u8 id_vendor = 0x09, id_msix = 0x11, id_other = 0x10;
constexpr u16 pointer_at = 0x34;
// All but those of 4.1.4. Type 9 is the data of a vendor.
constexpr u8 other_types[] = {0, 6, 7, 9, 10, 0x80, 0xff};

// Too large for a kernel stack.
constinit kn_pci function;
constinit FunctionLayout layout;

/// A function with BARs 1 and 4 and no capability.
kn_pci &fresh()
{
	fake::init_function(function, 0x1af4, 0x1041);
	for (u64 &length : function.bar_length)
		length = 0;
	function.bar_length[1] = 0x1000;
	function.bar_length[4] = 0x4000;
	return function;
}

/// Fills @layout; whether the walk ended well.
bool walk()
{
	const auto read = core::read_layout(&function);

	layout = read.get();
	if (!read.ok())
		KT_EXPECT(read.error() == Error::protocol);
	return read.ok();
}

bool is(const BarRange &range, u8 bar, u64 offset, u64 length)
{
	return range.bar == bar && range.offset == offset && range.length == length;
}

/// A capability where the test wants it, without helpers that keep a list sound.
void raw_capability(u16 at, u8 id, u8 next, u8 length = 0)
{
	fake::put8(function, at, id);
	fake::put8(function, static_cast<u16>(at + 1), next);
	fake::put8(function, static_cast<u16>(at + 2), length);
}

void start_list(u8 at)
{
	fake::put16(function, 0x06, 0x0010);
	fake::put8(function, pointer_at, at);
}

/// Shared memory (4.1.4.7) of 64-bit offset and length in BAR 4.
void add_shared_memory(kn_pci &f, u64 offset, u64 length)
{
	const u16 at = fake::add_virtio(f, shared_memory, 4, static_cast<u32>(offset),
					static_cast<u32>(length), 24, static_cast<u32>(offset >> 32));

	fake::put32(f, static_cast<u16>(at + 20), static_cast<u32>(length >> 32));
}

} // namespace

KT_CASE(a_sound_list)
{
	kn_pci &f = fresh();

	const u16 msix = fake::add_msix(f, 5, 1, 0x800, 1, 0xc00);
	fake::add_virtio(f, common, 4, 0x0, 0x1000);
	fake::add_virtio(f, isr, 4, 0x1000, 0x10);
	fake::add_virtio(f, device, 4, 0x2000, 0x100);
	fake::add_virtio(f, notify, 4, 0x3000, 0x1000, 20, 4);
	fake::add_virtio(f, pci_cfg, 0, 0, 0, 20);
	KT_REQUIRE(walk());

	KT_EXPECT(is(layout.common, 4, 0x0, 0x1000));
	KT_EXPECT(is(layout.notify, 4, 0x3000, 0x1000));
	KT_EXPECT_EQ(layout.notify_multiplier, 4);
	KT_EXPECT_EQ(layout.msix, msix);
	KT_EXPECT_EQ(layout.bar_length[1], 0x1000);
	KT_EXPECT_EQ(layout.bar_length[4], 0x4000);
	KT_EXPECT_EQ(layout.bar_length[0], 0);
}

KT_CASE(everything_but_notify_is_reserved)
{
	kn_pci &f = fresh();

	fake::add_msix(f, 5, 1, 0x800, 1, 0xc00);
	fake::add_virtio(f, common, 4, 0x0, 0x40);
	fake::add_virtio(f, isr, 4, 0x1000, 0x10);
	fake::add_virtio(f, device, 4, 0x2000, 0x100);
	fake::add_virtio(f, notify, 4, 0x3000, 0x1000, 20, 4);
	KT_REQUIRE(walk());

	const BarRange taken[] = {
		{1, 0x800, 2}, {1, 0x84e, 2}, {1, 0xc00, 2},  {1, 0xc06, 2},
		{4, 0, 2},     {4, 0x3e, 2},  {4, 0x100e, 2}, {4, 0x20fe, 2},
	};
	const BarRange free[] = {
		{1, 0x7fe, 2}, {1, 0x850, 2},  {1, 0xc08, 2},  {4, 0x40, 2},
		{4, 0x1010, 2}, {4, 0x2100, 2}, {4, 0x3000, 2}, {4, 0x3ffe, 2},
	};
	for (const BarRange &range : taken)
		KT_EXPECT(layout.is_reserved(range));
	for (const BarRange &range : free)
		KT_EXPECT(!layout.is_reserved(range));
}

KT_CASE(msix_sizes_are_counted_in_entries)
{
	kn_pci &f = fresh();

	f.bar_length[1] = 0x10000;
	fake::add_msix(f, 2048, 1, 0, 1, 0x8000); // the most there can be
	KT_REQUIRE(walk());
	KT_EXPECT(layout.is_reserved({1, 0x7ffe, 2}));
	KT_EXPECT(layout.is_reserved({1, 0x80fe, 2}));
	KT_EXPECT(!layout.is_reserved({1, 0x8100, 2}));
}

KT_CASE(no_list_is_an_empty_layout)
{
	kn_pci &f = fresh();

	fake::add_virtio(f, common, 4, 0, 0x40);
	fake::put16(f, 0x06, 0x0000); // status: no capability list
	KT_REQUIRE(walk());
	KT_EXPECT(!layout.common.present());
	KT_EXPECT_EQ(layout.msix, 0);
}

KT_CASE(low_bits_of_pointers_are_ignored)
{
	kn_pci &f = fresh();

	const u16 at = fake::add_virtio(f, common, 4, 0, 0x40);
	fake::put8(f, pointer_at, static_cast<u8>(at | 3));
	fake::add_virtio(f, notify, 4, 0x3000, 0x1000, 20, 4);
	function.config[at + 1] |= 2;
	KT_REQUIRE(walk());
	KT_EXPECT(layout.common.present());
	KT_EXPECT(layout.notify.present());
}

KT_CASE(lists_that_loop)
{
	fresh();
	start_list(0x40);
	raw_capability(0x40, id_other, 0x40);
	KT_EXPECT(!walk());

	raw_capability(0x40, id_other, 0x50);
	raw_capability(0x50, id_other, 0x40);
	KT_EXPECT(!walk());
	KT_EXPECT(function.config_reads < 500); // noticed soon
}

KT_CASE(as_many_capabilities_as_fit)
{
	fresh();
	start_list(0x40);
	for (u16 at = 0x40; at < 0x100; at = static_cast<u16>(at + 4))
		raw_capability(at, id_other, static_cast<u8>(at + 4));
	KT_EXPECT(walk()); // the last one's next wraps to 0, the end
	fake::put8(function, 0xfd, 0x40);
	KT_EXPECT(!walk());
}

KT_CASE(pointers_into_the_header)
{
	for (const u8 at : {u8{0x04}, u8{0x10}, u8{0x3c}}) {
		fresh();
		start_list(at);
		KT_EXPECT(!walk());

		start_list(0x40);
		raw_capability(0x40, id_other, at);
		KT_EXPECT(!walk());
	}
}

KT_CASE(capabilities_that_leave_configuration_space)
{
	fresh();
	start_list(0xf8);
	raw_capability(0xf8, id_msix, 0);
	KT_EXPECT(!walk());
	start_list(0xfc);
	raw_capability(0xfc, id_msix, 0);
	KT_EXPECT(!walk());
	raw_capability(0xfc, id_vendor, 0, 16);
	fake::put8(function, 0xff, common);
	KT_EXPECT(!walk());
	start_list(0x44);
	raw_capability(0x44, id_vendor, 0, 0xff);
	fake::put8(function, 0x47, common);
	KT_EXPECT(!walk());

	start_list(0xf4); // these just fit
	raw_capability(0xf4, id_msix, 0);
	KT_EXPECT(walk());
	KT_EXPECT_EQ(layout.msix, 0xf4);
}

KT_CASE(capabilities_that_are_too_short)
{
	for (u8 length = 0; length < 16; length++) {
		fake::add_virtio(fresh(), common, 4, 0, 0x40, length);
		KT_EXPECT(walk());
		KT_EXPECT(!layout.common.present());
	}
	for (u8 length = 16; length < 20; length++) {
		fake::add_virtio(fresh(), notify, 4, 0x3000, 0x1000, length, 4);
		KT_EXPECT(walk());
		KT_EXPECT(!layout.notify.present());
	}
}

KT_CASE(structures_that_do_not_fit_their_bar)
{
	const struct {
		u8 bar;
		u32 offset, size;
		bool fits;
	} places[] = {
		{4, 0, 0x4000, true},		  {4, 0x3fff, 1, true},
		{4, 0, 0x4001, false},		  {4, 0x4000, 1, false},
		{4, 0x3000, 0x1001, false},	  {4, 0, 0, false},
		{4, 0xfffffff0, 0x20, false},	  {4, 0x10, 0xfffffff0, false},
		{4, 0xffffffff, 0xffffffff, false}, {0, 0, 0x40, false},
		{5, 0, 0x40, false},		  {6, 0, 0x40, false},
		{7, 0, 0x40, false},		  {255, 0, 0x40, false},
	};

	for (const auto &place : places) {
		fake::add_virtio(fresh(), common, place.bar, place.offset, place.size);
		KT_EXPECT(walk());
		KT_EXPECT_EQ(layout.common.present(), place.fits);
	}
}

KT_CASE(the_first_that_fits_counts)
{
	kn_pci &f = fresh();

	fake::add_virtio(f, common, 3, 0, 0x40);
	fake::add_virtio(f, common, 4, 0x100, 0x40);
	fake::add_virtio(f, common, 4, 0x200, 0x40);
	fake::add_virtio(f, notify, 4, 0x3000, 0x1000, 16);
	fake::add_virtio(f, notify, 4, 0x3100, 0x10, 20, 2);
	fake::add_virtio(f, notify, 4, 0x3200, 0x10, 20, 8);
	KT_REQUIRE(walk());
	KT_EXPECT(is(layout.common, 4, 0x100, 0x40));
	KT_EXPECT(is(layout.notify, 4, 0x3100, 0x10));
	KT_EXPECT_EQ(layout.notify_multiplier, 2);
	// Still no place for a doorbell.
	KT_EXPECT(layout.is_reserved({4, 0x200, 2}));
}

KT_CASE(of_two_msix_capabilities_the_first_counts)
{
	kn_pci &f = fresh();

	// As the kernel has it, whose MSI-X the guest's layout must agree with.
	const u16 first = fake::add_msix(f, 2, 1, 0, 1, 0x100);
	fake::add_msix(f, 2, 1, 0x200, 1, 0x300);
	KT_REQUIRE(walk());
	KT_EXPECT_EQ(layout.msix, first);
}

KT_CASE(other_types_are_no_structures)
{
	for (const u8 type : other_types) {
		kn_pci &f = fresh();
		fake::add_virtio(f, type, 4, 0, 0x40);
		fake::add_virtio(f, common, 4, 0x100, 0x40);
		KT_REQUIRE(walk());
		KT_EXPECT(is(layout.common, 4, 0x100, 0x40));
		// Their bytes at the place of a range are none: a doorbell may be there.
		KT_EXPECT(!layout.is_reserved({4, 0, 2}));
		KT_EXPECT_EQ(layout.reserved_count, 1);
	}
}

KT_CASE(other_types_do_not_break_the_list)
{
	for (const u8 type : other_types)
		for (const u8 length : {u8{0}, u8{6}, u8{0xc4}, u8{0xff}}) {
			kn_pci &f = fresh();
			fake::add_virtio(f, common, 4, 0x100, 0x40);
			const u16 at = fake::add_virtio(f, type, 4, 0, 0x40);
			fake::put8(f, static_cast<u16>(at + 2), length); // to the end, and beyond
			KT_EXPECT(walk());
			KT_EXPECT(layout.common.present());
		}
	// The list's last four bytes.
	start_list(0xfc);
	raw_capability(0xfc, id_vendor, 0, 16);
	fake::put8(function, 0xff, 9);
	KT_EXPECT(walk());
}

KT_CASE(longer_capabilities_are_accepted)
{
	for (const u8 more : {u8{4}, u8{8}, u8{20}}) {
		kn_pci &f = fresh();
		fake::add_virtio(f, common, 4, 0x100, 0x40, static_cast<u8>(16 + more), 0xdead);
		fake::add_virtio(f, notify, 4, 0x3000, 0x1000, static_cast<u8>(20 + more), 8);
		KT_REQUIRE(walk());
		KT_EXPECT(is(layout.common, 4, 0x100, 0x40));
		KT_EXPECT(is(layout.notify, 4, 0x3000, 0x1000));
		KT_EXPECT_EQ(layout.notify_multiplier, 8);
	}
}

KT_CASE(shared_memory_has_64_bits)
{
	constexpr u64 four_gib = u64{1} << 32;

	for (const u64 offset : {u64{0}, four_gib, 2 * four_gib + 0x1000}) {
		kn_pci &f = fresh();
		f.bar_length[4] = 8 * four_gib;
		add_shared_memory(f, offset, 3 * four_gib + 0x40);
		KT_REQUIRE(walk());
		KT_EXPECT(layout.is_reserved({4, offset, 2}));
		KT_EXPECT(layout.is_reserved({4, offset + 0x40, 2}));
		KT_EXPECT(layout.is_reserved({4, offset + 3 * four_gib + 0x3e, 2}));
		KT_EXPECT(!layout.is_reserved({4, offset + 3 * four_gib + 0x40, 2}));
		KT_EXPECT(offset == 0 || !layout.is_reserved({4, offset - 2, 2}));
	}
	// A length of which only the upper half is above zero, and one past the end of the BAR.
	kn_pci &f = fresh();
	f.bar_length[4] = 2 * four_gib;
	add_shared_memory(f, four_gib, four_gib);
	add_shared_memory(f, 0, 3 * four_gib);
	KT_REQUIRE(walk());
	KT_EXPECT_EQ(layout.reserved_count, 1);
	KT_EXPECT(layout.is_reserved({4, 2 * four_gib - 2, 2}));
}

KT_CASE(more_structures_than_can_be_noted)
{
	kn_pci &f = fresh();

	for (unsigned i = 0; i < 8; i++)
		fake::add_virtio(f, device, 4, i * 0x10, 0x10);
	KT_REQUIRE(walk());
	KT_EXPECT(!layout.is_reserved({4, 0x3000, 2}));

	fresh();
	start_list(0x40); // so close that each one's place is its successor's first words
	for (unsigned i = 0; i < 18; i++) {
		const u16 at = static_cast<u16>(0x40 + 8 * i);
		const bool last = i == 17;
		raw_capability(at, id_vendor, last ? u8{0} : static_cast<u8>(at + 8), 16);
		fake::put8(function, static_cast<u16>(at + 3), device);
		fake::put32(function, static_cast<u16>(at + 4), 4);
	}
	function.bar_length[4] = u64{1} << 33;
	KT_REQUIRE(walk());
	KT_EXPECT_EQ(layout.reserved_count, core::max_reserved_ranges + 1);
	KT_EXPECT(layout.is_reserved({4, (u64{1} << 33) - 2, 2}));
	KT_EXPECT(layout.is_reserved({1, 0, 2}));
}

KT_CASE(a_function_that_is_gone)
{
	fresh();
	for (u8 &byte : function.config)
		byte = 0xff;
	const auto read = core::read_layout(&function);
	KT_EXPECT(!read.ok() && read.error() == Error::no_device);
}

KT_SUITE_END(core_layout);
