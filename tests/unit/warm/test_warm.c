/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The process that makes the bundles, with a cache of its own. */
#include "host/warm/warm.h"

#include "tests/unit/warm/place.h"

#include <errno.h>
#include <poll.h>

static int set_up(void **state)
{
	if (place_make(state) < 0)
		return -1;
	place_put("tree/check", "env\n", 0755);
	place_put("tree/tests/generic/001", "true\n", 0755);
	return setenv("XDG_CACHE_HOME", place_path("cache"), 1);
}

static int start(struct warm *warm, const char *tree)
{
	const struct warm_ask ask = {tree, WARM_PROGRAMS, ""};

	return warm_start(warm, &ask);
}

static const struct warm_result *await(struct warm *warm)
{
	struct pollfd pollfd = {.fd = warm->fd, .events = POLLIN};

	assert_int_equal(poll(&pollfd, 1, 60000), 1);
	return warm_look(warm);
}

static void test_makes_then_finds(void **state)
{
	const struct warm_result *result;
	struct warm warm;
	struct stat st;

	(void)state;
	for (int i = 0; i < 2; i++) {
		assert_int_equal(start(&warm, place_path("tree")), 0);
		result = await(&warm);
		assert_non_null(result);
		assert_int_equal(result->error, 0);
		assert_int_equal(result->tree.made, i == 0);
		assert_int_equal(result->tree.members, 4);
		assert_true(result->tools.members > 0);
		assert_ptr_equal(warm_look(&warm), result);
		assert_int_equal(stat(warm.directory, &st), 0);
		assert_int_equal(st.st_mode & 0777, 0700);
		assert_int_equal(
			fstatat(warm.cache_fd, result->tree.name, &st, 0), 0);
		assert_int_equal(st.st_mode & 0777, 0600);
		warm_end(&warm);
	}
}

static void test_failure_says_where(void **state)
{
	const struct warm_result *result;
	struct warm warm;

	(void)state;
	assert_int_equal(start(&warm, place_path("none")), 0);
	result = await(&warm);
	assert_non_null(result);
	assert_int_equal(result->error, -ENOENT);
	assert_string_equal(result->step, "the tree's bundle");
	warm_end(&warm);
}

static void test_end_before_it_is_ready(void **state)
{
	struct warm warm;

	(void)state;
	assert_int_equal(start(&warm, place_path("tree")), 0);
	warm_end(&warm);
	assert_int_equal(warm.pid, 0);
	assert_null(warm_look(&warm));
	warm_end(&warm);
}

static void test_process_that_dies(void **state)
{
	const struct warm_result *result;
	struct warm warm;
	int pair[2];

	(void)state;
	assert_int_equal(start(&warm, place_path("tree")), 0);
	fd_close(&warm.fd);
	assert_int_equal(fd_pipe(pair), 0);
	fd_close(&pair[1]);
	warm.fd = pair[0];
	result = warm_look(&warm);
	assert_non_null(result);
	assert_int_equal(result->error, -ECHILD);
	warm_end(&warm);
}

static void test_no_home(void **state)
{
	char home[256];
	struct warm warm;

	(void)state;
	snprintf(home, sizeof(home), "%s",
		 getenv("HOME") ? getenv("HOME") : "/");
	unsetenv("XDG_CACHE_HOME");
	unsetenv("HOME");
	assert_int_equal(start(&warm, place), -ENOENT);
	setenv("HOME", home, 1);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, place_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_makes_then_finds),
		CASE(test_failure_says_where),
		CASE(test_end_before_it_is_ready),
		CASE(test_process_that_dies),
		CASE(test_no_home),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
