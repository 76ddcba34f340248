/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_session - every state and message, against the table in PROTOCOL.md. */
#include "host/link/session.h"
#include "shared/message.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { TESTS = 4, COLUMNS = SESSION_STATES + 1 };

static char *names[TESTS] = {(char *)(uintptr_t) "generic/001",
			     (char *)(uintptr_t) "generic/002",
			     (char *)(uintptr_t) "generic/001", /* -i 2 */
			     (char *)(uintptr_t) "generic/003"};
static Pb__RunSpec spec;
static struct session session;

static Pb__Envelope of_kind(Pb__Envelope__BodyCase body)
{
	static Pb__KernelRecords none = PB__KERNEL_RECORDS__INIT;
	Pb__Envelope envelope = PB__ENVELOPE__INIT;

	envelope.body_case = body;
	if (body == PB__ENVELOPE__BODY_KERNEL_RECORDS)
		envelope.kernel_records = &none;
	return envelope;
}

static int step(const Pb__Envelope *envelope)
{
	struct session before = session;
	const char *why = NULL;
	int rc = session_step(&session, envelope, &why);

	if (rc < 0) {
		assert_int_equal(rc, -EPROTO);
		assert_non_null(why);
		/* Nothing of a message that is refused is used. */
		assert_memory_equal(&before, &session, sizeof(session));
	}
	return rc;
}

static int simple(Pb__Envelope__BodyCase body)
{
	Pb__Envelope envelope = of_kind(body);

	return step(&envelope);
}

static int hello(const char *boot_id, uint32_t incarnation)
{
	Pb__Hello body = PB__HELLO__INIT;
	Pb__Envelope envelope = of_kind(PB__ENVELOPE__BODY_HELLO);

	body.protocol_version = MESSAGE_PROTOCOL_VERSION;
	body.boot_id = (char *)(uintptr_t)boot_id;
	body.incarnation = incarnation;
	envelope.hello = &body;
	return step(&envelope);
}

static int started_as(uint32_t index, uint32_t rerun, const char *name)
{
	Pb__TestStarted body = PB__TEST_STARTED__INIT;
	Pb__Envelope envelope = of_kind(PB__ENVELOPE__BODY_TEST_STARTED);

	body.index = index;
	body.rerun = rerun;
	body.name = (char *)(uintptr_t)name;
	envelope.test_started = &body;
	return step(&envelope);
}

static int started(uint32_t index)
{
	return started_as(index, 0, names[index]);
}

static int finished_as(uint32_t index, uint32_t rerun, const char *name)
{
	Pb__TestFinished body = PB__TEST_FINISHED__INIT;
	Pb__Envelope envelope = of_kind(PB__ENVELOPE__BODY_TEST_FINISHED);

	body.index = index;
	body.rerun = rerun;
	body.name = (char *)(uintptr_t)name;
	envelope.test_finished = &body;
	return step(&envelope);
}

static int finished(uint32_t index)
{
	return finished_as(index, 0, names[index]);
}

static int run(uint32_t index)
{
	int rc = started(index);

	return rc < 0 ? rc : finished(index);
}

static void begin(uint32_t loop_failures)
{
	pb__run_spec__init(&spec);
	spec.tests = names;
	spec.n_tests = TESTS;
	spec.loop_failures = loop_failures;
	session_init(&session, &spec);
}

static void begin_running(uint32_t loop_failures)
{
	begin(loop_failures);
	assert_int_equal(hello("boot", 1), 0);
	assert_int_equal(simple(PB__ENVELOPE__BODY_SETUP_DONE), 0);
	assert_int_equal(session.state, SESSION_RUNNING);
}

/* ---- the table ---- */

/* "| a | b |" -> "a", "b"; how many there are. */
static int cells_of(char *line, char *ret_cells[COLUMNS + 1])
{
	char *rest = NULL;
	int n = 0;

	if (line[0] != '|')
		return 0;
	for (char *cell = strtok_r(line, "| \n", &rest);
	     cell != NULL && n <= COLUMNS; cell = strtok_r(NULL, "| \n", &rest))
		ret_cells[n++] = cell;
	return n;
}

