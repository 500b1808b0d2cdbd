/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RANDOM_LIFE_H
#define RANDOM_LIFE_H

#include "pair.h"

/* What some guest does from a reset on; false: pair_fail() was called. */
bool random_life(struct pair *pair, uint64_t seed);

#endif
