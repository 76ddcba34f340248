/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_log - lines, levels, and lines that are too long. */
#include "shared/fd.h"
#include "shared/log.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static int stderr_copy = -1;
static int reader = -1;
static char seen[8192];

static int set_up(void **state)
{
	int pair[2];

	(void)state;
	if (fd_pipe(pair) < 0)
		return -1;
	stderr_copy = dup(2);
	dup2(pair[1], 2);
	fd_close(&pair[1]);
	reader = pair[0];
	return fd_set_nonblocking(reader);
}

static int tear_down(void **state)
{
	(void)state;
	dup2(stderr_copy, 2);
	fd_close(&stderr_copy);
	fd_close(&reader);
	return 0;
}

static const char *logged(void)
{
	ssize_t n = read(reader, seen, sizeof(seen) - 1);

	seen[n > 0 ? n : 0] = '\0';
	return seen;
}

static void test_levels(void **state)
{
	(void)state;
	log_open("prog", LOG_WARNING);
	log_error("went %s", "wrong");
	assert_string_equal(logged(), "prog: went wrong\n");
	log_warning("%d left", 3);
	assert_string_equal(logged(), "prog: warning: 3 left\n");
	log_info("quiet");
	log_debug("quiet");
	assert_string_equal(logged(), "");
	log_open("prog", LOG_DEBUG);
	log_debug("loud");
	assert_string_equal(logged(), "prog: loud\n");
}

static void test_long_line_and_errno(void **state)
{
	char *text = malloc(6000);

	(void)state;
	assert_non_null(text);
	memset(text, 'x', 5999);
	text[5999] = '\0';
	log_open("prog", LOG_INFO);
	errno = EXDEV;
	log_info("%s", text);
	assert_int_equal(errno, EXDEV);
	assert_int_equal(strlen(logged()), 4095);
	assert_int_equal(seen[4094], '\n');
	assert_int_equal(seen[4093], 'x');
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_levels, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_long_line_and_errno,
						set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
