// SPDX-License-Identifier: GPL-2.0-only
// The guest's configuration space, for accesses of any width and alignment,
// against a plain picture of the 64 bytes a transitional device has there.
#include "core/config_view.hh"
#include "kunit/test.hh"
#include "kunit/support/legacy_model.hh"

KT_SUITE(core_config_view);

using base::u16;
using base::u32;
using base::u8;
using base::usize;
using core::ConfigView;
using core::MsixLayout;
using support::TypeModel;

namespace {

constexpr u16 longest = 12;
constexpr u16 msix_capability = 0x98;

/// What the VF itself has at @offset.
u8 own_byte(u32 offset)
{
	return static_cast<u8>(0x41 + offset * 3);
}

/// What the guest must see there.
u8 guest_byte(const TypeModel &type, bool io, u32 bar, u32 offset)
{
	switch (offset) {
	case 0x02:
		return static_cast<u8>(type.transitional_id);
	case 0x03:
		return 0x10;
	case 0x04: // only the I/O bit is the view's
		return static_cast<u8>((own_byte(4) & 0xfe) | (io ? 1 : 0));
	case 0x08:
		return 0x00;
	case 0x10:
		return static_cast<u8>(bar);
	case 0x11:
		return static_cast<u8>(bar >> 8);
	case 0x12:
		return static_cast<u8>(bar >> 16);
	case 0x13:
		return static_cast<u8>(bar >> 24);
	case 0x2c:
		return 0xf4;
	case 0x2d:
		return 0x1a;
	case 0x2e:
		return static_cast<u8>(type.virtio_id);
	case 0x2f:
		return 0x00;
	default:
		return own_byte(offset);
	}
}

/// The first access, as offset << 16 | length, that shows a wrong byte; or -1.
long first_wrong(const ConfigView &view, const TypeModel &type, bool io, u32 bar)
{
	for (u32 offset = 0; offset < 0x60; offset++) {
		for (u16 length = 1; length <= longest; length++) {
			u8 data[longest];
			for (u16 i = 0; i < length; i++)
				data[i] = own_byte(offset + i);
			view.overlay(static_cast<u16>(offset), {data, length}, {});
			for (u16 i = 0; i < length; i++)
				if (data[i] != guest_byte(type, io, bar, offset + i))
					return static_cast<long>(offset << 16 | length);
		}
	}
	return -1;
}

void write_le(ConfigView &view, u16 offset, u16 width, u32 value)
{
	u8 data[4];

	base::store_le({data, width}, value);
	view.written(offset, {data, width});
}

u32 read_bar(const ConfigView &view)
{
	u8 data[4] = {};

	view.overlay(0x10, data, {});
	return static_cast<u32>(base::load_le(data));
}

ConfigView view_of(unsigned type, u16 msix = msix_capability)
{
	return ConfigView{*support::our_type(support::type_models()[type]), msix};
}

} // namespace

KT_CASE(every_access_of_every_type)
{
	for (unsigned i = 0; i < support::type_models_count; i++) {
		const TypeModel &type = support::type_models()[i];
		ConfigView view{*support::our_type(type), msix_capability};

		KT_EXPECT_EQ(first_wrong(view, type, false, 1), -1);
		write_le(view, 0x04, 2, 0x0507);
		write_le(view, 0x10, 4, 0x0000c000);
		KT_EXPECT_EQ(first_wrong(view, type, true, 0xc001), -1);
	}
}

KT_CASE(what_lies_above_the_header_is_untouched)
{
	const ConfigView view = view_of(0);
	u8 data[64];

	for (const u16 offset : {u16{0x40}, u16{0x98}, u16{0xff0}, u16{0xffe0}, u16{0xffff}}) {
		base::fill_bytes(data, 0x77);
		view.overlay(offset, data, {});
		for (const u8 byte : data)
			KT_EXPECT_EQ(byte, 0x77);
	}
}

KT_CASE(an_empty_access_is_allowed)
{
	ConfigView view = view_of(0);

	view.overlay(0x10, {}, {});
	view.written(0x04, {});
	KT_EXPECT(!view.io_enabled());
}

KT_CASE(sizing_tells_the_size_of_an_io_bar)
{
	for (unsigned i = 0; i < support::type_models_count; i++) {
		ConfigView view = view_of(i);
		const u32 size = support::type_models()[i].bar_size;

		KT_EXPECT_EQ(read_bar(view), 1u);
		write_le(view, 0x10, 4, 0xffffffff);
		KT_EXPECT_EQ(read_bar(view), (~(size - 1)) | 1);
		write_le(view, 0x10, 4, 0);
		KT_EXPECT_EQ(read_bar(view), 1u);
		// Bits below the size do not stick; bit 1 is reserved.
		write_le(view, 0x10, 4, 0xd000 + size + 0x16);
		KT_EXPECT_EQ(read_bar(view), 0xd000 + size + 1);
	}
}

