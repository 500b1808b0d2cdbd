// SPDX-License-Identifier: GPL-2.0-only
#include "core/function_layout.hh"

namespace core {

namespace {

using base::Error;
using base::Status;

/// What a register of two bytes reads as if nobody answers, and STATUS never else:
/// some of its bits are reserved.
constexpr u32 no_answer = 0xffff;
constexpr u16 config_size = 256;
constexpr u16 first_capability = 0x40;
/// As many 4-byte slots as there are: a longer list loops.
constexpr unsigned max_capabilities = (config_size - first_capability) / 4;

/// Whether a vendor-specific capability of @type says where a structure is. Reserved types must be
/// ignored (4.1.4.1). The data of a vendor (type 9, 4.1.4.8) has another layout.
bool is_structure(u32 type)
{
	switch (type) {
	case WIRE_PCI_CAP_COMMON:
	case WIRE_PCI_CAP_NOTIFY:
	case WIRE_PCI_CAP_ISR:
	case WIRE_PCI_CAP_DEVICE:
	case WIRE_PCI_CAP_PCI_CFG:
	case WIRE_PCI_CAP_SHARED_MEMORY:
		return true;
	default:
		return false;
	}
}

class Walk {
public:
	Walk(kn_pci *pci, FunctionLayout &layout) : pci_(pci), layout_(layout) {}

	Status run();

private:
	[[nodiscard]] u32 read(unsigned offset, u8 width) const
	{
		return kn_pci_config_read(pci_, static_cast<u16>(offset), width);
	}
	Status capability(u16 at);
	Status vendor(u16 at);
	[[nodiscard]] BarRange structure(u16 at, bool wide) const;
	Status msix(u16 at);
	void reserve(const BarRange &range);

	kn_pci *pci_;
	FunctionLayout &layout_;
};

void Walk::reserve(const BarRange &range)
{
	// More ranges than this is no device we know; is_reserved() then errs on
	// the safe side.
	if (layout_.reserved_count < max_reserved_ranges)
		layout_.reserved[layout_.reserved_count] = range;
	layout_.reserved_count++;
}

Status Walk::msix(u16 at)
{
	if (at + 12 > config_size)
		return Error::protocol;

	const u32 vectors = (read(at + WIRE_MSIX_CONTROL, 2) & WIRE_MSIX_CONTROL_TABLE_SIZE) + 1;
	const u32 table = read(at + WIRE_MSIX_TABLE, 4);
	const u32 pba = read(at + WIRE_MSIX_PBA, 4);

	if (!layout_.msix)
		layout_.msix = at;
	reserve({.bar = static_cast<u8>(table & WIRE_MSIX_BIR_MASK),
		 .offset = table & ~u32{WIRE_MSIX_BIR_MASK},
		 .length = u64{vectors} * WIRE_MSIX_ENTRY_SIZE});
	reserve({.bar = static_cast<u8>(pba & WIRE_MSIX_BIR_MASK),
		 .offset = pba & ~u32{WIRE_MSIX_BIR_MASK},
		 .length = u64{(vectors + 63) / 64} * 8});
	return {};
}

/// The range that the capability at @at names. @wide: it has the high halves of offset and length.
BarRange Walk::structure(u16 at, bool wide) const
{
	namespace cap = wire::pci_cap;

	BarRange range = {
		.bar = static_cast<u8>(read(at + cap::bar, 1)),
		.offset = read(at + cap::offset, 4),
		.length = read(at + cap::size, 4),
	};
	if (wide) {
		range.offset |= u64{read(at + cap::offset_high, 4)} << 32;
		range.length |= u64{read(at + cap::size_high, 4)} << 32;
	}
	return range;
}

Status Walk::vendor(u16 at)
{
	namespace cap = wire::pci_cap;

	const u32 type = read(at + cap::type, 1);
	if (!is_structure(type))
		return {};
	const u32 length = read(at + cap::length, 1);
	if (at + length > config_size)
		return Error::protocol;
	if (length < WIRE_PCI_CAP_SIZE)
		return {};

	const BarRange range = structure(at, type == WIRE_PCI_CAP_SHARED_MEMORY &&
						     length >= WIRE_PCI_CAP64_SIZE);
	if (!layout_.contains(range))
		return {};

	switch (type) {
	case WIRE_PCI_CAP_COMMON:
		if (!layout_.common.present())
			layout_.common = range;
		reserve(range);
		break;
	case WIRE_PCI_CAP_NOTIFY:
		if (layout_.notify.present() || length < WIRE_PCI_NOTIFY_CAP_SIZE)
			break;
		layout_.notify = range;
		layout_.notify_multiplier = read(at + cap::notify_multiplier, 4);
		break;
	case WIRE_PCI_CAP_PCI_CFG: // a window, whose range is the driver's own
		break;
	default:
		reserve(range);
		break;
	}
	return {};
}

Status Walk::capability(u16 at)
{
	switch (read(at, 1)) {
	case WIRE_PCI_CAP_ID_MSIX:
		return msix(at);
	case WIRE_PCI_CAP_ID_VENDOR:
		return vendor(at);
	default:
		return {};
	}
}

Status Walk::run()
{
	for (u8 bar = 0; bar < pci_bars; bar++)
		layout_.bar_length[bar] = kn_pci_bar_length(pci_, bar);

	if (!(read(WIRE_PCI_STATUS, 2) & WIRE_PCI_STATUS_CAP_LIST))
		return {};

	u16 at = static_cast<u16>(read(WIRE_PCI_CAP_POINTER, 1) & 0xfc);
	for (unsigned i = 0; at != 0; i++) {
		if (at < first_capability || i >= max_capabilities)
			return Error::protocol;
		TRY(capability(at));
		at = static_cast<u16>(read(at + 1, 1) & 0xfc);
	}
	return {};
}

} // namespace

bool FunctionLayout::contains(const BarRange &range) const
{
	if (range.bar >= pci_bars || range.length == 0)
		return false;
	const u64 bar = bar_length[range.bar];
	return range.offset <= bar && range.length <= bar - range.offset;
}

bool FunctionLayout::is_reserved(const BarRange &range) const
{
	if (reserved_count > max_reserved_ranges)
		return true;
	for (unsigned i = 0; i < reserved_count; i++)
		if (reserved[i].overlaps(range))
			return true;
	return false;
}

base::Result<FunctionLayout> read_layout(kn_pci *pci)
{
	FunctionLayout layout;
	const Status walked = Walk(pci, layout).run();

	if (walked.ok())
		return layout;
	// The ones that a silent function reads as make a list that loops.
	return kn_pci_config_read(pci, WIRE_PCI_STATUS, 2) == no_answer ? Error::no_device
									 : walked.error();
}

} // namespace core
