/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/record/event.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const struct event_origin origin = {
	.vm = 3, .boot = 7, .real_ns = 11, .mono_ns = 13};

static void event_carries_its_origin(void **state)
{
	Pb__Event event;

	(void)state;
	event_init(&event, &origin);
	assert_int_equal(event.vm, 3);
	assert_int_equal(event.boot, 7);
	assert_int_equal(event.real_ns, 11);
	assert_int_equal(event.mono_ns, 13);
	assert_int_equal(event.body_case, PB__EVENT__BODY__NOT_SET);
}

/* Every body that a guest can send, by the descriptors: it is an event just
 * when Event has a body of that name, and then of the same type. */
static void every_guest_body_is_moved(void **state)
{
	const ProtobufCMessageDescriptor *from = &pb__envelope__descriptor;
	unsigned int moved = 0;

	(void)state;
	for (unsigned int i = 0; i < from->n_fields; i++) {
		const ProtobufCFieldDescriptor *field = &from->fields[i];
		const ProtobufCFieldDescriptor *same =
			protobuf_c_message_descriptor_get_field_by_name(
				&pb__event__descriptor, field->name);
		Pb__Envelope envelope = PB__ENVELOPE__INIT;
		Pb__Hello body; /* never looked into */
		Pb__Event event;
		int r;

		if (field->type != PROTOBUF_C_TYPE_MESSAGE)
			continue;
		pb__hello__init(&body);
		envelope.mono_ns = 99;
		envelope.body_case = (Pb__Envelope__BodyCase)field->id;
		envelope.hello = &body;
		r = event_from_guest(&event, &origin, &envelope);
		assert_int_equal(r, same ? 0 : -ENOMSG);
		if (!same)
			continue;
		moved++;
		assert_ptr_equal(same->descriptor, field->descriptor);
		assert_int_equal(event.body_case, same->id);
		assert_ptr_equal(event.hello, &body);
		assert_int_equal(event.guest_mono_ns, 99);
		assert_int_equal(event.boot, 7);
		assert_string_equal(event_name(&event), field->name);
	}
	assert_int_equal(moved, 11);
}

static void event_without_a_body_is_unknown(void **state)
{
	Pb__Event event = PB__EVENT__INIT;

	(void)state;
	assert_string_equal(event_name(&event), "unknown");
	event.body_case = (Pb__Event__BodyCase)4711;
	assert_string_equal(event_name(&event), "unknown");
	event.body_case = PB__EVENT__BODY_RUN_STARTED;
	assert_string_equal(event_name(&event), "run_started");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(event_carries_its_origin),
		cmocka_unit_test(every_guest_body_is_moved),
		cmocka_unit_test(event_without_a_body_is_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
