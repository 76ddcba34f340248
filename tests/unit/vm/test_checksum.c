/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_checksum - a file is the one that it was, or not. */
#include "host/vm/checksum.h"
#include "shared/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static char path[] = "/tmp/fstvm-test-checksum-XXXXXX";

static void store(const void *bytes, size_t len)
{
	fd_auto int fd = fd_open(path, O_WRONLY | O_TRUNC, 0);

	assert_true(fd >= 0);
	assert_int_equal(fd_write_all(fd, bytes, len), 0);
}

static void expect(const char *expected)
{
	char text[CHECKSUM_TEXT] = "untouched";

	assert_int_equal(checksum_file(path, text), 0);
	assert_string_equal(text, expected);
}

static void test_known_values(void **state)
{
	(void)state;
	store("", 0);
	expect("0 bytes, crc32 00000000");
	store("123456789", 9); /* the check value of CRC-32 */
	expect("9 bytes, crc32 cbf43926");
}

/* Longer than one read; one bit makes a difference. */
static void test_large(void **state)
{
	static uint8_t bytes[200001];
	char before[CHECKSUM_TEXT], after[CHECKSUM_TEXT];

	(void)state;
	store(bytes, sizeof(bytes));
	assert_int_equal(checksum_file(path, before), 0);
	bytes[150000] ^= 1;
	store(bytes, sizeof(bytes));
	assert_int_equal(checksum_file(path, after), 0);
	assert_string_not_equal(before, after);
}

static void test_missing(void **state)
{
	char text[CHECKSUM_TEXT] = "untouched";

	(void)state;
	assert_int_equal(checksum_file("/nonexistent/file", text), -ENOENT);
	assert_int_equal(checksum_file("/", text), -EISDIR);
	assert_string_equal(text, "untouched");
}

static int make(void **state)
{
	fd_auto int fd = mkstemp(path);

	(void)state;
	return fd < 0 ? -1 : 0;
}

static int unmake(void **state)
{
	(void)state;
	return unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known_values),
		cmocka_unit_test(test_large),
		cmocka_unit_test(test_missing),
	};

	return cmocka_run_group_tests(tests, make, unmake);
}
