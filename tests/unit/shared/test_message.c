/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_message - packing, and every limit of the protocol from its descriptors.
 *
 * Payloads are written by hand here, so that they can be what no sender of
 * ours would make.
 */
#include "shared/message.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { DEPTH = 4, WIRE_VARINT = 0, WIRE_BYTES = 2 };

static struct arena arena;

static int unpack(struct bytes payload, const Pb__Envelope **envelope,
		  const char **why)
{
	*envelope = NULL;
	*why = NULL;
	arena_reset(&arena);
	return message_unpack(payload, &arena, envelope, why);
}

/* A payload that grows at its front: what is inside is written first. */
struct writer {
	uint8_t *buffer;
	size_t cap;
	size_t start;
};

static void writer_open(struct writer *writer, size_t cap)
{
	writer->buffer = malloc(cap);
	assert_non_null(writer->buffer);
	writer->cap = cap;
	writer->start = cap;
}

static struct bytes written(const struct writer *writer)
{
	return bytes_of(writer->buffer + writer->start,
			writer->cap - writer->start);
}

static void put(struct writer *writer, const void *data, size_t len)
{
	assert_true(len <= writer->start);
	writer->start -= len;
	memcpy(writer->buffer + writer->start, data, len);
}

static void put_varint(struct writer *writer, uint64_t value)
{
	uint8_t out[10];
	size_t len = 0;

	do {
		out[len++] = (uint8_t)((value & 0x7f) | 0x80);
		value >>= 7;
	} while (value);
	out[len - 1] &= 0x7f;
	put(writer, out, len);
}

static void put_tag(struct writer *writer, uint32_t id, unsigned int type)
{
	put_varint(writer, (uint64_t)id << 3 | type);
}

/* Everything written since `before` becomes the value of a field. */
static void wrap(struct writer *writer, uint32_t id, size_t before)
{
	put_varint(writer, before - writer->start);
	put_tag(writer, id, WIRE_BYTES);
}

/* The fields that lead from the envelope to the one under test. */
struct trail {
	const ProtobufCFieldDescriptor *fields[DEPTH];
	size_t len;
};

/* A message with `count` values of `bytes` letters in the last field of the
 * trail, and nothing else. */
static int unpack_field(const struct trail *trail, size_t count, size_t bytes,
			const char **why)
{
	const ProtobufCFieldDescriptor *last = trail->fields[trail->len - 1];
	const Pb__Envelope *envelope = NULL;
	char *text = calloc(1, bytes + 16);
	struct writer writer;
	int r = 0;

	assert_non_null(text);
	memset(text, 'x', bytes + 1);
	writer_open(&writer, count * (bytes + 16) + 64);
	for (size_t i = 0; i < count; i++) {
		size_t before = writer.start;

		put(&writer, text, bytes);
		wrap(&writer, last->id, before);
	}
	for (size_t i = trail->len - 1; i > 0; i--)
		wrap(&writer, trail->fields[i - 1]->id, writer.cap);
	r = unpack(written(&writer), &envelope, why);
	assert_true((r == 0) == (envelope != NULL));
	free(writer.buffer);
	free(text);
	return r;
}

static void expect_accepted(const struct trail *trail, size_t count,
			    size_t bytes)
{
	const char *why = NULL;

	assert_int_equal(unpack_field(trail, count, bytes, &why), 0);
}

static void expect_over(const struct trail *trail, size_t count, size_t bytes)
{
	const char *why = NULL;

	assert_int_equal(unpack_field(trail, count, bytes, &why), -ERANGE);
	assert_string_equal(why, trail->fields[trail->len - 1]->name);
}

static size_t fields_checked;

static void check_limit(const struct trail *trail,
			const ProtobufCMessageDescriptor *message)
{
	const ProtobufCFieldDescriptor *field = trail->fields[trail->len - 1];
	const struct message_limit *limit = message_limit(message, field);
	bool repeated = field->label == PROTOBUF_C_LABEL_REPEATED;

	if (!limit) {
		fail_msg("%s.%s has no limit", message->short_name,
			 field->name);
		return;
	}
	if (field->type == PROTOBUF_C_TYPE_UINT64) {
		assert_true(repeated); /* see test_times_of_tests() */
		fields_checked++;
		return;
	}
	if (field->type != PROTOBUF_C_TYPE_MESSAGE) {
		assert_true(limit->bytes > 0);
		expect_accepted(trail, 1, limit->bytes - 1);
		expect_accepted(trail, 1, limit->bytes);
		expect_over(trail, 1, limit->bytes + 1);
	}
	if (repeated) {
		assert_true(limit->count > 0);
		expect_accepted(trail, limit->count - 1, 0);
		expect_accepted(trail, limit->count, 0);
		expect_over(trail, limit->count + 1, 0);
	}
	fields_checked++;
}

