/* SPDX-License-Identifier: GPL-2.0-or-later */
/* message - envelopes packed into frames and unpacked within the limits. */
#include "shared/message.h"

#include <errno.h>
#include <string.h>

/* Rows name the fields by their offset in the generated structures, so a
 * renamed field does not compile. */
#define MESSAGE_BYTES(type, descriptor, field, max_bytes)                     \
	{                                                                     \
		&pb__##descriptor##__descriptor, offsetof(Pb__##type, field), \
		{                                                             \
			.bytes = (max_bytes)                                  \
		}                                                             \
	}
#define MESSAGE_REPEATED(type, descriptor, field, max_count, max_bytes)       \
	{                                                                     \
		&pb__##descriptor##__descriptor, offsetof(Pb__##type, field), \
		{                                                             \
			.count = (max_count), .bytes = (max_bytes)            \
		}                                                             \
	}

/* virtio-blk's serial has 20 bytes: VIRTIO_BLK_ID_BYTES. */
enum { MESSAGE_SERIAL = 20 };

static const struct message_limit_row {
	const ProtobufCMessageDescriptor *message;
	size_t offset;
	struct message_limit limit;
} message_limits[] = {
	MESSAGE_BYTES(Hello, hello, agent_version, LIMIT_SHORT_TEXT),
	MESSAGE_BYTES(Hello, hello, boot_id, LIMIT_SHORT_TEXT),
	MESSAGE_BYTES(Hello, hello, kernel_release, LIMIT_SHORT_TEXT),
	MESSAGE_BYTES(Hello, hello, kernel_version, LIMIT_SHORT_TEXT),
	MESSAGE_BYTES(Hello, hello, machine, LIMIT_SHORT_TEXT),
	MESSAGE_BYTES(Hello, hello, command_line, LIMIT_TEXT),
	MESSAGE_REPEATED(Hello, hello, config_facts, LIMIT_CONFIG_FACTS,
			 LIMIT_SHORT_TEXT),
	MESSAGE_BYTES(Hello, hello, build_id, LIMIT_NAME),
	MESSAGE_BYTES(SetupStep, setup_step, name, LIMIT_NAME),
	MESSAGE_BYTES(SetupStep, setup_step, detail, LIMIT_TEXT),
	MESSAGE_BYTES(SetupDone, setup_done, test_dev, LIMIT_PATH),
	MESSAGE_BYTES(SetupDone, setup_done, test_dir, LIMIT_PATH),
	MESSAGE_BYTES(SetupDone, setup_done, scratch_dev, LIMIT_PATH),
	MESSAGE_BYTES(SetupDone, setup_done, scratch_mnt, LIMIT_PATH),
	MESSAGE_BYTES(SetupDone, setup_done, scratch_pool, LIMIT_TEXT),
	MESSAGE_BYTES(SetupDone, setup_done, logwrites_dev, LIMIT_PATH),
	MESSAGE_BYTES(SetupDone, setup_done, warm, LIMIT_NAME),
	MESSAGE_BYTES(SetupDone, setup_done, warm_why, LIMIT_TEXT),
	MESSAGE_BYTES(SetupFailed, setup_failed, step, LIMIT_NAME),
	MESSAGE_BYTES(SetupFailed, setup_failed, reason, LIMIT_TEXT),
	MESSAGE_BYTES(TestStarted, test_started, name, LIMIT_NAME),
	MESSAGE_BYTES(TestFinished, test_finished, name, LIMIT_NAME),
	MESSAGE_BYTES(TestFinished, test_finished, notrun_reason, LIMIT_TEXT),
	MESSAGE_BYTES(TestFinished, test_finished, fs_problem, LIMIT_TEXT),
	MESSAGE_BYTES(TestFinished, test_finished, hint, LIMIT_TEXT),
	MESSAGE_BYTES(TestFinished, test_finished, leftovers_text, LIMIT_TEXT),
	MESSAGE_BYTES(TestFinished, test_finished, output_excerpt, LIMIT_TEXT),
	MESSAGE_BYTES(TestFinished, test_finished, wedged_text, LIMIT_TEXT),
	MESSAGE_BYTES(CheckExited, check_exited, last_output, LIMIT_TEXT),
	MESSAGE_BYTES(JobFinished, job_finished, reason, LIMIT_TEXT),
	MESSAGE_BYTES(ArtifactEnd, artifact_end, name, LIMIT_NAME),
	MESSAGE_BYTES(Trouble, trouble, text, LIMIT_TEXT),
	MESSAGE_REPEATED(KernelRecords, kernel_records, records,
			 LIMIT_KMSG_BATCH, 0),
	MESSAGE_BYTES(KernelRecord, kernel_record, text, LIMIT_KMSG_TEXT),
	MESSAGE_BYTES(KernelRecord, kernel_record, caller, LIMIT_NAME),
	MESSAGE_BYTES(ArtifactChunk, artifact_chunk, data, LIMIT_CHUNK),
	MESSAGE_BYTES(LogChunk, log_chunk, data, LIMIT_CHUNK),
	MESSAGE_BYTES(RunSpec, run_spec, config_name, LIMIT_SHORT_TEXT),
	MESSAGE_BYTES(RunSpec, run_spec, fstype, LIMIT_NAME),
	MESSAGE_BYTES(RunSpec, run_spec, mkfs_options, LIMIT_TEXT),
	MESSAGE_BYTES(RunSpec, run_spec, mount_options, LIMIT_TEXT),
	MESSAGE_REPEATED(RunSpec, run_spec, devices, LIMIT_DEVICES, 0),
	MESSAGE_BYTES(RunSpec, run_spec, tree_tag, LIMIT_NAME),
	MESSAGE_REPEATED(RunSpec, run_spec, tests, LIMIT_JOB_TESTS, LIMIT_NAME),
	MESSAGE_REPEATED(RunSpec, run_spec, test_timeouts_ms, LIMIT_JOB_TESTS,
			 0),
	MESSAGE_BYTES(RunSpec, run_spec, seed, LIMIT_SEED),
	MESSAGE_REPEATED(RunSpec, run_spec, environment, LIMIT_ENVIRONMENT,
			 LIMIT_TEXT),
	MESSAGE_BYTES(RunSpec, run_spec, warm_tag, LIMIT_NAME),
	MESSAGE_BYTES(RunSpec, run_spec, warm_tools, LIMIT_NAME),
	MESSAGE_BYTES(RunSpec, run_spec, warm_tree, LIMIT_NAME),
	MESSAGE_BYTES(Device, device, serial, MESSAGE_SERIAL),
	MESSAGE_BYTES(Stop, stop, reason, LIMIT_TEXT),
};

