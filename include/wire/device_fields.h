/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Fields of device configurations: field(member, offset, width), where member is the name in
 * the kernel's uapi headers. C++ makes tables of them (device_config.hh), and
 * drivers/kernel/contract.c compares each with the uapi structure.
 */
#ifndef WIRE_DEVICE_FIELDS_H
#define WIRE_DEVICE_FIELDS_H

/* Whether a member of a C structure is where the field is, and as wide. */
#define WIRE_FIELD_AT(type, member, offset, width) \
	(offsetof(type, member) == (offset) && sizeof(((type *)0)->member) == (width))

/* virtio 1.3, 5.1.4 "Network Device", without supported_tunnel_types, which no uapi header has */
#define WIRE_NET_FIELDS(field) \
	field(mac, 0, 6) \
	field(status, 6, 2) \
	field(max_virtqueue_pairs, 8, 2) \
	field(mtu, 10, 2) \
	field(speed, 12, 4) \
	field(duplex, 16, 1) \
	field(rss_max_key_size, 17, 1) \
	field(rss_max_indirection_table_length, 18, 2) \
	field(supported_hash_types, 20, 4)

/* virtio 1.3, 5.2.4 "Block Device", without the zoned part, which legacy devices do not have */
#define WIRE_BLOCK_FIELDS(field) \
	field(capacity, 0, 8) \
	field(size_max, 8, 4) \
	field(seg_max, 12, 4) \
	field(geometry.cylinders, 16, 2) \
	field(geometry.heads, 18, 1) \
	field(geometry.sectors, 19, 1) \
	field(blk_size, 20, 4) \
	field(physical_block_exp, 24, 1) \
	field(alignment_offset, 25, 1) \
	field(min_io_size, 26, 2) \
	field(opt_io_size, 28, 4) \
	field(wce, 32, 1) \
	field(num_queues, 34, 2) \
	field(max_discard_sectors, 36, 4) \
	field(max_discard_seg, 40, 4) \
	field(discard_sector_alignment, 44, 4) \
	field(max_write_zeroes_sectors, 48, 4) \
	field(max_write_zeroes_seg, 52, 4) \
	field(write_zeroes_may_unmap, 56, 1) \
	field(max_secure_erase_sectors, 60, 4) \
	field(max_secure_erase_seg, 64, 4) \
	field(secure_erase_sector_alignment, 68, 4)

/* virtio 1.3, 5.3.4 "Console Device" */
#define WIRE_CONSOLE_FIELDS(field) \
	field(cols, 0, 2) \
	field(rows, 2, 2) \
	field(max_nr_ports, 4, 4) \
	field(emerg_wr, 8, 4)

/* virtio 1.3, 5.5.4 "Traditional Memory Balloon Device" */
#define WIRE_BALLOON_FIELDS(field) \
	field(num_pages, 0, 4) \
	field(actual, 4, 4) \
	field(free_page_hint_cmd_id, 8, 4) \
	field(poison_val, 12, 4)

/* virtio 1.3, 5.6.4 "SCSI Host Device" */
#define WIRE_SCSI_FIELDS(field) \
	field(num_queues, 0, 4) \
	field(seg_max, 4, 4) \
	field(max_sectors, 8, 4) \
	field(cmd_per_lun, 12, 4) \
	field(event_info_size, 16, 4) \
	field(sense_size, 20, 4) \
	field(cdb_size, 24, 4) \
	field(max_channel, 28, 2) \
	field(max_target, 30, 2) \
	field(max_lun, 32, 4)

#endif
