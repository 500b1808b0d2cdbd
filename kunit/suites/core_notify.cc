// SPDX-License-Identifier: GPL-2.0-only
// Which NOTIFY_INFO entry is used: virtio 1.3, 2.12.1.1.5. A device may send
// anything there.
#include "core/notify_choice.hh"
#include "kunit/test.hh"

KT_SUITE(core_notify);

using base::u64;
using base::u8;
using base::usize;
using core::BarRange;
using core::DoorbellWay;
using core::FunctionLayout;
using core::NotifyChoice;
using core::NotifyEntries;

namespace {

constexpr u8 end = 0, in_owner = 1, in_member = 2;

/// Grants everything, or nothing, and remembers what was asked.
class Owner final : public core::OwnerDoorbells {
public:
	explicit Owner(bool grants) : grants_(grants) {}
	bool claim(const BarRange &address) override
	{
		asked++;
		last = address;
		return grants_;
	}

	unsigned asked = 0;
	BarRange last;

private:
	bool grants_;
};

/// A member with a BAR 1 and a BAR 4 of 16 KiB; in BAR 4, things to keep off.
FunctionLayout layout()
{
	FunctionLayout made;

	made.bar_length[1] = 0x1000;
	made.bar_length[4] = 0x4000;
	made.notify = {4, 0x3000, 0x1000};
	made.reserved[0] = {4, 0x0000, 0x1000}; // a virtio structure
	made.reserved[1] = {1, 0x0800, 0x40};	// an MSI-X table
	made.reserved_count = 2;
	return made;
}

struct Entry {
	u8 flags, bar;
	u64 offset;
};

NotifyEntries entries(const Entry (&list)[4])
{
	NotifyEntries made = {};

	for (unsigned i = 0; i < 4; i++) {
		made.entry[i].flags = list[i].flags;
		made.entry[i].bar = list[i].bar;
		made.entry[i].offset = base::Le64{list[i].offset};
	}
	return made;
}

NotifyChoice choose(const Entry (&list)[4], Owner &owner)
{
	return core::choose_notify(entries(list), layout(), owner);
}

bool fits(u8 bar, u64 offset)
{
	return core::is_notify_address(layout(), {bar, offset, core::notify_width});
}

bool is(const NotifyChoice &choice, DoorbellWay way, u8 bar, u64 offset)
{
	return choice.way == way && choice.address.bar == bar && choice.address.offset == offset &&
	       choice.address.length == 2;
}

} // namespace

KT_CASE(entries_are_parsed_byte_by_byte)
{
	u8 raw[64] = {};

	raw[16] = 2;
	raw[17] = 4;
	for (unsigned i = 2; i < 8; i++)
		raw[16 + i] = 0xee; // padding
	base::store_le({raw + 24, 8}, 0x1122334455667788);
	raw[48] = 1;
	const NotifyEntries parsed = core::parse_notify_entries(raw);

	KT_EXPECT_EQ(parsed.entry[0].flags, end);
	KT_EXPECT_EQ(parsed.entry[1].flags, in_member);
	KT_EXPECT_EQ(parsed.entry[1].bar, 4);
	KT_EXPECT_EQ(parsed.entry[1].offset.get(), u64{0x1122334455667788});
	KT_EXPECT_EQ(parsed.entry[2].flags, end);
	KT_EXPECT_EQ(parsed.entry[3].flags, in_owner);
}

KT_CASE(a_cut_answer_has_no_half_entry)
{
	u8 raw[64];

	base::fill_bytes(raw, 2);
	for (usize size = 0; size <= sizeof(raw); size++) {
		const NotifyEntries parsed = core::parse_notify_entries({raw, size});
		for (usize i = 0; i < 4; i++)
			KT_EXPECT_EQ(parsed.entry[i].flags, (i + 1) * 16 <= size ? 2 : 0);
	}
}

KT_CASE(bars_1_to_5_that_exist)
{
	KT_EXPECT(fits(1, 0));
	KT_EXPECT(fits(4, 0x3000));
	for (const u8 bar : {u8{0}, u8{2}, u8{3}, u8{5}, u8{6}, u8{7}, u8{0x84}, u8{255}})
		KT_EXPECT(!fits(bar, 0));
	// BAR 0 is none even where there is one.
	FunctionLayout with_bar0 = layout();
	with_bar0.bar_length[0] = 0x1000;
	KT_EXPECT(!core::is_notify_address(with_bar0, {0, 0x10, 2}));
}