const struct message_limit *
message_limit(const ProtobufCMessageDescriptor *message,
	      const ProtobufCFieldDescriptor *field)
{
	size_t rows = sizeof(message_limits) / sizeof(message_limits[0]);

	for (size_t i = 0; i < rows; i++) {
		if (message_limits[i].message == message &&
		    message_limits[i].offset == field->offset)
			return &message_limits[i].limit;
	}
	return NULL;
}

static const char *message_check(ProtobufCMessage *message);

/* One value of a field. Returns NULL, or the name of what is over its limit. */
static const char *message_check_value(const ProtobufCFieldDescriptor *field,
				       const struct message_limit *limit,
				       const void *at)
{
	const char *const *text = at;
	const ProtobufCBinaryData *blob = at;
	ProtobufCMessage *const *inner = at;
	const int *value = at;
	bool fits = true;

	if (field->type == PROTOBUF_C_TYPE_STRING)
		fits = limit && (!*text || strlen(*text) <= limit->bytes);
	else if (field->type == PROTOBUF_C_TYPE_BYTES)
		fits = limit && blob->len <= limit->bytes;
	else if (field->type == PROTOBUF_C_TYPE_ENUM)
		fits = protobuf_c_enum_descriptor_get_value(field->descriptor,
							    *value);
	else if (field->type == PROTOBUF_C_TYPE_MESSAGE)
		return *inner ? message_check(*inner) : NULL;
	return fits ? NULL : field->name;
}

static const char *message_check_array(const ProtobufCFieldDescriptor *field,
				       const struct message_limit *limit,
				       const void *at, size_t count)
{
	const void *const *values = NULL;
	const char *why = NULL;

	if (limit && count <= limit->count &&
	    field->type == PROTOBUF_C_TYPE_UINT64)
		return NULL; /* any number */
	/* Arrays of anything else but pointers are not in the protocol. */
	if (!limit || count > limit->count ||
	    (field->type != PROTOBUF_C_TYPE_STRING &&
	     field->type != PROTOBUF_C_TYPE_MESSAGE))
		return field->name;
	memcpy(&values, at, sizeof(values));
	for (size_t i = 0; i < count && !why; i++)
		why = message_check_value(field, limit, values + i);
	return why;
}

static const char *message_check_field(ProtobufCMessage *message,
				       const ProtobufCFieldDescriptor *field)
{
	const struct message_limit *limit =
		message_limit(message->descriptor, field);
	const uint8_t *base = (const uint8_t *)message;
	const void *quantifier = base + field->quantifier_offset;
	const void *at = base + field->offset;
	size_t count = 0;
	uint32_t chosen = 0;

	if (field->label == PROTOBUF_C_LABEL_REPEATED) {
		memcpy(&count, quantifier, sizeof(count));
		return count ? message_check_array(field, limit, at, count)
			     : NULL;
	}
	if (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) {
		memcpy(&chosen, quantifier, sizeof(chosen));
		if (chosen != field->id)
			return NULL;
	}
	return message_check_value(field, limit, at);
}

static const char *message_check(ProtobufCMessage *message)
{
	const ProtobufCMessageDescriptor *descriptor = message->descriptor;
	const char *why = NULL;

	/* protobuf-c keeps fields that it does not know and would pack them
	 * again. That takes them into the journal, and there is a form of them
	 * (number 0) that it packs and then does not unpack: one message could
	 * hide all that comes after it. */
	message->n_unknown_fields = 0;
	message->unknown_fields = NULL;

	for (unsigned int i = 0; i < descriptor->n_fields && !why; i++)
		why = message_check_field(message, descriptor->fields + i);
	return why;
}