static void check_message(struct trail *trail,
			  const ProtobufCMessageDescriptor *message)
{
	assert_true(trail->len < DEPTH);
	trail->len++;
	for (unsigned int i = 0; i < message->n_fields; i++) {
		const ProtobufCFieldDescriptor *field = message->fields + i;

		trail->fields[trail->len - 1] = field;
		if (field->type == PROTOBUF_C_TYPE_STRING ||
		    field->type == PROTOBUF_C_TYPE_BYTES ||
		    field->label == PROTOBUF_C_LABEL_REPEATED)
			check_limit(trail, message);
		if (field->type == PROTOBUF_C_TYPE_MESSAGE)
			check_message(trail, field->descriptor);
	}
	trail->len--;
}

/* A field that somebody adds and gives no limit fails here. */
static void test_every_limit_of_the_protocol(void **state)
{
	struct trail trail = {.len = 0};

	(void)state;
	check_message(&trail, &pb__envelope__descriptor);
	assert_true(fields_checked >= 44);
}

static const ProtobufCFieldDescriptor *
field_of(const ProtobufCMessageDescriptor *message, const char *name)
{
	return protobuf_c_message_descriptor_get_field_by_name(message, name);
}

/* The numbers of the table, where the .proto's comments give them by hand. */
static void test_some_limits_by_hand(void **state)
{
	const struct message_limit *limit = NULL;

	(void)state;
	limit = message_limit(&pb__run_spec__descriptor,
			      field_of(&pb__run_spec__descriptor, "tests"));
	assert_int_equal(limit->count, 32768);
	assert_int_equal(limit->bytes, 64);
	limit = message_limit(&pb__device__descriptor,
			      field_of(&pb__device__descriptor, "serial"));
	assert_int_equal(limit->bytes, 20);
	limit = message_limit(&pb__log_chunk__descriptor,
			      field_of(&pb__log_chunk__descriptor, "data"));
	assert_int_equal(limit->bytes, 32 * 1024);
	assert_null(message_limit(
		&pb__log_chunk__descriptor,
		field_of(&pb__log_chunk__descriptor, "dropped_bytes")));
}

/* Every message, empty: packed, framed, unpacked, the same kind. */
static void test_every_kind_round_trips(void **state)
{
	size_t kinds = 0;

	(void)state;
	for (uint32_t id = 2; id < 100; id++) {
		struct writer writer;
		const Pb__Envelope *envelope = NULL;
		const char *why = NULL;
		uint8_t packed[256];
		ssize_t len = 0;

		if (!protobuf_c_message_descriptor_get_field(
			    &pb__envelope__descriptor, id)) {
			assert_string_equal(message_name(id), "unknown");
			continue;
		}
		writer_open(&writer, 64);
		wrap(&writer, id, writer.cap);
		assert_int_equal(unpack(written(&writer), &envelope, &why), 0);
		assert_int_equal(envelope->body_case, id);
		len = message_pack(envelope,
				   message_is_reliable(envelope->body_case),
				   packed, sizeof(packed));
		assert_int_equal(len, FRAME_HEADER_SIZE + written(&writer).len);
		assert_int_equal(bytes_get_u16(packed + 4),
				 message_is_reliable(envelope->body_case)
					 ? FRAME_RELIABLE
					 : FRAME_PLAIN);
		free(writer.buffer);
		kinds++;
	}
	assert_int_equal(kinds, 20);
}

static void test_names(void **state)
{
	(void)state;
	assert_string_equal(message_name(PB__ENVELOPE__BODY_TEST_STARTED),
			    "test_started");
	assert_string_equal(message_name(PB__ENVELOPE__BODY_ACK), "ack");
	assert_string_equal(message_name(PB__ENVELOPE__BODY__NOT_SET),
			    "unknown");
	/* Number 1 is a field of the envelope and no body. */
	assert_string_equal(message_name((Pb__Envelope__BodyCase)1), "unknown");
}

