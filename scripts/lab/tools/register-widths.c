// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads and writes of 1, 2 and 4 bytes at each offset of the registers. After each write all
 * registers are read and compared. Left out, each with its reason:
 *  - an access that is not aligned to its width: vfio-pci cuts it into aligned parts before it
 *    reaches the reference, and so does QEMU for a guest under KVM
 *  - a read of 4 bytes at queue notify: the reference gives ones, a VF the two bytes of its
 *    device with zeros above
 *  - bits above a register's width in a write: the reference ignores such a selection or
 *    notification, and takes such a vector for NO_VECTOR; a VF has only the register's bits
 *  - one byte as an address: a ring in the first MiB would be memory in use. The address is 0 here
 */
#include "register-widths.h"

#include "legacy-registers.h"

#define NO_QUEUE 0x3ff
#define CONFIG_BYTES 8u	/* that an access of the registers could reach by mistake */

/* Registers that are not as a reset leaves them. */
static void prepare(struct pair *pair)
{
	pair_write(pair, DEVICE_STATUS, 1, 0);
	pair_write(pair, DEVICE_STATUS, 1, STATUS_ACKNOWLEDGE | STATUS_DRIVER);
	pair_read(pair, DEVICE_FEATURES, 4);
	pair_write(pair, DRIVER_FEATURES, 4, pair->ours.last);
	pair_write(pair, QUEUE_SELECT, 2, 0);
	pair_write(pair, QUEUE_ADDRESS, 4, queue_windows[1].first);
	if (!pair->msix)
		return;
	pair_write(pair, CONFIG_VECTOR, 2, 0);
	pair_write(pair, QUEUE_VECTOR, 2, 0);
}

static uint32_t value_for(const struct pair *pair, unsigned int offset, unsigned int width)
{
	switch (offset) {
	case DRIVER_FEATURES:
		return pair->ours.last & 0x00ffffff;	/* of the read before */
	case QUEUE_ADDRESS:
		return width == 1 ? 0 : queue_windows[width == 4].first + QUEUE_PAGES;
	case QUEUE_SELECT:
		return 2;
	case QUEUE_NOTIFY:
		return width == 1 ? NO_QUEUE & 0xff : NO_QUEUE;
	case DEVICE_STATUS:
		return 0x100 | STATUS_ACKNOWLEDGE;	/* the upper byte is none of the status */
	case CONFIG_VECTOR:
	case QUEUE_VECTOR:
		return 1;
	default:
		return 0x01010101;
	}
}

static void read_all(struct pair *pair)
{
	pair_read(pair, DRIVER_FEATURES, 4);
	pair_read(pair, QUEUE_ADDRESS, 4);
	pair_read(pair, QUEUE_SIZE, 2);
	pair_read(pair, QUEUE_SELECT, 2);
	pair_read(pair, DEVICE_STATUS, 1);
	pair_read(pair, ISR_STATUS, 1);
	if (pair->msix) {
		pair_read(pair, CONFIG_VECTOR, 2);
		pair_read(pair, QUEUE_VECTOR, 2);
	}
	for (unsigned int at = 0; at < CONFIG_BYTES && at < pair->config_length; at++)
		pair_read(pair, pair_config(pair) + at, 1);
}

static void access_at(struct pair *pair, unsigned int offset, unsigned int width)
{
	prepare(pair);
	if (offset != QUEUE_NOTIFY || width != 4)
		pair_read(pair, offset, width);
	pair_read(pair, DRIVER_FEATURES, 4);
	pair_write(pair, offset, width, value_for(pair, offset, width));
	read_all(pair);
}

static void access_all(struct pair *pair)
{
	for (unsigned int width = 1; width <= 4; width *= 2)
		for (unsigned int at = 0; at < pair_config(pair); at += width)
			access_at(pair, at, width);
	pair_write(pair, DEVICE_STATUS, 1, 0);
}

/* Once in each state of MSI-X. */
bool register_widths(struct pair *pair)
{
	access_all(pair);
	pair_msix(pair, !pair->msix);
	access_all(pair);
	pair_msix(pair, !pair->msix);
	return !pair->failure[0];
}
