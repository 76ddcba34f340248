/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/warm/archive.h"

#include "shared/bundle.h"
#include "tests/unit/warm/place.h"

#include <errno.h>
#include <sys/wait.h>

static int cache_fd = -1;

static int set_up(void **state)
{
	if (place_make(state) < 0)
		return -1;
	assert_int_equal(mkdirat(place_fd, "cache", 0700), 0);
	assert_int_equal(mkdirat(place_fd, "root", 0755), 0);
	cache_fd = fd_openat(place_fd, "cache", O_RDONLY | O_DIRECTORY, 0);
	place_put("root/bin/one", "first", 0755);
	place_put("root/bin/two", "second", 04755);
	assert_int_equal(symlinkat("one", place_fd, "root/bin/link"), 0);
	return cache_fd < 0 ? -1 : 0;
}

static int tear_down(void **state)
{
	fd_close(&cache_fd);
	return place_remove(state);
}

static int get(struct archive_report *ret_report)
{
	static const char *const paths[] = {"bin/two", "bin/one", "bin/link"};
	struct members members;
	int rc = members_init(&members, place_path("root"));

	for (size_t i = 0; rc >= 0 && i < 3; i++)
		rc = members_add(&members, paths[i]);
	if (rc >= 0)
		rc = archive_get(cache_fd, "test", &members, ret_report);
	members_deinit(&members);
	return rc;
}

static void test_made_once_then_found(void **state)
{
	struct archive_report made = {.made = false};
	struct archive_report found = {.made = false};

	(void)state;
	assert_int_equal(get(&made), 0);
	assert_true(made.made);
	assert_int_equal(made.members, 4); /* with bin */
	assert_int_equal(get(&found), 0);
	assert_false(found.made);
	assert_string_equal(found.name, made.name);
	assert_int_equal(found.bytes, made.bytes);
}

static void test_contents(void **state)
{
	struct archive_report report = {.made = false};
	struct bundle_header header;
	struct bundle_entry entry;
	struct bytes file;
	char buffer[4096];
	ssize_t len;
	int fd;

	(void)state;
	assert_int_equal(get(&report), 0);
	fd = fd_openat(cache_fd, report.name, O_RDONLY, 0);
	len = fd_read_all(fd, buffer, sizeof(buffer));
	fd_close(&fd);
	assert_int_equal(len, report.bytes);
	file = bytes_of(buffer, (size_t)len);
	assert_int_equal(
		bundle_get_header(bytes_take(&file, BUNDLE_HEADER), &header),
		0);
	file = bytes_of(file.data, header.index_bytes);
	assert_int_equal(bundle_take_entry(&file, &entry), 1);
	assert_true(bytes_equal_string(entry.path, "bin"));
	assert_int_equal(entry.mtime_ns, 0);
	assert_int_equal(bundle_take_entry(&file, &entry), 1);
	assert_true(bytes_equal_string(entry.path, "bin/link"));
	assert_true(bytes_equal_string(entry.target, "one"));
	assert_int_equal(bundle_take_entry(&file, &entry), 1);
	assert_int_equal(entry.size, 5);
	assert_int_equal(bundle_take_entry(&file, &entry), 1);
	assert_int_equal(entry.mode, 04755);
	assert_int_equal(bundle_take_entry(&file, &entry), 0);
	assert_memory_equal(buffer + len - 11, "firstsecond", 11);
}

/* Same size, same second of the clock or not: the index differs. */
static void test_changed_member_makes_another(void **state)
{
	struct archive_report before = {.made = false};
	struct archive_report after = {.made = false};
	struct stat st;

	(void)state;
	assert_int_equal(get(&before), 0);
	assert_int_equal(fstatat(place_fd, "root/bin/one", &st, 0), 0);
	place_put("root/bin/one", "FIRST", 0755);
	/* Even with the old time: the change itself has its own. */
	assert_int_equal(utimensat(place_fd, "root/bin/one",
				   (struct timespec[]){st.st_atim, st.st_mtim},
				   0),
			 0);
	assert_int_equal(get(&after), 0);
	assert_true(after.made);
	assert_string_not_equal(after.name, before.name);
}

static void test_changed_link_makes_another(void **state)
{
	struct archive_report before = {.made = false};
	struct archive_report after = {.made = false};

	(void)state;
	assert_int_equal(get(&before), 0);
	assert_int_equal(unlinkat(place_fd, "root/bin/link", 0), 0);
	assert_int_equal(symlinkat("two", place_fd, "root/bin/link"), 0);
	assert_int_equal(get(&after), 0);
	assert_string_not_equal(after.name, before.name);
}

