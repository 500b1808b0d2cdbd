// SPDX-License-Identifier: GPL-2.0-only
// The split ring, byte by byte (virtio 1.3, 2.7), over the wrap of its 16-bit
// indexes and against a device that writes nonsense.
#include "core/split_ring.hh"
#include "kunit/test.hh"

KT_SUITE(core_ring);

using base::ConstBytes;
using base::Error;
using base::u16;
using base::u32;
using base::u64;
using base::u8;
using base::usize;
using core::SplitRing;

namespace {

constexpr u16 ring_size = 8;
// 2.7: 16 n bytes of descriptors, 6 + 2 n of the available ring, 6 + 8 n of the used ring, which
// is aligned to 4.
constexpr usize available_at = 8 * 16;
constexpr usize available_end = available_at + 6 + 8 * 2;
constexpr usize used_at = available_end + 2;
constexpr usize ring_bytes = used_at + 6 + 8 * 8;
constexpr u64 device_address = 0x1234560000;

/// A ring, and the device's side of it.
struct Ring {
	alignas(16) u8 memory[ring_bytes + 8];
	SplitRing ring;
	u16 used_index = 0;

	Ring()
	{
		base::fill_bytes(memory, 0x5a);
		ring.init(memory, device_address, ring_size);
	}

	u16 word(usize offset) const { return static_cast<u16>(base::load_le({memory + offset, 2})); }
	void set_word(usize offset, u16 value) { base::store_le({memory + offset, 2}, value); }
	void use(u32 id, u32 length)
	{
		const usize entry = used_at + 4 + 8u * (used_index % ring_size);
		base::store_le({memory + entry, 4}, id);
		base::store_le({memory + entry + 4, 4}, length);
		set_word(used_at + 2, ++used_index);
	}
};

} // namespace

KT_CASE(parts_are_where_the_spec_says)
{
	const Ring state;

	KT_EXPECT_EQ(SplitRing::bytes(ring_size), ring_bytes);
	KT_EXPECT_EQ(state.ring.descriptor_address(), device_address);
	KT_EXPECT_EQ(state.ring.driver_address(), device_address + available_at);
	KT_EXPECT_EQ(state.ring.device_address(), device_address + used_at);
	// The padding in front of the used ring depends on the size.
	KT_EXPECT_EQ(SplitRing::bytes(1), usize{16 + (6 + 2) + 0 + (6 + 8)});
	KT_EXPECT_EQ(SplitRing::bytes(2), usize{2 * 16 + (6 + 2 * 2) + 2 + (6 + 2 * 8)});
	KT_EXPECT_EQ(SplitRing::bytes(64), usize{64 * 16 + (6 + 64 * 2) + 2 + (6 + 64 * 8)});
	for (usize i = 0; i < ring_bytes; i++)
		KT_EXPECT_EQ(state.memory[i], 0);
	KT_EXPECT_EQ(state.memory[ring_bytes], 0x5a);
}

KT_CASE(descriptor_bytes)
{
	Ring state;
	const u8 expected[16] = {0x08, 0x07, 0x06, 0x05, 0x04, 0x03, 0x02, 0x01,
				 0x44, 0x33, 0x22, 0x11, 0x03, 0x00, 0x07, 0x00};

	state.ring.describe(2, {base::Le64{0x0102030405060708}, base::Le32{0x11223344},
				base::Le16{3}, base::Le16{7}});
	for (usize i = 0; i < sizeof(expected); i++)
		KT_EXPECT_EQ(state.memory[2 * 16 + i], expected[i]);
	KT_EXPECT_EQ(state.memory[3 * 16], 0);
	KT_EXPECT_EQ(state.memory[2 * 16 - 1], 0);
}

KT_CASE(publishing_wraps_around)
{
	Ring state;
	u32 wrong = 0;

	// More than 16 bits' worth.
	for (u32 i = 0; i < 0x10000 + 3 * ring_size; i++) {
		const u16 head = static_cast<u16>((i * 5) % ring_size);
		state.ring.publish(head);
		wrong += state.word(available_at + 4 + 2 * (i % ring_size)) != head;
		wrong += state.word(available_at + 2) != static_cast<u16>(i + 1);
	}
	KT_EXPECT_EQ(wrong, 0u);
	KT_EXPECT_EQ(state.word(available_at), 0); // flags: interrupts wanted
	KT_EXPECT_EQ(state.word(used_at), 0);	   // the next part is untouched
}

KT_CASE(taking_wraps_around)
{
	Ring state;
	SplitRing::Used used = {};
	u32 wrong = 0;

	for (u32 i = 0; i < 0x10000 + 3 * ring_size; i++) {
		state.use(i * 3, i * 7);
		const auto taken = state.ring.take_used(used, 1);
		wrong += !taken.ok() || !taken.get() || used.id != i * 3 || used.length != i * 7;
		const auto none = state.ring.take_used(used, 0);
		wrong += !none.ok() || none.get();
	}
	KT_EXPECT_EQ(wrong, 0u);
}

