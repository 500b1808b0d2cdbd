// SPDX-License-Identifier: GPL-2.0-only
// SR-IOV and interrupts of the PF.
#include "kernel/sriov.h"

#include "kernel/time.h"
#include "kunit/fake/state.hh"

using fake::DeviceGuard;
using fake::State;
using fake::violation;

extern "C" {

int kn_sriov_enable(kn_pci *pci, u32 count)
{
	State &state = *fake::state();

	if (!pci->is_pf || state.pf.vf_count)
		violation("SR-IOV enabled twice, or on a VF", state.pf.vf_count);
	if (fake::take_failure(fake::Call::sriov_enable) || count > fake::max_vfs)
		return base::to_errno(base::Error::no_memory);
	{
		DeviceGuard guard;
		state.vf_enable = true;
		state.pf.vf_count = count;
		for (u32 i = 0; i < count; i++)
			fake::init_vf(state, i);
	}
	if (state.pf.on_vf_probe)
		for (u32 i = 0; i < count; i++)
			state.pf.on_vf_probe(state.pf.vf[i]);
	return 0;
}

void kn_sriov_disable(kn_pci *pci)
{
	State &state = *fake::state();

	if (!pci->is_pf || !state.pf.vf_count)
		violation("SR-IOV disabled twice, or on a VF");
	if (state.pf.on_vf_remove)
		for (u32 i = 0; i < state.pf.vf_count; i++)
			state.pf.on_vf_remove(state.pf.vf[i]);
	DeviceGuard guard;
	fake::settle_reset_locked(state);
	if (state.queue.outstanding && !pci->gone)
		violation("VF Enable cleared with a command outstanding", state.queue.outstanding);
	state.vf_enable = false;
	state.pf.vf_count = 0;
}

u32 kn_sriov_count(kn_pci *)
{
	return fake::state()->pf.vf_count;
}

bool kn_sriov_supported(kn_pci *)
{
	return fake::state()->pf.options.sriov_capability;
}

int kn_sriov_vf_index(kn_pci *vf)
{
	if (fake::state()->pf.vf_count == 1)
		violation("index of an only VF, which may divide by zero");
	return vf->is_pf ? base::to_errno(base::Error::invalid)
			 : static_cast<int>(static_cast<fake::Vf *>(vf)->id - 1);
}

u32 kn_irq_setup(kn_pci *, kn_irq *, u32 wanted, kn_irq_handler handler, void *context)
{
	State &state = *fake::state();
	DeviceGuard guard;

	if (wanted == 0 || wanted > 2)
		violation("wrong number of vectors asked for", wanted);
	if (state.handler)
		violation("interrupts set up twice");
	state.vectors = wanted < state.pf.options.vectors ? wanted : state.pf.options.vectors;
	if (state.vectors) {
		state.handler = handler;
		state.handler_context = context;
	}
	return state.vectors;
}

void kn_irq_release(kn_pci *, kn_irq *)
{
	State &state = *fake::state();

	{
		DeviceGuard guard;
		if (!state.handler)
			violation("interrupts released that were not set up");
		state.handler = nullptr;
	}
	for (;;) {
		{
			DeviceGuard guard;
			if (state.handlers_running == 0)
				return;
		}
		kn_sleep_us(50);
	}
}

} // extern "C"