KT_CASE(even_offsets_inside_the_bar)
{
	KT_EXPECT(fits(1, 0x0ffe));
	for (const u64 offset : {u64{1}, u64{0x0fff}, u64{0x1000}, u64{0x1001}, u64{0x1002},
				 u64{0x100000000}, ~u64{0}, ~u64{1}, u64{0x8000000000000000}})
		KT_EXPECT(!fits(1, offset));
}

KT_CASE(nothing_that_overlaps_something_else)
{
	KT_EXPECT(fits(1, 0x07fe));
	KT_EXPECT(!fits(1, 0x0800));
	KT_EXPECT(!fits(1, 0x083e));
	KT_EXPECT(fits(1, 0x0840));
	KT_EXPECT(!fits(4, 0x0ffe));
	KT_EXPECT(fits(4, 0x1000));
	// A range of odd length is met by its last byte, too.
	FunctionLayout odd = layout();
	odd.reserved[1].length = 0x41;
	KT_EXPECT(!core::is_notify_address(odd, {1, 0x0840, 2}));
}

KT_CASE(too_much_to_keep_off_means_nowhere)
{
	FunctionLayout crowded = layout();

	crowded.reserved_count = core::max_reserved_ranges;
	KT_EXPECT(core::is_notify_address(crowded, {1, 0, 2}));
	crowded.reserved_count = core::max_reserved_ranges + 1;
	KT_EXPECT(!core::is_notify_address(crowded, {1, 0, 2}));
}

KT_CASE(the_devices_order_is_the_preference)
{
	Owner owner{true};

	KT_EXPECT(is(choose({{in_member, 4, 0x3000}, {in_owner, 2, 8}, {}, {}}, owner),
		     DoorbellWay::member, 4, 0x3000));
	KT_EXPECT_EQ(owner.asked, 0u);
	KT_EXPECT(is(choose({{in_owner, 2, 8}, {in_member, 4, 0x3000}, {}, {}}, owner),
		     DoorbellWay::owner, 2, 8));
	KT_EXPECT_EQ(owner.asked, 1u);
	KT_EXPECT(is({DoorbellWay::owner, owner.last}, DoorbellWay::owner, 2, 8));
}

KT_CASE(no_entry_means_the_register)
{
	Owner owner{true};

	KT_EXPECT(choose({{}, {}, {}, {}}, owner).way == DoorbellWay::command);
	KT_EXPECT(!choose({{}, {}, {}, {}}, owner).address.present());
}

KT_CASE(nothing_after_the_end_counts)
{
	Owner owner{true};

	KT_EXPECT(choose({{end, 4, 0x3000}, {in_member, 4, 0x3000}, {in_owner, 2, 8}, {}}, owner).way ==
		  DoorbellWay::command);
	KT_EXPECT_EQ(owner.asked, 0u);
}

KT_CASE(invalid_entries_are_passed_over)
{
	Owner owner{true};

	KT_EXPECT(is(choose({{in_member, 0, 0}, {in_member, 4, 0x3001}, {in_member, 1, 4}, {}}, owner),
		     DoorbellWay::member, 1, 4));
	KT_EXPECT(is(choose({{in_member, 7, 0}, {in_member, 4, 0x800}, {in_member, 2, 0},
			     {in_member, 4, 0x3ffe}},
			    owner),
		     DoorbellWay::member, 4, 0x3ffe));
	KT_EXPECT(choose({{in_member, 6, 0}, {in_member, 4, ~u64{1}}, {in_member, 4, 0x4000}, {}},
			 owner)
			  .way == DoorbellWay::command);
}

KT_CASE(unknown_flags_are_passed_over)
{
	Owner owner{true};

	for (unsigned flags = 3; flags <= 0xff; flags++)
		KT_EXPECT(is(choose({{static_cast<u8>(flags), 4, 0x3000}, {in_member, 1, 4}, {}, {}},
				    owner),
			     DoorbellWay::member, 1, 4));
	KT_EXPECT_EQ(owner.asked, 0u);
}

KT_CASE(what_the_owner_refuses_is_passed_over)
{
	Owner owner{false};

	KT_EXPECT(is(choose({{in_owner, 2, 8}, {in_owner, 2, 10}, {in_member, 4, 0x3000}, {}}, owner),
		     DoorbellWay::member, 4, 0x3000));
	KT_EXPECT_EQ(owner.asked, 2u);
	KT_EXPECT(choose({{in_owner, 2, 8}, {in_owner, 2, 10}, {in_owner, 2, 8}, {in_owner, 2, 8}},
			 owner)
			  .way == DoorbellWay::command);
}

KT_SUITE_END(core_notify);
