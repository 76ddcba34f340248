/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_artifact_path - no byte of a guest's name gets into a path. */
#include "host/record/artifact_path.h"
#include "tests/unit/record/rundir.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static struct outdir outdir;

static int set_up(void **state)
{
	if (rundir_set_up(state) < 0)
		return -1;
	return outdir_create(&outdir, "run", "x", 0);
}

static int tear_down(void **state)
{
	outdir_close(&outdir);
	return rundir_tear_down(state);
}

static void take(const char *path)
{
	fd_auto int fd =
		outdir_open_file(&outdir, path, O_WRONLY | O_CREAT | O_EXCL);

	assert_true(fd >= 0);
}

static void expect(const struct artifact_origin *origin, const char *want)
{
	char path[PATH_MAX];

	assert_int_equal(artifact_path_make(&outdir, origin, path), 0);
	assert_string_equal(path, want);
	take(path);
}

static void expect_kind(const char *guest_name, const char *want)
{
	assert_string_equal(artifact_path_kind("generic/001", guest_name),
			    want);
}

static void test_kinds(void **state)
{
	(void)state;
	expect_kind("001.full", "full");
	expect_kind("001.out.bad", "out.bad");
	expect_kind("001.dmesg", "dmesg");
	expect_kind("001.notrun", "notrun");
	expect_kind("001.hints", "hints");
	expect_kind("001.kmemleak", "kmemleak");
	expect_kind("001.core", "core");
	expect_kind("001.core.d41d8cd98f00b204e9800998ecf8427e.gz", "core");
	expect_kind("full", "full");
	expect_kind("001.fullx", "extra");
	expect_kind("001.corefile", "extra");
	expect_kind("002.full", "extra");
	expect_kind("001.", "extra");
	expect_kind("", "extra");
	expect_kind("../../etc/passwd", "extra");
	expect_kind("001.full/../../x", "extra");
	expect_kind("001.core.\x1b[31m/..", "core");
}

static void test_places(void **state)
{
	struct artifact_origin origin = {
		.config = "default",
		.test = "generic/001",
		.guest_name = "001.full",
	};

	(void)state;
	expect(&origin, "results/default/generic/001.full");
	expect(&origin, "results/default/generic/001.full-2");
	origin.attempt = 1;
	expect(&origin, "results/default/generic/001.attempt1.full");
	origin.iteration = 2;
	expect(&origin, "results/default/generic/001.iteration2.attempt1.full");
	origin.attempt = 0;
	origin.guest_name = "../../../x";
	expect(&origin, "results/default/generic/001.iteration2.extra-1");
	expect(&origin, "results/default/generic/001.iteration2.extra-2");
	origin.iteration = 0;
	origin.config = "../a b";
	origin.test = "selftest/004-long.name_x+";
	origin.guest_name = "004-long.name_x+.out.bad";
	expect(&origin, "results/-.-a-b/selftest/004-long.name_x+.out.bad");
}

static void expect_refused(const char *test)
{
	struct artifact_origin origin = {
		.config = "default", .test = test, .guest_name = "x"};
	char path[PATH_MAX] = "untouched";

	assert_int_equal(artifact_path_make(&outdir, &origin, path), -EINVAL);
	assert_string_equal(path, "untouched");
}

static void test_names_that_are_no_tests(void **state)
{
	char name[128];

	(void)state;
	expect_refused("");
	expect_refused("001");
	expect_refused("/001");
	expect_refused("generic/");
	expect_refused("../001");
	expect_refused("generic/..");
	expect_refused("generic/.001");
	expect_refused("generic/001/x");
	expect_refused("gen eric/001");
	expect_refused("generic/0\n1");
	snprintf(name, sizeof(name), "%065d/001", 0);
	expect_refused(name);
	snprintf(name, sizeof(name), "generic/%065d", 0);
	expect_refused(name);
	assert_false(rundir_has("run/results"));
}

static void test_longest_names(void **state)
{
	char name[256], want[512];
	struct artifact_origin origin = {
		.config = "default",
		.test = name,
		.iteration = UINT32_MAX,
		.attempt = UINT32_MAX,
		.guest_name = "x",
	};

	(void)state;
	snprintf(name, sizeof(name), "%064d/%064d", 1, 2);
	snprintf(want, sizeof(want),
		 "results/default/%064d/"
		 "%064d.iteration4294967295.attempt4294967295.extra-1",
		 1, 2);
	expect(&origin, want);
}

static void test_too_many(void **state)
{
	struct artifact_origin origin = {
		.config = "c",
		.test = "generic/001",
		.guest_name = "",
	};
	char path[PATH_MAX];

	(void)state;
	for (int i = 1; i <= ARTIFACT_PATH_COPIES; i++) {
		snprintf(path, sizeof(path), "results/c/generic/001.extra-%d",
			 i);
		expect(&origin, path);
	}
	assert_int_equal(artifact_path_make(&outdir, &origin, path), -ENFILE);
	origin.guest_name = "001.full";
	expect(&origin, "results/c/generic/001.full");
}

int main(void)
{
#define BOXED(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		BOXED(test_kinds),
		BOXED(test_places),
		BOXED(test_names_that_are_no_tests),
		BOXED(test_longest_names),
		BOXED(test_too_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
