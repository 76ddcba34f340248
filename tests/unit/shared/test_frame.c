/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_frame - encoding, and decoding of what arrives damaged or in pieces. */
#include "shared/frame.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include <cmocka.h>

static uint8_t storage[FRAME_MAX_SIZE];

static size_t make(uint8_t *to, enum frame_kind kind, uint64_t sequence,
		   const char *payload)
{
	return frame_encode(to, kind, sequence, bytes_of_string(payload));
}

static void feed(struct frame_decoder *decoder, struct bytes input)
{
	while (input.len) {
		size_t room = 0;
		uint8_t *to = frame_decoder_room(decoder, &room);
		struct bytes part = bytes_take(&input, room);

		assert_true(part.len > 0);
		memcpy(to, part.data, part.len);
		frame_decoder_filled(decoder, part.len);
	}
}

static void expect(struct frame_decoder *decoder, enum frame_kind kind,
		   uint64_t sequence, const char *payload)
{
	struct frame frame = {0};

	assert_int_equal(frame_decoder_next(decoder, &frame), 1);
	assert_int_equal(frame.kind, kind);
	assert_true(frame.sequence == sequence);
	assert_true(bytes_equal_string(frame.payload, payload));
}

static void expect_none(struct frame_decoder *decoder)
{
	struct frame frame = {0};
	size_t room = 0;

	assert_int_equal(frame_decoder_next(decoder, &frame), 0);
	frame_decoder_room(decoder, &room);
	assert_true(room > 0);
}

static void test_layout(void **state)
{
	/* Written out by hand from PROTOCOL.md. */
	static const uint8_t want[] = {
		'F',  'S',  'V',  '1',	2,    0,    0,	  0,
		3,    0,    0,	  0,	0xc2, 0x41, 0x24, 0x35,
		0x08, 0x07, 0x06, 0x05, 0x04, 0x03, 0x02, 0x01,
	};
	uint8_t to[64];
	size_t len = make(to, FRAME_RELIABLE, 0x0102030405060708, "abc");

	(void)state;
	assert_int_equal(len, FRAME_HEADER_SIZE + 3);
	assert_memory_equal(to, want, sizeof(want));
	assert_int_equal(bytes_get_u32(to + 24), crc32(0, to, 24));
	assert_memory_equal(to + 28, "abc", 3);
	assert_int_equal(frame_header_size(to), len);
	assert_true(frame_header_sequence(to) == 0x0102030405060708);
}

static void test_payload_in_place(void **state)
{
	uint8_t apart[64], in_place[64];
	size_t len = make(apart, FRAME_PLAIN, 0, "payload");

	(void)state;
	memcpy(in_place + FRAME_HEADER_SIZE, "payload", 7);
	frame_encode(in_place, FRAME_PLAIN, 0,
		     bytes_of(in_place + FRAME_HEADER_SIZE, 7));
	assert_memory_equal(apart, in_place, len);
}

/* Three frames, one of them empty. */
static size_t make_stream(uint8_t *to)
{
	size_t len = make(to, FRAME_RELIABLE, 1, "first");

	len += make(to + len, FRAME_PLAIN, 0, "");
	return len + make(to + len, FRAME_RECORD, UINT64_MAX, "third");
}

static void expect_stream(struct frame_decoder *decoder)
{
	expect(decoder, FRAME_RELIABLE, 1, "first");
	expect(decoder, FRAME_PLAIN, 0, "");
	expect(decoder, FRAME_RECORD, UINT64_MAX, "third");
	expect_none(decoder);
}

static void test_byte_at_a_time(void **state)
{
	uint8_t stream[256];
	size_t len = make_stream(stream);
	size_t frames = 0;
	struct frame_decoder decoder;
	struct frame frame;

	(void)state;
	frame_decoder_init(&decoder, storage, sizeof(storage));
	for (size_t i = 0; i < len; i++) {
		feed(&decoder, bytes_of(stream + i, 1));
		frames += (size_t)frame_decoder_next(&decoder, &frame);
	}
	assert_int_equal(frames, 3);
	assert_true(decoder.skipped == 0);
	assert_int_equal(frame_decoder_pending(&decoder), 0);
}

/* A stream that is cut at any byte gives its whole frames and no error. */
static void test_cut_at_every_offset(void **state)
{
	uint8_t stream[256];
	size_t len = make_stream(stream);
	size_t first = frame_header_size(stream);
	struct frame_decoder decoder;
	struct frame frame;

	(void)state;
	for (size_t cut = 0; cut < len; cut++) {
		size_t frames = 0;

		frame_decoder_init(&decoder, storage, sizeof(storage));
		feed(&decoder, bytes_of(stream, cut));
		while (frame_decoder_next(&decoder, &frame))
			frames++;
		assert_int_equal(frames, (cut >= first) + (cut >= first + 28));
		feed(&decoder, bytes_of(stream + cut, len - cut));
		while (frame_decoder_next(&decoder, &frame))
			frames++;
		assert_int_equal(frames, 3);
		assert_true(decoder.skipped == 0);
	}
}

