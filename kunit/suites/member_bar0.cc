// SPDX-License-Identifier: GPL-2.0-only
// The guest's accesses to BAR0: any width, any offset. No access fails, and no command touches
// two fields (the fake sees to that).
#include "kunit/support/caller.hh"
#include "kunit/support/guest.hh"

KT_SUITE(member_bar0);

using base::u16;
using base::u32;
using base::u64;
using base::u8;
using base::usize;
using support::Guest;

namespace {

constexpr u16 net_config = 28;
constexpr u16 bar_size = 64;
constexpr long fault = -14;

/// What byte @position of a read of @count bytes at @offset gives, notify register apart.
u8 expected(const Guest &guest, bool msix, u64 offset, usize count, u32 position)
{
	const u32 start = static_cast<u32>(offset < bar_size ? offset : bar_size);

	return support::painted_byte(
		guest.vf(), {support::type_models()[0], msix, start, static_cast<u32>(count)}, position);
}

/// Reads @count bytes at @offset; whether they are as the registers say.
bool reads_right(Guest &guest, bool msix, u64 offset, usize count)
{
	u8 data[16];

	base::fill_bytes(data, 0xa5);
	if (guest.read_bar(offset, data, count) != static_cast<long>(count))
		return false;
	for (u32 i = 0; i < count; i++)
		if (data[i] != expected(guest, msix, offset, count, i))
			return false;
	return count == sizeof(data) || data[count] == 0xa5;
}

/// The first access from @start on, as offset << 16 | width, that reads wrongly;
/// or -1.
long first_wrong(Guest &guest, bool msix, u32 start = 0)
{
	for (u32 offset = start; offset < bar_size + 4; offset++)
		for (const u32 width : {1u, 2u, 3u, 4u, 5u, 8u})
			if (!reads_right(guest, msix, offset, width))
				return static_cast<long>(offset << 16 | width);
	return -1;
}

} // namespace

GUEST_CASE(reads_of_every_width_at_every_offset, guest.start())
{
	support::paint_registers(guest.vf(), net_config);

	KT_EXPECT_EQ(first_wrong(guest, false), -1);
	guest.set_msix(true);
	KT_EXPECT_EQ(first_wrong(guest, true), -1);
}

KT_CASE(access_takes_one_command_for_each_register_or_field)
{
	const struct {
		u16 offset;
		usize count;
		u32 commands;
	} accesses[] = {
		{0, 4, 1},  {0, 8, 2},	{2, 4, 0},  {2, 6, 1},	{12, 8, 2}, {18, 2, 1}, {13, 1, 0},
		{20, 6, 1}, {20, 8, 2}, {21, 5, 1}, {48, 8, 0}, {64, 8, 0}, {0, 20, 5},
	};
	KT_REQUIRE(support::bring_up());
	Guest guest;
	KT_REQUIRE(guest.start_forwarding());
	support::paint_registers(guest.vf(), net_config);

	for (const auto &access : accesses) {
		u8 data[32];
		fake::forget_commands();
		KT_EXPECT_EQ(guest.read_bar(access.offset, data, access.count), access.count);
		KT_EXPECT_EQ(fake::seen(), access.commands);
	}
}

GUEST_CASE(nothing_is_no_access, guest.start())
{
	u8 byte = 0x5a;

	fake::forget_commands();
	KT_EXPECT_EQ(guest.read_bar(0, &byte, 0), 0);
	KT_EXPECT_EQ(guest.write_bar(18, &byte, 0), 0);
	KT_EXPECT_EQ(byte, 0x5a);
	KT_EXPECT_EQ(fake::seen(), 0);
}

KT_CASE(a_page_at_once)
{
	constexpr usize page = 4096;
	KT_REQUIRE(support::bring_up());
	Guest guest;
	KT_REQUIRE(guest.start());
	support::paint_registers(guest.vf(), net_config);
	u8 *const data = static_cast<u8 *>(kt_alloc(2 * page));
	KT_REQUIRE(data != nullptr);

	KT_EXPECT_EQ(guest.read_bar(0, data, page), page);
	u32 wrong = 0;
	for (u32 i = 0; i < page; i++)
		wrong += data[i] != expected(guest, false, 0, page, i);
	KT_EXPECT_EQ(wrong, 0);

	// More is cut, as read() may; never an error, never past the count.
	base::fill_bytes({data, 2 * page}, 0xa5);
	const long done = guest.read_bar(3, data, 2 * page);
	KT_EXPECT(done > 0 && done <= static_cast<long>(2 * page));
	for (u32 i = 0; i < 2 * page; i++)
		wrong += data[i] != (i < done ? expected(guest, false, 3, 2 * page, i) : u8{0xa5});
	KT_EXPECT_EQ(wrong, 0);
	kt_free(data);
}

