/* SPDX-License-Identifier: GPL-2.0-only */
/* One admin command as it goes from its caller to its slot: virtio 1.3, 2.12.1. */
#ifndef WIRE_ACCESS_H
#define WIRE_ACCESS_H

#ifdef __cplusplus
#include "base/types.hh"
using base::u16;
using base::u64;
using base::u8;
#else
#include <linux/types.h>
#endif

/**
 * struct wire_access - a command, and what the device answered
 * @opcode: WIRE_ADMIN_*
 * @status: the device's, once the command is completed
 * @offset: of legacy commands: first byte, in the structure that the opcode names
 * @length: of legacy commands: bytes, 1 to 8, inside one field
 * @value: bytes to be written, or that were read, the first one lowest; of LIST_QUERY
 *	and LIST_USE the set of opcodes
 */
struct wire_access {
	u16 opcode;
	u16 status;
	u8 offset;
	u8 length;
	u64 value;
};

#endif
