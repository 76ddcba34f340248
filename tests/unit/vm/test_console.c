/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/vm/console.h"

#include "shared/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

static struct console console;

struct seen {
	unsigned int lines;
	uint64_t dropped;
	char last[LIMIT_CONSOLE_LINE + 1];
};

static void on_line(void *context, struct bytes line, uint64_t dropped)
{
	struct seen *seen = context;

	seen->lines++;
	seen->dropped += dropped;
	memcpy(seen->last, line.data, line.len);
	seen->last[line.len] = '\0';
}

static int push(const char *text)
{
	return console_push(&console, bytes_of_string(text));
}

static void expect_file(int fd, const char *text)
{
	char content[4096];
	ssize_t len = pread(fd, content, sizeof(content) - 1, 0);

	assert_true(len >= 0);
	content[len] = '\0';
	assert_string_equal(content, text);
}

static int new_file(void)
{
	int fd = memfd_create("console", MFD_CLOEXEC);

	assert_true(fd >= 0);
	return fd;
}

static void bytes_to_the_file_lines_to_the_sink(void **state)
{
	fd_auto int fd = new_file();
	struct seen seen = {0};

	(void)state;
	console_init(&console, fd, LIMIT_CONSOLE_LOG_BYTES, on_line, &seen);
	assert_int_equal(push("[    0.0] Linux\r\nha"), 0);
	assert_int_equal(seen.lines, 1);
	assert_string_equal(seen.last, "[    0.0] Linux");
	assert_int_equal(push("lf\nrest"), 0);
	assert_string_equal(seen.last, "half");
	assert_int_equal(console_finish(&console), 0);
	assert_int_equal(seen.lines, 3);
	assert_string_equal(seen.last, "rest");
	expect_file(fd, "[    0.0] Linux\r\nhalf\nrest");
}

static void cap_of(uint64_t cap, const char *expected)
{
	fd_auto int fd = new_file();
	struct seen seen = {0};

	console_init(&console, fd, cap, on_line, &seen);
	assert_int_equal(push("1234\n"), 0);
	assert_int_equal(push("6789\n"), 0);
	assert_int_equal(seen.lines, 2);
	assert_int_equal(console_finish(&console), 0);
	expect_file(fd, expected);
}

static void file_is_bounded(void **state)
{
	(void)state;
	cap_of(11, "1234\n6789\n");
	cap_of(10, "1234\n6789\n");
	cap_of(9, "1234\n6789\n[fstvm: 1 more bytes of the console were not "
		  "kept]\n");
	cap_of(5, "1234\n\n[fstvm: 5 more bytes of the console were not "
		  "kept]\n");
	cap_of(0, "\n[fstvm: 10 more bytes of the console were not kept]\n");
}

static void number_lines(unsigned int first, unsigned int count)
{
	char text[32];

	for (unsigned int i = 0; i < count; i++) {
		snprintf(text, sizeof(text), "line %u\n", first + i);
		assert_int_equal(push(text), 0);
	}
}

static void expect_last(size_t i, const char *text)
{
	assert_true(bytes_equal_string(console_last(&console, i), text));
}

static void ring_keeps_the_last(void **state)
{
	fd_auto int fd = new_file();

	(void)state;
	console_init(&console, fd, 0, NULL, NULL);
	assert_int_equal(console_last_count(&console), 0);
	number_lines(0, CONSOLE_RING - 1);
	assert_int_equal(console_last_count(&console), CONSOLE_RING - 1);
	expect_last(0, "line 0");
	number_lines(CONSOLE_RING - 1, 1);
	assert_int_equal(console_last_count(&console), CONSOLE_RING);
	expect_last(0, "line 0");
	number_lines(CONSOLE_RING, 1);
	assert_int_equal(console_last_count(&console), CONSOLE_RING);
	expect_last(0, "line 1");
	expect_last(CONSOLE_RING - 1, "line 200");
}

static void ring_leaves_out_what_was_asked_for(void **state)
{
	fd_auto int fd = new_file();
	struct seen seen = {0};

	(void)state;
	console_init(&console, fd, 100, on_line, &seen);
	number_lines(0, 1);
	console_set_forgetful(&console, true);
	number_lines(1, 1);
	console_set_forgetful(&console, false);
	number_lines(2, 1);
	assert_int_equal(seen.lines, 3);
	assert_int_equal(console_last_count(&console), 2);
	expect_last(1, "line 2");
	expect_file(fd, "line 0\nline 1\nline 2\n");
}

static void ring_of_length(size_t len, size_t kept)
{
	fd_auto int fd = new_file();
	char text[CONSOLE_RING_LINE + 2];

	memset(text, 'x', sizeof(text));
	console_init(&console, fd, 0, NULL, NULL);
	assert_int_equal(console_push(&console, bytes_of(text, len)), 0);
	assert_int_equal(push("\n"), 0);
	assert_int_equal(console_last(&console, 0).len, kept);
}

static void ring_cuts_long_lines(void **state)
{
	(void)state;
	ring_of_length(CONSOLE_RING_LINE - 1, CONSOLE_RING_LINE - 1);
	ring_of_length(CONSOLE_RING_LINE, CONSOLE_RING_LINE);
	ring_of_length(CONSOLE_RING_LINE + 1, CONSOLE_RING_LINE);
}

static void full_disk_is_told_once(void **state)
{
	fd_auto int fd = fd_open("/dev/full", O_WRONLY, 0);
	struct seen seen = {0};

	(void)state;
	assert_true(fd >= 0);
	console_init(&console, fd, 100, on_line, &seen);
	assert_int_equal(push("one\n"), -ENOSPC);
	assert_int_equal(push("two\n"), 0);
	assert_int_equal(seen.lines, 2);
	assert_int_equal(console.dropped, 8);
	assert_int_equal(console_finish(&console), -ENOSPC);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_to_the_file_lines_to_the_sink),
		cmocka_unit_test(file_is_bounded),
		cmocka_unit_test(ring_keeps_the_last),
		cmocka_unit_test(ring_leaves_out_what_was_asked_for),
		cmocka_unit_test(ring_cuts_long_lines),
		cmocka_unit_test(full_disk_is_told_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
