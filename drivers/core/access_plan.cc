// SPDX-License-Identifier: GPL-2.0-only
#include "core/access_plan.hh"

namespace core {

namespace {

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
		.length = base::minimum<u16>(left, max_legacy_data),
		.field = field.offset,
		.width = field.width,
		.writable = wire::Writable::yes};
}

} // namespace

/// The longest aligned part of an access that has @left bytes from @bar_offset on.
u16 AccessPlan::aligned_part(u32 bar_offset, u16 left)
{
	u16 length = 4;

	while (length > left || bar_offset % length != 0)
		length /= 2;
	return length;
}

/// What @part bytes at @offset are.
void AccessPlan::find_register(u16 offset, u16 part, Piece &piece)
{
	const wire::LegacyRegister &reg = wire::legacy_registers[register_map.at[offset]];
	const bool starts = offset == reg.field.offset;

	piece = {.where = starts ? Piece::Where::common : Piece::Where::none,
		 .offset = offset,
		 .length = part,
		 .field = offset,
		 .width = reg.field.width,
		 .writable = starts ? reg.writable : wire::Writable::no};
}

/// What stands at @bar_offset, behind the registers, from there on.
void AccessPlan::find(const DeviceType &type, MsixLayout layout, u32 bar_offset, Piece &piece)
{
	const u16 bar = type.bar_size();
	if (bar_offset >= bar) {
		piece = {.where = Piece::Where::none, .length = 0xffff};
		return;
	}

	const u16 common = common_size(layout);
	const u16 offset = static_cast<u16>(bar_offset - common);
	u16 next = static_cast<u16>(bar - common);
	for (const wire::Field &field : type.fields) {
		if (contains(field, offset)) {
			piece = in_field(field, offset);
			return;
		}
		if (field.offset > offset)
			next = base::minimum(next, field.offset);
	}
	piece = {.where = Piece::Where::hole, .length = static_cast<u16>(next - offset)};
}

} // namespace core
