// SPDX-License-Identifier: GPL-2.0-only
// Every transitional type end to end: each byte of BAR0 comes from the register or
// configuration byte that the specification puts there.
#include "kunit/support/guest.hh"
#include "kunit/support/legacy_model.hh"

KT_SUITE(member_types);

using base::u16;
using base::u32;
using base::u8;
using support::ByteModel;
using support::Guest;
using support::TypeModel;
using Where = core::Piece::Where;

namespace {


u16 length_of(const TypeModel &type)
{
	u16 length = 0;

	for (u32 offset = 24; offset < type.bar_size; offset++)
		if (support::byte_model(type, true, offset).where == Where::device)
			length = static_cast<u16>(offset - 23);
	return length;
}

/// The first offset that reads wrongly in accesses of @width bytes; or -1.
int first_wrong(Guest &guest, const TypeModel &type, bool msix, u32 width)
{
	for (u32 start = 0; start < type.bar_size + 4u; start += width) {
		u8 data[8];
		if (guest.read_bar(start, data, width) != static_cast<long>(width))
			return static_cast<int>(start);
		for (u32 i = 0; i < width; i++)
			if (data[i] != support::painted_byte(guest.vf(), {type, msix, start, width}, i))
				return static_cast<int>(start + i);
	}
	return -1;
}

/// The first byte of the configuration that a write does not reach; or -1.
int first_unwritten(Guest &guest, const TypeModel &type)
{
	for (u32 offset = 20; offset < type.bar_size; offset++) {
		const ByteModel byte = support::byte_model(type, false, offset);
		const u8 value = static_cast<u8>(offset ^ 0x3c);
		guest.out(static_cast<u16>(offset), 1, value);
		if (byte.where == Where::device && guest.vf().device_config[byte.offset] != value)
			return static_cast<int>(offset);
	}
	return -1;
}

void check(const TypeModel &type)
{
	fake::Options options;

	options.vf_type = type.virtio_id;
	KT_REQUIRE(support::bring_up(options));
	Guest guest;
	KT_REQUIRE(guest.start());
	support::paint_registers(guest.vf(), length_of(type));

	guest.set_msix(true);
	for (const u32 width : {3u, 8u})
		KT_EXPECT_EQ(first_wrong(guest, type, true, width), -1);
	guest.set_msix(false);
	for (const u32 width : {1u, 8u})
		KT_EXPECT_EQ(first_wrong(guest, type, false, width), -1);
	KT_EXPECT_EQ(first_unwritten(guest, type), -1);
}

} // namespace

KT_CASE(net)
{
	check(support::type_models()[0]);
}

KT_CASE(block)
{
	check(support::type_models()[1]);
}

KT_CASE(balloon)
{
	check(support::type_models()[2]);
}

KT_CASE(console)
{
	check(support::type_models()[3]);
}

KT_CASE(scsi)
{
	check(support::type_models()[4]);
}

KT_CASE(entropy)
{
	check(support::type_models()[5]);
}

KT_CASE(fs9p)
{
	check(support::type_models()[6]);
}

KT_SUITE_END(member_types);
