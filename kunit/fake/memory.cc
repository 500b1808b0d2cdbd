// SPDX-License-Identifier: GPL-2.0-only
// Memory of the drivers: counted, able to fail, and what devices may write
// checked.
#include "kernel/memory.h"

#include "base/result.hh"
#include "kernel/dma.h"
#include "kunit/fake/state.hh"

namespace fake {

namespace {

constexpr u32 never_fail = ~u32{0};
/// Where device addresses are, apart from the CPU's and from each other.
constexpr u64 translated_bias = u64{1} << 40;
constexpr u64 physical_bias = u64{1} << 41;
/// Distance of device addresses that a narrow DMA mask bounds.
constexpr u64 narrow_step = u64{1} << 24;

constinit base::Atomic<u32> live_allocations{0};
constinit base::Atomic<u32> allocations_until_failure{never_fail};

bool device_may_write(const State &state, const Allocation &allocation)
{
	const Queue &queue = state.queue;
	const auto inside = [&](u64 address) {
		return address >= allocation.address &&
		       address < allocation.address + allocation.size;
	};

	return !state.pf.gone && queue.enabled &&
	       (inside(queue.descriptors) || inside(queue.driver) || inside(queue.device));
}

/// The device address of @memory, which is allocation number @index. As in the kernel, the mask is
/// one of 32 bits until the driver sets it, and physical addresses do not obey it.
u64 address_of(const State &state, const u8 *memory, u64 size, u64 index, bool translated)
{
	const u64 address = reinterpret_cast<u64>(memory);

	if (!translated)
		return address + physical_bias;
	if (state.pf.dma_mask == 64)
		return address + translated_bias;
	if (size > narrow_step)
		violation("block of shared memory too long for the fake", size);
	return (index + 1) * narrow_step;
}

/// Whether an access of user memory would fault.
bool faults(u64 address, u64 size)
{
	const u64 end = state()->user_end;

	return size && (address < bad_user_address || (end && address + size > end));
}

} // namespace

void set_user_end(const u8 *end)
{
	state()->user_end = reinterpret_cast<u64>(end);
}

void before_accounted_alloc(void (*hook)())
{
	state()->on_accounted_alloc = hook;
}

void fail_alloc(u32 skip)
{
	allocations_until_failure.store(skip);
}

u32 allocations()
{
	return live_allocations.load();
}

void begin_memory()
{
	live_allocations.store(0);
	fail_alloc(never_fail);
}

void end_memory()
{
	if (live_allocations.load())
		violation("memory left allocated", live_allocations.load());
}

u8 *memory_at(State &state, u64 address, u64 length)
{
	const bool translated = state.driver_features >> WIRE_F_ACCESS_PLATFORM & 1;

	for (const Allocation &allocation : state.allocations) {
		if (!allocation.memory || address < allocation.address ||
		    address - allocation.address > allocation.size ||
		    length > allocation.size - (address - allocation.address))
			continue;
		if (allocation.translated != translated)
			violation("address of the wrong kind for ACCESS_PLATFORM", address,
				  translated);
		return allocation.memory + (address - allocation.address);
	}
	violation("address that is not shared memory", address, length);
	return nullptr;
}

bool memory_abandoned()
{
	for (const Allocation &allocation : state()->allocations)
		if (allocation.memory)
			return true;
	return false;
}

void expect_abandoned_memory()
{
	state()->abandoned_expected = true;
}

void free_shared_memory(State &state)
{
	bool any = false;

	for (Allocation &allocation : state.allocations) {
		any = any || allocation.memory;
		kt_free(allocation.memory);
		allocation = {};
	}
	if (any != state.abandoned_expected)
		violation(any ? "shared memory left allocated"
			      : "shared memory freed that the device may write");
}

} // namespace fake

using fake::DeviceGuard;
using fake::State;
using fake::violation;

extern "C" {

void *kn_alloc(kn_size size)
{
	if (size == 0)
		violation("allocation of nothing");
	const u32 left = fake::allocations_until_failure.load();
	if (left == 0) {
		fake::fail_alloc(fake::never_fail);
		return nullptr;
	}
	if (left != fake::never_fail)
		fake::fail_alloc(left - 1);
	void *const memory = kt_alloc(size);
	if (memory)
		fake::live_allocations.add(1);
	return memory;
}

void *kn_alloc_accounted(kn_size size)
{
	if (fake::state()->on_accounted_alloc)
		std::exchange(fake::state()->on_accounted_alloc, nullptr)();
	return kn_alloc(size);
}

void kn_free(void *memory)
{
	if (memory)
		fake::live_allocations.add(~u32{0});
	kt_free(memory);
}

int kn_copy_from_user(void *to, u64 from, kn_size size)
{
	if (fake::faults(from, size))
		return base::to_errno(base::Error::fault);
	base::copy_bytes({static_cast<u8 *>(to), size}, {reinterpret_cast<const u8 *>(from), size});
	return 0;
}

int kn_get_user16(u16 *value, u64 from)
{
	u8 raw[2];

	if (const int error = kn_copy_from_user(raw, from, sizeof(raw)))
		return error;
	*value = static_cast<u16>(base::load_le(raw));
	return 0;
}

int kn_copy_to_user(u64 to, const void *from, kn_size size)
{
	if (fake::faults(to, size))
		return base::to_errno(base::Error::fault);
	base::copy_bytes({reinterpret_cast<u8 *>(to), size}, {static_cast<const u8 *>(from), size});
	return 0;
}

int kn_dma_alloc(kn_pci *pci, kn_dma *dma, kn_size size, bool translated)
{
	State &state = *fake::state();

	if (!pci->is_pf)
		violation("shared memory for another function than the PF");
	if (fake::take_failure(fake::Call::dma_alloc))
		return base::to_errno(base::Error::no_memory);
	// Page aligned, as the kernel's is.
	constexpr u64 page = 4096;
	auto *const memory = static_cast<u8 *>(kt_alloc((size + page - 1) & ~(page - 1)));
	if (!memory)
		return base::to_errno(base::Error::no_memory);

	{
		DeviceGuard guard;
		for (fake::u64 index = 0; index < fake::max_allocations; index++) {
			if (state.allocations[index].memory)
				continue;
			*dma = {.memory = memory,
				.address = fake::address_of(state, memory, size, index, translated),
				.size = size,
				.translated = translated};
			state.allocations[index] = {memory, dma->address, size, translated};
			return 0;
		}
	}
	violation("too many blocks of shared memory for the fake");
	kt_free(memory);
	return base::to_errno(base::Error::no_memory);
}

void kn_dma_free(kn_pci *, kn_dma *dma)
{
	State &state = *fake::state();
	u8 *memory = nullptr;

	if (!dma->memory)
		return;
	{
		DeviceGuard guard;
		fake::settle_reset_locked(state);
		for (fake::Allocation &allocation : state.allocations) {
			if (allocation.memory != dma->memory)
				continue;
			if (fake::device_may_write(state, allocation))
				violation("memory freed that the device may still write");
			memory = allocation.memory;
			allocation = {};
			break;
		}
	}
	if (!memory)
		violation("shared memory freed that is not allocated");
	kt_free(memory);
	*dma = {};
}

} // extern "C"