/* The comments in the .proto group the bodies by number. */
static void test_kinds_as_the_proto_says(void **state)
{
	(void)state;
	for (int id = 2; id <= 50; id++) {
		Pb__Envelope__BodyCase body = (Pb__Envelope__BodyCase)id;
		bool exists = strcmp(message_name(body), "unknown") != 0;

		assert_int_equal(message_is_reliable(body),
				 exists && ((id >= 10 && id < 30) ||
					    (id >= 40 && id < 50)));
		assert_int_equal(message_is_from_guest(body),
				 exists && id < 40);
	}
}

static void expect_bad(const void *data, size_t len, int want)
{
	const Pb__Envelope *envelope = NULL;
	const char *why = NULL;

	assert_int_equal(unpack(bytes_of(data, len), &envelope, &why), want);
	assert_null(envelope);
}

static void test_no_envelope(void **state)
{
	static const uint8_t body_cut[] = {0x52, 0x05, 0x08, 0x01};
	static const uint8_t only_time[] = {9, 1, 2, 3, 4, 5, 6, 7, 8};
	static const uint8_t unknown_body[] = {0xfa, 0x07, 0x02, 0x08, 0x01};

	(void)state;
	expect_bad("", 0, -EBADMSG);
	expect_bad("\xff\xff\xff\xff", 4, -EBADMSG);
	expect_bad(body_cut, sizeof(body_cut), -EBADMSG);
	expect_bad(only_time, sizeof(only_time), -EBADMSG);
	expect_bad(unknown_body, sizeof(unknown_body), -EBADMSG);
}

static void test_unknown_enum_value(void **state)
{
	const Pb__Envelope *envelope = NULL;
	const char *why = NULL;
	struct writer writer;

	(void)state;
	for (uint64_t end = 5; end <= 6; end++) { /* JobEnd goes to 5 */
		writer_open(&writer, 64);
		put_varint(&writer, end);
		put_tag(&writer, 1, WIRE_VARINT);
		wrap(&writer, PB__ENVELOPE__BODY_JOB_FINISHED, writer.cap);
		assert_int_equal(unpack(written(&writer), &envelope, &why),
				 end == 5 ? 0 : -ERANGE);
		free(writer.buffer);
	}
	assert_string_equal(why, "end");
}

/* Fields that are not in the .proto are ignored and go no further; the one
 * with the number 0 would else make what we pack unreadable. */
static void test_unknown_fields_are_dropped(void **state)
{
	static const uint8_t unknown[] = {0x82, 0x00, 0x00, /* number 0 */
					  0xfa, 0x07, 0x01, 'x'};
	const Pb__Envelope *envelope = NULL;
	const char *why = NULL;
	struct writer writer;

	(void)state;
	writer_open(&writer, 64);
	put(&writer, unknown, sizeof(unknown));
	put(&writer, "hello", 5);
	wrap(&writer, 1, writer.cap - sizeof(unknown));
	wrap(&writer, PB__ENVELOPE__BODY_TROUBLE, writer.cap);
	put(&writer, unknown, sizeof(unknown));
	assert_int_equal(unpack(written(&writer), &envelope, &why), 0);
	assert_string_equal(envelope->trouble->text, "hello");
	assert_int_equal(envelope->trouble->base.n_unknown_fields, 0);
	assert_int_equal(pb__envelope__get_packed_size(envelope), 10);
	free(writer.buffer);
}

/* A megabyte of the smallest records: half a million allocations elsewhere,
 * refused here by the arena or the count, in bounded memory. */
static void test_hostile_megabyte(void **state)
{
	const Pb__Envelope *envelope = NULL;
	const char *why = NULL;
	struct writer writer;
	static const uint8_t empty_record[] = {0x0a, 0x00};
	int r = 0;

	(void)state;
	writer_open(&writer, LIMIT_MESSAGE);
	while (writer.start > 16)
		put(&writer, empty_record, sizeof(empty_record));
	wrap(&writer, PB__ENVELOPE__BODY_KERNEL_RECORDS, writer.cap);
	r = unpack(written(&writer), &envelope, &why);
	assert_int_equal(r, -ENOMEM);
	assert_true(arena.used <= LIMIT_ARENA);
	free(writer.buffer);
}