GUEST_CASE(past_the_end, guest.start())
{
	const u64 offsets[] = {64, 65, 0x7fff, 0x8000, 0xffff, 0x10000, 0x10012,
			       u64{1} << 32, (u64{1} << 32) + 18, (u64{1} << 40) - 8};

	fake::forget_commands();
	for (const u64 offset : offsets) {
		u8 data[8] = {};
		KT_EXPECT(reads_right(guest, false, offset, 8));
		KT_EXPECT_EQ(guest.write_bar(offset, data, 8), 8);
	}
	KT_EXPECT_EQ(fake::seen(), 0);
	// Half in, half out.
	support::paint_registers(guest.vf(), net_config);
	KT_EXPECT(reads_right(guest, false, bar_size - 3, 8));
}

GUEST_CASE(io_decoding_off, guest.open() == 0)
{
	support::paint_registers(guest.vf(), net_config);

	fake::forget_commands();
	KT_EXPECT_EQ(guest.in(0, 4), 0xffffffff);
	KT_EXPECT_EQ(guest.in(18, 1), 0xff);
	guest.out(18, 1, 0);
	guest.out(16, 2, 1);
	KT_EXPECT_EQ(fake::seen(), 0);
	KT_EXPECT_EQ(guest.vf().status, 0x07);
	KT_EXPECT_EQ(guest.vf().notified[1], 0);

	guest.set_config(WIRE_PCI_COMMAND, 2, 1);
	KT_EXPECT_EQ(guest.in(0, 4), 0x13121110);
	guest.set_config(WIRE_PCI_COMMAND, 2, 6); // memory and mastering are no I/O
	KT_EXPECT_EQ(guest.in(0, 4), 0xffffffff);
}

GUEST_CASE(in_d3hot_nothing_answers, guest.start())
{
	support::paint_registers(guest.vf(), net_config);

	fake::set_d3(guest.vf(), true);
	fake::forget_commands();
	KT_EXPECT_EQ(guest.in(0, 4), 0xffffffff);
	guest.out(18, 1, 0);
	guest.out(16, 2, 1);
	KT_EXPECT_EQ(fake::seen(), 0);
	KT_EXPECT_EQ(guest.config(WIRE_PCI_COMMAND, 2) & 1, 1);

	fake::set_d3(guest.vf(), false);
	KT_EXPECT_EQ(guest.in(0, 4), 0x13121110);
}

GUEST_CASE(read_only_registers_take_no_command, guest.start())
{
	fake::forget_commands();
	guest.out(0, 4, 0xffffffff);
	guest.out(12, 2, 0xffff);
	guest.out(19, 1, 0xff);
	guest.out(60, 4, 0xffffffff); // a hole
	KT_EXPECT_EQ(fake::seen(), 0);
}

GUEST_CASE(a_configuration_shorter_than_the_type_allows, guest.start())
{
	support::paint_registers(guest.vf(), 8); // mac and status

	KT_EXPECT_EQ(first_wrong(guest, false, 20), -1);
	guest.out(28, 4, 0x01010101); // dropped
	KT_EXPECT_EQ(guest.in(26, 2), 0x4746);

	guest.out(18, 1, 0); // a configuration grows with a cause
	support::paint_registers(guest.vf(), 13); // ends in the middle of a field
	KT_EXPECT_EQ(first_wrong(guest, false, 20), -1);
}

GUEST_CASE(the_isr_is_cleared_by_one_read, guest.start())
{
	guest.vf().isr = 3;
	KT_EXPECT_EQ(guest.in(19, 1), 3);
	KT_EXPECT_EQ(guest.in(19, 1), 0);
}

GUEST_CASE(user_memory_that_faults, guest.start())
{
	support::paint_registers(guest.vf(), net_config);
	void *const bad = reinterpret_cast<void *>(fake::bad_user_address - 8);

	KT_EXPECT_EQ(guest.read_bar(0, bad, 4), fault);
	fake::forget_commands();
	KT_EXPECT_EQ(guest.write_bar(4, bad, 4), fault);
	KT_EXPECT_EQ(fake::seen(), 0);
	KT_EXPECT_EQ(guest.vf().power_gets, 0);
	KT_EXPECT_EQ(guest.in(0, 4), 0x13121110);
}

KT_CASE(what_was_done_before_a_fault_counts)
{
	constexpr usize half = 64;
	u8 data[2 * half];
	KT_REQUIRE(support::bring_up());
	Guest guest;
	KT_REQUIRE(guest.start());
	support::paint_registers(guest.vf(), net_config);

	fake::set_user_end(data + half);
	KT_EXPECT_EQ(guest.read_bar(0, data, sizeof(data)), half);
	base::fill_bytes(data, 0x01);
	KT_EXPECT_EQ(guest.write_bar(0, data, sizeof(data)), half);
	KT_EXPECT_EQ(guest.vf().driver_features, 0x01010101);
	KT_EXPECT_EQ(guest.read_bar(0, data + half, half), fault);
	KT_EXPECT_EQ(guest.write_bar(0, data + half, half), fault);
}

