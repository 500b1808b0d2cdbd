// SPDX-License-Identifier: GPL-2.0-only
/* What the KUnit run must notice; scripts/lab/vmlab/ktap.py reads the result. */
#include <kunit/test.h>
#include <linux/mutex.h>
#include <linux/slab.h>

static DEFINE_MUTEX(sample_a);
static DEFINE_MUTEX(sample_b);

static void sample_good(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, 1, 1);
}

static void sample_bad(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, 1, 2);
}

static void sample_skipped(struct kunit *test)
{
	kunit_skip(test, "no reason");
}

static void sample_parameter(struct kunit *test)
{
	const int *value = test->param_value;

	KUNIT_EXPECT_LT(test, *value, 2);
}

static const int sample_values[] = { 1, 2 };
KUNIT_ARRAY_PARAM(sample, sample_values, NULL);

static void sample_use_after_free(struct kunit *test)
{
	char *memory = kmalloc(16, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, memory);
	OPTIMIZER_HIDE_VAR(memory);
	kfree(memory);
	WRITE_ONCE(memory[3], 1);
}

/* Many, as an old stack may still point to some. */
static void sample_leak(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < 32; i++) {
		char *memory = kmalloc(1000, GFP_KERNEL);

		OPTIMIZER_HIDE_VAR(memory);
		KUNIT_EXPECT_NOT_NULL(test, memory);
	}
}

static void sample_lock_order(struct kunit *test)
{
	mutex_lock(&sample_a);
	mutex_lock(&sample_b);
	mutex_unlock(&sample_b);
	mutex_unlock(&sample_a);
	mutex_lock(&sample_b);
	mutex_lock(&sample_a);
	mutex_unlock(&sample_a);
	mutex_unlock(&sample_b);
	KUNIT_SUCCEED(test);
}

static struct kunit_case sample_cases[] = {
	KUNIT_CASE(sample_good),
	KUNIT_CASE(sample_bad),
	KUNIT_CASE(sample_skipped),
	KUNIT_CASE_PARAM(sample_parameter, sample_gen_params),
	/* Before the next one: KASAN's report switches lockdep off. */
	KUNIT_CASE(sample_lock_order),
	KUNIT_CASE(sample_use_after_free),
	KUNIT_CASE(sample_leak),
	{}
};

static struct kunit_suite sample_suite = {
	.name = "sample",
	.test_cases = sample_cases,
};
kunit_test_suite(sample_suite);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Samples of what the KUnit run must notice");
