/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_inflate - caps, bombs, and streams that are not what they should be. */
#include "shared/inflate.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { PLAIN = 100000 };

static uint8_t plain[PLAIN];
static uint8_t packed[PLAIN + 1000];
static size_t packed_len;
static uint8_t output[PLAIN];
static size_t output_len;
static int sink_result;

static int on_output(void *context, struct bytes piece)
{
	(void)context;
	if (sink_result < 0)
		return sink_result;
	assert_true(piece.len <= sizeof(output) - output_len);
	memcpy(output + output_len, piece.data, piece.len);
	output_len += piece.len;
	return 0;
}

static int set_up(void **state)
{
	uLongf len = sizeof(packed);

	(void)state;
	for (size_t i = 0; i < PLAIN; i++)
		plain[i] = (uint8_t)(i * i >> 7);
	if (compress(packed, &len, plain, PLAIN) != Z_OK)
		return -1;
	packed_len = len;
	return 0;
}

/* Everything in pieces of one size. Returns the first error. */
static int run(struct bytes input, uint64_t cap, size_t piece,
	       struct inflate *inflate)
{
	int r = inflate_open(inflate, cap);

	output_len = 0;
	sink_result = 0;
	while (r == 0 && input.len)
		r = inflate_push(inflate, bytes_take(&input, piece), on_output,
				 NULL);
	return r;
}

static void test_whole_in_pieces(void **state)
{
	struct inflate inflate;

	(void)state;
	for (size_t piece = 1; piece < 40000; piece = piece * 7 + 1) {
		assert_int_equal(run(bytes_of(packed, packed_len), PLAIN, piece,
				     &inflate),
				 0);
		assert_true(inflate.ended);
		assert_int_equal(output_len, PLAIN);
		assert_memory_equal(output, plain, PLAIN);
		assert_true(inflate.produced == PLAIN);
		assert_int_equal(inflate.crc32, crc32(0, plain, PLAIN));
		inflate_close(&inflate);
	}
}

static void test_cap(void **state)
{
	struct inflate inflate;

	(void)state;
	for (uint64_t cap = PLAIN - 1; cap <= PLAIN + 1; cap++) {
		assert_int_equal(
			run(bytes_of(packed, packed_len), cap, 4096, &inflate),
			cap < PLAIN ? -EFBIG : 0);
		/* What fits is there, and the checksum is of that. */
		assert_int_equal(output_len, cap < PLAIN ? cap : PLAIN);
		assert_int_equal(inflate.crc32,
				 crc32(0, plain, (uInt)output_len));
		inflate_close(&inflate);
	}
}

static void test_bomb(void **state)
{
	size_t size = 64 << 20;
	uint8_t *zeros = calloc(1, size);
	uint8_t *bomb = malloc(size / 100);
	uLongf len = size / 100;
	struct inflate inflate;

	(void)state;
	assert_non_null(zeros);
	assert_non_null(bomb);
	assert_int_equal(compress(bomb, &len, zeros, size), Z_OK);
	assert_int_equal(run(bytes_of(bomb, len), 1000, len, &inflate), -EFBIG);
	assert_int_equal(output_len, 1000);
	/* It is over: not one byte more is taken. */
	assert_int_equal(
		inflate_push(&inflate, bytes_of(bomb, 1), on_output, NULL),
		-EPROTO);
	inflate_close(&inflate);
	free(bomb);
	free(zeros);
}

static void test_truncated(void **state)
{
	struct inflate inflate;

	(void)state;
	for (size_t cut = 0; cut < packed_len; cut += 997) {
		assert_int_equal(
			run(bytes_of(packed, cut), PLAIN, 100, &inflate), 0);
		assert_false(inflate.ended);
		assert_memory_equal(output, plain, output_len);
		inflate_close(&inflate);
	}
}

static void test_goes_on_after_its_end(void **state)
{
	struct inflate inflate;

	(void)state;
	packed[packed_len] = 0;
	assert_int_equal(run(bytes_of(packed, packed_len + 1), PLAIN,
			     packed_len + 1, &inflate),
			 -EPROTO);
	inflate_close(&inflate);
	assert_int_equal(
		run(bytes_of(packed, packed_len), PLAIN, packed_len, &inflate),
		0);
	assert_int_equal(
		inflate_push(&inflate, bytes_of(NULL, 0), on_output, NULL), 0);
	assert_int_equal(
		inflate_push(&inflate, bytes_of("x", 1), on_output, NULL),
		-EPROTO);
	inflate_close(&inflate);
}

static void expect_not_zlib(const void *data, size_t len)
{
	struct inflate inflate;

	assert_int_equal(run(bytes_of(data, len), PLAIN, len, &inflate),
			 -EPROTO);
	inflate_close(&inflate);
}

static void test_not_zlib(void **state)
{
	uint8_t damaged[64];

	(void)state;
	expect_not_zlib("hello, world", 12);
	expect_not_zlib("\x1f\x8b\x08\0\0\0\0\0\0\3", 10); /* gzip */
	expect_not_zlib("\x78\xbb\0\0\0\1", 6); /* wants a dictionary */
	memcpy(damaged, packed, sizeof(damaged));
	damaged[2] = 0xff; /* a block of the reserved type */
	expect_not_zlib(damaged, sizeof(damaged));
}

static void test_sink_stops_it(void **state)
{
	struct inflate inflate;

	(void)state;
	assert_int_equal(inflate_open(&inflate, PLAIN), 0);
	sink_result = -ENOSPC;
	assert_int_equal(inflate_push(&inflate, bytes_of(packed, packed_len),
				      on_output, NULL),
			 -ENOSPC);
	inflate_close(&inflate);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole_in_pieces),
		cmocka_unit_test(test_cap),
		cmocka_unit_test(test_bomb),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_goes_on_after_its_end),
		cmocka_unit_test(test_not_zlib),
		cmocka_unit_test(test_sink_stops_it),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