/* What is torn at any byte and followed by whole frames costs itself only. */
static void test_torn_at_every_offset(void **state)
{
	uint8_t torn[64], stream[256];
	size_t torn_len = make(torn, FRAME_RELIABLE, 9, "killed half-way");
	size_t len = make_stream(stream);
	struct frame_decoder decoder;

	(void)state;
	for (size_t cut = 0; cut < torn_len; cut++) {
		frame_decoder_init(&decoder, storage, sizeof(storage));
		feed(&decoder, bytes_of(torn, cut));
		expect_none(&decoder);
		feed(&decoder, bytes_of(stream, len));
		expect_stream(&decoder);
		assert_true(decoder.skipped == cut);
	}
}

/* The successor's Hello is shorter than what the torn frame still claims. */
static void test_torn_large_frame_swallows_nothing(void **state)
{
	uint8_t *large = calloc(1, FRAME_MAX_SIZE);
	uint8_t hello[64];
	size_t len = make(hello, FRAME_RELIABLE, 2, "Hello");
	struct frame_decoder decoder;

	(void)state;
	assert_non_null(large);
	frame_encode(large, FRAME_RELIABLE, 1,
		     bytes_of(large + FRAME_HEADER_SIZE, LIMIT_MESSAGE));
	frame_decoder_init(&decoder, storage, sizeof(storage));
	feed(&decoder, bytes_of(large, 1000));
	expect_none(&decoder);
	for (size_t i = 0; i + 1 < len; i++) {
		feed(&decoder, bytes_of(hello + i, 1));
		expect_none(&decoder);
	}
	feed(&decoder, bytes_of(hello + len - 1, 1));
	expect(&decoder, FRAME_RELIABLE, 2, "Hello");
	assert_true(decoder.skipped == 1000);
	free(large);
}

/* Several writers in a row were killed half-way. What each of them claims is
 * not waited for when a whole frame has come. */
static void test_torn_frames_in_a_row(void **state)
{
	static uint8_t large[FRAME_MAX_SIZE];
	static uint8_t payload[LIMIT_MESSAGE];
	uint8_t hello[64];
	size_t hello_len = make(hello, FRAME_RELIABLE, 8, "hello");
	struct frame_decoder decoder;

	(void)state;
	for (unsigned int torn = 2; torn <= FRAME_TORN_MAX; torn++) {
		frame_decoder_init(&decoder, storage, sizeof(storage));
		for (unsigned int i = 0; i < torn; i++) {
			frame_encode(
				large, FRAME_RELIABLE, 1 + i,
				bytes_of(payload, LIMIT_MESSAGE - 1000 * i));
			feed(&decoder, bytes_of(large, 100 + i));
			expect_none(&decoder);
		}
		for (size_t i = 0; i < hello_len; i++) {
			expect_none(&decoder);
			feed(&decoder, bytes_of(hello + i, 1));
		}
		expect(&decoder, FRAME_RELIABLE, 8, "hello");
		assert_true(decoder.skipped ==
			    torn * 100 + torn * (torn - 1) / 2);
		expect_none(&decoder);
	}
}

/* The second of two torn ones is shorter than what has come since. */
static void test_torn_frame_that_is_past(void **state)
{
	static uint8_t large[FRAME_MAX_SIZE];
	static uint8_t payload[LIMIT_MESSAGE];
	uint8_t torn[64], hello[64];
	size_t torn_len = make(torn, FRAME_RELIABLE, 7, "never complete");
	size_t hello_len = make(hello, FRAME_RELIABLE, 8, "hello");
	struct frame_decoder decoder;

	(void)state;
	frame_decoder_init(&decoder, storage, sizeof(storage));
	frame_encode(large, FRAME_RELIABLE, 6,
		     bytes_of(payload, sizeof(payload)));
	feed(&decoder, bytes_of(large, 100));
	feed(&decoder, bytes_of(torn, torn_len - 5));
	for (size_t i = 0; i < hello_len; i++) {
		expect_none(&decoder);
		feed(&decoder, bytes_of(hello + i, 1));
	}
	expect(&decoder, FRAME_RELIABLE, 8, "hello");
}

static void test_garbage_before_and_between(void **state)
{
	static const char garbage[] = "SeaBIOS FFSFSV FSV1FSV1 \xff\0 FSV";
	uint8_t frame[64];
	size_t len = make(frame, FRAME_PLAIN, 0, "x");
	struct frame_decoder decoder;

	(void)state;
	frame_decoder_init(&decoder, storage, sizeof(storage));
	for (uint64_t i = 1; i <= 3; i++) {
		feed(&decoder, bytes_of(garbage, sizeof(garbage)));
		feed(&decoder, bytes_of(frame, len));
		expect(&decoder, FRAME_PLAIN, 0, "x");
		assert_true(decoder.skipped == i * sizeof(garbage));
	}
	expect_none(&decoder);
	assert_int_equal(frame_decoder_pending(&decoder), 0);
}

