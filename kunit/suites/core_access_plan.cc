// SPDX-License-Identifier: GPL-2.0-only
// Every access is cut into single fields, each byte once, in ascending order.
#include "core/access_plan.hh"
#include "kunit/test.hh"
#include "kunit/support/legacy_model.hh"

KT_SUITE(core_access_plan);

using base::u16;
using base::u32;
using core::AccessPlan;
using core::MsixLayout;
using core::Piece;
using Where = core::Piece::Where;
using support::ByteModel;
using support::TypeModel;

namespace {

struct Access {
	const TypeModel &type;
	bool msix;
	u16 offset;
	u16 length;
};

bool is_field(const Piece &piece)
{
	return piece.where == Where::common || piece.where == Where::device;
}

/// Whether the model has @piece's bytes in one place.
bool agrees(const Access &access, const Piece &piece)
{
	const u32 start = u32{access.offset} + piece.position;
	const ByteModel first = support::byte_model(access.type, access.msix, start);

	if (piece.where != first.where ||
	    (is_field(piece) && (piece.offset != first.offset || piece.length > 8)))
		return false;
	for (u32 i = 0; i < piece.length; i++) {
		const ByteModel byte = support::byte_model(access.type, access.msix, start + i);
		if (byte.where != first.where || (is_field(piece) && byte.letter != first.letter))
			return false;
	}
	return (piece.writable == wire::Writable::yes) == first.writable;
}

/// Whether the byte before @position is in the same field: then the cut there
/// must be because the piece is as long as a command may be.
bool needless_cut(const Access &access, u16 position, u16 length_before)
{
	if (position == 0 || length_before == 8)
		return false;
	const u32 at = u32{access.offset} + position;
	const ByteModel before = support::byte_model(access.type, access.msix, at - 1);
	const ByteModel after = support::byte_model(access.type, access.msix, at);
	return before.where == after.where && before.letter == after.letter &&
	       before.where != Where::hole && before.where != Where::outside;
}

bool plan_is_right(const Access &access)
{
	const core::DeviceType *const type = support::our_type(access.type);
	AccessPlan plan{*type, access.msix ? MsixLayout::enabled : MsixLayout::disabled,
			access.offset, access.length};
	u32 covered = 0;
	u16 before = 0;

	for (Piece piece; plan.next(piece);) {
		if (piece.length == 0 || piece.position != covered ||
		    piece.position + piece.length > access.length || !agrees(access, piece) ||
		    needless_cut(access, piece.position, before))
			return false;
		before = piece.length;
		covered += piece.length;
	}
	return covered == access.length;
}

/// The first access, as offset << 16 | length, that is cut wrongly; or -1.
long first_wrong(const TypeModel &type, bool msix, u16 longest)
{
	for (u16 offset = 0; offset < type.bar_size + 8; offset++)
		for (u16 length = 0; length <= longest; length++)
			if (!plan_is_right({type, msix, offset, length}))
				return long{offset} << 16 | length;
	return -1;
}

} // namespace

KT_CASE(every_offset_and_width_of_every_type)
{
	for (unsigned i = 0; i < support::type_models_count; i++) {
		KT_EXPECT_EQ(first_wrong(support::type_models()[i], false, 12), -1);
		KT_EXPECT_EQ(first_wrong(support::type_models()[i], true, 12), -1);
	}
}

KT_CASE(the_whole_bar_at_once)
{
	for (unsigned i = 0; i < support::type_models_count; i++) {
		const TypeModel &type = support::type_models()[i];
		for (const u16 length : {u16{64}, type.bar_size, u16{256}, u16{4096}}) {
			KT_EXPECT(plan_is_right({type, false, 0, length}));
			KT_EXPECT(plan_is_right({type, true, 0, length}));
			KT_EXPECT(plan_is_right({type, true, 7, length}));
		}
	}
}

KT_CASE(far_outside_does_not_wrap)
{
	const TypeModel &type = support::type_models()[0];

	for (const u16 offset : {u16{0x100}, u16{0x8000}, u16{0xfff0}, u16{0xffff}}) {
		KT_EXPECT(plan_is_right({type, true, offset, 0}));
		KT_EXPECT(plan_is_right({type, true, offset, 64}));
		KT_EXPECT(plan_is_right({type, true, offset, 0xffff}));
	}
	KT_EXPECT(plan_is_right({type, true, 0, 0xffff}));
}

KT_CASE(a_piece_knows_its_field)
{
	const core::DeviceType *const net = core::find_device_type(0x1af4, 0x1041);
	AccessPlan plan{*net, MsixLayout::enabled, 13, 6}; // queue size to status
	const u16 fields[] = {12, 14, 16, 18};
	Piece piece;

	for (const u16 field : fields) {
		KT_EXPECT(plan.next(piece));
		KT_EXPECT_EQ(piece.field, field);
	}
	KT_EXPECT(!plan.next(piece));
	KT_EXPECT(!plan.next(piece));
}

KT_CASE(vectors_and_configuration_change_places)
{
	const core::DeviceType *const net = core::find_device_type(0x1af4, 0x1041);
	Piece piece;

	KT_EXPECT((AccessPlan{*net, MsixLayout::disabled, 20, 2}.next(piece)));
	KT_EXPECT(piece.where == Where::device && piece.offset == 0);
	KT_EXPECT((AccessPlan{*net, MsixLayout::enabled, 20, 2}.next(piece)));
	KT_EXPECT(piece.where == Where::common && piece.offset == 20);
	KT_EXPECT((AccessPlan{*net, MsixLayout::enabled, 24, 2}.next(piece)));
	KT_EXPECT(piece.where == Where::device);
}

KT_SUITE_END(core_access_plan);
