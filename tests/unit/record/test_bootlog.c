/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_bootlog - names of console logs, and two boots in one second. */
#include "host/record/bootlog.h"
#include "tests/unit/record/rundir.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* 2025-01-22 14:30:22 UTC */
#define NOW UINT64_C(1737556222000000000)

static void create(struct outdir *outdir, char name[BOOTLOG_NAME],
		   const char *want)
{
	fd_auto int fd = bootlog_create(outdir, NOW, name);

	assert_true(fd >= 0);
	assert_string_equal(name, want);
	assert_int_equal(fd_write_all(fd, "line\n", 5), 0);
}

static void test_names(void **state)
{
	struct outdir outdir;
	char first[BOOTLOG_NAME], second[BOOTLOG_NAME], third[BOOTLOG_NAME];
	char text[16];

	(void)state;
	assert_int_equal(outdir_create(&outdir, "run", "x", NOW), 0);
	create(&outdir, first, "boot-20250122-143022-running.log");
	create(&outdir, second, "boot-20250122-143022-2-running.log");
	assert_int_equal(bootlog_finish(&outdir, first, true), 0);
	assert_string_equal(first, "boot-20250122-143022-success.log");
	assert_int_equal(bootlog_finish(&outdir, second, false), 0);
	assert_string_equal(second, "boot-20250122-143022-2-failure.log");
	/* Ended ones keep their number. */
	create(&outdir, third, "boot-20250122-143022-3-running.log");
	assert_int_equal(fd_read_text(outdir.fd, first, text, sizeof(text)), 4);
	assert_false(rundir_has("run/boot-20250122-143022-running.log"));
	outdir_close(&outdir);
}

static void test_log_that_is_gone(void **state)
{
	struct outdir outdir;
	char name[BOOTLOG_NAME];

	(void)state;
	assert_int_equal(outdir_create(&outdir, "run", "x", NOW), 0);
	create(&outdir, name, "boot-20250122-143022-running.log");
	assert_int_equal(unlinkat(outdir.fd, name, 0), 0);
	assert_int_equal(bootlog_finish(&outdir, name, true), -ENOENT);
	assert_string_equal(name, "boot-20250122-143022-running.log");
	assert_non_null(strstr(outdir.why, name));
	outdir_close(&outdir);
}

/* By a controller that had no room to say so. */
static void test_log_that_has_its_name(void **state)
{
	struct outdir outdir;
	char name[BOOTLOG_NAME], again[BOOTLOG_NAME];

	(void)state;
	assert_int_equal(outdir_create(&outdir, "run", "x", NOW), 0);
	create(&outdir, name, "boot-20250122-143022-running.log");
	strcpy(again, name);
	assert_int_equal(bootlog_finish(&outdir, name, false), 0);
	assert_int_equal(bootlog_finish(&outdir, again, true), 0);
	assert_string_equal(again, "boot-20250122-143022-failure.log");
	outdir_close(&outdir);
}

int main(void)
{
#define BOXED(test) \
	cmocka_unit_test_setup_teardown(test, rundir_set_up, rundir_tear_down)
	const struct CMUnitTest tests[] = {
		BOXED(test_names),
		BOXED(test_log_that_is_gone),
		BOXED(test_log_that_has_its_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
