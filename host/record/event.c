/* SPDX-License-Identifier: GPL-2.0-or-later */
/* event - see event.h. */
#include "host/record/event.h"

#include <errno.h>

void event_init(Pb__Event *event, const struct event_origin *origin)
{
	pb__event__init(event);
	event->vm = origin->vm;
	event->boot = origin->boot;
	event->real_ns = origin->real_ns;
	event->mono_ns = origin->mono_ns;
}

/* The bodies have the same name and type in both messages. */
#define MOVE(kind, field)                                  \
	case PB__ENVELOPE__BODY_##kind:                    \
		event->body_case = PB__EVENT__BODY_##kind; \
		event->field = envelope->field;            \
		return 0

int event_from_guest(Pb__Event *event, const struct event_origin *origin,
		     const Pb__Envelope *envelope)
{
	event_init(event, origin);
	event->guest_mono_ns = envelope->mono_ns;
	switch (envelope->body_case) {
		MOVE(HELLO, hello);
		MOVE(SETUP_STEP, setup_step);
		MOVE(SETUP_DONE, setup_done);
		MOVE(SETUP_FAILED, setup_failed);
		MOVE(CHECK_STARTED, check_started);
		MOVE(TEST_STARTED, test_started);
		MOVE(TEST_FINISHED, test_finished);
		MOVE(CHECK_EXITED, check_exited);
		MOVE(JOB_FINISHED, job_finished);
		MOVE(KERNEL_RECORDS, kernel_records);
		MOVE(TROUBLE, trouble);
	case PB__ENVELOPE__BODY__NOT_SET:
	case PB__ENVELOPE__BODY_ACK:
	case PB__ENVELOPE__BODY_ARTIFACT_END:
	case PB__ENVELOPE__BODY_HEARTBEAT:
	case PB__ENVELOPE__BODY_ARTIFACT_CHUNK:
	case PB__ENVELOPE__BODY_LOG_CHUNK:
	case PB__ENVELOPE__BODY_RUN_SPEC:
	case PB__ENVELOPE__BODY_STOP:
	case PB__ENVELOPE__BODY_POWER_OFF:
	case PB__ENVELOPE__BODY_HOST_BEAT:
	case _PB__ENVELOPE__BODY__CASE_IS_INT_SIZE:
		break;
	}
	return -ENOMSG;
}

const char *event_name(const Pb__Event *event)
{
	const ProtobufCFieldDescriptor *field;

	if (event->body_case == PB__EVENT__BODY__NOT_SET)
		return "unknown";
	field = protobuf_c_message_descriptor_get_field(
		&pb__event__descriptor, (unsigned int)event->body_case);
	return field ? field->name : "unknown";
}