static void compare_row(char *const cells[COLUMNS], Pb__Envelope__BodyCase body)
{
	for (int i = 0; i < SESSION_STATES; i++) {
		bool documented = strcmp(cells[i + 1], "ok") == 0;

		if (!documented)
			assert_string_equal(cells[i + 1], "-");
		if (session_allows((enum session_state)i, body) != documented)
			fail_msg("%s in %s: PROTOCOL.md says %s", cells[0],
				 session_state_name((enum session_state)i),
				 cells[i + 1]);
	}
}

static Pb__Envelope__BodyCase body_named(const char *name)
{
	const ProtobufCFieldDescriptor *field =
		protobuf_c_message_descriptor_get_field_by_name(
			&pb__envelope__descriptor, name);

	return field == NULL ? PB__ENVELOPE__BODY__NOT_SET
			     : (Pb__Envelope__BodyCase)field->id;
}

static void compare_head(char *const cells[COLUMNS])
{
	for (int i = 0; i < SESSION_STATES; i++)
		assert_string_equal(cells[i + 1],
				    session_state_name((enum session_state)i));
}

/* Marks in `seen` what the table has, by the number of the field. */
static size_t read_table(bool *seen, size_t cap)
{
	FILE *file = fopen(FSTVM_PROTOCOL_MD, "re");
	char line[512];
	bool inside = false;
	size_t rows = 0;

	assert_non_null(file);
	while (fgets(line, sizeof(line), file) != NULL) {
		char *cells[COLUMNS + 1];
		int n = cells_of(line, cells);

		if (n == COLUMNS && strcmp(cells[0], "message") == 0) {
			compare_head(cells);
			inside = true;
		} else if (n == 0) {
			inside = false;
		} else if (inside && strncmp(cells[0], "---", 3) != 0) {
			Pb__Envelope__BodyCase body = body_named(cells[0]);

			assert_int_equal(n, COLUMNS);
			assert_true(body > 0 && (size_t)body < cap);
			assert_false(seen[body]);
			seen[body] = true;
			compare_row(cells, body);
			rows++;
		}
	}
	fclose(file);
	return rows;
}

static void test_table(void **state)
{
	const ProtobufCMessageDescriptor *envelope = &pb__envelope__descriptor;
	bool seen[64] = {false};
	size_t guest_kinds = 0;

	(void)state;
	assert_true(read_table(seen, sizeof(seen)) > 0);
	for (unsigned int i = 0; i < envelope->n_fields; i++) {
		Pb__Envelope__BodyCase body =
			(Pb__Envelope__BodyCase)envelope->fields[i].id;
		bool is_body =
			envelope->fields[i].type == PROTOBUF_C_TYPE_MESSAGE;
		bool in_table = is_body && message_is_from_guest(body) &&
				body != PB__ENVELOPE__BODY_ACK;

		if (!is_body)
			continue;
		if (seen[body] != in_table)
			fail_msg("%s: in the table or not?",
				 envelope->fields[i].name);
		guest_kinds += in_table;
		for (int s = 0; s < SESSION_STATES && !in_table; s++)
			assert_false(
				session_allows((enum session_state)s, body));
	}
	assert_int_equal(guest_kinds, 15);
}

static void enter(enum session_state state)
{
	begin(0);
	if (state >= SESSION_SETUP)
		assert_int_equal(hello("boot", 1), 0);
	if (state >= SESSION_RUNNING)
		assert_int_equal(simple(PB__ENVELOPE__BODY_SETUP_DONE), 0);
	if (state >= SESSION_FINISHED)
		assert_int_equal(simple(PB__ENVELOPE__BODY_JOB_FINISHED), 0);
	if (state == SESSION_CLOSED)
		session.state = SESSION_CLOSED;
	assert_int_equal(session.state, state);
}

static int step_good(Pb__Envelope__BodyCase body)
{
	if (body == PB__ENVELOPE__BODY_HELLO)
		return hello("boot", session.incarnation + 1);
	if (body == PB__ENVELOPE__BODY_TEST_STARTED)
		return started(0);
	if (body == PB__ENVELOPE__BODY_TEST_FINISHED)
		return finished(0);
	return simple(body);
}

