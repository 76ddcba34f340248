/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table itself, and the lines that only look like a row's. */
#include "host/kernel/matcher.h"
#include "host/kernel/pattern.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const struct pattern *find(const struct pattern_set *set,
				  const char *line)
{
	struct line_prefix prefix;

	line_prefix_parse(bytes_of_string(line), &prefix);
	return pattern_find(set, &prefix);
}

static void test_rows_are_sound(void **state)
{
	size_t count;
	const struct pattern *rows = pattern_rows(&count);

	(void)state;
	assert_true(count > 150 && count <= MATCHER_STRINGS_MAX);
	for (size_t i = 0; i < count; i++) {
		assert_true(strlen(rows[i].text) >= MATCHER_WINDOW);
		assert_non_null(rows[i].source);
		assert_non_null(strchr(rows[i].source, '.'));
		assert_true(rows[i].class < CLASS_COUNT);
	}
}

/* No row is hidden by an earlier one that its own text already satisfies. */
static void test_rows_are_reachable(void **state)
{
	struct pattern_set *set = pattern_set_create();
	size_t count;
	const struct pattern *rows = pattern_rows(&count);

	(void)state;
	assert_non_null(set);
	for (size_t i = 0; i < count; i++) {
		char line[256];

		snprintf(line, sizeof(line), "%s%s%s%s",
			 rows[i].begins ? rows[i].begins : "", rows[i].text,
			 rows[i].also ? rows[i].also : "",
			 rows[i].flags & PATTERN_CODE ? "f+0x1/0x2" : "");
		if (find(set, line) != &rows[i] &&
		    !(rows[i].flags & PATTERN_GENERIC))
			fail_msg("'%s' of row %zu is taken by '%s'", line, i,
				 find(set, line) ? find(set, line)->text
						 : "nothing");
	}
	pattern_set_destroy(set);
}

static void test_what_is_no_report(void **state)
{
	static const char *const lines[] = {
		"[    1.000000] Command line: oops=panic panic_on_warn=1",
		"[    1.000000] DEBUG: BUG: x",
		"[    1.000000] foo_INFO: task x",
		"[    1.000000] INFO: lockdep is turned off.",
		"[    1.000000] INFO: NMI handler (x) took too long to run: 2",
		"[    1.000000] # Subtest: BUG: KASAN: x",
		"[    1.000000]     # test_x: Oops: general protection fault",
		"# WARNING: x",
		"ok 3 selftests: mm: Kernel panic - not syncing",
		"not ok 3 selftests: net: BUG: x",
		"    not ok 1 kunit: WARNING: x",
		"[    0.000000] Kernel command line: dyndbg=\"Oops: \"",
		"Mar 10 12:00:00 host gnome-shell: BUG: unable to handle page "
		"fault",
		"Mar 10 12:00:00 host abrt[12]: Kernel panic - not syncing",
		"[    1.000000] WARNING: the mand mount option is being",
		"[    1.000000] traps: a[1] general protection fault ip:1 sp:2",
		"[    1.000000] a.out[1]: segfault at 0 ip 1 sp 2 error 4",
		"[    1.000000] EXT4-fs warning (device vdb): x",
		"[    1.000000] XFS (vdb): User initiated shutdown received.",
		"[    1.000000] systemd[1]: WARNING: x",
		"[    1.000000] ext4: Unknown parameter 'WARNING: x'",
		"[    1.000000] ext4: Unknown parameter 'detected stall'",
		"[    1.000000] nbd: Unknown parameter 'Kernel panic - not "
		"syncing'",
		"[    1.000000] nbd: unknown parameter 'BUG: x' ignored",
		"[    1.000000] tmpfs: Bad value for 'Kernel panic - not "
		"syncing'",
		"[    1.000000] nbd: `Kernel panic - not syncing' invalid for "
		"parameter `nbds_max'",
		"[    1.000000] FAT-fs (vdb): Unrecognized mount option "
		"\"Kernel panic - not syncing\" or missing value",
		"[    1.000000] XFS (vdb): unknown mount option [Corruption "
		"detected].",
		"[    1.000000] BTRFS error (device vdb): unrecognized mount "
		"option 'x'",
		"[    1.000000] WARNING: can't access registers at "
		"asm_common_interrupt+0x1e/0x40",
		"[    1.000000] WARNING: stack going in the wrong direction? "
		"at ret_from_fork+0x1a/0x30",
		"[    1.000000] md0: WARNING: vdc appears to be on the same "
		"physical disk as vdb.",
		"[    1.000000] XFS (vdb): Log I/O Error (0x6) detected at "
		"xfs_fs_goingdown+0x51/0x90 [xfs] (fs/xfs/xfs_fsops.c:556).  "
		"Shutting down filesystem.",
		"[    1.000000] XFS (vdb): Metadata I/O Error (0x4) detected "
		"at xfs_fs_goingdown+0x51/0x90 [xfs] (fs/xfs/xfs_fsops.c:556)."
		"  Shutting down filesystem.",
		"[    1.000000] XFS (vdb): User initiated shutdown received. "
		"Shutting down filesystem",
		"[    1.000000] F2FS-fs (vdb): Can't find valid F2FS "
		"filesystem in 1th superblock",
		"[    1.000000] BTRFS warning (device vdb): read-write for "
		"sector size 4096 with page size 65536 is experimental",
		"[    1.000000] overlayfs: upper fs does not support RENAME",
		"[    1.000000] NFS: server x not responding, timed out",
		"[    1.000000] ---[ end Kernel panic - not syncing: x ]---",
		"[    1.000000] watch BUG: soft lockup of somebody",
		"KERNEL PANIC - NOT SYNCING",
	};
	struct pattern_set *set = pattern_set_create();

	(void)state;
	assert_non_null(set);
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		const struct pattern *row = find(set, lines[i]);

		if (row && !(row->flags & PATTERN_MARK))
			fail_msg("'%s' is taken by '%s'", lines[i], row->text);
	}
	pattern_set_destroy(set);
}

/* The quick scan stops at least where a row could match. */
static void test_scan_stops_in_time(void **state)
{
	struct pattern_set *set = pattern_set_create();
	size_t count;
	const struct pattern *rows = pattern_rows(&count);

	(void)state;
	assert_non_null(set);
	for (size_t i = 0; i < count; i++) {
		struct bytes text = bytes_of_string(rows[i].text);

		assert_true(pattern_scan(set, text) < text.len);
	}
	pattern_set_destroy(set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows_are_sound),
		cmocka_unit_test(test_rows_are_reachable),
		cmocka_unit_test(test_what_is_no_report),
		cmocka_unit_test(test_scan_stops_in_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
