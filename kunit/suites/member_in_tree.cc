// SPDX-License-Identifier: GPL-2.0-only
// A VF whose PF the kernel's own virtio-pci drives: what it is, how its registers
// are reached, and what is made of the client's answers.
#include "kernel/time.h"
#include "kunit/support/bad_device.hh"
#include "kunit/support/on_heap.hh"
#include "member/in_tree_client.hh"
#include "member/in_tree_search.hh"

KT_SUITE(member_in_tree);

using base::Error;
using base::to_errno;
using base::u16;
using base::u32;
using base::u64;
using base::u8;
using support::all_ones;
using support::Guest;
using support::same_text;
using support::start_painted;

namespace {

constexpr u16 read_common = WIRE_ADMIN_LEGACY_COMMON_CFG_READ;
constexpr u16 read_device = WIRE_ADMIN_LEGACY_DEV_CFG_READ;
constexpr u8 in_owner = 1, in_member = 2;

// It outlives the case's commands.
constinit u8 entries[core::max_result];

void answer_entries()
{
	fake::add_rule({.opcode = WIRE_ADMIN_LEGACY_NOTIFY_INFO, .kind = fake::Kind::result,
			.count = fake::forever, .bytes = entries});
}

void expect_plain(fake::Client client, const char *reason)
{
	KT_REQUIRE(fake::bring_up_client(1, client));
	Guest guest;
	KT_REQUIRE(guest.ok());
	KT_EXPECT(same_text(guest.view().reason, reason));
	KT_EXPECT(same_text(guest.view().admin_queue, "none"));
	KT_EXPECT_EQ(guest.open(), 0);
	KT_EXPECT_EQ(guest.config(WIRE_PCI_DEVICE_ID, 2), guest.vf().device);
	KT_EXPECT_EQ(fake::seen(), 0);
}

/// What an IN of @width bytes at @offset gives.
u32 painted(const Guest &guest, bool msix, u16 offset, u8 width)
{
	u8 bytes[4] = {};

	for (u32 i = 0; i < width; i++)
		bytes[i] = support::painted_byte(guest.vf(), {support::type_models()[0], msix, offset, width}, i);
	return static_cast<u32>(base::load_le(bytes));
}

} // namespace

KT_CASE(a_transitional_device)
{
	KT_REQUIRE(fake::bring_up_client(2));
	Guest guest{2};
	KT_REQUIRE(start_painted(guest));

	KT_EXPECT(same_text(guest.view().type, "net"));
	KT_EXPECT(same_text(guest.view().admin_queue, "in-tree"));
	KT_EXPECT(guest.vf().assigned);
	fake::forget_commands();
	support::expect_good(guest);
	KT_EXPECT_EQ(fake::seen(fake::no_opcode, 2), fake::seen());
	KT_EXPECT_EQ(fake::seen(), 3);
}

KT_CASE(access_of_every_byte_and_dword_of_bar0_gives_the_register)
{
	KT_REQUIRE(fake::bring_up_client(1));
	Guest guest;
	KT_REQUIRE(start_painted(guest));

	for (const bool msix : {false, true}) {
		guest.set_msix(msix);
		for (u16 at = 0; at < 48; at++)
			KT_EXPECT_EQ(guest.in(at, 1), painted(guest, msix, at, 1));
		for (u16 at = 0; at < 48; at++) // a wide access of a narrow register, too
			KT_EXPECT_EQ(guest.in(at, 4), painted(guest, msix, at, 4));
	}
}

KT_CASE(why_others_are_plain)
{
	expect_plain(fake::Client::none, "its PF is not bound to virtio_owner");
	expect_plain(fake::Client::unbound, "its PF has no driver");
	expect_plain(fake::Client::no_commands, "its PF's virtio-pci has no legacy admin commands");
}

KT_CASE(virtio_driver_that_leaves_fails_the_probe)
{
	for (const fake::Client client : {fake::Client::leaving, fake::Client::dormant}) {
		KT_REQUIRE(fake::bring_up_client(1, client));
		const Guest guest;
		KT_EXPECT(!guest.ok());
		KT_EXPECT_EQ(guest.error(), to_errno(Error::again));
		KT_EXPECT_EQ(fake::warnings(), 1);
		KT_EXPECT_EQ(fake::clients(), 0);
	}
}

