// SPDX-License-Identifier: GPL-2.0-only
// Which VFs are shown as transitional devices, and why others are not.
#include "kunit/support/caller.hh"
#include "kunit/support/guest.hh"
#include "kunit/support/legacy_model.hh"

KT_SUITE(member_identity);

using base::u16;
using base::u32;
using base::u64;
using base::u8;
using support::Guest;
using support::same_text;

namespace {

/// Whether VF 1 works as plain vfio-pci, for @reason and said once.
void expect_plain(const char *reason)
{
	const u32 before = fake::seen();
	Guest guest;

	KT_REQUIRE(guest.ok());
	const virtio_legacy_view view = guest.view();
	KT_EXPECT(view.type == nullptr);
	KT_EXPECT(same_text(view.reason, reason));
	KT_EXPECT_EQ(virtio_legacy_bar_size(guest.legacy()), 0);

	// Everything goes to vfio-pci, and nothing to the owner's queue.
	const u32 commands = fake::seen();
	KT_EXPECT_EQ(guest.open(), 0);
	KT_EXPECT_EQ(guest.config(WIRE_PCI_DEVICE_ID, 2), guest.vf().device);
	KT_EXPECT_EQ(guest.config(WIRE_PCI_REVISION, 1), 1);
	guest.function_reset();
	guest.close();
	KT_EXPECT_EQ(fake::seen(), commands);
	KT_EXPECT(commands <= before + 2); // LIST_QUERY and LIST_USE
}

void expect_transitional(Guest &guest, const support::TypeModel &type)
{
	const virtio_legacy_view view = guest.view();

	KT_EXPECT(same_text(view.type, type.name));
	KT_EXPECT(view.reason == nullptr);
	KT_EXPECT(same_text(view.admin_queue, "own"));
	KT_EXPECT_EQ(virtio_legacy_bar_size(guest.legacy()), type.bar_size);

	KT_REQUIRE(guest.start());
	KT_EXPECT_EQ(guest.config(WIRE_PCI_DEVICE_ID, 2), type.transitional_id);
	KT_EXPECT_EQ(guest.config(WIRE_PCI_REVISION, 1), 0);
	KT_EXPECT_EQ(guest.config(WIRE_PCI_SUBSYSTEM_ID, 2), type.virtio_id);
	KT_EXPECT_EQ(guest.config(WIRE_PCI_SUBSYSTEM_VENDOR, 2), 0x1af4);
	KT_EXPECT_EQ(guest.in(0, 4), guest.vf().features);
}

} // namespace

KT_CASE(vf_with_either_id_of_each_type_is_shown_as_transitional)
{
	for (unsigned i = 0; i < 2 * support::type_models_count; i++) {
		const support::TypeModel &type = support::type_models()[i / 2];
		fake::Options options;

		options.vf_type = type.virtio_id;
		options.vf_device_id = i % 2 ? type.transitional_id : u16{0};
		KT_REQUIRE(support::bring_up(options));
		{
			Guest guest;
			KT_REQUIRE(guest.ok());
			expect_transitional(guest, type);
		}
		fake::unbind();
	}
}

KT_CASE(vf_with_a_transitional_id_that_is_plain_is_shown_as_it_is)
{
	fake::Options options;

	options.vf_device_id = 0x1000;
	KT_REQUIRE(support::bring_up(options));
	Guest guest;
	KT_EXPECT_EQ(virtio_legacy_set_plain(guest.legacy(), true), 0);
	KT_REQUIRE(guest.open() == 0);
	KT_EXPECT_EQ(guest.config(WIRE_PCI_DEVICE_ID, 2), 0x1000);
	KT_EXPECT_EQ(guest.config(WIRE_PCI_REVISION, 1), 1);
	KT_EXPECT_EQ(guest.config(WIRE_PCI_BAR0, 4), 0);
}

KT_CASE(a_type_without_transitional_id)
{
	fake::Options options;

	options.vf_type = 16; // GPU
	KT_REQUIRE(support::bring_up(options));
	expect_plain("its type has no transitional identity");
}

KT_CASE(a_device_id_that_is_none_of_virtios)
{
	fake::Options options;

	options.vf_device_id = 0x1006; // of no type
	KT_REQUIRE(support::bring_up(options));
	expect_plain("its type has no transitional identity");
}

KT_CASE(a_bar0_of_its_own)
{
	fake::Options options;

	options.vf_has_bar0 = true;
	KT_REQUIRE(support::bring_up(options));
	expect_plain("it has a BAR0 of its own");
}

KT_CASE(a_broken_capability_list)
{
	KT_REQUIRE(support::bring_up());
	fake::put8(fake::vf(1), WIRE_PCI_CAP_POINTER, 0x08);
	expect_plain("its capability list is broken");
}

