/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_agent_faults - an agent that is killed before or after each message it
 * makes goes on where it was: nothing is said twice, nothing is left out. */
#include "tests/integration/scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { TESTS = 4 };

static void run_all(struct scene *scene, const char *const *tests,
		    uint32_t loop_failures, const char *deaths)
{
	char variable[64];
	const char *const environment[] = {variable, NULL};

	snprintf(variable, sizeof(variable), "FSTVM_TEST_DEATHS=%s", deaths);
	scene->program = FSTVM_TEST_AGENT_FAULTS;
	scene_plan(scene, tests);
	scene->controller.spec.loop_failures = loop_failures;
	scene_start_with(scene, environment);
	controller_wait_over(&scene->controller);
	if (scene->controller.broken)
		fail_msg("%s: %s", deaths, scene->controller.why);
	assert_true(scene->controller.session.incarnation > 3);
}

static void run(void **state, const char *deaths)
{
	static const char *const tests[TESTS + 1] = {
		"generic/001", "generic/901", "generic/903", "generic/902",
		NULL};
	static const Pb__Verdict verdicts[TESTS] = {
		PB__VERDICT__VERDICT_PASS,
		PB__VERDICT__VERDICT_FAIL,
		PB__VERDICT__VERDICT_NOTRUN,
		PB__VERDICT__VERDICT_FAIL,
	};
	struct scene *scene = scene_of(state);
	struct controller *controller;

	run_all(scene, tests, 0, deaths);
	controller = &scene->controller;
	for (uint32_t i = 0; i < TESTS; i++)
		controller_expect(controller, i, verdicts[i]);
	assert_int_equal(controller->count[PB__ENVELOPE__BODY_TEST_STARTED],
			 TESTS);
	assert_int_equal(controller->count[PB__ENVELOPE__BODY_TEST_FINISHED],
			 TESTS);
	assert_int_equal(controller->count[PB__ENVELOPE__BODY_CHECK_STARTED],
			 1);
	assert_int_equal(controller->count[PB__ENVELOPE__BODY_CHECK_EXITED], 1);
	assert_int_equal(controller->count[PB__ENVELOPE__BODY_JOB_FINISHED], 1);
	free(controller_artifact(controller, 1, "901.out.bad", NULL));
	scene_expect_clean_end(scene);
}

static void test_after_second(void **state)
{
	run(state, "after 2");
}

static void test_after_third(void **state)
{
	run(state, "after 3");
}

static void test_before_third(void **state)
{
	run(state, "before 3");
}

static void test_before_fourth(void **state)
{
	run(state, "before 4");
}

static void test_before_fifth(void **state)
{
	run(state, "before 5");
}

/* That a guest is not clean is not forgotten. */
static void run_unclean(void **state, const char *deaths)
{
	static const char *const tests[] = {"generic/912", "generic/913",
					    "generic/001", NULL};
	struct scene *scene = scene_of(state);
	struct controller *controller;

	run_all(scene, tests, 0, deaths);
	controller = &scene->controller;
	controller_expect(controller, 0, PB__VERDICT__VERDICT_PASS);
	scene_expect_unclean(scene);
	scene_expect_clean_end(scene);
}

static void test_unclean_after_second(void **state)
{
	run_unclean(state, "after 2");
}

static void test_unclean_after_third(void **state)
{
	run_unclean(state, "after 3");
}

static void test_unclean_before_third(void **state)
{
	run_unclean(state, "before 3");
}

/* check -L: no rerun is counted twice. */
static void test_reruns(void **state)
{
	static const char *const tests[] = {"generic/916", "generic/001", NULL};
	struct scene *scene = scene_of(state);

	run_all(scene, tests, 2, "after 2");
	controller_expect(&scene->controller, 0, PB__VERDICT__VERDICT_FAIL);
	controller_expect(&scene->controller, 1, PB__VERDICT__VERDICT_PASS);
	assert_int_equal(
		result_test(scene->controller.result, 0)->attempt_count, 3);
	scene_expect_clean_end(scene);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		SCENE_TEST(test_after_second),
		SCENE_TEST(test_after_third),
		SCENE_TEST(test_before_third),
		SCENE_TEST(test_before_fourth),
		SCENE_TEST(test_before_fifth),
		SCENE_TEST(test_unclean_after_second),
		SCENE_TEST(test_unclean_after_third),
		SCENE_TEST(test_unclean_before_third),
		SCENE_TEST(test_reruns),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
