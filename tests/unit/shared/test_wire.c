/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_wire - two ends of a channel that only exist in memory. */
#include "shared/wire.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* One end: what the agent's supervisor, or the controller, keeps of it. */
struct end {
	struct wire_storage storage;
	struct outbox outbox;
	uint64_t received_upto;
	struct wire wire;
};

static struct end guest;
static struct end host;

static void attach(struct end *end)
{
	wire_init(&end->wire, &end->storage, &end->outbox, &end->received_upto,
		  end == &guest);
}

static void begin(void)
{
	struct end *ends[] = {&guest, &host};

	for (size_t i = 0; i < 2; i++) {
		outbox_init(&ends[i]->outbox);
		ends[i]->received_upto = 0;
		attach(ends[i]);
	}
}

/* ---- what is said ---- */

static int trouble(const char *text)
{
	Pb__Trouble body = PB__TROUBLE__INIT;
	Pb__Envelope envelope = PB__ENVELOPE__INIT;

	body.text = (char *)(uintptr_t)text;
	envelope.body_case = PB__ENVELOPE__BODY_TROUBLE;
	envelope.trouble = &body;
	return wire_send(&guest.wire, &envelope);
}

static void say(unsigned int number)
{
	char text[32];

	snprintf(text, sizeof(text), "%u", number);
	assert_int_equal(trouble(text), 0);
}

static int send_chunk(size_t len)
{
	static uint8_t data[LIMIT_CHUNK];
	Pb__LogChunk body = PB__LOG_CHUNK__INIT;
	Pb__Envelope envelope = PB__ENVELOPE__INIT;

	body.stream = PB__LOG_STREAM__LOG_STREAM_AGENT;
	body.data.data = data;
	body.data.len = len;
	envelope.body_case = PB__ENVELOPE__BODY_LOG_CHUNK;
	envelope.log_chunk = &body;
	return wire_send(&guest.wire, &envelope);
}

static int stop(void)
{
	Pb__Stop body = PB__STOP__INIT;
	Pb__Envelope envelope = PB__ENVELOPE__INIT;

	envelope.body_case = PB__ENVELOPE__BODY_STOP;
	envelope.stop = &body;
	return wire_send(&host.wire, &envelope);
}

/* ---- how it travels ---- */

static void push(struct end *to, const void *data, size_t len)
{
	size_t room;
	uint8_t *at = wire_rx_room(&to->wire, &room);

	assert_true(room >= len);
	memcpy(at, data, len);
	wire_rx_filled(&to->wire, len);
}

/* At most `piece` bytes; whether there were any. */
static bool carry_piece(struct end *from, struct end *to, size_t piece)
{
	size_t len;
	const uint8_t *data = wire_tx(&from->wire, &len);

	if (len > piece)
		len = piece;
	if (len > 0)
		push(to, data, len);
	wire_tx_done(&from->wire, len);
	return len > 0;
}

/* All that `from` has to write. */
static void carry(struct end *from, struct end *to, size_t piece)
{
	while (carry_piece(from, to, piece))
		;
}

/* All that `from` has to write is lost. */
static void lose(struct end *from)
{
	size_t len;

	while ((void)wire_tx(&from->wire, &len), len > 0)
		wire_tx_done(&from->wire, len);
}

/* The next message's body, accepted when `take`; 0: none; or the error. */
static int next(struct end *end, bool take, const Pb__Envelope **ret_envelope)
{
	uint64_t sequence = 0;
	int rc = wire_next(&end->wire, ret_envelope, &sequence);

	if (rc <= 0)
		return rc;
	if (take)
		wire_accept(&end->wire, sequence);
	return (int)(*ret_envelope)->body_case;
}

static void expect_body(struct end *end, Pb__Envelope__BodyCase body)
{
	const Pb__Envelope *envelope = NULL;

	assert_int_equal(next(end, true, &envelope), (int)body);
}

static void expect_said(unsigned int number)
{
	const Pb__Envelope *envelope = NULL;
	char text[32];

	snprintf(text, sizeof(text), "%u", number);
	assert_int_equal(next(&host, true, &envelope),
			 PB__ENVELOPE__BODY_TROUBLE);
	assert_string_equal(envelope->trouble->text, text);
}