KT_CASE(link_that_fails_leaves_nothing)
{
	KT_REQUIRE(fake::bring_up_client(1));
	fake::fail_next(fake::Call::admin_link);
	const auto found = member::find_in_tree_client(&fake::vf(1));
	KT_EXPECT(!found.ok());
	KT_EXPECT_EQ(found.error(), Error::no_memory);
	KT_EXPECT_EQ(fake::clients(), 0);
}

KT_CASE(pf_itself_has_no_client)
{
	KT_REQUIRE(fake::bring_up_client(1));
	const auto found = member::find_in_tree_client(&fake::pf());
	KT_EXPECT(!found.ok());
	KT_EXPECT_EQ(found.error(), Error::not_supported);
	KT_EXPECT_EQ(fake::clients(), 0);
}

KT_CASE(client_has_one_user_for_a_vf)
{
	KT_REQUIRE(fake::bring_up_client(2));
	const auto first = member::find_in_tree_client(&fake::vf(1));
	const auto other = member::find_in_tree_client(&fake::vf(2));
	const auto second = member::find_in_tree_client(&fake::vf(1));
	KT_REQUIRE(first.ok() && other.ok());
	KT_EXPECT(!second.ok());
	KT_EXPECT_EQ(second.error(), Error::busy);
	KT_EXPECT_EQ(fake::clients(), 2);
	kn_admin_put(first.get());
	const auto third = member::find_in_tree_client(&fake::vf(1));
	KT_REQUIRE(third.ok());
	kn_admin_put(third.get());
	kn_admin_put(other.get());
}

KT_CASE(client_takes_no_command_before_open_and_after_close)
{
	KT_REQUIRE(fake::bring_up_client(1));
	const auto found = member::find_in_tree_client(&fake::vf(1));
	KT_REQUIRE(found.ok());
	member::InTreeSlot *const slot = member::InTreeSlot::create(found.get());
	KT_REQUIRE(slot != nullptr);
	support::OnHeap<member::Function> memory{fake::vf(1).vfio, nullptr, nullptr};
	member::Function &function = memory.get();
	member::InTreeClient client{function, slot};
	const auto read_status = [&client] {
		core::Access access = core::read_access(core::LegacySpace::common,
							WIRE_LEGACY_STATUS, 1);
		base::usize done = 0;
		member::Deadline deadline;
		return client.execute({&access, 1}, done, deadline);
	};

	KT_EXPECT_EQ(read_status().error(), Error::no_such_address);
	KT_EXPECT(client.open(nullptr, nullptr).ok());
	KT_EXPECT(read_status().ok());
	client.close();
	KT_EXPECT_EQ(read_status().error(), Error::no_such_address);
	KT_EXPECT_EQ(fake::seen(), 1);
	client.release();
}

KT_CASE(no_memory)
{
	KT_REQUIRE(fake::bring_up_client(1));
	fake::fail_alloc(0);
	{
		const Guest guest;
		KT_EXPECT(!guest.ok());
		KT_EXPECT_EQ(guest.error(), to_errno(Error::no_memory));
		KT_EXPECT_EQ(fake::clients(), 0);
	}
	const Guest later;
	KT_EXPECT(later.ok());
}

KT_CASE(the_owner_comes_first)
{
	fake::Options options;

	options.client = fake::Client::ready;
	KT_REQUIRE(support::bring_up(options));
	const Guest guest;
	KT_REQUIRE(guest.ok());
	KT_EXPECT(same_text(guest.view().admin_queue, "own"));
	KT_EXPECT_EQ(fake::clients(), 0);
}

KT_CASE(a_type_without_transitional_identity_needs_no_client)
{
	fake::Options options;

	options.client = fake::Client::ready;
	options.vf_type = 16; // GPU
	fake::start(options);
	const Guest guest;
	KT_REQUIRE(guest.ok());
	KT_EXPECT(same_text(guest.view().reason, "its type has no transitional identity"));
	KT_EXPECT_EQ(fake::clients(), 0);
}

