/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef REGISTER_WIDTHS_H
#define REGISTER_WIDTHS_H

#include "pair.h"

/* Reads and writes each offset of the registers in each width; false: pair_fail() was called. */
bool register_widths(struct pair *pair);

#endif
