// SPDX-License-Identifier: GPL-2.0-only
// The table of transitional types: ids, sizes, and each field of each type.
#include "core/device_type.hh"
#include "kunit/test.hh"
#include "kunit/support/legacy_model.hh"
#include "kunit/support/text.hh"

KT_SUITE(core_device_type);

using base::u16;
using base::u32;
using core::DeviceType;
using support::TypeModel;

namespace {

/// Whether byte @offset of the configuration starts a field in the model.
bool starts_field(const TypeModel &type, u32 offset)
{
	const auto byte = support::byte_model(type, true, 24 + offset);

	if (byte.where != core::Piece::Where::device)
		return false;
	return offset == 0 || support::byte_model(type, true, 23 + offset).letter != byte.letter;
}

u16 field_length(const TypeModel &type, u32 offset)
{
	const char letter = support::byte_model(type, true, 24 + offset).letter;
	u16 length = 0;

	while (support::byte_model(type, true, 24 + offset + length).letter == letter)
		length++;
	return length;
}

/// Offset of the first field in which table and model differ, or -1.
int fields_differ(const TypeModel &type, const DeviceType &ours)
{
	unsigned index = 0;

	for (u32 offset = 0; offset < type.bar_size; offset++) {
		if (!starts_field(type, offset))
			continue;
		if (index >= ours.fields.size() || ours.fields[index].offset != offset ||
		    ours.fields[index].width != field_length(type, offset))
			return static_cast<int>(offset);
		index++;
	}
	return index == ours.fields.size() ? -1 : -2;
}

} // namespace

KT_CASE(identities)
{
	KT_EXPECT_EQ(core::device_types().size(), support::type_models_count);
	for (unsigned i = 0; i < support::type_models_count; i++) {
		const TypeModel &model = support::type_models()[i];
		const DeviceType *const type = support::our_type(model);

		KT_EXPECT(type != nullptr);
		if (!type)
			continue;
		KT_EXPECT_EQ(type->virtio_id, model.virtio_id);
		KT_EXPECT_EQ(type->transitional_id, model.transitional_id);
		KT_EXPECT_EQ(type->modern_id(), 0x1040 + model.virtio_id);
		KT_EXPECT(support::same_text(type->name, model.name));
	}
}

KT_CASE(bar_sizes)
{
	for (unsigned i = 0; i < support::type_models_count; i++) {
		const TypeModel &model = support::type_models()[i];
		const DeviceType *const type = support::our_type(model);

		KT_EXPECT_EQ(type->bar_size(), model.bar_size);
		// Both layouts fit, and a power of two less would not do.
		KT_EXPECT(24 + type->config_length() <= type->bar_size());
		KT_EXPECT(24 + type->config_length() > type->bar_size() / 2);
	}
}

KT_CASE(every_field_of_every_type)
{
	for (unsigned i = 0; i < support::type_models_count; i++) {
		const TypeModel &model = support::type_models()[i];
		KT_EXPECT_EQ(fields_differ(model, *support::our_type(model)), -1);
	}
}

KT_CASE(either_id_of_a_type_is_its)
{
	for (unsigned i = 0; i < support::type_models_count; i++) {
		const TypeModel &model = support::type_models()[i];

		KT_EXPECT(core::find_device_type(0x1af4, model.transitional_id) ==
			  support::our_type(model));
	}
}

KT_CASE(nothing_else_is_transitional)
{
	unsigned found = 0;

	for (u32 device = 0; device <= 0xffff; device++)
		if (core::find_device_type(0x1af4, static_cast<u16>(device)))
			found++;
	KT_EXPECT_EQ(found, 2 * support::type_models_count);
	// GPU, vsock, fs: modern only. 0x1006: no type has it.
	for (const u16 device : {u16{0x1050}, u16{0x1053}, u16{0x105a}, u16{0x1006}})
		KT_EXPECT(!core::find_device_type(0x1af4, device));
	for (const u16 vendor : {u16{0}, u16{0x1af5}, u16{0x8086}, u16{0xffff}}) {
		KT_EXPECT(!core::find_device_type(vendor, 0x1041));
		KT_EXPECT(!core::find_device_type(vendor, 0x1000));
	}
}

KT_SUITE_END(core_device_type);
