// SPDX-License-Identifier: GPL-2.0-only
#include "io.h"
#include "legacy.h"
#include "memory.h"
#include "toggle.h"
#include "wait.h"

/* Registers and status bits: virtio 0.9.5, 2.2.2; virtio 1.3, 4.1.4.10 and 2.1. */
#define QUEUE_ADDRESS 8
#define QUEUE_SIZE 12
#define QUEUE_SELECT 14
#define QUEUE_NOTIFY 16
#define DEVICE_STATUS 18

#define TYPE_ENTROPY 4
#define REQUEST_SIZE 64u

static void set_status(u16 base, u8 status)
{
	outb(status, base + DEVICE_STATUS);
}

/* The order leaves each state of the three switches while the device is in use. */
static void round(const struct pci_function *function, u32 page)
{
	u16 base = function->base;

	pci_disable_intx(function, true);
	set_status(base, 0);
	set_status(base, 1);
	set_status(base, 3);
	outw(0, base + QUEUE_SELECT);
	outl(page, base + QUEUE_ADDRESS);
	set_status(base, 7);
	outw(0, base + QUEUE_NOTIFY);
	pci_enable_msix(function, true);
	pci_disable_intx(function, false);
	pci_enable_msix(function, false);
	outw(0, base + QUEUE_NOTIFY);
}

u32 toggle_run(const struct pci_function *function, u32 seconds)
{
	static struct legacy device;
	static struct queue queue;
	struct segment segment = { pages(1), REQUEST_SIZE, true };
	u32 rounds = 0, changes = 0;
	u8 second, last;

	memset(&device, 0, sizeof(device));
	set_status(function->base, 0);
	outw(0, function->base + QUEUE_SELECT);
	if (!segment.data ||
	    !queue_init(&queue, &device, 0, inw(function->base + QUEUE_SIZE)))
		return 0;
	/* The same request each round, because a reset takes the indices back to 0. */
	if (function->type == TYPE_ENTROPY)
		queue_add(&queue, 0, &segment, 1);
	last = wait_second();
	while (changes <= seconds) {
		round(function, address_of(queue.descriptors) / PAGE_SIZE);
		rounds++;
		second = wait_second();
		changes += second != last;
		last = second;
	}
	set_status(function->base, 0);
	return rounds;
}
