/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "shared/bundle.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include <cmocka.h>

static struct bundle_entry file_entry(const char *path)
{
	return (struct bundle_entry){
		.kind = BUNDLE_FILE,
		.mode = 04755,
		.uid = 1,
		.gid = 2,
		.size = 3,
		.mtime_ns = 4,
		.ctime_ns = 5,
		.device = 6,
		.inode = 7,
		.path = bytes_of_string(path),
		.target = bytes_of_string(""),
	};
}

static int take_of(const struct bundle_entry *entry, struct bundle_entry *ret)
{
	static uint8_t index[BUNDLE_ENTRY + 2 * LIMIT_PATH + 2];
	struct bytes at = bytes_of(index, bundle_entry_bytes(entry));

	bundle_put_entry(index, entry);
	return bundle_take_entry(&at, ret);
}

static void test_header_comes_back(void **state)
{
	const struct bundle_header header = {1, 2, 3, 4};
	struct bundle_header back;
	uint8_t head[BUNDLE_HEADER];

	(void)state;
	bundle_put_header(head, &header);
	assert_int_equal(bundle_get_header(bytes_of(head, sizeof(head)), &back),
			 0);
	assert_int_equal(back.count, 1);
	assert_int_equal(back.index_bytes, 2);
	assert_int_equal(back.index_crc, 3);
	assert_int_equal(back.data_bytes, 4);
}

static void test_any_damage_of_header_is_seen(void **state)
{
	const struct bundle_header header = {1, 2, 3, 4};
	struct bundle_header back;
	uint8_t head[BUNDLE_HEADER];

	(void)state;
	bundle_put_header(head, &header);
	for (size_t i = 0; i < sizeof(head); i++) {
		head[i] ^= 0x10;
		assert_int_equal(
			bundle_get_header(bytes_of(head, sizeof(head)), &back),
			-EBADMSG);
		head[i] ^= 0x10;
	}
	for (size_t len = 0; len < sizeof(head); len++)
		assert_int_equal(bundle_get_header(bytes_of(head, len), &back),
				 -EBADMSG);
}

static void expect_header(const struct bundle_header *header, int rc)
{
	struct bundle_header back;
	uint8_t head[BUNDLE_HEADER];

	bundle_put_header(head, header);
	assert_int_equal(bundle_get_header(bytes_of(head, sizeof(head)), &back),
			 rc);
}

static void test_header_over_a_limit(void **state)
{
	(void)state;
	expect_header(&(struct bundle_header){.count = LIMIT_BUNDLE_ENTRIES},
		      0);
	expect_header(
		&(struct bundle_header){.count = LIMIT_BUNDLE_ENTRIES + 1},
		-EBADMSG);
	expect_header(
		&(struct bundle_header){.index_bytes = LIMIT_BUNDLE_INDEX}, 0);
	expect_header(
		&(struct bundle_header){.index_bytes = LIMIT_BUNDLE_INDEX + 1},
		-EBADMSG);
	expect_header(&(struct bundle_header){.data_bytes = LIMIT_BUNDLE_BYTES},
		      0);
	expect_header(
		&(struct bundle_header){.data_bytes = LIMIT_BUNDLE_BYTES + 1},
		-EBADMSG);
}

static void test_entry_comes_back(void **state)
{
	struct bundle_entry entry = file_entry("bin/ls");
	struct bundle_entry back;

	(void)state;
	assert_int_equal(take_of(&entry, &back), 1);
	assert_int_equal(back.kind, BUNDLE_FILE);
	assert_int_equal(back.mode, 04755);
	assert_int_equal(back.uid, 1);
	assert_int_equal(back.gid, 2);
	assert_int_equal(back.size, 3);
	assert_int_equal(back.mtime_ns, 4);
	assert_int_equal(back.ctime_ns, 5);
	assert_int_equal(back.device, 6);
	assert_int_equal(back.inode, 7);
	assert_true(bytes_equal_string(back.path, "bin/ls"));
	assert_int_equal(back.target.len, 0);
}

static void test_link_and_directory(void **state)
{
	struct bundle_entry link = {.kind = BUNDLE_LINK,
				    .path = bytes_of_string("a"),
				    .target = bytes_of_string("../b")};
	struct bundle_entry directory = {.kind = BUNDLE_DIRECTORY,
					 .path = bytes_of_string("a"),
					 .target = bytes_of_string("")};
	struct bundle_entry back;

	(void)state;
	assert_int_equal(take_of(&link, &back), 1);
	assert_true(bytes_equal_string(back.target, "../b"));
	assert_int_equal(take_of(&directory, &back), 1);
	link.target.len = 0;
	assert_int_equal(take_of(&link, &back), -EBADMSG);
	directory.size = 1;
	assert_int_equal(take_of(&directory, &back), -EBADMSG);
}

static void test_paths_that_lead_elsewhere(void **state)
{
	static const char *const bad[] = {"",	   "/a",   "a/",    "a//b",
					  ".",	   "..",   "a/..",  "./a",
					  "a/./b", "../a", "a/../b"};
	static const char *const good[] = {"a", "a/b", "...", ".a", "a/..b"};
	struct bundle_entry back;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct bundle_entry entry = file_entry(bad[i]);

		assert_int_equal(take_of(&entry, &back), -EBADMSG);
	}
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		struct bundle_entry entry = file_entry(good[i]);

		assert_int_equal(take_of(&entry, &back), 1);
	}
}

static void test_longest_path(void **state)
{
	static char path[LIMIT_PATH + 2];
	struct bundle_entry entry;
	struct bundle_entry back;

	(void)state;
	memset(path, 'a', LIMIT_PATH);
	entry = file_entry(path);
	assert_int_equal(take_of(&entry, &back), 1);
	path[LIMIT_PATH] = 'a';
	entry = file_entry(path);
	assert_int_equal(take_of(&entry, &back), -EBADMSG);
}

static void test_odd_values(void **state)
{
	struct bundle_entry entry = file_entry("a");
	struct bundle_entry back;

	(void)state;
	entry.kind = (enum bundle_kind)4;
	assert_int_equal(take_of(&entry, &back), -EBADMSG);
	entry = file_entry("a");
	entry.mode = 010000;
	assert_int_equal(take_of(&entry, &back), -EBADMSG);
	entry = file_entry("a");
	entry.path = bytes_of("a\0b", 3);
	assert_int_equal(take_of(&entry, &back), -EBADMSG);
}

static void test_index_that_is_cut_off(void **state)
{
	struct bundle_entry entry = file_entry("bin/ls");
	uint8_t index[BUNDLE_ENTRY + 6];
	struct bytes none = bytes_of(index, 0);
	struct bundle_entry back;

	(void)state;
	bundle_put_entry(index, &entry);
	assert_int_equal(bundle_take_entry(&none, &back), 0);
	for (size_t len = 1; len < sizeof(index); len++) {
		struct bytes cut = bytes_of(index, len);

		assert_int_equal(bundle_take_entry(&cut, &back), -EBADMSG);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_header_comes_back),
		cmocka_unit_test(test_any_damage_of_header_is_seen),
		cmocka_unit_test(test_header_over_a_limit),
		cmocka_unit_test(test_entry_comes_back),
		cmocka_unit_test(test_link_and_directory),
		cmocka_unit_test(test_paths_that_lead_elsewhere),
		cmocka_unit_test(test_longest_path),
		cmocka_unit_test(test_odd_values),
		cmocka_unit_test(test_index_that_is_cut_off),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
