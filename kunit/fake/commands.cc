// SPDX-License-Identifier: GPL-2.0-only
// What admin commands mean: virtio 1.3, 2.12.1, and the legacy registers of a VF
// behind them, 4.1.4.10.
#include "kunit/fake/state.hh"

namespace fake {

namespace {

constexpr u8 status_bytes = 8;
constexpr u8 header_bytes = 24;
constexpr u16 group_sriov = 1;
constexpr u16 answer_ok = 0;
constexpr u16 answer_enxio = 6;
constexpr u16 answer_einval = 22;

/// Widths of the fields of a structure, in order; a negative one is a hole.
using Widths = std::span<const short>;

constexpr short common_widths[] = {4, 4, 4, 2, 2, 2, 1, 1};
constexpr short common_msix_widths[] = {4, 4, 4, 2, 2, 2, 1, 1, 2, 2};
constexpr short net_widths[] = {6, 2, 2, 2, 4, 1, 1, 2, 4, 4};
constexpr short block_widths[] = {8, 4, 4, 2, 1, 1, 4, 1, 1, 2, 4, 1, -1,
					2, 4, 4, 4, 4, 4, 1, -3, 4, 4, 4};
constexpr short console_widths[] = {2, 2, 4, 4};
constexpr short balloon_widths[] = {4, 4, 4, 4};
constexpr short scsi_widths[] = {4, 4, 4, 4, 4, 4, 4, 2, 2, 4};
constexpr short fs9p_widths[] = {2, 230};

Widths device_widths(u16 type)
{
	switch (type) {
	case WIRE_TYPE_NET:
		return net_widths;
	case WIRE_TYPE_BLOCK:
		return block_widths;
	case WIRE_TYPE_CONSOLE:
		return console_widths;
	case WIRE_TYPE_BALLOON:
		return balloon_widths;
	case WIRE_TYPE_SCSI:
		return scsi_widths;
	case WIRE_TYPE_9P:
		return fs9p_widths;
	default:
		return {};
	}
}

bool is_legacy(u16 opcode)
{
	return opcode >= WIRE_ADMIN_LEGACY_COMMON_CFG_WRITE &&
	       opcode <= WIRE_ADMIN_LEGACY_DEV_CFG_READ;
}

bool is_write(u16 opcode)
{
	return opcode == WIRE_ADMIN_LEGACY_COMMON_CFG_WRITE ||
	       opcode == WIRE_ADMIN_LEGACY_DEV_CFG_WRITE;
}

bool is_common(u16 opcode)
{
	return opcode == WIRE_ADMIN_LEGACY_COMMON_CFG_WRITE ||
	       opcode == WIRE_ADMIN_LEGACY_COMMON_CFG_READ;
}

/// Whether [offset, offset + length) is inside one field.
bool in_one_field(Widths widths, u32 offset, u32 length)
{
	u32 start = 0;

	for (const short width : widths) {
		const u32 bytes = static_cast<u32>(width < 0 ? -width : width);
		if (width > 0 && offset >= start && offset + length <= start + bytes)
			return length != 0;
		start += bytes;
	}
	return false;
}

void check_lengths(u16 opcode, u32 data, u32 result)
{
	switch (opcode) {
	case WIRE_ADMIN_LIST_QUERY:
		if (data != 0 || result != 8)
			violation("LIST_QUERY of a wrong length", data, result);
		break;
	case WIRE_ADMIN_LIST_USE:
		if (data != 8 || result != 0)
			violation("LIST_USE of a wrong length", data, result);
		break;
	case WIRE_ADMIN_LEGACY_NOTIFY_INFO:
		if (data != 0 || result != 64)
			violation("NOTIFY_INFO of a wrong length", data, result);
		break;
	default:
		if (is_write(opcode) && (data < 9 || data > 16 || result != 0))
			violation("legacy write of a wrong length", data, result);
		if (is_legacy(opcode) && !is_write(opcode) &&
		    (data != 1 || result < 1 || result > 8))
			violation("legacy read of a wrong length", data, result);
	}
}

/// 2.12.1.3: the lists come first, and LIST_USE alone.
void check_order(const State &state, const Command &command)
{
	bool listing = false;

	for (const Outstanding &other : state.queue.commands)
		listing = listing || (other.busy && other.command.opcode == WIRE_ADMIN_LIST_USE);
	if (listing && command.opcode != WIRE_ADMIN_LIST_QUERY)
		violation("command while LIST_USE is outstanding", command.opcode);
	if (command.opcode == WIRE_ADMIN_LIST_USE && state.queue.outstanding)
		violation("LIST_USE with a command outstanding", state.queue.outstanding);
	if (state.listed && !(state.used_opcodes >> command.opcode & 1))
		violation("command that LIST_USE did not name", command.opcode);
	if (!state.listed && command.opcode > WIRE_ADMIN_LIST_USE)
		violation("command before LIST_USE", command.opcode);
}

void check_member(const State &state, const Command &command)
{
	if (command.group != group_sriov)
		violation("command for another group type", command.group);
	if (state.pf.options.migration_capable)
		violation("command while VF Migration Capable is set", command.opcode);
	if (command.opcode <= WIRE_ADMIN_LIST_USE) {
		if (command.member != 0)
			violation("LIST command with a member", command.member);
		return;
	}
	if (command.member == 0 || command.member > state.pf.vf_count)
		violation("command for a member that does not exist", command.member);
	if (!state.vf_enable)
		violation("command for a member while VF Enable is clear", command.member);
}

/// One register's bytes, by its offset, in host memory.
u8 *common_register(Vf &vf, u32 field)
{
	const u16 queue = vf.queue_select < 4 ? vf.queue_select : u16{3};

	switch (field) {
	case 0:
		return reinterpret_cast<u8 *>(&vf.features);
	case 4:
		return reinterpret_cast<u8 *>(&vf.driver_features);
	case 8:
		return reinterpret_cast<u8 *>(&vf.queue_address[queue]);
	case 12:
		return reinterpret_cast<u8 *>(&vf.queue_size[queue]);
	case 14:
		return reinterpret_cast<u8 *>(&vf.queue_select);
	case 18:
		return &vf.status;
	case 19:
		return &vf.isr;
	case 20:
		return reinterpret_cast<u8 *>(&vf.config_vector);
	case 22:
		return reinterpret_cast<u8 *>(&vf.queue_vector[queue]);
	default:
		return nullptr;
	}
}

u32 field_of(u32 offset)
{
	u32 start = 0;

	for (const short width : common_msix_widths) {
		if (offset < start + static_cast<u32>(width))
			return start;
		start += static_cast<u32>(width);
	}
	return start;
}

void write_status(Vf &vf, u8 value)
{
	if (value != 0) {
		vf.status = value;
		return;
	}
	if (vf.status_reads_until_reset == 0)
		reset_vf_registers(vf);
}

u8 read_status(Vf &vf)
{
	if (vf.status_reads_until_reset && --vf.status_reads_until_reset == 0)
		reset_vf_registers(vf);
	return vf.status;
}

void write_register(Vf &vf, const Command &command)
{
	const u32 field = field_of(command.offset);
	u8 *const bytes = common_register(vf, field);

	switch (field) {
	case WIRE_LEGACY_QUEUE_NOTIFY:
		if (command.data[0] < 4)
			vf.notified[command.data[0]]++;
		break;
	case WIRE_LEGACY_STATUS:
		write_status(vf, command.data[0]);
		break;
	case WIRE_LEGACY_DEVICE_FEATURES:
	case WIRE_LEGACY_QUEUE_SIZE:
	case WIRE_LEGACY_ISR:
		violation("write to a read-only register", command.offset);
		break;
	default:
		for (u32 i = 0; i < command.length; i++)
			bytes[command.offset - field + i] = command.data[i];
	}
}

void read_register(Vf &vf, const Command &command, u8 *result)
{
	const u32 field = field_of(command.offset);
	const u8 *const bytes = common_register(vf, field);

	if (field == WIRE_LEGACY_STATUS)
		(void)read_status(vf);
	for (u32 i = 0; i < command.length; i++)
		result[i] = bytes ? bytes[command.offset - field + i] : u8{0};
	if (field == WIRE_LEGACY_ISR)
		vf.isr = 0;
}

u16 access_common(Vf &vf, const Command &command, u8 *result)
{
	const Widths widths = vf.msix_enabled ? Widths{common_msix_widths} : Widths{common_widths};

	if (command.offset >= WIRE_LEGACY_COMMON_SIZE && !vf.msix_enabled)
		return answer_einval;
	if (!in_one_field(widths, command.offset, command.length)) {
		violation("command that touches two registers", command.offset, command.length);
		return answer_einval;
	}
	if (is_write(command.opcode))
		write_register(vf, command);
	else
		read_register(vf, command, result);
	if (vf.refuses_vectors) {
		vf.config_vector = WIRE_NO_VECTOR;
		base::fill_bytes({reinterpret_cast<u8 *>(vf.queue_vector), sizeof(vf.queue_vector)}, 0xff);
	}
	return answer_ok;
}

u16 access_device(const State &state, Vf &vf, const Command &command, u8 *result)
{
	if (!in_one_field(device_widths(state.pf.options.vf_type), command.offset,
			  command.length)) {
		violation("command that touches no field, or two", command.offset, command.length);
		return answer_einval;
	}
	if (command.offset + command.length > vf.config_length)
		return answer_einval;
	for (u32 i = 0; i < command.length; i++) {
		if (is_write(command.opcode))
			vf.device_config[command.offset + i] = command.data[i];
		else
			result[i] = vf.device_config[command.offset + i];
	}
	return answer_ok;
}

u16 use_list(State &state, const Command &command)
{
	if (command.list & ~state.pf.options.opcodes)
		violation("LIST_USE of an opcode that is not offered", command.list);
	state.listed = true;
	state.used_opcodes = command.list;
	return answer_ok;
}

} // namespace

u16 run_locked(State &state, const Command &command, u8 *result, u32 &length)
{
	length = 0;
	if (command.opcode <= WIRE_ADMIN_LIST_USE && state.pf.options.strict_vf_enable &&
	    !state.vf_enable)
		return answer_einval;
	switch (command.opcode) {
	case WIRE_ADMIN_LIST_QUERY:
		base::store_le({result, 8}, state.pf.options.opcodes);
		length = 8;
		return answer_ok;
	case WIRE_ADMIN_LIST_USE:
		return use_list(state, command);
	default:
		break;
	}
	if (command.member == 0 || command.member > state.pf.vf_count)
		return answer_enxio;
	Vf &vf = state.pf.vf[command.member - 1];
	if (command.opcode == WIRE_ADMIN_LEGACY_NOTIFY_INFO) {
		base::fill_bytes({result, 64}, 0);
		length = 64;
		return answer_ok;
	}
	if (!is_legacy(command.opcode))
		return answer_einval;
	const u16 status = is_common(command.opcode) ? access_common(vf, command, result)
						     : access_device(state, vf, command, result);
	length = status == answer_ok && !is_write(command.opcode) ? command.length : 0;
	return status;
}

void reset_vf_registers(Vf &vf)
{
	vf.driver_features = 0;
	vf.queue_select = 0;
	vf.status = 0;
	vf.isr = 0;
	vf.config_vector = WIRE_NO_VECTOR;
	vf.status_reads_until_reset = 0;
	for (unsigned i = 0; i < 4; i++) {
		vf.queue_address[i] = 0;
		vf.queue_vector[i] = WIRE_NO_VECTOR;
	}
}

Command parse_locked(State &state, const u8 *bytes, u32 readable, u32 writable)
{
	Command command = {};
	const base::ConstBytes all{bytes, readable};

	if (readable < header_bytes || writable < status_bytes) {
		violation("command shorter than its header", readable, writable);
		command.opcode = no_opcode;
		return command;
	}
	command.opcode = static_cast<u16>(base::load_le(all.subspan(0, 2)));
	command.group = static_cast<u16>(base::load_le(all.subspan(2, 2)));
	command.member = base::load_le(all.subspan(16, 8));
	for (u32 i = 4; i < 16; i++)
		if (bytes[i])
			violation("reserved bytes of the header are not zero", i, bytes[i]);

	const base::ConstBytes data = all.subspan(header_bytes);
	check_lengths(command.opcode, static_cast<u32>(data.size()), writable - status_bytes);
	if (command.opcode == WIRE_ADMIN_LIST_USE)
		command.list = base::load_le(data);
	if (is_legacy(command.opcode) && !data.empty()) {
		command.offset = data[0];
		command.length = static_cast<u8>(writable - status_bytes);
		if (is_write(command.opcode) && data.size() > 8) {
			command.length = static_cast<u8>(data.size() - 8);
			base::copy_bytes({command.data}, data.subspan(8));
			for (u32 i = 1; i < 8; i++)
				if (data[i])
					violation("reserved bytes of a write are not zero", i);
		}
	}
	check_order(state, command);
	check_member(state, command);
	return command;
}

u32 perform_locked(State &state, const Outstanding &command, u8 *answer)
{
	u32 length = 0;
	const u16 status = run_locked(state, command.command, answer + status_bytes, length);

	base::fill_bytes({answer, status_bytes}, 0);
	base::store_le({answer, 2}, status);
	return status_bytes + length;
}

} // namespace fake
