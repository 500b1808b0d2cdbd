// SPDX-License-Identifier: GPL-2.0-only
// What surrounds the suite of one part that is linked without the drivers' other parts and without
// the fake device: memory, and reports of broken rules.
#include <cstdio>
#include <cstdlib>

#include "kernel/dma.h"
#include "kernel/memory.h"
#include "kunit/fake/fake.hh"
#include "kunit/shim.h"
#include "kunit/support/part.hh"
#include "kunit/test.hh"

namespace {

/// Device addresses are apart from the CPU's.
constexpr base::u64 bias = base::u64{1} << 40;
int left_allocated;

} // namespace

namespace fake {

void violation(const char *text, u64 a, u64 b)
{
	kt_expect(false, text, __FILE__, __LINE__);
	std::printf("# rule broken: %s (%#llx, %#llx)\n", text, static_cast<unsigned long long>(a),
		    static_cast<unsigned long long>(b));
}

} // namespace fake

namespace support {

kn_pci *part_function()
{
	return nullptr;
}

base::u8 *device_view(base::u64 address)
{
	return reinterpret_cast<base::u8 *>(address - bias);
}

} // namespace support

extern "C" {

void kt_case_begin()
{
	left_allocated = 0;
}

void kt_case_end()
{
	KT_EXPECT_EQ(left_allocated, 0);
}

void kt_logged(kn_pci *, bool, const char *)
{
}

void *kn_alloc(kn_size size)
{
	left_allocated++;
	return kt_alloc(size);
}

void kn_free(void *memory)
{
	left_allocated -= memory != nullptr;
	kt_free(memory);
}

int kn_dma_alloc(kn_pci *, kn_dma *dma, kn_size size, bool translated)
{
	void *const memory = kn_alloc(size < 4096 ? 4096 : size); // page aligned

	*dma = {.memory = memory, .address = reinterpret_cast<u64>(memory) + bias, .size = size,
		.translated = translated};
	return 0;
}

void kn_dma_free(kn_pci *, kn_dma *dma)
{
	kn_free(dma->memory);
	*dma = {};
}

} // extern "C"