/* Every bit of a frame, turned, makes it no frame; the next one is found. */
static void test_every_flipped_bit(void **state)
{
	uint8_t stream[256], damaged[256];
	size_t first = make(stream, FRAME_RELIABLE, 77, "some payload");
	size_t len = first + make(stream + first, FRAME_PLAIN, 0, "next");
	struct frame_decoder decoder;

	(void)state;
	for (size_t bit = 0; bit < first * 8; bit++) {
		memcpy(damaged, stream, len);
		damaged[bit / 8] ^= (uint8_t)(1 << bit % 8);
		frame_decoder_init(&decoder, storage, sizeof(storage));
		feed(&decoder, bytes_of(damaged, len));
		expect(&decoder, FRAME_PLAIN, 0, "next");
		assert_true(decoder.skipped == first);
	}
}

/* Headers whose checksum is right and whose contents are not. */
static void expect_refused(size_t at, uint8_t value)
{
	uint8_t stream[256];
	size_t first = make(stream, FRAME_RELIABLE, 5, "payload");
	size_t len = first + make(stream + first, FRAME_PLAIN, 0, "next");
	struct frame_decoder decoder;

	stream[at] = value;
	bytes_put_u32(stream + 24, (uint32_t)crc32(0, stream, 24));
	frame_decoder_init(&decoder, storage, sizeof(storage));
	feed(&decoder, bytes_of(stream, len));
	expect(&decoder, FRAME_PLAIN, 0, "next");
	assert_true(decoder.skipped == first);
}

static void test_well_checksummed_nonsense(void **state)
{
	(void)state;
	expect_refused(0, 'X'); /* magic */
	expect_refused(4, 0);	/* kind */
	expect_refused(4, 4);
	expect_refused(4, FRAME_PLAIN); /* with a sequence number */
	expect_refused(5, 1);
	expect_refused(6, 1);	  /* zero */
	expect_refused(16, 0);	  /* reliable, without a number */
	expect_refused(11, 0xff); /* length over the limit */
	expect_refused(8, 6);	  /* length too short for the checksum */
}

static void test_limit(void **state)
{
	uint8_t *frame = malloc(FRAME_MAX_SIZE + 1);
	struct frame_decoder decoder;
	struct frame out;

	(void)state;
	assert_non_null(frame);
	memset(frame, 'F', FRAME_MAX_SIZE + 1);
	for (size_t len = LIMIT_MESSAGE - 1; len <= LIMIT_MESSAGE; len++) {
		frame_encode(frame, FRAME_PLAIN, 0,
			     bytes_of(frame + FRAME_HEADER_SIZE, len));
		frame_decoder_init(&decoder, storage, sizeof(storage));
		feed(&decoder, bytes_of(frame, FRAME_HEADER_SIZE + len));
		assert_int_equal(frame_decoder_next(&decoder, &out), 1);
		assert_int_equal(out.payload.len, len);
	}
	/* One more: the header alone is enough to refuse it. */
	bytes_put_u32(frame + 8, LIMIT_MESSAGE + 1);
	bytes_put_u32(frame + 24, (uint32_t)crc32(0, frame, 24));
	frame_decoder_init(&decoder, storage, sizeof(storage));
	feed(&decoder, bytes_of(frame, FRAME_HEADER_SIZE));
	expect_none(&decoder);
	assert_true(decoder.skipped > 0);
	free(frame);
}

/* A decoder with little storage refuses what would not fit. */
static void test_small_storage(void **state)
{
	uint8_t small[FRAME_HEADER_SIZE + 4];
	uint8_t stream[128];
	size_t len = make(stream, FRAME_PLAIN, 0, "12345");
	struct frame_decoder decoder;
	struct frame frame;
	size_t frames = 0;

	(void)state;
	len += make(stream + len, FRAME_PLAIN, 0, "1234");
	frame_decoder_init(&decoder, small, sizeof(small));
	for (size_t i = 0; i < len; i++) {
		feed(&decoder, bytes_of(stream + i, 1));
		frames += (size_t)frame_decoder_next(&decoder, &frame);
	}
	assert_int_equal(frames, 1);
	assert_true(decoder.skipped == FRAME_HEADER_SIZE + 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_layout),
		cmocka_unit_test(test_payload_in_place),
		cmocka_unit_test(test_byte_at_a_time),
		cmocka_unit_test(test_cut_at_every_offset),
		cmocka_unit_test(test_torn_at_every_offset),
		cmocka_unit_test(test_torn_large_frame_swallows_nothing),
		cmocka_unit_test(test_torn_frames_in_a_row),
		cmocka_unit_test(test_torn_frame_that_is_past),
		cmocka_unit_test(test_garbage_before_and_between),
		cmocka_unit_test(test_every_flipped_bit),
		cmocka_unit_test(test_well_checksummed_nonsense),
		cmocka_unit_test(test_limit),
		cmocka_unit_test(test_small_storage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
