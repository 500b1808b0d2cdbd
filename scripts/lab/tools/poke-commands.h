/* SPDX-License-Identifier: GPL-2.0-only */
/* Groups of vfio-poke's commands. */
#ifndef POKE_COMMANDS_H
#define POKE_COMMANDS_H

#include <stdbool.h>

#include "vfio-device.h"

/*
 * Each executes @line if the command is in its group. Returns whether it is. @result is set to 0 or a
 * negative errno, and @answer to a word, or left empty.
 */
bool poke_intx(struct vfio_device *device, const char *line, char *answer, long *result);
bool poke_ring(struct vfio_device *device, const char *line, char *answer, long *result);
bool poke_doorbell(struct vfio_device *device, const char *line, char *answer, long *result);

/* The sum of an eventfd since the last call. Waits up to @ms for the first event. */
unsigned long long poke_events(int fd, int ms);

/*
 * Replaces the trigger of INTx. Returns 0 or a negative errno. @old is the descriptor of the trigger
 * until now, which the caller closes.
 */
long poke_replace_trigger(struct vfio_device *device, int *old);
int poke_trigger(void);
long poke_unmask(struct vfio_device *device);

#endif
