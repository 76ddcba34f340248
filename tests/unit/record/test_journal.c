/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_journal - what is read is what was written, whatever was damaged. */
#include "host/record/journal.h"
#include "shared/beneath.h"
#include "shared/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

enum { SAMPLE = 6, SAMPLE_MAX = 4096 };

static char directory_path[32];
static int directory = -1;

static int set_up(void **state)
{
	(void)state;
	snprintf(directory_path, sizeof(directory_path),
		 "/tmp/test_journal.XXXXXX");
	if (!mkdtemp(directory_path))
		return -1;
	directory = fd_open(directory_path, O_RDONLY | O_DIRECTORY, 0);
	return directory < 0 ? -1 : 0;
}

static int tear_down(void **state)
{
	fd_auto int tmp = fd_open("/tmp", O_RDONLY | O_DIRECTORY, 0);

	(void)state;
	fd_close(&directory);
	return beneath_remove_tree(tmp, directory_path + strlen("/tmp/"));
}

static int append_start(struct journal *journal, uint32_t version)
{
	Pb__Event event = PB__EVENT__INIT;
	Pb__RunStarted started;

	pb__run_started__init(&started);
	started.journal_version = version;
	event.body_case = PB__EVENT__BODY_RUN_STARTED;
	event.run_started = &started;
	return journal_append(journal, &event);
}

/* The number of the notice is in its time and in its text's length. */
static int append_notice(struct journal *journal, uint64_t number)
{
	Pb__Event event = PB__EVENT__INIT;
	Pb__Notice notice;
	char text[64];

	pb__notice__init(&notice);
	memset(text, 'n', sizeof(text));
	text[number % sizeof(text)] = '\0';
	notice.text = text;
	event.real_ns = number;
	event.body_case = PB__EVENT__BODY_NOTICE;
	event.notice = &notice;
	return journal_append(journal, &event);
}

/* RunStarted, and notices 2 to SAMPLE. Returns where each record ends. */
static void make_sample(uint64_t ends[SAMPLE])
{
	struct journal journal;

	assert_int_equal(journal_create(&journal, directory), 0);
	assert_int_equal(append_start(&journal, JOURNAL_VERSION), 0);
	ends[0] = journal.size_bytes;
	for (uint64_t i = 2; i <= SAMPLE; i++) {
		assert_int_equal(append_notice(&journal, i), 0);
		ends[i - 1] = journal.size_bytes;
	}
	assert_int_equal(journal_sync(&journal), 0);
	journal_close(&journal);
}

static size_t load(const char *name, uint8_t *to, size_t cap)
{
	fd_auto int fd = fd_openat(directory, name, O_RDONLY, 0);
	ssize_t len = 0;

	assert_true(fd >= 0);
	len = fd_read_all(fd, to, cap);
	assert_true(len >= 0);
	return (size_t)len;
}

static void store(const uint8_t *data, size_t len)
{
	/* Not O_TRUNC: ext4 writes such a file out when it is closed. */
	fd_auto int fd =
		fd_openat(directory, JOURNAL_NAME, O_WRONLY | O_CREAT, 0600);

	assert_true(fd >= 0);
	assert_int_equal(fd_write_all(fd, data, len), 0);
	assert_int_equal(ftruncate(fd, (off_t)len), 0);
}

static void expect_event(const Pb__Event *event, uint64_t number)
{
	if (number == 1) {
		assert_int_equal(event->body_case, PB__EVENT__BODY_RUN_STARTED);
		return;
	}
	assert_int_equal(event->body_case, PB__EVENT__BODY_NOTICE);
	assert_true(event->real_ns == number);
	assert_int_equal(strlen(event->notice->text), number % 64);
}

/* Exactly the events 1 to records, and that much behind them. */
static void expect_journal(uint64_t records, uint64_t damaged_bytes)
{
	struct journal_reader reader;
	const Pb__Event *event = NULL;

	assert_int_equal(journal_reader_open(&reader, directory), 0);
	for (uint64_t i = 1; i <= records; i++) {
		assert_int_equal(journal_reader_next(&reader, &event), 1);
		expect_event(event, i);
	}
	assert_int_equal(journal_reader_next(&reader, &event), 0);
	assert_int_equal(journal_reader_next(&reader, &event), 0);
	assert_true(reader.records == records);
	assert_true(reader.damaged_bytes == damaged_bytes);
	journal_reader_close(&reader);
}

static void test_write_and_read(void **state)
{
	uint64_t ends[SAMPLE];
	struct stat st;

	(void)state;
	make_sample(ends);
	expect_journal(SAMPLE, 0);
	assert_int_equal(fstatat(directory, JOURNAL_NAME, &st, 0), 0);
	assert_true((uint64_t)st.st_size == ends[SAMPLE - 1]);
	assert_int_equal(st.st_mode & 0777, 0600);
}

