/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_cut_journal - recorded runs whose journal was cut at any byte.
 *
 * The events of each tests/data/replay/NAME.events are journalled, and the
 * file is cut at every offset, from its end down. Reading must give just the
 * records that are whole, byte for byte, and the result must be the fold of
 * those: with every planned test accounted for.
 */
#include "host/record/journal.h"
#include "host/record/result.h"
#include "shared/beneath.h"
#include "shared/fd.h"
#include "tests/replay/script.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static const char *const names[] = {"smoke", "panic", "resumed", "stopped"};

enum { EVENTS_MAX = 512 };

struct record {
	uint8_t *packed;
	size_t len;
	uint64_t end;	 /* offset in the journal behind it */
	uint64_t digest; /* of the result of all up to it */
};

struct recording {
	struct journal journal;
	struct result *result;
	struct record records[EVENTS_MAX];
	size_t count;
};

static char directory_path[] = "/tmp/test_cut_journal.XXXXXX";
static int directory = -1;

/* Enough to tell two results apart: the verdicts and attempts of all tests. */
static uint64_t digest_of(const struct result *result)
{
	uint64_t digest = 14695981039346656037U;

	for (size_t i = 0; i < result_test_count(result); i++) {
		const struct ledger_test *test = result_test(result, i);
		uint32_t values[] = {(uint32_t)test->verdict,
				     test->attempt_count};

		for (size_t j = 0; j < 2; j++)
			digest = (digest ^ values[j]) * 1099511628211U;
	}
	return digest ^ result_boot_count(result);
}

static void on_event(void *context, const Pb__Event *event)
{
	struct recording *recording = context;
	struct record *record = &recording->records[recording->count++];

	assert_true(recording->count <= EVENTS_MAX);
	assert_int_equal(journal_append(&recording->journal, event), 0);
	assert_int_equal(result_apply(recording->result, event), 0);
	record->len = pb__event__get_packed_size(event);
	record->packed = malloc(record->len + 1);
	assert_non_null(record->packed);
	pb__event__pack(event, record->packed);
	record->end = recording->journal.size_bytes;
	record->digest = digest_of(recording->result);
}

static void record(struct recording *recording, const char *name)
{
	char path[512];
	char *script;

	snprintf(path, sizeof(path), "%s/replay/%s.events", FSTVM_TEST_DATA,
		 name);
	memset(recording, 0, sizeof(*recording));
	recording->result = result_create();
	assert_non_null(recording->result);
	unlinkat(directory, JOURNAL_NAME, 0);
	assert_int_equal(journal_create(&recording->journal, directory), 0);
	script = script_read_file(path, NULL);
	script_run(script, on_event, recording);
	free(script);
}

static void forget(struct recording *recording)
{
	for (size_t i = 0; i < recording->count; i++)
		free(recording->records[i].packed);
	result_destroy(recording->result);
	journal_close(&recording->journal);
}

static void expect_event(const Pb__Event *event, const struct record *record)
{
	size_t len = pb__event__get_packed_size(event);
	uint8_t *packed = malloc(len + 1);

	assert_non_null(packed);
	pb__event__pack(event, packed);
	assert_int_equal(len, record->len);
	assert_memory_equal(packed, record->packed, len);
	free(packed);
}

static void expect_cut(const struct recording *recording, uint64_t offset,
		       size_t whole)
{
	uint64_t end = whole > 0 ? recording->records[whole - 1].end : 0;
	struct result *result = result_create();
	struct journal_reader reader;
	const Pb__Event *event;

	assert_non_null(result);
	assert_int_equal(journal_reader_open(&reader, directory), 0);
	for (size_t i = 0; i < whole; i++) {
		assert_int_equal(journal_reader_next(&reader, &event), 1);
		expect_event(event, &recording->records[i]);
		assert_int_equal(result_apply(result, event), 0);
	}
	assert_int_equal(journal_reader_next(&reader, &event), 0);
	assert_true(reader.damaged_bytes == offset - end);
	journal_reader_close(&reader);
	if (whole > 0)
		assert_true(digest_of(result) ==
			    recording->records[whole - 1].digest);
	assert_true(tally_total(result_tally(result)) ==
		    result_test_count(result));
	result_destroy(result);
}

static void test_every_cut(void **state)
{
	static struct recording recording;
	const char *name = *state;
	uint64_t size;
	size_t whole;

	record(&recording, name);
	size = recording.journal.size_bytes;
	whole = recording.count;
	assert_true(whole > 10);
	for (uint64_t offset = size + 1; offset-- > 0;) {
		assert_int_equal(ftruncate(recording.journal.fd, (off_t)offset),
				 0);
		while (whole > 0 && recording.records[whole - 1].end > offset)
			whole--;
		expect_cut(&recording, offset, whole);
	}
	forget(&recording);
}

static int make(void **state)
{
	(void)state;
	if (!mkdtemp(directory_path))
		return -1;
	directory = fd_open(directory_path, O_RDONLY | O_DIRECTORY, 0);
	return directory < 0 ? -1 : 0;
}

static int unmake(void **state)
{
	(void)state;
	unlinkat(directory, JOURNAL_NAME, 0);
	fd_close(&directory);
	return rmdir(directory_path);
}

int main(void)
{
	struct CMUnitTest tests[sizeof(names) / sizeof(names[0])];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		tests[i] = (struct CMUnitTest){
			.name = names[i],
			.test_func = test_every_cut,
			.initial_state = (void *)(uintptr_t)names[i],
		};
	return cmocka_run_group_tests(tests, make, unmake);
}
