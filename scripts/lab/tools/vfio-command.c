// SPDX-License-Identifier: GPL-2.0-only
/*
 * vfio-command BDF COUNT: one thread changes bits of a VF's command register COUNT times, through
 * VFIO. Another thread sets queue addresses and resets the device meanwhile, so that the driver
 * enables bus mastering. Neither may lose a bit.
 *
 * The first half writes the register as a word, always without Bus Master Enable. The second half
 * writes its high byte alone, while the other thread clears and gets Bus Master Enable.
 * Each write is compared with the register of the function, as sysfs shows it.
 */
#include <err.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "legacy-registers.h"
#include "vfio-device.h"

#define COMMAND 4
#define COMMAND_IO 0x1
#define COMMAND_MEMORY 0x2
#define COMMAND_MASTER 0x4
#define COMMAND_SERR 0x100
#define COMMAND_INTX_DISABLE 0x400
#define QUEUE_FIRST_PAGE 0x100

static struct vfio_device device;
static uint64_t bar0, config;
static int function;	/* the function's own registers */
static unsigned int kept;	/* bits that VFIO gives to the function, and that it keeps */
static _Atomic bool ended, high_byte_only;
static uint64_t addresses;
static _Atomic uint64_t enabled;

static uint64_t region(unsigned int index)
{
	struct vfio_region_info info;

	if (vfio_region(&device, index, &info))
		errx(2, "region %u", index);
	return info.offset;
}

static void put(uint64_t offset, unsigned int value, size_t width)
{
	uint32_t data = value;
	int error = vfio_write(&device, offset, &data, width);

	if (error)
		errx(1, "a write of %zu bytes: errno %d", width, -error);
}

static unsigned int get(uint64_t offset, size_t width)
{
	uint32_t data = 0;
	int error = vfio_read(&device, offset, &data, width);

	if (error)
		errx(1, "a read of %zu bytes: errno %d", width, -error);
	return data;
}

static unsigned int function_command(void)
{
	uint16_t value;

	if (pread(function, &value, sizeof(value), COMMAND) != sizeof(value))
		err(2, "the function's configuration space");
	return value;
}

static void expect(const char *what, unsigned int value, unsigned int wanted, unsigned int mask)
{
	if ((value & mask) != (wanted & mask))
		errx(1, "%s: %#x instead of %#x (of %#x)", what, value & mask, wanted & mask, mask);
}

/* Resets the device and sets a queue's address. Dropped while I/O decoding is off. */
static void set_address(void)
{
	put(bar0 + DEVICE_STATUS, 0, 1);
	put(bar0 + DEVICE_STATUS, STATUS_ACKNOWLEDGE, 1);
	put(bar0 + QUEUE_SELECT, 0, 2);
	put(bar0 + QUEUE_ADDRESS, QUEUE_FIRST_PAGE, 4);
	addresses++;
}

static void *driver(void *unused)
{
	(void)unused;
	while (!ended) {
		bool alone = high_byte_only;	/* this thread alone writes the low byte */

		if (alone) {
			put(config + COMMAND, COMMAND_IO | COMMAND_MEMORY, 1);
			expect("cleared", function_command(), 0, COMMAND_MASTER);
		}
		set_address();
		if (alone) {
			unsigned int low = COMMAND_IO | COMMAND_MEMORY | COMMAND_MASTER;

			expect("the guest's view", get(config + COMMAND, 1), low, low);
			expect("low byte", function_command(), low, (kept | COMMAND_MASTER) & 0xff);
			enabled++;
		}
	}
	return NULL;
}

static void change_word(unsigned long number)
{
	unsigned int value = (number & 1 ? COMMAND_IO : 0) | (number & 2 ? COMMAND_MEMORY : 0) |
			     (number & 4 ? COMMAND_INTX_DISABLE : 0) |
			     (number & 8 ? COMMAND_SERR : 0);

	put(config + COMMAND, value, 2);
	expect("word", function_command(), value, kept);
	expect("word, the guest's view", get(config + COMMAND, 2), value,
	       COMMAND_IO | COMMAND_MEMORY | COMMAND_INTX_DISABLE);
}

static void change_high_byte(unsigned long number)
{
	unsigned int value = (number & 1 ? COMMAND_INTX_DISABLE : 0) |
			     (number & 2 ? COMMAND_SERR : 0);

	put(config + COMMAND + 1, value >> 8, 1);
	expect("high byte", function_command(), value, kept & 0xff00);
	expect("high byte, the guest's view", get(config + COMMAND, 2), value,
	       COMMAND_INTX_DISABLE);
}

static void open_function(const char *bdf)
{
	char path[128];

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/config", bdf);
	function = open(path, O_RDONLY | O_CLOEXEC);
	if (function < 0)
		err(2, "%s", path);
}

static void find_kept(void)
{
	put(config + COMMAND, COMMAND_IO | COMMAND_MEMORY | COMMAND_SERR, 2);
	kept = function_command() & (COMMAND_IO | COMMAND_MEMORY | COMMAND_SERR);
	put(config + COMMAND, 0, 2);
	kept &= ~function_command();
	if (!(kept & 0xff) || !(kept & 0xff00))
		errx(2, "the function keeps %#x: there is nothing to lose", kept);
}

static void prepare(const char *bdf)
{
	void *memory = mmap(NULL, QUEUE_PAGES * QUEUE_PAGE, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (vfio_open(&device, bdf))
		errx(2, "%s: %s", bdf, device.failed);
	if (memory == MAP_FAILED ||
	    vfio_map(&device, QUEUE_FIRST_PAGE * QUEUE_PAGE, memory, QUEUE_PAGES * QUEUE_PAGE))
		errx(2, "%s: memory of the queue", bdf);
	bar0 = region(VFIO_PCI_BAR0_REGION_INDEX);
	config = region(VFIO_PCI_CONFIG_REGION_INDEX);
	open_function(bdf);
	find_kept();
}

int main(int argc, char **argv)
{
	unsigned long count = argc == 3 ? strtoul(argv[2], NULL, 10) : 0;
	unsigned long number;
	pthread_t thread;

	if (!count)
		errx(2, "usage: vfio-command BDF COUNT");
	prepare(argv[1]);
	if (pthread_create(&thread, NULL, driver, NULL))
		errx(2, "no thread");
	for (number = 0; number < count / 2; number++)
		change_word(number);
	/* From here on only the other thread writes the low byte, beginning with its next turn. */
	put(config + COMMAND, COMMAND_IO | COMMAND_MEMORY, 1);
	high_byte_only = true;
	for (; number < count || enabled < 10; number++)
		change_high_byte(number);
	ended = true;
	pthread_join(thread, NULL);
	printf("%lu changes beside %llu addresses, %llu of them with bus mastering; the function keeps %#x\n",
	       number, (unsigned long long)addresses, (unsigned long long)enabled, kept);
	vfio_close(&device);
	return 0;
}
