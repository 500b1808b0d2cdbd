// SPDX-License-Identifier: GPL-2.0-only
// What core::KnownDevice knows after commands, and in which order it executes them.
#include "core/known_device.hh"
#include "kunit/support/model_device.hh"

KT_SUITE(core_known_device);

using base::Error;
using base::u16;
using base::u8;
using core::Access;
using core::KnownDevice;
using core::LegacySpace;
using support::ModelDevice;

namespace at = support::at;

namespace {

constexpr u16 field = 4; ///< of device configuration

Access read_of(u16 offset, u8 width)
{
	return core::read_access(LegacySpace::common, offset, width);
}

/// Something of each kind is known, and the guest has selected queue 1.
struct Setup {
	Setup()
	{
		known.registers().reset_confirmed();
		known.config().fill(field, 0x55, 1, device.time_us);
		known.refused_reads().add_whole(field);
		known.queues().select(1);
	}

	/// Whether the byte of configuration is known. Takes it.
	[[nodiscard]] bool has_config()
	{
		u8 byte;

		return known.config().take(field, {&byte, 1}, device.time_us);
	}

	ModelDevice device;
	KnownDevice known;
};

} // namespace

KT_CASE(unknown_outcome_ends_all_but_the_selection)
{
	for (const Error error : {Error::timed_out, Error::interrupted, Error::io}) {
		Setup setup;
		Access access = read_of(at::status, 1);

		setup.device.fail_after(0, error);
		KT_EXPECT_EQ(setup.known.run(access, setup.device).error(), error);
		KT_EXPECT(!setup.known.registers().value(at::status, setup.device));
		KT_EXPECT(!setup.has_config());
		KT_EXPECT(!setup.known.refused_reads().has_whole(field));
		KT_EXPECT(setup.known.queues().current() == u16{1});
	}
}

KT_CASE(refused_command_ends_nothing)
{
	Setup setup;
	Access access = read_of(at::status, 1);

	setup.device.fail_after(0, Error::invalid);
	KT_EXPECT_EQ(setup.known.run(access, setup.device).error(), Error::invalid);
	KT_EXPECT(setup.known.registers().value(at::status, setup.device).has_value());
	KT_EXPECT(setup.has_config());
	KT_EXPECT(setup.known.refused_reads().has_whole(field));
	KT_EXPECT(setup.known.queues().current() == u16{1});
}

KT_CASE(forget_ends_the_selection_too)
{
	Setup setup;

	setup.known.forget();
	KT_EXPECT(!setup.known.registers().value(at::status, setup.device));
	KT_EXPECT(!setup.has_config());
	KT_EXPECT(!setup.known.refused_reads().has_whole(field));
	KT_EXPECT(!setup.known.queues().current());
}

KT_CASE(selection_that_failed_is_sent_again)
{
	for (const Error error : {Error::timed_out, Error::invalid}) {
		Setup setup;

		setup.device.fail_after(0, error);
		KT_EXPECT_EQ(setup.known.send_selection(setup.device).error(), error);
		KT_EXPECT(setup.known.queues().to_send() == u16{1});
		KT_EXPECT(setup.known.send_selection(setup.device).ok());
		KT_EXPECT_EQ(setup.device.select, 1);
		KT_EXPECT(!setup.known.queues().to_send());

		const auto commands = setup.device.commands;
		KT_EXPECT(setup.known.send_selection(setup.device).ok());
		KT_EXPECT_EQ(setup.device.commands, commands);
	}
}

KT_CASE(read_with_selection_is_of_that_queue)
{
	Setup setup;
	Access access = read_of(at::size, 2);

	setup.device.sizes[1] = 128;
	KT_EXPECT(setup.known.run_selected(1, access, setup.device).ok());
	KT_EXPECT_EQ(access.value, 128);
	KT_EXPECT_EQ(setup.device.waits, 1);
	KT_EXPECT(!setup.known.queues().to_send());
}

KT_CASE(selection_before_a_refused_read_counts)
{
	Setup setup;
	Access access = read_of(at::size, 2);

	setup.device.fail_after(1, Error::invalid);
	KT_EXPECT_EQ(setup.known.run_selected(1, access, setup.device).error(), Error::invalid);
	KT_EXPECT(!setup.known.queues().to_send());

	setup.known.queues().select(2);
	setup.device.fail_after(0, Error::invalid);
	KT_EXPECT_EQ(setup.known.run_selected(2, access, setup.device).error(), Error::invalid);
	KT_EXPECT(setup.known.queues().to_send() == u16{2});
}

KT_SUITE_END(core_known_device);
