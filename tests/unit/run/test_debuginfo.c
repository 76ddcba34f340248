/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_debuginfo - where a vmlinux and its modules are looked for. */
#include "host/run/debuginfo.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char root[] = "/tmp/fstvm-debuginfo.XXXXXX";

static void command(const char *before, const char *path)
{
	char line[512];

	snprintf(line, sizeof(line), "%s'%s/%s'", before, root, path);
	assert_int_equal(system(line), 0); /* NOLINT: our own words */
}

static void put(const char *path)
{
	char copy[256];

	snprintf(copy, sizeof(copy), "%s", path);
	*strrchr(copy, '/') = '\0';
	command("mkdir -p ", copy);
	command(": >", path);
}

static int begin(void **state)
{
	(void)state;
	snprintf(root, sizeof(root), "/tmp/fstvm-debuginfo.XXXXXX");
	return mkdtemp(root) == NULL ? -1 : 0;
}

static int end(void **state)
{
	(void)state;
	command("rm -r ", "");
	return 0;
}

/* Paths are below the root; NULL: none is found. */
static void expect(const char *named, const char *tree, const char *release,
		   const char *vmlinux, const char *modules)
{
	char named_path[256], tree_path[256], wanted[256];
	struct debuginfo_search search = {.root = root, .release = release};
	struct debuginfo info;

	snprintf(named_path, sizeof(named_path), "%s/%s", root,
		 named != NULL ? named : "");
	snprintf(tree_path, sizeof(tree_path), "%s/%s", root,
		 tree != NULL ? tree : "");
	search.vmlinux = named != NULL ? named_path : NULL;
	search.tree = tree != NULL ? tree_path : "";
	assert_int_equal(debuginfo_find(&search, &info), vmlinux != NULL);
	if (vmlinux == NULL)
		return;
	snprintf(wanted, sizeof(wanted), "%s/%s", root, vmlinux);
	assert_string_equal(info.vmlinux, wanted);
	snprintf(wanted, sizeof(wanted), "%s/%s", root,
		 modules != NULL ? modules : "");
	assert_string_equal(info.modules, modules != NULL ? wanted : "");
}

static void test_tree(void **state)
{
	(void)state;
	expect(NULL, "linux", "6.1.0", NULL, NULL);
	put("linux/vmlinux");
	put("usr/lib/debug/boot/vmlinux-6.1.0");
	expect(NULL, "linux", "6.1.0", "linux/vmlinux", "linux");
}

static void test_packages(void **state)
{
	(void)state;
	put("lib/modules/6.1.0/build/vmlinux");
	expect(NULL, NULL, "6.1.0", "lib/modules/6.1.0/build/vmlinux",
	       "lib/modules/6.1.0/build");
	put("usr/lib/debug/lib/modules/6.1.0/vmlinux");
	expect(NULL, NULL, "6.1.0", "usr/lib/debug/lib/modules/6.1.0/vmlinux",
	       "usr/lib/debug/lib/modules/6.1.0");
	put("usr/lib/debug/boot/vmlinux-6.1.0");
	expect(NULL, NULL, "6.1.0", "usr/lib/debug/boot/vmlinux-6.1.0",
	       "usr/lib/debug/lib/modules/6.1.0");
	expect(NULL, NULL, "6.1.1", NULL, NULL);
}

static void test_named(void **state)
{
	(void)state;
	/* also when it is not there: to say so is not for here */
	expect("my/vmlinux", NULL, "6.1.0", "my/vmlinux", "my");
	expect("my/vmlinux-6.1.0", NULL, NULL, "my/vmlinux-6.1.0", NULL);
	put("usr/lib/debug/lib/modules/6.1.0/kernel/fs/x.ko");
	expect("my/vmlinux-6.1.0", "linux", NULL, "my/vmlinux-6.1.0",
	       "usr/lib/debug/lib/modules/6.1.0");
	put("unpacked/boot/vmlinux-6.1.0");
	put("unpacked/lib/modules/6.1.0/x.ko");
	expect("unpacked/boot/vmlinux-6.1.0", NULL, NULL,
	       "unpacked/boot/vmlinux-6.1.0", "unpacked/lib/modules/6.1.0");
}

/* The release is the guest's word. */
static void test_hostile_release(void **state)
{
	(void)state;
	put("usr/lib/debug/boot/vmlinux-/../../x");
	expect(NULL, NULL, "/../../x", NULL, NULL);
	expect(NULL, NULL, "..", NULL, NULL);
	expect(NULL, NULL, "", NULL, NULL);
	expect(NULL, NULL, NULL, NULL, NULL);
}

#define INFO_TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		INFO_TEST(test_tree),
		INFO_TEST(test_packages),
		INFO_TEST(test_named),
		INFO_TEST(test_hostile_release),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
