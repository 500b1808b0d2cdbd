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
#define CAPABILITIES 0x34
#define INTERRUPT 0x3c

#define COMMAND_IO 0x0001u
#define COMMAND_MASTER 0x0004u
#define COMMAND_INTX_DISABLE 0x0400u
#define STATUS_CAPABILITIES 0x00100000u	/* in the dword of COMMAND */
#define CAPABILITY_MSIX 0x11
#define MSIX_ENABLE 0x8000u		/* in the upper half of the capability's first dword */
#define MAX_CAPABILITIES 48
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
	command = (inw(CONFIG_DATA) | COMMAND_IO) & ~COMMAND_INTX_DISABLE;
	if (master)
		command |= COMMAND_MASTER;
	else
		command &= ~COMMAND_MASTER;
	outw(command, CONFIG_DATA);
}

static u8 find_capability(u32 function, u8 wanted)
{
	u8 offset = config_read(function, CAPABILITIES) & 0xfc;
	u32 left = MAX_CAPABILITIES, header;

	if (!(config_read(function, COMMAND) & STATUS_CAPABILITIES))
		return 0;
	for (; offset && left; left--) {
		header = config_read(function, offset);
		if ((header & 0xff) == wanted)
			return offset;
		offset = header >> 8 & 0xfc;
	}
	return 0;
}

void pci_disable_intx(const struct pci_function *function, bool disable)
{
	u16 command;

	select_register(function->function, COMMAND);
	command = inw(CONFIG_DATA);
	outw(disable ? command | COMMAND_INTX_DISABLE : command & ~COMMAND_INTX_DISABLE,
	     CONFIG_DATA);
}

void pci_enable_msix(const struct pci_function *function, bool enable)
{
	u16 control;

	if (!function->msix)
		return;
	select_register(function->function, function->msix);
	control = inw(CONFIG_DATA + 2);
	outw(enable ? control | MSIX_ENABLE : control & ~MSIX_ENABLE, CONFIG_DATA + 2);
}

static void describe(u32 function, struct pci_function *found)
{
	u32 bar = config_read(function, BAR0);
	u32 interrupt = config_read(function, INTERRUPT);

	found->function = function;
	found->line = interrupt;
	found->pin = interrupt >> 8;
	found->msix = find_capability(function, CAPABILITY_MSIX);
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
