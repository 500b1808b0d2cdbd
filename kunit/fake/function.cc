// SPDX-License-Identifier: GPL-2.0-only
#include "kunit/fake/function.hh"

#include "kernel/memory.h"
#include "kunit/fake/state.hh"

namespace fake {

namespace {

constexpr u16 first_capability = 0x40;

} // namespace

void put8(kn_pci &function, u16 offset, u8 value)
{
	if (offset < config_bytes)
		function.config[offset] = value;
}

void put16(kn_pci &function, u16 offset, u16 value)
{
	put8(function, offset, static_cast<u8>(value));
	put8(function, static_cast<u16>(offset + 1), static_cast<u8>(value >> 8));
}

void put32(kn_pci &function, u16 offset, u32 value)
{
	put16(function, offset, static_cast<u16>(value));
	put16(function, static_cast<u16>(offset + 2), static_cast<u16>(value >> 16));
}

void init_function(kn_pci &function, u16 vendor, u16 device)
{
	function = {};
	function.vendor = vendor;
	function.device = device;
	function.free_config = first_capability;
	put16(function, 0, vendor);
	put16(function, WIRE_PCI_DEVICE_ID, device);
	put8(function, WIRE_PCI_REVISION, 1);
}

u16 add_capability(kn_pci &function, u8 id, u8 length)
{
	const u16 at = function.free_config;

	put8(function, at, id);
	put8(function, static_cast<u16>(at + 1), 0);
	if (function.last_capability)
		put8(function, static_cast<u16>(function.last_capability + 1), static_cast<u8>(at));
	else
		put8(function, WIRE_PCI_CAP_POINTER, static_cast<u8>(at));
	put16(function, WIRE_PCI_STATUS, WIRE_PCI_STATUS_CAP_LIST);
	function.last_capability = at;
	function.free_config = static_cast<u16>((at + length + 3) & ~3);
	return at;
}

u16 add_virtio(kn_pci &function, u8 type, u8 bar, u32 offset, u32 size, u8 cap_length,
	       u32 multiplier)
{
	const u16 at = add_capability(function, WIRE_PCI_CAP_ID_VENDOR, cap_length);

	put8(function, static_cast<u16>(at + 2), cap_length);
	put8(function, static_cast<u16>(at + 3), type);
	put8(function, static_cast<u16>(at + 4), bar);
	put32(function, static_cast<u16>(at + 8), offset);
	put32(function, static_cast<u16>(at + 12), size);
	if (cap_length >= 20)
		put32(function, static_cast<u16>(at + 16), multiplier);
	return at;
}

u16 add_msix(kn_pci &function, u16 vectors, u8 table_bar, u32 table, u8 pba_bar, u32 pba)
{
	const u16 at = add_capability(function, WIRE_PCI_CAP_ID_MSIX, 12);

	put16(function, static_cast<u16>(at + 2), static_cast<u16>(vectors - 1));
	put32(function, static_cast<u16>(at + 4), table | table_bar);
	put32(function, static_cast<u16>(at + 8), pba | pba_bar);
	return at;
}

void hold_power(kn_pci &function)
{
	bool resumes;
	{
		DeviceGuard guard;
		function.power_gets++;
		resumes = std::exchange(function.suspended, false);
		function.suspended_ns += resumes;
	}
	if (!resumes || function.is_pf)
		return;
	Vf &vf = static_cast<Vf &>(function);
	reset_vf_registers(vf);
	if (vf.on_resume)
		std::exchange(vf.on_resume, nullptr)(vf);
}

void release_power(kn_pci &function)
{
	DeviceGuard guard;

	if (function.power_gets == 0)
		violation("more power references put than got");
	else if (--function.power_gets == 0 && !function.is_pf)
		function.suspended = static_cast<Vf &>(function).low_power;
}

} // namespace fake

using fake::DeviceGuard;
using fake::violation;

struct kn_pci_config {
	bool wiped;
	bool bus_master;
	bool intx_disabled;
};

