/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/vm/sockdir.h"

#include "shared/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

static bool exists(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

static mode_t mode_of(const char *path)
{
	struct stat st;

	assert_int_equal(lstat(path, &st), 0);
	return st.st_mode & 07777;
}

static void is_private_and_goes(void **state)
{
	char path[SOCKDIR_MEMBER + 1];
	char text[64];
	struct sockdir dir;

	(void)state;
	assert_int_equal(sockdir_open(&dir, NULL), 0);
	assert_int_equal(strncmp(dir.path, "/tmp/fstvm-", 11), 0);
	assert_int_equal(strncmp(dir.mark, "FSTVM_VM=", 9), 0);
	assert_string_equal(dir.mark + 9, dir.path);
	assert_int_equal(mode_of(dir.path), 0700);
	assert_true(exists(sockdir_path(&dir, "tmp", path, sizeof(path))));
	assert_true(fd_read_text(dir.fd,
				 "home/.config/virtme-ng/virtme-ng.conf", text,
				 sizeof(text)) > 0);
	assert_string_equal(text, "{\"default_opts\":{}}");
	memcpy(path, dir.path, sizeof(dir.path));
	assert_int_equal(sockdir_close(&dir), 0);
	assert_false(exists(path));
	assert_int_equal(sockdir_close(&dir), 0);
}

static void links_are_replaced_and_not_followed(void **state)
{
	char outside[] = "/tmp/fstvm-test-XXXXXX";
	char keep[64];
	char link[SOCKDIR_MEMBER + 1];
	char target[64];
	struct sockdir dir;
	ssize_t len;

	(void)state;
	assert_non_null(mkdtemp(outside));
	snprintf(keep, sizeof(keep), "%s/it's, $kept", outside);
	assert_int_equal(mkdir(keep, 0700), 0);
	assert_int_equal(sockdir_open(&dir, NULL), 0);
	assert_int_equal(sockdir_link(&dir, "tree", "/"), 0);
	assert_int_equal(sockdir_link(&dir, "tree", keep), 0);
	sockdir_path(&dir, "tree", link, sizeof(link));
	len = readlink(link, target, sizeof(target) - 1);
	assert_true(len > 0);
	target[len] = '\0';
	assert_string_equal(target, keep);
	assert_int_equal(sockdir_close(&dir), 0);
	assert_true(exists(keep));
	assert_int_equal(rmdir(keep), 0);
	assert_int_equal(rmdir(outside), 0);
}

static void what_others_left_goes_too(void **state)
{
	char path[SOCKDIR_MEMBER + 1];
	struct sockdir dir;
	int fd;

	(void)state;
	assert_int_equal(sockdir_open(&dir, NULL), 0);
	fd = open(sockdir_path(&dir, "tmp/virtme_ret1", path, sizeof(path)),
		  O_CREAT | O_WRONLY | O_CLOEXEC, 0);
	assert_true(fd >= 0);
	close(fd);
	memcpy(path, dir.path, sizeof(dir.path));
	assert_int_equal(sockdir_remove(path), 0);
	assert_false(exists(path));
	assert_int_equal(sockdir_remove(path), 0); /* missing is success */
	assert_int_equal(sockdir_close(&dir), 0);
	assert_int_equal(sockdir_remove("/"), -EINVAL);
	assert_int_equal(sockdir_remove("/tmp"), -EINVAL);
	assert_int_equal(sockdir_remove("name"), -EINVAL);
}

/* Opens with this runtime directory; says whether it was taken. */
static bool takes(const char *runtime_dir)
{
	struct sockdir dir;
	bool taken;

	assert_int_equal(sockdir_open(&dir, runtime_dir), 0);
	taken = strncmp(dir.path, runtime_dir, strlen(runtime_dir)) == 0 &&
		strncmp(dir.path, "/tmp/fstvm-", 11) != 0;
	assert_true(taken || strncmp(dir.path, "/tmp/fstvm-", 11) == 0);
	assert_int_equal(sockdir_close(&dir), 0);
	return taken;
}

static void runtime_dir_must_be_ours(void **state)
{
	char parent[] = "/tmp/run-XXXXXX";

	(void)state;
	assert_non_null(mkdtemp(parent));
	assert_true(takes(parent));
	assert_int_equal(chmod(parent, 0755), 0);
	assert_false(takes(parent));
	assert_int_equal(rmdir(parent), 0);
	assert_false(takes(parent));  /* missing */
	assert_false(takes("/proc")); /* not private, not writable */
	assert_false(takes("relative"));
	assert_false(takes(""));
}

/* A private directory whose path has len bytes. */
static bool takes_length(size_t len)
{
	char path[256] = "/tmp/run-XXXXXX";
	size_t parent;
	bool taken;

	assert_non_null(mkdtemp(path));
	parent = strlen(path);
	memset(path + parent, 'x', len - parent);
	path[parent] = '/';
	path[len] = '\0';
	assert_int_equal(mkdir(path, 0700), 0);
	taken = takes(path);
	assert_int_equal(rmdir(path), 0);
	path[parent] = '\0';
	assert_int_equal(rmdir(path), 0);
	return taken;
}

static void runtime_dir_must_be_short(void **state)
{
	size_t longest = SOCKDIR_PATH - strlen("/fstvm-XXXXXX");

	(void)state;
	assert_true(takes_length(longest - 1));
	assert_true(takes_length(longest));
	assert_false(takes_length(longest + 1));
}

static void runtime_dir_must_be_plain(void **state)
{
	char path[64] = "/tmp/r, XXXXXX";

	(void)state;
	assert_non_null(mkdtemp(path));
	assert_false(takes(path));
	assert_int_equal(rmdir(path), 0);
}

/* The longest member of the longest directory can be a socket. */
static void members_fit_a_socket(void **state)
{
	struct sockdir dir = {.fd = -1};
	char path[SOCKDIR_MEMBER + 1];
	char name[SOCKDIR_NAME + 1];

	(void)state;
	memset(dir.path, 'd', SOCKDIR_PATH);
	memset(name, 'n', SOCKDIR_NAME);
	dir.path[SOCKDIR_PATH] = name[SOCKDIR_NAME] = '\0';
	sockdir_path(&dir, name, path, sizeof(path));
	assert_int_equal(strlen(path), SOCKDIR_MEMBER);
	assert_true(strlen(path) <
		    sizeof(((struct sockaddr_un *)NULL)->sun_path));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_private_and_goes),
		cmocka_unit_test(links_are_replaced_and_not_followed),
		cmocka_unit_test(what_others_left_goes_too),
		cmocka_unit_test(runtime_dir_must_be_ours),
		cmocka_unit_test(runtime_dir_must_be_short),
		cmocka_unit_test(runtime_dir_must_be_plain),
		cmocka_unit_test(members_fit_a_socket),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
