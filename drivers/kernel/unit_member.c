// SPDX-License-Identifier: GPL-2.0-only
/* The part of the contract that virtio_legacy_vfio_pci uses; see unit_owner.c. */
#include "drivers/kernel/admin.c"
#include "drivers/kernel/launch.c"
#include "drivers/kernel/lock.c"
#include "drivers/kernel/log.c"
#include "drivers/kernel/memory.c"
#include "drivers/kernel/mmio.c"
#include "drivers/kernel/pci.c"
#include "drivers/kernel/time.c"
#include "drivers/kernel/vfio.c"
#include "drivers/kernel/vfio_region.c"
#include "drivers/kernel/wait.c"
#include "drivers/kernel/work.c"
