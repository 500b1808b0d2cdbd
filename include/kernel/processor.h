/* SPDX-License-Identifier: GPL-2.0-only */
/* What a loop that does not sleep asks of its processor. */
#ifndef KERNEL_PROCESSOR_H
#define KERNEL_PROCESSOR_H

#include "kernel/types.h"

KN_BEGIN

/**
 * kn_cpu_relax() - between two looks of a loop that does not sleep
 *
 * Context: process, without a lock.
 */
void kn_cpu_relax(void);

/**
 * kn_processor_wanted() - whether somebody else is to run here
 *
 * Context: process. Return: whether a loop that does not sleep should end.
 */
bool kn_processor_wanted(void);

KN_END

#endif