KT_CASE(a_doorbell_of_the_member)
{
	KT_REQUIRE(fake::bring_up_client(1));
	base::fill_bytes(entries, 0);
	support::put_notify_entry(entries, 0, in_owner, fake::virtio_bar, fake::owner_doorbell(1));
	support::put_notify_entry(entries, 1, in_member, fake::virtio_bar, fake::member_doorbell);
	answer_entries();
	Guest guest;
	KT_REQUIRE(guest.start());

	KT_EXPECT(same_text(guest.view().doorbell, "member"));
	KT_EXPECT_EQ(guest.view().doorbell_offset, fake::member_doorbell);
	fake::forget_commands();
	guest.out(16, 2, 2);
	KT_EXPECT_EQ(guest.vf().doorbells_member, 1);
	KT_EXPECT_EQ(fake::seen(), 0);
}

KT_CASE(doorbells_that_can_not_be_used)
{
	struct {
		u8 flags, bar;
		u64 offset;
	} const bad[] = {
		{0, 0, 0},
		{in_owner, fake::virtio_bar, fake::owner_doorbell(1)}, // virtio-pci's
		{in_member, 0, 0},
		{in_member, 9, 0},
		{in_member, fake::virtio_bar, fake::member_doorbell + 1},
		{in_member, fake::virtio_bar, ~u64{0} - 1},
		{in_member, fake::virtio_bar, fake::common_offset},
	};

	for (const auto &entry : bad) {
		KT_REQUIRE(fake::bring_up_client(1));
		base::fill_bytes(entries, 0);
		support::put_notify_entry(entries, 0, entry.flags, entry.bar, entry.offset);
		answer_entries();
		Guest guest;
		KT_REQUIRE(guest.start());
		KT_EXPECT(same_text(guest.view().doorbell, "command"));
		guest.out(16, 2, 1);
		KT_EXPECT_EQ(guest.vf().notified[1], 1);
	}
}

KT_CASE(bytes_that_the_device_did_not_write_are_zero)
{
	KT_REQUIRE(fake::bring_up_client(1));
	Guest guest;
	KT_REQUIRE(start_painted(guest));

	KT_EXPECT_EQ(guest.in(0, 4), support::painted_features); // may be left in the buffer
	KT_EXPECT_EQ(support::read_with(guest, {.opcode = read_common,
						.kind = fake::Kind::used_length, .arg = 0}), 0);
	KT_EXPECT_EQ(support::read_with(guest, {.opcode = read_common,
						.kind = fake::Kind::used_length, .arg = 2}),
		     support::painted_features & 0xffff);
	support::expect_good(guest);
}

KT_CASE(statuses_of_the_specification)
{
	KT_REQUIRE(fake::bring_up_client(1));
	Guest guest;
	KT_REQUIRE(start_painted(guest));

	for (const u32 status : {6, 16, 22, 28})
		KT_EXPECT_EQ(support::read_with(guest, {.opcode = read_common,
							.kind = fake::Kind::status, .arg = status}),
			     all_ones);
	support::expect_good(guest);
}

KT_CASE(any_other_status_is_einval)
{
	KT_REQUIRE(fake::bring_up_client(1));
	Guest guest;
	KT_REQUIRE(start_painted(guest));

	// The EINVAL of a field that the device has not reads zero. 4 would be EINTR.
	for (const u32 status : {22, 1, 4, 14, 99, 110, 0x7fff, 0x8000, 0xffff}) {
		fake::add_rule({.opcode = read_device, .kind = fake::Kind::status, .arg = status,
				.count = fake::forever});
		KT_EXPECT_EQ(guest.in(20, 2), 0);
		fake::clear_rules();
	}
	support::expect_good(guest);
}

KT_CASE(again_means_again)
{
	KT_REQUIRE(fake::bring_up_client(1));
	Guest guest;
	KT_REQUIRE(start_painted(guest));

	for (const u32 status : {11, 12}) {
		fake::add_rule({.opcode = read_common, .kind = fake::Kind::status, .arg = status,
				.count = 3});
		KT_EXPECT_EQ(guest.in(0, 4), support::painted_features);
		KT_EXPECT_EQ(support::read_in_vain(guest, {.opcode = read_common,
							   .kind = fake::Kind::status,
							   .arg = status,
							   .count = fake::forever}),
			     all_ones);
	}
	support::expect_good(guest);
}

