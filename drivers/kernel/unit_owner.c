// SPDX-License-Identifier: GPL-2.0-only
/*
 * The part of the contract that virtio_owner uses. Kbuild wants a C object to be
 * in one module only, so each module compiles the shims it shares itself.
 */
#include "drivers/kernel/delayed_work.c"
#include "drivers/kernel/dma.c"
#include "drivers/kernel/irq.c"
#include "drivers/kernel/lock.c"
#include "drivers/kernel/log.c"
#include "drivers/kernel/memory.c"
#include "drivers/kernel/mmio.c"
#include "drivers/kernel/pci.c"
#include "drivers/kernel/processor.c"
#include "drivers/kernel/queue.c"
#include "drivers/kernel/sriov.c"
#include "drivers/kernel/time.c"
#include "drivers/kernel/wait.c"
#include "drivers/kernel/work.c"
