/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_symboliser - source lines in a boot's reports, or why there are none.
 *
 * Needs cc; without one it skips. The lines themselves: test_symbols.
 */
#include "host/run/symboliser.h"

#include "host/kernel/elfimage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char directory[] = "/tmp/fstvm-symboliser.XXXXXX";
static char vmlinux[128];
static struct elfimage image;
static struct symboliser symboliser;
static char report[256];

static bool run(const char *command)
{
	char line[1024];

	snprintf(line, sizeof(line), "cd %s && %s", directory, command);
	return system(line) == 0; /* NOLINT: our own words */
}

static int begin_all(void **state)
{
	(void)state;
	if (mkdtemp(directory) == NULL)
		return -1;
	snprintf(vmlinux, sizeof(vmlinux), "%s/vmlinux", directory);
	if (!run("cc --version >/dev/null 2>&1"))
		return 0;
	return run("printf 'void _start(void)\\n{\\n}\\n' >a.c && "
		   "cc -g -O0 -fno-pie -no-pie -static -nostdlib "
		   "-Wl,--build-id -o vmlinux a.c")
		       ? elfimage_open(&image, vmlinux)
		       : -1;
}

static int end_all(void **state)
{
	(void)state;
	elfimage_close(&image);
	return run("rm -r \"$PWD\"") ? 0 : -1;
}

static void hello(const char *build_id)
{
	Pb__Hello message = PB__HELLO__INIT;

	message.build_id = (char *)(uintptr_t)build_id;
	message.kernel_release = (char *)(uintptr_t) "0.0.0-none";
	symboliser_hello(&symboliser, &message);
}

static void begin(const char *file, const char *tree, const char *build_id)
{
	if (image.count == 0) {
		print_message("there is no cc\n");
		skip();
	}
	symboliser_init(&symboliser, file, tree);
	hello(build_id);
	for (size_t i = 0; i < image.count; i++)
		if (strcmp(image.symbols[i].name, "_start") == 0)
			snprintf(report, sizeof(report),
				 "RIP: 0010:_start+0x0/0x%llx\n",
				 (unsigned long long)image.symbols[i].size);
}

static int end(void **state)
{
	(void)state;
	symboliser_deinit(&symboliser);
	return 0;
}

/* Twice: what is opened once stays. */
static void expect_lines(bool wanted)
{
	for (int i = 0; i < 2; i++) {
		Pb__KernelProblem problem = PB__KERNEL_PROBLEM__INIT;

		problem.report = report;
		assert_null(symboliser_work(&symboliser, &problem));
		assert_int_equal(strstr(problem.report, " a.c:2\n") != NULL,
				 wanted);
		assert_int_equal(problem.report != report, wanted);
	}
}

static void test_named(void **state)
{
	(void)state;
	begin(vmlinux, "", image.build_id);
	expect_lines(true);
}

static void test_tree(void **state)
{
	(void)state;
	begin(NULL, directory, image.build_id);
	expect_lines(true);
}

static void test_nothing_there(void **state)
{
	(void)state;
	begin(NULL, "/nowhere", image.build_id);
	expect_lines(false);
}

static void test_another_build(void **state)
{
	Pb__KernelProblem problem = PB__KERNEL_PROBLEM__INIT;

	(void)state;
	begin(NULL, directory, "0123456789abcdef");
	problem.report = report;
	assert_non_null(strstr(symboliser_work(&symboliser, &problem),
			       "another build-id"));
	assert_ptr_equal(problem.report, report);
	/* said once, in the next boot, too */
	expect_lines(false);
	hello("0123456789abcdef");
	expect_lines(false);
	/* whose kernel may be the right one */
	hello(image.build_id);
	expect_lines(true);
}

/* Named, and no use: that is said, too. */
static void test_named_in_vain(void **state)
{
	Pb__KernelProblem problem = PB__KERNEL_PROBLEM__INIT;

	(void)state;
	begin("/nowhere/vmlinux", "", image.build_id);
	problem.report = report;
	assert_non_null(strstr(symboliser_work(&symboliser, &problem),
			       "/nowhere/vmlinux"));
}

static void test_flood(void **state)
{
	(void)state;
	begin(vmlinux, "", image.build_id);
	symboliser.spent_ns = (SYMBOLISER_MS + 1) * UINT64_C(1000000);
	expect_lines(false);
}

static void test_no_report(void **state)
{
	Pb__KernelProblem problem = PB__KERNEL_PROBLEM__INIT;

	(void)state;
	begin(vmlinux, "", image.build_id);
	assert_null(symboliser_work(&symboliser, &problem));
	assert_string_equal(problem.report, "");
}

#define WORK_TEST(name) cmocka_unit_test_teardown(name, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORK_TEST(test_named),	       WORK_TEST(test_tree),
		WORK_TEST(test_nothing_there), WORK_TEST(test_another_build),
		WORK_TEST(test_named_in_vain), WORK_TEST(test_flood),
		WORK_TEST(test_no_report),
	};

	return cmocka_run_group_tests(tests, begin_all, end_all);
}
