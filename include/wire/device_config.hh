// SPDX-License-Identifier: GPL-2.0-only
// Device-specific configuration of every type that has a transitional id, field
// by field: virtio 1.3, 5.x.4 "Device configuration layout". A legacy admin
// command must stay inside one field (2.12.1.3).
#pragma once

#include "base/types.hh"
#include "wire/numbers.h"

namespace wire {

/// One register: bytes [offset, offset + width).
struct Field {
	base::u16 offset;
	base::u16 width;
};

/// 5.1.4 Network Device
constexpr Field net_config[] = {
	{0, 6},	 // mac
	{6, 2},	 // status
	{8, 2},	 // max_virtqueue_pairs
	{10, 2}, // mtu
	{12, 4}, // speed
	{16, 1}, // duplex
	{17, 1}, // rss_max_key_size
	{18, 2}, // rss_max_indirection_table_length
	{20, 4}, // supported_hash_types
	{24, 4}, // supported_tunnel_types
};

/// 5.2.4 Block Device, without the zoned part, which legacy has not
constexpr Field block_config[] = {
	{0, 8},	 // capacity
	{8, 4},	 // size_max
	{12, 4}, // seg_max
	{16, 2}, // geometry.cylinders
	{18, 1}, // geometry.heads
	{19, 1}, // geometry.sectors
	{20, 4}, // blk_size
	{24, 1}, // topology.physical_block_exp
	{25, 1}, // topology.alignment_offset
	{26, 2}, // topology.min_io_size
	{28, 4}, // topology.opt_io_size
	{32, 1}, // writeback
	{34, 2}, // num_queues
	{36, 4}, // max_discard_sectors
	{40, 4}, // max_discard_seg
	{44, 4}, // discard_sector_alignment
	{48, 4}, // max_write_zeroes_sectors
	{52, 4}, // max_write_zeroes_seg
	{56, 1}, // write_zeroes_may_unmap
	{60, 4}, // max_secure_erase_sectors
	{64, 4}, // max_secure_erase_seg
	{68, 4}, // secure_erase_sector_alignment
};

/// 5.3.4 Console Device
constexpr Field console_config[] = {
	{0, 2}, // cols
	{2, 2}, // rows
	{4, 4}, // max_nr_ports
	{8, 4}, // emerg_wr
};

/// 5.4.4 Entropy Device: it has none
constexpr std::span<const Field> entropy_config;

/// 5.5.6 Traditional Memory Balloon Device
constexpr Field balloon_config[] = {
	{0, 4},	 // num_pages
	{4, 4},	 // actual
	{8, 4},	 // free_page_hint_cmd_id
	{12, 4}, // poison_val
};

/// 5.6.4 SCSI Host Device
constexpr Field scsi_config[] = {
	{0, 4},	 // num_queues
	{4, 4},	 // seg_max
	{8, 4},	 // max_sectors
	{12, 4}, // cmd_per_lun
	{16, 4}, // event_info_size
	{20, 4}, // sense_size
	{24, 4}, // cdb_size
	{28, 2}, // max_channel
	{30, 2}, // max_target
	{32, 4}, // max_lun
};

/// linux/virtio_9p.h. The tag is as long as the device says; what a 256-byte
/// I/O BAR, the largest PCI allows, leaves behind the common part is reachable.
constexpr base::u16 fs9p_tag_reach = 256 - WIRE_LEGACY_COMMON_SIZE_MSIX - 2;
constexpr Field fs9p_config[] = {
	{0, 2},		     // tag_len
	{2, fs9p_tag_reach}, // tag
};

} // namespace wire