static void test_cut_at_every_offset(void **state)
{
	uint64_t ends[SAMPLE];
	uint8_t sample[SAMPLE_MAX];
	size_t len = 0;

	(void)state;
	make_sample(ends);
	len = load(JOURNAL_NAME, sample, sizeof(sample));
	for (size_t cut = 0; cut < len; cut++) {
		uint64_t whole = 0;

		while (ends[whole] <= cut)
			whole++;
		store(sample, cut);
		expect_journal(whole, cut - (whole ? ends[whole - 1] : 0));
	}
}

/* Each bit of it turned: the records before it are read, and no other. */
static void test_every_flipped_bit(void **state)
{
	uint64_t ends[SAMPLE];
	uint8_t sample[SAMPLE_MAX];
	size_t len = 0;

	(void)state;
	make_sample(ends);
	len = load(JOURNAL_NAME, sample, sizeof(sample));
	for (size_t bit = 0; bit < len * 8; bit++) {
		uint64_t whole = 0;

		while (ends[whole] <= bit / 8)
			whole++;
		sample[bit / 8] ^= (uint8_t)(1 << bit % 8);
		store(sample, len);
		expect_journal(whole, len - (whole ? ends[whole - 1] : 0));
		sample[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
}

static void test_records_out_of_order(void **state)
{
	uint64_t ends[SAMPLE];
	uint8_t sample[SAMPLE_MAX], mixed[2 * SAMPLE_MAX];
	size_t len = 0;

	(void)state;
	make_sample(ends);
	len = load(JOURNAL_NAME, sample, sizeof(sample));
	/* One is missing. */
	memcpy(mixed, sample, ends[1]);
	memcpy(mixed + ends[1], sample + ends[2], len - ends[2]);
	store(mixed, len - (ends[2] - ends[1]));
	expect_journal(2, len - ends[2]);
	/* One comes twice. */
	memcpy(mixed + ends[1], sample + ends[0], len - ends[0]);
	store(mixed, len + ends[1] - ends[0]);
	expect_journal(2, len - ends[0]);
	/* Garbage between, behind which all is well. */
	mixed[ends[1]] = 0;
	memcpy(mixed + ends[1] + 1, sample + ends[1], len - ends[1]);
	store(mixed, len + 1);
	expect_journal(2, len + 1 - ends[1]);
	/* It begins with another record than RunStarted. */
	store(sample + ends[0], len - ends[0]);
	expect_journal(0, len - ends[0]);
}

static void test_channel_frames_are_no_records(void **state)
{
	uint64_t ends[SAMPLE];
	uint8_t sample[SAMPLE_MAX];
	size_t len = 0;

	(void)state;
	make_sample(ends);
	len = load(JOURNAL_NAME, sample, sizeof(sample));
	frame_encode(sample + ends[2], FRAME_RELIABLE, 4,
		     bytes_of(sample + ends[2] + FRAME_HEADER_SIZE,
			      ends[3] - ends[2] - FRAME_HEADER_SIZE));
	store(sample, len);
	expect_journal(3, len - ends[2]);
}

static void test_missing_and_empty(void **state)
{
	struct journal_reader reader;

	(void)state;
	assert_int_equal(journal_reader_open(&reader, directory), -ENOENT);
	assert_false(journal_is_live(directory));
	store(NULL, 0);
	expect_journal(0, 0);
}

static void test_create_only_once(void **state)
{
	uint64_t ends[SAMPLE];
	struct journal journal;

	(void)state;
	make_sample(ends);
	assert_int_equal(journal_create(&journal, directory), -EEXIST);
	expect_journal(SAMPLE, 0);
}

/* A frame with an event of any shape as the first record. */
static void store_event(const uint8_t *payload, size_t len, size_t at)
{
	uint8_t record[256];
	size_t size = frame_encode(record, FRAME_RECORD, at ? 2 : 1,
				   bytes_of(payload, len));
	fd_auto int fd = fd_openat(directory, JOURNAL_NAME,
				   O_WRONLY | O_CREAT | O_APPEND, 0600);

	assert_true(fd >= 0);
	assert_int_equal(fd_write_all(fd, record, size), 0);
}

static void expect_refused(uint64_t records)
{
	struct journal_reader reader;
	const Pb__Event *event = NULL;

	assert_int_equal(journal_reader_open(&reader, directory), 0);
	while (records--)
		assert_int_equal(journal_reader_next(&reader, &event), 1);
	assert_int_equal(journal_reader_next(&reader, &event),
			 -EPROTONOSUPPORT);
	assert_non_null(strstr(reader.why, "newer"));
	journal_reader_close(&reader);
}

static void test_versions(void **state)
{
	static const uint8_t version_1[] = {0x52, 0x02, 0x08, 0x01};
	static const uint8_t version_2[] = {0x52, 0x02, 0x08, 0x02};
	static const uint8_t unknown[] = {0xfa, 0x07, 0x02, 0x08, 0x01};

	(void)state;
	store_event(version_2, sizeof(version_2), 0);
	expect_refused(0);
	unlinkat(directory, JOURNAL_NAME, 0);
	store_event(version_1, sizeof(version_1), 0);
	expect_journal(1, 0);
	store_event(unknown, sizeof(unknown), 1);
	expect_refused(1);
}

struct visited {
	uint64_t count;
	uint64_t stop_at;
};

static int on_visit(void *context, const Pb__Event *event)
{
	struct visited *visited = context;

	visited->count++;
	expect_event(event, visited->count);
	return visited->count == visited->stop_at ? -ECANCELED : 0;
}

static int resume(struct journal *journal, struct visited *visited,
		  uint64_t *damaged)
{
	const char *why = NULL;

	return journal_resume(journal, directory, on_visit, visited, damaged,
			      &why);
}

static void test_resume(void **state)
{
	uint64_t ends[SAMPLE];
	struct journal journal;
	struct visited visited = {0};
	uint64_t damaged = 99;

	(void)state;
	make_sample(ends);
	assert_int_equal(resume(&journal, &visited, &damaged), 0);
	assert_true(visited.count == SAMPLE);
	assert_true(damaged == 0);
	assert_int_equal(append_notice(&journal, SAMPLE + 1), 0);
	journal_close(&journal);
	expect_journal(SAMPLE + 1, 0);
}

/* For every length of the torn tail: it is cut off and kept beside. */
static void test_resume_after_a_torn_tail(void **state)
{
	uint64_t ends[SAMPLE];
	uint8_t sample[SAMPLE_MAX], saved[SAMPLE_MAX];
	char name[64];

	(void)state;
	make_sample(ends);
	(void)load(JOURNAL_NAME, sample, sizeof(sample));
	snprintf(name, sizeof(name), "journal.damaged-%d", (int)ends[4]);
	for (uint64_t cut = ends[4] + 1; cut < ends[5]; cut++) {
		struct journal journal;
		struct visited visited = {0};
		uint64_t damaged = 0;

		store(sample, cut);
		assert_int_equal(resume(&journal, &visited, &damaged), 0);
		assert_true(visited.count == 5);
		assert_true(damaged == cut - ends[4]);
		assert_int_equal(append_notice(&journal, 6), 0);
		journal_close(&journal);
		expect_journal(6, 0);
		assert_int_equal(load(name, saved, sizeof(saved)), damaged);
		assert_memory_equal(saved, sample + ends[4], damaged);
	}
}

static void test_resume_of_what_is_none(void **state)
{
	struct journal journal;
	struct visited visited = {0};
	uint64_t damaged = 0;
	uint8_t left[16];
	uint64_t ends[SAMPLE];

	(void)state;
	assert_int_equal(resume(&journal, &visited, &damaged), -ENOENT);
	store((const uint8_t *)"garbage", 7);
	assert_int_equal(resume(&journal, &visited, &damaged), -ENODATA);
	/* Nothing was cut off a file that is no journal. */
	assert_int_equal(load(JOURNAL_NAME, left, sizeof(left)), 7);
	unlinkat(directory, JOURNAL_NAME, 0);
	make_sample(ends);
	visited.stop_at = 3;
	assert_int_equal(resume(&journal, &visited, &damaged), -ECANCELED);
	/* And the lock is given back. */
	visited = (struct visited){0};
	assert_int_equal(resume(&journal, &visited, &damaged), 0);
	journal_close(&journal);
}

static void test_lock(void **state)
{
	struct journal journal, other;
	struct visited visited = {0};
	uint64_t damaged = 0;

	(void)state;
	assert_int_equal(journal_create(&journal, directory), 0);
	assert_int_equal(append_start(&journal, JOURNAL_VERSION), 0);
	assert_true(journal_is_live(directory));
	assert_int_equal(resume(&other, &visited, &damaged), -EWOULDBLOCK);
	assert_true(visited.count == 0);
	expect_journal(1, 0); /* readers need no lock */
	journal_close(&journal);
	assert_false(journal_is_live(directory));
	assert_int_equal(resume(&other, &visited, &damaged), 0);
	assert_true(journal_is_live(directory));
	journal_close(&other);
}

/* A record that fits in part is taken back; the next, smaller, is written. */
static void test_disk_full(void **state)
{
	struct rlimit unlimited, tight;
	struct journal journal;
	uint64_t ends[SAMPLE];
	struct visited visited = {0};
	uint64_t damaged = 0;

	(void)state;
	make_sample(ends);
	assert_int_equal(resume(&journal, &visited, &damaged), 0);
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &unlimited), 0);
	for (uint64_t room = 0; room < 40; room++) {
		tight = unlimited;
		tight.rlim_cur = journal.size_bytes + room;
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &tight), 0);
		assert_true(append_notice(&journal, 63) < 0);
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &unlimited), 0);
		expect_journal(SAMPLE, 0);
	}
	assert_int_equal(append_notice(&journal, SAMPLE + 1), 0);
	journal_close(&journal);
	expect_journal(SAMPLE + 1, 0);
}