/* session_step() goes by the table: a message that is good otherwise passes
 * where it is allowed, and nowhere else. */
static void test_every_state_and_message(void **state)
{
	const ProtobufCMessageDescriptor *envelope = &pb__envelope__descriptor;

	(void)state;
	for (unsigned int i = 0; i < envelope->n_fields; i++) {
		Pb__Envelope__BodyCase body =
			(Pb__Envelope__BodyCase)envelope->fields[i].id;

		if (envelope->fields[i].type != PROTOBUF_C_TYPE_MESSAGE)
			continue;
		for (int s = 0; s < SESSION_STATES; s++) {
			bool allowed =
				session_allows((enum session_state)s, body);

			enter((enum session_state)s);
			if (body == PB__ENVELOPE__BODY_TEST_FINISHED &&
			    s == SESSION_RUNNING)
				assert_int_equal(started(0), 0);
			assert_int_equal(step_good(body),
					 allowed ? 0 : -EPROTO);
		}
	}
}

/* ---- Hello ---- */

static void test_hello(void **state)
{
	Pb__Hello body = PB__HELLO__INIT;
	Pb__Envelope envelope = of_kind(PB__ENVELOPE__BODY_HELLO);

	(void)state;
	begin(0);
	envelope.hello = &body;
	body.boot_id = (char *)(uintptr_t) "boot";
	body.incarnation = 1;
	body.protocol_version = MESSAGE_PROTOCOL_VERSION + 1;
	assert_int_equal(step(&envelope), -EPROTO);
	body.protocol_version = MESSAGE_PROTOCOL_VERSION - 1;
	assert_int_equal(step(&envelope), -EPROTO);
	assert_int_equal(hello("boot", 0), -EPROTO);
	assert_int_equal(hello("", 1), -EPROTO);
	assert_int_equal(session.state, SESSION_HELLO);
	assert_int_equal(hello("boot", 1), 0);
	assert_int_equal(session.state, SESSION_SETUP);
}

static void test_incarnations(void **state)
{
	(void)state;
	begin_running(0);
	assert_int_equal(started(0), 0);
	assert_int_equal(hello("other", 2), -EPROTO);
	assert_int_equal(hello("boot", 1), -EPROTO);
	assert_int_equal(hello("boot", 3), 0); /* 2 died before it spoke */
	assert_int_equal(hello("boot", 2), -EPROTO);
	/* The successor goes on where the last one was. */
	assert_int_equal(session.state, SESSION_RUNNING);
	assert_int_equal(finished(0), 0);
}

/* The longest boot_id the protocol lets through is kept whole. */
static void test_long_boot_id(void **state)
{
	char id[LIMIT_SHORT_TEXT + 1];

	(void)state;
	memset(id, 'b', sizeof(id) - 1);
	id[sizeof(id) - 1] = '\0';
	begin(0);
	assert_int_equal(hello(id, 1), 0);
	assert_int_equal(hello(id, 2), 0);
	id[sizeof(id) - 2] = 'c';
	assert_int_equal(hello(id, 3), -EPROTO);
}

/* ---- tests ---- */

static void test_order(void **state)
{
	(void)state;
	begin_running(0);
	for (uint32_t i = 0; i < TESTS; i++)
		assert_int_equal(run(i), 0);
	for (uint32_t i = 0; i < TESTS; i++)
		assert_int_equal(started(i), -EPROTO);
	begin_running(0);
	assert_int_equal(run(2), 0); /* check has stepped over two */
	assert_int_equal(started(0), -EPROTO);
	assert_int_equal(started(1), -EPROTO);
	assert_int_equal(started(2), -EPROTO);
	assert_int_equal(run(3), 0);
}

static void test_indexes(void **state)
{
	static const uint32_t bad[] = {TESTS, TESTS + 1, 1U << 31, UINT32_MAX};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		begin_running(0);
		assert_int_equal(started_as(bad[i], 0, "generic/001"), -EPROTO);
		assert_int_equal(started(TESTS - 1), 0);
		assert_int_equal(finished_as(bad[i], 0, "generic/001"),
				 -EPROTO);
	}
}

