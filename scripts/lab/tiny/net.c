// SPDX-License-Identifier: GPL-2.0-only
/* Network device: asks for its peer's address by ARP, and exchanges ICMP echoes with it. */
#include "data.h"
#include "frames.h"
#include "memory.h"
#include "run.h"
#include "wait.h"

/* virtio 0.9.5, appendix C; virtio 1.3, 5.1. */
#define RECEIVE_QUEUE 0
#define TRANSMIT_QUEUE 1
#define FEATURE_MAC BIT(5)
#define CONFIG_MAC 0
#define HEADER_SIZE 10

/* The addresses of QEMU's user network. */
#define OWN_ADDRESS 0x0a00020fu
#define PEER_ADDRESS 0x0a000202u

#define RECEIVE_BUFFERS 8u
#define SEGMENTS 2

/* A frame's memory. Legacy devices want the header in a descriptor of its own. */
struct buffer {
	u8 header[16];
	u8 frame[2032];
};

struct nic {
	struct run *run;
	struct queue *receive, *transmit;
	struct buffer *received;	/* RECEIVE_BUFFERS of them */
	struct buffer *sent;
	struct endpoint own, peer;
	u16 number;			/* of the last echo */
	u8 payload[ECHO_PAYLOAD];
};

static void post(struct nic *nic, u32 number)
{
	struct buffer *buffer = &nic->received[number];
	struct segment segments[SEGMENTS] = {
		{ buffer->header, HEADER_SIZE, true },
		{ buffer->frame, MAX_FRAME, true },
	};

	queue_add(nic->receive, number * SEGMENTS, segments, SEGMENTS);
}

static bool transmit(struct nic *nic, u32 size)
{
	struct segment segments[SEGMENTS] = {
		{ nic->sent->header, HEADER_SIZE, false },
		{ nic->sent->frame, size, false },
	};
	u32 written;

	if (!queue_request(nic->transmit, segments, SEGMENTS, &written))
		return false;
	nic->run->sent++;
	return true;
}

static bool wants_arp_reply(struct nic *nic, const u8 *frame, u32 size)
{
	struct endpoint from;

	if (!frame_is_arp(frame, size, ARP_REPLY, &nic->own, &from) ||
	    from.address != nic->peer.address)
		return false;
	nic->peer = from;
	return true;
}

static bool wants_echo_reply(struct nic *nic, const u8 *frame, u32 size)
{
	struct run *run = nic->run;
	const u8 *payload = frame_echo_reply(frame, size, &nic->peer, &nic->own, nic->number);

	if (!payload)
		return false;
	if (memcmp(payload, nic->payload, ECHO_PAYLOAD)) {
		legacy_fail_value(&run->device, "payload differs, echo", nic->number);
		return false;
	}
	run->requests++;
	run->bytes += ECHO_PAYLOAD;
	run->crc = crc32(run->crc, payload, ECHO_PAYLOAD);
	return true;
}

typedef bool wants_frame(struct nic *nic, const u8 *frame, u32 size);

static bool handle_frame(struct nic *nic, const u8 *frame, u32 size, wants_frame *wants)
{
	struct endpoint from;

	nic->run->received++;
	if (frame_is_arp(frame, size, ARP_REQUEST, &nic->own, &from)) {
		transmit(nic, frame_arp(nic->sent->frame, ARP_REPLY, &nic->own, &from));
		return false;
	}
	return wants(nic, frame, size);
}

/* Takes one frame, if there is one, and gives its buffer back to the device. */
static bool poll(struct nic *nic, wants_frame *wants)
{
	struct legacy *device = &nic->run->device;
	bool wanted;
	u32 written;
	u16 head;

	if (!queue_take(nic->receive, &head, &written))
		return false;
	if (head % SEGMENTS || head / SEGMENTS >= RECEIVE_BUFFERS)
		return legacy_fail_value(device, "used entry of no request, id", head);
	if (written < HEADER_SIZE || written > HEADER_SIZE + MAX_FRAME)
		return legacy_fail_value(device, "length of a frame", written);
	wanted = handle_frame(nic, nic->received[head / SEGMENTS].frame, written - HEADER_SIZE,
			      wants);
	post(nic, head / SEGMENTS);
	queue_notify(nic->receive);
	return wanted;
}

static bool await(struct nic *nic, wants_frame *wants, const char *missing)
{
	struct legacy *device = &nic->run->device;
	struct wait wait;

	wait_start(&wait);
	while (!poll(nic, wants)) {
		if (device->error)
			return false;
		if (!wait_more(&wait))
			return legacy_late(device, missing);
	}
	return !device->error;
}

static bool find_peer(struct nic *nic)
{
	return transmit(nic, frame_arp(nic->sent->frame, ARP_REQUEST, &nic->own, &nic->peer)) &&
	       await(nic, wants_arp_reply, "no ARP reply");
}

static bool exchange_echoes(struct nic *nic)
{
	struct random random;
	u32 left;

	random_seed(&random, nic->run->seed);
	for (left = nic->run->count; left; left--) {
		random_fill(&random, nic->payload, ECHO_PAYLOAD);
		nic->number++;
		if (!transmit(nic, frame_echo(nic->sent->frame, &nic->own, &nic->peer,
					      nic->number, nic->payload)) ||
		    !await(nic, wants_echo_reply, "no echo reply"))
			return false;
	}
	return true;
}

static bool prepare(struct nic *nic)
{
	struct legacy *device = &nic->run->device;
	u32 number;

	if (!legacy_begin(device, 0))
		return false;
	/* The address is there if the device offers the feature, even if the driver refuses it. */
	if (!(device->offered & FEATURE_MAC))
		return legacy_fail(device, "no MAC address");
	for (number = 0; number < MAC_LENGTH; number++)
		nic->own.mac[number] = legacy_config8(device, CONFIG_MAC + number);
	nic->receive = legacy_queue(device, RECEIVE_QUEUE);
	nic->transmit = nic->receive ? legacy_queue(device, TRANSMIT_QUEUE) : NULL;
	if (!nic->transmit)
		return false;
	if (nic->receive->size < RECEIVE_BUFFERS * SEGMENTS)
		return legacy_fail_value(device, "queue too small, number", RECEIVE_QUEUE);
	for (number = 0; number < RECEIVE_BUFFERS; number++)
		post(nic, number);
	if (!legacy_start(device))
		return false;
	queue_notify(nic->receive);
	return true;
}

bool net_run(struct run *run)
{
	static struct nic nic;

	memset(&nic, 0, sizeof(nic));
	nic.run = run;
	nic.own.address = OWN_ADDRESS;
	nic.peer.address = PEER_ADDRESS;
	nic.received = pages(RECEIVE_BUFFERS * sizeof(struct buffer) / PAGE_SIZE);
	nic.sent = pages(1);
	if (!nic.received || !nic.sent)
		return legacy_fail(&run->device, "no memory");
	return prepare(&nic) && find_peer(&nic) && exchange_echoes(&nic);
}
