// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mutex.h>
#include <linux/spinlock.h>

#include "kernel/lock.h"

/* One lockdep class a kind, as all locks are initialised by the same line here. */
static struct lock_class_key kn_lock_keys[KN_LOCK_CLASSES];
static const char *const kn_lock_names[KN_LOCK_CLASSES] = {
	[KN_LOCK_QUEUE] = "virtio_admin_queue",
	[KN_LOCK_OWNER] = "virtio_owner",
	[KN_LOCK_CLAIMS] = "virtio_owner_claims",
	[KN_LOCK_INTX] = "virtio_member_intx",
	[KN_LOCK_MEMBER] = "virtio_member",
	[KN_LOCK_LINE] = "virtio_member_line",
	[KN_LOCK_EVENTS] = "virtio_member_events",
};

static spinlock_t *to_spinlock(struct kn_spinlock *lock)
{
	BUILD_BUG_ON(sizeof(*lock) < sizeof(spinlock_t));
	return (spinlock_t *)lock;
}

static struct mutex *to_mutex(struct kn_mutex *mutex)
{
	BUILD_BUG_ON(sizeof(*mutex) < sizeof(struct mutex));
	return (struct mutex *)mutex;
}

void kn_spin_init(struct kn_spinlock *lock, enum kn_lock_class kind)
{
	spin_lock_init(to_spinlock(lock));
	lockdep_set_class_and_name(to_spinlock(lock), &kn_lock_keys[kind], kn_lock_names[kind]);
}

u64 kn_spin_lock(struct kn_spinlock *lock)
	__acquires(lock)
{
	unsigned long flags;

	spin_lock_irqsave(to_spinlock(lock), flags);
	return flags;
}

void kn_spin_unlock(struct kn_spinlock *lock, u64 flags)
	__releases(lock)
{
	spin_unlock_irqrestore(to_spinlock(lock), flags);
}

void kn_mutex_init(struct kn_mutex *mutex, enum kn_lock_class kind)
{
	__mutex_init(to_mutex(mutex), kn_lock_names[kind], &kn_lock_keys[kind]);
}

void kn_mutex_lock(struct kn_mutex *mutex)
{
	mutex_lock(to_mutex(mutex));
}

bool kn_mutex_trylock(struct kn_mutex *mutex)
{
	return mutex_trylock(to_mutex(mutex));
}

int kn_mutex_lock_killable(struct kn_mutex *mutex)
{
	return mutex_lock_killable(to_mutex(mutex));
}

void kn_mutex_unlock(struct kn_mutex *mutex)
{
	mutex_unlock(to_mutex(mutex));
}

void kn_spin_assert_held(const struct kn_spinlock *lock)
{
	lockdep_assert_held((const spinlock_t *)lock);
}

void kn_mutex_assert_held(const struct kn_mutex *mutex)
{
	lockdep_assert_held((const struct mutex *)mutex);
}
