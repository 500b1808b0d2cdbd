/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KUNIT_MAIN_H
#define KUNIT_MAIN_H

struct kunit;

/* The running test. */
extern struct kunit *kt_test;

#endif
