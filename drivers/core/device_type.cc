// SPDX-License-Identifier: GPL-2.0-only
#include "core/device_type.hh"

namespace core {

namespace {

constexpr DeviceType types[] = {
	{WIRE_TYPE_NET, 0x1000, "net", wire::net_config},
	{WIRE_TYPE_BLOCK, 0x1001, "block", wire::block_config},
	{WIRE_TYPE_BALLOON, 0x1002, "balloon", wire::balloon_config},
	{WIRE_TYPE_CONSOLE, 0x1003, "console", wire::console_config},
	{WIRE_TYPE_SCSI, 0x1004, "scsi", wire::scsi_config},
	{WIRE_TYPE_ENTROPY, 0x1005, "entropy", {}},
	{WIRE_TYPE_9P, 0x1009, "9p", wire::fs9p_config},
};

constexpr bool table_is_sound()
{
	for (const DeviceType &type : types) {
		u16 end = 0;
		for (const wire::Field &field : type.fields) {
			if (field.offset < end || field.width == 0)
				return false;
			end = static_cast<u16>(field.offset + field.width);
		}
		if (type.bar_size() > 256) // PCI 3.0, 6.2.5.1: the most an I/O BAR may take
			return false;
	}
	return true;
}
static_assert(table_is_sound());

} // namespace

std::span<const DeviceType> device_types()
{
	return types;
}

const DeviceType *find_device_type(u16 vendor, u16 device)
{
	if (vendor != WIRE_PCI_VENDOR)
		return nullptr;
	for (const DeviceType &type : types)
		if (type.modern_id() == device)
			return &type;
	return nullptr;
}

} // namespace core
