/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_cuts - one session, interleaved, cut and damaged ten thousand times.
 *
 * An honest guest made of the real wire says what is written down below, in
 * pieces of any size, while the host's real library listens. Its agent is
 * killed at any moment, with whatever was under way. However it went: what the
 * host has journalled is a beginning of what was to be said, each message once
 * and in order; it is at least what the guest has seen acknowledged; and the
 * result is the fold of just that.
 */
#include "tests/integration/liar.h"

#include "host/record/event.h"
#include "shared/fd.h"
#include "shared/wire.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zlib.h>

#include <cmocka.h>

enum {
#ifdef __SANITIZE_ADDRESS__ /* five times slower */
	CUTS = 1500,
	DAMAGES = 1500,
#else
	CUTS = 6000,
	DAMAGES = 6000,
#endif
	TESTS = 3,
	LINES_MAX = 64,
	EVENT_MAX = 4096,
	FILE_BYTES = 90000, /* of an artifact: three chunks */
	CHUNKS = 3,
	STEPS_DEADLY = 3000, /* after these nobody dies any more */
	STEPS_MAX = 100000,
	STREAM_MAX = 1024 * 1024,
};

/* ---- chance ---- */

static uint64_t chance_state;
static uint64_t round_number; /* to be named when a test fails */

static void chance_begin(uint64_t seed)
{
	round_number = seed;
	chance_state = (seed + 1) * 0x9e3779b97f4a7c15;
}

static uint32_t chance(uint32_t below)
{
	chance_state ^= chance_state << 13;
	chance_state ^= chance_state >> 7;
	chance_state ^= chance_state << 17;
	return (uint32_t)(chance_state >> 33) % below;
}

/* ---- what is to be said ---- */

struct line {
	Pb__Envelope__BodyCase body;
	uint32_t index; /* the test's */
};

static struct line lines[LINES_MAX];
static size_t line_count;
static uint8_t events[LINES_MAX]
		     [EVENT_MAX]; /* packed, without time and place */
static size_t event_len[LINES_MAX];
static uint8_t file[FILE_BYTES];
static uint8_t packed[FILE_BYTES * 2];
static size_t packed_len;

static const char *const names[TESTS] = {"generic/001", "generic/002",
					 "generic/003"};
static const Pb__CheckVerdict verdicts[TESTS] = {
	PB__CHECK_VERDICT__CHECK_VERDICT_PASS,
	PB__CHECK_VERDICT__CHECK_VERDICT_FAIL,
	PB__CHECK_VERDICT__CHECK_VERDICT_NOTRUN};

/* Bodies with room of their own; only one is used at a time. */
struct words {
	Pb__Envelope envelope;
	Pb__Hello hello;
	Pb__SetupStep setup_step;
	Pb__SetupDone setup_done;
	Pb__CheckStarted check_started;
	Pb__TestStarted test_started;
	Pb__KernelRecords kernel_records;
	Pb__KernelRecord record;
	Pb__KernelRecord *records[1];
	Pb__TestFinished test_finished;
	Pb__ArtifactEnd artifact_end;
	Pb__ArtifactChunk artifact_chunk;
	Pb__CheckExited check_exited;
	Pb__JobFinished job_finished;
};

static char *text(const char *constant)
{
	return (char *)(uintptr_t)constant;
}

static void fill_test(struct words *words, const struct line *line)
{
	pb__test_started__init(&words->test_started);
	words->test_started.index = line->index;
	words->test_started.name = text(names[line->index]);
	pb__test_finished__init(&words->test_finished);
	words->test_finished.index = line->index;
	words->test_finished.name = text(names[line->index]);
	words->test_finished.check_verdict = verdicts[line->index];
	words->test_finished.notrun_reason = text("no reason");
}

static void fill_records(struct words *words, const struct line *line)
{
	pb__kernel_record__init(&words->record);
	words->record.sequence = line->index + 1;
	words->record.text = text("a line of the kernel");
	words->records[0] = &words->record;
	pb__kernel_records__init(&words->kernel_records);
	words->kernel_records.records = words->records;
	words->kernel_records.n_records = 1;
}

static void fill_setup(struct words *words)
{
	pb__setup_step__init(&words->setup_step);
	words->setup_step.name = text("devices");
	pb__setup_done__init(&words->setup_done);
	pb__check_started__init(&words->check_started);
	pb__check_exited__init(&words->check_exited);
	pb__job_finished__init(&words->job_finished);
	words->job_finished.end = PB__JOB_END__JOB_END_COMPLETE;
}