namespace {

/// A change of the command register needs the lock from its read to its write.
bool may_change_command(const kn_pci &function, u16 offset)
{
	if (function.is_pf || offset != WIRE_PCI_COMMAND)
		violation("byte access outside a VF's command register", offset);
	else if (!static_cast<const fake::Vf &>(function).vfio->command_locked)
		violation("byte access of the command register without memory_lock");
	else if (function.suspended)
		violation("byte access of the command register of a suspended function");
	else
		return true;
	return false;
}

} // namespace

extern "C" {

u32 kn_pci_config_read(kn_pci *pci, u16 offset, u8 width)
{
	u32 value = 0;

	if ((width != 1 && width != 2 && width != 4) || offset % width != 0 ||
	    offset + width > fake::config_bytes)
		violation("configuration read of a wrong width or offset", offset, width);
	if (pci->suspended)
		violation("configuration read of a suspended function", offset);
	pci->config_reads++;
	for (fake::u32 i = 0; i < width && offset + i < fake::config_bytes; i++)
		value |= u32{pci->gone ? u8{0xff} : pci->config[offset + i]} << (8 * i);
	return value;
}

u32 kn_pci_config_size(kn_pci *)
{
	return fake::config_region_bytes;
}

int kn_pci_user_read8(kn_pci *pci, u16 offset, u8 *value)
{
	DeviceGuard guard;

	*value = 0xff;
	if (may_change_command(*pci, offset) && !pci->gone)
		*value = pci->config[offset];
	return 0;
}

int kn_pci_user_write8(kn_pci *pci, u16 offset, u8 value)
{
	DeviceGuard guard;

	if (may_change_command(*pci, offset) && !pci->gone)
		pci->config[offset] = value;
	return 0;
}

bool kn_pci_present(kn_pci *pci)
{
	if (kt_holds_spinlock())
		violation("presence of a function asked with a spinlock held");
	const bool present = !pci->gone;

	if (pci->is_pf)
		if (void (*const call)() = std::exchange(fake::pf().on_present_query, nullptr))
			call();
	return present;
}

bool kn_pci_powered(kn_pci *pci)
{
	DeviceGuard guard;

	return !pci->in_d3 && !pci->suspended;
}

bool kn_pci_power(kn_pci *pci, u64 *suspended_ns)
{
	{
		DeviceGuard guard;
		*suspended_ns = pci->suspended_ns;
	}
	return kn_pci_powered(pci);
}

bool kn_pci_removed(kn_pci *pci)
{
	if (pci->is_pf && fake::pf().on_removed_query)
		fake::pf().on_removed_query();
	DeviceGuard guard;
	return pci->removed;
}

bool kn_pci_is_vf(kn_pci *pci)
{
	return !pci->is_pf;
}

bool kn_pci_pf_bound(kn_pci *)
{
	return fake::state()->pf.options.client != fake::Client::unbound;
}

u16 kn_pci_vendor(kn_pci *pci)
{
	return pci->vendor;
}

u16 kn_pci_device(kn_pci *pci)
{
	return pci->device;
}

u64 kn_pci_bar_length(kn_pci *pci, u8 bar)
{
	if (bar > 5)
		violation("length of a BAR above 5", bar);
	return bar < 6 ? pci->bar_length[bar] : 0;
}

bool kn_pci_bar_exists(kn_pci *pci, u8 bar)
{
	if (bar > 5)
		violation("existence of a BAR above 5", bar);
	return bar < 6 && (pci->bar_exists[bar] || pci->bar_length[bar]);
}

int kn_pci_enable(kn_pci *pci)
{
	if (fake::take_failure(fake::Call::enable))
		return base::to_errno(base::Error::io);
	if (pci->enabled)
		violation("function enabled twice");
	pci->enabled = true;
	pci->intx_disabled = false; // the kernel does that
	return 0;
}

int kn_pci_set_dma_mask(kn_pci *pci, u8 bits)
{
	if (!pci->enabled)
		violation("DMA mask of a function that is not enabled");
	if (bits > fake::pf().options.dma_bits)
		return base::to_errno(base::Error::io);
	fake::pf().dma_mask = bits;
	return 0;
}

int kn_pci_claim_bars(kn_pci *pci)
{
	if (fake::take_failure(fake::Call::claim_bars))
		return base::to_errno(base::Error::busy);
	if (!pci->enabled || pci->claimed)
		violation("BARs claimed of a function that is not enabled, or twice");
	pci->claimed = true;
	return 0;
}

void kn_pci_release_bars(kn_pci *pci)
{
	if (!pci->claimed)
		violation("BARs released that were not claimed");
	pci->claimed = false;
}

void kn_pci_disable(kn_pci *pci)
{
	if (!pci->enabled)
		violation("function disabled that was not enabled");
	if (pci->claimed)
		violation("function disabled with its BARs claimed");
	if (pci->mappings)
		violation("function disabled with mappings left", pci->mappings);
	if (pci->is_pf)
		fake::check_line_at_end(*fake::state());
	pci->enabled = false;
}

void kn_pci_set_master(kn_pci *pci)
{
	DeviceGuard guard;

	pci->set_bus_master(true);
}

void kn_pci_clear_master(kn_pci *pci)
{
	DeviceGuard guard;

	pci->set_bus_master(false);
}

void kn_pci_disable_intx(kn_pci *pci)
{
	DeviceGuard guard;

	if (!pci->enabled)
		violation("interrupt line of a function that is not enabled");
	pci->intx_disabled = true;
}

kn_pci_config *kn_pci_config_save(kn_pci *pci)
{
	auto *const config = static_cast<kn_pci_config *>(kn_alloc(sizeof(kn_pci_config)));
	DeviceGuard guard;

	if (config)
		*config = {.wiped = pci->wiped,
			   .bus_master = pci->bus_master(),
			   .intx_disabled = pci->intx_disabled};
	return config;
}

void kn_pci_config_restore(kn_pci *pci, kn_pci_config *config)
{
	DeviceGuard guard;

	pci->wiped = config->wiped;
	pci->set_bus_master(config->bus_master);
	pci->intx_disabled = config->intx_disabled;
}

void kn_pci_config_free(kn_pci_config *config)
{
	kn_free(config);
}

int kn_pci_reset_locked(kn_pci *pci)
{
	fake::State *const state = fake::state();

	if (pci->is_pf && state && !state->function_reset_works)
		return base::to_errno(base::Error::timed_out);
	fake::function_reset(*pci);
	return 0;
}

kn_mmio *kn_pci_map(kn_pci *pci, u8 bar, u64 offset, u64 length)
{
	if (fake::take_failure(fake::Call::map))
		return nullptr;
	if (!pci->enabled)
		violation("mapping of a function that is not enabled", bar, offset);
	if (bar > 5 || length == 0 || offset > pci->bar_length[bar] ||
	    length > pci->bar_length[bar] - offset) {
		violation("mapping outside of a BAR", bar, offset);
		return nullptr;
	}
	auto *const mmio = static_cast<kn_mmio *>(kt_alloc(sizeof(kn_mmio)));
	if (!mmio)
		return nullptr;
	*mmio = {.function = pci, .bar = bar, .offset = offset, .length = length};
	pci->mappings++;
	return mmio;
}

void kn_pci_unmap(kn_pci *pci, kn_mmio *mmio)
{
	if (!mmio)
		return;
	if (mmio->function != pci)
		violation("mapping of another function unmapped");
	pci->mappings--;
	kt_free(mmio);
}

void kn_pci_set_assigned(kn_pci *pci, bool assigned)
{
	if (pci->is_pf) {
		violation("PF marked as assigned");
		return;
	}
	auto &vf = static_cast<fake::Vf &>(*pci);
	if (vf.assigned == assigned)
		violation("VF marked as assigned twice, or freed twice", assigned);
	vf.assigned = assigned;
	if (!assigned) // VFIO unmaps the BARs at the end
		for (kn_mmio &mapping : vf.vfio->mapping)
			mapping = {};
}

void kn_pci_uevent(kn_pci *pci, const char *variable)
{
	if (!variable || !*variable)
		violation("uevent without a variable");
	DeviceGuard guard;
	pci->uevents++;
}

int kn_pci_pm_get(kn_pci *pci)
{
	fake::check_may_sleep("resume of a function in the handler of a listener");
	if (fake::take_failure(fake::Call::pm_get))
		return base::to_errno(base::Error::io);
	fake::hold_power(*pci);
	return 0;
}

void kn_pci_pm_put(kn_pci *pci)
{
	fake::release_power(*pci);
}

} // extern "C"
