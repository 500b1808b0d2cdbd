// SPDX-License-Identifier: GPL-2.0-only
// Writes of every width to the registers: the address alone decides which register is meant, as
// on a transitional device of QEMU.
#include "kunit/support/guest.hh"

KT_SUITE(member_widths);

using base::u16;
using base::u32;
using base::u8;
using base::usize;
using support::Guest;

namespace {

constexpr u16 features = 0, driver_features = 4, address = 8, size = 12, select = 14, notify = 16,
	      status = 18, isr = 19, config = 20, config_vector = 20, queue_vector = 22,
	      config_with_msix = 24;
constexpr u16 config_bytes = 28;
constexpr usize page = 4096;

/// An open VF whose registers are painted; @forwarding: as forward_all has it.
bool start(Guest &guest, bool forwarding)
{
	if (forwarding ? !guest.start_forwarding() : !guest.start())
		return false;
	support::paint_registers(guest.vf(), config_bytes);
	return true;
}

/// What writes can change, but for device configuration.
struct Registers {
	u32 driver_features, address, notified;
	u16 select, config_vector, queue_vector;
	u8 status;

	explicit Registers(const fake::Vf &vf)
		: driver_features(vf.driver_features), address(vf.queue_address[1]),
		  notified(vf.notified[1]), select(vf.queue_select),
		  config_vector(vf.config_vector), queue_vector(vf.queue_vector[1]), status(vf.status)
	{
	}
	bool operator==(const Registers &) const = default;
};

/// Whether an OUT of @width bytes leaves the registers as they are.
bool changes_nothing(Guest &guest, u16 offset, u8 width)
{
	const Registers before{guest.vf()};

	guest.out(offset, width, 0x01010101);
	return Registers{guest.vf()} == before;
}

void write_narrow_and_wide(Guest &guest)
{
	guest.out(driver_features, 1, 0x21);
	KT_EXPECT_EQ(guest.vf().driver_features, 0x21u);
	guest.out(driver_features, 2, 0x4321);
	KT_EXPECT_EQ(guest.vf().driver_features, 0x4321u);
	guest.out(address, 2, 0x1234);
	KT_EXPECT_EQ(guest.vf().queue_address[1], 0x1234u);
	guest.out(address, 1, 0x56);
	KT_EXPECT_EQ(guest.vf().queue_address[1], 0x56u);
	guest.out(status, 4, 0xffffff03);
	KT_EXPECT_EQ(guest.vf().status, 3);
	guest.out(status, 2, 0x0007);
	KT_EXPECT_EQ(guest.vf().status, 7);

	guest.out(select, 4, 0xffff0002);
	KT_EXPECT_EQ(guest.in(select, 4), 2u);
	guest.out(select, 1, 1);
	KT_EXPECT_EQ(guest.in(select, 2), 1u);
	KT_EXPECT_EQ(guest.in(select, 1), 1u);
	// Nothing beside it was touched.
	KT_EXPECT_EQ(guest.vf().notified[1], 0u);
	KT_EXPECT_EQ(guest.vf().status, 7);
}

void write_vectors(Guest &guest)
{
	guest.set_msix(true);
	guest.out(config_vector, 4, 0x00030002);
	KT_EXPECT_EQ(guest.vf().config_vector, 2);
	KT_EXPECT_EQ(guest.vf().queue_vector[1], 2); // as painted
	guest.out(queue_vector, 4, 0xffff0003);
	KT_EXPECT_EQ(guest.vf().queue_vector[1], 3);
	KT_EXPECT_EQ(guest.vf().device_config[0], 0x40);
	guest.out(queue_vector, 1, 1);
	KT_EXPECT_EQ(guest.vf().queue_vector[1], 1);
	guest.set_msix(false);
}

} // namespace

KT_CASE(write_of_another_width_is_a_whole_write_of_its_register)
{
	for (const bool forwarding : {false, true}) {
		KT_REQUIRE(support::bring_up());
		Guest guest;
		KT_REQUIRE(start(guest, forwarding));
		guest.vf().queue_select = 1;
		write_narrow_and_wide(guest);
		write_vectors(guest);
	}
}