/* The host reads while the guest writes; counts the messages of each kind. */
static void carry_and_count(int counts[64])
{
	const Pb__Envelope *envelope = NULL;
	int rc;

	while (carry_piece(&guest, &host, 4096)) {
		while ((rc = next(&host, true, &envelope)) > 0)
			counts[rc]++;
		assert_int_equal(rc, 0);
	}
}

static void expect_nothing(struct end *end)
{
	const Pb__Envelope *envelope = NULL;

	assert_int_equal(next(end, true, &envelope), 0);
}

static void expect_broken(struct end *end, const char *why)
{
	const Pb__Envelope *envelope = NULL;

	assert_int_equal(next(end, true, &envelope), -EPROTO);
	assert_non_null(strstr(end->wire.why, why));
}

/* A frame as a peer that lies could make it. */
static void forge(struct end *to, const Pb__Envelope *envelope,
		  enum frame_kind kind, uint64_t sequence)
{
	static uint8_t frame[FRAME_MAX_SIZE];
	size_t len = pb__envelope__pack(envelope, frame + FRAME_HEADER_SIZE);

	len = frame_encode(frame, kind, sequence,
			   bytes_of(frame + FRAME_HEADER_SIZE, len));
	push(to, frame, len);
}

static void forge_trouble(enum frame_kind kind, uint64_t sequence)
{
	Pb__Trouble body = PB__TROUBLE__INIT;
	Pb__Envelope envelope = PB__ENVELOPE__INIT;

	body.text = (char *)(uintptr_t) "lie";
	envelope.body_case = PB__ENVELOPE__BODY_TROUBLE;
	envelope.trouble = &body;
	forge(&host, &envelope, kind, sequence);
}

static void forge_ack(struct end *to, uint64_t upto)
{
	Pb__Ack body = PB__ACK__INIT;
	Pb__Envelope envelope = PB__ENVELOPE__INIT;

	body.upto = upto;
	envelope.body_case = PB__ENVELOPE__BODY_ACK;
	envelope.ack = &body;
	forge(to, &envelope, FRAME_PLAIN, 0);
}

/* ---- tests ---- */

static void test_there_and_acknowledged(void **state)
{
	(void)state;
	begin();
	assert_true(wire_is_idle(&guest.wire));
	say(1);
	say(2);
	assert_true(wire_last_sequence(&guest.wire) == 2);
	assert_false(wire_is_idle(&guest.wire));
	assert_false(wire_is_acked(&guest.wire, 1));
	carry(&guest, &host, SIZE_MAX);
	assert_true(wire_is_idle(&guest.wire));
	expect_said(1);
	expect_said(2);
	expect_nothing(&host);
	assert_false(wire_is_idle(&host.wire)); /* an ack is due */
	carry(&host, &guest, SIZE_MAX);
	expect_nothing(&guest);
	assert_true(wire_is_acked(&guest.wire, 2));
	assert_true(outbox_is_empty(&guest.outbox));
}

static void test_byte_by_byte(void **state)
{
	(void)state;
	begin();
	say(1);
	assert_int_equal(send_chunk(1000), 0);
	say(2);
	carry(&guest, &host, 1);
	/* The chunk was staged before the reliable ones were taken. */
	expect_body(&host, PB__ENVELOPE__BODY_LOG_CHUNK);
	expect_said(1);
	expect_said(2);
	assert_int_equal(stop(), 0);
	carry(&host, &guest, 1);
	expect_body(&guest, PB__ENVELOPE__BODY_STOP);
	assert_true(wire_is_acked(&guest.wire, 2));
	assert_int_equal(wire_skipped(&host.wire), 0);
	assert_int_equal(wire_skipped(&guest.wire), 0);
}

