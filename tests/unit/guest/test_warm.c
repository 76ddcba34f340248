/* SPDX-License-Identifier: GPL-2.0-or-later */
/* In a mount namespace of its own, whose /usr is the machine's; the bundles
 * are made by the host's code. */
#include "guest/warm.h"

#include "guest/layout.h"
#include "guest/mounts.h"
#include "host/warm/archive.h"
#include "shared/fd.h"

#include "tests/unit/guest/sandbox.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define CACHE "/run/cache"
#define ROOT  "/run/root"

static struct archive_report tools;
static struct archive_report tree;
static struct job_places places;
static struct why why;

static void make_bundle(const char *label, const char *path,
			struct archive_report *ret_report)
{
	int cache_fd = fd_open(CACHE, O_RDONLY | O_DIRECTORY, 0);
	struct members members;

	assert_int_equal(members_init(&members, ROOT), 0);
	assert_int_equal(members_add(&members, path), 1);
	assert_int_equal(archive_get(cache_fd, label, &members, ret_report), 0);
	members_deinit(&members);
	fd_close(&cache_fd);
}

/* Once for all tests. */
static bool prepare(void)
{
	if (tools.bytes > 0)
		return true;
	if (!sandbox_enter())
		return false;
	assert_int_equal(mounts_make_layout(&why), 0);
	assert_int_equal(mkdir(CACHE, 0700), 0);
	assert_int_equal(mkdir(ROOT, 0755), 0);
	assert_int_equal(mkdir(ROOT "/bin", 0755), 0);
	sandbox_write(ROOT "/bin/fstvm-warm-mark", "mark", 4);
	sandbox_write(ROOT "/check", "tree", 4);
	make_bundle("tools", "bin/fstvm-warm-mark", &tools);
	make_bundle("tree", "check", &tree);
	return true;
}

static int lay(const char *tag, const char *tools_name, const char *tree_name)
{
	Pb__RunSpec spec = PB__RUN_SPEC__INIT;

	spec.warm_tag = (char *)(uintptr_t)tag;
	spec.warm_tools = (char *)(uintptr_t)tools_name;
	spec.warm_tree = (char *)(uintptr_t)tree_name;
	spec.setup_timeout_ms = 60000;
	return warm_lay(&spec, &places, &why);
}

static void flip_last_byte(const char *name)
{
	char path[128];
	uint8_t byte;
	int fd;

	snprintf(path, sizeof(path), CACHE "/%s", name);
	fd = fd_open(path, O_RDWR, 0);
	assert_true(lseek(fd, -1, SEEK_END) > 0);
	assert_int_equal(read(fd, &byte, 1), 1);
	byte ^= 1;
	assert_true(lseek(fd, -1, SEEK_END) > 0);
	assert_int_equal(write(fd, &byte, 1), 1);
	fd_close(&fd);
}

static void test_nothing_is_asked_for(void **state)
{
	(void)state;
	if (!prepare())
		skip();
	assert_int_equal(lay("", "", ""), 0);
	assert_string_equal(places.warm, "");
	assert_string_equal(places.warm_why, "");
}

static void test_none_of_it_is_there(void **state)
{
	(void)state;
	if (!prepare())
		skip();
	assert_int_equal(lay("/run/none", "a", "b"), 0);
	assert_string_equal(places.warm, "");
	assert_non_null(strstr(places.warm_why, "/run/none"));
	assert_int_equal(lay(CACHE, "a", "../root/check"), 0);
	assert_string_equal(places.warm, "");
	assert_string_equal(places.warm_why,
			    "tools: the bundle: No such file or directory; "
			    "tree: it is no name of a file");
}

static void test_damaged_leaves_nothing(void **state)
{
	(void)state;
	if (!prepare())
		skip();
	flip_last_byte(tools.name);
	assert_int_equal(lay(CACHE, tools.name, tree.name), 0);
	flip_last_byte(tools.name);
	assert_string_equal(places.warm, "tree");
	assert_string_equal(places.warm_why, "tools: the bundle is damaged");
	assert_false(mounts_is_mounted(LAYOUT_WARM_TOOLS));
	assert_false(mounts_is_mounted(LAYOUT_WARM_SHARE));
	assert_true(mounts_is_mounted(LAYOUT_WARM_TREE));
	assert_int_equal(access("/usr/bin/fstvm-warm-mark", F_OK), -1);
	assert_int_equal(umount2(LAYOUT_WARM_TREE, 0), 0);
}

static void test_over_usr(void **state)
{
	(void)state;
	if (!prepare())
		skip();
	/* What is mounted below /usr has to stay in sight. */
	assert_int_equal(mount("below", "/usr/share", "tmpfs", 0, ""), 0);
	sandbox_write("/usr/share/mounted", "", 0);
	assert_int_equal(lay(CACHE, tools.name, tree.name), 0);
	if (strstr(places.warm_why, "overlay on /usr") != NULL) {
		/* /usr is on two overlays already. */
		assert_string_equal(places.warm, "tree");
		skip();
	}
	assert_string_equal(places.warm, "tools tree");
	assert_string_equal(places.warm_why, "");
	assert_int_equal(access("/usr/bin/fstvm-warm-mark", F_OK), 0);
	assert_int_equal(access("/usr/bin/env", X_OK), 0);
	assert_int_equal(access("/usr/share/mounted", F_OK), 0);
	assert_int_equal(system("/usr/bin/env true"), 0);
	/* It can be written, and below it nothing is. */
	sandbox_write("/usr/bin/fstvm-warm-new", "x", 1);
	assert_int_equal(umount2("/usr", MNT_DETACH), 0);
	assert_int_equal(access("/usr/bin/fstvm-warm-new", F_OK), -1);
	assert_int_equal(access(LAYOUT_WARM_TREE "/check", F_OK), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_is_asked_for),
		cmocka_unit_test(test_none_of_it_is_there),
		cmocka_unit_test(test_damaged_leaves_nothing),
		cmocka_unit_test(test_over_usr),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