static void test_what_stands_beside_does_not_matter(void **state)
{
	struct archive_report before = {.made = false};
	struct archive_report after = {.made = false};

	(void)state;
	assert_int_equal(get(&before), 0);
	place_put("root/bin/three", "", 0755);
	assert_int_equal(get(&after), 0);
	assert_false(after.made);
}

static void test_one_that_is_cut_off_is_made_again(void **state)
{
	struct archive_report report = {.made = false};
	off_t bytes;

	(void)state;
	assert_int_equal(get(&report), 0);
	bytes = (off_t)report.bytes;
	for (off_t len = 0; len < bytes; len += 37) {
		int fd = fd_openat(cache_fd, report.name, O_WRONLY, 0);

		assert_int_equal(ftruncate(fd, len), 0);
		fd_close(&fd);
		assert_int_equal(get(&report), 0);
		assert_true(report.made);
		assert_int_equal(report.bytes, bytes);
	}
}

static void test_one_with_another_index_is_made_again(void **state)
{
	struct archive_report report = {.made = false};
	int fd;

	(void)state;
	assert_int_equal(get(&report), 0);
	fd = fd_openat(cache_fd, report.name, O_WRONLY, 0);
	assert_int_equal(pwrite(fd, "x", 1, BUNDLE_HEADER + BUNDLE_ENTRY), 1);
	fd_close(&fd);
	assert_int_equal(get(&report), 0);
	assert_true(report.made);
}

static void test_what_is_unfinished_does_no_harm(void **state)
{
	struct archive_report report = {.made = false};

	(void)state;
	place_put("cache/unfinished", "left by one that was killed", 0600);
	assert_int_equal(get(&report), 0);
	assert_true(report.made);
	assert_int_equal(faccessat(cache_fd, "unfinished", F_OK, 0), -1);
}

static void test_many_at_once(void **state)
{
	enum { RUNS = 6 };
	pid_t pids[RUNS];
	struct archive_report report = {.made = false};
	int status;

	(void)state;
	for (size_t i = 0; i < RUNS; i++) {
		pids[i] = fork();
		if (pids[i] == 0)
			_exit(get(&report) == 0 && report.members == 4 ? 0 : 1);
	}
	for (size_t i = 0; i < RUNS; i++) {
		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
		assert_int_equal(status, 0);
	}
	assert_int_equal(get(&report), 0);
	assert_false(report.made);
}

static void test_directory_that_cannot_be_written(void **state)
{
	struct archive_report report = {.made = false};

	(void)state;
	fd_close(&cache_fd);
	cache_fd = fd_open("/proc/self", O_RDONLY | O_DIRECTORY, 0);
	assert_true(get(&report) < 0);
}

static void put_old(const char *name, time_t when)
{
	const struct timespec times[] = {{when, 0}, {when, 0}};
	char path[64];

	snprintf(path, sizeof(path), "cache/%s", name);
	place_put(path, "12345678", 0600);
	assert_int_equal(utimensat(cache_fd, name, times, 0), 0);
}

static void test_the_least_used_go_first(void **state)
{
	(void)state;
	put_old("b", 100);
	put_old("a", 200);
	put_old("c", 300);
	archive_prune(cache_fd, 24);
	assert_int_equal(faccessat(cache_fd, "b", F_OK, 0), 0);
	archive_prune(cache_fd, 23);
	assert_int_equal(faccessat(cache_fd, "b", F_OK, 0), -1);
	assert_int_equal(faccessat(cache_fd, "a", F_OK, 0), 0);
	assert_int_equal(faccessat(cache_fd, "c", F_OK, 0), 0);
	archive_prune(cache_fd, 0);
	assert_int_equal(faccessat(cache_fd, "c", F_OK, 0), -1);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_made_once_then_found),
		CASE(test_contents),
		CASE(test_changed_member_makes_another),
		CASE(test_changed_link_makes_another),
		CASE(test_what_stands_beside_does_not_matter),
		CASE(test_one_that_is_cut_off_is_made_again),
		CASE(test_one_with_another_index_is_made_again),
		CASE(test_what_is_unfinished_does_no_harm),
		CASE(test_many_at_once),
		CASE(test_directory_that_cannot_be_written),
		CASE(test_the_least_used_go_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
