/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bundles that the host's own code has made. */
#include "guest/unpack.h"

#include "host/warm/archive.h"
#include "shared/bundle.h"
#include "tests/unit/warm/place.h"

#include <errno.h>

static struct archive_report report;
static char bundle[600];
static struct why why;

static int set_up(void **state)
{
	static const char *const paths[] = {"bin/program", "bin/link", "empty",
					    "large"};
	struct members members;
	int cache_fd;

	if (place_make(state) < 0)
		return -1;
	place_put("root/bin/program", "contents", 04751);
	place_put("root/empty", "", 0600);
	place_put("root/large", "begin", 0644);
	/* More than one read of the guest's. */
	assert_int_equal(truncate(place_path("root/large"), 3 << 20), 0);
	assert_int_equal(symlinkat("program", place_fd, "root/bin/link"), 0);
	assert_int_equal(mkdirat(place_fd, "cache", 0700), 0);
	assert_int_equal(mkdirat(place_fd, "to", 0700), 0);
	cache_fd = fd_openat(place_fd, "cache", O_RDONLY | O_DIRECTORY, 0);
	assert_int_equal(members_init(&members, place_path("root")), 0);
	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++)
		assert_int_equal(members_add(&members, paths[i]), 1);
	assert_int_equal(archive_get(cache_fd, "test", &members, &report), 0);
	members_deinit(&members);
	fd_close(&cache_fd);
	snprintf(bundle, sizeof(bundle), "%s/cache/%s", place, report.name);
	return 0;
}

static int unpack(void)
{
	assert_int_equal(beneath_remove_tree(place_fd, "to"), 0);
	assert_int_equal(mkdirat(place_fd, "to", 0700), 0);
	return unpack_bundle(bundle, place_path("to"), &why);
}

static void test_all_of_it(void **state)
{
	struct unpack_size size;
	struct stat was;
	struct stat st;
	char text[64] = "";

	(void)state;
	assert_int_equal(unpack_measure(bundle, &size, &why), 0);
	assert_int_equal(size.members, 5);
	assert_int_equal(size.bytes, (3 << 20) + 8);
	assert_int_equal(unpack(), 0);
	assert_int_equal(fstatat(place_fd, "root/bin/program", &was, 0), 0);
	assert_int_equal(fstatat(place_fd, "to/bin/program", &st, 0), 0);
	assert_int_equal(st.st_mode, was.st_mode);
	assert_int_equal(st.st_uid, was.st_uid);
	assert_int_equal(st.st_gid, was.st_gid);
	assert_int_equal(st.st_mtim.tv_sec, was.st_mtim.tv_sec);
	assert_int_equal(st.st_mtim.tv_nsec, was.st_mtim.tv_nsec);
	assert_int_equal(
		readlinkat(place_fd, "to/bin/link", text, sizeof(text)), 7);
	assert_string_equal(text, "program");
	assert_int_equal(
		fd_read_text(place_fd, "to/bin/program", text, sizeof(text)),
		8);
	assert_string_equal(text, "contents");
	assert_int_equal(fstatat(place_fd, "to/large", &st, 0), 0);
	assert_int_equal(st.st_size, 3 << 20);
	assert_int_equal(fstatat(place_fd, "to/empty", &st, 0), 0);
	assert_int_equal(st.st_size, 0);
}

/* A byte anywhere: header, index, sums, data. */
static void test_damage_is_refused(void **state)
{
	off_t front = (off_t)report.bytes - ((3 << 20) + 8);
	int fd = fd_open(bundle, O_RDWR, 0);

	(void)state;
	for (off_t at = 0; at < front + 16; at += 3) {
		uint8_t byte;

		assert_int_equal(pread(fd, &byte, 1, at), 1);
		byte ^= 0x40;
		assert_int_equal(pwrite(fd, &byte, 1, at), 1);
		assert_int_equal(unpack(), -EBADMSG);
		assert_string_equal(why.text, "the bundle is damaged");
		byte ^= 0x40;
		assert_int_equal(pwrite(fd, &byte, 1, at), 1);
	}
	fd_close(&fd);
	assert_int_equal(unpack(), 0);
}

static void test_cut_off_is_refused(void **state)
{
	static const off_t lengths[] = {0, 1, BUNDLE_HEADER, 500, 2 << 20};
	struct unpack_size size;

	(void)state;
	assert_int_equal(truncate(bundle, (off_t)report.bytes + 1), 0);
	assert_int_equal(unpack(), -EBADMSG);
	for (size_t i = sizeof(lengths) / sizeof(*lengths); i-- > 0;) {
		assert_int_equal(truncate(bundle, lengths[i]), 0);
		assert_int_equal(unpack(), -EBADMSG);
		assert_int_equal(unpack_measure(bundle, &size, &why), -EBADMSG);
	}
}

static void test_missing(void **state)
{
	struct unpack_size size;

	(void)state;
	assert_int_equal(unlink(bundle), 0);
	assert_int_equal(unpack_measure(bundle, &size, &why), -ENOENT);
	assert_int_equal(unpack(), -ENOENT);
}

static void test_never_over_a_file(void **state)
{
	(void)state;
	place_put("to/empty", "mine", 0600);
	assert_true(unpack_bundle(bundle, place_path("to"), &why) < 0);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, place_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_all_of_it),	       CASE(test_damage_is_refused),
		CASE(test_cut_off_is_refused), CASE(test_missing),
		CASE(test_never_over_a_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
