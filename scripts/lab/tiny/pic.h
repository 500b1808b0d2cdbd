/* SPDX-License-Identifier: GPL-2.0-only */
/* The two 8259 interrupt controllers and the timer of a PC. */
#ifndef TINY_PIC_H
#define TINY_PIC_H

#include "types.h"

#define PIC_LINES 16
#define PIC_FIRST_VECTOR 0x20
#define PIC_TIMER 0
#define TICKS_PER_SECOND 100u

/* Sets both controllers up, with all lines masked but the timer's, and starts the timer. */
void pic_init(void);

void pic_unmask(u8 line);
void pic_mask(u8 line);

/* True if the controller had no request of the line left when it was asked for a vector. */
bool pic_is_spurious(u8 line);

/* The controller may deliver the line again. */
void pic_end(u8 line);

#endif
