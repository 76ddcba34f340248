/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_hostile - a guest that lies in every way, against the host's library.
 *
 * Each lie ends in a verdict of the protocol or in nothing, never in more than
 * the run directory may hold; liar_close() looks at that.
 */
#include "tests/integration/liar.h"

#include "shared/message.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zlib.h>

#include <cmocka.h>

static struct liar liar;

static int set_up(void **state)
{
	(void)state;
	liar_open(&liar);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	liar_close(&liar);
	return 0;
}

static void get_running(void)
{
	liar_hello(&liar, 1);
	liar_setup_done(&liar);
	liar_expect_trusted(&liar);
	assert_int_equal(liar.controller.session.state, SESSION_RUNNING);
}

/* ---- bytes ---- */

static uint64_t random_state = 88172645463325252;

static uint8_t random_byte(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (uint8_t)(random_state >> 32);
}

static void test_noise(void **state)
{
	static uint8_t noise[3 * 1024 * 1024];

	(void)state;
	for (size_t i = 0; i < sizeof(noise); i++)
		noise[i] = random_byte();
	liar_push(&liar, noise, sizeof(noise));
	liar_expect_trusted(&liar);
	get_running();
	assert_int_equal(wire_skipped(&liar.controller.channel.wire),
			 sizeof(noise));
}

/* Nothing but beginnings of frames. */
static void test_magic_only(void **state)
{
	static uint8_t text[1024 * 1024];

	(void)state;
	for (size_t i = 0; i + 4 <= sizeof(text); i += 4)
		memcpy(text + i, "FSV1", 4);
	liar_push(&liar, text, sizeof(text));
	get_running();
}

static void put_u32(uint8_t *to, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		to[i] = (uint8_t)(value >> (8 * i));
}

/* A header with a right checksum and any length. */
static void push_header(uint32_t length)
{
	uint8_t header[FRAME_HEADER_SIZE];

	frame_encode(header, FRAME_PLAIN, 0, bytes_of(NULL, 0));
	put_u32(header + 8, length);
	put_u32(header + 24, (uint32_t)crc32(0, header, 24));
	liar_push(&liar, header, sizeof(header));
}

static void test_huge_lengths(void **state)
{
	static const uint32_t lengths[] = {LIMIT_MESSAGE, LIMIT_MESSAGE + 1,
					   0x7fffffff,	  0x80000000,
					   0xfffffff0,	  0xffffffff};
	static uint8_t padding[LIMIT_MESSAGE + 1024 * 1024];

	(void)state;
	for (int i = 0; i < 100; i++)
		for (size_t j = 0; j < sizeof(lengths) / sizeof(lengths[0]);
		     j++)
			push_header(lengths[j]);
	/* Once as many bytes have come as they promised, all is seen. */
	liar_push(&liar, padding, sizeof(padding));
	get_running();
	/* What comes inside of a frame that never ends is found at once. */
	push_header(LIMIT_MESSAGE);
	liar_start(&liar, 0);
	liar_finish(&liar, 0);
	controller_expect(&liar.controller, 0, PB__VERDICT__VERDICT_PASS);
}

/* ---- frames ---- */

static const uint8_t nothing[1];

static void test_kinds_of_frames(void **state)
{
	(void)state;
	liar_hello(&liar, 1);
	liar_frame(&liar, FRAME_RECORD, 2, nothing, 0);
	liar_expect_broken(&liar, "a journal record");
}

static void test_gap(void **state)
{
	(void)state;
	liar_hello(&liar, 1);
	liar.sequence++;
	liar_setup_done(&liar);
	liar_expect_broken(&liar, "a gap");
	assert_int_equal(liar.controller.session.state, SESSION_SETUP);
}

static void test_last_sequence_number(void **state)
{
	(void)state;
	liar.sequence = UINT64_MAX - 1;
	liar_hello(&liar, 1);
	liar_expect_broken(&liar, "a gap");
}

/* Old frames change nothing, however often they come. */
static void test_replays(void **state)
{
	(void)state;
	get_running();
	liar_start(&liar, 0);
	liar_finish(&liar, 0);
	for (int i = 0; i < 1000; i++) {
		liar.sequence = (uint64_t)(i % 4);
		liar_start(&liar, 2);
		liar_expect_trusted(&liar);
	}
	assert_int_equal(liar.controller.events, 4);
	controller_expect(&liar.controller, 2,
			  PB__VERDICT__VERDICT_NOT_REACHED);
}

