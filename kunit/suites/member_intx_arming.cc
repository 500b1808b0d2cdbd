// SPDX-License-Identifier: GPL-2.0-only
// When the driver gets vectors, what it maps, and what is left when any step of it fails.
#include "kernel/time.h"
#include "kunit/support/caller.hh"
#include "kunit/support/intx.hh"

KT_SUITE(member_intx_arming);

using base::u16;
using base::u32;
using base::u64;
using base::u8;
using support::begin_driver;
using support::expect_interrupt;
using support::Guest;
using support::intx_off;
using support::intx_on;
using support::set_queue;
using support::start_intx;

namespace {

constexpr u16 common_write = WIRE_ADMIN_LEGACY_COMMON_CFG_WRITE;
constexpr u16 common_read = WIRE_ADMIN_LEGACY_COMMON_CFG_READ;
constexpr u16 none = WIRE_NO_VECTOR;

int fd;

/// INTx is on, and the driver has begun: the next step is a queue.
bool start_on(Guest &guest)
{
	fd = fake::make_event();
	if (!guest.start() || !KT_EXPECT_EQ(intx_on(guest, fd), 0))
		return false;
	begin_driver(guest);
	return true;
}

/// A guest without interrupts polls: ISR Status is the device's.
void expect_given_up(Guest &guest)
{
	KT_EXPECT_EQ(fake::driver_vectors(guest.vf()), 0);
	KT_EXPECT(!guest.vf().msix_enabled);
	KT_EXPECT(support::same_text(guest.view().intx_state, "given-up"));
	KT_EXPECT_EQ(guest.view().intx_vectors, 0);
	support::sleep_ms(2); // two reads at once may be one command
	guest.vf().isr = WIRE_ISR_QUEUE;
	KT_EXPECT_EQ(guest.in(WIRE_LEGACY_ISR, 1), WIRE_ISR_QUEUE);
	KT_EXPECT_EQ(fake::take_event(fd), 0);
}

/// The guest's write of an address, in a thread of its own.
struct Address {
	Guest &guest;
	long done = 0;

	static int call(void *context)
	{
		auto &self = *static_cast<Address *>(context);
		const u8 page[] = {0, 0x10, 0, 0};

		self.done = self.guest.write_bar(WIRE_LEGACY_QUEUE_ADDRESS, page, sizeof(page));
		return 0;
	}
};

} // namespace

GUEST_CASE(nothing_before_an_address_needs_vectors, start_on(guest))
{
	(void)guest.in(WIRE_LEGACY_DEVICE_FEATURES, 4);
	guest.out(WIRE_LEGACY_DRIVER_FEATURES, 4, 0x20);
	guest.out(WIRE_LEGACY_QUEUE_SELECT, 2, 1);
	(void)guest.in(WIRE_LEGACY_QUEUE_SIZE, 2);
	guest.out(WIRE_LEGACY_QUEUE_ADDRESS, 4, 0);
	KT_EXPECT_EQ(fake::driver_vectors(guest.vf()), 0);
	KT_EXPECT(!guest.vf().msix_enabled);
	KT_EXPECT(support::same_text(guest.view().intx_state, "idle"));
}

GUEST_CASE(address_while_intx_is_off_needs_no_vectors, guest.start())
{
	begin_driver(guest);
	set_queue(guest, 0, 0x1000);
	guest.out(WIRE_LEGACY_STATUS, 1, 7);
	KT_EXPECT_EQ(fake::driver_vectors(guest.vf()), 0);
}

GUEST_CASE(driver_ok_without_a_queue_maps_the_configuration, start_on(guest))
{
	guest.out(WIRE_LEGACY_STATUS, 1, 7);
	KT_EXPECT_EQ(fake::driver_vectors(guest.vf()), 2);
	KT_EXPECT_EQ(guest.vf().config_vector, 0);
	fake::config_event(guest.vf());
	KT_EXPECT_EQ(fake::take_event(fd), 1);
	KT_EXPECT_EQ(intx_off(guest), 0); // and on again
	KT_EXPECT_EQ(intx_on(guest, fd), 0);
	KT_EXPECT_EQ(fake::driver_vectors(guest.vf()), 2);
	(void)fake::take_event(fd);
	KT_EXPECT_EQ(support::unmask(guest), 0);
}

