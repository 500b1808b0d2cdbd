// SPDX-License-Identifier: GPL-2.0-only
// The fake itself: a rule that is broken must be seen, or the other suites prove
// nothing. A small driver breaks one after the other: commands and
// their memory.
#include "kernel/sriov.h"
#include "kunit/support/caller.hh"
#include "kunit/support/small_driver.hh"

using support::expect_rule_broken;
using support::finish_bare;
using support::SmallDriver;
using support::start_bare;
using support::try_command;

KT_SUITE(fake_commands);

KT_CASE(a_command_before_the_lists)
{
	start_bare();
	SmallDriver driver;
	driver.head(WIRE_ADMIN_LEGACY_NOTIFY_INFO, 1);
	driver.send(24, 72);
	expect_rule_broken("command before LIST_USE");
	finish_bare(driver);
}

KT_CASE(a_list_of_a_group_that_has_ended)
{
	start_bare();
	SmallDriver driver;
	driver.lists();
	kn_sriov_disable(&fake::pf());
	(void)kn_sriov_enable(&fake::pf(), 2);
	driver.head(WIRE_ADMIN_LEGACY_NOTIFY_INFO, 1);
	driver.send(24, 72);
	expect_rule_broken("command before LIST_USE");
	finish_bare(driver);
}

KT_CASE(lists_that_were_not_listed)
{
	try_command("command that LIST_USE did not name", [](SmallDriver &driver) {
		driver.head(WIRE_ADMIN_LIST_USE, 0);
		base::store_le({driver.command() + 24, 8}, 0x7e);
		driver.send(32, 8);
		KT_EXPECT(driver.answered(3));
		driver.head(WIRE_ADMIN_LIST_QUERY, 0);
		driver.send(24, 16);
	});
}

KT_CASE(lists_with_a_command_outstanding)
{
	start_bare();
	SmallDriver driver;
	driver.lists();
	fake::add_rule({.opcode = WIRE_ADMIN_LEGACY_NOTIFY_INFO, .kind = fake::Kind::hold});
	driver.head(WIRE_ADMIN_LEGACY_NOTIFY_INFO, 1, 1);
	driver.send(24, 72, 1);
	KT_EXPECT(fake::wait_outstanding(1));
	driver.head(WIRE_ADMIN_LIST_USE, 0);
	driver.send(32, 8);
	expect_rule_broken("LIST_USE with a command outstanding");
	fake::answer_all();
	finish_bare(driver);
}

KT_CASE(opcodes_that_were_not_listed)
{
	start_bare({.opcodes = 0x3f});
	SmallDriver driver;
	driver.lists();
	expect_rule_broken("LIST_USE of an opcode that is not offered");
	finish_bare(driver);
	try_command("command that LIST_USE did not name", [](SmallDriver &driver_) {
		driver_.head(WIRE_ADMIN_LIST_USE, 0);
		base::store_le({driver_.command() + 24, 8}, 0x3f);
		driver_.send(32, 8);
		KT_EXPECT(driver_.answered(3));
		driver_.head(WIRE_ADMIN_LEGACY_NOTIFY_INFO, 1);
		driver_.send(24, 72);
	});
}

KT_CASE(two_fields_in_one_command)
{
	try_command("command that touches two registers", [](SmallDriver &driver) {
		driver.head(WIRE_ADMIN_LEGACY_COMMON_CFG_READ, 1);
		driver.command()[24] = WIRE_LEGACY_QUEUE_SIZE;
		driver.send(25, 8 + 4);
	});
	try_command("command that touches no field, or two", [](SmallDriver &driver) {
		driver.head(WIRE_ADMIN_LEGACY_DEV_CFG_READ, 1);
		driver.command()[24] = 5; // the mac's end and the status
		driver.send(25, 8 + 2);
	});
}

KT_CASE(reserved_bytes)
{
	for (const u32 at : {4u, 15u})
		try_command("reserved bytes of the header", [at](SmallDriver &driver) {
			driver.head(WIRE_ADMIN_LEGACY_NOTIFY_INFO, 1);
			driver.command()[at] = 1;
			driver.send(24, 72);
		});
	try_command("reserved bytes of a write", [](SmallDriver &driver) {
		driver.head(WIRE_ADMIN_LEGACY_COMMON_CFG_WRITE, 1);
		driver.command()[24] = WIRE_LEGACY_STATUS;
		driver.command()[31] = 9;
		driver.send(33, 8);
	});
}

KT_CASE(members_that_do_not_exist)
{
	for (const u64 member : {u64{0}, u64{3}, ~u64{0}})
		try_command("command for a member that does not exist", [member](SmallDriver &driver) {
			driver.head(WIRE_ADMIN_LEGACY_NOTIFY_INFO, member);
			driver.send(24, 72);
		});
}