/* What is taken and not yet safe is not acknowledged. */
static void test_no_ack_before_accept(void **state)
{
	const Pb__Envelope *envelope = NULL;
	size_t len;

	(void)state;
	begin();
	say(1);
	carry(&guest, &host, SIZE_MAX);
	assert_int_equal(next(&host, false, &envelope),
			 PB__ENVELOPE__BODY_TROUBLE);
	(void)wire_tx(&host.wire, &len);
	assert_int_equal(len, 0);
	wire_accept(&host.wire, 1);
	(void)wire_tx(&host.wire, &len);
	assert_true(len > 0);
	wire_accept(&host.wire, 0); /* a plain one: nothing to acknowledge */
	assert_true(host.received_upto == 1);
}

static void test_plain_is_not_acknowledged(void **state)
{
	size_t len;

	(void)state;
	begin();
	assert_int_equal(send_chunk(1), 0);
	assert_true(wire_last_sequence(&guest.wire) == 0);
	carry(&guest, &host, SIZE_MAX);
	expect_body(&host, PB__ENVELOPE__BODY_LOG_CHUNK);
	(void)wire_tx(&host.wire, &len);
	assert_int_equal(len, 0);
	assert_true(outbox_is_empty(&guest.outbox));
}

/* The agent is killed; its successor finds the outbox and sends again what
 * was not acknowledged. The host drops what it has and acknowledges again. */
static void test_successor_sends_again(void **state)
{
	(void)state;
	begin();
	say(1);
	say(2);
	carry(&guest, &host, SIZE_MAX);
	expect_said(1);
	expect_said(2);
	lose(&host); /* its ack with it */
	say(3);
	attach(&guest);
	say(4);
	carry(&guest, &host, SIZE_MAX);
	expect_said(3);
	expect_said(4);
	expect_nothing(&host);
	carry(&host, &guest, SIZE_MAX);
	expect_nothing(&guest);
	assert_true(wire_is_acked(&guest.wire, 4));
}

/* A repetition alone: it is dropped, and its ack is what the peer lacks. */
static void test_duplicate(void **state)
{
	size_t len;

	(void)state;
	begin();
	say(1);
	carry(&guest, &host, SIZE_MAX);
	expect_said(1);
	lose(&host);
	forge_trouble(FRAME_RELIABLE, 1);
	expect_nothing(&host);
	assert_true(host.received_upto == 1);
	(void)wire_tx(&host.wire, &len);
	assert_true(len > 0);
	carry(&host, &guest, SIZE_MAX);
	expect_nothing(&guest);
	assert_true(wire_is_acked(&guest.wire, 1));
}

static void test_gap(void **state)
{
	static const uint64_t bad[] = {2, 3, UINT64_MAX};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		begin();
		forge_trouble(FRAME_RELIABLE, bad[i]);
		expect_broken(&host, "a gap");
		assert_true(host.received_upto == 0);
	}
	begin();
	forge_trouble(FRAME_RELIABLE, 1);
	expect_body(&host, PB__ENVELOPE__BODY_TROUBLE);
	forge_trouble(FRAME_RELIABLE, 3);
	expect_broken(&host, "a gap");
}

static void test_wrong_kind_of_frame(void **state)
{
	Pb__LogChunk chunk = PB__LOG_CHUNK__INIT;
	Pb__Envelope envelope = PB__ENVELOPE__INIT;

	(void)state;
	begin();
	forge_trouble(FRAME_RECORD, 1);
	expect_broken(&host, "journal record");
	begin();
	forge_trouble(FRAME_PLAIN, 0);
	expect_broken(&host, "wrong kind of frame");
	begin();
	envelope.body_case = PB__ENVELOPE__BODY_LOG_CHUNK;
	envelope.log_chunk = &chunk;
	chunk.stream = PB__LOG_STREAM__LOG_STREAM_AGENT;
	forge(&host, &envelope, FRAME_RELIABLE, 1);
	expect_broken(&host, "wrong kind of frame");
}

static void test_wrong_direction(void **state)
{
	Pb__Stop body = PB__STOP__INIT;
	Pb__Envelope envelope = PB__ENVELOPE__INIT;

	(void)state;
	begin();
	envelope.body_case = PB__ENVELOPE__BODY_STOP;
	envelope.stop = &body;
	forge(&host, &envelope, FRAME_RELIABLE, 1);
	expect_broken(&host, "wrong direction");
	begin();
	say(1);
	carry(&guest, &guest, SIZE_MAX); /* a mirror */
	expect_broken(&guest, "wrong direction");
}