/* All but Hello and artifacts, which depend on the agent's life. */
static void fill(struct words *words, const struct line *line)
{
	pb__envelope__init(&words->envelope);
	words->envelope.body_case = line->body;
	fill_setup(words);
	fill_test(words, line);
	fill_records(words, line);
	if (line->body == PB__ENVELOPE__BODY_SETUP_STEP)
		words->envelope.setup_step = &words->setup_step;
	else if (line->body == PB__ENVELOPE__BODY_SETUP_DONE)
		words->envelope.setup_done = &words->setup_done;
	else if (line->body == PB__ENVELOPE__BODY_CHECK_STARTED)
		words->envelope.check_started = &words->check_started;
	else if (line->body == PB__ENVELOPE__BODY_TEST_STARTED)
		words->envelope.test_started = &words->test_started;
	else if (line->body == PB__ENVELOPE__BODY_KERNEL_RECORDS)
		words->envelope.kernel_records = &words->kernel_records;
	else if (line->body == PB__ENVELOPE__BODY_TEST_FINISHED)
		words->envelope.test_finished = &words->test_finished;
	else if (line->body == PB__ENVELOPE__BODY_CHECK_EXITED)
		words->envelope.check_exited = &words->check_exited;
	else if (line->body == PB__ENVELOPE__BODY_JOB_FINISHED)
		words->envelope.job_finished = &words->job_finished;
}

static void add_line(Pb__Envelope__BodyCase body, uint32_t index)
{
	static const struct event_origin nowhere;
	struct words words;
	Pb__Event event;
	size_t n = line_count++;

	assert_true(line_count <= LINES_MAX);
	lines[n] = (struct line){body, index};
	if (body == PB__ENVELOPE__BODY_ARTIFACT_END)
		return;
	fill(&words, &lines[n]);
	assert_int_equal(event_from_guest(&event, &nowhere, &words.envelope),
			 0);
	event_len[n] = pb__event__get_packed_size(&event);
	assert_true(event_len[n] <= EVENT_MAX);
	pb__event__pack(&event, events[n]);
}

static int write_down(void **state)
{
	uLongf len = sizeof(packed);

	(void)state;
	chance_begin(0);
	for (size_t i = 0; i < sizeof(file); i++)
		file[i] = (uint8_t)chance(256);
	assert_int_equal(compress2(packed, &len, file, sizeof(file), 1), Z_OK);
	packed_len = len;
	assert_true(packed_len > (CHUNKS - 1) * LIMIT_CHUNK);
	add_line(PB__ENVELOPE__BODY_SETUP_STEP, 0);
	add_line(PB__ENVELOPE__BODY_SETUP_DONE, 0);
	add_line(PB__ENVELOPE__BODY_CHECK_STARTED, 0);
	for (uint32_t i = 0; i < TESTS; i++) {
		add_line(PB__ENVELOPE__BODY_TEST_STARTED, i);
		add_line(PB__ENVELOPE__BODY_KERNEL_RECORDS, i);
		add_line(PB__ENVELOPE__BODY_TEST_FINISHED, i);
		add_line(PB__ENVELOPE__BODY_ARTIFACT_END, i);
	}
	add_line(PB__ENVELOPE__BODY_CHECK_EXITED, 0);
	add_line(PB__ENVELOPE__BODY_JOB_FINISHED, 0);
	return 0;
}

/* ---- the guest ---- */

struct guest {
	int fd;
	struct outbox outbox;
	uint64_t received_upto;
	struct wire wire;
	struct wire_storage storage;
	uint32_t incarnation;
	/* Survive an agent, as in the job. */
	size_t next_line;
	uint32_t artifacts; /* numbers given out */
	/* Of the present agent. */
	uint32_t artifact; /* number of the one under way; 0: none */
	size_t sent;	   /* bytes of it */
	bool powered_off;
};

static struct guest guest;

static void say_hello(void)
{
	Pb__Hello hello = PB__HELLO__INIT;
	Pb__Envelope envelope = PB__ENVELOPE__INIT;

	hello.protocol_version = MESSAGE_PROTOCOL_VERSION;
	hello.boot_id = text("boot");
	hello.incarnation = guest.incarnation;
	hello.received_upto = guest.received_upto;
	envelope.body_case = PB__ENVELOPE__BODY_HELLO;
	envelope.hello = &hello;
	assert_int_equal(wire_send(&guest.wire, &envelope), 0);
}

