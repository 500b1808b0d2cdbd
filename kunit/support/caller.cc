// SPDX-License-Identifier: GPL-2.0-only
#include "kunit/support/caller.hh"

#include "kunit/support/text.hh"

namespace support {

void sleep_ms(u32 ms)
{
	const u64 end = kn_now_ms() + ms;

	while (kn_now_ms() < end)
		kn_sleep_us(500);
}

void Caller::run(void *context)
{
	Caller &caller = *static_cast<Caller *>(context);
	const u64 start = kn_now_ms();

	caller.started_.store(true);
	switch (caller.what_) {
	case What::read:
		caller.error_ = legacy_read(caller.member_, core::LegacySpace::common,
							 caller.offset_, caller.value_, caller.length_,
							 virtio_owner_deadline());
		break;
	case What::write:
		caller.error_ = legacy_write(caller.member_, core::LegacySpace::common,
							  caller.offset_, caller.value_,
							  caller.length_,
							  virtio_owner_deadline());
		break;
	case What::close:
		virtio_owner_close(caller.member_);
		break;
	case What::call:
		caller.error_ = caller.function_(caller.context_);
		break;
	}
	caller.took_ms_ = kn_now_ms() - start;
	caller.done_.store(true);
}

void Caller::start(What what, u32 id, u8 offset, u8 length)
{
	(void)finish();
	what_ = what;
	member_ = id ? fake::member(id) : nullptr;
	offset_ = offset;
	length_ = length;
	error_ = 0;
	started_.store(false);
	done_.store(false);
	thread_ = kt_thread_start(&Caller::run, this);
}

void Caller::read(u32 id, u8 offset, u8 length)
{
	start(What::read, id, offset, length);
}

void Caller::write(u32 id, u8 offset, u8 value)
{
	value_[0] = value;
	start(What::write, id, offset, 1);
}

void Caller::close(u32 id)
{
	start(What::close, id, 0, 0);
}

void Caller::call(int (*function)(void *), void *context)
{
	function_ = function;
	context_ = context;
	start(What::call, 0, 0, 0);
}

int Caller::finish()
{
	kt_thread_join(thread_);
	thread_ = nullptr;
	return error_;
}

int execute(virtio_owner_member *member, core::Access *accesses, unsigned count, unsigned *done,
	    u64 deadline)
{
	u64 queued_ms = 0;

	return virtio_owner_execute(member, accesses, count, done, deadline, &queued_ms);
}

namespace {

/// One access of @member.
int execute(virtio_owner_member *member, core::Access &access, u64 deadline)
{
	unsigned done = 0;

	return support::execute(member, &access, 1, &done, deadline);
}

} // namespace

int legacy_read(virtio_owner_member *member, core::LegacySpace space, u8 offset, void *to,
		kn_size length, u64 deadline)
{
	core::Access access = core::read_access(space, offset, length);
	const int error = execute(member, access, deadline);

	if (!error)
		base::store_le({static_cast<u8 *>(to), length}, access.value);
	return error;
}

int legacy_write(virtio_owner_member *member, core::LegacySpace space, u8 offset,
		 const void *from, kn_size length, u64 deadline)
{
	const u64 value = base::load_le({static_cast<const u8 *>(from), length});
	core::Access access = core::write_access(space, offset, value, length);

	return execute(member, access, deadline);
}

int read_status(u32 id, u8 *value)
{
	virtio_owner_member *const member = fake::member(id);
	u8 unused;

	return legacy_read(member, core::LegacySpace::common, WIRE_LEGACY_STATUS,
					value ? value : &unused, 1, virtio_owner_deadline());
}

int write_status(u32 id, u8 value)
{
	virtio_owner_member *const member = fake::member(id);

	return legacy_write(member, core::LegacySpace::common, WIRE_LEGACY_STATUS, &value, 1,
					 virtio_owner_deadline());
}

int open_member(u32 id)
{
	return virtio_owner_open(fake::member(id), nullptr, nullptr);
}

bool open_members(u32 count)
{
	for (u32 id = 1; id <= count; id++)
		if (!KT_EXPECT_EQ(open_member(id), 0))
			return false;
	return true;
}

void close_members(u32 count)
{
	for (u32 id = 1; id <= count; id++)
		virtio_owner_close(fake::member(id));
}

virtio_owner_view owner_view()
{
	virtio_owner_view view = {};

	virtio_owner_describe(fake::pf().owner, &view);
	return view;
}

bool bring_up_members(u32 vfs, const fake::Options &options)
{
	if (!fake::bring_up(vfs, options) || !open_members(vfs))
		return false;
	for (u32 id = 1; id <= vfs; id++)
		(void)read_status(id);
	fake::forget_commands();
	return true;
}

virtio_owner_stats stats_of(u32 id)
{
	virtio_owner_stats stats = {};

	virtio_owner_member_stats(fake::member(id), &stats);
	return stats;
}

bool has_state(const char *state)
{
	return same_text(owner_view().state, state);
}

bool reaches_state(const char *state, u32 ms)
{
	return eventually([&] { return has_state(state); }, ms);
}

bool reaches_epoch(u32 epoch)
{
	return eventually([&] { return owner_view().stats.epoch >= epoch; });
}

} // namespace support
