/* SPDX-License-Identifier: GPL-2.0-only */
/* What both modules print in sysfs. */
#ifndef DRIVERS_KERNEL_EMIT_H
#define DRIVERS_KERNEL_EMIT_H

#include <linux/sysfs.h>

/**
 * kn_emit_commands() - print commands by opcode, a line each
 * @buf: of a show function
 * @commands: how many, by opcode
 * @opcodes: how many opcodes there are
 *
 * Return: bytes.
 */
static inline ssize_t kn_emit_commands(char *buf, const u64 *commands, unsigned int opcodes)
{
	ssize_t length = 0;
	unsigned int i;

	for (i = 0; i < opcodes; i++)
		length += sysfs_emit_at(buf, length, "0x%x %llu\n", i, commands[i]);
	return length;
}

#endif
