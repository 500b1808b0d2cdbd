// SPDX-License-Identifier: GPL-2.0-only
// Binding a PF: virtio 1.3, 3.1.1, and which PFs are refused.
#include "kunit/support/caller.hh"
#include "kunit/support/queue.hh"
#include "kunit/support/text.hh"

using support::owner_view;

namespace {

constexpr u8 all_steps = 0x0f; // ACKNOWLEDGE, DRIVER, DRIVER_OK, FEATURES_OK
constexpr int not_supported = -95;

/// Binds and does something through one VF.
void use_device(const fake::Options &options)
{
	u8 value = 0;

	if (!fake::bring_up(2, options))
		return;
	fake::vf(2).status = 0x5a;
	KT_EXPECT_EQ(fake::device_status(), all_steps);
	KT_EXPECT_EQ(virtio_owner_has_legacy(fake::member(2)), 1);
	KT_EXPECT_EQ(support::open_member(2), 0);
	KT_EXPECT_EQ(support::read_status(2, &value), 0);
	KT_EXPECT_EQ(value, 0x5a);
	KT_EXPECT_EQ(support::write_status(2, 0x33), 0);
	KT_EXPECT_EQ(fake::vf(2).status, 0x33);
	virtio_owner_close(fake::member(2));

	const virtio_owner_view view = owner_view();
	KT_EXPECT(support::same_text(view.state, "live"));
	KT_EXPECT_EQ(view.indirect, options.indirect);
	KT_EXPECT_EQ(view.translated, options.access_platform);
	KT_EXPECT_EQ(view.polled,
		     options.polled || options.vectors == 0 || options.handlers == 0 ||
			     options.refuse_queue_vector);
	KT_EXPECT_EQ(view.stats.epoch, 1u);
	KT_EXPECT_EQ(fake::interrupts_suppressed(), view.polled);
	fake::unbind();
	KT_EXPECT_EQ(fake::device_status(), 0);
	KT_EXPECT_EQ(fake::given_up(), 0u);
	KT_EXPECT(!fake::bus_master(fake::pf()));
}

/// A PF that is refused leaves nothing behind, which the case's end looks at. The device is told, if
/// the driver got as far as its registers.
void expect_refused(const fake::Options &options, int error = not_supported, bool told = true)
{
	fake::start(options);
	KT_EXPECT_EQ(fake::bind(), error);
	KT_EXPECT_EQ(fake::given_up(), told ? 1u : 0u);
	KT_EXPECT(!fake::pf().enabled);
	KT_EXPECT(!fake::bus_master(fake::pf()));
}

} // namespace

KT_SUITE(owner_bringup);

KT_CASE(every_kind_of_transport)
{
	for (unsigned bits = 0; bits < 8; bits++)
		use_device({.access_platform = (bits & 1) != 0,
			    .indirect = (bits & 2) != 0,
			    .ring_reset = (bits & 4) != 0});
}

KT_CASE(without_a_vector_it_polls)
{
	use_device({.vectors = 0});
	use_device({.polled = true});
	use_device({.refuse_queue_vector = true});
	use_device({.vectors = 1});
	use_device({.handlers = 0});
	use_device({.handlers = 1});
}

// The fake fails the case when the line is enabled without MSI-X, from DRIVER_OK on.
KT_CASE(polled_queue_has_no_interrupt_line_after_resets)
{
	for (const fake::Options &options :
	     {fake::Options{.vectors = 0, .ring_reset = false},
	      fake::Options{.polled = true, .ring_reset = false},
	      fake::Options{.handlers = 0, .ring_reset = false}}) {
		KT_REQUIRE(fake::bring_up(1, options));
		KT_EXPECT(fake::pf().intx_disabled);
		for (const bool bus : {false, true}) {
			if (bus) {
				virtio_owner_lose(fake::pf().owner);
				fake::bus_reset();
			} else {
				virtio_owner_freeze(fake::pf().owner);
				fake::function_reset(fake::pf());
			}
			KT_EXPECT_EQ(virtio_owner_thaw(fake::pf().owner), 0);
			KT_EXPECT(fake::pf().intx_disabled);
		}
	}
}

