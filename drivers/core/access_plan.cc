// SPDX-License-Identifier: GPL-2.0-only
#include "core/access_plan.hh"

namespace core {

namespace {

constexpr u16 minimum(u16 a, u16 b)
{
	return a < b ? a : b;
}

constexpr u16 common_size(MsixLayout layout)
{
	return layout == MsixLayout::enabled ? WIRE_LEGACY_COMMON_SIZE_MSIX : WIRE_LEGACY_COMMON_SIZE;
}

/// The number of the register that each byte belongs to: there are no holes.
struct RegisterMap {
	constexpr RegisterMap()
	{
		for (u8 number = 0; number < std::size(wire::legacy_registers); number++) {
			const wire::Field &field = wire::legacy_registers[number].field;
			for (u16 byte = 0; byte < field.width; byte++)
				at[field.offset + byte] = number;
		}
	}

	u8 at[WIRE_LEGACY_COMMON_SIZE_MSIX] = {};
};

constexpr RegisterMap register_map;

constexpr bool contains(const wire::Field &field, u16 offset)
{
	return offset >= field.offset && offset - field.offset < field.width;
}

/// The part of @field from @offset on that one command may carry.
Piece in_field(const wire::Field &field, u16 offset)
{
	const u16 left = static_cast<u16>(field.offset + field.width - offset);

	return {.where = Piece::Where::device,
		.offset = offset,
		.length = minimum(left, max_legacy_data),
		.field = field.offset,
		.width = field.width,
		.writable = wire::Writable::yes};
}

/// An access of @length bytes at @offset of the registers.
Piece in_registers(u16 offset, u16 length)
{
	const wire::LegacyRegister &reg = wire::legacy_registers[register_map.at[offset]];

	if (offset != reg.field.offset)
		return {.where = Piece::Where::none, .length = length};
	return {.where = Piece::Where::common,
		.offset = offset,
		.length = length,
		.field = offset,
		.width = reg.field.width,
		.writable = reg.writable};
}

constexpr u16 max_register_access = 4;

} // namespace

/// How much of the access one register at @bar_offset takes.
u16 AccessPlan::register_access(u32 bar_offset) const
{
	const u16 left = static_cast<u16>(length_ - done_);
	u16 length = max_register_access;

	if (length_ == 1 || length_ == 2 || length_ == 4)
		return length_;
	while (length > left || bar_offset % length != 0)
		length /= 2;
	return length;
}

/// What stands where the last piece has ended, from there on.
void AccessPlan::find(Piece &piece) const
{
	const u16 common = common_size(layout_);
	const u32 bar_offset = u32{start_} + done_;

	if (bar_offset < common) { // in every BAR
		piece = in_registers(static_cast<u16>(bar_offset), register_access(bar_offset));
		return;
	}
	const u16 bar = type_.bar_size();
	if (bar_offset >= bar) {
		piece = {.where = Piece::Where::none, .length = 0xffff};
		return;
	}

	const u16 offset = static_cast<u16>(bar_offset - common);
	u16 next = static_cast<u16>(bar - common);
	for (const wire::Field &field : type_.fields) {
		if (contains(field, offset)) {
			piece = in_field(field, offset);
			return;
		}
		if (field.offset > offset)
			next = minimum(next, field.offset);
	}
	piece = {.where = Piece::Where::hole, .length = static_cast<u16>(next - offset)};
}

} // namespace core
