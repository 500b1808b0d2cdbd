// SPDX-License-Identifier: GPL-2.0-only
#include "kunit/support/known.hh"

namespace support {

namespace {

constexpr u16 features = 0, address = 8, size = 12, select = 14, status = 18, isr = 19;

} // namespace

bool start_known(Guest &guest)
{
	if (!guest.start())
		return false;
	support::paint_registers(guest.vf(), 28);
	guest.out(status, 1, 0);
	(void)guest.in(features, 4);
	guest.out(select, 2, 0);
	(void)guest.in(size, 2);
	fake::forget_commands();
	return true;
}

void expect_known(Guest &guest)
{
	(void)guest.in(features, 4);
	(void)guest.in(status, 1);
	(void)guest.in(isr, 1);
	guest.out(select, 2, 0);
	(void)guest.in(size, 2);
	KT_EXPECT_EQ(guest.in(address, 4), 0);
	KT_EXPECT_EQ(fake::seen(), 0);
}

void expect_unknown(Guest &guest)
{
	guest.vf().features = 0x99;
	guest.vf().status = 5;
	guest.vf().isr = 1;
	guest.vf().queue_select = 0;
	guest.vf().queue_size[0] = 2;
	guest.vf().queue_address[0] = 3;
	KT_EXPECT_EQ(guest.in(features, 4), 0x99);
	KT_EXPECT_EQ(guest.in(status, 1), 5);
	KT_EXPECT_EQ(guest.in(isr, 1), 1);
	guest.out(select, 2, 0);
	KT_EXPECT_EQ(guest.in(size, 2), 2);
	KT_EXPECT_EQ(guest.in(address, 4), 3);
}

} // namespace support
