// SPDX-License-Identifier: GPL-2.0-only
// Every access is cut into registers and single fields, each byte once, in ascending order.
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
using support::AccessModel;
using support::PartModel;
using support::TypeModel;

namespace {

/// Whether a register's piece is the whole part of the access, and of the whole register.
bool register_is_right(const AccessModel &access, const Piece &piece)
{
	const PartModel part = support::part_model(access, piece.position);
	const PartModel last = support::part_model(access, piece.position + piece.length - 1u);

	return piece.offset == part.offset && piece.field == piece.offset &&
	       piece.position == part.start && piece.length == part.length &&
	       piece.command_length() == piece.width &&
	       // The last byte is the register's of the same number, or above its end.
	       last.byte == (piece.length <= piece.width ? piece.length - 1 : -1);
}

/// Whether @piece's bytes are in one field, and as many of it as one command may carry.
bool field_is_right(const AccessModel &access, const Piece &piece)
{
	const u32 start = access.start + piece.position;
	const auto letter = [&](u32 at) {
		const auto byte = support::byte_model(access.type, access.msix, at);
		return byte.where == Where::device ? byte.letter : '-';
	};

	for (u32 i = 0; i < piece.length; i++)
		if (letter(start + i) != letter(start))
			return false;
	return piece.offset == support::part_model(access, piece.position).offset &&
	       piece.length <= 8 && piece.command_length() == piece.length &&
	       (piece.length == 8 || piece.position + piece.length == access.length ||
		letter(start + piece.length) != letter(start));
}

bool agrees(const AccessModel &access, const Piece &piece)
{
	const PartModel first = support::part_model(access, piece.position);

	if ((piece.writable == wire::Writable::yes) != first.writable)
		return false;
	for (u32 i = 0; i < piece.length; i++)
		if (support::part_model(access, piece.position + i).where != piece.where)
			return false;
	if (piece.where == Where::common)
		return register_is_right(access, piece);
	return piece.where != Where::device || field_is_right(access, piece);
}

bool plan_is_right(const AccessModel &access)
{
	const core::DeviceType *const type = support::our_type(access.type);
	AccessPlan plan{*type, access.msix ? MsixLayout::enabled : MsixLayout::disabled,
			static_cast<u16>(access.start), static_cast<u16>(access.length)};
	u32 covered = 0;

	for (Piece piece; plan.next(piece);) {
		if (piece.length == 0 || piece.position != covered ||
		    piece.position + piece.length > access.length || !agrees(access, piece))
			return false;
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

KT_CASE(access_of_two_or_four_bytes_is_the_register_at_its_address)
{
	const core::DeviceType *const net = core::find_device_type(0x1af4, 0x1041);
	const u16 registers[] = {0, 4, 8, 12, 14, 16, 18, 19, 20, 22};

	for (const u16 offset : registers)
		for (const u16 length : {u16{2}, u16{4}}) {
			AccessPlan plan{*net, MsixLayout::enabled, offset, length};
			Piece piece;
			KT_EXPECT(plan.next(piece));
			KT_EXPECT(piece.where == Where::common);
			KT_EXPECT_EQ(piece.field, offset);
			KT_EXPECT_EQ(piece.length, length);
			KT_EXPECT(!plan.next(piece));
			KT_EXPECT(!plan.next(piece));
		}
}

KT_CASE(access_of_eight_bytes_is_cut_into_aligned_parts)
{
	const struct {
		u16 position, length, field;
		Where where;
	} expected[] = {
		{0, 1, 0, Where::none},	   // 13, in queue size
		{1, 2, 14, Where::common}, // queue select
		{3, 4, 16, Where::common}, // queue notify; the status is above it
		{7, 1, 0, Where::device},  // 20, of the MAC address
	};
	const core::DeviceType *const net = core::find_device_type(0x1af4, 0x1041);
	AccessPlan plan{*net, MsixLayout::disabled, 13, 8};
	Piece piece;

	for (const auto &part : expected) {
		KT_EXPECT(plan.next(piece));
		KT_EXPECT_EQ(piece.position, part.position);
		KT_EXPECT_EQ(piece.length, part.length);
		KT_EXPECT(piece.where == part.where);
		KT_EXPECT(piece.where == Where::none || piece.field == part.field);
	}
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
