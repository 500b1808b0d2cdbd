// SPDX-License-Identifier: GPL-2.0-only
// The administrator's choice of what a guest is shown, and when it can be made.
#include "base/atomic.hh"
#include "kernel/time.h"
#include "kunit/support/guest.hh"

KT_SUITE(member_choice);

using base::Error;
using base::to_errno;
using base::u16;
using base::u32;
using base::u8;
using support::Guest;
using support::same_text;

namespace {

/// Module parameters to the end of the scope.
class [[nodiscard]] Parameters {
public:
	Parameters(bool plain, bool hide_modern) { virtio_legacy_parameters = {plain, hide_modern, false, false}; }
	~Parameters() { virtio_legacy_parameters = {}; }
	Parameters(const Parameters &) = delete;
	Parameters &operator=(const Parameters &) = delete;
};

u32 vendor_capabilities(Guest &guest)
{
	u32 count = 0;

	for (u16 at = static_cast<u16>(guest.config(WIRE_PCI_CAP_POINTER, 1)), i = 0; at && i < 64;
	     at = static_cast<u16>(guest.config(static_cast<u16>(at + 1), 1)), i++)
		count += guest.config(at, 1) == WIRE_PCI_CAP_ID_VENDOR;
	return count;
}

bool is_plain(Guest &guest)
{
	return guest.config(WIRE_PCI_DEVICE_ID, 2) == guest.vf().device &&
	       guest.config(WIRE_PCI_BAR0, 4) == 0 && guest.view().type == nullptr;
}

bool is_transitional(Guest &guest)
{
	return guest.config(WIRE_PCI_DEVICE_ID, 2) == 0x1000 &&
	       guest.config(WIRE_PCI_BAR0, 4) == 1 && same_text(guest.view().type, "net");
}

} // namespace

GUEST_CASE(plain_and_back, guest.ok())
{
	KT_EXPECT_EQ(virtio_legacy_set_plain(guest.legacy(), true), 0);
	KT_EXPECT_EQ(virtio_legacy_bar_size(guest.legacy()), 0);
	KT_EXPECT(same_text(guest.view().reason, "the administrator's choice"));
	fake::forget_commands();
	KT_REQUIRE(guest.open() == 0);
	KT_EXPECT(is_plain(guest));
	guest.function_reset();
	guest.close();
	KT_EXPECT_EQ(fake::seen(), 0);

	KT_EXPECT_EQ(virtio_legacy_set_plain(guest.legacy(), false), 0);
	KT_REQUIRE(guest.start());
	KT_EXPECT_EQ(guest.config(WIRE_PCI_DEVICE_ID, 2), 0x1000);
	KT_EXPECT_EQ(guest.in(0, 4), guest.vf().features);
	KT_EXPECT(guest.view().reason == nullptr);
}

GUEST_CASE(refused_while_open, guest.open() == 0)
{
	for (const bool value : {false, true}) {
		KT_EXPECT_EQ(virtio_legacy_set_plain(guest.legacy(), value), to_errno(Error::busy));
		KT_EXPECT_EQ(virtio_legacy_set_hide_modern(guest.legacy(), value),
			     to_errno(Error::busy));
	}
	// Nothing of it was lost or kept.
	KT_EXPECT(is_transitional(guest));
	KT_EXPECT(!guest.view().hide_modern);
	guest.close();
	KT_REQUIRE(guest.open() == 0);
	KT_EXPECT(is_transitional(guest));
	KT_EXPECT_EQ(vendor_capabilities(guest), 4);
}

GUEST_CASE(a_second_opener_is_refused_and_changes_nothing, guest.start())
{
	KT_EXPECT_EQ(virtio_legacy_open(guest.legacy()), to_errno(Error::busy));
	KT_EXPECT(guest.vf().assigned);
	KT_EXPECT_EQ(guest.in(0, 4), guest.vf().features);
	KT_EXPECT_EQ(virtio_legacy_set_plain(guest.legacy(), true), to_errno(Error::busy));
}

GUEST_CASE(free_again_after_an_open_that_failed, guest.ok())
{
	fake::add_rule({.opcode = WIRE_ADMIN_LEGACY_NOTIFY_INFO, .kind = fake::Kind::hold});
	{
		const support::Hurry hurry;
		KT_EXPECT_EQ(guest.open(), to_errno(Error::again));
	}
	KT_EXPECT_EQ(virtio_legacy_set_hide_modern(guest.legacy(), true), 0);
	KT_EXPECT(guest.view().hide_modern);
	KT_EXPECT_EQ(guest.open(), 0);
}

KT_CASE(a_vf_that_can_only_be_plain)
{
	fake::Options options;

	options.vf_type = 16; // GPU
	KT_REQUIRE(support::bring_up(options));
	Guest guest;
	KT_REQUIRE(guest.ok());
	KT_EXPECT_EQ(virtio_legacy_set_plain(guest.legacy(), false), to_errno(Error::not_supported));
	KT_EXPECT_EQ(virtio_legacy_set_plain(guest.legacy(), true), 0);
	KT_EXPECT_EQ(virtio_legacy_set_plain(guest.legacy(), false), to_errno(Error::not_supported));
	KT_EXPECT_EQ(virtio_legacy_set_hide_modern(guest.legacy(), true), 0);
	KT_REQUIRE(guest.open() == 0);
	KT_EXPECT(same_text(guest.view().reason, "its type has no transitional identity"));
	KT_EXPECT_EQ(vendor_capabilities(guest), 4);
}