/* Removed while it is written: nobody would read what is appended. */
static void test_removed(void **state)
{
	struct journal journal;

	(void)state;
	assert_int_equal(journal_create(&journal, directory), 0);
	assert_int_equal(append_start(&journal, JOURNAL_VERSION), 0);
	assert_int_equal(journal_sync(&journal), 0);
	assert_int_equal(unlinkat(directory, JOURNAL_NAME, 0), 0);
	assert_int_equal(journal_sync(&journal), -ENOENT);
	assert_int_equal(append_notice(&journal, 2), 0);
	assert_int_equal(journal_sync(&journal), -ENOENT);
	journal_close(&journal);
}

static void test_largest_record(void **state)
{
	Pb__Event event = PB__EVENT__INIT;
	Pb__Notice notice;
	struct journal journal;
	char *text = calloc(1, LIMIT_MESSAGE + 1);
	/* Tags and lengths around the text. */
	size_t around = 2 + 3 + 1 + 3;

	(void)state;
	assert_non_null(text);
	pb__notice__init(&notice);
	notice.text = text;
	event.body_case = PB__EVENT__BODY_NOTICE;
	event.notice = &notice;
	assert_int_equal(journal_create(&journal, directory), 0);
	assert_int_equal(append_start(&journal, JOURNAL_VERSION), 0);
	memset(text, 'x', LIMIT_MESSAGE - around - 1);
	assert_int_equal(journal_append(&journal, &event), 0);
	text[strlen(text)] = 'x';
	assert_int_equal(pb__event__get_packed_size(&event), LIMIT_MESSAGE);
	assert_int_equal(journal_append(&journal, &event), 0);
	text[strlen(text)] = 'x';
	assert_int_equal(journal_append(&journal, &event), -EMSGSIZE);
	assert_int_equal(append_notice(&journal, 4), 0);
	journal_close(&journal);
	free(text);

	struct journal_reader reader;
	const Pb__Event *read = NULL;
	uint64_t records = 0;

	assert_int_equal(journal_reader_open(&reader, directory), 0);
	while (journal_reader_next(&reader, &read) > 0)
		records++;
	assert_true(records == 4);
	assert_true(reader.damaged_bytes == 0);
	journal_reader_close(&reader);
}

