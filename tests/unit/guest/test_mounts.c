/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest/mounts.h"

#include "guest/layout.h"

#include "tests/unit/guest/sandbox.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct why why;

static void ok(int rc)
{
	if (rc < 0)
		fail_msg("%d: %s", rc, why.text);
}

static void test_last_below(void **state)
{
	static const char table[] = "a /run/fstvm/test ext4 rw 0 0\n"
				    "b /run/fstvm/test/sub xfs rw 0 0\n"
				    "c /run/fstvm/tests overlay rw 0 0\n"
				    "d /run/fstvm/scratch/a\\040b ext4 rw 0 0\n"
				    "e /run/fstvm/test\\134040 x rw 0 0\n"
				    "short\n\nf";
	struct bytes text = bytes_of_string(table);
	char path[64];

	(void)state;
	assert_int_equal(
		mounts_last_below(text, "/run/fstvm/test", path, sizeof(path)),
		0);
	assert_string_equal(path, "/run/fstvm/test/sub");
	assert_int_equal(mounts_last_below(text, "/run/fstvm/scratch", path,
					   sizeof(path)),
			 0);
	assert_string_equal(path, "/run/fstvm/scratch/a b");
	assert_int_equal(mounts_last_below(text, "/run/fstvm/test\\040", path,
					   sizeof(path)),
			 0);
	assert_int_equal(
		mounts_last_below(text, "/run/fstvm/te", path, sizeof(path)),
		-ENOENT);
	/* The room that a path needs, and one less. */
	assert_int_equal(mounts_last_below(text, "/run/fstvm/tests", path, 17),
			 0);
	assert_int_equal(mounts_last_below(text, "/run/fstvm/tests", path, 16),
			 -ENOENT);
}

static void test_source(void **state)
{
	struct bytes text = bytes_of_string("fstvm /tmp tmpfs rw 0 0\n"
					    "x /a ext4 rw 0 0\n"
					    "fstvm /a tmpfs rw 0 0\n"
					    "fstvm /b tmpfs rw 0 0\n"
					    "y /b ext4 rw 0 0\n");

	(void)state;
	assert_true(mounts_has_source(text, "/tmp", "fstvm"));
	assert_true(mounts_has_source(text, "/a", "fstvm"));
	assert_false(mounts_has_source(text, "/b", "fstvm"));
	assert_false(mounts_has_source(text, "/c", "fstvm"));
	assert_false(mounts_has_source(text, "/tmp", "fst"));
}

static void test_layout(void **state)
{
	struct stat status;

	(void)state;
	if (!sandbox_enter())
		skip();
	ok(mounts_make_layout(&why));
	assert_true(mounts_is_mounted(LAYOUT_RUN));
	assert_true(mounts_is_mounted(LAYOUT_RESULTS));
	assert_int_equal(stat(LAYOUT_BIN, &status), 0);
	assert_int_equal(status.st_mode & 07777, 0755);
	/* Again: nothing is mounted anew. */
	sandbox_write(LAYOUT_RESULTS "/mark", "", 0);
	ok(mounts_make_layout(&why));
	assert_int_equal(access(LAYOUT_RESULTS "/mark", F_OK), 0);
}

static void test_results(void **state)
{
	(void)state;
	if (!sandbox_enter())
		skip();
	ok(mounts_make_layout(&why));
	ok(mounts_make_results(3, &why));
	sandbox_write(LAYOUT_RESULTS "/3/x", "", 0);
	ok(mounts_make_results(3, &why));
	assert_int_equal(rmdir(LAYOUT_RESULTS "/3"), 0);
}

