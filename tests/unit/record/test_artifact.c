/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_artifact - uploads that are whole, damaged, too many and too large. */
#include "host/record/artifact.h"
#include "shared/limits.h"
#include "tests/unit/record/rundir.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { FILE_SIZE = 100000 };

static struct outdir outdir;
static struct artifact_quota quota;
static struct artifact_store store;
static struct artifact_stored stored;
static struct artifact_origin origin = {
	.config = "default",
	.test = "generic/001",
	.guest_name = "001.full",
};

/* A file and what the agent makes of it. */
static uint8_t plain[FILE_SIZE];
static uint8_t packed[FILE_SIZE + 1000];
static size_t packed_len;

static int set_up(void **state)
{
	uLongf len = sizeof(packed);

	if (rundir_set_up(state) < 0 ||
	    outdir_create(&outdir, "run", "x", 0) < 0)
		return -1;
	for (size_t i = 0; i < FILE_SIZE; i++)
		plain[i] = (uint8_t)(i * i >> 7);
	compress(packed, &len, plain, FILE_SIZE);
	packed_len = len;
	quota = (struct artifact_quota){.cap_bytes = UINT64_MAX};
	origin.planned = origin.attempts = 0;
	artifact_store_open(&store, &outdir, &quota, 0);
	return 0;
}

static int tear_down(void **state)
{
	artifact_store_close(&store);
	assert_false(rundir_has("run/incoming"));
	outdir_close(&outdir);
	return rundir_tear_down(state);
}

static int send(uint32_t number, uint8_t *data, size_t len)
{
	Pb__ArtifactChunk chunk;

	pb__artifact_chunk__init(&chunk);
	chunk.artifact = number;
	chunk.data.data = data;
	chunk.data.len = len;
	return artifact_store_chunk(&store, &chunk);
}

static void send_packed(uint32_t number, size_t from, size_t to)
{
	while (from < to) {
		size_t len = to - from < 1000 ? to - from : 1000;

		assert_int_equal(send(number, packed + from, len), 0);
		from += len;
	}
}

/* The end of a whole upload; the tests change it. */
static Pb__ArtifactEnd make_end(uint32_t number)
{
	Pb__ArtifactEnd end;

	pb__artifact_end__init(&end);
	end.artifact = number;
	end.size_bytes = FILE_SIZE;
	end.kept_bytes = FILE_SIZE;
	end.wire_bytes = packed_len;
	end.crc32 = (uint32_t)crc32(0, plain, FILE_SIZE);
	return end;
}

static void expect_file(const char *path, size_t len)
{
	static uint8_t contents[FILE_SIZE + 1];
	fd_auto int fd = outdir_open_file(&outdir, path, O_RDONLY);

	assert_true(fd >= 0);
	assert_int_equal(fd_read_all(fd, contents, sizeof(contents)), len);
	assert_memory_equal(contents, plain, len);
}

static void expect_end(const Pb__ArtifactEnd *end, bool incomplete)
{
	assert_int_equal(artifact_store_end(&store, end, &origin, &stored), 0);
	assert_int_equal(stored.incomplete, incomplete);
	assert_true(stored.size_bytes == end->size_bytes);
}

static void test_whole(void **state)
{
	Pb__ArtifactEnd end = make_end(7);

	(void)state;
	send_packed(7, 0, packed_len);
	expect_end(&end, false);
	assert_string_equal(stored.path, "results/default/generic/001.full");
	assert_true(stored.kept_bytes == FILE_SIZE);
	expect_file(stored.path, FILE_SIZE);
	assert_true(quota.used_bytes == FILE_SIZE + ARTIFACT_FILE_COST);
}

static void test_interleaved(void **state)
{
	Pb__ArtifactEnd first = make_end(1), second = make_end(2);

	(void)state;
	for (size_t at = 0; at < packed_len; at += 500) {
		size_t to = at + 500 < packed_len ? at + 500 : packed_len;

		send_packed(1, at, to);
		send_packed(2, at, to);
	}
	expect_end(&second, false);
	expect_file(stored.path, FILE_SIZE);
	expect_end(&first, false);
	assert_string_equal(stored.path, "results/default/generic/001.full-2");
	expect_file(stored.path, FILE_SIZE);
}