KT_CASE(type_without_configuration_maps_queues_alone)
{
	KT_REQUIRE(support::bring_up({.vf_type = WIRE_TYPE_ENTROPY}));
	Guest guest;
	KT_REQUIRE(start_on(guest));

	guest.out(WIRE_LEGACY_STATUS, 1, 7);
	KT_EXPECT_EQ(fake::driver_vectors(guest.vf()), 0);
	set_queue(guest, 0, 0x1000);
	KT_EXPECT_EQ(guest.vf().config_vector, none);
	expect_interrupt(guest, fd, 0);
}

GUEST_CASE(address_of_0_and_another_map_the_queue_again, start_intx(guest, fd))
{
	set_queue(guest, 1, 0);
	guest.vf().queue_vector[1] = guest.vf().config_vector = none; // some devices reset themselves
	expect_interrupt(guest, fd, 0);
	set_queue(guest, 1, 0x2000);
	KT_EXPECT_EQ(guest.vf().queue_vector[1], 1);
	KT_EXPECT_EQ(guest.vf().config_vector, 0);
	expect_interrupt(guest, fd, 1);
	KT_EXPECT_EQ(fake::driver_vectors(guest.vf()), 2);
}

GUEST_CASE(queue_that_was_never_selected_is_queue_0, start_on(guest))
{
	guest.out(WIRE_LEGACY_QUEUE_ADDRESS, 4, 0x1000);
	expect_interrupt(guest, fd, 0);
	KT_EXPECT_EQ(intx_off(guest), 0);
	guest.vf().queue_vector[0] = none;
	KT_EXPECT_EQ(intx_on(guest, fd), 0);
	KT_EXPECT_EQ(guest.vf().queue_vector[0], 1);
}

GUEST_CASE(each_reset_maps_again_on_the_same_vectors, start_intx(guest, fd))
{
	for (unsigned i = 0; i < 3; i++) {
		begin_driver(guest);
		KT_EXPECT_EQ(guest.vf().queue_vector[0], none);
		set_queue(guest, 0, 0x1000);
		expect_interrupt(guest, fd, 0);
		KT_EXPECT_EQ(fake::driver_vectors(guest.vf()), 2);
	}
	KT_EXPECT_EQ(guest.view().intx_failures, 0);
}

GUEST_CASE(one_handler_of_two_is_one_vector_for_all, start_on(guest))
{
	guest.vf().host_handlers = 1;
	set_queue(guest, 0, 0x1000);
	KT_EXPECT_EQ(fake::driver_vectors(guest.vf()), 1);
	KT_EXPECT_EQ(guest.vf().queue_vector[0], 0);
	guest.vf().host_handlers = 0;
	KT_EXPECT_EQ(intx_off(guest), 0);
	KT_EXPECT_EQ(intx_on(guest, fd), 0);
	expect_given_up(guest);
}

/// Commands of arming: the vector of the configuration and its read-back; the guest's own address; the
/// vector of the queue and its read-back.
GUEST_CASE(refusal_of_each_command_leaves_no_vector, start_on(guest))
{
	constexpr u32 statuses[] = {6, 16, 22, 28}; // of 2.12.1
	u32 at = 0;

	struct {
		u16 opcode;
		u32 before; ///< commands of that opcode that succeed
	} const steps[] = {{common_write, 0}, {common_read, 0}, {common_write, 2}, {common_read, 1}};

	for (const auto &step : steps) {
		begin_driver(guest);
		guest.out(WIRE_LEGACY_QUEUE_SELECT, 2, 0);
		(void)guest.in(WIRE_LEGACY_QUEUE_SIZE, 2); // the device knows the selection
		(void)guest.in(WIRE_LEGACY_QUEUE_SELECT, 2);
		if (step.before)
			fake::add_rule({.opcode = step.opcode, .count = step.before});
		fake::add_rule({.opcode = step.opcode, .kind = fake::Kind::status,
				.arg = statuses[at++]});
		guest.out(WIRE_LEGACY_QUEUE_ADDRESS, 4, 0x1000);
		fake::clear_rules();
		KT_EXPECT_EQ(guest.vf().queue_address[0], 0x1000);
		expect_given_up(guest);
	}
	KT_EXPECT_EQ(guest.view().intx_failures, 4);
}