static void new_agent(void)
{
	guest.incarnation++;
	guest.artifact = 0;
	guest.sent = 0;
	wire_init(&guest.wire, &guest.storage, &guest.outbox,
		  &guest.received_upto, true);
	say_hello();
}

static void guest_begin(int fd)
{
	guest.fd = fd;
	guest.received_upto = 0;
	guest.incarnation = 0;
	guest.next_line = 0;
	guest.artifacts = 0;
	guest.powered_off = false;
	outbox_init(&guest.outbox);
	new_agent();
}

static void say_chunk(void)
{
	Pb__ArtifactChunk chunk = PB__ARTIFACT_CHUNK__INIT;
	Pb__Envelope envelope = PB__ENVELOPE__INIT;
	size_t len = packed_len - guest.sent;

	if (len > LIMIT_CHUNK)
		len = LIMIT_CHUNK;
	if (guest.artifact == 0)
		guest.artifact = ++guest.artifacts;
	chunk.artifact = guest.artifact;
	chunk.data.data = packed + guest.sent;
	chunk.data.len = len;
	envelope.body_case = PB__ENVELOPE__BODY_ARTIFACT_CHUNK;
	envelope.artifact_chunk = &chunk;
	if (wire_send(&guest.wire, &envelope) == 0)
		guest.sent += len;
}

static void say_artifact_end(uint32_t index)
{
	Pb__ArtifactEnd end = PB__ARTIFACT_END__INIT;
	Pb__Envelope envelope = PB__ENVELOPE__INIT;

	end.artifact = guest.artifact;
	end.index = index;
	end.name = text("xxx.full");
	end.size_bytes = sizeof(file);
	end.kept_bytes = sizeof(file);
	end.wire_bytes = packed_len;
	end.crc32 = (uint32_t)crc32(0, file, sizeof(file));
	envelope.body_case = PB__ENVELOPE__BODY_ARTIFACT_END;
	envelope.artifact_end = &end;
	assert_int_equal(wire_send(&guest.wire, &envelope), 0);
	guest.artifact = 0;
	guest.sent = 0;
	guest.next_line++;
}

/* The next step of what is to be said. */
static void say_next(void)
{
	const struct line *line = &lines[guest.next_line];
	struct words words;

	/* Its place is after the RunSpec. */
	if (guest.next_line == line_count || guest.received_upto == 0)
		return;
	if (line->body == PB__ENVELOPE__BODY_ARTIFACT_END) {
		if (guest.sent < packed_len)
			say_chunk();
		else if (wire_is_idle(&guest.wire))
			say_artifact_end(line->index);
		return;
	}
	fill(&words, line);
	assert_int_equal(wire_send(&guest.wire, &words.envelope), 0);
	guest.next_line++;
}

static void write_some(void)
{
	size_t len;
	const uint8_t *data = wire_tx(&guest.wire, &len);
	ssize_t n;

	if (len == 0)
		return;
	if (chance(2) == 0)
		len = 1 + chance((uint32_t)len);
	n = send(guest.fd, data, len, MSG_NOSIGNAL | MSG_DONTWAIT);
	if (n > 0)
		wire_tx_done(&guest.wire, (size_t)n);
}

static void take_messages(void)
{
	const Pb__Envelope *envelope;
	uint64_t sequence;
	int rc;

	while ((rc = wire_next(&guest.wire, &envelope, &sequence)) == 1) {
		if (envelope->body_case == PB__ENVELOPE__BODY_POWER_OFF)
			guest.powered_off = true;
		wire_accept(&guest.wire, sequence);
	}
	if (rc < 0)
		fail_msg("the host broke the protocol: %s", guest.wire.why);
}

static void read_some(void)
{
	size_t room;
	uint8_t *to = wire_rx_room(&guest.wire, &room);
	ssize_t n;

	if (chance(2) == 0)
		room = 1 + chance(100);
	n = recv(guest.fd, to, room, MSG_DONTWAIT);
	if (n <= 0)
		return;
	wire_rx_filled(&guest.wire, (size_t)n);
	take_messages();
}

/* ---- what must be true ---- */

