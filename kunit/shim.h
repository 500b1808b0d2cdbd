/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What tests ask of where they run: kunit/shim.c in the kernel, kunit/host/ on
 * the host.
 */
#ifndef KUNIT_SHIM_H
#define KUNIT_SHIM_H

#include "kernel/types.h"

/**
 * struct kt_case - one test case
 * @name: unique in its suite
 * @run: the test
 */
struct kt_case {
	const char *name;
	void (*run)(void);
};

/**
 * struct kt_suite - the cases of one file
 * @name: as in kunit/suites.h
 * @cases: its cases
 * @count: how many
 */
struct kt_suite {
	const char *name;
	const struct kt_case *cases;
	kn_size count;
};

/* A thread of a test. */
struct kt_thread;

KN_BEGIN

/**
 * kt_expect() - note a failure of the running case unless a condition holds
 * @condition: the condition
 * @text: how it is written
 * @file: where
 * @line: where
 *
 * Context: may sleep; any thread of the test. Return: @condition.
 */
bool kt_expect(bool condition, const char *text, const char *file, int line);

/**
 * kt_expect_equal() - as kt_expect(), for two numbers
 * @actual: what there is
 * @wanted: what should be there
 * @text: how it is written
 * @file: where
 * @line: where
 *
 * Context: as kt_expect(). Return: whether they are equal.
 */
bool kt_expect_equal(u64 actual, u64 wanted, const char *text, const char *file, int line);

/**
 * kt_expect_bytes() - as kt_expect(), for two runs of bytes
 * @actual: what there is
 * @actual_size: in bytes
 * @wanted: what should be there
 * @wanted_size: in bytes
 * @text: how it is written
 * @file: where
 * @line: where
 *
 * Context: as kt_expect(). Return: whether they are equal.
 */
bool kt_expect_bytes(const u8 *actual, kn_size actual_size, const u8 *wanted, kn_size wanted_size,
		     const char *text, const char *file, int line);

/**
 * kt_note() - a line of text for whoever reads a failure
 * @text: the text
 *
 * Context: may sleep.
 */
void kt_note(const char *text);

/**
 * kt_thread_start() - run a function in a thread of its own
 * @run: the function
 * @context: its argument
 *
 * Context: may sleep. Return: the thread for kt_thread_join(), NULL if there is
 * no memory; the case is marked as failed then.
 */
struct kt_thread *kt_thread_start(void (*run)(void *context), void *context);

/**
 * kt_thread_join() - wait until a thread has ended, and free it
 * @thread: the thread, or NULL
 *
 * Context: may sleep.
 */
void kt_thread_join(struct kt_thread *thread);

/**
 * kt_thread_kill() - make kn_killed() true for a thread and wake it
 * @thread: the thread, which has not ended
 *
 * Context: may sleep.
 */
void kt_thread_kill(struct kt_thread *thread);

/**
 * kt_thread_preempt() - make kn_processor_wanted() true for a thread, once
 * @thread: the thread, which has not ended
 *
 * Nothing else does.
 *
 * Context: may sleep.
 */
void kt_thread_preempt(struct kt_thread *thread);

/**
 * kt_alloc() - allocate zeroed memory
 * @size: in bytes
 *
 * Context: may sleep. Return: memory for kt_free(), or NULL.
 */
void *kt_alloc(kn_size size);

/**
 * kt_free() - free what kt_alloc() gave
 * @memory: may be NULL
 *
 * Context: may sleep.
 */
void kt_free(void *memory);

/**
 * kt_device_lock() - take the lock of the fake device, innermost of all
 *
 * Context: any. Return: flags for kt_device_unlock().
 */
u64 kt_device_lock(void);

/**
 * kt_device_unlock() - release it
 * @flags: what kt_device_lock() returned
 */
void kt_device_unlock(u64 flags);

/**
 * kt_interrupt() - call a function as an interrupt handler would be
 * @handler: what to call, in hard interrupt context where there is one
 * @context: its first argument
 * @vector: its second
 *
 * Returns when it has run. Context: may sleep.
 */
void kt_interrupt(void (*handler)(void *context, u32 vector), void *context, u32 vector);

/**
 * kt_task() - which task runs
 *
 * Context: any. Return: a number, which is not 0; that of the task that an interrupt interrupted.
 */
kn_size kt_task(void);

/**
 * kt_holds_spinlock() - whether the caller holds a spinlock of a driver
 *
 * Context: any. Return: false also where that is not known.
 */
bool kt_holds_spinlock(void);

/**
 * kt_settle_us() - how long works and interrupts may take that are due now
 *
 * Context: any. Return: microseconds. On the host the time goes on only when all threads wait.
 */
u64 kt_settle_us(void);

/*
 * What the fake device offers to where tests run.
 */

/**
 * kt_case_begin() - before each case
 */
void kt_case_begin(void);

/**
 * kt_case_end() - after each case: what is left behind, and broken rules
 */
void kt_case_end(void);

/**
 * kt_logged() - a driver wrote a message
 * @pci: the function it is about
 * @warning: else it is informational
 * @text: the message
 *
 * Context: any.
 */
void kt_logged(struct kn_pci *pci, bool warning, const char *text);

KN_END

#endif
