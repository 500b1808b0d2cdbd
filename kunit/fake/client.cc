// SPDX-License-Identifier: GPL-2.0-only
// The kernel's own client of the PF's admin queue: it waits without limit, passes
// any status on, and does not tell how much the device wrote.
#include "kernel/admin.h"

#include "kernel/time.h"
#include "kunit/fake/eventually.hh"
#include "kunit/fake/state.hh"

/// The client as one VF uses it.
struct kn_admin {
	fake::Vf *vf;
	bool usable; ///< as the last kn_admin_usable() said
	bool claimed;
	bool linked;
};

namespace fake {

namespace {

constexpr int no_entry = -2; // -ENOENT

/// How the device treats a command: a rule, and when the test let it go.
struct Treatment {
	Kind kind = Kind::normal;
	u32 arg = 0;
	const u8 *bytes = nullptr;
	u32 releases = 0;
};

Treatment arrive(State &state, const Vf &vf, const Command &command)
{
	DeviceGuard guard;

	if (state.client_inside[vf.id - 1])
		violation("two commands of one VF in the kernel's client", vf.id);
	state.client_inside[vf.id - 1] = true;
	remember_locked(state, command);
	const Rule *const rule = take_rule(state, command);
	if (!rule)
		return {.releases = state.client_releases};
	return {rule->kind, rule->arg, rule->bytes, state.client_releases};
}

void wait_for_device(State &state, const Treatment &treatment)
{
	const u64 end = kn_now_ms() + treatment.arg;

	for (;;) {
		kn_sleep_us(100);
		DeviceGuard guard;
		if (treatment.kind == Kind::hold ? state.client_releases != treatment.releases
						 : kn_now_ms() >= end)
			return;
	}
}

/// One command from its start to its end. Return: as kn_admin_read().
int run(Vf &vf, const Command &command, u8 *result, u32 size)
{
	State &state = *fake::state();
	u8 answer[core::max_result] = {};
	u32 length = 0;
	u16 status;

	const Treatment treatment = arrive(state, vf, command);
	if (treatment.kind == Kind::hold || treatment.kind == Kind::late)
		wait_for_device(state, treatment);
	DeviceGuard guard;
	if (treatment.kind == Kind::status)
		status = static_cast<u16>(treatment.arg);
	else
		status = run_locked(state, command, answer, length);
	if (treatment.kind == Kind::result)
		base::copy_bytes(answer, {treatment.bytes, sizeof(answer)});
	// What the device did not write stays as the caller had it.
	const u32 written = treatment.kind == Kind::used_length ? treatment.arg : size;
	if (!status && result)
		base::copy_bytes({result, written < size ? written : size}, answer);
	state.client_inside[vf.id - 1] = false;
	return -int{status};
}

Command command_for(const Vf &vf, u16 opcode, u8 offset, u8 length)
{
	Command command = {};

	command.opcode = opcode;
	command.group = WIRE_ADMIN_GROUP_SRIOV;
	command.member = vf.id;
	command.offset = offset;
	command.length = length;
	return command;
}

} // namespace

bool bring_up_client(u32 vfs, Client client)
{
	Options options;

	options.client = client;
	start(options);
	DeviceGuard guard;
	State &state = *fake::state();
	state.pf.vf_count = vfs;
	state.vf_enable = true;
	return true;
}

u32 in_client()
{
	DeviceGuard guard;
	u32 count = 0;

	for (const bool inside : state()->client_inside)
		count += inside;
	return count;
}

bool wait_in_client(u32 count)
{
	return eventually([count] { return in_client() == count; });
}

void release_client()
{
	DeviceGuard guard;

	state()->client_releases++;
}

u32 clients()
{
	DeviceGuard guard;

	return state()->clients;
}

bool wait_clients(u32 count)
{
	return eventually([count] { return clients() == count; });
}

void end_clients()
{
	release_client();
	if (!wait_clients(0))
		violation("VFs that still use the kernel's client", clients());
}

} // namespace fake

