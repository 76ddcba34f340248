/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_warncount - the kernel's counts, where it has them. */
#include "guest/warncount.h"

#include "shared/fd.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char directory[] = "/tmp/fstvm-warncount.XXXXXX";

static void put(const char *name, const char *text)
{
	char path[128];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	if (text == NULL) {
		unlink(path);
		return;
	}
	file = fopen(path, "we");
	assert_non_null(file);
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
}

static int begin(void **state)
{
	(void)state;
	return mkdtemp(directory) == NULL ? -1 : 0;
}

static int end(void **state)
{
	(void)state;
	put("warn_count", NULL);
	put("oops_count", NULL);
	return rmdir(directory);
}

static void test_both(void **state)
{
	struct warncount count;

	(void)state;
	put("warn_count", "12\n");
	put("oops_count", "18446744073709551615\n");
	count = warncount_read(directory);
	assert_true(count.known);
	assert_int_equal(count.warns, 12);
	assert_int_equal(count.oopses, UINT64_MAX);
}

static void test_not_known(void **state)
{
	(void)state;
	put("oops_count", NULL);
	put("warn_count", "12\n");
	assert_false(warncount_read(directory).known);
	put("oops_count", "");
	assert_false(warncount_read(directory).known);
	put("oops_count", "x\n");
	assert_false(warncount_read(directory).known);
	put("oops_count", "99999999999999999999\n");
	assert_false(warncount_read(directory).known);
	assert_false(warncount_read("/nowhere").known);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_both),
		cmocka_unit_test(test_not_known),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
