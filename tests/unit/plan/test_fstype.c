/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_fstype - which filesystem the names are about. */
#include "host/plan/fstype.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka.h needs the four above. */
#include <cmocka.h>
#include <errno.h>
#include <string.h>

static struct catalog catalog;

static int set_up(void **state)
{
	static const char *const dirs[] = {"btrfs",    "ext4",	"generic",
					   "perf",     "xfs",	"cifs",
					   "selftest", "shared"};

	(void)state;
	for (size_t i = 0; i < sizeof(dirs) / sizeof(*dirs); i++) {
		struct names files = {0};

		assert_int_equal(catalog_add(&catalog, dirs[i],
					     bytes_of_string("001 a\n002 b\n"),
					     &files),
				 0);
	}
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	catalog_deinit(&catalog);
	return 0;
}

static int detect(const char *line, const char **ret_fstype,
		  struct complaint *complaint)
{
	struct selection selection;
	struct names words = {0};
	int rc;

	*complaint = (struct complaint){0};
	assert_int_equal(names_split(&words, line, " "), 0);
	assert_int_equal(selection_parse((int)words.count, words.list,
					 &selection, complaint),
			 0);
	rc = fstype_detect(&selection, &catalog, ret_fstype, complaint);
	selection_deinit(&selection);
	names_deinit(&words);
	return rc;
}

static void expect(const char *line, const char *fstype)
{
	struct complaint complaint;
	const char *found;

	assert_int_equal(detect(line, &found, &complaint), 0);
	assert_string_equal(found, fstype);
}

static void test_names_tell(void **state)
{
	(void)state;
	expect("btrfs/001", "btrfs");
	expect("generic/001 xfs/001 xfs/002", "xfs");
	expect("tests/btrfs/001", "btrfs");
	expect("xfs/*", "xfs");
	expect("x*/001 generic/001", "xfs");
	expect("xfs/001-002", "xfs");
	expect("-g btrfs/a", "btrfs");
	expect("-g a -g xfs/a", "xfs");
	expect("ext4/001", "ext4");
	expect("cifs/001", "cifs");
}

static void test_others_do_not(void **state)
{
	(void)state;
	expect("", "ext4");
	expect("-g quick", "ext4");
	expect("generic/001 perf/001 selftest/001 shared/001", "ext4");
	expect("-x xfs/a -e btrfs/001", "ext4");
	expect("-g nofs/a", "ext4");
	expect("-g xfs", "ext4");
}

static void test_two_are_an_error(void **state)
{
	struct complaint complaint;
	const char *fstype = "untouched";

	(void)state;
	assert_int_equal(detect("btrfs/001 xfs/001", &fstype, &complaint),
			 -EINVAL);
	assert_non_null(strstr(complaint.text, "both btrfs and xfs"));
	assert_int_equal(detect("-g btrfs/a xfs/001", &fstype, &complaint),
			 -EINVAL);
	assert_int_equal(detect("[bx]*/001", &fstype, &complaint), -EINVAL);
	assert_int_equal(detect("xfs/999", &fstype, &complaint), -ENOENT);
	assert_non_null(strstr(complaint.text, "unknown test xfs/999"));
	assert_string_equal(fstype, "untouched");
}

static void test_check(void **state)
{
	static const char *const bad[] = {"",	  "-ext4",   "ext4 ",
					  "EXT4", "../ext4", "overlay",
					  "nfs",  "tmpfs"};
	struct complaint complaint = {0};
	char name[67];

	(void)state;
	assert_int_equal(fstype_check("ext4", &complaint), 0);
	assert_int_equal(fstype_check("nilfs2", &complaint), 0);
	assert_int_equal(fstype_check("a_new-fs", &complaint), 0);
	memset(name, 'a', sizeof(name));
	name[64] = '\0';
	assert_int_equal(fstype_check(name, &complaint), 0);
	name[64] = 'a';
	name[65] = '\0';
	assert_int_equal(fstype_check(name, &complaint), -EINVAL);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		complaint.text[0] = '\0';
		assert_true(fstype_check(bad[i], &complaint) < 0);
		assert_string_not_equal(complaint.text, "");
	}
}

static void test_what_is_known(void **state)
{
	(void)state;
	assert_string_equal(fstype_package("f2fs"), "f2fs-tools");
	assert_null(fstype_package("a_new-fs"));
	assert_int_equal(fstype_least_bytes("btrfs"), 114294784);
	assert_int_equal(fstype_least_bytes("xfs"), 300 << 20);
	assert_int_equal(fstype_least_bytes("f2fs"), 128 << 20);
	assert_int_equal(fstype_least_bytes("a_new-fs"), 16 << 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names_tell),
		cmocka_unit_test(test_others_do_not),
		cmocka_unit_test(test_two_are_an_error),
		cmocka_unit_test(test_check),
		cmocka_unit_test(test_what_is_known),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
