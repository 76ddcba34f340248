/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest/kmsg.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

static struct kmsg kmsg;
static int writer;

static int parse(struct kmsg_record *record, const char *text)
{
	return kmsg_parse(record, bytes_of_string(text));
}

static void test_plain_record(void **state)
{
	struct kmsg_record record;

	(void)state;
	assert_int_equal(parse(&record, "6,339,5140900,-;NET: Registered\n"
					" SUBSYSTEM=net\n DEVICE=+x\n"),
			 0);
	assert_int_equal(record.priority, 6);
	assert_int_equal(record.sequence, 339);
	assert_int_equal(record.time_us, 5140900);
	assert_string_equal(record.text, "NET: Registered");
	assert_string_equal(record.caller, "");
}

static void test_caller_and_further_fields(void **state)
{
	struct kmsg_record record;

	(void)state;
	assert_int_equal(
		parse(&record, "30,1,2,c,new=1,caller=T123,more=2;text;x"), 0);
	assert_string_equal(record.caller, "T123");
	assert_string_equal(record.text, "text;x");
}

static void test_escapes(void **state)
{
	struct kmsg_record record;

	(void)state;
	/* UTF-8 and newline are restored; NUL and bad bytes stay visible. */
	assert_int_equal(parse(&record, "6,1,2,-;a\\x0ab \\xc3\\xa4 \\x5c "
					"\\x00 \\xff \\xzz \\x4\n"),
			 0);
	assert_string_equal(record.text,
			    "a\nb \xc3\xa4 \\ \\x00 \\xff \\xzz \\x4");
}

static void test_text_limit(void **state)
{
	char raw[LIMIT_KMSG_TEXT + 64];
	struct kmsg_record record;
	int len;

	(void)state;
	for (len = LIMIT_KMSG_TEXT - 1; len <= LIMIT_KMSG_TEXT + 1; len++) {
		int head = snprintf(raw, sizeof(raw), "6,1,2,-;");

		memset(raw + head, 'x', (size_t)len);
		raw[head + len] = '\0';
		assert_int_equal(parse(&record, raw), 0);
		assert_int_equal(strlen(record.text),
				 len < LIMIT_KMSG_TEXT ? len : LIMIT_KMSG_TEXT);
	}
}

static void test_cut_keeps_characters_whole(void **state)
{
	char raw[LIMIT_KMSG_TEXT + 64];
	struct kmsg_record record;
	int head = snprintf(raw, sizeof(raw), "6,1,2,-;");

	(void)state;
	memset(raw + head, 'x', LIMIT_KMSG_TEXT - 1);
	(void)snprintf(raw + head + LIMIT_KMSG_TEXT - 1, 16, "\\xc3\\xa4");
	assert_int_equal(parse(&record, raw), 0);
	assert_int_equal(strlen(record.text), LIMIT_KMSG_TEXT - 1);
	(void)snprintf(raw + head + LIMIT_KMSG_TEXT - 1, 16, "\\xffz");
	assert_int_equal(parse(&record, raw), 0);
	assert_int_equal(strlen(record.text), LIMIT_KMSG_TEXT - 1);
}

static void test_not_a_record(void **state)
{
	static const char *const bad[] = {
		"",
		";",
		"6,1,2,-",
		"x,1,2,-;t",
		"6,,2,-;t",
		"6,1,;t",
		"-6,1,2,-;t",
		"6,1 ,2,-;t",
		"99999999999,1,2,-;t",
		"6,99999999999999999999999,2,-;t",
	};
	struct kmsg_record record;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(parse(&record, bad[i]), -EBADMSG);
}

/* Such a socket gives a record a read, as /dev/kmsg does. */
static int open_fake(void **state)
{
	int pair[2];

	(void)state;
	assert_int_equal(
		socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, pair),
		0);
	assert_int_equal(kmsg_open(&kmsg, "/dev/null", 0), 0);
	close(kmsg.fd);
	kmsg.fd = pair[0];
	writer = pair[1];
	return 0;
}

static int close_fake(void **state)
{
	(void)state;
	kmsg_close(&kmsg);
	close(writer);
	return 0;
}

static void say(uint64_t sequence)
{
	char text[64];
	int len = snprintf(text, sizeof(text), "6,%llu,7,-;n %llu",
			   (unsigned long long)sequence,
			   (unsigned long long)sequence);

	assert_int_equal(write(writer, text, (size_t)len), len);
}

static void test_batch(void **state)
{
	const Pb__KernelRecords *batch = NULL;
	bool more = true;

	(void)state;
	assert_int_equal(kmsg_next_batch(&kmsg, 0, &batch, &more), 0);
	assert_false(more);
	say(0);
	say(1);
	assert_int_equal(kmsg_next_batch(&kmsg, 0, &batch, &more), 1);
	assert_int_equal(batch->n_records, 2);
	assert_string_equal(batch->records[1]->text, "n 1");
	assert_int_equal(batch->records[1]->sequence, 1);
	assert_int_equal(batch->records[1]->priority, 6);
	assert_int_equal(batch->records[1]->time_us, 7);
	assert_int_equal(batch->lost, 0);
	assert_int_equal(kmsg.next, 2);
}