static bool is_line(const Pb__Event *event, size_t n)
{
	static uint8_t bytes[EVENT_MAX];
	Pb__Event plain = *event;
	size_t len;

	plain.real_ns = plain.mono_ns = plain.guest_mono_ns = 0;
	plain.vm = plain.boot = 0;
	len = pb__event__get_packed_size(&plain);
	if (n >= line_count || len != event_len[n])
		return false;
	pb__event__pack(&plain, bytes);
	return memcmp(bytes, events[n], len) == 0;
}

/* What the journal has of the guest is lines[0..n) without the artifacts'
 * ends; returns n. Hellos count up. */
static size_t check_journal_is_beginning(const struct controller *controller)
{
	struct journal_reader reader;
	const Pb__Event *event = NULL;
	uint32_t incarnation = 0;
	size_t n = 0;
	int rc;

	assert_int_equal(journal_reader_open(&reader, controller->outdir.fd),
			 0);
	while ((rc = journal_reader_next(&reader, &event)) == 1) {
		if (event->body_case < PB__EVENT__BODY_HELLO)
			continue;
		if (event->body_case == PB__EVENT__BODY_HELLO) {
			assert_true(event->hello->incarnation > incarnation);
			incarnation = event->hello->incarnation;
			continue;
		}
		while (n < line_count &&
		       lines[n].body == PB__ENVELOPE__BODY_ARTIFACT_END)
			n++;
		if (!is_line(event, n))
			fail_msg("round %llu: line %zu is %s",
				 (unsigned long long)round_number, n,
				 event_name(event));
		n++;
	}
	assert_int_equal(rc, 0);
	journal_reader_close(&reader);
	return n;
}

static Pb__Verdict expected_verdict(size_t said, uint32_t index)
{
	static const Pb__Verdict of_check[] = {
		[PB__CHECK_VERDICT__CHECK_VERDICT_PASS] =
			PB__VERDICT__VERDICT_PASS,
		[PB__CHECK_VERDICT__CHECK_VERDICT_FAIL] =
			PB__VERDICT__VERDICT_FAIL,
		[PB__CHECK_VERDICT__CHECK_VERDICT_NOTRUN] =
			PB__VERDICT__VERDICT_NOTRUN,
	};
	Pb__Verdict verdict = PB__VERDICT__VERDICT_NOT_REACHED;

	for (size_t i = 0; i < said; i++) {
		if (lines[i].index != index)
			continue;
		if (lines[i].body == PB__ENVELOPE__BODY_TEST_STARTED)
			verdict = PB__VERDICT__VERDICT_LOST;
		if (lines[i].body == PB__ENVELOPE__BODY_TEST_FINISHED)
			verdict = of_check[verdicts[index]];
	}
	return verdict;
}

/* What is called whole is whole. */
static uint32_t check_artifacts(const struct controller *controller,
				uint32_t index)
{
	static uint8_t got[FILE_BYTES + 1];
	const struct ledger_test *test = result_test(controller->result, index);
	const struct attempt *attempt =
		test->attempt_count > 0 ? test->attempts : NULL;
	uint32_t whole = 0;

	for (uint32_t i = 0; attempt != NULL && i < attempt->artifact_count;
	     i++) {
		const struct attempt_artifact *artifact =
			&attempt->artifacts[i];
		fd_auto int fd = -1;

		if (artifact->incomplete)
			continue;
		fd = fd_openat(controller->outdir.fd, artifact->path, O_RDONLY,
			       0);
		assert_true(fd >= 0);
		assert_int_equal(fd_read_all(fd, got, sizeof(got)),
				 sizeof(file));
		assert_memory_equal(got, file, sizeof(file));
		whole++;
	}
	return whole;
}

static void check_round(struct liar *liar)
{
	const struct controller *controller = &liar->controller;
	size_t said = check_journal_is_beginning(controller);

	for (uint32_t i = 0; i < TESTS; i++) {
		assert_true(check_artifacts(controller, i) <= 1);
		assert_int_equal(result_test(controller->result, i)->verdict,
				 expected_verdict(said, i));
	}
	assert_true(guest.outbox.acked <= controller->channel.received_upto);
}

/* ---- interleavings and cuts ---- */

/* One thing happens, of those that can. */
static void happen(struct liar *liar, uint32_t deadliness)
{
	switch (chance(4)) {
	case 0:
		say_next();
		break;
	case 1:
		write_some();
		break;
	case 2:
		read_some();
		break;
	default:
		ev_run(liar->loop, EVRUN_NOWAIT);
		break;
	}
	if (deadliness > 0 && chance(deadliness) == 0)
		new_agent();
}

