/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_history - durations of tests, kept over runs in one file. */
#include "host/record/history.h"
#include "tests/unit/record/rundir.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/file.h>
#include <sys/resource.h>

#include <cmocka.h>

#define HEAD	  "fstvm history 1\n"
#define LINE1	  "1000 4200 fstests ext4 kvm generic/001\n"
#define LINE2	  "1001 99 fstests ext4 tcg generic/001\n"
#define FILE_NAME "history"

static struct history history;

static int parse(const char *text)
{
	history_deinit(&history);
	return history_parse(&history, bytes_of_string(text));
}

static uint64_t known(bool kvm, const char *test)
{
	const struct history_key key = {"fstests", "ext4", kvm, test};

	return history_duration_ms(&history, &key);
}

static int note(bool kvm, const char *test, uint64_t ms, uint64_t time_s)
{
	const struct history_key key = {"fstests", "ext4", kvm, test};

	return history_note(&history, &key, ms, time_s);
}

static int begin(void **state)
{
	history = (struct history){0};
	return rundir_set_up(state);
}

static int end(void **state)
{
	history_deinit(&history);
	return rundir_tear_down(state);
}

static void test_parse(void **state)
{
	(void)state;
	assert_int_equal(parse(HEAD LINE1 LINE2), 0);
	assert_true(known(true, "generic/001") == 4200);
	assert_true(known(false, "generic/001") == 99);
	assert_true(known(true, "generic/002") == 0);
	assert_int_equal(parse(HEAD), 0);
	assert_int_equal(history.count, 0);
	/* Any order, and a key twice: the last one counts. */
	assert_int_equal(
		parse(HEAD LINE2 LINE1 "1002 7 fstests ext4 kvm generic/001\n"),
		0);
	assert_int_equal(history.count, 2);
	assert_true(known(true, "generic/001") == 7);
}

static void test_damaged(void **state)
{
	static const char *const texts[] = {
		"",
		"fstvm history 2\n" LINE1,
		"something else\n",
		HEAD "1000 4200 fstests ext4 kvm generic/001", /* torn */
		HEAD LINE1 "10",
		HEAD "x 4200 fstests ext4 kvm generic/001\n",
		HEAD "1000 fstests ext4 kvm generic/001\n",
		HEAD "1000 -1 fstests ext4 kvm generic/001\n",
		HEAD "1000 1234567890123456789 a b c d\n",
		HEAD "1000 1 a b c\n",
		HEAD "1000 1 a b c d e\n",
		HEAD "1000 1 a  c d\n",
		HEAD "1000 1  b c d\n",
		HEAD "1000 1 a b c \n",
		HEAD "1000 1 a b c \x01\n",
		HEAD "\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		assert_int_equal(parse(texts[i]), -EBADMSG);
		assert_int_equal(history.count, 0);
	}
}

static void test_note(void **state)
{
	char longest[HISTORY_KEY + 1];

	(void)state;
	assert_int_equal(note(true, "generic/002", 5, 1), 0);
	assert_int_equal(note(true, "generic/001", 6, 1), 0);
	assert_int_equal(note(true, "generic/002", 7, 2), 0);
	assert_int_equal(history.count, 2);
	assert_true(known(true, "generic/002") == 7);
	/* What would not be read again is not taken. */
	assert_int_equal(note(true, "a b", 5, 1), 0);
	assert_int_equal(note(true, "", 5, 1), 0);
	assert_int_equal(note(true, "a\nb", 5, 1), 0);
	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	assert_int_equal(note(true, longest, 5, 1), 0);
	assert_int_equal(history.count, 2);
	/* "fstests ext4 kvm " and a NUL are in the room, too. */
	longest[HISTORY_KEY - 18] = '\0';
	assert_int_equal(note(true, longest, 5, 1), 0);
	assert_int_equal(history.count, 3);
}

static void test_bounded(void **state)
{
	char name[32];

	(void)state;
	for (int i = 0; i <= HISTORY_ENTRIES; i++) {
		snprintf(name, sizeof(name), "generic/%06d", i);
		assert_int_equal(note(true, name, 1, (uint64_t)i + 5), 0);
	}
	assert_int_equal(history.count, HISTORY_ENTRIES);
	assert_true(known(true, "generic/000000") == 0); /* the oldest */
	assert_true(known(true, "generic/000001") == 1);
}

/* ---- the file ---- */

static int add_one(void *context, struct history *loaded)
{
	const struct history_key key = {"fstests", "ext4", true, context};

	return history_note(loaded, &key, 1234, 1);
}

static int update(const char *test, bool *ret_was_bad)
{
	return history_update(FILE_NAME, add_one, (void *)(uintptr_t)test,
			      ret_was_bad);
}

static void load(void)
{
	history_deinit(&history);
	assert_int_equal(history_load(&history, FILE_NAME), 0);
}

static void write_file(const char *text)
{
	fd_auto int fd = fd_open(FILE_NAME, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(fd_write_all(fd, text, strlen(text)), 0);
}

static void test_update(void **state)
{
	bool was_bad = true;

	(void)state;
	load(); /* none there: empty */
	assert_int_equal(history.count, 0);
	assert_int_equal(update("generic/001", &was_bad), 0);
	assert_false(was_bad);
	assert_int_equal(update("generic/002", &was_bad), 0);
	load();
	assert_int_equal(history.count, 2);
	assert_true(known(true, "generic/002") == 1234);
	assert_false(rundir_has(FILE_NAME ".new"));
}

static void test_update_of_damaged(void **state)
{
	bool was_bad = false;

	(void)state;
	write_file(HEAD LINE1 "torn");
	history_deinit(&history);
	assert_int_equal(history_load(&history, FILE_NAME), -EBADMSG);
	assert_int_equal(update("generic/001", &was_bad), 0);
	assert_true(was_bad);
	load();
	assert_int_equal(history.count, 1);
}

static void test_locked(void **state)
{
	fd_auto int fd = fd_open(FILE_NAME ".lock", O_RDWR | O_CREAT, 0600);
	bool was_bad;

	(void)state;
	assert_int_equal(flock(fd, LOCK_EX), 0);
	assert_int_equal(update("generic/001", &was_bad), -EWOULDBLOCK);
	assert_false(rundir_has(FILE_NAME));
	fd_close(&fd);
	assert_int_equal(update("generic/001", &was_bad), 0);
}

/* A full disk: the old file stays as it is. */
static void test_disk_full(void **state)
{
	struct rlimit unlimited, tight;
	bool was_bad;

	(void)state;
	write_file(HEAD LINE1);
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &unlimited), 0);
	tight = unlimited;
	tight.rlim_cur = 20;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &tight), 0);
	assert_true(update("generic/002", &was_bad) < 0);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &unlimited), 0);
	load();
	assert_int_equal(history.count, 1);
	assert_false(rundir_has(FILE_NAME ".new"));
}

static void test_no_file(void **state)
{
	(void)state;
	assert_int_equal(mkdir(FILE_NAME, 0700), 0);
	assert_int_equal(history_load(&history, FILE_NAME), -EBADMSG);
}

int main(void)
{
#define BOXED(test) cmocka_unit_test_setup_teardown(test, begin, end)
	const struct CMUnitTest tests[] = {
		BOXED(test_parse),   BOXED(test_damaged),
		BOXED(test_note),    BOXED(test_bounded),
		BOXED(test_update),  BOXED(test_update_of_damaged),
		BOXED(test_locked),  BOXED(test_disk_full),
		BOXED(test_no_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
