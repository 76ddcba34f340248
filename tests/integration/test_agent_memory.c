/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_agent_memory - the agent allocates nothing while tests run, and is
 * small. */
#include "tests/integration/scene.h"

#include "shared/fd.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { RESIDENT_KIB = 4096 };

/* Much of what an agent can meet: hooks, failures, a hang, files, leftovers. */
static const char *const tests[] = {
	"generic/001", "generic/903", "generic/901", "generic/904",
	"generic/950", "generic/912", "generic/902", "generic/913",
	"generic/002", NULL,
};

static void run(struct scene *scene, const char *const *environment)
{
	scene_plan(scene, tests);
	scene->controller.spec.test_timeout_ms = 3000;
	scene->controller.spec.heartbeat_ms = 200;
	scene_start_with(scene, environment);
	controller_wait_over(&scene->controller);
	assert_int_equal(scene->controller.job_end,
			 PB__JOB_END__JOB_END_UNCLEAN);
	controller_expect(&scene->controller, 3, PB__VERDICT__VERDICT_TIMEOUT);
	controller_expect(&scene->controller, 4, PB__VERDICT__VERDICT_PASS);
	scene_expect_clean_end(scene);
}

static void test_allocates_nothing(void **state)
{
	static const char *const none[] = {NULL};
	struct scene *scene = scene_of(state);

	scene->program = FSTVM_TEST_AGENT_FRUGAL;
	run(scene, none);
	if (scene->controller.session.incarnation != 1)
		machine_print_log(&scene->machine);
	assert_int_equal(scene->controller.session.incarnation, 1);
}

/* That it would be seen. */
static void test_allocates_something(void **state)
{
	static const char *const wasteful[] = {"FSTVM_TEST_FRUGAL=0", NULL};
	struct scene *scene = scene_of(state);

	scene->program = FSTVM_TEST_AGENT_FRUGAL;
	run(scene, wasteful);
	assert_int_equal(scene->controller.session.incarnation, 2);
}

/* As it says itself at its end. */
static unsigned int resident_kib(const struct scene *scene)
{
	static const char words[] = "agent: ";
	static char text[1 << 16];
	unsigned int kib = 0;
	char *line = text;

	assert_true(fd_read_text(AT_FDCWD, scene->agent_log, text,
				 sizeof(text)) > 0);
	while ((line = strstr(line, words)) != NULL) {
		line += strlen(words);
		if (sscanf(line, "%u KiB resident", &kib) == 1)
			return kib;
	}
	fail_msg("the agent does not say how large it is");
	return 0;
}

static void test_is_small(void **state)
{
	static const char *const none[] = {NULL};
	struct scene *scene = scene_of(state);

	run(scene, none);
	assert_in_range(resident_kib(scene), 1, RESIDENT_KIB);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest cases[] = {
		SCENE_TEST(test_allocates_nothing),
		SCENE_TEST(test_allocates_something),
		SCENE_TEST(test_is_small),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests(cases, NULL, NULL);
}
