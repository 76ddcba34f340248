/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/vm/capture.h"

#include <errno.h>
#include <limits.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/wait.h>

#include <cmocka.h>

static const char *const environment[] = {"PATH=/usr/bin:/bin", NULL};
static struct capture capture;

static int run(const char *script, uint64_t timeout_ms)
{
	const char *const argv[] = {"/bin/sh", "-c", script, NULL};

	return capture_run(&capture, argv, environment, timeout_ms);
}

static void output_and_status(void **state)
{
	(void)state;
	assert_int_equal(run("echo out; echo err >&2; exit 5", 20000), 0);
	assert_string_equal(capture.out, "out\n");
	assert_string_equal(capture.err, "err\n");
	assert_int_equal(capture.exit_status, 5);
	assert_int_equal(run("kill -9 $$", 20000), 0);
	assert_int_equal(capture.exit_status, 128 + SIGKILL);
}

static void flood_is_cut(void **state)
{
	(void)state;
	assert_int_equal(run("head -c 300000 /dev/zero | tr '\\0' x", 20000),
			 0);
	assert_int_equal(strlen(capture.out), CAPTURE_TEXT - 1);
	assert_int_equal(capture.exit_status, 0);
}

static void hanging_one_is_killed(void **state)
{
	(void)state;
	assert_int_equal(run("trap '' TERM; sleep 1000", 50), -ETIMEDOUT);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

static void missing_one_is_told(void **state)
{
	const char *const argv[] = {"/nonexistent", NULL};

	(void)state;
	assert_int_equal(capture_run(&capture, argv, environment, 1000),
			 -ENOENT);
}

static void programs_are_found(void **state)
{
	char path[PATH_MAX];
	char small[8];

	(void)state;
	assert_int_equal(
		capture_find("sh", "/nonexistent:/bin", path, sizeof(path)), 0);
	assert_string_equal(path, "/bin/sh");
	assert_int_equal(capture_find("sh", NULL, path, sizeof(path)), 0);
	assert_int_equal(capture_find("nonexistent", "/bin:/usr/bin", path,
				      sizeof(path)),
			 -ENOENT);
	assert_int_equal(capture_find("sh", "", path, sizeof(path)), -ENOENT);
	assert_int_equal(capture_find("bin", "/usr", path, sizeof(path)),
			 -ENOENT); /* a directory */
	assert_int_equal(capture_find("sh", "bin:./bin", path, sizeof(path)),
			 -ENOENT);
	assert_int_equal(capture_find("sh", "/bin", small, sizeof(small)), 0);
	assert_int_equal(capture_find("sh", "/bin", small, 7), -ENAMETOOLONG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(output_and_status),
		cmocka_unit_test(flood_is_cut),
		cmocka_unit_test(hanging_one_is_killed),
		cmocka_unit_test(missing_one_is_told),
		cmocka_unit_test(programs_are_found),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