GUEST_CASE(einval_to_the_address_itself_maps_no_queue, start_on(guest))
{
	guest.out(WIRE_LEGACY_QUEUE_SELECT, 2, 0);
	(void)guest.in(WIRE_LEGACY_QUEUE_SIZE, 2);
	fake::add_rule({.opcode = common_write, .count = 1});
	fake::add_rule({.opcode = common_write, .kind = fake::Kind::status, .arg = 22});
	guest.out(WIRE_LEGACY_QUEUE_ADDRESS, 4, 0x1000);
	fake::clear_rules();
	KT_EXPECT_EQ(guest.vf().queue_vector[0], none);
	set_queue(guest, 0, 0x1000);
	expect_interrupt(guest, fd, 0);
}

GUEST_CASE(command_that_is_not_answered_ends_in_time_without_vectors, start_on(guest))
{
	const support::Hurry hurry;

	guest.out(WIRE_LEGACY_QUEUE_SELECT, 2, 0);
	(void)guest.in(WIRE_LEGACY_QUEUE_SIZE, 2);
	fake::add_rule({.opcode = common_write, .kind = fake::Kind::late, .arg = 2 * fake::short_ms});
	const u64 start = kn_now_ms();
	guest.out(WIRE_LEGACY_QUEUE_ADDRESS, 4, 0x1000);
	KT_EXPECT(support::since(start) < fake::short_ms + 100);
	KT_EXPECT_EQ(fake::driver_vectors(guest.vf()), 0);
	KT_EXPECT_EQ(guest.view().intx_failures, 1);
}

GUEST_CASE(kill_while_the_vector_is_mapped_leaves_none_and_no_message, start_on(guest))
{
	support::Caller caller;
	Address address{guest};

	guest.out(WIRE_LEGACY_QUEUE_SELECT, 2, 0);
	(void)guest.in(WIRE_LEGACY_QUEUE_SIZE, 2);
	const u32 warnings = fake::warnings();
	fake::add_rule({.opcode = common_write, .kind = fake::Kind::hold});
	caller.call(Address::call, &address);
	KT_REQUIRE(fake::wait_outstanding(1));
	caller.kill();
	(void)caller.finish();
	fake::answer_all();
	KT_EXPECT_EQ(fake::driver_vectors(guest.vf()), 0);
	KT_EXPECT_EQ(fake::warnings(), warnings);
}

GUEST_CASE(kill_while_memory_lock_is_awaited_leaves_no_vector_and_no_message, start_on(guest))
{
	const u32 warnings = fake::warnings();

	fake::fail_next(fake::Call::command_lock);
	set_queue(guest, 0, 0x1000);
	KT_EXPECT_EQ(fake::driver_vectors(guest.vf()), 0);
	KT_EXPECT_EQ(fake::warnings(), warnings);
}

GUEST_CASE(failed_guest_gets_vectors_at_its_next_reset, start_on(guest))
{
	guest.vf().host_vectors = 0;
	set_queue(guest, 0, 0x1000);
	expect_given_up(guest);
	guest.vf().host_vectors = 2;
	set_queue(guest, 1, 0x2000); // not before a reset
	expect_given_up(guest);
	begin_driver(guest);
	KT_EXPECT(support::same_text(guest.view().intx_state, "idle"));
	set_queue(guest, 0, 0x1000);
	expect_interrupt(guest, fd, 0);
}

GUEST_CASE(guest_that_fails_again_and_again_asks_the_host_once_a_second, start_on(guest))
{
	constexpr u32 free_failures = 8;

	guest.vf().host_vectors = 0;
	for (unsigned i = 0; i < 100; i++) {
		begin_driver(guest);
		set_queue(guest, 0, 0x1000);
	}
	KT_EXPECT_EQ(guest.view().intx_failures, free_failures);
	KT_EXPECT(fake::warnings() <= 10);
	support::sleep_ms(2000);
	for (unsigned i = 0; i < 100; i++) {
		begin_driver(guest);
		set_queue(guest, 0, 0x1000);
	}
	KT_EXPECT_EQ(guest.view().intx_failures, free_failures + 2);
	guest.vf().host_vectors = 2;
	support::sleep_ms(1000);
	begin_driver(guest);
	set_queue(guest, 0, 0x1000);
	expect_interrupt(guest, fd, 0);
}

KT_SUITE_END(member_intx_arming);