KT_CASE(members_that_may_migrate)
{
	try_command("command while VF Migration Capable is set", [](SmallDriver &driver) {
		fake::pf().options.migration_capable = true;
		driver.head(WIRE_ADMIN_LEGACY_NOTIFY_INFO, 1);
		driver.send(24, 72);
		KT_EXPECT(driver.answered(3));
		fake::pf().options.migration_capable = false;
	});
}

KT_CASE(wrong_lengths)
{
	try_command("NOTIFY_INFO of a wrong length", [](SmallDriver &driver) {
		driver.head(WIRE_ADMIN_LEGACY_NOTIFY_INFO, 1);
		driver.send(24, 16);
	});
	try_command("legacy read of a wrong length", [](SmallDriver &driver) {
		driver.head(WIRE_ADMIN_LEGACY_COMMON_CFG_READ, 1);
		driver.send(32, 9);
	});
	try_command("command shorter than its header", [](SmallDriver &driver) {
		driver.head(WIRE_ADMIN_LEGACY_COMMON_CFG_READ, 1);
		driver.send(16, 9);
	});
}

KT_CASE(an_outstanding_command_is_changed)
{
	start_bare();
	SmallDriver driver;
	driver.lists();
	fake::add_rule({.kind = fake::Kind::hold, .count = 2});
	driver.head(WIRE_ADMIN_LEGACY_NOTIFY_INFO, 1);
	driver.send(24, 72);
	KT_EXPECT(fake::wait_outstanding(1));
	driver.command()[16] = 2;
	fake::answer_all();
	expect_rule_broken("command changed while it was outstanding");

	driver.head(WIRE_ADMIN_LEGACY_NOTIFY_INFO, 1);
	driver.send(24, 72);
	KT_EXPECT(fake::wait_outstanding(1));
	driver.descriptors()[1].length = base::Le32{73};
	fake::answer_all();
	expect_rule_broken("descriptors changed");
	finish_bare(driver);
}

KT_CASE(an_outstanding_commands_memory_is_used_again)
{
	start_bare();
	SmallDriver driver;
	driver.lists();
	fake::add_rule({.kind = fake::Kind::hold, .count = 2});
	driver.head(WIRE_ADMIN_LEGACY_NOTIFY_INFO, 1);
	driver.send(24, 72);
	KT_EXPECT(fake::wait_outstanding(1));
	driver.send(24, 72, 0, 4);
	expect_rule_broken("memory of an outstanding command used again");
	driver.publish(0);
	expect_rule_broken("descriptor of an outstanding command used again");
	driver.set_status(0);
	finish_bare(driver);
}

KT_CASE(chains_that_are_none)
{
	try_command("first descriptor is not a readable one", [](SmallDriver &driver) {
		driver.descriptors()[6].flags = base::Le16{WIRE_RING_DESC_WRITE};
		driver.publish(6);
	});
	try_command("head that is no descriptor", [](SmallDriver &driver) { driver.publish(8); });
	try_command("indirect descriptors that were not negotiated", [](SmallDriver &driver) {
		driver.descriptors()[6] = {base::Le64{driver.dma().address + 3072}, base::Le32{32},
					   base::Le16{WIRE_RING_DESC_INDIRECT}, base::Le16{0}};
		driver.publish(6);
		support::sleep_ms(5);
	});
}

KT_CASE(every_trouble_happens)
{
	// The knobs turn something: each kind of answer is seen by the driver.
	constexpr struct {
		fake::Kind kind;
		u32 arg;
		int error;
	} kinds[] = {
		{fake::Kind::normal, 0, 0},	    {fake::Kind::status, 28, -28},
		{fake::Kind::used_length, 3, 0},    {fake::Kind::garbage, 0, 0},
		{fake::Kind::late, 20, 0},	    {fake::Kind::lost_interrupt, 0, 0},
		{fake::Kind::bad_id, 63, -5},
	};
	for (const auto &[kind, arg, error] : kinds) {
		KT_REQUIRE(fake::bring_up(1));
		KT_REQUIRE(support::open_members(1));
		KT_EXPECT_EQ(support::read_status(1), 0);
		fake::vf(1).status = 0x99;
		fake::add_rule({.kind = kind, .arg = arg});
		u8 value = 0;
		const u64 start_ms = kn_now_ms();
		KT_EXPECT_EQ(support::read_status(1, &value), error);
		if (kind == fake::Kind::normal || kind == fake::Kind::late)
			KT_EXPECT_EQ(value, 0x99);
		if (kind == fake::Kind::used_length)
			KT_EXPECT_EQ(value, 0);
		if (kind == fake::Kind::late)
			KT_EXPECT(kn_now_ms() - start_ms >= 20);
		support::close_members(1);
	}
}

KT_SUITE_END(fake_commands);
