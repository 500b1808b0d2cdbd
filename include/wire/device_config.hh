// SPDX-License-Identifier: GPL-2.0-only
// Device-specific configuration of every type that has a transitional id, field
// by field: virtio 1.3, 5.x.4 "Device configuration layout". A legacy admin
// command must stay inside one field (2.12.1.1).
#pragma once

#include "base/types.hh"
#include "wire/device_fields.h"
#include "wire/numbers.h"

namespace wire {

/// One register: bytes [offset, offset + width).
struct Field {
	base::u16 offset;
	base::u16 width;
};

#define FIELD(member, offset, width) {offset, width},
constexpr Field net_config[] = {
	WIRE_NET_FIELDS(FIELD)
	{24, 4}, // supported_tunnel_types
};
constexpr Field block_config[] = {WIRE_BLOCK_FIELDS(FIELD)};
constexpr Field console_config[] = {WIRE_CONSOLE_FIELDS(FIELD)};
/// 5.4.4 Entropy Device: it has none
constexpr std::span<const Field> entropy_config;
constexpr Field balloon_config[] = {WIRE_BALLOON_FIELDS(FIELD)};
constexpr Field scsi_config[] = {WIRE_SCSI_FIELDS(FIELD)};
#undef FIELD

/// linux/virtio_9p.h. The device says how long the tag is. An I/O BAR has 256 bytes at most, so
/// no more of it can be reached behind the common part.
constexpr base::u16 fs9p_tag_reach = 256 - WIRE_LEGACY_COMMON_SIZE_MSIX - 2;
constexpr Field fs9p_config[] = {
	{0, 2},		     // tag_len
	{2, fs9p_tag_reach}, // tag
};

} // namespace wire
