/* SPDX-License-Identifier: GPL-2.0-only */
/* Words of the command line. */
#ifndef TINY_OPTIONS_H
#define TINY_OPTIONS_H

#include "legacy.h"
#include "types.h"

struct options {
	enum access_width width;	/* wide, wide-aligned */
	bool master;			/* master: sets Bus Master Enable */
	u32 count;			/* count=N: requests of each kind */
	u32 seed;			/* seed=N: of the pseudo random data */
	u32 seconds;			/* seconds=N: how long one request may take */
	const char *upload;		/* upload=NAME: what the console's transfer is called */
	bool interrupts;		/* interrupts: waits for them instead of polling */
	bool suppress;			/* suppress: asks the devices for no interrupts */
	u32 unread;			/* never-read-isr=N: for N seconds from the first interrupt */
	u32 toggle;			/* toggle=N: switches interrupts for N seconds before it works */
	const char *types;		/* types=NAME,NAME,...: which devices, or NULL for all */
	const char *wrong;		/* the first word that is no option, or NULL */
};

/* Keeps a copy of the command line, whose first word is the kernel's own name. */
void options_parse(struct options *options, const char *command_line);

/* True if the list of types has this name, or if there is no list. */
bool options_has_type(const struct options *options, const char *name);

#endif
