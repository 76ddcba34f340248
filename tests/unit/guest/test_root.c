/* SPDX-License-Identifier: GPL-2.0-or-later */
/* root and modtree: what vng says, and real overlays in a private namespace. */
#include "guest/root.h"

#include "guest/modtree.h"
#include "shared/fd.h"

#include "tests/unit/guest/sandbox.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

static struct root_overlays overlays;
static struct modtree modtree;

static void list(const char *text)
{
	root_list_overlays(&overlays, bytes_of_string(text));
}

static void overlays_are_vngs(void **state)
{
	(void)state;
	list("virtme_rw_overlay0=/etc virtme_rw_overlay1=/usr "
	     "virtme_rw_overlay3=/srv quiet");
	assert_int_equal(overlays.count, 3);
	assert_string_equal(overlays.path[0], "/etc");
	assert_string_equal(overlays.path[1], "/usr");
	assert_string_equal(overlays.path[2], "/srv");
	/* what is no absolute path, or too long for one, is left out */
	list("virtme_rw_overlay0=etc virtme_rw_overlay1=/usr "
	     "virtme_rw_overlay2=/a234567890123456789012345678901234567890"
	     "12345678901234567890123");
	assert_int_equal(overlays.count, 1);
}

static void overlays_without_a_word(void **state)
{
	(void)state;
	list("quiet");
	assert_int_equal(overlays.count, 8);
	assert_true(root_is_overlaid(&overlays, "/usr"));
	assert_true(root_is_overlaid(&overlays, "/usr/lib"));
	assert_true(root_is_overlaid(&overlays, "/etc/passwd"));
	assert_false(root_is_overlaid(&overlays, "/usrx"));
	assert_false(root_is_overlaid(&overlays, "/us"));
	assert_false(root_is_overlaid(&overlays, "/"));
	assert_false(root_is_overlaid(&overlays, "/root"));
}

static void overlays_at_most(void **state)
{
	char text[2048] = "";

	(void)state;
	for (size_t i = 0; i < ROOT_OVERLAYS + 2; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text),
			 "virtme_rw_overlay%zu=/d%zu ", i, i);
	list(text);
	assert_int_equal(overlays.count, ROOT_OVERLAYS);
}

static void modtree_of(const char *text)
{
	modtree_init(&modtree, bytes_of_string(text));
}

static void modules_are_where_vng_says(void **state)
{
	(void)state;
	modtree_of("virtme_root_mods=1");
	assert_int_equal(modtree.kind, MODTREE_INSTALLED);
	modtree_of("quiet");
	assert_int_equal(modtree.kind, MODTREE_NONE);
	modtree_of("virtme_link_mods=/home/u/linux/.virtme_mods/lib/modules/"
		   "0.0.0");
	assert_int_equal(modtree.kind, MODTREE_BUILT);
	assert_string_equal(modtree.tree, "/home/u/linux");
	assert_string_equal(modtree.rest, ".virtme_mods/lib/modules/0.0.0");
	modtree_of("virtme_link_mods=/srv/k/lib/modules/6.1.0");
	assert_int_equal(modtree.kind, MODTREE_BUILT);
	assert_string_equal(modtree.tree, "/srv/k/lib/modules/6.1.0");
	assert_string_equal(modtree.rest, "");
	modtree_of("virtme_link_mods=/.virtme_mods/lib/modules/0.0.0");
	assert_string_equal(modtree.tree, "/.virtme_mods/lib/modules/0.0.0");
	assert_int_equal(modtree.tree_fd, -1);
}

static char base[64];

static const char *below(const char *name)
{
	static char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", base, name);
	return path;
}

static void expect_text(const char *path, const char *text)
{
	char is[64];

	if (fd_read_text(AT_FDCWD, path, is, sizeof(is)) < 0)
		fail_msg("%s can't be read", path);
	assert_string_equal(is, text);
}

static void make_tree(void)
{
	static const char *const directories[] = {
		"low",
		"linux",
		"linux/.virtme_mods",
		"linux/.virtme_mods/lib",
		"linux/.virtme_mods/lib/modules",
		"linux/.virtme_mods/lib/modules/0.0.0",
	};

	snprintf(base, sizeof(base), "/tmp/fstvm-root-XXXXXX");
	assert_non_null(mkdtemp(base));
	/* of the namespace: gone when the test ends */
	assert_int_equal(mount("base", base, "tmpfs", 0, NULL), 0);
	for (size_t i = 0; i < sizeof(directories) / sizeof(*directories); i++)
		assert_int_equal(mkdir(below(directories[i]), 0755), 0);
	assert_int_equal(chmod(below("low"), 01775), 0);
	assert_int_equal(symlink("low", below("link")), 0);
	sandbox_write(below("low/file"), "lower", 5);
	sandbox_write(below("linux/x.ko"), "module", 6);
	assert_int_equal(symlink("../../../../x.ko",
				 below("linux/.virtme_mods/lib/modules/0.0.0/"
				       "x.ko")),
			 0);
}

static void expect_writable(void)
{
	struct stat st;

	sandbox_write(below("low/file"), "upper", 5);
	expect_text(below("low/file"), "upper");
	expect_text("/run/tmp/virtme_rw_overlay0/upper/file", "upper");
	assert_int_equal(stat(below("low"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 01775);
	/* a link to what is overlaid gets no overlay of its own */
	assert_int_equal(access("/run/tmp/virtme_rw_overlay1", F_OK), -1);
}

static void expect_modules(void)
{
	struct utsname name;
	char path[256];

	uname(&name);
	snprintf(path, sizeof(path), "/lib/modules/%s/x.ko", name.release);
	expect_text(path, "module");
}

static void a_tree_below_run_stays_in_sight(void **state)
{
	char text[512];
	struct why why = {0};

	(void)state;
	if (!sandbox_enter())
		skip();
	make_tree();
	snprintf(text, sizeof(text),
		 "virtme_rw_overlay0=%s/low virtme_rw_overlay1=%s/link "
		 "virtme_rw_overlay2=%s/none "
		 "virtme_link_mods=%s/linux/.virtme_mods/lib/modules/0.0.0",
		 base, base, base, base);
	list(text);
	modtree_of(text);
	modtree_hold(&modtree);
	assert_true(modtree.tree_fd >= 0);
	assert_int_equal(root_make_writable(&overlays, &why), 0);
	expect_writable();
	modtree_mount(&modtree);
	assert_int_equal(modtree.tree_fd, -1);
	assert_int_equal(mount("hide", base, "tmpfs", 0, NULL), 0);
	expect_modules();
	umount2(base, MNT_DETACH);
	umount2(base, MNT_DETACH);
	rmdir(base);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(overlays_are_vngs),
		cmocka_unit_test(overlays_without_a_word),
		cmocka_unit_test(overlays_at_most),
		cmocka_unit_test(modules_are_where_vng_says),
		cmocka_unit_test(a_tree_below_run_stays_in_sight),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