KT_CASE(what_was_done_before_a_kill_counts)
{
	KT_REQUIRE(support::bring_up({.vf_type = WIRE_TYPE_BLOCK}));
	Guest guest;
	KT_REQUIRE(guest.start());
	struct Reader {
		Guest &guest;
		long done = 0;
		static int call(void *context)
		{
			auto &reader = *static_cast<Reader *>(context);
			u8 data[128];

			reader.done = reader.guest.read_bar(0, data, sizeof(data));
			return 0;
		}
	} reader{guest};
	support::Caller caller;

	// The first command for what is behind the first 64 bytes.
	fake::forget_commands();
	u8 data[64];
	KT_EXPECT_EQ(guest.read_bar(0, data, sizeof(data)), sizeof(data));
	fake::add_rule({.opcode = WIRE_ADMIN_LEGACY_DEV_CFG_READ,
			.count = fake::seen(WIRE_ADMIN_LEGACY_DEV_CFG_READ)});
	fake::add_rule({.opcode = WIRE_ADMIN_LEGACY_DEV_CFG_READ, .kind = fake::Kind::hold});
	caller.call(Reader::call, &reader);
	KT_REQUIRE(fake::wait_outstanding(1));
	caller.kill();
	(void)caller.finish();
	KT_EXPECT_EQ(reader.done, sizeof(data));
	fake::answer_all();
}

GUEST_CASE(waiting_for_another_access_is_part_of_the_time, guest.start_forwarding())
{
	const auto read = [](void *context) {
		return static_cast<int>(static_cast<Guest *>(context)->in(WIRE_LEGACY_STATUS, 1));
	};
	support::Caller first, second;

	fake::forget_commands();
	fake::add_rule({.kind = fake::Kind::hold});
	first.call(read, &guest);
	KT_REQUIRE(fake::wait_outstanding(1));
	{
		const support::Hurry hurry;
		second.call(read, &guest);
		KT_EXPECT(support::eventually([&] { return second.started(); }));
		support::sleep_ms(3 * fake::short_ms);
		KT_EXPECT(!second.done());
		fake::answer_held(0);
		KT_EXPECT_EQ(first.finish(), 0);
		KT_EXPECT_EQ(second.finish(), 0xff);
	}
	KT_EXPECT_EQ(fake::seen(WIRE_ADMIN_LEGACY_COMMON_CFG_READ), 1u);
	KT_EXPECT_EQ(guest.in(WIRE_LEGACY_STATUS, 1), 0u);
}

GUEST_CASE(power_is_held_only_during_an_access, guest.start())
{
	u8 data[4];

	fake::fail_next(fake::Call::pm_get);
	KT_EXPECT_EQ(guest.read_bar(0, data, 4), base::to_errno(base::Error::io));
	fake::fail_next(fake::Call::pm_get);
	KT_EXPECT_EQ(guest.write_bar(4, data, 4), base::to_errno(base::Error::io));
	KT_EXPECT_EQ(guest.in(0, 4), guest.vf().features);
	KT_EXPECT_EQ(guest.vf().power_gets, 0);
}

GUEST_CASE(regions_of_others_are_vfios, guest.start())
{
	u8 data[4] = {};

	// What vfio-pci does there is its business; no command comes of it.
	fake::forget_commands();
	for (u64 region = 1; region < KN_VFIO_REGION_CONFIG; region++)
		(void)virtio_legacy_read(guest.legacy(), reinterpret_cast<u64>(data), 4,
					 region << KN_VFIO_OFFSET_SHIFT);
	KT_EXPECT_EQ(fake::seen(), 0);
}

KT_CASE(each_member_has_its_own_registers)
{
	KT_REQUIRE(support::bring_up({}, 2));
	Guest one{1}, two{2};
	KT_REQUIRE(one.start() && two.start());

	fake::forget_commands();
	one.out(4, 4, 0x11111111);
	two.out(4, 4, 0x22222222);
	KT_EXPECT_EQ(one.in(4, 4), 0x11111111);
	KT_EXPECT_EQ(two.in(4, 4), 0x22222222);
	KT_EXPECT_EQ(one.vf().driver_features, 0x11111111);
	KT_EXPECT_EQ(two.vf().driver_features, 0x22222222);
	KT_EXPECT_EQ(fake::seen(fake::no_opcode, 1), 2);
	KT_EXPECT_EQ(fake::seen(fake::no_opcode, 2), 2);
}

KT_SUITE_END(member_bar0);