static void test_empty_file(void **state)
{
	Pb__ArtifactEnd end = make_end(1);

	(void)state;
	end.size_bytes = end.kept_bytes = end.wire_bytes = 0;
	end.crc32 = 0;
	expect_end(&end, false);
	expect_file(stored.path, 0);
	/* The same with the few bytes of an empty stream. */
	static uint8_t none[64];
	uLongf len = sizeof(none);

	compress(none, &len, plain, 0);
	assert_int_equal(send(2, none, len), 0);
	end.artifact = 2;
	end.wire_bytes = len;
	end.crc32 = (uint32_t)crc32(0, NULL, 0);
	expect_end(&end, false);
	expect_file(stored.path, 0);
}

static void test_unreadable(void **state)
{
	Pb__ArtifactEnd end = make_end(1);

	(void)state;
	end.unreadable = true;
	expect_end(&end, true);
	assert_string_equal(stored.path, "");
	assert_false(rundir_has("run/results"));
	/* A read error in the middle: what came is kept. */
	send_packed(1, 0, packed_len);
	expect_end(&end, true);
	expect_file(stored.path, FILE_SIZE);
}

static void test_lost_chunk(void **state)
{
	Pb__ArtifactEnd end = make_end(1);

	(void)state;
	send_packed(1, 0, packed_len - 1000);
	expect_end(&end, true);
	assert_true(stored.kept_bytes > 0 && stored.kept_bytes < FILE_SIZE);
	expect_file(stored.path, stored.kept_bytes);
	/* In the middle. */
	end.artifact = 2;
	send_packed(2, 0, 1000);
	send_packed(2, 2000, packed_len);
	expect_end(&end, true);
	/* All of them. */
	end.artifact = 3;
	expect_end(&end, true);
	assert_true(stored.kept_bytes == 0);
}

static void test_numbers_that_do_not_agree(void **state)
{
	Pb__ArtifactEnd end = make_end(1);

	(void)state;
	send_packed(1, 0, packed_len);
	end.crc32++;
	expect_end(&end, true);
	end = make_end(2);
	send_packed(2, 0, packed_len);
	end.kept_bytes++;
	expect_end(&end, true);
	end = make_end(3);
	send_packed(3, 0, packed_len);
	end.wire_bytes--;
	expect_end(&end, true);
	expect_file(stored.path, FILE_SIZE);
}

static void test_not_zlib(void **state)
{
	Pb__ArtifactEnd end = make_end(1);
	uint8_t garbage[100] = "no zlib at all";

	(void)state;
	for (int i = 0; i < 1000; i++)
		assert_int_equal(send(1, garbage, sizeof(garbage)), 0);
	expect_end(&end, true);
	assert_true(stored.kept_bytes == 0);
}

/* 64 MiB of zeros in 64 KiB: cut at the cap of one artifact. */
static void test_bomb(void **state)
{
	Pb__ArtifactEnd end = make_end(1);
	uint8_t *zeros = calloc(1, 64 << 20);
	uint8_t *bomb = malloc(1 << 20);
	uLongf len = 1 << 20;
	struct stat st;

	(void)state;
	assert_non_null(zeros);
	assert_non_null(bomb);
	compress(bomb, &len, zeros, 64 << 20);
	assert_int_equal(send(1, bomb, len), 0);
	expect_end(&end, true);
	assert_true(stored.kept_bytes == LIMIT_ARTIFACT_BYTES);
	assert_int_equal(fstatat(outdir.fd, stored.path, &st, 0), 0);
	assert_true(st.st_size == LIMIT_ARTIFACT_BYTES);
	free(bomb);
	free(zeros);
}

static void test_quota(void **state)
{
	Pb__ArtifactEnd end = make_end(1);

	(void)state;
	quota.cap_bytes = 2 * (FILE_SIZE + ARTIFACT_FILE_COST);
	for (uint32_t i = 1; i <= 2; i++) {
		send_packed(i, 0, packed_len);
		end.artifact = i;
		expect_end(&end, false);
	}
	assert_true(quota.used_bytes == quota.cap_bytes);
	send_packed(3, 0, packed_len);
	end.artifact = 3;
	expect_end(&end, true);
	assert_string_equal(stored.path, "");
	assert_true(quota.used_bytes == quota.cap_bytes);
	/* Not even an empty one. */
	end.artifact = 4;
	end.kept_bytes = end.wire_bytes = 0;
	expect_end(&end, true);
	assert_string_equal(stored.path, "");
}

