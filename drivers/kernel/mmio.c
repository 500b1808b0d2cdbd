// SPDX-License-Identifier: GPL-2.0-only
#include <linux/io.h>

#include "kernel/mmio.h"

static void __iomem *at(struct kn_mmio *mmio, u64 offset)
{
	return (__force void __iomem *)mmio + offset;
}

u8 kn_mmio_read8(struct kn_mmio *mmio, u64 offset)
{
	return ioread8(at(mmio, offset));
}

u16 kn_mmio_read16(struct kn_mmio *mmio, u64 offset)
{
	return ioread16(at(mmio, offset));
}

u32 kn_mmio_read32(struct kn_mmio *mmio, u64 offset)
{
	return ioread32(at(mmio, offset));
}

void kn_mmio_write8(struct kn_mmio *mmio, u64 offset, u8 value)
{
	iowrite8(value, at(mmio, offset));
}

void kn_mmio_write16(struct kn_mmio *mmio, u64 offset, u16 value)
{
	iowrite16(value, at(mmio, offset));
}

void kn_mmio_write32(struct kn_mmio *mmio, u64 offset, u32 value)
{
	iowrite32(value, at(mmio, offset));
}