static void test_fresh_tmp(void **state)
{
	struct stat status;
	int cwd;

	(void)state;
	if (!sandbox_enter())
		skip();
	ok(mounts_fresh_tmp(&why));
	assert_int_equal(stat("/tmp", &status), 0);
	assert_int_equal(status.st_mode & 07777, 01777);
	sandbox_write("/tmp/mark", "", 0);
	/* Even while somebody is in there. */
	cwd = open("/tmp", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ok(mounts_fresh_tmp(&why));
	assert_int_equal(access("/tmp/mark", F_OK), -1);
	assert_int_equal(faccessat(cwd, "mark", F_OK, 0), 0);
	close(cwd);
	/* Just one of ours is on it. */
	assert_int_equal(umount2("/tmp", 0), 0);
	assert_int_equal(access("/tmp/mark", F_OK), -1);
	ok(mounts_fresh_tmp(&why));
}

static void test_tree_without_9p(void **state)
{
	(void)state;
	if (!sandbox_enter())
		skip();
	ok(mounts_make_layout(&why));
	assert_true(mounts_make_tree("fstvm.none", 60000, &why) < 0);
	assert_non_null(strstr(why.text, "9p"));
}

static void test_tree_with_its_overlay(void **state)
{
	(void)state;
	if (!sandbox_enter())
		skip();
	ok(mounts_make_layout(&why));
	/* In place of the 9p export, which then is there already. */
	assert_int_equal(mount("t", LAYOUT_LOWER, "tmpfs", 0, "mode=0755"), 0);
	assert_int_equal(mounts_make_tree("fstvm.none", 60000, &why), -ENOENT);
	assert_string_equal(why.text, "no program check in the tree: "
				      "No such file or directory");
	/* A mounted overlay does not see what its lower layer gets. */
	assert_int_equal(umount2(LAYOUT_TESTS, 0), 0);
	sandbox_write(LAYOUT_LOWER "/check", "#!/bin/sh\n", 10);
	assert_int_equal(chmod(LAYOUT_LOWER "/check", 0755), 0);
	ok(mounts_make_tree("fstvm.none", 60000, &why));
	ok(mounts_make_tree("fstvm.none", 60000, &why));
	sandbox_write(LAYOUT_TESTS "/written", "x", 1);
	assert_int_equal(access(LAYOUT_LOWER "/written", F_OK), -1);
	assert_int_equal(access(LAYOUT_UPPER "/written", F_OK), 0);
}

static void test_warm_tree_lies_above_the_export(void **state)
{
	char text[16];
	int fd;

	(void)state;
	if (!sandbox_enter())
		skip();
	ok(mounts_remove(60000, &why));
	ok(mounts_make_layout(&why));
	assert_int_equal(mount("t", LAYOUT_LOWER, "tmpfs", 0, "mode=0755"), 0);
	sandbox_write(LAYOUT_LOWER "/check", "export", 6);
	sandbox_write(LAYOUT_LOWER "/source.c", "export", 6);
	assert_true(mkdir(LAYOUT_WARM, 0755) == 0 || errno == EEXIST);
	assert_true(mkdir(LAYOUT_WARM_TREE, 0755) == 0 || errno == EEXIST);
	assert_int_equal(mount("w", LAYOUT_WARM_TREE, "tmpfs", 0, "mode=0755"),
			 0);
	sandbox_write(LAYOUT_WARM_TREE "/check", "warm", 4);
	assert_int_equal(chmod(LAYOUT_WARM_TREE "/check", 0755), 0);
	ok(mounts_make_tree("fstvm.none", 60000, &why));
	fd = open(LAYOUT_TESTS "/check", O_RDONLY | O_CLOEXEC);
	assert_int_equal(read(fd, text, sizeof(text)), 4);
	close(fd);
	assert_int_equal(access(LAYOUT_TESTS "/source.c", F_OK), 0);
	ok(mounts_remove(60000, &why));
	assert_false(mounts_is_mounted(LAYOUT_WARM_TREE));
}

static int count_mounts(void *context, const char *path)
{
	int *count = context;

	assert_true(strncmp(path, LAYOUT_TEST "/", strlen(LAYOUT_TEST) + 1) ==
		    0);
	return ++*count == 3 ? -E2BIG : 0;
}

static void test_each_below(void **state)
{
	int count = 0;

	(void)state;
	if (!sandbox_enter())
		skip();
	ok(mounts_make_layout(&why));
	assert_int_equal(mount("a", LAYOUT_TEST, "tmpfs", 0, ""), 0);
	assert_int_equal(mkdir(LAYOUT_TEST "/a", 0755), 0);
	assert_int_equal(mount("a", LAYOUT_TEST "/a", "tmpfs", 0, ""), 0);
	assert_int_equal(mkdir(LAYOUT_TEST "/a/b", 0755), 0);
	assert_int_equal(mount("a", LAYOUT_TEST "/a/b", "tmpfs", 0, ""), 0);
	assert_int_equal(mounts_each_below(LAYOUT_TEST, count_mounts, &count),
			 0);
	assert_int_equal(count, 2);
	/* What it says is handed on. */
	assert_int_equal(mounts_each_below(LAYOUT_TEST, count_mounts, &count),
			 -E2BIG);
	ok(mounts_remove(60000, &why));
}

static void test_remove(void **state)
{
	int busy;

	(void)state;
	if (!sandbox_enter())
		skip();
	ok(mounts_make_layout(&why));
	ok(mounts_fresh_tmp(&why));
	assert_int_equal(mount("a", LAYOUT_TEST, "tmpfs", 0, ""), 0);
	assert_int_equal(mkdir(LAYOUT_TEST "/a b", 0755), 0);
	assert_int_equal(mount("b", LAYOUT_TEST "/a b", "tmpfs", 0, ""), 0);
	assert_int_equal(mount("c", LAYOUT_SCRATCH, "tmpfs", 0, ""), 0);
	assert_int_equal(mount("d", LAYOUT_SCRATCH, "tmpfs", 0, ""), 0);
	busy = open(LAYOUT_SCRATCH, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ok(mounts_remove(60000, &why));
	assert_string_equal(why.text, LAYOUT_SCRATCH " was still busy");
	close(busy);
	assert_false(mounts_is_mounted(LAYOUT_TEST));
	assert_false(mounts_is_mounted(LAYOUT_SCRATCH));
	assert_false(mounts_is_mounted(LAYOUT_TESTS));
	assert_false(mounts_is_mounted(LAYOUT_LOWER));
	assert_false(mounts_is_mounted(LAYOUT_RESULTS));
	assert_true(mounts_is_mounted(LAYOUT_RUN));
	ok(mounts_remove(60000, &why));
	assert_string_equal(why.text, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_last_below),
		cmocka_unit_test(test_source),
		cmocka_unit_test(test_layout),
		cmocka_unit_test(test_results),
		cmocka_unit_test(test_fresh_tmp),
		cmocka_unit_test(test_tree_without_9p),
		cmocka_unit_test(test_tree_with_its_overlay),
		cmocka_unit_test(test_warm_tree_lies_above_the_export),
		cmocka_unit_test(test_each_below),
		cmocka_unit_test(test_remove),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
