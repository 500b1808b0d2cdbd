// SPDX-License-Identifier: GPL-2.0-only
#include "frames.h"
#include "memory.h"

#define TYPE_IPV4 0x0800
#define TYPE_ARP 0x0806
#define ARP_ETHERNET 1
#define IPV4_WITHOUT_OPTIONS 0x45
#define TIME_TO_LIVE 64
#define PROTOCOL_ICMP 1
/* Any number: it tells this guest's requests from others. */
#define ECHO_IDENTIFIER 0x7479

/* Fields of more than one byte are in network order. */
struct ethernet {
	u8 to[MAC_LENGTH], from[MAC_LENGTH];
	u16 type;
} __packed;

struct arp {
	struct ethernet ethernet;
	u16 hardware, protocol;
	u8 hardware_length, protocol_length;
	u16 operation;
	u8 from_mac[MAC_LENGTH];
	u32 from;
	u8 to_mac[MAC_LENGTH];
	u32 to;
} __packed;

struct echo {
	struct ethernet ethernet;
	u8 version, service;
	u16 length, identification, fragment;
	u8 time_to_live, protocol;
	u16 header_checksum;
	u32 from, to;
	u8 type, code;
	u16 checksum, identifier, number;
	u8 payload[ECHO_PAYLOAD];
} __packed;

#define IP_START offsetof(struct echo, version)
#define ICMP_START offsetof(struct echo, type)

static u16 be16(u16 value)
{
	return value << 8 | value >> 8;
}

static u32 be32(u32 value)
{
	return (u32)be16(value) << 16 | be16(value >> 16);
}

/* The Internet checksum (RFC 1071) of an even number of bytes, in network order. */
static u16 checksum(const u8 *data, u32 size)
{
	u32 sum = 0;

	for (; size; size -= 2, data += 2)
		sum += data[0] << 8 | data[1];
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return be16(~sum);
}

static void put_ethernet(struct ethernet *ethernet, const u8 *from, const u8 *to, u16 type)
{
	memcpy(ethernet->from, from, MAC_LENGTH);
	memcpy(ethernet->to, to, MAC_LENGTH);
	ethernet->type = be16(type);
}

u32 frame_arp(u8 *frame, u16 operation, const struct endpoint *from, const struct endpoint *to)
{
	static const u8 everyone[MAC_LENGTH] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
	struct arp *arp = (void *)frame;

	memset(frame, 0, MIN_FRAME);
	put_ethernet(&arp->ethernet, from->mac, operation == ARP_REQUEST ? everyone : to->mac,
		     TYPE_ARP);
	arp->hardware = be16(ARP_ETHERNET);
	arp->protocol = be16(TYPE_IPV4);
	arp->hardware_length = MAC_LENGTH;
	arp->protocol_length = sizeof(u32);
	arp->operation = be16(operation);
	memcpy(arp->from_mac, from->mac, MAC_LENGTH);
	arp->from = be32(from->address);
	memcpy(arp->to_mac, to->mac, MAC_LENGTH);
	arp->to = be32(to->address);
	return MIN_FRAME;
}

u32 frame_echo(u8 *frame, const struct endpoint *from, const struct endpoint *to, u16 number,
	       const u8 *payload)
{
	struct echo *echo = (void *)frame;

	memset(echo, 0, sizeof(*echo));
	put_ethernet(&echo->ethernet, from->mac, to->mac, TYPE_IPV4);
	echo->version = IPV4_WITHOUT_OPTIONS;
	echo->length = be16(sizeof(*echo) - IP_START);
	echo->identification = be16(number);
	echo->time_to_live = TIME_TO_LIVE;
	echo->protocol = PROTOCOL_ICMP;
	echo->from = be32(from->address);
	echo->to = be32(to->address);
	echo->header_checksum = checksum(frame + IP_START, ICMP_START - IP_START);
	echo->type = ECHO_REQUEST;
	echo->identifier = be16(ECHO_IDENTIFIER);
	echo->number = be16(number);
	memcpy(echo->payload, payload, ECHO_PAYLOAD);
	echo->checksum = checksum(frame + ICMP_START, sizeof(*echo) - ICMP_START);
	return sizeof(*echo);
}

bool frame_is_arp(const u8 *frame, u32 size, u16 operation, const struct endpoint *to,
		  struct endpoint *from)
{
	const struct arp *arp = (const void *)frame;

	if (size < sizeof(*arp) || arp->ethernet.type != be16(TYPE_ARP) ||
	    arp->hardware != be16(ARP_ETHERNET) || arp->protocol != be16(TYPE_IPV4) ||
	    arp->operation != be16(operation) || arp->to != be32(to->address))
		return false;
	memcpy(from->mac, arp->from_mac, MAC_LENGTH);
	from->address = be32(arp->from);
	return true;
}

const u8 *frame_echo_reply(const u8 *frame, u32 size, const struct endpoint *from,
			   const struct endpoint *to, u16 number)
{
	const struct echo *echo = (const void *)frame;

	if (size < sizeof(*echo) || echo->ethernet.type != be16(TYPE_IPV4) ||
	    echo->version != IPV4_WITHOUT_OPTIONS || echo->protocol != PROTOCOL_ICMP ||
	    echo->length != be16(sizeof(*echo) - IP_START) ||
	    echo->from != be32(from->address) || echo->to != be32(to->address) ||
	    echo->type != ECHO_REPLY || echo->identifier != be16(ECHO_IDENTIFIER) ||
	    echo->number != be16(number))
		return NULL;
	return echo->payload;
}
