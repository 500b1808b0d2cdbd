// SPDX-License-Identifier: GPL-2.0-only
// Most devices keep their vector registers while MSI-X is disabled. Such a device is asked once.
#include "kunit/support/guest.hh"
#include "kunit/support/caller.hh"

KT_SUITE(member_kept_vectors);

using base::u16;
using base::u32;
using support::Guest;

namespace {

constexpr u16 size = 12, select = 14, status = 18, config_vector = 20, queue_vector = 22;
constexpr u16 none = WIRE_NO_VECTOR;

void map_queues(Guest &guest)
{
	for (u16 queue = 0; queue < 2; queue++) {
		guest.out(select, 2, queue);
		(void)guest.in(size, 2);
		guest.out(queue_vector, 2, 2u + queue);
	}
}

/// A guest with vectors 1, 2 and 3.
void begin(Guest &guest)
{
	guest.out(status, 1, 0);
	guest.set_msix(true);
	guest.out(config_vector, 2, 1);
	map_queues(guest);
	fake::forget_commands();
}

bool start(Guest &guest)
{
	if (!guest.start())
		return false;
	begin(guest);
	return true;
}

/// Commands that VFIO's re-arming of MSI-X costs.
u32 rearm(Guest &guest)
{
	fake::forget_commands();
	guest.set_irqs(false);
	guest.set_irqs(true);
	return fake::seen();
}

bool has_vectors(const Guest &guest)
{
	return guest.vf().config_vector == 1 && guest.vf().queue_vector[0] == 2 &&
	       guest.vf().queue_vector[1] == 3;
}

/// The device loses vectors from now on.
void expect_restored(Guest &guest)
{
	guest.vf().drops_vectors = true;
	(void)rearm(guest);
	KT_EXPECT(has_vectors(guest));
}

// The guest of the hook.
Guest *writer;

} // namespace

GUEST_CASE(device_that_kept_a_vector_is_asked_once, start(guest))
{
	KT_EXPECT_EQ(rearm(guest), 1u);
	KT_EXPECT_EQ(rearm(guest), 0u);
	guest.out(config_vector, 2, 1);
	KT_EXPECT_EQ(rearm(guest), 0u);
}

GUEST_CASE(device_that_kept_a_queue_vector_is_asked_once, guest.start())
{
	guest.out(status, 1, 0);
	guest.set_msix(true);
	map_queues(guest);
	KT_EXPECT_EQ(rearm(guest), 2u); // with the selection
	KT_EXPECT_EQ(rearm(guest), 0u);
	KT_EXPECT_EQ(guest.in(select, 2), 1u);
}

GUEST_CASE(kept_vectors_outlive_resets_and_not_the_open, start(guest))
{
	KT_EXPECT_EQ(rearm(guest), 1u);
	guest.function_reset();
	begin(guest);
	KT_EXPECT_EQ(rearm(guest), 0u);
	guest.close();
	KT_REQUIRE(start(guest));
	KT_EXPECT_EQ(rearm(guest), 1u);
}

// The first guest may have written the register by the modern interface.
KT_CASE(device_that_kept_a_vector_of_one_vf_is_asked_for_another)
{
	KT_REQUIRE(support::bring_up({}, 2));
	{
		Guest guest;
		KT_REQUIRE(start(guest));
		KT_EXPECT_EQ(rearm(guest), 1u);
	}
	Guest guest{2};
	KT_REQUIRE(start(guest));
	expect_restored(guest);
}

GUEST_CASE(device_is_asked_again_after_a_reset_of_the_owner, start(guest))
{
	KT_EXPECT_EQ(rearm(guest), 1u);
	virtio_owner_freeze(fake::pf().owner);
	fake::function_reset(fake::pf());
	KT_EXPECT_EQ(virtio_owner_thaw(fake::pf().owner), 0);
	begin(guest);
	expect_restored(guest); // by the firmware of now
}

KT_CASE(device_under_the_in_tree_client_is_asked_once_for_each_open)
{
	KT_REQUIRE(fake::bring_up_client(2));
	for (const u32 vf : {1u, 2u}) {
		Guest guest{vf};
		KT_REQUIRE(start(guest));
		KT_EXPECT_EQ(rearm(guest), 1u);
		KT_EXPECT_EQ(rearm(guest), 0u);
		guest.close();
		KT_REQUIRE(start(guest));
		KT_EXPECT_EQ(rearm(guest), 1u);
	}
}

GUEST_CASE(device_that_lost_a_vector_is_asked_after_each_rearm, start(guest))
{
	for (u32 i = 0; i < 3; i++)
		expect_restored(guest);
}

GUEST_CASE(vector_that_is_written_after_the_rearm_tells_nothing_of_the_device, start(guest))
{
	writer = &guest;
	guest.vf().drops_vectors = true;
	guest.set_irqs(false);
	guest.vf().on_ioctl = [](fake::Vf &vf, u32) {
		fake::set_msix(vf, true);
		writer->out(config_vector, 2, 1); // another vCPU
		return long{0};
	};
	KT_EXPECT_EQ(guest.ioctl(0), 0);
	guest.vf().on_ioctl = nullptr;
	KT_EXPECT(has_vectors(guest));
	KT_EXPECT(rearm(guest) > 1);
	KT_EXPECT(has_vectors(guest));
}

GUEST_CASE(rearm_without_vectors_tells_nothing_of_the_device, guest.start())
{
	guest.out(status, 1, 0);
	guest.set_msix(true);
	KT_EXPECT_EQ(rearm(guest), 0u);
	begin(guest);
	expect_restored(guest);
}

GUEST_CASE(rearm_whose_command_failed_tells_nothing_of_the_device, start(guest))
{
	guest.set_irqs(false);
	fake::add_rule({.opcode = WIRE_ADMIN_LEGACY_COMMON_CFG_READ, .kind = fake::Kind::status,
			.arg = 16});
	guest.set_irqs(true);
	expect_restored(guest);
}

KT_SUITE_END(member_kept_vectors);