KT_CASE(the_bar_is_written_in_any_way)
{
	ConfigView bytes = view_of(0), straddling = view_of(0), wide = view_of(0);
	const u8 around[12] = {0, 0, 0, 0, 0x40, 0xc3, 0x22, 0x11, 0xff, 0xff, 0xff, 0xff};

	for (u16 i = 0; i < 4; i++)
		write_le(bytes, static_cast<u16>(0x10 + i), 1, u32{0x1122c340} >> (8 * i));
	KT_EXPECT_EQ(read_bar(bytes), 0x1122c341u);

	write_le(straddling, 0x0e, 4, 0xc3400000); // its low half
	write_le(straddling, 0x12, 4, 0xffff1122); // and its high one
	KT_EXPECT_EQ(read_bar(straddling), 0x1122c341u);
	write_le(straddling, 0x13, 2, 0xff99);
	KT_EXPECT_EQ(read_bar(straddling), 0x9922c341u);

	wide.written(0x0c, around);
	KT_EXPECT_EQ(read_bar(wide), 0x1122c341u);
}

KT_CASE(neighbours_do_not_change_the_bar)
{
	ConfigView view = view_of(0);

	write_le(view, 0x10, 4, 0xc000);
	write_le(view, 0x0c, 4, 0xffffffff);
	write_le(view, 0x14, 4, 0xffffffff);
	write_le(view, 0x0f, 1, 0xff);
	KT_EXPECT_EQ(read_bar(view), 0xc001u);
}

KT_CASE(io_decoding_follows_the_command_register)
{
	ConfigView view = view_of(0);

	KT_EXPECT(!view.io_enabled());
	write_le(view, 0x04, 1, 0x01);
	KT_EXPECT(view.io_enabled());
	write_le(view, 0x05, 1, 0x00); // its high byte
	KT_EXPECT(view.io_enabled());
	write_le(view, 0x04, 2, 0x0506);
	KT_EXPECT(!view.io_enabled());
	write_le(view, 0x02, 4, 0x00011041); // the id and the command
	KT_EXPECT(view.io_enabled());
	write_le(view, 0x06, 2, 0x0000);
	KT_EXPECT(view.io_enabled());
	write_le(view, 0x03, 2, 0x0010);
	KT_EXPECT(!view.io_enabled());
}

KT_CASE(identity_cannot_be_written)
{
	ConfigView view = view_of(0);
	const TypeModel &type = support::type_models()[0];

	for (u16 offset = 0; offset < 0x40; offset += 4)
		if (offset != 0x04 && offset != 0x10)
			write_le(view, offset, 4, 0xffffffff);
	KT_EXPECT_EQ(first_wrong(view, type, false, 1), -1);
}

KT_CASE(msix_is_unknown_until_the_guest_writes_it)
{
	ConfigView view = view_of(0);

	KT_EXPECT(!view.msix().has_value());
	write_le(view, msix_capability + 2, 2, 0xc001);
	KT_EXPECT(view.msix() == MsixLayout::enabled);
	write_le(view, msix_capability + 2, 2, 0x4001); // masked is not enabled
	KT_EXPECT(view.msix() == MsixLayout::disabled);
	view.reset();
	KT_EXPECT(!view.msix().has_value());
}

KT_CASE(msix_bit_is_seen_in_writes_of_any_shape)
{
	struct {
		u16 offset, width;
		u32 value;
		bool seen;
	} constexpr writes[] = {
		{0x9b, 1, 0x80, true},	     {0x9a, 1, 0xff, false},  {0x9a, 2, 0x8000, true},
		{0x9b, 2, 0x0080, true},     {0x98, 4, 0x80000011, true}, {0x99, 4, 0x00800000, true},
		{0x9b, 4, 0x00000080, true}, {0x9c, 4, 0xffffffff, false}, {0x97, 4, 0xff000000, false},
	};

	for (const auto &write : writes) {
		ConfigView view = view_of(0);
		write_le(view, write.offset, write.width, write.value);
		KT_EXPECT_EQ(view.msix().has_value(), write.seen);
		if (write.seen)
			KT_EXPECT(view.msix() == MsixLayout::enabled);
	}
}

KT_CASE(without_an_msix_capability_nothing_is_seen)
{
	ConfigView view = view_of(0, 0);

	write_le(view, 0x00, 4, 0xffffffff);
	write_le(view, 0x02, 2, 0xffff);
	KT_EXPECT(!view.msix().has_value());
}

KT_CASE(reset_is_as_after_power_on)
{
	ConfigView view = view_of(0);
	const TypeModel &type = support::type_models()[0];

	write_le(view, 0x04, 2, 0x0007);
	write_le(view, 0x10, 4, 0xc000);
	view.reset();
	KT_EXPECT(!view.io_enabled());
	KT_EXPECT_EQ(first_wrong(view, type, false, 1), -1);
}

KT_CASE(a_function_reset_keeps_what_vfio_keeps)
{
	ConfigView view = view_of(0);
	const TypeModel &type = support::type_models()[0];

	write_le(view, 0x04, 2, 0x0007);
	write_le(view, 0x10, 4, 0xc000);
	write_le(view, msix_capability + 2, 2, 0x8000);
	view.function_reset();
	KT_EXPECT(view.io_enabled());
	KT_EXPECT_EQ(first_wrong(view, type, true, 0xc001), -1);
	KT_EXPECT(!view.msix().has_value());
}

KT_SUITE_END(core_config_view);
