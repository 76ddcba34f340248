/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_beneath - paths that would leave the directory, both ways of walking. */
#include "shared/beneath.h"
#include "shared/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

/*   root/
 *     in/            what dirfd is
 *       file  dir/file  dir/deep/
 *       link -> file   up -> ..   out -> ../secret   root -> /
 *       dirlink -> dir   loop -> loop
 *     secret
 */
static char root[32];
static int root_fd = -1;
static int in_fd = -1;

static void make_file(int dir, const char *path)
{
	fd_auto int fd = fd_openat(dir, path, O_WRONLY | O_CREAT, 0600);

	assert_true(fd >= 0);
	assert_int_equal(fd_write_all(fd, path, strlen(path)), 0);
}

static int set_up(void **state)
{
	(void)state;
	snprintf(root, sizeof(root), "/tmp/test_beneath.XXXXXX");
	assert_non_null(mkdtemp(root));
	root_fd = fd_open(root, O_RDONLY | O_DIRECTORY, 0);
	assert_true(root_fd >= 0);
	assert_int_equal(mkdirat(root_fd, "in", 0700), 0);
	in_fd = fd_openat(root_fd, "in", O_RDONLY | O_DIRECTORY, 0);
	assert_true(in_fd >= 0);
	make_file(root_fd, "secret");
	make_file(in_fd, "file");
	assert_int_equal(mkdirat(in_fd, "dir", 0700), 0);
	assert_int_equal(mkdirat(in_fd, "dir/deep", 0700), 0);
	make_file(in_fd, "dir/file");
	assert_int_equal(symlinkat("file", in_fd, "link"), 0);
	assert_int_equal(symlinkat("..", in_fd, "up"), 0);
	assert_int_equal(symlinkat("../secret", in_fd, "out"), 0);
	assert_int_equal(symlinkat("/", in_fd, "root"), 0);
	assert_int_equal(symlinkat("dir", in_fd, "dirlink"), 0);
	assert_int_equal(symlinkat("loop", in_fd, "loop"), 0);
	return 0;
}

static int tear_down(void **state)
{
	fd_auto int tmp = fd_open("/tmp", O_RDONLY | O_DIRECTORY, 0);

	(void)state;
	beneath_force_walk(false);
	fd_close(&in_fd);
	fd_close(&root_fd);
	return beneath_remove_tree(tmp, root + strlen("/tmp/"));
}

