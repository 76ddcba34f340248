/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/vm/installed.h"

#include "shared/beneath.h"
#include "shared/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static char root[64];
static int root_fd = -1;

static int make_root(void **state)
{
	(void)state;
	snprintf(root, sizeof(root), "/tmp/fstvm-installed-XXXXXX");
	if (!mkdtemp(root))
		return -1;
	root_fd = fd_open(root, O_RDONLY | O_DIRECTORY, 0);
	return beneath_mkdirs(root_fd, "boot");
}

static int remove_root(void **state)
{
	fd_auto int tmp = fd_open("/tmp", O_RDONLY | O_DIRECTORY, 0);

	(void)state;
	fd_close(&root_fd);
	return beneath_remove_tree(tmp, root + strlen("/tmp/"));
}

static void put(const char *path)
{
	fd_auto int fd = beneath_open(root_fd, path, O_WRONLY | O_CREAT, 0600);

	assert_true(fd >= 0);
}

static void newest_first_and_once(void **state)
{
	struct installed installed;

	(void)state;
	put("boot/vmlinuz-6.1.0-9-amd64");
	put("boot/vmlinuz-6.1.0-56-amd64");
	put("boot/vmlinuz-6.12.3");
	put("boot/config-6.13.0");
	put("boot/initrd.img-6.13.0");
	assert_int_equal(beneath_mkdirs(root_fd, "usr/lib/modules/6.12.3"), 0);
	put("usr/lib/modules/6.12.3/vmlinuz");
	assert_int_equal(beneath_mkdirs(root_fd, "usr/lib/modules/7.0.0"), 0);
	put("usr/lib/modules/7.0.0/vmlinuz");
	assert_int_equal(beneath_mkdirs(root_fd, "usr/lib/modules/8.0.0"), 0);
	installed_list(&installed, root);
	assert_int_equal(installed.count, 4);
	assert_string_equal(installed.versions[0], "7.0.0");
	assert_string_equal(installed.versions[1], "6.12.3");
	assert_string_equal(installed.versions[2], "6.1.0-56-amd64");
	assert_string_equal(installed.versions[3], "6.1.0-9-amd64");
}

static void number_is_bounded(void **state)
{
	struct installed installed;

	(void)state;
	for (int i = 0; i < INSTALLED_MAX + 1; i++) {
		char name[64];

		installed_list(&installed, root);
		assert_int_equal(installed.count, i);
		snprintf(name, sizeof(name), "boot/vmlinuz-6.%d", i);
		put(name);
	}
	installed_list(&installed, root);
	assert_int_equal(installed.count, INSTALLED_MAX);
}

static void version_of_length(size_t len, size_t count)
{
	char name[256] = "boot/vmlinuz-";
	size_t prefix = strlen(name);
	struct installed installed;

	memset(name + prefix, '6', len);
	name[prefix + len] = '\0';
	put(name);
	installed_list(&installed, root);
	assert_int_equal(installed.count, count);
	assert_int_equal(beneath_unlink(root_fd, name), 0);
}

static void versions_are_short(void **state)
{
	(void)state;
	version_of_length(INSTALLED_VERSION - 2, 1);
	version_of_length(INSTALLED_VERSION - 1, 1);
	version_of_length(INSTALLED_VERSION, 0);
}

static void odd_versions(void **state)
{
	char path[PATH_MAX];

	(void)state;
	put("boot/vmlinuz-");
	assert_int_equal(installed_image(root, "", path), -ENOENT);
	assert_int_equal(installed_image(root, "../boot/vmlinuz-", path),
			 -ENOENT);
	assert_int_equal(installed_image(root, ".", path), -ENOENT);
	assert_int_equal(installed_image(root, "6.1", path), -ENOENT);
}

static void nothing_there(void **state)
{
	struct installed installed;

	(void)state;
	installed_list(&installed, "/nonexistent");
	assert_int_equal(installed.count, 0);
}

#define in_new_root(test) \
	cmocka_unit_test_setup_teardown(test, make_root, remove_root)

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_new_root(newest_first_and_once),
		in_new_root(number_is_bounded),
		in_new_root(versions_are_short),
		in_new_root(odd_versions),
		in_new_root(nothing_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