KT_CASE(the_clients_own_errors)
{
	KT_REQUIRE(fake::bring_up_client(1));
	Guest guest;
	KT_REQUIRE(start_painted(guest));

	for (const u32 error : {5, 19, 95})
		KT_EXPECT_EQ(support::read_with(guest, {.opcode = read_common,
							.kind = fake::Kind::status, .arg = error}),
			     all_ones);
	support::expect_good(guest);
}

/// EIO: the client's queue is gone, and trying again until the deadline does nothing
/// but fill the log.
KT_CASE(a_reset_when_the_clients_queue_is_gone)
{
	KT_REQUIRE(fake::bring_up_client(1));
	Guest guest;
	KT_REQUIRE(start_painted(guest, true));

	fake::add_rule({.opcode = WIRE_ADMIN_LEGACY_COMMON_CFG_WRITE, .kind = fake::Kind::status,
			.arg = 5, .count = fake::forever});
	fake::forget_commands();
	guest.out(18, 1, 0);
	KT_EXPECT_EQ(fake::seen(), 1);
	KT_EXPECT(guest.view().broken);
	KT_EXPECT(!fake::bus_master(guest.vf()));
}

/// The client must not have two commands of one VF: the fake tells.
KT_CASE(one_command_at_a_time)
{
	KT_REQUIRE(fake::bring_up_client(1));
	Guest guest;
	KT_REQUIRE(start_painted(guest));
	struct Kicker {
		Guest &guest;
		static void run(void *context)
		{
			for (u32 i = 0; i < 100; i++)
				static_cast<Kicker *>(context)->guest.out(16, 2, 1);
		}
	} kicker{guest};

	KT_EXPECT(same_text(guest.view().doorbell, "command"));
	kt_thread *const thread = kt_thread_start(Kicker::run, &kicker);
	for (u32 i = 0; i < 100; i++)
		KT_EXPECT_EQ(guest.in(0, 4), support::painted_features);
	kt_thread_join(thread);
	KT_EXPECT_EQ(guest.vf().notified[1], 100);
}

KT_CASE(what_an_administrator_sees)
{
	KT_REQUIRE(fake::bring_up_client(1));
	Guest guest;
	KT_REQUIRE(start_painted(guest));

	(void)guest.in(0, 4);
	(void)guest.in(20, 1);
	guest.out(4, 4, 1);
	guest.out(24, 1, 1);
	const virtio_legacy_view view = guest.view();
	KT_EXPECT(view.has_stats);
	KT_EXPECT(!view.broken);
	for (u16 opcode = WIRE_ADMIN_LEGACY_COMMON_CFG_WRITE;
	     opcode <= WIRE_ADMIN_LEGACY_NOTIFY_INFO; opcode++)
		KT_EXPECT_EQ(view.stats.commands[opcode], 1);
	KT_EXPECT_EQ(view.stats.timeouts + view.stats.orphans + view.stats.epoch, 0);
}

KT_CASE(function_resets_and_new_guests)
{
	KT_REQUIRE(fake::bring_up_client(1));
	Guest guest;
	KT_REQUIRE(start_painted(guest));

	virtio_legacy_reset_prepare(guest.legacy());
	fake::forget_commands();
	KT_EXPECT_EQ(guest.in(0, 4), all_ones);
	KT_EXPECT_EQ(fake::seen(), 0);
	fake::function_reset(guest.vf());
	virtio_legacy_reset_done(guest.legacy());
	guest.set_config(WIRE_PCI_COMMAND, 2, 5);
	support::paint_registers(guest.vf(), 28);
	support::expect_good(guest);
	for (u32 i = 0; i < 3; i++) {
		guest.close();
		KT_EXPECT(!guest.vf().assigned);
		KT_REQUIRE(start_painted(guest));
		support::expect_good(guest);
	}
}

KT_SUITE_END(member_in_tree);
