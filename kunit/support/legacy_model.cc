// SPDX-License-Identifier: GPL-2.0-only
#include "kunit/support/legacy_model.hh"

namespace support {

namespace {

using base::u32;
using Where = core::Piece::Where;

constexpr u16 tag_bytes = 256 - 24 - 2; // what a BAR of 256 bytes leaves to 9p's tag

// Device features, driver features, queue address, queue size, queue select,
// queue notify, device status, ISR status; with MSI-X the two vectors.
constexpr char registers[] = "aaaabbbbccccddeeffghiijj";
constexpr char access[] = "rrrrwwwwwwwwrrwwwwwrwwww";

// blk is cut where it is easy to count: every 20 bytes.
constexpr TypeModel models[type_models_count] = {
	{"net", 1, 0x1000, 64, "aaaaaabbccddeeeefghhiiiijjjj"},
	{"block", 2, 0x1001, 128,
	 "aaaaaaaabbbbccccddef"
	 "gggghijjkkkkl.mmnnnn"
	 "ooooppppqqqqrrrrs..."
	 "ttttuuuuvvvv"},
	{"balloon", 5, 0x1002, 64, "aaaabbbbccccdddd"},
	{"console", 3, 0x1003, 64, "aabbccccdddd"},
	{"scsi", 8, 0x1004, 64, "aaaabbbbccccddddeeeeffffgggghhiijjjj"},
	{"entropy", 4, 0x1005, 32, ""},
	{"9p", 9, 0x1009, 256, "aab"}, // the tag goes on for tag_bytes
};

char config_letter(const TypeModel &type, u16 offset)
{
	u16 i = 0;

	while (type.config[i] != '\0' && i < offset)
		i++;
	if (type.config[i] != '\0')
		return type.config[i];
	if (type.virtio_id == 9 && offset < 2 + tag_bytes)
		return 'b';
	return '.';
}

} // namespace

const TypeModel *type_models()
{
	return models;
}

ByteModel byte_model(const TypeModel &type, bool msix, base::u32 offset)
{
	const u16 common = msix ? 24 : 20;

	if (offset >= type.bar_size)
		return {Where::none, 0, '-', false};
	if (offset < common)
		return {Where::common, static_cast<u16>(offset), registers[offset],
			access[offset] == 'w'};

	const u16 at = static_cast<u16>(offset - common);
	const char letter = config_letter(type, at);
	if (letter == '.')
		return {Where::hole, 0, letter, false};
	return {Where::device, at, letter, true};
}

namespace {

struct Unit {
	u32 start, length; ///< in the access
};

/// The part of the access that goes to a register, as one.
Unit unit_of(const AccessModel &access, u32 position)
{
	if (access.length == 1 || access.length == 2 || access.length == 4)
		return {0, access.length};
	Unit unit = {0, 0};
	do {
		unit.start += unit.length;
		const u32 at = access.start + unit.start;
		if (at >= sizeof(registers)) // beyond all registers
			return {position, 1};
		const u32 left = access.length - unit.start;
		if (at % 4 == 0 && left >= 4)
			unit.length = 4;
		else
			unit.length = at % 2 == 0 && left >= 2 ? 2 : 1;
	} while (unit.start + unit.length <= position);
	return unit;
}

u32 width_of(u32 offset)
{
	u32 end = offset;

	while (registers[end] == registers[offset])
		end++;
	return end - offset;
}

} // namespace

PartModel part_model(const AccessModel &access, u32 position)
{
	const Unit unit = unit_of(access, position);
	const u32 at = access.start + unit.start;
	const ByteModel first = byte_model(access.type, access.msix, at);

	if (first.where != Where::common) {
		const ByteModel byte =
			byte_model(access.type, access.msix, access.start + position);
		return {byte.where, byte.offset, 0, 0, 0, byte.writable};
	}
	const u16 start = static_cast<u16>(unit.start), length = static_cast<u16>(unit.length);
	if (at > 0 && registers[at - 1] == registers[at])
		return {Where::none, 0, start, length, 0, false};
	const u32 byte = position - unit.start;
	return {Where::common, first.offset, start, length,
		byte < width_of(at) ? static_cast<int>(byte) : -1, first.writable};
}

const core::DeviceType *our_type(const TypeModel &type)
{
	return core::find_device_type(0x1af4, static_cast<u16>(0x1040 + type.virtio_id));
}

} // namespace support
