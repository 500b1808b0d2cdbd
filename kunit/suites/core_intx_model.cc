// SPDX-License-Identifier: GPL-2.0-only
// All states of a device, the interrupt line, KVM and a guest: none has work that nothing will do.
#include "core/intx_line.hh"
#include "kunit/test.hh"

KT_SUITE(core_intx_model);

using base::u32;
using base::u8;
using base::usize;
using core::IntxLine;

namespace {

constexpr u32 resets = 3;

/// Whether @line is masked, asked by the interface alone.
bool is_masked(IntxLine line)
{
	line.arm(resets);
	return !line.listen(true, resets) && !line.set_disabled(false, resets) &&
	       !line.event(WIRE_ISR_QUEUE, resets);
}

bool is_listened(IntxLine line)
{
	line.arm(resets);
	return line.event(WIRE_ISR_QUEUE, resets) || line.set_disabled(false, resets) ||
	       line.unmask(resets);
}

/// unmask() does not look whether ISR Status was set meanwhile.
struct NoLookInUnmask : IntxLine {
	bool unmask(u32)
	{
		unmasked();
		return false;
	}
};

/// Neither does set_disabled().
struct NoLookInSetDisabled : IntxLine {
	bool set_disabled(bool disabled, u32 count)
	{
		const bool masked = is_masked(*this);

		mask();
		(void)IntxLine::set_disabled(disabled, count);
		if (!masked)
			unmasked();
		return false;
	}
};

/// An end of interrupt while the guest has INTx disabled is dropped.
struct NoUnmaskUnderDisable : IntxLine {
	bool unmask(u32 count) { return !disabled() && IntxLine::unmask(count); }
};

/// What the guest's handler does.
enum Handler : u8 { idle, entered, has_read };

template <typename Line>
struct World {
	Line line;
	bool work = false;     ///< buffers that the device has used, and the guest has not seen
	bool message = false;  ///< on its way to the host's CPU
	bool signalled = false; ///< the eventfd, for KVM's inject work
	bool level = false;    ///< the interrupt controller's input
	Handler handler = idle;
	bool found = false;    ///< ISR Status was not 0
	bool routed = true;    ///< KVM listens to the eventfd; not during a change of routes
	bool resamples = true; ///< an end of interrupt unmasks by eventfd; else the VMM does it later
	bool owes_unmask = false; ///< the VMM
	u8 surplus = 0;	       ///< signals with ISR Status 0