static void test_empty_messages(void **state)
{
	(void)state;
	liar_hello(&liar, 1);
	liar_frame(&liar, FRAME_PLAIN, 0, nothing, 0);
	liar_expect_broken(&liar, "not a message");
}

/* Half a million empty kernel records in 1 MiB: unpacked by malloc() that would
 * be 50 MB. */
static void test_expensive_message(void **state)
{
	enum { PARTS = LIMIT_MESSAGE / 2 - 8 };
	static uint8_t payload[LIMIT_MESSAGE];
	/* kernel_records = 21, of 2 * PARTS bytes, as a varint of three. */
	static const uint8_t head[] = {
		0xaa,
		0x01,
		(2 * PARTS & 0x7f) | 0x80,
		(2 * PARTS >> 7 & 0x7f) | 0x80,
		2 * PARTS >> 14,
	};

	(void)state;
	liar_hello(&liar, 1);
	memcpy(payload, head, sizeof(head));
	for (size_t i = 0; i < PARTS; i++) /* records = 1, of no bytes */
		payload[sizeof(head) + 2 * i] = 0x0a;
	liar_frame(&liar, FRAME_RELIABLE, 2, payload,
		   sizeof(head) + (size_t)(2 * PARTS));
	liar_expect_broken(&liar, "a message of too many parts");
}

/* ---- messages ---- */

static Pb__Envelope of_kind(Pb__Envelope__BodyCase body)
{
	Pb__Envelope envelope = PB__ENVELOPE__INIT;

	envelope.body_case = body;
	return envelope;
}

static void test_orders_from_the_guest(void **state)
{
	static const Pb__Envelope__BodyCase orders[] = {
		PB__ENVELOPE__BODY_RUN_SPEC, PB__ENVELOPE__BODY_STOP,
		PB__ENVELOPE__BODY_POWER_OFF, PB__ENVELOPE__BODY_HOST_BEAT};
	Pb__RunSpec run_spec = PB__RUN_SPEC__INIT;
	Pb__Stop stop = PB__STOP__INIT;
	Pb__PowerOff power_off = PB__POWER_OFF__INIT;
	Pb__HostBeat beat = PB__HOST_BEAT__INIT;

	(void)state;
	for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
		Pb__Envelope envelope = of_kind(orders[i]);

		if (i > 0) {
			liar_close(&liar);
			liar_open(&liar);
		}
		liar_hello(&liar, 1);
		if (orders[i] == PB__ENVELOPE__BODY_RUN_SPEC)
			envelope.run_spec = &run_spec;
		else if (orders[i] == PB__ENVELOPE__BODY_STOP)
			envelope.stop = &stop;
		else if (orders[i] == PB__ENVELOPE__BODY_POWER_OFF)
			envelope.power_off = &power_off;
		else
			envelope.host_beat = &beat;
		liar_say(&liar, &envelope);
		liar_expect_broken(&liar, "wrong direction");
	}
}

static void test_wrong_order(void **state)
{
	(void)state;
	liar_setup_done(&liar);
	liar_expect_broken(&liar, "no place now");
	liar_close(&liar);
	liar_open(&liar);
	liar_hello(&liar, 1);
	liar_start(&liar, 0);
	liar_expect_broken(&liar, "no place now");
	controller_expect(&liar.controller, 0,
			  PB__VERDICT__VERDICT_NOT_REACHED);
	liar_close(&liar);
	liar_open(&liar);
	get_running();
	liar_start(&liar, 1);
	liar_start(&liar, 2);
	liar_expect_broken(&liar, "inside another");
	controller_expect(&liar.controller, 1, PB__VERDICT__VERDICT_LOST);
	controller_expect(&liar.controller, 2,
			  PB__VERDICT__VERDICT_NOT_REACHED);
}

static void test_backwards(void **state)
{
	(void)state;
	get_running();
	liar_start(&liar, 1);
	liar_finish(&liar, 1);
	liar_start(&liar, 0);
	liar_expect_broken(&liar, "out of order");
	controller_expect(&liar.controller, 1, PB__VERDICT__VERDICT_PASS);
}

