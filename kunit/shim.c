// SPDX-License-Identifier: GPL-2.0-only
/* kunit/shim.h in the kernel. */
#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/irq_work.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include "kunit/main.h"
#include "kunit/shim.h"

/**
 * struct kt_thread - a thread of a test
 * @task: the kernel's
 * @run: what it does
 * @context: its argument
 * @done: it has ended
 * @preempted: of kt_thread_preempt(), not taken yet
 */
struct kt_thread {
	struct task_struct *task;
	void (*run)(void *context);
	void *context;
	struct completion done;
	bool preempted;
};

/**
 * struct kt_irq - one call of kt_interrupt()
 * @work: the kernel's
 * @handler: what to call
 * @context: its first argument
 * @vector: its second
 */
struct kt_irq {
	struct irq_work work;
	void (*handler)(void *context, u32 vector);
	void *context;
	u32 vector;
};

static DEFINE_SPINLOCK(kt_device);

bool kt_expect(bool condition, const char *text, const char *file, int line)
{
	if (!condition)
		KUNIT_FAIL(kt_test, "%s:%d: %s", file, line, text);
	return condition;
}

bool kt_expect_equal(u64 actual, u64 wanted, const char *text, const char *file, int line)
{
	if (actual != wanted)
		KUNIT_FAIL(kt_test, "%s:%d: %s: %lld (%#llx) and not %lld (%#llx)", file, line,
			   text, actual, actual, wanted, wanted);
	return actual == wanted;
}

bool kt_expect_bytes(const u8 *actual, kn_size actual_size, const u8 *wanted, kn_size wanted_size,
		     const char *text, const char *file, int line)
{
	kn_size i;

	if (!kt_expect_equal(actual_size, wanted_size, text, file, line))
		return false;
	for (i = 0; i < actual_size; i++)
		if (actual[i] != wanted[i]) {
			KUNIT_FAIL(kt_test, "%s:%d: %s: byte %zu is %#x and not %#x", file, line,
				   text, i, actual[i], wanted[i]);
			return false;
		}
	return true;
}

void kt_note(const char *text)
{
	kunit_info(kt_test, "%s", text);
}

static int kt_thread_main(void *context)
{
	struct kt_thread *thread = context;

	allow_signal(SIGKILL);
	thread->run(thread->context);
	complete(&thread->done);
	return 0;
}

struct kt_thread *kt_thread_start(void (*run)(void *context), void *context)
{
	struct kt_thread *thread = kzalloc(sizeof(*thread), GFP_KERNEL);

	if (!thread)
		goto fail;
	thread->run = run;
	thread->context = context;
	init_completion(&thread->done);
	thread->task = kthread_create(kt_thread_main, thread, "kt_thread");
	if (IS_ERR(thread->task))
		goto fail;
	get_task_struct(thread->task);
	wake_up_process(thread->task);
	return thread;
fail:
	kfree(thread);
	KUNIT_FAIL(kt_test, "no thread");
	return NULL;
}

void kt_thread_join(struct kt_thread *thread)
{
	if (!thread)
		return;
	/* kthread_stop() alone would keep a thread from running that did not start yet. */
	wait_for_completion(&thread->done);
	kthread_stop(thread->task);
	put_task_struct(thread->task);
	kfree(thread);
}

void kt_thread_kill(struct kt_thread *thread)
{
	send_sig(SIGKILL, thread->task, 1);
}

void kt_thread_preempt(struct kt_thread *thread)
{
	WRITE_ONCE(thread->preempted, true);
}

static bool kt_take_preempted(void)
{
	struct kt_thread *thread;

	if (!(current->flags & PF_KTHREAD) || kthread_func(current) != kt_thread_main)
		return false;
	thread = kthread_data(current);
	return xchg(&thread->preempted, false);
}

void *kt_alloc(kn_size size)
{
	return size < PAGE_SIZE ? kzalloc(size, GFP_KERNEL) :
				  kvzalloc(PAGE_ALIGN(size), GFP_KERNEL);
}

void kt_free(void *memory)
{
	kvfree(memory);
}

u64 kt_device_lock(void)
	__acquires(kt_device)
{
	unsigned long flags;

	spin_lock_irqsave(&kt_device, flags);
	return flags;
}

void kt_device_unlock(u64 flags)
	__releases(kt_device)
{
	spin_unlock_irqrestore(&kt_device, flags);
}

static void kt_irq_entry(struct irq_work *work)
{
	struct kt_irq *irq = container_of(work, struct kt_irq, work);

	irq->handler(irq->context, irq->vector);
}

void kt_interrupt(void (*handler)(void *context, u32 vector), void *context, u32 vector)
{
	struct kt_irq irq = { .handler = handler, .context = context, .vector = vector };

	irq.work = IRQ_WORK_INIT_HARD(kt_irq_entry);
	irq_work_queue(&irq.work);
	irq_work_sync(&irq.work);
}

kn_size kt_task(void)
{
	return (kn_size)current;
}

bool kt_holds_spinlock(void)
{
	return false;
}

u64 kt_settle_us(void)
{
	return 20 * USEC_PER_MSEC;
}
