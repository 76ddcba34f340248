/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The same bug has one fingerprint, two bugs have two. */
#include "host/kernel/report.h"
#include "host/kernel/title.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void keep(void *context, const struct report *report)
{
	struct report *kept = context;

	assert_int_equal(kept->id, 0);
	*kept = *report;
}

static struct report scan(const char *log)
{
	struct report kept = {0};
	struct report_sink sink = {.context = &kept, .on_report = keep};
	struct report_scanner *scanner;

	assert_int_equal(report_scanner_create(sink, &scanner), 0);
	report_scanner_push(scanner, bytes_of_string(log));
	report_scanner_flush(scanner);
	report_scanner_destroy(scanner);
	assert_int_equal(kept.id, 1);
	return kept;
}

static void check(const char *a, const char *b, bool same)
{
	struct report one = scan(a), other = scan(b);

	if (same)
		assert_string_equal(one.fingerprint, other.fingerprint);
	else
		assert_string_not_equal(one.fingerprint, other.fingerprint);
}

#define WARN(TIME, CPU, LINE, F, OFFSET, G)                                \
	TIME "WARNING: CPU: " CPU " PID: 1" CPU " at fs/a.c:" LINE " " F   \
	     "+0x" OFFSET "/0x90\n" TIME "Call Trace:\n" TIME " " F        \
	     "+0x" OFFSET "/0x90\n" TIME " " G "+0x" OFFSET "/0x50\n" TIME \
	     " ? stale+0x1/0x2\n"

static void test_runs_and_builds(void **state)
{
	(void)state;
	check(WARN("[    1.000001] ", "0", "10", "f", "11", "g"),
	      WARN("[  999.123456][  T77] ", "3", "99", "f.isra.0", "77",
		   "g.constprop.0"),
	      true);
	check(WARN("[    1.000001] ", "0", "10", "f", "11", "g"),
	      WARN("", "0", "10", "f", "11", "g"), true);
}

static void test_other_callers(void **state)
{
	(void)state;
	check(WARN("[    1.000001] ", "0", "10", "f", "11", "g"),
	      WARN("[    1.000001] ", "0", "10", "f", "11", "h"), false);
	check(WARN("[    1.000001] ", "0", "10", "f", "11", "g"),
	      WARN("[    1.000001] ", "0", "10", "e", "11", "g"), false);
}

#define KASAN(KIND, ACCESS, ADDRESS)                 \
	"BUG: KASAN: " KIND " in f+0x1/0x2\n" ACCESS \
	" of size 8 at addr " ADDRESS                \
	" by task a/1\nCall Trace:\n f+0x1/0x2\n g+0x1/0x2\n"

static void test_two_bugs_at_one_call_chain(void **state)
{
	(void)state;
	check(KASAN("use-after-free", "Read", "ffff888012345678"),
	      KASAN("use-after-free", "Read", "ffff8880abcdef01"), true);
	check(KASAN("use-after-free", "Read", "ffff888012345678"),
	      KASAN("use-after-free", "Write", "ffff888012345678"), false);
	check(KASAN("use-after-free", "Read", "ffff888012345678"),
	      KASAN("slab-out-of-bounds", "Read", "ffff888012345678"), false);
}

#define MESSAGE(TEXT)                                           \
	"------------[ cut here ]------------\n" TEXT           \
	"\nWARNING: CPU: 0 PID: 1 at fs/a.c:1 f+0x1/0x2\nCall " \
	"Trace:\n f+0x1/0x2\n g+0x1/0x2\n"

static void test_what_a_warning_says(void **state)
{
	(void)state;
	check(MESSAGE("bad count 7 of inode 12"),
	      MESSAGE("bad count 8 of inode 13"), true);
	check(MESSAGE("bad count 7"), MESSAGE("stale page 7"), false);
	check(MESSAGE("leaked reference"), MESSAGE("leaked transaction"),
	      false);
	check("WARNING: [a == b] fs/a.c:1 at f+0x1/0x2, CPU#1: a/1\n",
	      "WARNING: [a == b] fs/a.c:2 at f+0x3/0x4, CPU#0: b/2\n", true);
	check("WARNING: [a == b] fs/a.c:1 at f+0x1/0x2, CPU#1: a/1\n",
	      "WARNING: [a > b] fs/a.c:1 at f+0x1/0x2, CPU#1: a/1\n", false);
}

#define BUG_AT                                                \
	"kernel BUG at fs/a.c:1!\nRIP: 0010:f+0x1/0x2\nCall " \
	"Trace:\n g+0x1/0x2\n"

static void test_same_on_any_device(void **state)
{
	(void)state;
	check("BTRFS critical (device vdb): corrupt leaf: root=5 "
	      "block=5242880 slot=0, bad key order\n",
	      "BTRFS critical (device vdc): corrupt leaf: root=5 "
	      "block=30408704 slot=0, bad key order\n",
	      true);
	check("BTRFS error (device vdb): bdev /dev/vdb errs: wr 1, rd 0\n",
	      "BTRFS error (device vdc): bdev /dev/vdc errs: wr 2, rd 0\n",
	      true);
	check(MESSAGE("vdb: bad thing"), MESSAGE("vdc: bad thing"), true);
	check(MESSAGE("vdb: bad thing"), MESSAGE("vdb: stale page"), false);
	check(MESSAGE("XFS (vdb): bad thing"), MESSAGE("XFS (dm-0): bad thing"),
	      true);
	check(MESSAGE("eth0: bad thing"), MESSAGE("eth1: bad thing"), true);
	check(MESSAGE("ext: bad thing"), MESSAGE("journal: bad thing"), false);
}

