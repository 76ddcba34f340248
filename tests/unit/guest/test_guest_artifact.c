/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest/artifact.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

enum { SIZE = 300000 };

static struct artifact artifact;
static uint8_t data[SIZE];
static uint8_t wire[2 * SIZE];
static uint8_t plain[2 * SIZE];

static int init(void **state)
{
	uint32_t x = 1;
	size_t i;

	(void)state;
	for (i = 0; i < SIZE; i++) {
		x = x * 1103515245 + 12345;
		data[i] = (uint8_t)(x >> 16);
	}
	return artifact_init(&artifact);
}

static int deinit(void **state)
{
	(void)state;
	artifact_deinit(&artifact);
	return 0;
}

/* A file with the first size bytes of data. */
static int file_of(size_t size)
{
	int fd = memfd_create("artifact", MFD_CLOEXEC);

	assert_int_equal(write(fd, data, size), (ssize_t)size);
	return fd;
}

/* Returns the length of what the host gets, in plain[]. */
static size_t send_all(size_t size, size_t cap, unsigned int *ret_chunks)
{
	z_stream stream = {.next_out = plain, .avail_out = sizeof(plain)};
	size_t len = 0;

	*ret_chunks = 0;
	artifact_start(&artifact, file_of(size), size, cap);
	while (!artifact.finished) {
		struct bytes chunk;

		if (!artifact_step(&artifact))
			continue;
		chunk = artifact_take(&artifact);
		assert_in_range(chunk.len, 1, LIMIT_CHUNK);
		memcpy(wire + len, chunk.data, chunk.len);
		len += chunk.len;
		(*ret_chunks)++;
	}
	artifact_stop(&artifact);
	assert_int_equal(len, artifact.wire_bytes);
	assert_int_equal(inflateInit(&stream), Z_OK);
	stream.next_in = wire;
	stream.avail_in = (unsigned int)len;
	assert_int_equal(inflate(&stream, Z_FINISH), Z_STREAM_END);
	assert_int_equal(stream.avail_in, 0);
	(void)inflateEnd(&stream);
	assert_int_equal(stream.total_out, artifact.kept_bytes);
	assert_int_equal(crc32(0, plain, (unsigned int)stream.total_out),
			 artifact.crc32);
	return stream.total_out;
}

static void test_many_chunks(void **state)
{
	unsigned int chunks;

	(void)state;
	assert_int_equal(send_all(SIZE, SIZE, &chunks), SIZE);
	assert_true(chunks >= SIZE / LIMIT_CHUNK);
	assert_memory_equal(plain, data, SIZE);
}

static void test_input_blocks(void **state)
{
	size_t size;
	unsigned int chunks;

	(void)state;
	for (size = ARTIFACT_INPUT - 1; size <= ARTIFACT_INPUT + 1; size++) {
		assert_int_equal(send_all(size, SIZE, &chunks), size);
		assert_memory_equal(plain, data, size);
	}
	assert_int_equal(send_all(1, SIZE, &chunks), 1);
	assert_int_equal(chunks, 1);
}

static void test_cap(void **state)
{
	static const size_t caps[] = {ARTIFACT_CAP_MIN, 1000, SIZE - 1};
	unsigned int chunks;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(caps) / sizeof(*caps); i++) {
		size_t len = send_all(SIZE, caps[i], &chunks);
		uint64_t head, tail;

		artifact_split(caps[i], &head, &tail);
		assert_true(len <= caps[i]);
		assert_true(len > head + tail);
		assert_memory_equal(plain, data, head);
		assert_memory_equal(plain + head, "\n[fstvm: ", 9);
		assert_memory_equal(plain + len - tail, data + SIZE - tail,
				    tail);
	}
}

static void test_nothing_to_send(void **state)
{
	(void)state;
	artifact_start(&artifact, -1, 5, 0);
	assert_true(artifact.finished);
	assert_int_equal(artifact.wire_bytes, 0);
	artifact_stop(&artifact);
}

static void test_read_error(void **state)
{
	int pair[2];

	(void)state;
	/* A pipe has no positions. */
	assert_int_equal(pipe(pair), 0);
	close(pair[1]);
	artifact_start(&artifact, pair[0], 100, 1000);
	while (!artifact.finished) {
		if (artifact_step(&artifact))
			(void)artifact_take(&artifact);
	}
	assert_true(artifact.unreadable);
	assert_int_equal(artifact.kept_bytes, 0);
	artifact_stop(&artifact);
}

static void test_one_after_the_other(void **state)
{
	unsigned int chunks;

	(void)state;
	/* Left in the middle, the next begins anew. */
	artifact_start(&artifact, file_of(SIZE), SIZE, SIZE);
	while (!artifact_step(&artifact))
		;
	artifact_stop(&artifact);
	assert_int_equal(send_all(1000, SIZE, &chunks), 1000);
	assert_memory_equal(plain, data, 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_many_chunks),
		cmocka_unit_test(test_input_blocks),
		cmocka_unit_test(test_cap),
		cmocka_unit_test(test_nothing_to_send),
		cmocka_unit_test(test_read_error),
		cmocka_unit_test(test_one_after_the_other),
	};

	return cmocka_run_group_tests(tests, init, deinit);
}
