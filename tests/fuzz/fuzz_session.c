/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz_session - any messages in any order against the table of states.
 *
 * The input is a row of packed envelopes, each after its length in two bytes,
 * little-endian. What must hold: states only go forward, a message passes only
 * where session_allows() says so, one that is refused changes nothing, a test
 * runs alone, is of the job, and starts once but for counted repetitions.
 */
#include "host/link/session.h"
#include "shared/message.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { TESTS = 3, LOOPS = 2 };

static char *tests[TESTS] = {
	(char *)(uintptr_t) "generic/001",
	(char *)(uintptr_t) "generic/002",
	(char *)(uintptr_t) "generic/003",
};

struct seen {
	uint32_t started[TESTS];
	uint32_t finished[TESTS];
};

static uint32_t sum(const uint32_t counts[TESTS])
{
	uint32_t total = 0;

	for (int i = 0; i < TESTS; i++)
		total += counts[i];
	return total;
}

static void count(struct seen *seen, const Pb__Envelope *envelope)
{
	if (envelope->body_case == PB__ENVELOPE__BODY_TEST_STARTED) {
		must(envelope->test_started->index < TESTS);
		seen->started[envelope->test_started->index]++;
	}
	if (envelope->body_case == PB__ENVELOPE__BODY_TEST_FINISHED) {
		must(envelope->test_finished->index < TESTS);
		seen->finished[envelope->test_finished->index]++;
	}
}

static void check(const struct session *session, const struct seen *seen)
{
	uint32_t started = sum(seen->started);
	uint32_t finished = sum(seen->finished);

	must(started == finished + session->test_active);
	must(session->state != SESSION_FINISHED || !session->test_active);
	must(session->state >= SESSION_RUNNING || started == 0);
	for (int i = 0; i < TESTS; i++)
		must(seen->finished[i] <= seen->started[i]);
}

static bool is_same(const struct session *a, const struct session *b)
{
	return a->state == b->state && strcmp(a->boot_id, b->boot_id) == 0 &&
	       a->incarnation == b->incarnation &&
	       a->test_active == b->test_active &&
	       a->test_index == b->test_index &&
	       a->test_rerun == b->test_rerun && a->next_index == b->next_index;
}

static void step(struct session *session, struct seen *seen,
		 const Pb__Envelope *envelope)
{
	struct session before = *session;
	bool allowed = session_allows(session->state, envelope->body_case);
	const char *why = NULL;

	if (session_step(session, envelope, &why) < 0) {
		must(why && *why);
		must(is_same(&before, session));
		return;
	}
	must(allowed && !why);
	must(session->state >= before.state);
	must(session->incarnation >= before.incarnation);
	count(seen, envelope);
	check(session, seen);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static _Alignas(16) uint8_t storage[LIMIT_ARENA];
	struct bytes input = bytes_of(data, size);
	Pb__RunSpec spec = PB__RUN_SPEC__INIT;
	struct session session;
	struct seen seen = {0};
	struct arena arena;

	spec.tests = tests;
	spec.n_tests = TESTS;
	spec.loop_failures = LOOPS;
	memset(&session, 0, sizeof(session));
	session_init(&session, &spec);
	arena_init(&arena, storage, sizeof(storage));
	while (input.len >= 2) {
		struct bytes head = bytes_take(&input, 2);
		size_t len = (size_t)(head.data[0] | head.data[1] << 8);
		struct bytes payload = bytes_take(&input, len);
		const Pb__Envelope *envelope;
		const char *why;

		arena_reset(&arena);
		if (message_unpack(payload, &arena, &envelope, &why) == 0)
			step(&session, &seen, envelope);
	}
	return 0;
}
