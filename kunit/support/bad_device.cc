// SPDX-License-Identifier: GPL-2.0-only
#include "kunit/support/bad_device.hh"

#include "kernel/time.h"

namespace support {

namespace {

constexpr u16 net_config = 28;
constexpr u64 bound_ms = fake::short_ms + 1000;

} // namespace

bool start_painted(Guest &guest, bool rules)
{
	if (!(rules ? guest.start() : guest.start_forwarding()))
		return false;
	paint_registers(guest.vf(), net_config);
	return true;
}

void expect_good(Guest &guest)
{
	KT_EXPECT_EQ(guest.in(0, 4), painted_features);
	guest.out(4, 4, 0x55667788);
	KT_EXPECT_EQ(guest.vf().driver_features, 0x55667788);
	KT_EXPECT_EQ(guest.in(20, 2), 0x4140);
}

u32 read_with(Guest &guest, const fake::Rule &rule)
{
	const u64 start = kn_now_ms();

	fake::add_rule(rule);
	const u32 value = guest.in(0, 4);
	KT_EXPECT(since(start) < bound_ms);
	fake::clear_rules();
	return value;
}

u32 read_in_vain(Guest &guest, const fake::Rule &rule)
{
	const Hurry hurry;

	return read_with(guest, rule);
}

} // namespace support
