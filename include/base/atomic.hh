// SPDX-License-Identifier: GPL-2.0-only
// Atomic variables and the orderings a ring shared with a device needs. On
// x86-64, the only target, DMA by a coherent device is ordered like another
// CPU's accesses, so the compiler's own orderings serve both.
#pragma once

#include "base/le.hh"

namespace base {

static_assert(std::endian::native == std::endian::little, "x86-64 only");

template <typename T>
	requires(std::is_trivially_copyable_v<T> && sizeof(T) <= 8)
class Atomic {
public:
	constexpr Atomic() = default;
	constexpr explicit Atomic(T value) : value_(value) {}
	Atomic(const Atomic &) = delete;
	Atomic &operator=(const Atomic &) = delete;

	[[nodiscard]] T load() const
	{
		T value;
		__atomic_load(&value_, &value, __ATOMIC_ACQUIRE);
		return value;
	}

	void store(T value) { __atomic_store(&value_, &value, __ATOMIC_RELEASE); }

	/// Adds and returns the new value.
	T add(T value)
		requires(std::is_integral_v<T>)
	{
		return __atomic_add_fetch(&value_, value, __ATOMIC_ACQ_REL);
	}

	/// Stores @value and returns what was there.
	T exchange(T value)
	{
		T old;
		__atomic_exchange(&value_, &value, &old, __ATOMIC_ACQ_REL);
		return old;
	}

	/// Stores @to if the value is @from; whether it was.
	bool replace(T from, T to)
	{
		return __atomic_compare_exchange(&value_, &from, &to, false, __ATOMIC_ACQ_REL,
						 __ATOMIC_ACQUIRE);
	}

private:
	T value_{};
};

/// Loads of a location that a device writes: one access, then an acquire.
template <typename T>
[[nodiscard]] inline T device_load(const T &location)
{
	return __atomic_load_n(&location, __ATOMIC_ACQUIRE);
}

template <std::unsigned_integral T>
[[nodiscard]] inline T device_load(const Le<T> &location)
{
	Le<T> copy;

	__atomic_load(&location, &copy, __ATOMIC_ACQUIRE);
	return copy.get();
}

/// Loads of a setting that C code may change at any time: one access.
template <typename T>
[[nodiscard]] inline T setting_load(const T &setting)
{
	return __atomic_load_n(&setting, __ATOMIC_RELAXED);
}

/// Stores to a location that a device reads, after all earlier stores.
template <typename T>
inline void device_store(T &location, T value)
{
	__atomic_store_n(&location, value, __ATOMIC_RELEASE);
}

template <std::unsigned_integral T>
inline void device_store(Le<T> &location, T value)
{
	Le<T> raw{value};

	__atomic_store(&location, &raw, __ATOMIC_RELEASE);
}

/// Orders earlier stores before later loads.
inline void full_barrier()
{
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
}

} // namespace base
