/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_outbox - what is kept until it is acknowledged, and being killed. */
#include "shared/frame.h"
#include "shared/outbox.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { BIG = 100 * 1024 };

static struct outbox outbox;
static uint8_t frame[FRAME_MAX_SIZE];
static uint8_t taken[LIMIT_OUTBOX_BYTES];

/* The frame with the next number; its payload tells the number apart. */
static struct bytes make(size_t payload)
{
	uint64_t sequence = outbox_sequence(&outbox);

	memset(frame + FRAME_HEADER_SIZE, (int)(sequence % 251), payload);
	return bytes_of(frame, frame_encode(frame, FRAME_RELIABLE, sequence,
					    bytes_of(frame + FRAME_HEADER_SIZE,
						     payload)));
}

static void push(size_t payload)
{
	assert_int_equal(outbox_push(&outbox, make(payload)), 0);
}

/* Takes all that is unsent: it must be the frames from..to, undamaged. */
static void expect_taken(uint64_t from, uint64_t to)
{
	struct frame_decoder decoder;
	static uint8_t storage[FRAME_MAX_SIZE];
	struct bytes input =
		bytes_of(taken, outbox_take(&outbox, taken, sizeof(taken)));
	struct frame got;

	assert_false(outbox_has_unsent(&outbox));
	frame_decoder_init(&decoder, storage, sizeof(storage));
	while (from <= to) {
		if (frame_decoder_next(&decoder, &got)) {
			assert_true(got.sequence == from);
			for (size_t i = 0; i < got.payload.len; i++)
				assert_int_equal(got.payload.data[i],
						 from % 251);
			from++;
			continue;
		}
		assert_true(input.len > 0);
		size_t room = 0;
		uint8_t *at = frame_decoder_room(&decoder, &room);
		struct bytes part = bytes_take(&input, room);

		memcpy(at, part.data, part.len);
		frame_decoder_filled(&decoder, part.len);
	}
	assert_int_equal(input.len + frame_decoder_pending(&decoder), 0);
	assert_true(decoder.skipped == 0);
}

static void test_empty(void **state)
{
	(void)state;
	outbox_init(&outbox);
	assert_true(outbox_is_empty(&outbox));
	assert_false(outbox_has_unsent(&outbox));
	assert_true(outbox_sequence(&outbox) == 1);
	assert_int_equal(outbox_take(&outbox, taken, sizeof(taken)), 0);
	assert_int_equal(outbox_ack(&outbox, 0), 0);
	assert_int_equal(outbox_ack(&outbox, 1), -EINVAL);
	outbox_rewind(&outbox);
	assert_true(outbox_sequence(&outbox) == 1);
}

static void test_send_and_ack(void **state)
{
	(void)state;
	outbox_init(&outbox);
	for (int i = 0; i < 5; i++)
		push(10);
	expect_taken(1, 5);
	assert_int_equal(outbox_ack(&outbox, 3), 0);
	assert_false(outbox_is_empty(&outbox));
	assert_true(outbox.acked == 3);
	assert_int_equal(outbox_ack(&outbox, 2), 0); /* an old one */
	assert_true(outbox.acked == 3);
	assert_int_equal(outbox_ack(&outbox, 6), -EINVAL);
	assert_int_equal(outbox_ack(&outbox, UINT64_MAX), -EINVAL);
	outbox_rewind(&outbox);
	expect_taken(4, 5);
	assert_int_equal(outbox_ack(&outbox, 5), 0);
	assert_true(outbox_is_empty(&outbox));
	push(1);
	expect_taken(6, 6);
}

/* A peer may acknowledge what we have not handed out again yet. */
static void test_ack_overtakes_sending(void **state)
{
	(void)state;
	outbox_init(&outbox);
	push(1);
	push(1);
	push(1);
	expect_taken(1, 3);
	outbox_rewind(&outbox);
	assert_int_equal(outbox_ack(&outbox, 2), 0);
	expect_taken(3, 3);
}

static void test_takes_whole_frames(void **state)
{
	(void)state;
	outbox_init(&outbox);
	push(10);
	push(10);
	assert_int_equal(outbox_take(&outbox, taken, 37), 0);
	assert_int_equal(outbox_take(&outbox, taken, 38), 38);
	assert_int_equal(outbox_take(&outbox, taken, 75), 38);
	assert_int_equal(outbox_take(&outbox, taken, 75), 0);
}

