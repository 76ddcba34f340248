/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_expect - what a test's source says that it expects. */
#include "host/plan/expect.h"
#include "host/plan/fstests.h"
#include "tests/unit/plan/tree.h"

#include "journal.pb-c.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define EXPECTS(name) ((uint32_t)PB__EXPECTS__EXPECTS_##name)

static void expect(const char *source, uint32_t bits)
{
	assert_int_equal(expect_scan(bytes_of_string(source)), bits);
}

static void test_words(void **state)
{
	(void)state;
	expect("_disable_dmesg_check\n", EXPECTS(UNCHECKED_DMESG));
	expect("_require_scratch_nocheck\n", EXPECTS(UNCHECKED_SCRATCH));
	expect(". ./common/dmerror\n", EXPECTS(DM_ERROR));
	expect("_dmerror_load_error_table", EXPECTS(DM_ERROR));
	expect(". ./common/dmflakey\n", EXPECTS(DM_FLAKEY));
	expect("_flakey_drop_and_remount\n", EXPECTS(DM_FLAKEY));
	expect("_require_dm_target thin-pool\n", EXPECTS(DM_OTHER));
	expect("\t_scratch_shutdown -f\n", EXPECTS(SHUTDOWN));
	expect("src/godown $SCRATCH_MNT\n", EXPECTS(SHUTDOWN));
	expect("_require_xfs_io_error_injection \"rmap_finish_one\"\n",
	       EXPECTS(INJECTION));
	expect("_scratch_inject_error \"bmap_finish_one\"\n",
	       EXPECTS(INJECTION));
	expect(". ./common/fail_make_request\n", EXPECTS(INJECTION));
	expect("_scratch_xfs_db -x -c 'sb 0' -c 'write magic 0'\n",
	       EXPECTS(DAMAGE));
	expect("$XFS_IO_PROG -c \"pwrite -S 0xab 0 4k\" $SCRATCH_DEV\n",
	       EXPECTS(DAMAGE));
}

/* generic/361 */
static void test_full_loop(void **state)
{
	(void)state;
	expect("_require_loop\n_require_sparse_files\n", EXPECTS(FULL_LOOP));
	expect("_require_loop\n", 0);
	expect("_require_sparse_files\n", 0);
}

/* A target by its name is that target only. */
static void test_named_targets(void **state)
{
	(void)state;
	expect("_require_dm_target error\n", EXPECTS(DM_ERROR));
	expect("_require_dm_target flakey\n", EXPECTS(DM_FLAKEY));
	expect("_require_dm_target dust\n", EXPECTS(DM_OTHER));
}

static void test_what_expects_nothing(void **state)
{
	(void)state;
	expect("", 0);
	expect("\n\n", 0);
	expect("_require_scratch\n_scratch_mkfs >> $seqres.full\n", 0);
	expect("# godown, then _disable_dmesg_check\n", 0);
	expect("\t # uses _require_scratch_nocheck\n", 0);
	expect("$XFS_IO_PROG -f -c \"pwrite 0 4k\" $SCRATCH_MNT/f\n", 0);
	/* the other way round it is no write to the device */
	expect("_scratch_mount $SCRATCH_DEV; pwrite\n", 0);
}

static void test_several_lines(void **state)
{
	(void)state;
	expect(". ./common/dmerror\n# comment\n_disable_dmesg_check\nexit",
	       EXPECTS(DM_ERROR) | EXPECTS(UNCHECKED_DMESG));
}

static void test_file(void **state)
{
	struct tree tree;

	(void)state;
	tree_make(&tree);
	tree_write(&tree, "tests/generic/001", "#!/bin/bash\ngodown\n");
	assert_int_equal(expect_read(tree.path, "generic/001"),
			 EXPECTS(SHUTDOWN));
	assert_int_equal(expect_read(tree.path, "generic/999"), 0);
	assert_int_equal(expect_read(tree.path, "generic"), 0);
	tree_remove(&tree);
}

static size_t count_upstream(const struct fstests *fstests, uint32_t bits)
{
	size_t n = 0;

	for (size_t i = 0; i < fstests->catalog.count; i++) {
		const struct catalog_dir *dir = &fstests->catalog.dirs[i];
		char test[256];

		for (size_t j = 0; j < dir->files.count; j++) {
			snprintf(test, sizeof(test), "%s/%s", dir->name,
				 dir->files.list[j]);
			n += (expect_read(fstests->path, test) & bits) != 0;
		}
	}
	return n;
}

/* Of a tree of 2022 or later: what was counted by hand in several versions
 * (118, 150, 36, 84, 49 and 55 in January 2026), with room for its age. */
static void test_upstream(void **state)
{
	const char *path = getenv("FSTVM_TEST_FSTESTS");
	struct complaint complaint = {0};
	struct fstests fstests;
	static const struct {
		uint32_t bit;
		size_t from, to;
	} counts[] = {
		/* of 2022, and of 2026 */
		{EXPECTS(UNCHECKED_DMESG), 40, 140},
		{EXPECTS(UNCHECKED_SCRATCH), 100, 200},
		{EXPECTS(DM_ERROR), 20, 50},
		{EXPECTS(DM_FLAKEY), 70, 110},
		{EXPECTS(DM_OTHER), 15, 50},
		{EXPECTS(SHUTDOWN), 30, 70},
		{EXPECTS(INJECTION), 40, 80},
		{EXPECTS(DAMAGE), 150, 500},
		{EXPECTS(FULL_LOOP), 1, 5},
	};

	(void)state;
	if (!path) {
		print_message("FSTVM_TEST_FSTESTS names no fstests tree\n");
		skip();
	}
	assert_int_equal(fstests_open(path, &fstests, &complaint), 0);
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		size_t n = count_upstream(&fstests, counts[i].bit);

		print_message("bit %u: %zu tests\n", counts[i].bit, n);
		assert_in_range(n, counts[i].from, counts[i].to);
	}
	print_message("any: %zu tests\n", count_upstream(&fstests, UINT32_MAX));
	fstests_close(&fstests);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_full_loop),
		cmocka_unit_test(test_named_targets),
		cmocka_unit_test(test_what_expects_nothing),
		cmocka_unit_test(test_several_lines),
		cmocka_unit_test(test_file),
		cmocka_unit_test(test_upstream),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