/* The host has it all, and both sides know. */
static bool is_at_its_end(const struct liar *liar)
{
	return liar->controller.broken ||
	       (guest.powered_off && outbox_is_empty(&guest.outbox));
}

static unsigned int ended, agents; /* of all rounds */

static void play_round(uint64_t seed)
{
	static const uint32_t deadliness[] = {0, 20, 60, 200};
	struct liar liar;
	uint32_t deadly, step, steps;

	chance_begin(seed);
	deadly = deadliness[chance(4)];
	/* Half of them are cut for good somewhere; the others must end. */
	steps = chance(2) == 0 ? chance(300) : STEPS_MAX;
	liar_open(&liar);
	liar.controller.keeps_running = false;
	guest_begin(liar.fd);
	for (step = 0; step < steps && !is_at_its_end(&liar); step++)
		happen(&liar, step < STEPS_DEADLY ? deadly : 0);
	if (liar.controller.broken)
		fail_msg("round %llu: %s", (unsigned long long)seed,
			 liar.controller.why);
	if (step == STEPS_MAX)
		fail_msg("round %llu does not end", (unsigned long long)seed);
	check_round(&liar);
	ended += guest.powered_off;
	agents += guest.incarnation;
	if (guest.powered_off && guest.incarnation == 1)
		for (uint32_t i = 0; i < TESTS; i++)
			assert_int_equal(check_artifacts(&liar.controller, i),
					 1);
	liar_close(&liar);
}

static void test_cuts(void **state)
{
	(void)state;
	for (uint64_t seed = 0; seed < CUTS; seed++)
		play_round(seed);
	print_message("%u of %d rounds came to their end, with %u agents\n",
		      ended, CUTS, agents);
	/* Or it would not be about much. */
	assert_true(ended > CUTS / 4 && ended < CUTS);
	assert_true(agents > CUTS * 2);
}

/* ---- damages ---- */

static uint8_t stream[STREAM_MAX];
static size_t stream_len;

/* The session as it goes over the wire, without an agent's death. */
static void record_stream(void)
{
	const uint8_t *data;
	size_t len;

	guest_begin(-1);
	guest.received_upto = 1; /* the RunSpec has come */
	stream_len = 0;
	while (guest.next_line < line_count || !wire_is_idle(&guest.wire)) {
		say_next();
		data = wire_tx(&guest.wire, &len);
		assert_true(stream_len + len <= sizeof(stream));
		memcpy(stream + stream_len, data, len);
		stream_len += len;
		wire_tx_done(&guest.wire, len);
	}
}

/* Small ones where the small frames are, and large ones anywhere. */
static void damage(uint8_t *bytes, size_t *len)
{
	size_t at = chance((uint32_t)*len);
	size_t part = 1 + chance(chance(2) == 0 ? 64 : 40000);

	if (part > *len - at)
		part = *len - at;
	switch (chance(4)) {
	case 0:
		bytes[at] ^= (uint8_t)(1U << chance(8));
		break;
	case 1: /* lost */
		memmove(bytes + at, bytes + at + part, *len - at - part);
		*len -= part;
		break;
	case 2: /* twice */
		if (*len + part > STREAM_MAX)
			break;
		memmove(bytes + at + part, bytes + at, *len - at);
		*len += part;
		break;
	default: /* two parts change places */
		for (size_t i = 0; i < part / 2; i++) {
			uint8_t byte = bytes[at + i];

			bytes[at + i] = bytes[at + part - 1 - i];
			bytes[at + part - 1 - i] = byte;
		}
		break;
	}
}

static void play_damaged(uint64_t seed, uint8_t *bytes)
{
	struct liar liar;
	size_t len = stream_len;
	uint32_t damages;

	chance_begin(seed);
	memcpy(bytes, stream, stream_len);
	damages = 1 + chance(4);
	while (damages-- > 0 && len > 0)
		damage(bytes, &len);
	liar_open(&liar);
	liar_push(&liar, bytes, len);
	check_round(&liar);
	liar_close(&liar);
}

static void test_damages(void **state)
{
	uint8_t *bytes = malloc(STREAM_MAX);

	(void)state;
	assert_non_null(bytes);
	record_stream();
	guest.outbox.acked = 0;
	for (uint64_t seed = 0; seed < DAMAGES; seed++)
		play_damaged(seed, bytes);
	free(bytes);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cuts),
		cmocka_unit_test(test_damages),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests(tests, write_down, NULL);
}