KT_CASE(write_in_the_middle_of_a_register_changes_nothing)
{
	constexpr u16 middles[] = {1, 2, 3, 5, 6, 7, 9, 10, 11, 13, 15, 17, 21, 23};

	for (const bool forwarding : {false, true}) {
		KT_REQUIRE(support::bring_up());
		Guest guest;
		KT_REQUIRE(start(guest, forwarding));
		guest.set_msix(true);
		fake::forget_commands();
		for (const u16 offset : middles)
			for (const u8 width : {u8{1}, u8{2}, u8{4}})
				KT_EXPECT(changes_nothing(guest, offset, width));
		KT_EXPECT_EQ(fake::seen(), 0u);
	}
}

GUEST_CASE(write_of_a_read_only_register_changes_nothing, start(guest, false))
{
	guest.vf().isr = 1;

	fake::forget_commands();
	for (const u16 offset : {features, size, isr})
		for (const u8 width : {u8{1}, u8{2}, u8{4}})
			KT_EXPECT(changes_nothing(guest, offset, width));
	KT_EXPECT_EQ(fake::seen(), 0u);
	KT_EXPECT_EQ(guest.vf().features, 0x13121110u);
	KT_EXPECT_EQ(guest.vf().queue_size[1], 0x0100);
	KT_EXPECT_EQ(guest.vf().device_config[0], 0x40); // above a wide access of the ISR status
}

// OSv's driver of 2013: outl(QUEUE_NOTIFY, queue).
GUEST_CASE(a_dword_kick_is_a_kick, guest.start())
{
	guest.out(status, 1, 0);
	guest.out(status, 1, 1);
	guest.out(status, 1, 3);
	guest.out(select, 2, 1);
	(void)guest.in(size, 2);
	guest.out(address, 4, 0x1234);
	guest.out(status, 1, 7);
	guest.out(notify, 4, 1);
	KT_EXPECT_EQ(guest.vf().notified[1], 1u);
	KT_EXPECT_EQ(guest.vf().status, 7);
	KT_EXPECT_EQ(guest.vf().queue_address[1], 0x1234u);
}

GUEST_CASE(a_kick_of_every_width_names_its_queue, start(guest, false))
{
	guest.out(notify, 1, 3);
	guest.out(notify, 2, 3);
	guest.out(notify, 4, 0xffff0003); // the upper half is no part of the register
	KT_EXPECT_EQ(guest.vf().notified[3], 3u);
	guest.out(notify + 1, 1, 3);
	guest.out(notify + 1, 2, 0x0303);
	KT_EXPECT_EQ(guest.vf().notified[3], 3u);
	KT_EXPECT_EQ(guest.vf().status, 7);
}

GUEST_CASE(word_read_of_the_status_leaves_the_isr_status, start(guest, false))
{
	guest.vf().isr = 3;

	KT_EXPECT_EQ(guest.in(status, 2), 7u);
	KT_EXPECT_EQ(guest.in(status, 4), 7u);
	KT_EXPECT_EQ(guest.in(isr, 4), 3u);
	KT_EXPECT_EQ(guest.in(isr, 1), 0u);
}

GUEST_CASE(dword_read_of_the_queue_size_is_the_size_alone, start(guest, false))
{
	KT_EXPECT_EQ(guest.in(size, 4), 0x0100u);
	KT_EXPECT_EQ(guest.in(select, 4), 1u);
}

GUEST_CASE(access_of_no_bytes_does_nothing, start(guest, false))
{
	u8 byte = 0x5a;

	fake::forget_commands();
	for (const u16 offset : {features, notify, status, config, u16{64}}) {
		KT_EXPECT_EQ(guest.read_bar(offset, &byte, 0), 0);
		KT_EXPECT_EQ(guest.write_bar(offset, &byte, 0), 0);
	}
	KT_EXPECT_EQ(byte, 0x5a);
	KT_EXPECT_EQ(fake::seen(), 0u);
}

KT_CASE(write_of_three_bytes_is_a_word_and_a_byte)
{
	const u8 data[] = {2, 0, 0x0f};
	KT_REQUIRE(support::bring_up());
	Guest guest;
	KT_REQUIRE(start(guest, false));

	KT_EXPECT_EQ(guest.write_bar(notify, data, 3), 3);
	KT_EXPECT_EQ(guest.vf().notified[2], 1u);
	KT_EXPECT_EQ(guest.vf().status, 0x0f);
	// One byte in the middle of the notify register, then the status, not the ISR status.
	KT_EXPECT_EQ(guest.write_bar(notify + 1, data, 3), 3);
	KT_EXPECT_EQ(guest.vf().notified[2], 1u);
}

