/* SPDX-License-Identifier: GPL-2.0-only */
/* Ethernet frames: ARP (RFC 826) and ICMP echo (RFC 792) in IPv4 (RFC 791). */
#ifndef TINY_FRAMES_H
#define TINY_FRAMES_H

#include "types.h"

#define MAC_LENGTH 6
#define MIN_FRAME 60u
#define MAX_FRAME 1514u
#define ECHO_PAYLOAD 1000u

enum { ARP_REQUEST = 1, ARP_REPLY = 2 };
enum { ECHO_REPLY = 0, ECHO_REQUEST = 8 };

/* IPv4 addresses are numbers, their first byte the highest. */
struct endpoint {
	u8 mac[MAC_LENGTH];
	u32 address;
};

/* Build a frame. Return its size. */
u32 frame_arp(u8 *frame, u16 operation, const struct endpoint *from, const struct endpoint *to);
u32 frame_echo(u8 *frame, const struct endpoint *from, const struct endpoint *to, u16 number,
	       const u8 *payload);

/* Returns true for ARP of this operation that asks or answers @to. Gives the sender. */
bool frame_is_arp(const u8 *frame, u32 size, u16 operation, const struct endpoint *to,
		  struct endpoint *from);

/* Returns the payload of the echo reply of this number, or NULL for any other frame. */
const u8 *frame_echo_reply(const u8 *frame, u32 size, const struct endpoint *from,
			   const struct endpoint *to, u16 number);

#endif
