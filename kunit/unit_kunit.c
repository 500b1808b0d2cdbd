// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel's own locks, waiting, time and work for the suites; the rest of
 * include/kernel is the fake device's, in C++.
 */
#include "drivers/kernel/delayed_work.c"
#include "drivers/kernel/launch.c"
#include "drivers/kernel/lock.c"
#include "drivers/kernel/queue.c"
#include "drivers/kernel/time.c"
#include "drivers/kernel/wait.c"
#include "drivers/kernel/work.c"

#include "kunit/log.c"
#include "kunit/shim.c"
#include "kunit/processor.c"
