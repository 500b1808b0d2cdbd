// SPDX-License-Identifier: GPL-2.0-only
#include "core/device_type.hh"

namespace core {

namespace {

#define DEVICE_TYPE(type, transitional_id, name, fields)                                           \
	{                                                                                          \
		WIRE_TYPE_##type, transitional_id, name, wire::fields                              \
	}
constexpr DeviceType types[] = {WIRE_TRANSITIONAL_TYPES(DEVICE_TYPE)};
#undef DEVICE_TYPE

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
		if (type.modern_id() == device || type.transitional_id == device)
			return &type;
	return nullptr;
}

} // namespace core
