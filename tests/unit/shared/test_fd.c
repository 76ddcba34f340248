/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_fd - ownership, whole reads and writes. */
#include "shared/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static void test_ownership(void **state)
{
	int pair[2];
	int copy = -1;

	(void)state;
	assert_int_equal(fd_pipe(pair), 0);
	{
		fd_auto int owned = pair[0];

		assert_int_equal(fcntl(owned, F_GETFD), FD_CLOEXEC);
	}
	assert_int_equal(fcntl(pair[0], F_GETFD), -1);
	{
		fd_auto int owned = pair[1];

		copy = fd_release(&owned);
		assert_int_equal(owned, -1);
	}
	assert_int_equal(fcntl(copy, F_GETFD), FD_CLOEXEC);
	errno = EXDEV;
	fd_close(&copy);
	assert_int_equal(copy, -1);
	fd_close(&copy);
	assert_int_equal(errno, EXDEV);
}

static void test_open(void **state)
{
	fd_auto int fd = -1;

	(void)state;
	assert_int_equal(fd_open("/nonexistent/x", O_RDONLY, 0), -ENOENT);
	fd = fd_open("/dev/null", O_RDWR, 0);
	assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
}

static void test_write_and_read_all(void **state)
{
	int pair[2];
	char text[8] = "";

	(void)state;
	assert_int_equal(fd_pipe(pair), 0);
	assert_int_equal(fd_write_all(pair[1], "abcdef", 6), 0);
	assert_int_equal(fd_read_all(pair[0], text, 4), 4);
	fd_close(&pair[1]);
	assert_int_equal(fd_read_all(pair[0], text, sizeof(text)), 2);
	assert_memory_equal(text, "ef", 2);
	assert_int_equal(fd_read_all(pair[0], text, sizeof(text)), 0);
	fd_close(&pair[0]);
	assert_int_equal(fd_read_all(-1, text, 1), -EBADF);
	assert_int_equal(fd_write_all(-1, text, 1), -EBADF);
	assert_int_equal(fd_write_all(-1, text, 0), 0);
}

static void test_nonblocking(void **state)
{
	static char much[1 << 20];
	int pair[2];

	(void)state;
	assert_int_equal(fd_pipe(pair), 0);
	assert_int_equal(fd_set_nonblocking(pair[0]), 0);
	assert_int_equal(fd_set_nonblocking(pair[1]), 0);
	assert_int_equal(fd_read_all(pair[0], much, 1), -EAGAIN);
	assert_int_equal(fd_write_all(pair[1], much, sizeof(much)), -EAGAIN);
	fd_close(&pair[0]);
	fd_close(&pair[1]);
	assert_int_equal(fd_set_nonblocking(-1), -EBADF);
}

static void expect_text(const char *path, const char *contents, size_t cap,
			const char *want)
{
	char to[16];
	fd_auto int fd = fd_open(path, O_WRONLY | O_TRUNC, 0);

	assert_int_equal(fd_write_all(fd, contents, strlen(contents)), 0);
	memset(to, '#', sizeof(to));
	assert_int_equal(fd_read_text(AT_FDCWD, path, to, cap), strlen(want));
	assert_string_equal(to, want);
	assert_int_equal(to[cap], '#');
}

static void test_text(void **state)
{
	char path[] = "/tmp/test_fd.XXXXXX";
	fd_auto int fd = mkstemp(path);
	char to[8] = "old";

	(void)state;
	assert_true(fd >= 0);
	expect_text(path, "value\n", 8, "value");
	expect_text(path, "value\n\n", 8, "value\n");
	expect_text(path, "value", 8, "value");
	expect_text(path, "", 8, "");
	expect_text(path, "12345678", 8, "1234567");
	expect_text(path, "12345678", 9, "12345678");
	expect_text(path, "x", 1, "");
	assert_int_equal(fd_write_text(AT_FDCWD, path, "new"), 0);
	assert_int_equal(fd_read_text(AT_FDCWD, path, to, sizeof(to)), 3);
	assert_memory_equal(to, "new", 3);
	unlink(path);
	assert_int_equal(fd_write_text(AT_FDCWD, path, "x"), -ENOENT);
	assert_int_equal(fd_read_text(AT_FDCWD, path, to, sizeof(to)), -ENOENT);
	assert_string_equal(to, "");
	assert_int_equal(fd_write_text(AT_FDCWD, "/dev/full", "x"), -ENOSPC);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ownership),
		cmocka_unit_test(test_open),
		cmocka_unit_test(test_write_and_read_all),
		cmocka_unit_test(test_nonblocking),
		cmocka_unit_test(test_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