/* The largest plan: as many tests as a job can have. */
static void test_largest_plan(void **state)
{
	static Pb__PlannedTest tests[LIMIT_JOB_TESTS];
	static Pb__PlannedTest *pointers[LIMIT_JOB_TESTS];
	static char name[] = "generic/0123456789";
	Pb__Event event = PB__EVENT__INIT;
	Pb__RunStarted started;
	struct journal journal;
	struct journal_reader reader;
	const Pb__Event *read = NULL;

	(void)state;
	for (size_t i = 0; i < LIMIT_JOB_TESTS; i++) {
		pb__planned_test__init(tests + i);
		tests[i].name = name;
		pointers[i] = tests + i;
	}
	pb__run_started__init(&started);
	started.journal_version = JOURNAL_VERSION;
	started.tests = pointers;
	started.n_tests = LIMIT_JOB_TESTS;
	event.body_case = PB__EVENT__BODY_RUN_STARTED;
	event.run_started = &started;
	assert_int_equal(journal_create(&journal, directory), 0);
	assert_int_equal(journal_append(&journal, &event), 0);
	journal_close(&journal);
	assert_int_equal(journal_reader_open(&reader, directory), 0);
	assert_int_equal(journal_reader_next(&reader, &read), 1);
	assert_int_equal(read->run_started->n_tests, LIMIT_JOB_TESTS);
	assert_string_equal(read->run_started->tests[32767]->name, name);
	journal_reader_close(&reader);
}

int main(void)
{
#define BOXED(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		BOXED(test_write_and_read),
		BOXED(test_cut_at_every_offset),
		BOXED(test_every_flipped_bit),
		BOXED(test_records_out_of_order),
		BOXED(test_channel_frames_are_no_records),
		BOXED(test_missing_and_empty),
		BOXED(test_create_only_once),
		BOXED(test_versions),
		BOXED(test_resume),
		BOXED(test_resume_after_a_torn_tail),
		BOXED(test_resume_of_what_is_none),
		BOXED(test_lock),
		BOXED(test_disk_full),
		BOXED(test_removed),
		BOXED(test_largest_record),
		BOXED(test_largest_plan),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