/* The largest job that the .proto promises does fit. */
static void test_largest_job(void **state)
{
	const Pb__Envelope *envelope = NULL;
	const char *why = NULL;
	struct writer writer;
	static const char name[] = "generic/0123456789-abcdefg";

	(void)state;
	assert_int_equal(strlen(name), 26);
	writer_open(&writer, LIMIT_MESSAGE);
	for (int i = 0; i < LIMIT_JOB_TESTS; i++) {
		size_t before = writer.start;

		put(&writer, name, strlen(name));
		wrap(&writer, 7, before);
	}
	wrap(&writer, PB__ENVELOPE__BODY_RUN_SPEC, writer.cap);
	assert_int_equal(unpack(written(&writer), &envelope, &why), 0);
	assert_int_equal(envelope->run_spec->n_tests, LIMIT_JOB_TESTS);
	free(writer.buffer);
}

/* Numbers, packed in one field: as many as there can be tests. */
static void test_times_of_tests(void **state)
{
	(void)state;
	for (int over = 0; over <= 1; over++) {
		const Pb__Envelope *envelope = NULL;
		const char *why = NULL;
		struct writer writer;
		size_t before;
		char *ones = malloc(LIMIT_JOB_TESTS + 1);

		assert_non_null(ones);
		memset(ones, 1, LIMIT_JOB_TESTS + 1);
		writer_open(&writer, LIMIT_MESSAGE);
		before = writer.start;
		put(&writer, ones, (size_t)LIMIT_JOB_TESTS + (size_t)over);
		wrap(&writer, 21, before);
		wrap(&writer, PB__ENVELOPE__BODY_RUN_SPEC, writer.cap);
		assert_int_equal(unpack(written(&writer), &envelope, &why),
				 over ? -ERANGE : 0);
		if (over)
			assert_string_equal(why, "test_timeouts_ms");
		else
			assert_int_equal(envelope->run_spec->n_test_timeouts_ms,
					 LIMIT_JOB_TESTS);
		free(writer.buffer);
		free(ones);
	}
}

static void test_pack_limits(void **state)
{
	Pb__Envelope envelope = PB__ENVELOPE__INIT;
	Pb__Trouble trouble;
	uint8_t *to = malloc(FRAME_MAX_SIZE + 16);
	char *text = calloc(1, LIMIT_MESSAGE + 16);
	ssize_t small = 0;

	(void)state;
	assert_non_null(to);
	assert_non_null(text);
	pb__trouble__init(&trouble);
	envelope.body_case = PB__ENVELOPE__BODY_TROUBLE;
	envelope.trouble = &trouble;
	trouble.text = text;
	small = message_pack(&envelope, 1, to, FRAME_MAX_SIZE);
	assert_true(small > FRAME_HEADER_SIZE);
	assert_int_equal(message_pack(&envelope, 1, to, (size_t)small), small);
	assert_int_equal(message_pack(&envelope, 1, to, (size_t)small - 1),
			 -EMSGSIZE);
	assert_int_equal(message_pack(&envelope, 1, to, 0), -EMSGSIZE);
	/* Tags and lengths around the text take 9 bytes. */
	memset(text, 'x', LIMIT_MESSAGE - 9);
	assert_int_equal(message_pack(&envelope, 1, to, FRAME_MAX_SIZE + 16),
			 FRAME_MAX_SIZE);
	text[LIMIT_MESSAGE - 9] = 'x';
	assert_int_equal(message_pack(&envelope, 1, to, FRAME_MAX_SIZE + 16),
			 -EMSGSIZE);
	free(text);
	free(to);
}

static int set_up(void **state)
{
	(void)state;
	return arena_create(&arena, LIMIT_ARENA);
}

static int tear_down(void **state)
{
	(void)state;
	arena_destroy(&arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_limit_of_the_protocol),
		cmocka_unit_test(test_some_limits_by_hand),
		cmocka_unit_test(test_every_kind_round_trips),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_kinds_as_the_proto_says),
		cmocka_unit_test(test_no_envelope),
		cmocka_unit_test(test_unknown_enum_value),
		cmocka_unit_test(test_unknown_fields_are_dropped),
		cmocka_unit_test(test_hostile_megabyte),
		cmocka_unit_test(test_largest_job),
		cmocka_unit_test(test_times_of_tests),
		cmocka_unit_test(test_pack_limits),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
