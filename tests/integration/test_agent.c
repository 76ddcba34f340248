/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_agent - the real agent against the real host library, without a VM. */
#include "tests/integration/scene.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct scene *scene_of(void **state)
{
	if (*state == NULL)
		skip();
	return *state;
}

static void test_normal_run(void **state)
{
	static const char *const tests[] = {"generic/001", "generic/002",
					    "generic/003", "generic/902",
					    "generic/903", NULL};
	struct scene *scene = scene_of(state);
	struct controller *controller = &scene->controller;

	scene_plan(scene, tests);
	scene_start(scene);
	controller_wait_over(controller);
	for (uint32_t i = 0; i < 3; i++)
		controller_expect(controller, i, PB__VERDICT__VERDICT_PASS);
	controller_expect(controller, 3, PB__VERDICT__VERDICT_FAIL);
	assert_int_equal(controller_attempt(controller, 3)->exit_status, 3);
	controller_expect(controller, 4, PB__VERDICT__VERDICT_NOTRUN);
	assert_non_null(strstr(controller_attempt(controller, 4)->reason,
			       "this test never runs"));
	assert_int_equal(controller->job_end, PB__JOB_END__JOB_END_COMPLETE);
	scene_expect_clean_end(scene);
}

#define SCENE_TEST(name) \
	cmocka_unit_test_setup_teardown(name, scene_set_up, scene_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCENE_TEST(test_normal_run),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
