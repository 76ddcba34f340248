/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest/baseline.h"

#include "tests/unit/guest/sandbox.h"

#include <stdlib.h>
#include <string.h>

static const struct job_places places = {
	.test_dev = "/dev/loop0",
	.test_dir = "/run/fstvm/test",
	.scratch_dev = "/dev/loop1",
	.scratch_mnt = "/run/fstvm/scratch",
};
static char said[1024];

static void say(void *context, const char *thing)
{
	(void)context;
	assert_true(strlen(thing) < BASELINE_THING);
	strcat(said, thing);
	strcat(said, "\n");
}

static const char *mounts(const char *text)
{
	said[0] = '\0';
	baseline_mounts(bytes_of_string(text), &places, say, NULL);
	return said;
}

static const char *swaps(const char *text)
{
	said[0] = '\0';
	baseline_swaps(bytes_of_string(text), say, NULL);
	return said;
}

static void test_mounts(void **state)
{
	(void)state;
	assert_string_equal(mounts("/dev/vda / ext4 rw 0 0\n"
				   "proc /proc proc rw 0 0\n"
				   "nodev /x debugfs rw 0 0\n"
				   "x /mnt/a\\040b tmpfs rw 0 0\n"),
			    "mount /\nmount /mnt/a\\040b\n");
	assert_string_equal(mounts(""), "");
	assert_string_equal(mounts("\n\nword\n x\ny /z"), "mount /z\n");
}

/* check's own: one on each place. */
static void test_test_and_scratch(void **state)
{
	(void)state;
	assert_string_equal(
		mounts("/dev/loop0 /run/fstvm/test ext4 rw 0 0\n"
		       "/dev/loop1 /run/fstvm/scratch ext4 rw 0 0\n"),
		"");
	assert_string_equal(
		mounts("/dev/loop1 /run/fstvm/scratch ext4 rw 0 0\n"
		       "x /run/fstvm/scratch tmpfs rw 0 0\n"
		       "x /run/fstvm/scratch/a tmpfs rw 0 0\n"),
		"mount /run/fstvm/scratch\nmount /run/fstvm/scratch/a\n");
}

static void test_swaps(void **state)
{
	(void)state;
	assert_string_equal(swaps("Filename\tType\tSize\tUsed\tPriority\n"
				  "/dev/vdb partition\t1\t0\t-2\n"
				  "/a\\040b\tfile\t1\t0\t-3\n"),
			    "swap /dev/vdb\nswap /a\\040b\n");
	assert_string_equal(swaps("Filename\n"), "");
	assert_string_equal(swaps(""), "");
}

/* Names are what tests make of them. */
static void test_hostile_names(void **state)
{
	char text[2048];

	(void)state;
	snprintf(text, sizeof(text), "x /%0900d\033\xff tmpfs rw 0 0\n", 0);
	mounts(text);
	assert_true(strlen(said) <= BASELINE_THING);
	assert_string_equal(mounts("x /\033\xff tmpfs rw 0 0\n"),
			    "mount /\\x1b\\xff\n");
}

static void test_compare(void **state)
{
	static struct baseline baseline;
	char left[256];
	char small[8];

	(void)state;
	if (!sandbox_enter())
		skip();
	assert_int_equal(
		baseline_compare(&baseline, &places, left, sizeof(left)), 0);
	assert_int_equal(mkdir("/run/a", 0755), 0);
	assert_int_equal(mount("x", "/run/a", "tmpfs", 0, NULL), 0);
	baseline_take(&baseline, &places, true);
	assert_int_equal(
		baseline_compare(&baseline, &places, left, sizeof(left)), 0);
	assert_string_equal(left, "");
	/* Twice on one place is one more than once. */
	assert_int_equal(mount("x", "/run/a", "tmpfs", 0, NULL), 0);
	assert_int_equal(mkdir("/run/a/b", 0755), 0);
	assert_int_equal(mount("x", "/run/a/b", "tmpfs", 0, NULL), 0);
	assert_int_equal(
		baseline_compare(&baseline, &places, left, sizeof(left)), 2);
	assert_string_equal(left, "mount /run/a, mount /run/a/b");
	assert_int_equal(
		baseline_compare(&baseline, &places, small, sizeof(small)), 2);
	assert_string_equal(small, "mount /");
	assert_int_equal(umount("/run/a/b"), 0);
	assert_int_equal(umount("/run/a"), 0);
	assert_int_equal(
		baseline_compare(&baseline, &places, left, sizeof(left)), 0);
	/* One that is gone is none that is left. */
	assert_int_equal(umount("/run/a"), 0);
	assert_int_equal(
		baseline_compare(&baseline, &places, left, sizeof(left)), 0);
}

/* The computer's own devices and sysctls, whatever they are, are the same at
 * two looks; nothing of it crashes. */
static void test_all_of_it(void **state)
{
	static struct baseline baseline;

	(void)state;
	baseline_take(&baseline, &places, false);
	assert_true(baseline.count > 0);
	assert_true(baseline.count < BASELINE_THINGS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mounts),
		cmocka_unit_test(test_test_and_scratch),
		cmocka_unit_test(test_swaps),
		cmocka_unit_test(test_hostile_names),
		cmocka_unit_test(test_compare),
		cmocka_unit_test(test_all_of_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
