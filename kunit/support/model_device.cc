// SPDX-License-Identifier: GPL-2.0-only
#include "kunit/support/model_device.hh"

namespace support {

using base::Error;
using base::Status;
using core::Access;

namespace {

struct Register {
	u16 offset;
	u16 width;
};
constexpr Register registers[] = {{0, 4},  {4, 4},  {8, 4},  {12, 2}, {14, 2},
				  {16, 2}, {18, 1}, {19, 1}, {20, 2}, {22, 2}};

const Register *register_at(u16 offset)
{
	for (const Register &reg : registers)
		if (offset >= reg.offset && offset < reg.offset + reg.width)
			return &reg;
	return nullptr;
}

} // namespace

void ModelDevice::reset_but_selection()
{
	const u16 selected = select;

	reset();
	select = selected;
}

void ModelDevice::reset()
{
	driver_features = 0;
	select = 0;
	status = 0;
	isr = 0;
	config_vector = WIRE_NO_VECTOR;
	for (Queue &queue : queues)
		queue = {};
}

void ModelDevice::function_reset()
{
	reset();
	era_now.function++;
}

void ModelDevice::fail_after(usize successes, Error error, bool executed)
{
	failing_ = true;
	until_failure_ = successes;
	error_ = error;
	executed_ = executed;
}

Status ModelDevice::execute(std::span<Access> accesses, usize &done)
{
	waits++;
	if (era_passes)
		function_reset();
	era_passes = false;
	for (done = 0; done < accesses.size(); done++) {
		commands++;
		if (failing_ && until_failure_-- == 0) {
			failing_ = false;
			if (executed_)
				(void)perform(accesses[done]);
			return error_;
		}
		TRY(perform(accesses[done]));
	}
	return {};
}

u16 ModelDevice::config_end() const
{
	const bool all = (driver_features & config_needs) == config_needs;

	return all ? config_length : static_cast<u16>(config_length / 2);
}

Status ModelDevice::access_config(Access &access)
{
	if (access.offset + access.length > config_end())
		return Error::invalid;
	if (narrow_config && access.length > 1 && !core::is_legacy_write(access))
		return Error::invalid;
	const base::Bytes bytes{config + access.offset, access.length};
	if (core::is_legacy_write(access))
		base::store_le(bytes, access.value);
	else
		access.value = base::load_le(bytes);
	return {};
}

Status ModelDevice::perform(Access &access)
{
	if (access.opcode == WIRE_ADMIN_LEGACY_DEV_CFG_READ ||
	    access.opcode == WIRE_ADMIN_LEGACY_DEV_CFG_WRITE)
		return access_config(access);
	const Register *const reg = register_at(access.offset);
	KT_EXPECT(reg && access.offset + access.length <= reg->offset + reg->width);
	if (!reg || (reg->offset >= WIRE_LEGACY_CONFIG_VECTOR && (!msix || lacks_vectors)))
		return Error::invalid;

	u8 bytes[4];
	const usize at = static_cast<usize>(access.offset - reg->offset);
	base::store_le(bytes, get(reg->offset));
	if (core::is_legacy_write(access)) {
		base::store_le(base::Bytes{bytes}.subspan(at, access.length), access.value);
		put(reg->offset, static_cast<u32>(base::load_le(base::ConstBytes{bytes}.first(reg->width))));
	} else {
		access.value = base::load_le(base::ConstBytes{bytes}.subspan(at, access.length));
		if (reg->offset == WIRE_LEGACY_ISR)
			isr = 0;
	}
	return {};
}

u16 ModelDevice::size_of(u16 queue) const
{
	if (queue >= model_queues ||
	    (queue == 2 && (driver_features & third_queue_needs) != third_queue_needs))
		return 0;
	return sizes[queue];
}

u32 ModelDevice::get(u16 field)
{
	const Queue none;
	const Queue &queue = select < model_queues ? queues[select] : none;

	switch (field) {
	case WIRE_LEGACY_DEVICE_FEATURES:
		return features;
	case WIRE_LEGACY_DRIVER_FEATURES:
		return driver_features;
	case WIRE_LEGACY_QUEUE_ADDRESS:
		return queue.address;
	case WIRE_LEGACY_QUEUE_SIZE:
		return size_of(select);
	case WIRE_LEGACY_QUEUE_SELECT:
		return select;
	case WIRE_LEGACY_STATUS:
		if (looks_until_reset && --looks_until_reset == 0)
			reset();
		return status;
	case WIRE_LEGACY_ISR:
		return isr;
	case WIRE_LEGACY_CONFIG_VECTOR:
		return config_vector;
	case WIRE_LEGACY_QUEUE_VECTOR:
		return queue.vector;
	default:
		return 0;
	}
}

void ModelDevice::put(u16 field, u32 value)
{
	Queue none;
	Queue &queue = size_of(select) ? queues[select] : none;
	const u16 vector = maps_nothing ? WIRE_NO_VECTOR : static_cast<u16>(value);

	switch (field) {
	case WIRE_LEGACY_DRIVER_FEATURES:
		driver_features = value & accepted_bits;
		break;
	case WIRE_LEGACY_QUEUE_ADDRESS:
		queue.address = value;
		if (value == 0 && zero_address_resets)
			reset_but_selection();
		break;
	case WIRE_LEGACY_QUEUE_SELECT:
		if (value < selection_limit)
			select = static_cast<u16>(value);
		break;
	case WIRE_LEGACY_STATUS:
		status = static_cast<u8>(value);
		if (value == 0 && looks_until_reset)
			status = WIRE_STATUS_DRIVER;
		else if (value == 0)
			reset();
		break;
	case WIRE_LEGACY_CONFIG_VECTOR:
		config_vector = vector;
		break;
	case WIRE_LEGACY_QUEUE_VECTOR:
		queue.vector = vector;
		break;
	default:
		break;
	}
}

ModelGuest::ModelGuest(bool rules, u16 virtio_id)
	: type_(*core::find_device_type(WIRE_PCI_VENDOR,
					static_cast<u16>(WIRE_PCI_MODERN_BASE + virtio_id))),
	  shadow_(*new (kt_alloc(sizeof(core::Shadow))) core::Shadow)
{
	shadow_.start(rules);
	for (u16 i = 0; i < std::size(device.config); i++)
		device.config[i] = static_cast<u8>(0x80 + i);
}

core::Shadow::Moment ModelGuest::moment() const
{
	return {.layout = device.msix ? core::MsixLayout::enabled : core::MsixLayout::disabled,
		.msix_switches = msix_switches_,
		.suspended_ns = suspended_ns_,
		.notifications = notifications_,
		.config_events = 0};
}

void ModelGuest::set_msix(bool enabled)
{
	msix_switches_ += device.msix != enabled;
	device.msix = enabled;
}

void ModelGuest::sleep()
{
	device.reset();
	suspended_ns_++;
}

usize ModelGuest::commands()
{
	const usize since = device.commands - commands_before_;

	commands_before_ = device.commands;
	return since;
}

usize ModelGuest::waits()
{
	const usize since = device.waits - waits_before_;

	waits_before_ = device.waits;
	return since;
}

/// As Bar0 does it: bytes that the device lacks read 0.
Status ModelGuest::read(core::Piece piece, base::Bytes data)
{
	Status status = shadow_.read(piece, data, device, moment());

	if (status.ok() || status.error() != Error::invalid ||
	    piece.where != core::Piece::Where::device || piece.length == 1)
		return status;
	piece.length = 1;
	for (u8 &byte : data) {
		const Status one = shadow_.read(piece, {&byte, 1}, device, moment());
		if (!one.ok() && one.error() != Error::invalid)
			return one;
		piece.offset++;
	}
	return status;
}

u32 ModelGuest::in(u16 offset, u8 width)
{
	u8 bytes[8] = {};
	core::AccessPlan plan{type_, moment().layout, offset, width};

	outcome_ = {};
	for (core::Piece piece; plan.next(piece);) {
		const base::Bytes part = base::Bytes{bytes}.subspan(piece.position, piece.length);
		if (piece.where != core::Piece::Where::common &&
		    piece.where != core::Piece::Where::device)
			continue;
		const Status status = read(piece, part);
		if (!status.ok())
			outcome_ = status;
	}
	return static_cast<u32>(base::load_le(base::ConstBytes{bytes}.first(width)));
}

void ModelGuest::reset(const core::Shadow::Moment &moment)
{
	u8 status = 0;

	outcome_ = shadow_.reset(status, device, moment);
	while (outcome_.ok() && status != 0)
		outcome_ = shadow_.look(status, device, moment);
}

void ModelGuest::out(u16 offset, u8 width, u32 value)
{
	u8 bytes[4];
	core::AccessPlan plan{type_, moment().layout, offset, width};

	base::store_le(bytes, value);
	outcome_ = {};
	for (core::Piece piece; plan.next(piece);) {
		const base::ConstBytes part =
			base::ConstBytes{bytes}.subspan(piece.position, piece.length);
		if (piece.writable == wire::Writable::no)
			continue;
		if (piece.where == core::Piece::Where::common &&
		    piece.field == WIRE_LEGACY_STATUS && part[0] == 0 && shadow_.rules()) {
			reset(moment());
			continue;
		}
		const Status status = shadow_.write(piece, part, device, moment());
		if (!status.ok())
			outcome_ = status;
	}
}

void ModelGuest::start(bool msix)
{
	out(at::status, 1, 0);
	out(at::status, 1, 3);
	out(at::driver_features, 4, in(at::features, 4));
	set_msix(msix);
	(void)commands();
}

void ModelGuest::set_up_queue(u16 queue, u32 page)
{
	out(at::select, 2, queue);
	(void)in(at::size, 2);
	out(at::address, 4, page);
}

} // namespace support
