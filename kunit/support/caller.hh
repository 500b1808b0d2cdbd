// SPDX-License-Identifier: GPL-2.0-only
// A member's access in a thread of its own, so that the test can do something
// while it waits.
#pragma once

#include "base/atomic.hh"
#include "kernel/time.h"
#include "kunit/fake/eventually.hh"
#include "kunit/fake/fake.hh"
#include "kunit/test.hh"

namespace support {

using base::u16;
using base::u32;
using base::u64;
using base::u8;

/**
 * class Caller - one command of a member
 *
 * Its end waits for the thread, so answer the command or let it time out before.
 */
class Caller {
public:
	Caller() = default;
	~Caller() { (void)finish(); }
	Caller(const Caller &) = delete;
	Caller &operator=(const Caller &) = delete;

	/// Reads a legacy register of member @id; at most timeout_ms long.
	void read(u32 id, u8 offset = WIRE_LEGACY_STATUS, u8 length = 1);
	void write(u32 id, u8 offset, u8 value);
	/// virtio_owner_close().
	void close(u32 id);
	/// Any function of the test's.
	void call(int (*function)(void *context), void *context);

	/// Waits for its end; returns its errno.
	int finish();
	/// Whether its thread runs.
	[[nodiscard]] bool started() const { return started_.load(); }
	/// Whether it has ended.
	[[nodiscard]] bool done() const { return done_.load(); }
	void kill() { kt_thread_kill(thread_); }
	void preempt() { kt_thread_preempt(thread_); }

	[[nodiscard]] u8 value() const { return value_[0]; }
	/// Milliseconds it took.
	[[nodiscard]] u64 took() const { return took_ms_; }

private:
	enum class What : u8 { read, write, close, call };
	void start(What what, u32 id, u8 offset, u8 length);
	static void run(void *context);

	kt_thread *thread_ = nullptr;
	What what_ = What::read;
	virtio_owner_member *member_ = nullptr;
	u8 offset_ = 0;
	u8 length_ = 0;
	u8 value_[8] = {};
	int (*function_)(void *) = nullptr;
	void *context_ = nullptr;
	int error_ = 0;
	u64 took_ms_ = 0;
	base::Atomic<bool> started_{false};
	base::Atomic<bool> done_{false};
};

/// virtio_owner_execute(), of an access without other commands.
int execute(virtio_owner_member *member, core::Access *accesses, unsigned count, unsigned *done,
	    u64 deadline);
/// One access, of @length bytes at most the eight that there is room for.
int legacy_read(virtio_owner_member *member, core::LegacySpace space, u8 offset, void *to,
		kn_size length, u64 deadline);
int legacy_write(virtio_owner_member *member, core::LegacySpace space, u8 offset,
		 const void *from, kn_size length, u64 deadline);
/// One command of member @id, here and now; its errno.
int read_status(u32 id, u8 *value = nullptr);
int write_status(u32 id, u8 value);
/// virtio_owner_open() without a callback; its errno.
int open_member(u32 id);
/// Opens members 1 to @count.
bool open_members(u32 count);
/// An owner with @vfs open members. The commands so far are forgotten.
bool bring_up_members(u32 vfs, const fake::Options &options = {});
virtio_owner_stats stats_of(u32 id);
void close_members(u32 count);
/// What sysfs shows.
virtio_owner_view owner_view();
/// Whether the owner's state is this.
bool has_state(const char *state);
/// The same, within @ms.
bool reaches_state(const char *state, u32 ms = 1000);
bool reaches_epoch(u32 epoch);
void sleep_ms(u32 ms);
using fake::eventually;

} // namespace support