using fake::DeviceGuard;
using fake::State;

extern "C" {

int kn_admin_find(kn_pci *pci, kn_admin **admin)
{
	State &state = *fake::state();

	if (state.pf.options.client == fake::Client::none)
		return base::to_errno(base::Error::not_supported);
	auto *const made = static_cast<kn_admin *>(kt_alloc(sizeof(kn_admin)));
	if (!made)
		return base::to_errno(base::Error::no_memory);
	*made = {.vf = static_cast<fake::Vf *>(pci), .usable = false, .claimed = false, .linked = false};
	DeviceGuard guard;
	state.clients++;
	*admin = made;
	return 0;
}

bool kn_admin_usable(kn_admin *admin)
{
	const fake::Client client = fake::state()->pf.options.client;

	admin->usable = client != fake::Client::no_commands &&
			!(admin->linked && client == fake::Client::leaving);
	return admin->usable;
}

int kn_admin_claim(kn_admin *admin)
{
	DeviceGuard guard;
	bool &claimed = fake::state()->client_of[admin->vf->id - 1];

	if (claimed)
		return base::to_errno(base::Error::busy);
	claimed = true;
	admin->claimed = true;
	return 0;
}

int kn_admin_link(kn_admin *admin)
{
	if (!admin->usable || !admin->claimed)
		fake::violation("link for a client that is not usable or claimed", admin->vf->id);
	if (fake::take_failure(fake::Call::admin_link))
		return base::to_errno(base::Error::no_memory);
	admin->linked = true;
	return 0;
}

bool kn_admin_linked(kn_admin *admin)
{
	if (!admin->linked)
		fake::violation("question for a link that was not made", admin->vf->id);
	return fake::state()->pf.options.client != fake::Client::dormant;
}

void kn_admin_put(kn_admin *admin)
{
	State &state = *fake::state();
	const fake::u64 index = admin->vf->id - 1;
	const bool claimed = admin->claimed;

	kt_free(admin);
	DeviceGuard guard;
	if (claimed && state.client_inside[index])
		fake::violation("the kernel's client let go with a command", index + 1);
	if (claimed)
		state.client_of[index] = false;
	state.clients--;
}

int kn_admin_read(kn_admin *admin, bool device, u8 offset, u8 *buffer, u8 length)
{
	return fake::run(*admin->vf,
			 fake::command_for(*admin->vf,
					   device ? WIRE_ADMIN_LEGACY_DEV_CFG_READ
						  : WIRE_ADMIN_LEGACY_COMMON_CFG_READ,
					   offset, length),
			 buffer, length);
}

int kn_admin_write(kn_admin *admin, bool device, u8 offset, u8 *buffer, u8 length)
{
	fake::Command command = fake::command_for(*admin->vf,
						  device ? WIRE_ADMIN_LEGACY_DEV_CFG_WRITE
							 : WIRE_ADMIN_LEGACY_COMMON_CFG_WRITE,
						  offset, length);

	base::copy_bytes(command.data, {buffer, length});
	return fake::run(*admin->vf, command, nullptr, 0);
}

int kn_admin_notify_info(kn_admin *admin, u8 *bar, u64 *offset)
{
	u8 entries[core::max_result] = {};
	const int result = fake::run(
		*admin->vf, fake::command_for(*admin->vf, WIRE_ADMIN_LEGACY_NOTIFY_INFO, 0, 0),
		entries, sizeof(entries));

	if (result)
		return result;
	for (fake::u32 at = 0; at < sizeof(entries) && entries[at];
	     at += WIRE_ADMIN_NOTIFY_ENTRY_SIZE) {
		if (entries[at] != WIRE_ADMIN_NOTIFY_MEMBER_MEMORY)
			continue;
		*bar = entries[at + 1];
		*offset = base::load_le({entries + at + 8, 8});
		return 0;
	}
	return fake::no_entry;
}

} // extern "C"
