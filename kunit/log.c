// SPDX-License-Identifier: GPL-2.0-only
/* Messages of drivers, which are about no real function here. */
#include <linux/kernel.h>
#include <linux/ratelimit.h>

#include "kernel/log.h"
#include "kunit/shim.h"

void kn_ratelimit_init(struct kn_ratelimit *limit)
{
	ratelimit_default_init((struct ratelimit_state *)limit);
}

bool kn_ratelimit_ok(struct kn_ratelimit *limit)
{
	struct ratelimit_state *state = (struct ratelimit_state *)limit;

	/* Silence is what is tested, not the count of it that a real one prints. */
	ratelimit_set_flags(state, RATELIMIT_MSG_ON_RELEASE);
	return __ratelimit(state);
}

static __printf(3, 0) void say(struct kn_pci *pci, bool warning, const char *format, va_list args)
{
	char text[160];

	vsnprintf(text, sizeof(text), format, args);
	kt_logged(pci, warning, text);
	pr_debug("%s\n", text);
}

void kn_info(struct kn_pci *pci, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(pci, false, format, args);
	va_end(args);
}

void kn_warn(struct kn_pci *pci, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(pci, true, format, args);
	va_end(args);
}