bool message_is_reliable(Pb__Envelope__BodyCase body)
{
	switch (body) {
	case PB__ENVELOPE__BODY_HELLO:
	case PB__ENVELOPE__BODY_SETUP_STEP:
	case PB__ENVELOPE__BODY_SETUP_DONE:
	case PB__ENVELOPE__BODY_SETUP_FAILED:
	case PB__ENVELOPE__BODY_CHECK_STARTED:
	case PB__ENVELOPE__BODY_TEST_STARTED:
	case PB__ENVELOPE__BODY_TEST_FINISHED:
	case PB__ENVELOPE__BODY_CHECK_EXITED:
	case PB__ENVELOPE__BODY_JOB_FINISHED:
	case PB__ENVELOPE__BODY_ARTIFACT_END:
	case PB__ENVELOPE__BODY_TROUBLE:
	case PB__ENVELOPE__BODY_KERNEL_RECORDS:
	case PB__ENVELOPE__BODY_RUN_SPEC:
	case PB__ENVELOPE__BODY_STOP:
	case PB__ENVELOPE__BODY_POWER_OFF:
		return true;
	case PB__ENVELOPE__BODY__NOT_SET:
	case PB__ENVELOPE__BODY_ACK:
	case PB__ENVELOPE__BODY_HEARTBEAT:
	case PB__ENVELOPE__BODY_ARTIFACT_CHUNK:
	case PB__ENVELOPE__BODY_LOG_CHUNK:
	case PB__ENVELOPE__BODY_HOST_BEAT:
	case _PB__ENVELOPE__BODY__CASE_IS_INT_SIZE:
		break;
	}
	return false;
}

bool message_is_from_guest(Pb__Envelope__BodyCase body)
{
	switch (body) {
	case PB__ENVELOPE__BODY_ACK:
	case PB__ENVELOPE__BODY_HELLO:
	case PB__ENVELOPE__BODY_SETUP_STEP:
	case PB__ENVELOPE__BODY_SETUP_DONE:
	case PB__ENVELOPE__BODY_SETUP_FAILED:
	case PB__ENVELOPE__BODY_CHECK_STARTED:
	case PB__ENVELOPE__BODY_TEST_STARTED:
	case PB__ENVELOPE__BODY_TEST_FINISHED:
	case PB__ENVELOPE__BODY_CHECK_EXITED:
	case PB__ENVELOPE__BODY_JOB_FINISHED:
	case PB__ENVELOPE__BODY_ARTIFACT_END:
	case PB__ENVELOPE__BODY_TROUBLE:
	case PB__ENVELOPE__BODY_KERNEL_RECORDS:
	case PB__ENVELOPE__BODY_HEARTBEAT:
	case PB__ENVELOPE__BODY_ARTIFACT_CHUNK:
	case PB__ENVELOPE__BODY_LOG_CHUNK:
		return true;
	case PB__ENVELOPE__BODY__NOT_SET:
	case PB__ENVELOPE__BODY_RUN_SPEC:
	case PB__ENVELOPE__BODY_STOP:
	case PB__ENVELOPE__BODY_POWER_OFF:
	case PB__ENVELOPE__BODY_HOST_BEAT:
	case _PB__ENVELOPE__BODY__CASE_IS_INT_SIZE:
		break;
	}
	return false;
}

const char *message_name(Pb__Envelope__BodyCase body)
{
	const ProtobufCFieldDescriptor *field =
		protobuf_c_message_descriptor_get_field(
			&pb__envelope__descriptor, body);

	return field && field->type == PROTOBUF_C_TYPE_MESSAGE ? field->name
							       : "unknown";
}

ssize_t message_pack(const Pb__Envelope *envelope, uint64_t sequence,
		     uint8_t *to, size_t cap)
{
	bool reliable = message_is_reliable(envelope->body_case);
	size_t len = pb__envelope__get_packed_size(envelope);

	must((sequence != 0) == reliable);
	if (len > LIMIT_MESSAGE || cap < FRAME_HEADER_SIZE ||
	    len > cap - FRAME_HEADER_SIZE)
		return -EMSGSIZE;
	pb__envelope__pack(envelope, to + FRAME_HEADER_SIZE);
	return (ssize_t)frame_encode(
		to, reliable ? FRAME_RELIABLE : FRAME_PLAIN, sequence,
		bytes_of(to + FRAME_HEADER_SIZE, len));
}

int message_unpack(struct bytes payload, struct arena *arena,
		   const Pb__Envelope **ret_envelope, const char **ret_why)
{
	Pb__Envelope *envelope = NULL;
	const char *why = NULL;

	envelope = pb__envelope__unpack(&arena->allocator, payload.len,
					payload.data);
	if (!envelope)
		return arena->full ? -ENOMEM : -EBADMSG;
	if (envelope->body_case == PB__ENVELOPE__BODY__NOT_SET)
		return -EBADMSG;
	why = message_check(&envelope->base);
	if (why) {
		*ret_why = why;
		return -ERANGE;
	}
	*ret_envelope = envelope;
	return 0;
}
