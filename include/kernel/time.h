/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KERNEL_TIME_H
#define KERNEL_TIME_H

#include "kernel/types.h"

KN_BEGIN

/**
 * kn_now_ms() - a clock that only goes forward
 *
 * Context: any. Return: milliseconds since some start.
 */
u64 kn_now_ms(void);

/**
 * kn_now_us() - the same clock, finer
 *
 * Context: any. Return: microseconds since some start.
 */
u64 kn_now_us(void);

/**
 * kn_sleep_us() - sleep
 * @us: about so many microseconds, 10 to 20,000
 *
 * Context: may sleep.
 */
void kn_sleep_us(u32 us);

/**
 * kn_killed() - whether the current task is being killed
 *
 * Context: process.
 */
bool kn_killed(void);

KN_END

#endif
