// SPDX-License-Identifier: GPL-2.0-only
#include "io.h"
#include "pci.h"

/* PCI Local Bus 3.0: 3.2.2.3.2 configuration mechanism 1, 6.1 header. */
#define CONFIG_ADDRESS 0xcf8
#define CONFIG_DATA 0xcfc
#define CONFIG_ENABLE 0x80000000u
#define VENDOR_AND_DEVICE 0x00
#define COMMAND 0x04
#define REVISION_AND_CLASS 0x08
#define HEADER_TYPE_DWORD 0x0c
#define BAR0 0x10
#define SUBSYSTEM 0x2c

#define COMMAND_IO 0x0001u
#define COMMAND_MASTER 0x0004u
#define MULTIFUNCTION 0x00800000u
#define BAR_IS_IO 1u
#define BAR_IO_BASE 0xfffcu

/* virtio 0.9.5, 2.1; virtio 1.3, 4.1.2.3. */
#define VIRTIO_VENDOR 0x1af4
#define FIRST_DEVICE 0x1000
#define LAST_DEVICE 0x103f
#define LEGACY_REVISION 0

static void select_register(u32 function, u8 offset)
{
	outl(CONFIG_ENABLE | function << 8 | (offset & 0xfc), CONFIG_ADDRESS);
}

static u32 config_read(u32 function, u8 offset)
{
	select_register(function, offset);
	return inl(CONFIG_DATA);
}

static bool is_legacy_virtio(u32 function)
{
	u32 identity = config_read(function, VENDOR_AND_DEVICE);
	u16 device = identity >> 16;

	return (identity & 0xffff) == VIRTIO_VENDOR &&
	       device >= FIRST_DEVICE && device <= LAST_DEVICE &&
	       (config_read(function, REVISION_AND_CLASS) & 0xff) == LEGACY_REVISION;
}

/*
 * The write has 16 bits: the upper half of this dword is the status register, whose bits are
 * cleared by writing 1.
 */
static void set_command(u32 function, bool master)
{
	u16 command;

	select_register(function, COMMAND);
	command = inw(CONFIG_DATA) | COMMAND_IO;
	if (master)
		command |= COMMAND_MASTER;
	else
		command &= ~COMMAND_MASTER;
	outw(command, CONFIG_DATA);
}

static void describe(u32 function, struct pci_function *found)
{
	u32 bar = config_read(function, BAR0);

	found->type = config_read(function, SUBSYSTEM) >> 16;
	found->base = bar & BAR_IS_IO ? bar & BAR_IO_BASE : 0;
}

u32 pci_scan(struct pci_function *found, u32 max, bool master)
{
	u32 device, function, functions, count = 0;

	for (device = 0; device < 32; device++) {
		functions = config_read(device << 3, HEADER_TYPE_DWORD) & MULTIFUNCTION ? 8 : 1;
		for (function = device << 3; functions; functions--, function++) {
			if (count == max || !is_legacy_virtio(function))
				continue;
			set_command(function, master);
			describe(function, &found[count++]);
		}
	}
	return count;
}