/* One byte of quota less than the last file needs. */
static void test_quota_by_one(void **state)
{
	Pb__ArtifactEnd end = make_end(1);

	(void)state;
	quota.cap_bytes = FILE_SIZE + ARTIFACT_FILE_COST - 1;
	send_packed(1, 0, packed_len);
	expect_end(&end, true);
	assert_string_equal(stored.path, "");
	/* What was not kept is not counted. */
	assert_true(quota.used_bytes <= ARTIFACT_FILE_COST);
}

enum { FULL_BYTES = 8 << 20 };

/* A whole file of 8 MiB of zeros, whose end is in ret_end. */
static void send_full(uint32_t number, Pb__ArtifactEnd *ret_end)
{
	uint8_t *zeros = calloc(1, FULL_BYTES);
	static uint8_t squeezed[64 << 10];
	uLongf len = sizeof(squeezed);

	assert_non_null(zeros);
	assert_int_equal(compress(squeezed, &len, zeros, FULL_BYTES), Z_OK);
	assert_int_equal(send(number, squeezed, len), 0);
	*ret_end = make_end(number);
	ret_end->size_bytes = ret_end->kept_bytes = FULL_BYTES;
	ret_end->wire_bytes = len;
	ret_end->crc32 = (uint32_t)crc32(0, zeros, FULL_BYTES);
	free(zeros);
}

/* How many of these files of test 1 are kept, up to 20. */
static uint32_t count_kept(void)
{
	Pb__ArtifactEnd end;
	uint32_t kept = 0;

	for (uint32_t i = 1; i <= 20; i++) {
		send_full(i, &end);
		assert_int_equal(
			artifact_store_end(&store, &end, &origin, &stored), 0);
		assert_int_equal(stored.incomplete, stored.path[0] == '\0');
		kept += !stored.incomplete;
	}
	return kept;
}

/* Four files of 8 MiB are all of a test's 32 MiB. */
static void test_quota_of_a_test(void **state)
{
	Pb__ArtifactEnd end;

	(void)state;
	assert_int_equal(artifact_quota_init(&quota, 3), 0);
	origin.planned = 1;
	origin.attempts = 1;
	assert_int_equal(count_kept(), 4);
	/* Another test has its own. */
	origin.planned = 2;
	send_full(21, &end);
	expect_end(&end, false);
	assert_true(quota.tests[0] == 0);
	assert_true(quota.tests[2] == FULL_BYTES + ARTIFACT_FILE_COST);
	artifact_quota_deinit(&quota);
}

/* As many times as it has really begun, whatever its attempt's number. */
static void test_quota_of_attempts(void **state)
{
	(void)state;
	assert_int_equal(artifact_quota_init(&quota, 2), 0);
	origin.planned = 1;
	origin.attempts = 0;
	assert_int_equal(count_kept(), 0);
	origin.attempts = 2;
	origin.attempt = 4000000000;
	assert_int_equal(count_kept(), 8);
	origin.attempt = 0;
	/* Beyond the plan there is nothing. */
	origin.planned = 2;
	assert_int_equal(count_kept(), 0);
	artifact_quota_deinit(&quota);
}

/* What an earlier controller has kept counts. */
static void test_quota_restored(void **state)
{
	Pb__ArtifactStored earlier = PB__ARTIFACT_STORED__INIT;
	char path[] = "results/x";

	(void)state;
	assert_int_equal(artifact_quota_init(&quota, 2), 0);
	earlier.test = 1;
	earlier.kept_bytes = 3 * (uint64_t)FULL_BYTES;
	artifact_quota_restore(&quota, &earlier);
	assert_true(quota.used_bytes == 0); /* nothing was kept of it */
	earlier.path = path;
	artifact_quota_restore(&quota, &earlier);
	assert_true(quota.used_bytes ==
		    3 * (uint64_t)FULL_BYTES + ARTIFACT_FILE_COST);
	earlier.test = 99;
	artifact_quota_restore(&quota, &earlier);
	origin.planned = 1;
	origin.attempts = 1;
	assert_int_equal(count_kept(), 1);
	artifact_quota_deinit(&quota);
}