static void test_assertions(void **state)
{
	(void)state;
	check("XFS: Assertion failed: a == 1, file: fs/a.c, line: 7\n" BUG_AT,
	      "XFS: Assertion failed: a == 1, file: fs/a.c, line: 8\n" BUG_AT,
	      true);
	check("XFS: Assertion failed: a == 1, file: fs/a.c, line: 7\n" BUG_AT,
	      "XFS: Assertion failed: a == 2, file: fs/a.c, line: 7\n" BUG_AT,
	      false);
	check("assertion failed: a, in fs/btrfs/a.c:7\n" BUG_AT,
	      "assertion failed: a, in fs/btrfs/a.c:8\n" BUG_AT, true);
	check("assertion failed: a, in fs/btrfs/a.c:7\n" BUG_AT,
	      "assertion failed: b, in fs/btrfs/a.c:7\n" BUG_AT, false);
	check("Assertion failure in f() at fs/a.c:1: \"a\"\n" BUG_AT,
	      "Assertion failure in f() at fs/a.c:2: \"a\"\n" BUG_AT, true);
	check("Assertion failure in f() at fs/a.c:1: \"a\"\n" BUG_AT,
	      "Assertion failure in f() at fs/a.c:1: \"b\"\n" BUG_AT, false);
	check("page dumped because: VM_BUG_ON_PAGE(a)\n" BUG_AT,
	      "page dumped because: VM_BUG_ON_PAGE(b)\n" BUG_AT, false);
}

#define DEADLOCK(ONE, OTHER)                                           \
	"WARNING: possible circular locking dependency detected\n"     \
	"a/1 is trying to acquire lock:\nffff888012345678 (" ONE       \
	"){+.+.}-{3:3}, at: f+0x1/0x2\n\nbut task is already holding " \
	"lock:\nffff8880abcdef01 (" OTHER "){++++}-{3:3}, at: g+0x1/0x2\n"

static void test_locks(void **state)
{
	(void)state;
	check(DEADLOCK("&a->b#3", "&c"), DEADLOCK("&a->b#4", "&c"), true);
	check(DEADLOCK("&a->b", "&c"), DEADLOCK("&a->b", "&d"), false);
	check(DEADLOCK("&a->b", "&c"), DEADLOCK("&a->e", "&c"), false);
}

/* Frames that only debug information knows make no difference. */
static void test_symbolised_or_not(void **state)
{
	(void)state;
	check("BUG: KASAN: use-after-free in f+0x1/0x2\nCall Trace:\n"
	      " f+0x1/0x2\n g+0x1/0x2\n",
	      "BUG: KASAN: use-after-free in f+0x1/0x2 a.c:3\nCall Trace:\n"
	      " f+0x1/0x2 a.c:3\n inner a.c:7 [inline]\n g+0x1/0x2 a.c:9\n",
	      true);
}

static void check_normal(const char *text, const char *expected)
{
	char got[160];

	title_normalise(bytes_of_string(text), got, sizeof(got));
	assert_string_equal(got, expected);
}

static void test_normalise(void **state)
{
	char small[4];

	(void)state;
	check_normal("at 0xffff88001234 in f+0x1a/0x2b [xfs] x",
		     "at ADDR in f x");
	check_normal("at ffff88002bde1e40", "at ADDR");
	check_normal("CPU#1 stuck for 22s!", "CPU#NUM stuck for 22s");
	check_normal("fs/a.c:123 x", "fs/a.c x");
	check_normal("ext4_lookup dm-0 sha256", "ext4_lookup DEV sha256");
	check_normal("/dev/vdb /dev/nvme0n1p2 /dev/loop12 sda1 xvda",
		     "/dev/DEV /dev/DEV /dev/DEV DEV DEV");
	check_normal("on device vdb-8, dm-0-8", "on device DEV-NUM, DEV-NUM");
	check_normal("vdso sd vdb_x md loop ram", "vdso sd vdb_x md loop ram");
	check_normal("block=5242880 block=30408704", "block=NUM block=NUM");
	check_normal("at 00000000, 0000000000000010", "at ADDR, ADDR");
	check_normal("dead beef", "dead beef");
	check_normal("\001\033[m x", "[m x");
	assert_int_equal(title_normalise(bytes_of_string("uvwxyz"), small, 4),
			 3);
	assert_string_equal(small, "uvw");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_runs_and_builds),
		cmocka_unit_test(test_other_callers),
		cmocka_unit_test(test_two_bugs_at_one_call_chain),
		cmocka_unit_test(test_what_a_warning_says),
		cmocka_unit_test(test_same_on_any_device),
		cmocka_unit_test(test_assertions),
		cmocka_unit_test(test_locks),
		cmocka_unit_test(test_symbolised_or_not),
		cmocka_unit_test(test_normalise),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
