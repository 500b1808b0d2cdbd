// SPDX-License-Identifier: GPL-2.0-only
// Locks that are released at the end of a scope.
#pragma once

#include "kernel/lock.h"

namespace core {

/// Holds a spinlock, with interrupts off, to the end of the scope.
class [[nodiscard]] TSA_SCOPED_CAPABILITY SpinGuard {
public:
	explicit SpinGuard(kn_spinlock &lock) TSA_ACQUIRE(lock)
		: lock_(lock), flags_(kn_spin_lock(&lock))
	{
	}
	~SpinGuard() TSA_RELEASE() { kn_spin_unlock(&lock_, flags_); }
	SpinGuard(const SpinGuard &) = delete;
	SpinGuard &operator=(const SpinGuard &) = delete;

private:
	kn_spinlock &lock_;
	u64 flags_;
};

/// Holds a mutex to the end of the scope.
class [[nodiscard]] TSA_SCOPED_CAPABILITY MutexGuard {
public:
	explicit MutexGuard(kn_mutex &mutex) TSA_ACQUIRE(mutex) : mutex_(mutex)
	{
		kn_mutex_lock(&mutex);
	}
	~MutexGuard() TSA_RELEASE() { kn_mutex_unlock(&mutex_); }
	MutexGuard(const MutexGuard &) = delete;
	MutexGuard &operator=(const MutexGuard &) = delete;

private:
	kn_mutex &mutex_;
};

/// Holds a mutex that was taken already, to the end of the scope.
class [[nodiscard]] TSA_SCOPED_CAPABILITY HeldMutex {
public:
	explicit HeldMutex(kn_mutex &mutex) TSA_REQUIRES(mutex) : mutex_(mutex) {}
	~HeldMutex() TSA_RELEASE() { kn_mutex_unlock(&mutex_); }
	HeldMutex(const HeldMutex &) = delete;
	HeldMutex &operator=(const HeldMutex &) = delete;

private:
	kn_mutex &mutex_;
};

/// At the start of a function whose name ends in _locked. Compiled out without lockdep.
inline void assert_held([[maybe_unused]] const kn_spinlock &lock) TSA_ASSERT_HELD(lock)
{
	if constexpr (KN_LOCKDEP)
		kn_spin_assert_held(&lock);
}

/// As assert_held() of a spinlock.
inline void assert_held([[maybe_unused]] const kn_mutex &mutex) TSA_ASSERT_HELD(mutex)
{
	if constexpr (KN_LOCKDEP)
		kn_mutex_assert_held(&mutex);
}

} // namespace core