static void test_payload_that_is_no_message(void **state)
{
	uint8_t frame[FRAME_HEADER_SIZE + 8];
	Pb__Trouble body = PB__TROUBLE__INIT;
	Pb__Envelope envelope = PB__ENVELOPE__INIT;
	static char text[LIMIT_TEXT + 2];
	size_t len;

	(void)state;
	begin();
	memset(frame, 0xff, sizeof(frame));
	len = frame_encode(frame, FRAME_RELIABLE, 1,
			   bytes_of(frame + FRAME_HEADER_SIZE, 8));
	push(&host, frame, len);
	expect_broken(&host, "not a message");
	begin();
	forge(&host, &envelope, FRAME_RELIABLE, 1); /* no body */
	expect_broken(&host, "not a message");
	begin();
	memset(text, 'x', LIMIT_TEXT + 1);
	body.text = text;
	envelope.body_case = PB__ENVELOPE__BODY_TROUBLE;
	envelope.trouble = &body;
	forge(&host, &envelope, FRAME_RELIABLE, 1);
	expect_broken(&host, "text");
	begin();
	text[LIMIT_TEXT] = '\0';
	forge(&host, &envelope, FRAME_RELIABLE, 1);
	expect_body(&host, PB__ENVELOPE__BODY_TROUBLE);
}

static void test_acks(void **state)
{
	(void)state;
	begin();
	say(1);
	say(2);
	forge_ack(&guest, 3);
	expect_broken(&guest, "an ack of what was never sent");
	begin();
	say(1);
	say(2);
	forge_ack(&guest, 2);
	forge_ack(&guest, 1); /* an old one changes nothing */
	forge_ack(&guest, 0);
	expect_nothing(&guest);
	assert_true(wire_is_acked(&guest.wire, 2));
	forge_ack(&guest, UINT64_MAX);
	expect_broken(&guest, "an ack of what was never sent");
}

/* The host's side of a successor's Hello. */
static void test_resume(void **state)
{
	const Pb__Envelope *envelope = NULL;

	(void)state;
	begin();
	assert_int_equal(stop(), 0);
	assert_int_equal(stop(), 0);
	lose(&host);
	assert_int_equal(wire_resume(&host.wire, 3), -EPROTO);
	assert_non_null(strstr(host.wire.why, "never sent"));
	assert_int_equal(wire_resume(&host.wire, 1), 0);
	guest.received_upto = 1;
	carry(&host, &guest, SIZE_MAX);
	assert_int_equal(next(&guest, true, &envelope),
			 PB__ENVELOPE__BODY_STOP);
	assert_true(guest.received_upto == 2);
	assert_int_equal(next(&guest, true, &envelope), 0);
	assert_int_equal(wire_resume(&host.wire, 2), 0);
	carry(&host, &guest, SIZE_MAX);
	expect_nothing(&guest);
	assert_int_equal(wire_resume(&host.wire, 2), 0);
	assert_true(outbox_is_empty(&host.outbox));
}

/* Full by number: nothing is lost, and an ack makes room for just as many. */
static void test_full_outbox(void **state)
{
	(void)state;
	begin();
	for (unsigned int i = 1; i <= LIMIT_OUTBOX_MESSAGES; i++)
		say(i);
	assert_int_equal(trouble("one too many"), -ENOBUFS);
	assert_true(wire_last_sequence(&guest.wire) == LIMIT_OUTBOX_MESSAGES);
	carry(&guest, &host, 64 * 1024);
	expect_said(1);
	carry(&host, &guest, SIZE_MAX);
	expect_nothing(&guest);
	say(LIMIT_OUTBOX_MESSAGES + 1);
	assert_int_equal(trouble("one too many"), -ENOBUFS);
	for (unsigned int i = 2; i <= LIMIT_OUTBOX_MESSAGES; i++)
		expect_said(i);
	carry(&guest, &host, SIZE_MAX);
	expect_said(LIMIT_OUTBOX_MESSAGES + 1);
}