static void say_started(uint32_t index, uint32_t rerun, const char *name)
{
	Pb__TestStarted body = PB__TEST_STARTED__INIT;
	Pb__Envelope envelope = of_kind(PB__ENVELOPE__BODY_TEST_STARTED);

	body.index = index;
	body.rerun = rerun;
	body.name = (char *)(uintptr_t)name;
	envelope.test_started = &body;
	liar_say(&liar, &envelope);
}

static void test_tests_that_are_none(void **state)
{
	static const struct {
		uint32_t index;
		uint32_t rerun;
		const char *name;
		const char *why;
	} lies[] = {
		{3, 0, "generic/001", "not asked for"},
		{UINT32_MAX, 0, "generic/001", "not asked for"},
		{0, 0, "generic/002", "not asked for"},
		{0, 0, "../../../../tmp/x", "not asked for"},
		{0, 0, "", "not asked for"},
		{0, 1, "generic/001", "out of order"},
		{0, UINT32_MAX, "generic/001", "out of order"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		if (i > 0) {
			liar_close(&liar);
			liar_open(&liar);
		}
		get_running();
		say_started(lies[i].index, lies[i].rerun, lies[i].name);
		liar_expect_broken(&liar, lies[i].why);
	}
}

static void test_texts_over_their_limits(void **state)
{
	static char text[LIMIT_MESSAGE / 2];
	Pb__Trouble body = PB__TROUBLE__INIT;
	Pb__Envelope envelope = of_kind(PB__ENVELOPE__BODY_TROUBLE);

	(void)state;
	get_running();
	memset(text, 0xff, sizeof(text) - 1);
	body.text = text;
	envelope.trouble = &body;
	liar_say(&liar, &envelope);
	liar_expect_broken(&liar, "text");
}

static void test_enums_out_of_range(void **state)
{
	Pb__JobFinished body = PB__JOB_FINISHED__INIT;
	Pb__Envelope envelope = of_kind(PB__ENVELOPE__BODY_JOB_FINISHED);

	(void)state;
	get_running();
	body.end = (Pb__JobEnd)77;
	envelope.job_finished = &body;
	liar_say(&liar, &envelope);
	liar_expect_broken(&liar, "end");
	assert_int_equal(liar.controller.session.state, SESSION_RUNNING);
}

/* Numbers as large as they can be, text of any bytes: nothing overflows, and
 * the report of it is valid. */
static void test_extreme_values(void **state)
{
	static char text[LIMIT_TEXT + 1];
	Pb__TestFinished body = PB__TEST_FINISHED__INIT;
	Pb__Envelope envelope = of_kind(PB__ENVELOPE__BODY_TEST_FINISHED);

	(void)state;
	get_running();
	liar_start(&liar, 0);
	for (size_t i = 0; i < LIMIT_TEXT; i++)
		text[i] = (char)(1 + random_byte() % 255);
	body.name = (char *)(uintptr_t) "generic/001";
	body.check_verdict = PB__CHECK_VERDICT__CHECK_VERDICT_FAIL;
	body.has_status = true;
	body.exit_status = UINT32_MAX;
	body.term_signal = UINT32_MAX;
	body.duration_ns = UINT64_MAX;
	body.total_ns = UINT64_MAX;
	body.kmsg_sequence = UINT64_MAX;
	body.taint = UINT64_MAX;
	body.notrun_reason = text;
	body.fs_problem = text;
	body.hint = text;
	body.leftovers_text = text;
	body.output_excerpt = text;
	envelope.test_finished = &body;
	liar_say(&liar, &envelope);
	liar_expect_trusted(&liar);
	controller_expect(&liar.controller, 0, PB__VERDICT__VERDICT_FAIL);
}

static void say_records(uint64_t sequence, uint64_t lost, const char *text)
{
	Pb__KernelRecord record[LIMIT_KMSG_BATCH];
	Pb__KernelRecord *list[LIMIT_KMSG_BATCH];
	Pb__KernelRecords body = PB__KERNEL_RECORDS__INIT;
	Pb__Envelope envelope = of_kind(PB__ENVELOPE__BODY_KERNEL_RECORDS);

	for (uint32_t i = 0; i < LIMIT_KMSG_BATCH; i++) {
		pb__kernel_record__init(&record[i]);
		record[i].sequence = sequence + i;
		record[i].priority = UINT32_MAX;
		record[i].time_us = UINT64_MAX;
		record[i].text = (char *)(uintptr_t)text;
		list[i] = &record[i];
	}
	body.records = list;
	body.n_records = LIMIT_KMSG_BATCH;
	body.lost = lost;
	envelope.kernel_records = &body;
	liar_say(&liar, &envelope);
}

/* A flood of the longest messages: what is kept of it is bounded. */
static void test_kernel_records(void **state)
{
	static char text[LIMIT_KMSG_TEXT + 1];

	(void)state;
	get_running();
	memset(text, 'K', LIMIT_KMSG_TEXT);
	liar_start(&liar, 0);
	for (uint64_t i = 0; i < 300; i++)
		say_records(i * LIMIT_KMSG_BATCH, UINT64_MAX, text);
	liar_expect_trusted(&liar);
	assert_true(controller_attempt(&liar.controller, 0)->message_count <=
		    ATTEMPT_MESSAGES);
}

/* Each of which is in the journal: a disk is full some time. */
static void test_records_without_end(void **state)
{
	(void)state;
	get_running();
	liar_start(&liar, 0);
	for (uint64_t i = 0; i <= LIMIT_STEP_RECORDS / LIMIT_KMSG_BATCH; i++)
		say_records(i * LIMIT_KMSG_BATCH, 0, "K");
	liar_expect_broken(&liar, "more kernel records");
}

static void test_troubles_without_end(void **state)
{
	Pb__Trouble body = PB__TROUBLE__INIT;
	Pb__Envelope envelope = of_kind(PB__ENVELOPE__BODY_TROUBLE);

	(void)state;
	get_running();
	liar_start(&liar, 0);
	body.text = (char *)(uintptr_t) "none";
	envelope.trouble = &body;
	for (unsigned int i = 0; i <= LIMIT_STEP_MESSAGES; i++)
		liar_say(&liar, &envelope);
	liar_expect_broken(&liar, "more messages");
}

/* ---- Hello ---- */

static void say_hello(const Pb__Hello *hello)
{
	Pb__Envelope envelope = of_kind(PB__ENVELOPE__BODY_HELLO);

	envelope.hello = (Pb__Hello *)(uintptr_t)hello;
	liar_say(&liar, &envelope);
}

static void test_lies_of_hello(void **state)
{
	static const struct {
		uint32_t version;
		const char *boot_id;
		uint32_t incarnation;
		uint64_t received_upto;
		const char *why;
	} lies[] = {
		{2, "boot", 2, 0, "another protocol version"},
		{MESSAGE_PROTOCOL_VERSION, "other", 2, 0, "another boot"},
		{MESSAGE_PROTOCOL_VERSION, "", 2, 0, "without boot"},
		{MESSAGE_PROTOCOL_VERSION, "boot", 1, 0, "older incarnation"},
		{MESSAGE_PROTOCOL_VERSION, "boot", 0, 0, "without boot"},
		{MESSAGE_PROTOCOL_VERSION, "boot", 2, 2, "can't be answered"},
		{MESSAGE_PROTOCOL_VERSION, "boot", 2, UINT64_MAX,
		 "can't be answered"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		Pb__Hello hello = PB__HELLO__INIT;

		if (i > 0) {
			liar_close(&liar);
			liar_open(&liar);
		}
		get_running();
		hello.protocol_version = lies[i].version;
		hello.boot_id = (char *)(uintptr_t)lies[i].boot_id;
		hello.incarnation = lies[i].incarnation;
		hello.received_upto = lies[i].received_upto;
		say_hello(&hello);
		liar_expect_broken(&liar, lies[i].why);
	}
}

static void test_ack_of_nothing(void **state)
{
	Pb__Ack body = PB__ACK__INIT;
	Pb__Envelope envelope = of_kind(PB__ENVELOPE__BODY_ACK);

	(void)state;
	get_running();
	envelope.ack = &body;
	body.upto = 1; /* the RunSpec */
	liar_say(&liar, &envelope);
	liar_expect_trusted(&liar);
	body.upto = 2;
	liar_say(&liar, &envelope);
	liar_expect_broken(&liar, "never sent");
}

/* Agents die by the thousand: each Hello is answered, nothing grows. */
static void test_many_incarnations(void **state)
{
	(void)state;
	get_running();
	for (uint32_t i = 2; i <= LIMIT_INCARNATIONS; i++)
		liar_hello(&liar, i);
	liar_expect_trusted(&liar);
	liar_hello(&liar, LIMIT_INCARNATIONS + 1);
	liar_expect_broken(&liar, "too many incarnations");
}

/* ---- a guest that never reads ---- */

static void test_never_reads(void **state)
{
	enum { TROUBLES = LIMIT_STEP_MESSAGES - 2 };
	Pb__HostBeat beat = PB__HOST_BEAT__INIT;
	Pb__Envelope envelope = of_kind(PB__ENVELOPE__BODY_HOST_BEAT);
	int rc = 0;
	int beats = 0;

	(void)state;
	get_running();
	envelope.host_beat = &beat;
	while ((rc = channel_send(&liar.controller.channel, &envelope)) == 0 &&
	       beats < 1000000) {
		beats++;
		ev_run(liar.loop, EVRUN_NOWAIT);
	}
	assert_int_equal(rc, -EAGAIN);
	/* It goes on being listened to: here as ever. */
	liar_start(&liar, 0);
	liar_finish(&liar, 0);
	for (uint32_t i = 0; i < TROUBLES; i++) {
		Pb__Trouble body = PB__TROUBLE__INIT;
		Pb__Envelope trouble = of_kind(PB__ENVELOPE__BODY_TROUBLE);

		trouble.trouble = &body;
		liar_say(&liar, &trouble);
	}
	liar_expect_trusted(&liar);
	controller_expect(&liar.controller, 0, PB__VERDICT__VERDICT_PASS);
	assert_int_equal(liar.controller.count[PB__ENVELOPE__BODY_TROUBLE],
			 TROUBLES);
}

/* ---- artifacts ---- */

static void end_artifact(uint32_t artifact, uint32_t index, const char *name)
{
	Pb__ArtifactEnd body = PB__ARTIFACT_END__INIT;
	Pb__Envelope envelope = of_kind(PB__ENVELOPE__BODY_ARTIFACT_END);

	body.artifact = artifact;
	body.index = index;
	body.name = (char *)(uintptr_t)name;
	body.size_bytes = UINT64_MAX;
	body.kept_bytes = UINT64_MAX;
	body.wire_bytes = UINT64_MAX;
	envelope.artifact_end = &body;
	liar_say(&liar, &envelope);
}

static const struct attempt_artifact *last_artifact(uint32_t index)
{
	const struct attempt *attempt =
		controller_attempt(&liar.controller, index);

	assert_true(attempt->artifact_count > 0);
	return &attempt->artifacts[attempt->artifact_count - 1];
}

/* None of them gets into a path. */
static void test_names_that_are_paths(void **state)
{
	static const char longest[] = "0123456789012345678901234567890"
				      "123456789012345678901234567890123";
	static const char *const names[] = {"../../../../../tmp/evil",
					    "/etc/passwd",
					    "..",
					    ".",
					    "",
					    "a/b",
					    "001.full/../../x",
					    "\n",
					    "\xff\xfe",
					    "-rf",
					    "001.core.%n%n",
					    "001.\x1b[2J",
					    "journal",
					    "../journal",
					    longest};
	static const uint8_t text[] = "anything";

	(void)state;
	get_running();
	liar_start(&liar, 0);
	for (uint32_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const struct attempt_artifact *artifact;

		liar_chunk(&liar, i, text, sizeof(text));
		end_artifact(i, 0, names[i]);
		liar_expect_trusted(&liar);
		artifact = last_artifact(0);
		assert_true(artifact->incomplete);
		assert_int_equal(
			strncmp(artifact->path, "results/default/", 16), 0);
		assert_null(strstr(artifact->path, ".."));
	}
}

static void test_artifacts_of_nobody(void **state)
{
	(void)state;
	get_running();
	end_artifact(1, 3, "001.full");
	end_artifact(1, UINT32_MAX, "001.full");
	end_artifact(1, 1, "002.full"); /* of a test that has not started */
	liar_expect_trusted(&liar);
	assert_int_equal(result_test(liar.controller.result, 1)->attempt_count,
			 0);
}

/* 256 MiB of zeros in 256 KiB. */
static void push_bomb(uint32_t artifact)
{
	static uint8_t zeros[1024 * 1024];
	static uint8_t out[LIMIT_CHUNK];
	z_stream zlib = {.zalloc = NULL};

	assert_int_equal(deflateInit(&zlib, 9), Z_OK);
	for (int i = 0; i < 256; i++) {
		zlib.next_in = zeros;
		zlib.avail_in = sizeof(zeros);
		while (zlib.avail_in > 0) {
			if (zlib.avail_out == 0) {
				zlib.next_out = out;
				zlib.avail_out = sizeof(out);
			}
			deflate(&zlib, Z_NO_FLUSH);
			if (zlib.avail_out == 0)
				liar_chunk(&liar, artifact, out, sizeof(out));
		}
	}
	deflateEnd(&zlib);
}

static void test_bomb(void **state)
{
	(void)state;
	get_running();
	liar_start(&liar, 0);
	push_bomb(1);
	end_artifact(1, 0, "001.full");
	liar_expect_trusted(&liar);
	assert_true(last_artifact(0)->incomplete);
	assert_true(last_artifact(0)->kept_bytes <= LIMIT_ARTIFACT_BYTES);
	assert_true(liar.controller.quota.used_bytes <=
		    LIMIT_ARTIFACT_BYTES + ARTIFACT_FILE_COST);
}

/* More files than anybody wants, each begun and none ended; then ended. */
static void test_too_many_artifacts(void **state)
{
	static const uint8_t text[] = "x";

	(void)state;
	get_running();
	liar_start(&liar, 0);
	for (uint32_t i = 0; i < 10000; i++)
		liar_chunk(&liar, i, text, sizeof(text));
	assert_true(liar.controller.artifacts.refused_chunks > 0);
	for (uint32_t i = 0; i < 2000; i++)
		end_artifact(i, 0, "001.full");
	liar_expect_trusted(&liar);
	assert_true(controller_attempt(&liar.controller, 0)->artifact_count <=
		    ATTEMPT_ARTIFACTS);
}

/* Chunks go on after their end, and numbers are used again. */
static void test_artifact_numbers(void **state)
{
	static const uint8_t text[] = "x";

	(void)state;
	get_running();
	liar_start(&liar, 0);
	for (int i = 0; i < 20; i++) {
		liar_chunk(&liar, 7, text, sizeof(text));
		end_artifact(7, 0, "001.full");
		liar_chunk(&liar, 7, text, sizeof(text));
	}
	liar_expect_trusted(&liar);
}

/* ---- the end ---- */

static void test_talks_after_the_end(void **state)
{
	Pb__JobFinished body = PB__JOB_FINISHED__INIT;
	Pb__Envelope envelope = of_kind(PB__ENVELOPE__BODY_JOB_FINISHED);

	(void)state;
	get_running();
	envelope.job_finished = &body;
	liar_say(&liar, &envelope);
	liar_expect_trusted(&liar);
	liar_start(&liar, 0);
	liar_expect_broken(&liar, "no place now");
}

static void test_hangs_up(void **state)
{
	(void)state;
	get_running();
	liar_start(&liar, 0);
	push_header(LIMIT_MESSAGE);
	shutdown(liar.fd, SHUT_RDWR);
	controller_wait_over(&liar.controller);
	assert_true(liar.controller.closed);
	controller_expect(&liar.controller, 0, PB__VERDICT__VERDICT_LOST);
}

#define LIE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		LIE(test_noise),
		LIE(test_magic_only),
		LIE(test_huge_lengths),
		LIE(test_kinds_of_frames),
		LIE(test_gap),
		LIE(test_last_sequence_number),
		LIE(test_replays),
		LIE(test_empty_messages),
		LIE(test_expensive_message),
		LIE(test_orders_from_the_guest),
		LIE(test_wrong_order),
		LIE(test_backwards),
		LIE(test_tests_that_are_none),
		LIE(test_texts_over_their_limits),
		LIE(test_enums_out_of_range),
		LIE(test_extreme_values),
		LIE(test_kernel_records),
		LIE(test_records_without_end),
		LIE(test_troubles_without_end),
		LIE(test_lies_of_hello),
		LIE(test_ack_of_nothing),
		LIE(test_many_incarnations),
		LIE(test_never_reads),
		LIE(test_names_that_are_paths),
		LIE(test_artifacts_of_nobody),
		LIE(test_bomb),
		LIE(test_too_many_artifacts),
		LIE(test_artifact_numbers),
		LIE(test_talks_after_the_end),
		LIE(test_hangs_up),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
