/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KERNEL_LOCK_H
#define KERNEL_LOCK_H

#include "base/capability.h"
#include "kernel/sizes.h"
#include "kernel/types.h"

/**
 * enum kn_lock_class - what a lock protects, one lockdep class each
 * @KN_LOCK_QUEUE: spinlock of an admin queue; leaf
 * @KN_LOCK_OWNER: mutex of an owner: resets
 * @KN_LOCK_CLAIMS: mutex of an owner: notification addresses that members have
 * @KN_LOCK_INTX: mutex of a member: its interrupt vectors
 * @KN_LOCK_MEMBER: mutex of a member: one BAR0 access
 * @KN_LOCK_LINE: spinlock of a member: its interrupt line; leaf
 * @KN_LOCK_EVENTS: mutex of a member: doorbells by eventfd that its VMM registered
 * @KN_LOCK_CLASSES: how many there are
 *
 * Order, outermost first: events, member, intx, (VFIO's memory_lock), owner, queue.
 */
enum kn_lock_class {
	KN_LOCK_QUEUE,
	KN_LOCK_OWNER,
	KN_LOCK_CLAIMS,
	KN_LOCK_INTX,
	KN_LOCK_MEMBER,
	KN_LOCK_LINE,
	KN_LOCK_EVENTS,
	KN_LOCK_CLASSES,
};

/* Storage of exactly the kernel's sizes, see drivers/kernel/sizes.c. */
struct TSA_CAPABILITY("spinlock") kn_spinlock {
	u64 storage[(KN_SIZEOF_SPINLOCK + 7) / 8];
};

struct TSA_CAPABILITY("mutex") kn_mutex {
	u64 storage[(KN_SIZEOF_MUTEX + 7) / 8];
};

KN_BEGIN

/**
 * kn_spin_init() - initialise a spinlock
 * @lock: the lock
 * @kind: its lockdep class
 *
 * Context: any.
 */
void kn_spin_init(struct kn_spinlock *lock, enum kn_lock_class kind);

/**
 * kn_spin_lock() - take a spinlock with interrupts off
 * @lock: the lock
 *
 * Context: any. Return: flags for kn_spin_unlock().
 */
u64 kn_spin_lock(struct kn_spinlock *lock) TSA_ACQUIRE(*lock);

/**
 * kn_spin_unlock() - release a spinlock
 * @lock: the lock
 * @flags: what kn_spin_lock() returned
 *
 * Context: any; the caller holds @lock.
 */
void kn_spin_unlock(struct kn_spinlock *lock, u64 flags) TSA_RELEASE(*lock);

/**
 * kn_mutex_init() - initialise a mutex
 * @mutex: the mutex
 * @kind: its lockdep class
 *
 * Context: any.
 */
void kn_mutex_init(struct kn_mutex *mutex, enum kn_lock_class kind);

/**
 * kn_mutex_lock() - take a mutex
 * @mutex: the mutex
 *
 * Context: may sleep.
 */
void kn_mutex_lock(struct kn_mutex *mutex) TSA_ACQUIRE(*mutex);

/**
 * kn_mutex_trylock() - take a mutex if nobody has it
 * @mutex: the mutex
 *
 * Context: process. Return: whether it was taken.
 */
bool kn_mutex_trylock(struct kn_mutex *mutex) TSA_TRY_ACQUIRE(true, *mutex);

/**
 * kn_mutex_lock_killable() - take a mutex unless killed
 * @mutex: the mutex
 *
 * Context: may sleep. Return: 0, or -EINTR if the task is being killed.
 */
int kn_mutex_lock_killable(struct kn_mutex *mutex) TSA_TRY_ACQUIRE(0, *mutex);

/**
 * kn_mutex_unlock() - release a mutex
 * @mutex: the mutex
 *
 * Context: process; the caller holds @mutex.
 */
void kn_mutex_unlock(struct kn_mutex *mutex) TSA_RELEASE(*mutex);

/**
 * kn_spin_assert_held() - warn if the caller does not hold a spinlock
 * @lock: the lock
 *
 * To be called only if KN_LOCKDEP, which is whether the kernel has lockdep. Context: any.
 */
void kn_spin_assert_held(const struct kn_spinlock *lock) TSA_ASSERT_HELD(*lock);

/**
 * kn_mutex_assert_held() - warn if the caller does not hold a mutex
 * @mutex: the mutex
 *
 * To be called only if KN_LOCKDEP. Context: process.
 */
void kn_mutex_assert_held(const struct kn_mutex *mutex) TSA_ASSERT_HELD(*mutex);

KN_END

#endif
