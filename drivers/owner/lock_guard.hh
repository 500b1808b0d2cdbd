// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "kernel/lock.h"

namespace owner {

/// Holds a spinlock, with interrupts off, to the end of the scope.
class [[nodiscard]] SpinGuard {
public:
	explicit SpinGuard(kn_spinlock &lock) : lock_(lock), flags_(kn_spin_lock(&lock)) {}
	~SpinGuard() { kn_spin_unlock(&lock_, flags_); }
	SpinGuard(const SpinGuard &) = delete;
	SpinGuard &operator=(const SpinGuard &) = delete;

private:
	kn_spinlock &lock_;
	u64 flags_;
};

/// Holds a mutex to the end of the scope.
class [[nodiscard]] MutexGuard {
public:
	explicit MutexGuard(kn_mutex &mutex) : mutex_(mutex) { kn_mutex_lock(&mutex); }
	~MutexGuard() { kn_mutex_unlock(&mutex_); }
	MutexGuard(const MutexGuard &) = delete;
	MutexGuard &operator=(const MutexGuard &) = delete;

private:
	kn_mutex &mutex_;
};

} // namespace owner