KT_CASE(polled_queue_wants_no_interrupts_after_resets)
{
	for (const bool polled : {false, true})
		for (const bool ring_reset : {false, true}) {
			KT_REQUIRE(fake::bring_up(1, {.polled = polled, .ring_reset = ring_reset}));
			KT_REQUIRE(support::open_members(1));
			KT_EXPECT_EQ(fake::interrupts_suppressed(), polled);
			KT_EXPECT_EQ(support::read_status(1), 0);
			fake::add_rule({.kind = fake::Kind::bad_id, .arg = 999});
			KT_EXPECT_EQ(support::read_status(1), -5);
			KT_REQUIRE(support::reaches_epoch(2));
			KT_EXPECT_EQ(fake::queue_resets(), ring_reset ? 1u : 0u);
			KT_EXPECT_EQ(fake::interrupts_suppressed(), polled);
			KT_EXPECT_EQ(support::read_status(1), 0);
			support::close_members(1);
		}
}

KT_CASE(stopped_or_not_the_interrupt_line_stays_disabled)
{
	for (const bool stops : {true, false}) {
		KT_REQUIRE(fake::bring_up(0, {.timeout_ms = 100}));
		fake::set_reset_confirmed(stops);
		fake::set_function_reset_works(stops);
		if (!stops)
			fake::expect_abandoned_memory();
		fake::unbind();
		KT_EXPECT(fake::pf().intx_disabled);
	}
}

KT_CASE(dma_mask_is_the_widest_that_the_machine_takes)
{
	use_device({.dma_bits = 64});
	KT_EXPECT_EQ(fake::pf().dma_mask, 64);
	use_device({.dma_bits = 32});
	KT_EXPECT_EQ(fake::pf().dma_mask, 32);
	expect_refused({.dma_bits = 31}, base::to_errno(base::Error::io), false);
}

KT_CASE(queue_addresses_obey_the_dma_mask)
{
	for (const u8 bits : {u8{32}, u8{64}}) {
		KT_REQUIRE(fake::bring_up(1, {.dma_bits = bits}));
		const owner::QueueAddresses addresses = support::queue().info().addresses;
		for (const u64 address : {addresses.descriptors, addresses.driver, addresses.device})
			KT_EXPECT_EQ(address >> 32 == 0, bits == 32);
	}
}

KT_CASE(ring_sizes)
{
	for (const u16 size : {2, 4, 32, 64, 128, 256, 1024}) {
		if (!fake::bring_up(1, {.queue_size = size}))
			return;
		KT_EXPECT_EQ(owner_view().queue_size, size < 64 ? size : 64);
		KT_EXPECT_EQ(support::open_member(1), 0);
		// More than a turn of the ring.
		for (int i = 0; i < 150; i++)
			KT_EXPECT_EQ(support::read_status(1), 0);
		virtio_owner_close(fake::member(1));
	}
}

KT_CASE(useless_ring_sizes_are_refused)
{
	for (const u16 size : {0, 1, 3, 48, 0xffff})
		expect_refused({.queue_size = size});
	expect_refused({.queue_count = 0});
}

KT_CASE(needed_features)
{
	expect_refused({.admin_vq = false});
	expect_refused({.sr_iov = false});
	expect_refused({.version_1 = false});
	expect_refused({.refuse_features = true});
}

// The fake fails the case if the bit is cleared by a later step than the reset.
KT_CASE(device_that_needs_a_reset_while_it_is_started_gets_one)
{
	for (const u8 step : {WIRE_STATUS_ACKNOWLEDGE, WIRE_STATUS_DRIVER, WIRE_STATUS_FEATURES_OK,
			      WIRE_STATUS_DRIVER_OK}) {
		fake::start();
		fake::need_reset_at(step);
		KT_REQUIRE(fake::bind() == 0);
		KT_EXPECT(support::reaches_epoch(2));
		KT_EXPECT(support::reaches_state("live"));
		KT_EXPECT_EQ(fake::device_status(), all_steps);
		KT_EXPECT_EQ(fake::make_vfs(1), 1);
		KT_EXPECT_EQ(virtio_owner_has_legacy(fake::member(1)), 1);
	}
}

