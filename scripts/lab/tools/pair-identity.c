// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a legacy guest sees of a VF and its reference in configuration space. BAR0 of the VF is at
 * least as large as the reference's: it has room for the largest configuration of the type.
 */
#include <stdio.h>
#include <string.h>

#include "legacy-registers.h"
#include "pair.h"

#define PCI_REVISION 0x08
#define PCI_BAR0 0x10
#define PCI_SUBSYSTEM_ID 0x2e
#define PCI_INTERRUPT_PIN 0x3d
#define PCI_BAR_TYPE 0x3u

struct device_type {
	uint16_t id;
	uint16_t config_length;	/* with the features that the lab's devices offer */
	uint16_t unused;	/* a byte of it; 0: none */
	const char *name;
};

#define TYPE_CONSOLE 3
#define TYPE_9P 9
static const struct device_type types[] = {
	{1, 8, 0, "net"}, {2, 57, 33, "blk"}, {TYPE_CONSOLE, 12, 0, "console"},
	{4, 0, 0, "rng"}, {8, 36, 0, "scsi"}, {TYPE_9P, 2, 0, "9p"},
};

static const struct {
	uint8_t offset, width;
	const char *name;
} registers[] = {
	{0x00, 2, "vendor id"}, {0x02, 2, "device id"}, {PCI_REVISION, 1, "revision"},
	{0x09, 3, "class code"}, {0x0e, 1, "header type"}, {0x2c, 2, "subsystem vendor id"},
	{PCI_SUBSYSTEM_ID, 2, "subsystem id"},
};

static uint32_t config_read(struct pair *pair, const struct client *client, unsigned int offset,
			    unsigned int width)
{
	uint32_t value = 0;

	if (vfio_read(&client->device, client->config + offset, &value, width))
		pair_fail(pair, "%s: configuration space", client->bdf);
	return value;
}

static void config_write(struct pair *pair, const struct client *client, unsigned int offset,
			 uint32_t value)
{
	if (vfio_write(&client->device, client->config + offset, &value, sizeof(value)))
		pair_fail(pair, "%s: configuration space", client->bdf);
}

static bool same(struct pair *pair, const char *what, uint32_t ours, uint32_t theirs)
{
	return ours == theirs ||
	       pair_fail(pair, "%s is %#x, and %#x of the reference", what, ours, theirs);
}

/* The mask that says how large BAR0 is and of what kind. */
static uint32_t bar_mask(struct pair *pair, const struct client *client)
{
	uint32_t place = config_read(pair, client, PCI_BAR0, 4), mask;

	config_write(pair, client, PCI_BAR0, UINT32_MAX);
	mask = config_read(pair, client, PCI_BAR0, 4);
	config_write(pair, client, PCI_BAR0, place);
	return mask;
}

static bool check_bar(struct pair *pair)
{
	uint32_t ours = bar_mask(pair, &pair->ours), theirs = bar_mask(pair, &pair->theirs);
	uint32_t our_size = -(ours & ~PCI_BAR_TYPE), their_size = -(theirs & ~PCI_BAR_TYPE);

	if (!same(pair, "kind of BAR0", ours & PCI_BAR_TYPE, theirs & PCI_BAR_TYPE))
		return false;
	if (our_size & (our_size - 1) || our_size < their_size)
		return pair_fail(pair, "BAR0 has %#x bytes, and %#x of the reference", our_size,
				 their_size);
	return true;
}

/* 9p has a tag, whose length comes first. */
static bool find_type(struct pair *pair)
{
	uint32_t id = config_read(pair, &pair->theirs, PCI_SUBSYSTEM_ID, 2);

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (types[i].id != id)
			continue;
		pair->type = types[i].name;
		pair->config_length = types[i].config_length;
		pair->config_unused = types[i].unused;
		pair->is_console = id == TYPE_CONSOLE;
		if (id != TYPE_9P)
			return true;
		if (!pair_read(pair, DEVICE_CONFIG, 2))
			return false;
		pair->config_length += pair->theirs.last;
		return true;
	}
	return pair_fail(pair, "%s: virtio id %u has no reference", pair->theirs.bdf, id);
}

static bool check_registers(struct pair *pair)
{
	for (size_t i = 0; i < sizeof(registers) / sizeof(registers[0]); i++) {
		unsigned int offset = registers[i].offset, width = registers[i].width;

		if (!same(pair, registers[i].name, config_read(pair, &pair->ours, offset, width),
			  config_read(pair, &pair->theirs, offset, width)))
			return false;
	}
	if (config_read(pair, &pair->theirs, PCI_REVISION, 1))
		return pair_fail(pair, "%s is no transitional device", pair->theirs.bdf);
	return true;
}

/* Without INTx, the VF has no pin. */
static bool check_pin(struct pair *pair)
{
	uint32_t theirs = config_read(pair, &pair->theirs, PCI_INTERRUPT_PIN, 1);

	return same(pair, "interrupt pin", config_read(pair, &pair->ours, PCI_INTERRUPT_PIN, 1),
		    pair->without_intx ? 0 : theirs);
}

static bool check_vectors(struct pair *pair)
{
	unsigned int theirs;

	if (!client_count_vectors(&pair->ours, &pair->vectors))
		return pair_fail(pair, "%s", pair->ours.error);
	if (!client_count_vectors(&pair->theirs, &theirs))
		return pair_fail(pair, "%s", pair->theirs.error);
	if (!same(pair, "number of vectors", pair->vectors, theirs))
		return false;
	if (pair->vectors > VFIO_MAX_VECTORS)
		pair->vectors = VFIO_MAX_VECTORS;
	return true;
}

bool pair_check_identity(struct pair *pair)
{
	return check_registers(pair) && check_pin(pair) && check_bar(pair) &&
	       check_vectors(pair) && find_type(pair) && !pair->failure[0];
}