static void test_quota_of_evidence_restored(void **state)
{
	Pb__EvidenceStored earlier = PB__EVIDENCE_STORED__INIT;
	char path[] = "results/x";

	(void)state;
	quota = (struct artifact_quota){.cap_bytes = 8192};
	earlier.kept_bytes = 100;
	artifact_quota_restore_evidence(&quota, &earlier);
	assert_true(quota.used_bytes == 0); /* nothing was kept of it */
	earlier.path = path;
	artifact_quota_restore_evidence(&quota, &earlier);
	assert_true(quota.used_bytes == 100 + ARTIFACT_FILE_COST);
}

static void test_too_many_open(void **state)
{
	Pb__ArtifactEnd end = make_end(99);

	(void)state;
	for (uint32_t i = 0; i < ARTIFACT_OPEN; i++)
		send_packed(i, 0, 10);
	assert_true(store.refused_chunks == 0);
	send_packed(99, 0, 10);
	assert_true(store.refused_chunks == 1);
	expect_end(&end, true);
	assert_string_equal(stored.path, "");
	/* One that ends makes room. */
	end.artifact = 3;
	expect_end(&end, true);
	send_packed(99, 0, packed_len);
	end.artifact = 99;
	expect_end(&end, false);
}

static void test_too_many_of_a_kind(void **state)
{
	Pb__ArtifactEnd end = make_end(0);

	(void)state;
	end.size_bytes = end.kept_bytes = end.wire_bytes = end.crc32 = 0;
	for (uint32_t i = 0; i < ARTIFACT_PATH_COPIES; i++) {
		end.artifact = i;
		expect_end(&end, false);
	}
	expect_end(&end, true);
	assert_string_equal(stored.path, "");
}

static void test_vm_is_lost(void **state)
{
	struct artifact_origin unknown = origin;

	(void)state;
	unknown.guest_name = "";
	send_packed(1, 0, packed_len / 2);
	send_packed(2, 0, packed_len);
	assert_int_equal(artifact_store_abandon(&store, &unknown, &stored), 1);
	assert_string_equal(stored.path, "results/default/generic/001.extra-1");
	assert_true(stored.incomplete);
	expect_file(stored.path, stored.kept_bytes);
	assert_int_equal(artifact_store_abandon(&store, &unknown, &stored), 1);
	assert_string_equal(stored.path, "results/default/generic/001.extra-2");
	assert_true(stored.incomplete); /* nobody said that it was all */
	expect_file(stored.path, FILE_SIZE);
	assert_int_equal(artifact_store_abandon(&store, &unknown, &stored), 0);
}

static void test_disk_error(void **state)
{
	Pb__ArtifactEnd end = make_end(1);

	(void)state;
	/* Somebody puts a file where the directory must be. */
	send_packed(1, 0, packed_len);
	{
		fd_auto int fd = outdir_open_file(&outdir, "results",
						  O_WRONLY | O_CREAT);

		assert_true(fd >= 0);
	}
	assert_int_equal(artifact_store_end(&store, &end, &origin, &stored),
			 -ENOTDIR);
	assert_true(strlen(outdir.why) > 0);
}

int main(void)
{
#define BOXED(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		BOXED(test_whole),
		BOXED(test_interleaved),
		BOXED(test_empty_file),
		BOXED(test_unreadable),
		BOXED(test_lost_chunk),
		BOXED(test_numbers_that_do_not_agree),
		BOXED(test_not_zlib),
		BOXED(test_bomb),
		BOXED(test_quota),
		BOXED(test_quota_by_one),
		BOXED(test_quota_of_a_test),
		BOXED(test_quota_of_attempts),
		BOXED(test_quota_restored),
		BOXED(test_quota_of_evidence_restored),
		BOXED(test_too_many_open),
		BOXED(test_too_many_of_a_kind),
		BOXED(test_vm_is_lost),
		BOXED(test_disk_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