static bool exists(const char *path)
{
	struct stat st;

	return fstatat(in_fd, path, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

/* The same answer from openat2() and from the walk. */
static void expect_open(const char *path, int flags, int want)
{
	for (int walk = 0; walk < 2; walk++) {
		fd_auto int fd = -1;

		beneath_force_walk(walk);
		fd = beneath_open(in_fd, path, flags, 0600);
		if (want < 0)
			assert_int_equal(fd, want);
		else
			assert_true(fd >= 0);
		if (fd >= 0)
			assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	}
}

static void test_opens_what_is_beneath(void **state)
{
	(void)state;
	expect_open("file", O_RDONLY, 0);
	expect_open("dir/file", O_RDWR, 0);
	expect_open("./dir//./file", O_RDONLY, 0);
	expect_open("dir", O_RDONLY | O_DIRECTORY, 0);
	expect_open("dir/", O_RDONLY, 0);
	expect_open(".", O_RDONLY | O_DIRECTORY, 0);
	expect_open("missing", O_RDONLY, -ENOENT);
	expect_open("missing/file", O_RDONLY, -ENOENT);
	expect_open("file/file", O_RDONLY, -ENOTDIR);
	expect_open("file/", O_RDONLY, -ENOTDIR);
	expect_open("", O_RDONLY, -ENOENT);
}

static void test_never_outside(void **state)
{
	(void)state;
	expect_open("/etc/passwd", O_RDONLY, -EXDEV);
	expect_open("../secret", O_RDONLY, -EXDEV);
	expect_open("..", O_RDONLY, -EXDEV);
	expect_open("dir/../../secret", O_RDONLY, -EXDEV);
	expect_open("dir/..", O_RDONLY, -EXDEV);
	expect_open("out", O_RDONLY, -ELOOP);
	expect_open("up/secret", O_RDONLY, -ELOOP);
	expect_open("root/etc/passwd", O_RDONLY, -ELOOP);
}

static void test_no_links_at_all(void **state)
{
	(void)state;
	expect_open("link", O_RDONLY, -ELOOP);
	expect_open("dirlink/file", O_RDONLY, -ELOOP);
	expect_open("dirlink", O_RDONLY | O_DIRECTORY, -ELOOP);
	expect_open("loop", O_RDONLY, -ELOOP);
	expect_open("link/", O_RDONLY, -ELOOP);
}

static void test_never_creates_outside(void **state)
{
	struct stat st;

	(void)state;
	expect_open("../made", O_WRONLY | O_CREAT, -EXDEV);
	expect_open("up/made", O_WRONLY | O_CREAT, -ELOOP);
	expect_open("out", O_WRONLY | O_CREAT | O_TRUNC, -ELOOP);
	assert_int_equal(fstatat(root_fd, "made", &st, 0), -1);
	assert_int_equal(fstatat(root_fd, "secret", &st, 0), 0);
	assert_int_equal(st.st_size, strlen("secret"));
}

static void test_creates_beneath(void **state)
{
	struct stat st;

	(void)state;
	umask(0);
	for (int walk = 0; walk < 2; walk++) {
		fd_auto int fd = -1;

		beneath_force_walk(walk);
		fd = beneath_open(in_fd, "dir/new", O_WRONLY | O_CREAT | O_EXCL,
				  0640);
		assert_true(fd >= 0);
		assert_int_equal(fstat(fd, &st), 0);
		assert_int_equal(st.st_mode & 0777, 0640);
		assert_int_equal(beneath_unlink(in_fd, "dir/new"), 0);
	}
	expect_open("file", O_WRONLY | O_CREAT | O_EXCL, -EEXIST);
}

static void test_long_names(void **state)
{
	char name[300];

	(void)state;
	memset(name, 'n', sizeof(name));
	name[NAME_MAX] = '\0';
	expect_open(name, O_RDONLY, -ENOENT);
	name[NAME_MAX] = 'n';
	name[NAME_MAX + 1] = '\0';
	expect_open(name, O_RDONLY, -ENAMETOOLONG);
}

static void test_mkdirs(void **state)
{
	struct stat st;

	(void)state;
	umask(0);
	assert_int_equal(beneath_mkdirs(in_fd, "a/b//c/"), 0);
	assert_int_equal(fstatat(in_fd, "a/b/c", &st, 0), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	assert_int_equal(beneath_mkdirs(in_fd, "a/b/c"), 0);
	assert_int_equal(beneath_mkdirs(in_fd, "."), 0);
	assert_int_equal(beneath_mkdirs(in_fd, "up/x"), -ELOOP);
	assert_int_equal(beneath_mkdirs(in_fd, "dirlink"), -ELOOP);
	assert_int_equal(beneath_mkdirs(in_fd, "new/../x"), -EXDEV);
	assert_false(exists("new"));
	assert_int_equal(beneath_mkdirs(in_fd, "/x"), -EXDEV);
	assert_int_equal(beneath_mkdirs(in_fd, "file/x"), -ENOTDIR);
	assert_int_equal(fstatat(root_fd, "x", &st, 0), -1);
}

static void test_unlink(void **state)
{
	struct stat st;

	(void)state;
	assert_int_equal(beneath_unlink(in_fd, "dir/file"), 0);
	assert_false(exists("dir/file"));
	assert_int_equal(beneath_unlink(in_fd, "dir/file"), -ENOENT);
	assert_int_equal(beneath_unlink(in_fd, "dir"), -EISDIR);
	assert_int_equal(beneath_unlink(in_fd, "../secret"), -EXDEV);
	assert_int_equal(beneath_unlink(in_fd, "up/secret"), -ELOOP);
	assert_int_equal(beneath_unlink(in_fd, "out"), 0); /* the link */
	assert_int_equal(fstatat(root_fd, "secret", &st, 0), 0);
}

static void test_rename(void **state)
{
	(void)state;
	assert_int_equal(beneath_rename(in_fd, "file", "dir/deep/moved"), 0);
	assert_false(exists("file"));
	assert_true(exists("dir/deep/moved"));
	assert_int_equal(beneath_rename(in_fd, "file", "x"), -ENOENT);
	assert_int_equal(beneath_rename(in_fd, "dir/file", "../x"), -EXDEV);
	assert_int_equal(beneath_rename(in_fd, "../secret", "x"), -EXDEV);
	assert_int_equal(beneath_rename(in_fd, "up/secret", "x"), -ELOOP);
	assert_int_equal(beneath_rename(in_fd, "dir/file", "up/x"), -ELOOP);
	assert_true(exists("dir/file"));
}

static void test_remove_tree(void **state)
{
	struct stat st;
	char path[64];

	(void)state;
	/* More than one read of the directory gives. */
	for (int i = 0; i < 300; i++) {
		snprintf(path, sizeof(path), "dir/deep/%040d", i);
		make_file(in_fd, path);
	}
	assert_int_equal(symlinkat("../../../secret", in_fd, "dir/deep/out"),
			 0);
	assert_int_equal(symlinkat("../..", in_fd, "dir/deep/up"), 0);
	assert_int_equal(beneath_remove_tree(in_fd, "dir"), 0);
	assert_false(exists("dir"));
	assert_true(exists("file"));
	assert_int_equal(fstatat(root_fd, "secret", &st, 0), 0);
	assert_int_equal(beneath_remove_tree(in_fd, "dir"), 0);
	assert_int_equal(beneath_remove_tree(in_fd, "missing/x"), 0);
	assert_int_equal(beneath_remove_tree(in_fd, "up"), 0);
	assert_int_equal(beneath_remove_tree(in_fd, "root/tmp"), -ELOOP);
	assert_int_equal(beneath_remove_tree(in_fd, "../secret"), -EXDEV);
	assert_int_equal(beneath_remove_tree(in_fd, "file"), 0);
	assert_false(exists("file"));
	assert_int_equal(fstatat(root_fd, "in", &st, 0), 0);
}

static void test_remove_tree_depth(void **state)
{
	char path[400];

	(void)state;
	for (size_t i = 0; i < 129; i++)
		memcpy(path + 2 * i, "d/", 2);
	path[2 * 128] = '\0';
	assert_int_equal(beneath_mkdirs(in_fd, path), 0);
	assert_int_equal(beneath_remove_tree(in_fd, "d"), 0);
	path[2 * 128] = 'd';
	path[2 * 129] = '\0';
	assert_int_equal(beneath_mkdirs(in_fd, path), 0);
	assert_int_equal(beneath_remove_tree(in_fd, "d"), -ENAMETOOLONG);
	assert_int_equal(beneath_remove_tree(in_fd, "d/d"), 0);
}

int main(void)
{
#define BOXED(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		BOXED(test_opens_what_is_beneath),
		BOXED(test_never_outside),
		BOXED(test_no_links_at_all),
		BOXED(test_never_creates_outside),
		BOXED(test_creates_beneath),
		BOXED(test_long_names),
		BOXED(test_mkdirs),
		BOXED(test_unlink),
		BOXED(test_rename),
		BOXED(test_remove_tree),
		BOXED(test_remove_tree_depth),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
