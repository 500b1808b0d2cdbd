// SPDX-License-Identifier: GPL-2.0-only
// SR-IOV and interrupts of the PF.
#include "kernel/sriov.h"

#include "kunit/fake/eventually.hh"
#include "kunit/fake/state.hh"

using fake::DeviceGuard;
using fake::State;
using fake::violation;

/// No handler of a driver runs as long, also on a busy machine.
static constexpr fake::u64 handler_ms = 3000;

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
	if (!state.pf.options.list_survives)
		fake::forget_list(state);
}

u32 kn_sriov_count(kn_pci *)
{
	return fake::state()->pf.vf_count;
}

bool kn_sriov_supported(kn_pci *)
{
	return fake::state()->pf.options.sriov_capability;
}

bool kn_sriov_migration_capable(kn_pci *pci)
{
	const fake::Options &options = fake::state()->pf.options;

	return !pci->gone && options.sriov_capability && options.migration_capable;
}

int kn_sriov_vf_index(kn_pci *vf)
{
	if (fake::state()->pf.vf_count == 1)
		violation("index of an only VF, which may divide by zero");
	return vf->is_pf ? base::to_errno(base::Error::invalid)
			 : static_cast<int>(static_cast<fake::Vf *>(vf)->id - 1);
}

int kn_irq_alloc_vectors(kn_pci *pci, u32 most)
{
	State &state = *fake::state();

	if (state.vectors)
		violation("interrupt vectors allocated twice");
	if (most == 0 || most > fake::max_vectors)
		violation("wrong number of vectors asked for", most);
	state.vectors = most < state.pf.options.vectors ? most : state.pf.options.vectors;
	if (!state.vectors)
		return base::to_errno(base::Error::no_space);
	pci->intx_disabled = true;
	return static_cast<int>(state.vectors);
}

void kn_irq_free_vectors(kn_pci *pci)
{
	State &state = *fake::state();

	if (!state.vectors)
		violation("interrupt vectors freed that were not allocated");
	for (const fake::Handler &handler : state.handlers)
		if (handler.call)
			violation("interrupt vectors freed with a handler");
	state.vectors = 0;
	pci->intx_disabled = false;
}

int kn_irq_request(kn_pci *, kn_irq *irq, u32 number, kn_irq_handler handler, void *context)
{
	State &state = *fake::state();
	DeviceGuard guard;

	if (number >= state.pf.options.handlers)
		return base::to_errno(base::Error::no_memory);
	if (number >= state.vectors || state.handlers[number].call)
		violation("handler of a vector that is not granted, or has one", number);
	state.handlers[number] = {.call = handler, .context = context};
	irq->storage[0] = number;
	return 0;
}

void kn_irq_free(kn_pci *, kn_irq *irq)
{
	State &state = *fake::state();

	{
		DeviceGuard guard;
		fake::Handler &handler = state.handlers[irq->storage[0] % fake::max_vectors];
		if (!handler.call)
			violation("handler freed that was not requested", irq->storage[0]);
		handler.call = nullptr;
	}
	const auto ended = [&state] {
		DeviceGuard guard;
		return state.handlers_running == 0;
	};
	if (!fake::eventually(ended, handler_ms))
		violation("handler that does not return", irq->storage[0]);
}

} // extern "C"
