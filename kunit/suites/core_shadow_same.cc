// SPDX-License-Identifier: GPL-2.0-only
// Random guests: with the rules and without, every read gives the same, and so does
// the device in the end.
#include "kunit/support/model_device.hh"

KT_SUITE(core_shadow_same);

using base::u16;
using base::u32;
using base::u64;
using base::u8;
using support::ModelGuest;

namespace {

class Random {
public:
	explicit Random(u64 seed) : state_(seed * 2 + 1) {}

	u32 below(u32 limit)
	{
		state_ = state_ * 6364136223846793005u + 1442695040888963407u;
		return static_cast<u32>(state_ >> 33) % limit;
	}
	bool one_in(u32 count) { return below(count) == 0; }

private:
	u64 state_;
};

/// The same happens to both; no more than what a driver could expect to be in order.
struct Twins {
	ModelGuest ours{true};
	ModelGuest all{false};
	Random random;
	u32 differences = 0;

	explicit Twins(u64 seed) : random(seed)
	{
		const bool zero_resets = random.one_in(2);
		const u32 limit = random.one_in(2) ? 1024 : 0x10000; // QEMU's, or none
		const u32 accepted = random.one_in(2) ? 0xffffffff : 0x00ff00ff;
		const u32 needs = random.one_in(2) ? 0x20 : 0;
		const u32 config_needs = random.one_in(2) ? 0x10 : 0;
		const u16 config_length = random.one_in(2) ? u16{64} : static_cast<u16>(random.below(30));
		const bool narrow = random.one_in(4);

		each([&](ModelGuest &guest) {
			guest.device.zero_address_resets = zero_resets;
			guest.device.selection_limit = limit;
			guest.device.accepted_bits = accepted;
			guest.device.third_queue_needs = needs;
			guest.device.config_needs = config_needs;
			guest.device.config_length = config_length;
			guest.device.narrow_config = narrow;
		});
	}

	template <typename Action>
	void each(Action action)
	{
		action(ours);
		action(all);
	}
	void in(u16 offset, u8 width) { differences += ours.in(offset, width) != all.in(offset, width); }
	void out(u16 offset, u8 width, u32 value)
	{
		each([&](ModelGuest &guest) { guest.out(offset, width, value); });
	}
};

constexpr struct {
	u16 offset;
	u8 width;
} registers[] = {{0, 4}, {4, 4}, {8, 4}, {12, 2}, {14, 2}, {18, 1}, {19, 1}, {20, 2}, {22, 2}};

u32 value_for(Random &random, u16 offset)
{
	static constexpr u8 states[] = {0, 1, 3, 7, 0x83, 11};

	switch (offset) {
	case 8:
		return random.one_in(3) ? 0 : random.below(4) + 1;
	case 14:
		return random.one_in(8) ? random.below(2000) : random.below(5);
	case 18:
		return states[random.below(std::size(states))];
	case 20:
	case 22:
		return random.one_in(2) ? 0xffff : random.below(4);
	default:
		return random.below(0x40);
	}
}

void step(Twins &twins)
{
	Random &random = twins.random;
	const auto &reg = registers[random.below(std::size(registers))];

	switch (random.below(16)) {
	case 0: { // any access at all, but none that writes notify
		const u16 offset = static_cast<u16>(random.below(64));
		const u8 width = static_cast<u8>(1 + random.below(8));
		twins.in(offset, width);
		break;
	}
	case 1: { // any write
		const u16 offset = static_cast<u16>(random.below(64));
		const u8 width = static_cast<u8>(1 + random.below(4));
		if (offset > 18 || offset + width <= 16)
			twins.out(offset, width, random.below(0x10000));
		break;
	}
	case 2:
		twins.each([](ModelGuest &guest) { guest.notify(); });
		break;
	case 3:
		if (random.one_in(4))
			twins.each([](ModelGuest &guest) { guest.set_msix(!guest.device.msix); });
		break;
	case 4:
		if (random.one_in(16))
			twins.each([](ModelGuest &guest) { guest.device.function_reset(); });
		else if (random.one_in(16))
			twins.each([](ModelGuest &guest) { guest.device.owner_reset(); });
		else if (random.one_in(16))
			twins.each([](ModelGuest &guest) { guest.sleep(); });
		break;
	case 5:
		twins.each([](ModelGuest &guest) { guest.device.time_us += 700; });
		break;
	case 6:
	case 7:
		twins.in(static_cast<u16>(twins.ours.config() + random.below(28)), 1);
		break;
	case 8:
	case 9:
	case 10:
	case 11:
		twins.out(reg.offset, reg.width, value_for(random, reg.offset));
		break;
	default:
		twins.in(reg.offset, reg.width);
		break;
	}
}

/// The first seed of @count that gives a difference, or -1.
long first_different(u32 count, u32 steps)
{
	for (u32 seed = 0; seed < count; seed++) {
		Twins twins{seed};
		for (u32 i = 0; i < steps; i++)
			step(twins);
		twins.in(14, 2); // and what the guest has selected
		const auto &ours = twins.ours.device, &all = twins.all.device;
		bool same = twins.differences == 0 && ours.status == all.status &&
			    ours.driver_features == all.driver_features &&
			    ours.select == all.select && ours.config_vector == all.config_vector &&
			    ours.commands <= all.commands + steps;
		for (unsigned i = 0; i < support::model_queues; i++)
			same = same && ours.queues[i].address == all.queues[i].address &&
			       ours.queues[i].vector == all.queues[i].vector;
		if (!same)
			return seed;
	}
	return -1;
}

} // namespace

KT_CASE(short_lives)
{
	KT_EXPECT_EQ(first_different(2000, 60), -1);
}

KT_CASE(long_lives)
{
	KT_EXPECT_EQ(first_different(100, 2000), -1);
}

KT_SUITE_END(core_shadow_same);