KT_CASE(function_that_is_no_vf_is_plain)
{
	for (const bool bound : {false, true}) {
		KT_REQUIRE(support::bring_up());
		if (!bound)
			fake::unbind();
		fake::vf(1).is_pf = true; // of the same id, as new_id may name it
		fake::forget_commands();
		expect_plain("not a VF");
		Guest guest;
		KT_EXPECT(same_text(guest.view().admin_queue, "none"));
		KT_EXPECT(same_text(fake::last_message(), "not shown as a transitional device: not a VF"));
		KT_EXPECT_EQ(virtio_legacy_set_plain(guest.legacy(), false),
			     base::to_errno(base::Error::not_supported));
		KT_EXPECT_EQ(fake::seen(), 0);
		fake::vf(1).is_pf = false;
	}
}

KT_CASE(a_pf_of_another_driver)
{
	KT_REQUIRE(support::bring_up());
	fake::unbind();
	expect_plain("its PF is not bound to virtio_owner");
}

KT_CASE(no_legacy_commands)
{
	fake::Options options;

	for (const u64 opcodes : {u64{0x03}, u64{0x43}, u64{0x3b}, u64{0x77}, u64{0x6f}, u64{0x5f}}) {
		options.opcodes = opcodes;
		KT_REQUIRE(support::bring_up(options));
		expect_plain("the device lacks the legacy admin commands");
		fake::unbind();
	}
}

KT_CASE(notify_info_is_not_needed)
{
	fake::Options options;

	options.opcodes = 0x3f;
	KT_REQUIRE(support::bring_up(options));
	Guest guest;
	KT_EXPECT(guest.ok());
	KT_EXPECT_EQ(guest.open(), 0);
	KT_EXPECT(same_text(guest.view().doorbell, "command"));
	KT_EXPECT_EQ(fake::seen(WIRE_ADMIN_LEGACY_NOTIFY_INFO), 0);
}

KT_CASE(an_owner_that_does_not_say)
{
	KT_REQUIRE(support::bring_up());
	fake::add_rule({.opcode = WIRE_ADMIN_LIST_QUERY, .kind = fake::Kind::hold,
			.count = fake::forever});
	{
		const support::Hurry hurry;
		// An identity that depended on a passing fault would be worse than none.
		const Guest guest;
		KT_EXPECT(!guest.ok());
		KT_EXPECT_EQ(guest.error(), base::to_errno(base::Error::timed_out));
	}
	fake::clear_rules();
	fake::answer_all();
	const Guest later;
	KT_EXPECT(later.ok());
	if (later.ok())
		KT_EXPECT(same_text(later.view().type, "net"));
}

KT_CASE(a_device_that_refuses_the_list)
{
	KT_REQUIRE(support::bring_up());
	fake::add_rule({.opcode = WIRE_ADMIN_LIST_USE, .kind = fake::Kind::status, .arg = 16});
	{
		const Guest guest;
		KT_EXPECT(!guest.ok());
		KT_EXPECT_EQ(guest.error(), base::to_errno(base::Error::busy));
	}
	const Guest later;
	KT_EXPECT(later.ok());
}

KT_CASE(a_device_that_knows_no_commands_for_the_group)
{
	KT_REQUIRE(support::bring_up());
	fake::add_rule({.opcode = WIRE_ADMIN_LIST_QUERY, .kind = fake::Kind::status, .arg = 22,
			.count = fake::forever});
	expect_plain("the device lacks the legacy admin commands");
}

KT_CASE(an_owner_that_is_dead)
{
	KT_REQUIRE(support::bring_up());
	fake::set_gone(true);
	virtio_owner_bury(fake::pf().owner);
	fake::set_gone(false);
	const Guest guest;
	KT_EXPECT(!guest.ok());
	KT_EXPECT_EQ(guest.error(), base::to_errno(base::Error::no_device));
}

KT_CASE(a_vf_that_does_not_answer)
{
	KT_REQUIRE(support::bring_up());
	fake::vf(1).gone = true;
	{
		const Guest guest;
		KT_EXPECT(!guest.ok());
		KT_EXPECT_EQ(guest.error(), base::to_errno(base::Error::no_device));
	}
	fake::vf(1).gone = false;
	const Guest later;
	KT_EXPECT(later.ok());
}

KT_CASE(a_reset_of_the_pf_is_waited_for)
{
	KT_REQUIRE(support::bring_up());
	virtio_owner_freeze(fake::pf().owner);
	fake::vf(1).gone = true; // its configuration space reads ones meanwhile
	fake::function_reset(fake::pf());
	struct Probe {
		virtio_legacy legacy = {};
		static int run(void *context)
		{
			return virtio_legacy_create(&static_cast<Probe *>(context)->legacy,
						  fake::vf(1).vfio);
		}
	} probe;
	support::Caller caller;
	caller.call(Probe::run, &probe);
	support::sleep_ms(50);
	fake::vf(1).gone = false;
	KT_EXPECT_EQ(virtio_owner_thaw(fake::pf().owner), 0);

	KT_REQUIRE(KT_EXPECT_EQ(caller.finish(), 0));
	KT_EXPECT(virtio_legacy_bar_size(&probe.legacy) != 0);
	virtio_legacy_destroy(&probe.legacy);
}

KT_SUITE_END(member_identity);