KT_CASE(other_features_are_not_accepted)
{
	constexpr u64 known = u64{1} << WIRE_F_VERSION_1 | u64{1} << WIRE_F_SR_IOV |
			      u64{1} << WIRE_F_ADMIN_VQ | u64{1} << WIRE_F_ACCESS_PLATFORM |
			      u64{1} << WIRE_F_INDIRECT_DESC | u64{1} << WIRE_F_RING_RESET;

	// EVENT_IDX, RING_PACKED, a feature of the type, NOTIFICATION_DATA.
	fake::start({.other_features = u64{1} << 29 | u64{1} << 34 | u64{1} << 5 | u64{1} << 38});
	KT_REQUIRE(fake::bind() == 0);
	KT_EXPECT_EQ(fake::accepted_features(), known);
}

KT_CASE(order_of_the_platform_is_accepted_if_offered)
{
	constexpr u64 order = u64{1} << WIRE_F_ORDER_PLATFORM;

	for (const u64 offered : {u64{0}, order}) {
		KT_REQUIRE(fake::bring_up(1, {.other_features = offered}));
		KT_EXPECT_EQ(fake::accepted_features() & order, offered);
		virtio_owner_freeze(fake::pf().owner);
		KT_EXPECT_EQ(virtio_owner_thaw(fake::pf().owner), 0);
		KT_EXPECT_EQ(fake::accepted_features() & order, offered);
		KT_EXPECT_EQ(virtio_owner_has_legacy(fake::member(1)), 1);
	}
}

KT_CASE(needed_structures)
{
	expect_refused({.sriov_capability = false}, not_supported, false);
	expect_refused({.migration_capable = true}, not_supported, false);
	KT_EXPECT(support::contains(fake::last_message(), "VF Migration Capable"));
	expect_refused({.short_common = true}, not_supported, false);
}

KT_CASE(a_notification_address_outside_is_refused)
{
	expect_refused({.notify_offset = 0x400}, -71);
	expect_refused({.notify_offset = 0xffff}, -71);
	use_device({.notify_offset = 0x3ff});
	use_device({.notify_offset = 0});
}

KT_CASE(a_failing_step_leaves_nothing_behind)
{
	for (const fake::Call call : {fake::Call::enable, fake::Call::claim_bars, fake::Call::map,
				      fake::Call::dma_alloc}) {
		fake::start();
		fake::fail_next(call);
		KT_EXPECT(fake::bind() < 0);
		KT_EXPECT(!fake::pf().enabled);
		KT_EXPECT_EQ(fake::given_up(), call == fake::Call::dma_alloc ? 1u : 0u);
	}
	// The owner, two arrays of the queue, and the copy of the configuration space.
	for (u32 nth = 0; nth < 4; nth++) {
		fake::start();
		fake::fail_alloc(nth);
		KT_EXPECT_EQ(fake::bind(), -12);
		KT_EXPECT(!fake::pf().enabled);
		KT_EXPECT_EQ(fake::given_up(), nth == 0 ? 0u : 1u);
	}
	// After all of them it works.
	use_device({});
}

KT_CASE(a_broken_capability_list_is_refused)
{
	fake::Pf &pf = fake::start();

	fake::put8(pf, static_cast<u16>(pf.last_capability + 1), static_cast<u8>(pf.last_capability));
	KT_EXPECT_EQ(fake::bind(), -71);
	KT_EXPECT(!pf.enabled);
}

KT_CASE(a_device_that_does_not_reset)
{
	fake::start({.operation_ms = 100, .old_status = all_steps});
	fake::set_reset_confirmed(false);
	const u64 start = kn_now_ms();
	KT_EXPECT_EQ(fake::bind(), -110);
	KT_EXPECT(kn_now_ms() - start < 1500);
	KT_EXPECT_EQ(fake::given_up(), 0u);
	fake::set_reset_confirmed(true);
}

KT_CASE(a_device_that_resets_slowly)
{
	use_device({.reset_delay_ms = 30});
	use_device({.reset_delay_ms = 30, .old_status = all_steps});
}

KT_CASE(a_device_that_is_not_there)
{
	fake::start();
	fake::set_gone(true);
	KT_EXPECT(fake::bind() < 0);
	fake::set_gone(false);
}

KT_CASE(bound_again)
{
	use_device({});
	// The same device, without a new start.
	KT_EXPECT_EQ(fake::bind(), 0);
	KT_EXPECT_EQ(fake::make_vfs(1), 1);
	KT_EXPECT_EQ(virtio_owner_has_legacy(fake::member(1)), 1);
}

KT_SUITE_END(owner_bringup);