KT_CASE(write_of_five_bytes_is_a_dword_and_a_byte)
{
	const u8 data[] = {0x11, 0x22, 0x33, 0x44, 0x55};
	KT_REQUIRE(support::bring_up());
	Guest guest;
	KT_REQUIRE(start(guest, false));

	KT_EXPECT_EQ(guest.write_bar(driver_features, data, 5), 5);
	KT_EXPECT_EQ(guest.vf().driver_features, 0x44332211u);
	KT_EXPECT_EQ(guest.vf().queue_address[1], 0x55u);
}

KT_CASE(write_of_eight_bytes_is_cut_into_aligned_parts)
{
	const u8 data[] = {0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88};
	KT_REQUIRE(support::bring_up());
	Guest guest;
	KT_REQUIRE(start(guest, false));

	// A word in the middle of the features, a dword, a word of the address.
	KT_EXPECT_EQ(guest.write_bar(2, data, 8), 8);
	KT_EXPECT_EQ(guest.vf().features, 0x13121110u);
	KT_EXPECT_EQ(guest.vf().driver_features, 0x66554433u);
	KT_EXPECT_EQ(guest.vf().queue_address[1], 0x8877u);
	// A dword of the notify register, and four bytes of configuration.
	KT_EXPECT_EQ(guest.write_bar(notify, data, 8), 8);
	KT_EXPECT_EQ(guest.vf().status, 7);
	KT_EXPECT_EQ(guest.vf().device_config[0], 0x55);
	KT_EXPECT_EQ(guest.vf().device_config[3], 0x88);
	KT_EXPECT_EQ(guest.vf().device_config[4], 0x44);
}

GUEST_CASE(write_of_a_page_is_a_dword_at_each_aligned_offset, start(guest, true))
{
	u8 *const data = static_cast<u8 *>(kt_alloc(page));
	KT_REQUIRE(data != nullptr);

	base::fill_bytes({data, page}, 0x01);
	KT_EXPECT_EQ(guest.write_bar(0, data, page), page);
	KT_EXPECT_EQ(guest.vf().features, 0x13121110u); // read-only
	KT_EXPECT_EQ(guest.vf().driver_features, 0x01010101u);
	KT_EXPECT_EQ(guest.vf().queue_address[1], 0x01010101u);
	KT_EXPECT_EQ(guest.vf().queue_select, 1); // above the queue size
	KT_EXPECT_EQ(guest.vf().status, 7);	  // above queue notify
	for (u16 i = 0; i < config_bytes; i++)
		KT_EXPECT_EQ(guest.vf().device_config[i], 0x01);
	kt_free(data);
}

GUEST_CASE(access_past_the_end_reads_ones_and_writes_nothing, start(guest, false))
{
	const Registers before{guest.vf()};
	u8 *const data = static_cast<u8 *>(kt_alloc(page));
	KT_REQUIRE(data != nullptr);

	fake::forget_commands();
	for (const usize width : {usize{1}, usize{3}, usize{5}, usize{8}, page}) {
		base::fill_bytes({data, width}, 0);
		KT_EXPECT_EQ(guest.write_bar(64, data, width), width);
		KT_EXPECT_EQ(guest.read_bar(64, data, width), width);
		for (usize i = 0; i < width; i++)
			KT_EXPECT_EQ(data[i], 0xff);
	}
	KT_EXPECT_EQ(fake::seen(), 0u);
	KT_EXPECT(Registers{guest.vf()} == before);
	kt_free(data);
}

GUEST_CASE(access_with_io_decoding_off_reads_ones_and_writes_nothing, start(guest, false))
{
	guest.set_config(WIRE_PCI_COMMAND, 2, WIRE_PCI_COMMAND_MASTER);
	const Registers before{guest.vf()};

	fake::forget_commands();
	for (const usize width : {usize{1}, usize{2}, usize{3}, usize{4}, usize{5}, usize{8}}) {
		for (u16 offset = 0; offset < config_with_msix; offset++) {
			u8 data[8] = {};
			KT_EXPECT_EQ(guest.write_bar(offset, data, width), width);
			KT_EXPECT_EQ(guest.read_bar(offset, data, width), width);
			for (usize i = 0; i < width; i++)
				KT_EXPECT_EQ(data[i], 0xff);
		}
	}
	KT_EXPECT_EQ(fake::seen(), 0u);
	KT_EXPECT(Registers{guest.vf()} == before);
}

KT_SUITE_END(member_widths);
