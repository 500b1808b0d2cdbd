// SPDX-License-Identifier: GPL-2.0-only
#include "kunit/support/part.hh"

#include "kunit/fake/state.hh"

namespace support {

kn_pci *part_function()
{
	return &fake::start();
}

base::u8 *device_view(base::u64 address)
{
	for (const fake::Allocation &allocation : fake::state()->allocations)
		if (allocation.memory && address - allocation.address < allocation.size)
			return allocation.memory + (address - allocation.address);
	fake::violation("address that is not shared memory", address);
	return nullptr;
}

} // namespace support
