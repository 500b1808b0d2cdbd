// SPDX-License-Identifier: GPL-2.0-only
// The emulated interrupt line loses no interrupt, whatever the order of events.
#include "core/intx_line.hh"
#include "kunit/test.hh"

KT_SUITE(core_intx_line);

using base::u32;
using base::u8;
using core::IntxLine;

namespace {

constexpr u32 resets = 7;

IntxLine ready()
{
	IntxLine line;

	(void)line.listen(true, resets);
	line.arm(resets);
	return line;
}

} // namespace

KT_CASE(event_signals_once_until_unmask)
{
	IntxLine line = ready();

	KT_EXPECT(line.event(WIRE_ISR_QUEUE, resets));
	for (unsigned i = 0; i < 100; i++)
		KT_EXPECT(!line.event(WIRE_ISR_QUEUE, resets));
	KT_EXPECT_EQ(line.read_isr(resets), WIRE_ISR_QUEUE);
	KT_EXPECT(!line.unmask(resets));
	KT_EXPECT(line.event(WIRE_ISR_QUEUE, resets));
}

KT_CASE(unmask_with_isr_unread_signals_again)
{
	IntxLine line = ready();

	KT_EXPECT(line.event(WIRE_ISR_QUEUE, resets));
	KT_EXPECT(line.unmask(resets));
}

KT_CASE(event_between_isr_read_and_unmask_signals_at_unmask)
{
	IntxLine line = ready();

	KT_EXPECT(line.event(WIRE_ISR_QUEUE, resets));
	(void)line.read_isr(resets);
	KT_EXPECT(!line.event(WIRE_ISR_CONFIG, resets));
	KT_EXPECT(line.unmask(resets));
	KT_EXPECT_EQ(line.read_isr(resets), WIRE_ISR_CONFIG);
}

KT_CASE(event_while_disabled_signals_when_enabled)
{
	IntxLine line = ready();

	KT_EXPECT(!line.set_disabled(true, resets));
	KT_EXPECT(!line.event(WIRE_ISR_QUEUE, resets));
	KT_EXPECT_EQ(line.isr(resets), WIRE_ISR_QUEUE);
	KT_EXPECT(line.set_disabled(false, resets));
}

KT_CASE(unmask_while_disabled_has_an_effect_later)
{
	IntxLine line = ready();

	KT_EXPECT(line.event(WIRE_ISR_QUEUE, resets));
	KT_EXPECT(!line.set_disabled(true, resets));
	KT_EXPECT(!line.unmask(resets));
	KT_EXPECT(line.set_disabled(false, resets));
}

KT_CASE(event_while_masked_signals_at_unmask)
{
	IntxLine line = ready();

	line.mask();
	KT_EXPECT(!line.event(WIRE_ISR_QUEUE, resets));
	KT_EXPECT(line.unmask(resets));
}

KT_CASE(event_without_listener_signals_the_next_one)
{
	IntxLine line = ready();

	(void)line.listen(false, resets);
	KT_EXPECT(!line.event(WIRE_ISR_QUEUE, resets));
	KT_EXPECT(line.listen(true, resets));
}

KT_CASE(line_that_is_not_armed_ignores_events)
{
	IntxLine line = ready();

	line.disarm();
	KT_EXPECT(!line.event(WIRE_ISR_QUEUE, resets));
	line.arm(resets);
	KT_EXPECT_EQ(line.read_isr(resets), 0);
}

KT_CASE(isr_of_before_a_function_reset_is_gone)
{
	IntxLine line = ready();

	KT_EXPECT(line.event(WIRE_ISR_QUEUE, resets));
	KT_EXPECT(!line.armed(resets + 1));
	KT_EXPECT(!line.event(WIRE_ISR_QUEUE, resets + 1));
	KT_EXPECT(!line.unmask(resets + 1));
	line.arm(resets + 1);
	KT_EXPECT_EQ(line.read_isr(resets + 1), 0);
	KT_EXPECT(line.event(WIRE_ISR_QUEUE, resets + 1));
}

KT_CASE(arming_again_keeps_isr)
{
	IntxLine line = ready();

	KT_EXPECT(line.event(WIRE_ISR_QUEUE, resets));
	line.arm(resets);
	KT_EXPECT_EQ(line.read_isr(resets), WIRE_ISR_QUEUE);
}

namespace {

/// A line, its VMM and its guest, as one state of a model.
struct World {
	IntxLine line = ready();
	u8 work = 0;	       ///< buffers that the device has used, and the guest has not seen
	bool level = false;    ///< the interrupt controller's input
	bool handling = false; ///< the guest's handler runs: it has seen the level
	bool disabled = false;

	void signal(bool sent) { level = level || sent; }
	/// Whether something is left to happen without a new event.
	[[nodiscard]] bool stuck() const
	{
		return work && !level && !handling && !disabled;
	}
};

enum Step : u8 { device_event, guest_takes, guest_reads_isr, guest_ends, guest_disables, guest_enables,
		 steps };

/// False if the step is not possible.
bool take(World &world, Step step)
{
	switch (step) {
	case device_event:
		world.work = 1;
		world.signal(world.line.event(WIRE_ISR_QUEUE, resets));
		return true;
	case guest_takes:
		if (!world.level || world.handling)
			return false;
		world.handling = true;
		return true;
	case guest_reads_isr: // and works on all that is there, if it is the device's interrupt
		if (!world.handling)
			return false;
		if (world.line.read_isr(resets))
			world.work = 0;
		return true;
	case guest_ends: // the end of interrupt lowers the level, and unmasks
		if (!world.handling)
			return false;
		world.handling = world.level = false;
		world.signal(world.line.unmask(resets));
		return true;
	case guest_disables:
	case guest_enables:
		if (world.disabled == (step == guest_disables))
			return false;
		world.disabled = step == guest_disables;
		world.signal(world.line.set_disabled(world.disabled, resets));
		return true;
	default:
		return false;
	}
}

/// Sequences of up to @depth steps from @world. Return: how many left work that nothing will do.
u32 lost_in(const World &world, unsigned depth)
{
	u32 lost = world.stuck();

	for (u8 step = 0; depth && !lost && step < steps; step++) {
		World next = world;
		if (take(next, static_cast<Step>(step)))
			lost += lost_in(next, depth - 1);
	}
	return lost;
}

} // namespace

KT_CASE(no_order_of_8_steps_loses_an_interrupt)
{
	KT_EXPECT_EQ(lost_in({}, 8), 0);
}

KT_SUITE_END(core_intx_line);
