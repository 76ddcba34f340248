/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest/evidence.h"

#include "tests/unit/guest/sandbox.h"

#include <errno.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static char root[] = "/tmp/fstvm-evidence-XXXXXX";
static int results_fd;
static int tests_fd;
static struct evidence evidence;

static int make_root(void **state)
{
	(void)state;
	memcpy(root + sizeof(root) - 7, "XXXXXX", 6);
	assert_non_null(mkdtemp(root));
	assert_int_equal(chdir(root), 0);
	assert_int_equal(mkdir("results", 0755), 0);
	assert_int_equal(mkdir("results/generic", 0755), 0);
	assert_int_equal(mkdir("tests", 0755), 0);
	assert_int_equal(mkdir("tests/generic", 0755), 0);
	results_fd = open("results", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	tests_fd = open("tests", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return 0;
}

static int remove_root(void **state)
{
	char command[64];

	(void)state;
	close(results_fd);
	close(tests_fd);
	(void)snprintf(command, sizeof(command), "cd /; rm -r %s", root);
	return system(command);
}

static void leave(const char *suffix, const char *text)
{
	char path[128];

	(void)snprintf(path, sizeof(path), "results/generic/001%s", suffix);
	sandbox_write(path, text, strlen(text));
}

static int read_it(void)
{
	return evidence_read(&evidence, results_fd, tests_fd, "generic/001");
}

static void test_nothing(void **state)
{
	(void)state;
	sandbox_write("tests/generic/001.out", "x", 1);
	assert_int_equal(read_it(), 0);
	assert_false(evidence.notrun || evidence.out_bad || evidence.dmesg ||
		     evidence.core || evidence.kmemleak || evidence.no_golden);
	assert_string_equal(evidence.fs_problem, "");
	assert_string_equal(evidence.hint, "");
	/* Nor is a missing directory a failure. */
	assert_int_equal(
		evidence_read(&evidence, results_fd, tests_fd, "xfs/001"), 0);
	assert_true(evidence.no_golden);
}

static void test_all(void **state)
{
	Pb__TestFinished finished;

	(void)state;
	pb__test_finished__init(&finished);
	leave(".notrun", "needs \033 this\nand that\n\n");
	leave(".out.bad", "");
	leave(".dmesg", "BUG: x\n");
	leave(".kmemleak", "leak\n");
	leave(".core.0123abcd", "");
	leave(".hints", "HINT: fix\n");
	leave(".full", "ok\n_check_generic_filesystem: filesystem on /dev/vda "
		       "is inconsistent\n_check_dmesg: something\n");
	assert_int_equal(read_it(), 0);
	evidence_fill(&evidence, &finished);
	assert_true(evidence.notrun);
	assert_string_equal(finished.notrun_reason,
			    "needs \\x1b this\nand that");
	assert_true(finished.output_mismatch);
	assert_true(finished.dmesg_found);
	assert_true(finished.kmemleak_found);
	assert_true(finished.dumped_core);
	assert_true(finished.no_golden_output);
	assert_string_equal(finished.hint, "HINT: fix");
	assert_string_equal(finished.fs_problem,
			    "_check_generic_filesystem: filesystem on /dev/vda "
			    "is inconsistent");
}

static void test_other_tests_files_do_not_count(void **state)
{
	(void)state;
	leave("0.notrun", "0010");
	leave("-foo.out.bad", "001-foo");
	leave("0.core.1", "");
	assert_int_equal(read_it(), 0);
	assert_false(evidence.notrun || evidence.out_bad || evidence.core);
}

static void test_only_regular_files_count(void **state)
{
	(void)state;
	assert_int_equal(symlink("/etc/passwd", "results/generic/001.notrun"),
			 0);
	assert_int_equal(mkdir("results/generic/001.out.bad", 0755), 0);
	assert_int_equal(mkfifo("results/generic/001.full", 0644), 0);
	assert_int_equal(read_it(), 0);
	assert_false(evidence.notrun);
	assert_string_equal(evidence.notrun_reason, "");
	assert_false(evidence.out_bad);
	assert_string_equal(evidence.fs_problem, "");
}

static void test_empty_notrun_counts(void **state)
{
	(void)state;
	leave(".notrun", "");
	leave(".dmesg", "");
	assert_int_equal(read_it(), 0);
	assert_true(evidence.notrun);
	assert_string_equal(evidence.notrun_reason, "");
	assert_false(evidence.dmesg);
}

/* Of a large .full the tail is read, and a line over a window's edge whole. */
static void test_large_full(void **state)
{
	static const char line[] = "\n_check_xfs_filesystem: filesystem on "
				   "/dev/vdb has dirty log\n";
	static const off_t before_end[] = {sizeof(line),
					   100000,
					   256 * 1024,
					   256 * 1024 + 30,
					   256 * 1024 - LIMIT_TEXT + 20,
					   EVIDENCE_FULL_TAIL - 100};
	const off_t size = 8 << 20;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(before_end) / sizeof(*before_end); i++) {
		int fd = open("results/generic/001.full",
			      O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

		assert_int_equal(ftruncate(fd, size), 0);
		assert_true(pwrite(fd, line, sizeof(line) - 1,
				   size - before_end[i]) > 0);
		close(fd);
		assert_int_equal(read_it(), 0);
		assert_int_equal(strlen(evidence.fs_problem), strlen(line) - 2);
	}
}

static void test_problem_line(void **state)
{
	static const struct {
		const char *text;
		bool tells;
	} table[] = {
		{"_check_btrfs_filesystem: filesystem on x", true},
		{"_overlay_check_fs: overlayfs on a,b", true},
		{"_check_9: filesystem on x", true},
		{"_check_: filesystem on x", true},
		{" _check_xfs_filesystem: filesystem on x", false},
		{"_check_dmesg: something found", false},
		{"_check_xfs-fs: filesystem on x", false},
		{"_check_xfs: filesystem on", false},
		{"", false},
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(table) / sizeof(*table); i++)
		assert_int_equal(
			evidence_fs_problem(bytes_of_string(table[i].text)).len,
			table[i].tells ? strlen(table[i].text) : 0);
}

static void test_names(void **state)
{
	static const char *const bad[] = {
		"",	  "001",	"/001", "generic/", "a/b/c",
		"../001", "generic/..", "a/.x", "a b/001",  "generic/0\n1"};
	char dir[LIMIT_NAME + 1];
	char name[LIMIT_NAME + 8];
	const char *test;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(evidence_split_name(bad[i], dir, &test),
				 -EINVAL);
	assert_int_equal(evidence_split_name("xfs/001-foo", dir, &test), 0);
	assert_string_equal(dir, "xfs");
	assert_string_equal(test, "001-foo");
	memset(name, 'x', sizeof(name));
	(void)snprintf(name + LIMIT_NAME, 8, "/1");
	assert_int_equal(evidence_split_name(name, dir, &test), 0);
	(void)snprintf(name + LIMIT_NAME, 8, "x/1");
	assert_int_equal(evidence_split_name(name, dir, &test), -EINVAL);
}

#define IN_ROOT(test) \
	cmocka_unit_test_setup_teardown(test, make_root, remove_root)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_ROOT(test_nothing),
		IN_ROOT(test_all),
		IN_ROOT(test_other_tests_files_do_not_count),
		IN_ROOT(test_only_regular_files_count),
		IN_ROOT(test_empty_notrun_counts),
		IN_ROOT(test_large_full),
		cmocka_unit_test(test_problem_line),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
