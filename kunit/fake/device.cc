// SPDX-License-Identifier: GPL-2.0-only
// The fake device as a whole: made, ended, and the thread that is its hardware.
#include "kernel/time.h"
#include "kunit/fake/state.hh"
#include "kunit/test.hh"

namespace fake {

namespace {

constinit State *the_state = nullptr;

/// How long the device's thread sleeps when nothing wakes it.
constexpr u32 nap_ms = 2;

void raise_interrupts(State &state)
{
	for (;;) {
		Handler handler;
		u32 vector;
		{
			DeviceGuard guard;
			if (!state.pending_vectors)
				return;
			vector = static_cast<u32>(__builtin_ctz(state.pending_vectors));
			state.pending_vectors &= state.pending_vectors - 1;
			if (vector >= max_vectors || !state.handlers[vector].call || state.pf.wiped)
				continue;
			handler = state.handlers[vector];
			state.handlers_running++;
		}
		kt_interrupt(handler.call, handler.context, vector);
		DeviceGuard guard;
		state.handlers_running--;
	}
}

void device_thread(void *context)
{
	State &state = *static_cast<State *>(context);

	while (!state.stop.load()) {
		{
			DeviceGuard guard;
			run_device_locked(state);
		}
		raise_interrupts(state);
		(void)kn_wait(&state.kick, nap_ms);
	}
}

void init_pf(State &state)
{
	Pf &pf = state.pf;
	const Options options = pf.options;

	init_function(pf, WIRE_PCI_VENDOR, WIRE_PCI_MODERN_BASE + WIRE_TYPE_NET);
	pf.is_pf = true;
	pf.bar_length[virtio_bar] = virtio_bar_length;
	pf.bar_length[msix_bar] = msix_bar_length;
	add_msix(pf, msix_vectors, msix_bar, 0, msix_bar, 0x800);
	add_virtio(pf, WIRE_PCI_CAP_COMMON, virtio_bar, common_offset,
		   options.short_common ? 56 : WIRE_COMMON_SIZE_WITH_ADMIN);
	add_virtio(pf, WIRE_PCI_CAP_ISR, virtio_bar, isr_offset, 1);
	add_virtio(pf, WIRE_PCI_CAP_DEVICE, virtio_bar, device_offset, 0x100);
	add_virtio(pf, WIRE_PCI_CAP_NOTIFY, virtio_bar, notify_place, notify_length, 20,
		   notify_multiplier);
}

} // namespace

State *state()
{
	return the_state;
}

Pf &pf()
{
	return the_state->pf;
}

bool take_failure(Call call)
{
	u32 &count = the_state->fail_next[static_cast<unsigned>(call)];

	if (count == 0)
		return false;
	count--;
	return true;
}

void fail_next(Call call)
{
	the_state->fail_next[static_cast<unsigned>(call)] = 1;
}

void finish()
{
	State *const state = the_state;

	if (!state)
		return;
	unbind();
	end_clients();
	state->stop.store(true);
	kn_complete(&state->kick);
	kt_thread_join(state->thread);
	free_shared_memory(*state);
	if (state->pf.mappings)
		violation("mappings of the PF left", state->pf.mappings);
	if (state->pf.enabled)
		violation("PF left enabled");
	if (state->vectors)
		violation("interrupt vectors left", state->vectors);
	check_events(*state);
	for (const Vf &vf : state->pf.vf)
		if (vf.power_gets)
			violation("VF's power held for good", vf.id);
	the_state = nullptr;
	kt_free(state);
}

Pf &start(const Options &options)
{
	finish();
	State &state = *new (kt_alloc(sizeof(State))) State;
	the_state = &state;
	forget_messages();
	state.pf.options = options;
	init_pf(state);
	state.pf.options = options;
	for (u32 i = 0; i < max_vfs; i++)
		init_vf(state, i);
	reset_device_locked(state);
	state.status = options.old_status;
	state.reset_confirmed = true;
	state.queue_reset_confirmed = true;
	state.function_reset_works = true;
	set_timeout(options.timeout_ms);
	set_poll(options.poll_us);
	set_operation(options.operation_ms);
	virtio_owner_parameters.depth = options.depth;
	virtio_owner_parameters.polled = options.polled;
	kn_completion_init(&state.kick);
	state.thread = kt_thread_start(device_thread, &state);
	return state.pf;
}

void set_timeout(u32 ms)
{
	__atomic_store_n(&virtio_owner_parameters.command_timeout_ms, ms, __ATOMIC_RELAXED);
}

void set_operation(u32 ms)
{
	__atomic_store_n(&virtio_owner_parameters.operation_ms, ms, __ATOMIC_RELAXED);
}

void set_poll(u32 us)
{
	__atomic_store_n(&virtio_owner_parameters.poll_us, us, __ATOMIC_RELAXED);
}

int bind()
{
	return virtio_owner_create(&pf(), &pf().owner);
}

void unbind()
{
	virtio_owner *const owner = pf().owner;

	if (!owner)
		return;
	virtio_owner_destroy(owner);
	pf().owner = nullptr;
}

int make_vfs(u32 count)
{
	const int made = virtio_owner_configure_sriov(pf().owner, count);

	for (u32 i = 0; i < max_vfs; i++) {
		pf().vf[i].owner_member = nullptr;
		if (i < pf().vf_count)
			(void)virtio_owner_find(pf().owner, &pf().vf[i], &pf().vf[i].owner_member);
	}
	return made;
}

bool bring_up(u32 vfs, const Options &options)
{
	start(options);
	return KT_EXPECT_EQ(bind(), 0) &&
	       (vfs == 0 || KT_EXPECT_EQ(make_vfs(vfs), static_cast<int>(vfs)));
}

virtio_owner_member *member(u32 id)
{
	return pf().vf[id - 1].owner_member;
}

} // namespace fake

extern "C" {

void kt_case_begin()
{
	fake::begin_memory();
	(void)fake::forget_violations();
}

void kt_case_end()
{
	fake::fail_alloc(~u32{0});
	fake::finish();
	fake::end_memory();
	kt_expect(fake::violations() == 0, fake::first_violation(), __FILE__, __LINE__);
}

int virtio_owner_get(kn_pci *vf, virtio_owner_member **member)
{
	if (!fake::pf().owner)
		return base::to_errno(base::Error::not_supported);
	return virtio_owner_find(fake::pf().owner, vf, member);
}

} // extern "C"