KT_CASE(parameters_are_what_a_vf_begins_with)
{
	KT_REQUIRE(support::bring_up());
	{
		const Parameters parameters{true, true};
		Guest guest;
		KT_REQUIRE(guest.open() == 0);
		KT_EXPECT(is_plain(guest));
		KT_EXPECT_EQ(vendor_capabilities(guest), 4); // as it is: nothing is hidden
		guest.close();
		KT_EXPECT_EQ(virtio_legacy_set_plain(guest.legacy(), false), 0);
		KT_REQUIRE(guest.open() == 0);
		KT_EXPECT(is_transitional(guest));
		KT_EXPECT_EQ(vendor_capabilities(guest), 0);
	}
	Guest guest;
	KT_REQUIRE(guest.open() == 0);
	KT_EXPECT(is_transitional(guest));
}

GUEST_CASE(hidden_capabilities, guest.ok())
{
	KT_EXPECT_EQ(virtio_legacy_set_hide_modern(guest.legacy(), true), 0);
	KT_REQUIRE(guest.start());

	KT_EXPECT_EQ(vendor_capabilities(guest), 0);
	const u16 msix = support::msix_of(guest.vf());
	KT_EXPECT_EQ(guest.config(WIRE_PCI_CAP_POINTER, 1), msix);
	KT_EXPECT_EQ(guest.config(msix, 1), WIRE_PCI_CAP_ID_MSIX);
	KT_EXPECT_EQ(guest.config(msix + 1, 1), 0);
	// One read of everything shows the same; the header's view still holds.
	u8 whole[fake::config_bytes];
	KT_EXPECT_EQ(guest.read_config(0, whole, sizeof(whole)), sizeof(whole));
	u32 wrong = 0;
	for (u16 at = 0; at < sizeof(whole); at++)
		wrong += whole[at] != guest.config(at, 1);
	KT_EXPECT_EQ(wrong, 0);
	KT_EXPECT_EQ(base::load_le({whole + WIRE_PCI_DEVICE_ID, 2}), 0x1000);
	// MSI-X works as before, and so do the registers.
	guest.set_msix(true);
	KT_EXPECT_EQ(guest.in(20, 2), guest.vf().config_vector);
	guest.function_reset();
	KT_EXPECT_EQ(vendor_capabilities(guest), 0);
}

GUEST_CASE(writes_to_what_is_hidden_go_nowhere, guest.ok())
{
	KT_EXPECT_EQ(virtio_legacy_set_hide_modern(guest.legacy(), true), 0);
	KT_REQUIRE(guest.open() == 0);

	const u16 msix = support::msix_of(guest.vf());
	const u16 hidden = guest.vf().config[msix + 1];
	KT_EXPECT_EQ(guest.vf().config[hidden], WIRE_PCI_CAP_ID_VENDOR);
	fake::fail_next(fake::Call::vfio_write); // it would fail, if it came there
	guest.set_config(static_cast<u16>(hidden + 4), 4, 0xffffffff);
	// The next one that is not hidden does come there.
	const u8 byte = 0;
	KT_EXPECT_EQ(guest.write_config(WIRE_PCI_COMMAND, &byte, 1), to_errno(Error::io));
	KT_EXPECT_EQ(guest.write_config(0x40, &byte, 0), 0);
}

/// Open and change at the same time, many times: never both.
GUEST_CASE(of_open_and_change_one_wins, guest.ok())
{
	struct Changer {
		virtio_legacy *legacy;
		base::Atomic<bool> stop{false};
		base::Atomic<u32> done{0}, refused{0}, wrong{0};

		static void run(void *context)
		{
			auto &self = *static_cast<Changer *>(context);
			for (bool plain = true; !self.stop.load(); plain = !plain) {
				const int error = virtio_legacy_set_plain(self.legacy, plain);
				(!error ? self.done : error == to_errno(Error::busy) ? self.refused : self.wrong).add(1);
				kn_sleep_us(20);
			}
		}
	} changer{.legacy = guest.legacy()};
	kt_thread *const thread = kt_thread_start(Changer::run, &changer);

	// On a busy machine it gets a processor late.
	for (u32 i = 0; i < 200 || (changer.refused.load() == 0 && i < 5000); i++) {
		if (!KT_EXPECT_EQ(guest.open(), 0))
			break;
		const bool plain = is_plain(guest);
		kn_sleep_us(50);
		KT_EXPECT(plain ? is_plain(guest) : is_transitional(guest));
		guest.close();
		kn_sleep_us(100);
	}
	changer.stop.store(true);
	kt_thread_join(thread);
	KT_EXPECT_EQ(changer.wrong.load(), 0);
	KT_EXPECT(changer.done.load() > 0);
	KT_EXPECT(changer.refused.load() > 0);
}

KT_SUITE_END(member_choice);
