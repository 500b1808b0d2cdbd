// SPDX-License-Identifier: GPL-2.0-only
/* The suites of kunit/suites.h as KUnit has them. */
#include <kunit/test.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "drivers/kernel/launch.h"
#include "drivers/kernel/queue.h"
#include "kunit/main.h"
#include "kunit/suites.h"

struct kunit *kt_test;

/* Which case of which suite a test is, by KUnit's own record of it. */
static const struct kt_case *kt_find(struct kunit *test, const struct kt_suite *suite)
{
	kn_size i;

	for (i = 0; i < suite->count; i++)
		if (!strcmp(suite->cases[i].name, test->name))
			return &suite->cases[i];
	return NULL;
}

static int kt_begin(struct kunit *test)
{
	kt_test = test;
	kt_case_begin();
	return 0;
}

static void kt_end(struct kunit *test)
{
	kt_case_end();
}

/* KUnit's suites are static objects; their cases are filled in before it looks. */
#define KT_DEFINE_SUITE(suite)							\
	static void kt_run_##suite(struct kunit *test)				\
	{									\
		const struct kt_case *found = kt_find(test, &kt_suite_##suite);	\
										\
		KUNIT_ASSERT_NOT_NULL(test, found);				\
		found->run();							\
	}									\
										\
	static struct kunit_suite kt_kunit_##suite = {				\
		.name = #suite,							\
		.init = kt_begin,						\
		.exit = kt_end,							\
	};

KT_SUITES(KT_DEFINE_SUITE)

/**
 * struct kt_entry - a suite, here and there
 * @suite: ours
 * @kunit: KUnit's
 * @run: what KUnit calls for each of its cases
 */
struct kt_entry {
	const struct kt_suite *suite;
	struct kunit_suite *kunit;
	void (*run)(struct kunit *test);
};

#define KT_ENTRY(name) { &kt_suite_##name, &kt_kunit_##name, kt_run_##name },
static const struct kt_entry kt_entries[] = { KT_SUITES(KT_ENTRY) };

#define KT_POINTER(name) &kt_kunit_##name,
kunit_test_suites(KT_SUITES(KT_POINTER));

static void kt_free_cases(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(kt_entries); i++)
		kfree(kt_entries[i].kunit->test_cases);
}

/* The workqueues of both modules. */
static int __init kt_setup(void)
{
	int ret;

	ret = kn_launch_init();
	if (ret)
		return ret;
	ret = kn_queue_setup();
	if (ret)
		kn_launch_exit();
	return ret;
}

static void kt_teardown(void)
{
	kn_queue_teardown();
	kn_launch_exit();
}

static int __init kt_init(void)
{
	struct kunit_case *cases;
	size_t i, j;
	int ret;

	ret = kt_setup();
	if (ret)
		return ret;
	for (i = 0; i < ARRAY_SIZE(kt_entries); i++) {
		const struct kt_suite *suite = kt_entries[i].suite;

		/* One more, which ends the list. */
		cases = kcalloc(suite->count + 1, sizeof(*cases), GFP_KERNEL);
		if (!cases) {
			kt_free_cases();
			kt_teardown();
			return -ENOMEM;
		}
		for (j = 0; j < suite->count; j++) {
			cases[j].run_case = kt_entries[i].run;
			cases[j].name = suite->cases[j].name;
		}
		kt_entries[i].kunit->test_cases = cases;
	}
	return 0;
}

static void __exit kt_exit(void)
{
	kt_free_cases();
	kt_teardown();
}

module_init(kt_init);
module_exit(kt_exit);

MODULE_AUTHOR("The virtio-legacy-vfio authors");
MODULE_DESCRIPTION("Suites of virtio_owner and virtio_legacy_vfio_pci on a fake device");
MODULE_LICENSE("GPL");
