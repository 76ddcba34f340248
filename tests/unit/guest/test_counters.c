/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_counters - the kernel's counts, where it has them. */
#include "guest/counters.h"

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

static char directory[] = "/tmp/fstvm-counters.XXXXXX";

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
	put("tainted", NULL);
	return rmdir(directory);
}

static void open_them(struct counters *counters)
{
	char taint[128];

	snprintf(taint, sizeof(taint), "%s/tainted", directory);
	counters_open(counters, directory, taint);
}

static void close_them(struct counters *counters)
{
	fd_close(&counters->warn_fd);
	fd_close(&counters->oops_fd);
	fd_close(&counters->taint_fd);
}

static struct counts read_once(void)
{
	struct counters counters;
	struct counts counts;

	open_them(&counters);
	counts = counters_read(&counters);
	close_them(&counters);
	return counts;
}

static void test_all(void **state)
{
	struct counters counters;
	struct counts counts;

	(void)state;
	put("warn_count", "12\n");
	put("oops_count", "18446744073709551615\n");
	put("tainted", "512\n");
	open_them(&counters);
	counts = counters_read(&counters);
	assert_true(counts.known);
	assert_int_equal(counts.warns, 12);
	assert_int_equal(counts.oopses, UINT64_MAX);
	assert_int_equal(counts.taint, 512);
	put("warn_count", "13\n");
	put("tainted", "4608\n");
	counts = counters_read(&counters);
	assert_int_equal(counts.warns, 13);
	assert_int_equal(counts.taint, 4608);
	close_them(&counters);
}

static void test_not_known(void **state)
{
	struct counters counters;

	(void)state;
	put("tainted", "4096\n");
	put("oops_count", NULL);
	put("warn_count", "12\n");
	assert_false(read_once().known);
	assert_int_equal(read_once().taint, 4096);
	put("oops_count", "");
	assert_false(read_once().known);
	put("oops_count", "x\n");
	assert_false(read_once().known);
	put("oops_count", "99999999999999999999\n");
	assert_false(read_once().known);
	put("tainted", "");
	assert_int_equal(read_once().taint, 0);
	counters_open(&counters, "/nowhere", "/nowhere/tainted");
	assert_false(counters_read(&counters).known);
	assert_int_equal(counters_read(&counters).taint, 0);
	close_them(&counters);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all),
		cmocka_unit_test(test_not_known),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
