/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_evidence - where evidence goes, and what is cut when it is too much. */
#include "host/record/evidence.h"
#include "shared/limits.h"
#include "tests/unit/record/rundir.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static struct outdir outdir;
static struct artifact_quota quota;

static const struct evidence_origin of_test = {
	.config = "default",
	.test = "generic/001",
	.boot = 1,
};

static int set_up(void **state)
{
	quota = (struct artifact_quota){.cap_bytes = 64 * 1024 * 1024};
	if (rundir_set_up(state) < 0)
		return -1;
	return outdir_create(&outdir, "run", "x", 0);
}

static int tear_down(void **state)
{
	outdir_close(&outdir);
	return rundir_tear_down(state);
}

static struct evidence_stored keep(const struct evidence_origin *origin,
				   const char *name, struct bytes contents,
				   uint64_t dropped)
{
	struct evidence_stored stored;

	assert_int_equal(evidence_write(&outdir, &quota, origin, name, contents,
					dropped, &stored),
			 0);
	return stored;
}

static size_t read_back(const char *path, char *to, size_t cap)
{
	fd_auto int fd = outdir_open_file(&outdir, path, O_RDONLY);
	size_t len = 0;
	ssize_t n;

	assert_true(fd >= 0);
	while ((n = read(fd, to + len, cap - len)) > 0)
		len += (size_t)n;
	assert_int_equal(n, 0);
	return len;
}

static void test_places(void **state)
{
	struct evidence_origin origin = of_test;
	struct bytes text = bytes_of_string("text\n");
	char back[64];

	(void)state;
	assert_string_equal(keep(&origin, "ended.txt", text, 0).path,
			    "results/default/generic/001.evidence/ended.txt");
	assert_string_equal(keep(&origin, "ended.txt", text, 0).path,
			    "results/default/generic/001.evidence/ended-2.txt");
	assert_int_equal(
		read_back("results/default/generic/001.evidence/ended.txt",
			  back, sizeof(back)),
		5);
	origin.iteration = 3;
	origin.attempt = 1;
	assert_string_equal(keep(&origin, "kmsg.log", text, 0).path,
			    "results/default/generic/"
			    "001.iteration3.attempt1.evidence/kmsg.log");
	origin.test = NULL;
	origin.boot = 12;
	origin.config = "../x";
	assert_string_equal(keep(&origin, "kmsg.log", text, 0).path,
			    "results/-.-x/boot-12.evidence/kmsg.log");
}

static void test_names_that_are_no_tests(void **state)
{
	struct evidence_origin origin = of_test;
	struct evidence_stored stored;

	(void)state;
	origin.test = "../../etc/passwd";
	assert_int_equal(evidence_write(&outdir, &quota, &origin, "a.txt",
					bytes_of_string("x"), 0, &stored),
			 -EINVAL);
}

static void expect_cap(size_t over)
{
	size_t len = (size_t)LIMIT_EVIDENCE_BYTES + over;
	char *text = calloc(1, len + 128);
	struct evidence_stored stored;
	size_t n;

	memset(text, 'a', len);
	memset(text + over, 'b', 1);
	stored = keep(&of_test, "ring.log", bytes_of(text, len), 0);
	assert_int_equal(stored.kept_bytes, LIMIT_EVIDENCE_BYTES);
	assert_int_equal(stored.dropped_bytes, over);
	n = read_back(stored.path, text, len + 128);
	text[80] = '\0';
	if (over > 0) {
		assert_non_null(strstr(text, "[fstvm: 1 bytes before these "
					     "were not kept]\nbaaaa"));
		assert_true(n > (size_t)LIMIT_EVIDENCE_BYTES);
	} else {
		assert_int_equal(text[0], 'b');
		assert_int_equal(n, LIMIT_EVIDENCE_BYTES);
	}
	free(text);
}

static void test_the_beginning_is_cut(void **state)
{
	struct evidence_stored stored;

	(void)state;
	expect_cap(0);
	expect_cap(1);
	stored = keep(&of_test, "kmsg.log", bytes_of_string("end\n"), 77);
	assert_int_equal(stored.kept_bytes, 4);
	assert_int_equal(stored.dropped_bytes, 77);
}

static void test_the_quota(void **state)
{
	struct evidence_stored stored;

	(void)state;
	quota.cap_bytes = 5 + ARTIFACT_FILE_COST;
	stored = keep(&of_test, "a.txt", bytes_of_string("123456"), 0);
	assert_string_equal(stored.path, "");
	assert_int_equal(stored.kept_bytes, 0);
	assert_int_equal(stored.dropped_bytes, 6);
	stored = keep(&of_test, "a.txt", bytes_of_string("12345"), 0);
	assert_string_equal(stored.path,
			    "results/default/generic/001.evidence/a.txt");
	assert_int_equal(quota.used_bytes, quota.cap_bytes);
}

static void test_too_many_of_a_name(void **state)
{
	struct evidence_stored stored;

	(void)state;
	for (int i = 0; i < ARTIFACT_PATH_COPIES; i++)
		keep(&of_test, "a.txt", bytes_of_string("x"), 0);
	assert_int_equal(evidence_write(&outdir, &quota, &of_test, "a.txt",
					bytes_of_string("x"), 0, &stored),
			 -ENFILE);
	keep(&of_test, "b.txt", bytes_of_string("x"), 0);
}

int main(void)
{
#define BOXED(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		BOXED(test_places),
		BOXED(test_names_that_are_no_tests),
		BOXED(test_the_beginning_is_cut),
		BOXED(test_the_quota),
		BOXED(test_too_many_of_a_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