static void test_names(void **state)
{
	(void)state;
	begin_running(0);
	assert_int_equal(started_as(0, 0, "generic/002"), -EPROTO);
	assert_int_equal(started_as(0, 0, ""), -EPROTO);
	assert_int_equal(started_as(0, 0, "../../etc/passwd"), -EPROTO);
	assert_int_equal(started(0), 0);
	assert_int_equal(finished_as(0, 0, "generic/002"), -EPROTO);
	assert_int_equal(finished(0), 0);
}

static void test_pairs(void **state)
{
	(void)state;
	begin_running(0);
	assert_int_equal(finished(0), -EPROTO);
	assert_int_equal(started(0), 0);
	assert_int_equal(started(0), -EPROTO);
	assert_int_equal(started(1), -EPROTO);
	assert_int_equal(finished(1), -EPROTO);
	assert_int_equal(finished_as(2, 0, names[0]), -EPROTO);
	assert_int_equal(simple(PB__ENVELOPE__BODY_JOB_FINISHED), -EPROTO);
	assert_int_equal(finished(0), 0);
	assert_int_equal(finished(0), -EPROTO);
	assert_int_equal(simple(PB__ENVELOPE__BODY_JOB_FINISHED), 0);
	assert_int_equal(simple(PB__ENVELOPE__BODY_JOB_FINISHED), -EPROTO);
}

static void test_reruns(void **state)
{
	enum { LOOPS = 2 };

	(void)state;
	begin_running(LOOPS);
	assert_int_equal(started_as(0, 1, names[0]), -EPROTO);
	assert_int_equal(run(0), 0);
	for (uint32_t rerun = 1; rerun <= LOOPS; rerun++) {
		assert_int_equal(started_as(1, rerun, names[1]), -EPROTO);
		assert_int_equal(started_as(0, rerun, names[0]), 0);
		assert_int_equal(finished_as(0, rerun - 1, names[0]), -EPROTO);
		assert_int_equal(finished_as(0, rerun, names[0]), 0);
	}
	assert_int_equal(started_as(0, LOOPS + 1, names[0]), -EPROTO);
	assert_int_equal(started_as(0, UINT32_MAX, names[0]), -EPROTO);
	assert_int_equal(run(1), 0);
	assert_int_equal(started_as(0, 1, names[0]), -EPROTO);
}

/* Their numbers neither repeat nor skip. */
static void test_rerun_numbers(void **state)
{
	(void)state;
	begin_running(3);
	assert_int_equal(run(0), 0);
	assert_int_equal(started_as(0, 2, names[0]), -EPROTO);
	assert_int_equal(started_as(0, 1, names[0]), 0);
	assert_int_equal(finished_as(0, 1, names[0]), 0);
	assert_int_equal(started_as(0, 1, names[0]), -EPROTO);
	assert_int_equal(started_as(0, 3, names[0]), -EPROTO);
	assert_int_equal(started_as(0, 2, names[0]), 0);
	assert_int_equal(finished_as(0, 2, names[0]), 0);
	assert_int_equal(run(1), 0);
	assert_int_equal(started_as(1, 2, names[1]), -EPROTO);
	assert_int_equal(started_as(1, 1, names[1]), 0);
}

static void test_no_reruns_without_loops(void **state)
{
	(void)state;
	begin_running(0);
	assert_int_equal(run(0), 0);
	assert_int_equal(started_as(0, 1, names[0]), -EPROTO);
}

/* An empty job: nothing of it can be started. */
static void test_empty_job(void **state)
{
	(void)state;
	begin_running(0);
	spec.n_tests = 0;
	assert_int_equal(started_as(0, 0, "generic/001"), -EPROTO);
	assert_int_equal(simple(PB__ENVELOPE__BODY_JOB_FINISHED), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_every_state_and_message),
		cmocka_unit_test(test_hello),
		cmocka_unit_test(test_incarnations),
		cmocka_unit_test(test_long_boot_id),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_indexes),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_pairs),
		cmocka_unit_test(test_reruns),
		cmocka_unit_test(test_rerun_numbers),
		cmocka_unit_test(test_no_reruns_without_loops),
		cmocka_unit_test(test_empty_job),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
