// SPDX-License-Identifier: GPL-2.0-only
// An independent picture of legacy BAR0, one letter a byte: bytes of one field
// share a letter, '.' belongs to none. Written down from the text of virtio 1.3
// (4.1.4.10 and 5.x.4), so that tests do not compare our tables with themselves.
#pragma once

#include "core/access_plan.hh"

namespace support {

using base::u16;
using base::u8;

struct TypeModel {
	const char *name;
	u16 virtio_id;
	u16 transitional_id;
	u16 bar_size;
	const char *config;
};

constexpr unsigned type_models_count = 7;
[[nodiscard]] const TypeModel *type_models();

/// One byte of BAR0.
struct ByteModel {
	core::Piece::Where where;
	u16 offset;	///< in its structure
	char letter;	///< of its field
	bool writable;
};

[[nodiscard]] ByteModel byte_model(const TypeModel &type, bool msix, base::u32 offset);

/// An access to BAR0.
struct AccessModel {
	const TypeModel &type;
	bool msix;
	base::u32 start;
	base::u32 length;
};

/// One byte of an access.
struct PartModel {
	core::Piece::Where where;
	u16 offset;	///< of a register, or of the byte in device configuration
	u16 start;	///< of the part in the access; of a register's bytes alone
	u16 length;	///< of that part
	int byte;	///< of the register's value; -1: the zeros above it
	bool writable;
};

/// Registers as QEMU 10.0 decodes them (hw/virtio/virtio-pci.c, virtio_ioport_read()), in the
/// parts of an access that system/physmem.c makes.
[[nodiscard]] PartModel part_model(const AccessModel &access, base::u32 position);

/// Our table's entry of a model's type.
[[nodiscard]] const core::DeviceType *our_type(const TypeModel &type);

} // namespace support
