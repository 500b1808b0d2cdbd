// SPDX-License-Identifier: GPL-2.0-only
#include "core/notify_choice.hh"

namespace core {

NotifyEntries parse_notify_entries(std::span<const u8> result)
{
	NotifyEntries entries = {};

	for (unsigned i = 0; i < WIRE_ADMIN_NOTIFY_ENTRIES; i++) {
		if ((i + 1) * sizeof(wire::NotifyEntry) > result.size())
			break;
		const auto raw = result.subspan(i * sizeof(wire::NotifyEntry),
						sizeof(wire::NotifyEntry));
		wire::NotifyEntry &entry = entries.entry[i];
		entry.flags = raw[offsetof(wire::NotifyEntry, flags)];
		entry.bar = raw[offsetof(wire::NotifyEntry, bar)];
		entry.offset = base::Le64{
			base::load_le(raw.subspan(offsetof(wire::NotifyEntry, offset), 8))};
	}
	return entries;
}

bool is_notify_address(const FunctionLayout &layout, const BarRange &address)
{
	// BAR 0 is not allowed (2.12.1.1.5): a member's is the emulated one.
	return address.bar != 0 && address.offset % notify_width == 0 &&
	       layout.contains(address) && !layout.is_reserved(address);
}

NotifyChoice choose_notify(const NotifyEntries &entries, const FunctionLayout &member,
			   OwnerDoorbells &owner)
{
	for (const wire::NotifyEntry &entry : entries.entry) {
		const BarRange address = {entry.bar, entry.offset.get(), notify_width};

		switch (entry.flags) {
		case WIRE_ADMIN_NOTIFY_END:
			return {};
		case WIRE_ADMIN_NOTIFY_OWNER_MEMORY:
			if (owner.claim(address))
				return {DoorbellWay::owner, address};
			break;
		case WIRE_ADMIN_NOTIFY_MEMBER_MEMORY:
			if (is_notify_address(member, address))
				return {DoorbellWay::member, address};
			break;
		default:
			break;
		}
	}
	return {};
}

} // namespace core