/* Full by bytes. */
static void test_full_ring(void **state)
{
	static char text[LIMIT_TEXT + 1];
	int counts[64] = {0};
	int rc = 0;
	int sent = 0;

	(void)state;
	begin();
	memset(text, 'x', LIMIT_TEXT);
	while ((rc = trouble(text)) == 0)
		sent++;
	assert_int_equal(rc, -ENOBUFS);
	assert_true(sent > LIMIT_OUTBOX_BYTES / (LIMIT_TEXT + 128));
	carry_and_count(counts);
	assert_int_equal(counts[PB__ENVELOPE__BODY_TROUBLE], sent);
	carry(&host, &guest, SIZE_MAX);
	expect_nothing(&guest);
	assert_true(outbox_is_empty(&guest.outbox));
	assert_int_equal(trouble(text), 0);
}

/* Bulk finds the staging buffer full and waits; a reliable message does not
 * need room in it; acks wait, and are not forgotten. */
static void test_full_staging(void **state)
{
	int counts[64] = {0};
	int chunks = 0;
	size_t len;

	(void)state;
	begin();
	assert_int_equal(stop(), 0);
	carry(&host, &guest, SIZE_MAX);
	expect_body(&guest, PB__ENVELOPE__BODY_STOP);
	while (send_chunk(LIMIT_CHUNK) == 0)
		chunks++;
	assert_int_equal(send_chunk(LIMIT_CHUNK), -EAGAIN);
	assert_true(chunks >= WIRE_TX_SIZE / (LIMIT_CHUNK + 64) - 1);
	while (send_chunk(1) == 0)
		chunks++;
	say(1);
	(void)wire_tx(&guest.wire, &len);
	assert_true(len <= WIRE_TX_SIZE);
	carry_and_count(counts);
	assert_int_equal(counts[PB__ENVELOPE__BODY_LOG_CHUNK], chunks);
	assert_int_equal(counts[PB__ENVELOPE__BODY_TROUBLE], 1);
	assert_true(outbox_is_empty(&host.outbox)); /* the ack has come */
}

/* Garbage between frames is skipped and counted. */
static void test_garbage_between(void **state)
{
	static const char noise[] = "FSV1 noise FSV1FSV1";

	(void)state;
	begin();
	push(&host, noise, sizeof(noise));
	say(1);
	carry(&guest, &host, SIZE_MAX);
	push(&host, noise, sizeof(noise));
	say(2);
	carry(&guest, &host, SIZE_MAX);
	expect_said(1);
	expect_said(2);
	expect_nothing(&host);
	assert_int_equal(wire_skipped(&host.wire), 2 * sizeof(noise));
}

/* The agent is killed in the middle of a write: its successor's frames stand
 * inside of the torn one. */
static void test_torn_then_successor(void **state)
{
	const uint8_t *data;
	size_t len;

	(void)state;
	begin();
	assert_int_equal(send_chunk(LIMIT_CHUNK), 0);
	say(1);
	data = wire_tx(&guest.wire, &len);
	push(&host, data, 1000);
	expect_nothing(&host);
	attach(&guest);
	say(2);
	carry(&guest, &host, SIZE_MAX);
	expect_said(1);
	expect_said(2);
	assert_int_equal(wire_skipped(&host.wire), 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_there_and_acknowledged),
		cmocka_unit_test(test_byte_by_byte),
		cmocka_unit_test(test_no_ack_before_accept),
		cmocka_unit_test(test_plain_is_not_acknowledged),
		cmocka_unit_test(test_successor_sends_again),
		cmocka_unit_test(test_duplicate),
		cmocka_unit_test(test_gap),
		cmocka_unit_test(test_wrong_kind_of_frame),
		cmocka_unit_test(test_wrong_direction),
		cmocka_unit_test(test_payload_that_is_no_message),
		cmocka_unit_test(test_acks),
		cmocka_unit_test(test_resume),
		cmocka_unit_test(test_full_outbox),
		cmocka_unit_test(test_full_ring),
		cmocka_unit_test(test_full_staging),
		cmocka_unit_test(test_garbage_between),
		cmocka_unit_test(test_torn_then_successor),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