static void test_gap_is_lost(void **state)
{
	const Pb__KernelRecords *batch = NULL;
	bool more;

	(void)state;
	say(10);
	say(12);
	assert_int_equal(kmsg_next_batch(&kmsg, 0, &batch, &more), 1);
	assert_int_equal(batch->n_records, 2);
	assert_int_equal(batch->lost, 11);
	say(13);
	assert_int_equal(kmsg_next_batch(&kmsg, 0, &batch, &more), 1);
	assert_int_equal(batch->lost, 0);
}

static void test_successor_skips(void **state)
{
	const Pb__KernelRecords *batch = NULL;
	bool more;

	(void)state;
	kmsg.next = 5;
	say(3);
	say(4);
	say(5);
	assert_int_equal(kmsg_next_batch(&kmsg, 0, &batch, &more), 1);
	assert_int_equal(batch->n_records, 1);
	assert_int_equal(batch->records[0]->sequence, 5);
	assert_int_equal(batch->lost, 0);
}

static void test_batch_limit(void **state)
{
	const Pb__KernelRecords *batch = NULL;
	uint64_t count;
	bool more;

	(void)state;
	for (count = LIMIT_KMSG_BATCH - 1; count <= LIMIT_KMSG_BATCH + 1;
	     count++) {
		uint64_t first = kmsg.next;
		uint64_t i;

		for (i = 0; i < count; i++)
			say(first + i);
		assert_int_equal(kmsg_next_batch(&kmsg, 0, &batch, &more), 1);
		assert_int_equal(batch->n_records, count < LIMIT_KMSG_BATCH
							   ? count
							   : LIMIT_KMSG_BATCH);
		assert_int_equal(more, count >= LIMIT_KMSG_BATCH);
		assert_int_equal(kmsg_next_batch(&kmsg, 0, &batch, &more),
				 count > LIMIT_KMSG_BATCH);
		assert_false(more);
	}
}

/* Feeds and reads n records; returns how many were told. */
static uint64_t flood(uint64_t n, uint64_t now_ns, uint64_t *ret_lost)
{
	static uint64_t sequence;
	uint64_t told = 0;

	sequence = kmsg.next;
	*ret_lost = 0;
	while (n--) {
		const Pb__KernelRecords *batch;
		bool more;

		say(sequence++);
		if (kmsg_next_batch(&kmsg, now_ns, &batch, &more) > 0) {
			told += batch->n_records;
			*ret_lost += batch->lost;
		}
	}
	return told;
}

static void test_rate_cap(void **state)
{
	const uint64_t second_ns = 1000000000;
	uint64_t lost;

	(void)state;
	kmsg.refilled_ns = second_ns;
	assert_int_equal(flood(KMSG_BURST - 1, second_ns, &lost),
			 KMSG_BURST - 1);
	assert_int_equal(lost, 0);
	assert_int_equal(flood(1, second_ns, &lost), 1);
	assert_int_equal(flood(3, second_ns, &lost), 0);
	assert_int_equal(lost, 3);
	/* A second on: as many again as the rate allows. */
	assert_int_equal(flood(KMSG_RATE + 2, 2 * second_ns, &lost), KMSG_RATE);
	assert_int_equal(lost, 2);
}

static void test_cap_of_a_test(void **state)
{
	uint64_t lost;

	(void)state;
	kmsg.test_left = 1;
	assert_int_equal(flood(2, 0, &lost), 1);
	assert_int_equal(lost, 1);
	kmsg_begin_test(&kmsg);
	assert_int_equal(flood(2, 0, &lost), 2);
	assert_int_equal(lost, 0);
}

static void test_real_device(void **state)
{
	const Pb__KernelRecords *batch = NULL;
	uint64_t next;
	bool more;

	(void)state;
	close_fake(NULL);
	if (kmsg_open(&kmsg, "/dev/kmsg", 0) < 0 ||
	    kmsg_next_batch(&kmsg, 0, &batch, &more) < 1) {
		fprintf(stderr, "needs a readable /dev/kmsg with records\n");
		(void)open_fake(NULL);
		skip();
		return;
	}
	assert_true(batch->n_records > 0);
	next = kmsg.next;
	kmsg_close(&kmsg);
	/* Another reader goes on right there. */
	assert_int_equal(kmsg_open(&kmsg, "/dev/kmsg", next), 0);
	if (kmsg_next_batch(&kmsg, 0, &batch, &more) > 0)
		assert_int_equal(batch->records[0]->sequence, next);
	kmsg_close(&kmsg);
	(void)open_fake(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain_record),
		cmocka_unit_test(test_caller_and_further_fields),
		cmocka_unit_test(test_escapes),
		cmocka_unit_test(test_text_limit),
		cmocka_unit_test(test_cut_keeps_characters_whole),
		cmocka_unit_test(test_not_a_record),
		cmocka_unit_test_setup_teardown(test_batch, open_fake,
						close_fake),
		cmocka_unit_test_setup_teardown(test_gap_is_lost, open_fake,
						close_fake),
		cmocka_unit_test_setup_teardown(test_successor_skips, open_fake,
						close_fake),
		cmocka_unit_test_setup_teardown(test_batch_limit, open_fake,
						close_fake),
		cmocka_unit_test_setup_teardown(test_rate_cap, open_fake,
						close_fake),
		cmocka_unit_test_setup_teardown(test_cap_of_a_test, open_fake,
						close_fake),
		cmocka_unit_test_setup_teardown(test_real_device, open_fake,
						close_fake),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