	void signal(bool sent)
	{
		if (sent && line.isr(resets) == 0)
			surplus = 1;
		signalled = signalled || sent;
	}
	void end_of_interrupt()
	{
		level = false;
		if (resamples)
			signal(line.unmask(resets));
		else
			owes_unmask = true;
	}
	/// Work that nothing will do without another event or a change by the guest.
	[[nodiscard]] bool stuck() const
	{
		const bool waits = message || signalled || level || handler != idle || owes_unmask;

		return work && !waits && routed && !line.disabled() && line.armed(resets);
	}
	[[nodiscard]] u32 key() const
	{
		const u32 bits[] = {work, message, signalled, level, found, routed, resamples,
				    owes_unmask, line.disabled(), is_masked(line), is_listened(line),
				    line.armed(resets)};
		u32 sum = line.isr(resets) | u32{handler} << 2;

		for (const u32 bit : bits)
			sum = sum << 1 | bit;
		return sum;
	}
};

constexpr u32 keys = 1u << 16;

/// Each takes a world to the next, or returns false where it is not possible.
template <typename Line>
using Step = bool (*)(World<Line> &);

template <typename Line>
constexpr Step<Line> steps[] = {
	[](World<Line> &world) { // the device uses a buffer
		const bool armed = world.line.armed(resets);
		world.work = world.message = armed;
		return armed;
	},
	[](World<Line> &world) {
		if (!std::exchange(world.message, false))
			return false;
		world.signal(world.line.event(WIRE_ISR_QUEUE, resets));
		return true;
	},
	[](World<Line> &world) { // KVM's inject work
		if (!world.routed || !std::exchange(world.signalled, false))
			return false;
		world.level = true;
		return true;
	},
	[](World<Line> &world) { // the handler starts, or finds the level up again
		if (!world.level || world.handler != idle)
			return false;
		world.handler = entered;
		return true;
	},
	[](World<Line> &world) {
		if (world.handler != entered)
			return false;
		world.found = world.line.read_isr(resets) != 0;
		world.handler = has_read;
		return true;
	},
	[](World<Line> &world) { // works on what is there
		if (world.handler != has_read || !world.found)
			return false;
		world.work = world.found = false;
		return true;
	},
	[](World<Line> &world) {
		if (world.handler != has_read || world.found)
			return false;
		world.handler = idle;
		world.end_of_interrupt();
		return true;
	},
	[](World<Line> &world) { // DISINTX, at any time
		world.signal(world.line.set_disabled(!world.line.disabled(), resets));
		return true;
	},
	[](World<Line> &world) { // a change of routes: MASK, and KVM lowers the level
		if (!std::exchange(world.routed, false))
			return false;
		world.line.mask();
		world.level = world.signalled = false;
		return true;
	},
	[](World<Line> &world) { // and UNMASK
		if (std::exchange(world.routed, true))
			return false;
		world.signal(world.line.unmask(resets));
		return true;
	},
	[](World<Line> &world) { // the VMM closes its eventfd for UNMASK, or has one again
		world.resamples = !world.resamples;
		return true;
	},
	[](World<Line> &world) {
		if (!std::exchange(world.owes_unmask, false))
			return false;
		world.signal(world.line.unmask(resets));
		return true;
	},
	[](World<Line> &world) { // a confirmed reset; a message may still be on its way
		world.line.disarm();
		world.work = world.found = false;
		return true;
	},
	[](World<Line> &world) {
		if (world.line.armed(resets))
			return false;
		world.line.arm(resets);
		return true;
	},
};

struct Result {
	u32 states = 0;
	u32 stuck = 0;
	u32 surplus = 0;
};

/// Visits all states.
template <typename Line>
Result explore()
{
	using State = World<Line>;
	auto *const seen = static_cast<u8 *>(kt_alloc(keys));
	auto *const stack = static_cast<State *>(kt_alloc(sizeof(State) * keys));
	Result result;
	u32 depth = 0;
	const auto visit = [&](const State &state) {
		u8 &mark = seen[state.key() % keys];
		if (mark)
			return;
		mark = 1;
		result.states++;
		result.stuck += state.stuck();
		result.surplus += state.surplus;
		new (&stack[depth++]) State(state);
	};

	if (!KT_EXPECT(seen && stack))
		return result;
	State start;
	(void)start.line.listen(true, resets);
	start.line.arm(resets);
	visit(start);
	while (depth) {
		const State state = stack[--depth];
		for (const Step<Line> step : steps<Line>) {
			State next = state;
			if (step(next))
				visit(next);
		}
	}
	kt_free(stack);
	kt_free(seen);
	return result;
}

} // namespace

KT_CASE(no_state_has_work_that_nothing_will_do)
{
	const Result result = explore<IntxLine>();

	KT_EXPECT_EQ(result.stuck, 0);
	KT_EXPECT_EQ(result.surplus, 0);
	KT_EXPECT(result.states > 1000);
}

KT_CASE(model_finds_an_unmask_that_does_not_look)
{
	KT_EXPECT(explore<NoLookInUnmask>().stuck > 0);
}

KT_CASE(model_finds_an_enabling_that_does_not_look)
{
	KT_EXPECT(explore<NoLookInSetDisabled>().stuck > 0);
}

KT_CASE(model_finds_an_unmask_that_is_dropped_while_disabled)
{
	KT_EXPECT(explore<NoUnmaskUnderDisable>().stuck > 0);
}

KT_SUITE_END(core_intx_model);