static void test_full_of_bytes(void **state)
{
	uint64_t last = 0;

	(void)state;
	outbox_init(&outbox);
	while (outbox_push(&outbox, make(BIG)) == 0)
		last++;
	assert_true(last == LIMIT_OUTBOX_BYTES / (BIG + FRAME_HEADER_SIZE));
	assert_int_equal(outbox_push(&outbox, make(BIG)), -ENOBUFS);
	assert_true(outbox_sequence(&outbox) == last + 1);

	size_t left = LIMIT_OUTBOX_BYTES - (size_t)outbox.tail;

	assert_false(outbox_fits(&outbox, left + 1));
	assert_true(outbox_fits(&outbox, left));
	assert_true(outbox_has_room(&outbox, left, 2));
	assert_false(outbox_has_room(&outbox, left, LIMIT_OUTBOX_MESSAGES));
	push(left - FRAME_HEADER_SIZE); /* to the last byte */
	assert_false(outbox_fits(&outbox, FRAME_HEADER_SIZE));
	expect_taken(1, last + 1);
	assert_int_equal(outbox_ack(&outbox, 1), 0);
	push(BIG);
	expect_taken(last + 2, last + 2);
	outbox_rewind(&outbox);
	expect_taken(2, last + 2);
}

static void test_full_of_messages(void **state)
{
	(void)state;
	outbox_init(&outbox);
	for (int i = 0; i < LIMIT_OUTBOX_MESSAGES; i++)
		push(0);
	assert_int_equal(outbox_push(&outbox, make(0)), -ENOBUFS);
	expect_taken(1, LIMIT_OUTBOX_MESSAGES);
	assert_int_equal(outbox_ack(&outbox, 1), 0);
	push(0);
	assert_int_equal(outbox_push(&outbox, make(0)), -ENOBUFS);
}

static void test_largest_message_fits_an_empty_outbox(void **state)
{
	(void)state;
	outbox_init(&outbox);
	push(LIMIT_MESSAGE);
	expect_taken(1, 1);
}

/* Frames of all sizes, at every place of the ring's end. */
static void test_wrap_around(void **state)
{
	uint64_t acked = 0;

	(void)state;
	outbox_init(&outbox);
	for (size_t i = 0; i < 3000; i++) {
		size_t size = i * 7919 % 5000;

		while (!outbox_fits(&outbox, FRAME_HEADER_SIZE + size))
			assert_int_equal(outbox_ack(&outbox, ++acked), 0);
		push(size);
		expect_taken(i + 1, i + 1);
	}
	assert_true(outbox.tail > 3 * (uint64_t)LIMIT_OUTBOX_BYTES);
	outbox_rewind(&outbox);
	expect_taken(acked + 1, 3000);
}

/* A successor finds what the frames between head and tail say. */
static void expect_recovered(uint64_t first, uint64_t last)
{
	outbox_rewind(&outbox);
	assert_true(outbox_sequence(&outbox) == last + 1);
	assert_true(outbox.acked == first - 1);
	expect_taken(first, last);
	push(3);
	expect_taken(last + 1, last + 1);
	assert_int_equal(outbox_ack(&outbox, last + 1), 0);
	assert_true(outbox_is_empty(&outbox));
}

/* Killed between the stores of a push: each prefix of them, in their order:
 * the bytes, tail, next_sequence. */
static void test_killed_in_push(void **state)
{
	struct outbox *before = malloc(sizeof(*before));
	struct outbox *after = malloc(sizeof(*after));

	(void)state;
	assert_non_null(before);
	assert_non_null(after);
	for (uint64_t old = 0; old <= 2; old++) {
		outbox_init(&outbox);
		for (uint64_t i = 0; i < old; i++)
			push(50);
		*before = outbox;
		push(50);
		*after = outbox;

		outbox = *after;
		outbox.tail = before->tail;
		outbox.next_sequence = before->next_sequence;
		expect_recovered(1, old);
		outbox = *after;
		outbox.next_sequence = before->next_sequence;
		expect_recovered(1, old + 1);
	}
	free(before);
	free(after);
}

/* And of an acknowledgement: sent, head, acked. */
static void test_killed_in_ack(void **state)
{
	struct outbox *before = malloc(sizeof(*before));
	struct outbox *after = malloc(sizeof(*after));

	(void)state;
	assert_non_null(before);
	assert_non_null(after);
	for (uint64_t acked = 1; acked <= 3; acked++) {
		outbox_init(&outbox);
		for (int i = 0; i < 3; i++)
			push(50);
		*before = outbox;
		assert_int_equal(outbox_ack(&outbox, acked), 0);
		*after = outbox;

		outbox = *before;
		outbox.sent = after->sent;
		expect_recovered(1, 3);
		outbox = *after;
		outbox.acked = before->acked;
		expect_recovered(acked + 1, 3);
	}
	free(before);
	free(after);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_send_and_ack),
		cmocka_unit_test(test_ack_overtakes_sending),
		cmocka_unit_test(test_takes_whole_frames),
		cmocka_unit_test(test_full_of_bytes),
		cmocka_unit_test(test_full_of_messages),
		cmocka_unit_test(test_largest_message_fits_an_empty_outbox),
		cmocka_unit_test(test_wrap_around),
		cmocka_unit_test(test_killed_in_push),
		cmocka_unit_test(test_killed_in_ack),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