KT_CASE(several_at_once_come_in_order)
{
	Ring state;
	SplitRing::Used used = {};

	for (u32 id = 0; id < ring_size; id++)
		state.use(id, 100 + id);
	for (u16 id = 0; id < ring_size; id++) {
		const auto taken = state.ring.take_used(used, static_cast<u16>(ring_size - id));
		KT_EXPECT(taken.ok() && taken.get());
		KT_EXPECT_EQ(used.id, id);
		KT_EXPECT_EQ(used.length, 100u + id);
	}
	KT_EXPECT(!state.ring.take_used(used, 0).get());
}

KT_CASE(one_look_tells_whether_there_is_something)
{
	Ring state;
	SplitRing::Used used = {};

	for (u32 i = 0; i < 0x10000 + 3; i++) {
		const bool before = state.ring.has_used();
		state.use(0, 8);
		const bool after = state.ring.has_used();
		const auto taken = state.ring.take_used(used, 1);
		if (before || !after || !taken.ok() || state.ring.has_used()) {
			KT_EXPECT_EQ(i, 0x10003u);
			return;
		}
	}
}

KT_CASE(cleared_it_is_as_new)
{
	Ring state;
	SplitRing::Used used = {};

	state.ring.describe(1, {base::Le64{1}, base::Le32{2}, base::Le16{3}, base::Le16{4}});
	state.ring.publish(1);
	state.use(1, 8);
	state.use(1, 8);
	KT_EXPECT(state.ring.take_used(used, 2).get());
	state.ring.clear();
	KT_EXPECT(!state.ring.has_used());
	for (usize i = 0; i < ring_bytes; i++)
		KT_EXPECT_EQ(state.memory[i], 0);
	state.ring.publish(3);
	KT_EXPECT_EQ(state.word(available_at + 2), 1);
	KT_EXPECT_EQ(state.word(available_at + 4), 3);
}

KT_CASE(more_answers_than_questions_is_an_error)
{
	Ring state;
	SplitRing::Used used = {};

	state.use(0, 8);
	KT_EXPECT(!state.ring.take_used(used, 0).ok());
	KT_EXPECT(state.ring.take_used(used, 0).error() == Error::protocol);
	// Not forgotten: it is still there when somebody waits for it.
	KT_EXPECT(state.ring.take_used(used, 1).get());

	for (const u16 index : {u16{4}, u16{0}, u16{0x8001}, u16{0xffff}}) {
		state.set_word(used_at + 2, index);
		KT_EXPECT(!state.ring.take_used(used, 2).ok());
	}
}

KT_CASE(ids_and_lengths_are_handed_on_unjudged)
{
	Ring state;
	SplitRing::Used used = {};

	state.use(0xffffffff, 0xfffffffe);
	KT_EXPECT(state.ring.take_used(used, ring_size).get());
	KT_EXPECT_EQ(used.id, 0xffffffffu);
	KT_EXPECT_EQ(used.length, 0xfffffffeu);
}

KT_CASE(device_says_whether_to_notify)
{
	Ring state;

	KT_EXPECT(state.ring.wants_notification());
	state.set_word(used_at, 1);
	KT_EXPECT(!state.ring.wants_notification());
	state.set_word(used_at, 0xfffe); // other bits mean nothing
	KT_EXPECT(state.ring.wants_notification());
}

KT_CASE(driver_says_whether_to_interrupt)
{
	Ring state;

	state.ring.set_interrupts(false);
	KT_EXPECT_EQ(state.word(available_at), 1);
	state.ring.publish(3);
	KT_EXPECT_EQ(state.word(available_at), 1);
	state.ring.set_interrupts(true);
	KT_EXPECT_EQ(state.word(available_at), 0);
	state.ring.set_interrupts(false);
	state.ring.clear();
	KT_EXPECT_EQ(state.word(available_at), 0);
}

KT_CASE(a_new_start_forgets_everything)
{
	Ring state;
	SplitRing::Used used = {};

	for (u16 i = 0; i < 5; i++)
		state.ring.publish(i);
	state.use(1, 8);
	KT_EXPECT(state.ring.take_used(used, 5).get());
	state.use(2, 8);

	state.ring.init(state.memory, device_address, ring_size);
	state.used_index = 0;
	const auto none = state.ring.take_used(used, 5);
	KT_EXPECT(none.ok() && !none.get());
	state.ring.publish(6);
	KT_EXPECT_EQ(state.word(available_at + 2), 1);
	KT_EXPECT_EQ(state.word(available_at + 4), 6);
}

KT_SUITE_END(core_ring);
