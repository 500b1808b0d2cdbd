// SPDX-License-Identifier: GPL-2.0-only
// How many commands drivers cost that are really used, with the rules and without.
#include "kunit/support/bring_up_traces.hh"

KT_SUITE(core_shadow_counts);

using support::ModelGuest;

namespace {

/// Commands of @phase, on a guest with the rules and on one without.
struct Pair {
	ModelGuest ours;
	ModelGuest all;

	explicit Pair(kt::u16 type = WIRE_TYPE_NET) : ours(true, type), all(false, type) {}

	void expect(void (*phase)(ModelGuest &), kt::usize with_rules, kt::usize without)
	{
		phase(ours);
		phase(all);
		KT_EXPECT_EQ(ours.commands(), with_rules);
		KT_EXPECT_EQ(all.commands(), without);
	}
};

} // namespace

KT_CASE(linux_net)
{
	Pair guests;

	guests.expect(support::linux_net_bring_up, 25, 45);
	KT_EXPECT_EQ(guests.ours.waits(), 18);
	KT_EXPECT_EQ(guests.all.waits(), 45);
	guests.expect(support::linux_net_removal, 3, 25);
	guests.expect(support::linux_net_bring_up, 21, 45);
	guests.expect(support::linux_net_removal, 3, 25);
}

KT_CASE(linux_blk)
{
	Pair guests{WIRE_TYPE_BLOCK};

	guests.expect(support::linux_blk_bring_up, 27, 63);
	guests.expect(support::linux_blk_removal, 3, 13);
	guests.expect(support::linux_blk_bring_up, 25, 63);
}

KT_CASE(seabios_blk)
{
	Pair guests{WIRE_TYPE_BLOCK};

	guests.expect(support::seabios_blk_init, 19, 41);
}

KT_CASE(ipxe_net)
{
	Pair guests;

	guests.expect(support::ipxe_net_open, 15, 24);
}

KT_CASE(firmware_then_linux)
{
	Pair guests{WIRE_TYPE_BLOCK};

	guests.expect(support::seabios_blk_init, 19, 41);
	// Only the features are known: SeaBIOS accepted none, and sizes go with them.
	guests.expect(support::linux_blk_bring_up, 26, 63);
}

KT_CASE(a_client_that_polls_the_isr)
{
	ModelGuest guest{true};

	support::linux_net_bring_up(guest);
	guest.set_msix(false);
	(void)guest.commands();
	for (unsigned i = 0; i < 100'000; i++) {
		KT_EXPECT_EQ(guest.in(19), 0);
		guest.device.time_us++;
	}
	KT_EXPECT_EQ(guest.commands(), 100);
}

KT_SUITE_END(core_shadow_counts);
