/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/report/tail.h"
#include "shared/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static const char log_text[] = "first\nsecond\nthird\n";

static int make_log(char dir[])
{
	int dirfd;
	int fd;

	assert_non_null(mkdtemp(dir));
	dirfd = fd_open(dir, O_RDONLY | O_DIRECTORY, 0);
	assert_true(dirfd >= 0);
	fd = fd_openat(dirfd, "log", O_WRONLY | O_CREAT, 0600);
	assert_true(fd >= 0);
	assert_int_equal(fd_write_all(fd, log_text, strlen(log_text)), 0);
	fd_close(&fd);
	return dirfd;
}

static void remove_log(const char *dir, int dirfd)
{
	unlinkat(dirfd, "log", 0);
	fd_close(&dirfd);
	rmdir(dir);
}

/* Whole when it fits (N - 1, N, N + 1), else from the start of a line. */
static void tail_begins_with_a_line(void **state)
{
	char dir[] = "/tmp/test_tail.XXXXXX";
	int dirfd = make_log(dir);
	const size_t size = strlen(log_text);
	char text[64];

	(void)state;
	assert_int_equal(tail_read(dirfd, "log", text, size + 2), size);
	assert_string_equal(text, log_text);
	assert_int_equal(tail_read(dirfd, "log", text, size + 1), size);
	assert_string_equal(text, log_text);
	assert_int_equal(tail_read(dirfd, "log", text, size),
			 strlen("second\nthird\n"));
	assert_string_equal(text, "second\nthird\n");
	assert_int_equal(tail_read(dirfd, "log", text, 1), 0);
	assert_string_equal(text, "");
	remove_log(dir, dirfd);
}

static void tail_stays_in_its_directory(void **state)
{
	char dir[] = "/tmp/test_tail.XXXXXX";
	int dirfd = make_log(dir);
	char text[64];

	(void)state;
	assert_int_equal(tail_read(dirfd, "none", text, sizeof(text)), -ENOENT);
	assert_true(tail_read(dirfd, "../etc/passwd", text, sizeof(text)) < 0);
	remove_log(dir, dirfd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tail_begins_with_a_line),
		cmocka_unit_test(tail_stays_in_its_directory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
