/* SPDX-License-Identifier: GPL-2.0-or-later */
/* controller - the host's library around one channel, without QEMU and vng. */
#include "tests/integration/controller.h"

#include "host/record/event.h"
#include "host/report/json.h"
#include "shared/clock.h"
#include "shared/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define TICK_S 0.01

enum { BOOT = 1 };

static Pb__Device test_device;
static Pb__Device scratch_device;
static Pb__Device *devices[] = {&test_device, &scratch_device};

static void fill_device(Pb__Device *device, Pb__DeviceRole role)
{
	pb__device__init(device);
	device->role = role;
	device->backing = PB__DEVICE_BACKING__DEVICE_BACKING_LOOP;
	device->size_bytes = UINT64_C(64) << 20;
}

void controller_init(struct controller *controller, const char *const *tests)
{
	Pb__RunSpec *spec = &controller->spec;

	memset(controller, 0, sizeof(*controller));
	controller->log_fd = -1;
	pb__run_spec__init(spec);
	fill_device(&test_device, PB__DEVICE_ROLE__DEVICE_ROLE_TEST);
	fill_device(&scratch_device, PB__DEVICE_ROLE__DEVICE_ROLE_SCRATCH);
	spec->config_name = (char *)(uintptr_t) "default";
	spec->fstype = (char *)(uintptr_t) "ext4";
	spec->devices = devices;
	spec->n_devices = 2;
	spec->tree_tag = (char *)(uintptr_t) "fstvm.tree";
	for (; tests[spec->n_tests] != NULL; spec->n_tests++) {
		assert_true(spec->n_tests < CONTROLLER_TESTS);
		controller->tests[spec->n_tests] =
			(char *)(uintptr_t)tests[spec->n_tests];
	}
	spec->tests = controller->tests;
	spec->test_timeout_ms = 60000;
	spec->post_check_timeout_ms = 60000;
	spec->setup_timeout_ms = 60000;
	spec->heartbeat_ms = 5000;
	spec->artifact_cap_bytes = LIMIT_ARTIFACT_BYTES;
	spec->test_artifacts_cap_bytes = LIMIT_TEST_ARTIFACTS_BYTES;
}

/* ---- events ---- */

static struct event_origin origin_now(void)
{
	return (struct event_origin){
		.boot = BOOT,
		.real_ns = clock_real_ns(),
		.mono_ns = clock_mono_ns(),
	};
}

static void take_event(struct controller *controller, const Pb__Event *event)
{
	assert_int_equal(journal_append(&controller->journal, event), 0);
	assert_int_equal(result_apply(controller->result, event), 0);
}

static Pb__Event new_event(Pb__Event__BodyCase body)
{
	struct event_origin origin = origin_now();
	Pb__Event event;

	event_init(&event, &origin);
	event.body_case = body;
	return event;
}

static void say_run_started(struct controller *controller)
{
	Pb__Event event = new_event(PB__EVENT__BODY_RUN_STARTED);
	Pb__RunStarted started = PB__RUN_STARTED__INIT;
	Pb__PlannedTest tests[CONTROLLER_TESTS];
	Pb__PlannedTest *list[CONTROLLER_TESTS];

	started.journal_version = JOURNAL_VERSION;
	started.suite = (char *)(uintptr_t) "smoke";
	started.config_name = controller->spec.config_name;
	started.fstype = controller->spec.fstype;
	started.loop_failures = controller->spec.loop_failures;
	started.test_timeout_ms = controller->spec.test_timeout_ms;
	started.post_check_timeout_ms = controller->spec.post_check_timeout_ms;
	for (size_t i = 0; i < controller->spec.n_tests; i++) {
		pb__planned_test__init(&tests[i]);
		tests[i].name = controller->tests[i];
		list[i] = &tests[i];
	}
	started.tests = list;
	started.n_tests = controller->spec.n_tests;
	event.run_started = &started;
	take_event(controller, &event);
}

static void say_vm_started(struct controller *controller)
{
	Pb__Event event = new_event(PB__EVENT__BODY_VM_STARTED);
	Pb__VmStarted started = PB__VM_STARTED__INIT;
	uint32_t plan[CONTROLLER_TESTS];
	uint32_t attempt[CONTROLLER_TESTS] = {0};

	for (uint32_t i = 0; i < controller->spec.n_tests; i++)
		plan[i] = i;
	started.plan = plan;
	started.n_plan = controller->spec.n_tests;
	started.attempt = attempt;
	started.n_attempt = controller->spec.n_tests;
	event.vm_started = &started;
	take_event(controller, &event);
}

static void protocol_broken(struct controller *controller, const char *why)
{
	Pb__Event event = new_event(PB__EVENT__BODY_PROTOCOL_BROKEN);
	Pb__ProtocolBroken broken = PB__PROTOCOL_BROKEN__INIT;

	controller->broken = true;
	snprintf(controller->why, sizeof(controller->why), "%s", why);
	broken.reason = (char *)(uintptr_t)why;
	broken.skipped_bytes = wire_skipped(&controller->channel.wire);
	event.protocol_broken = &broken;
	take_event(controller, &event);
}

/* ---- bulk ---- */

static struct artifact_origin origin_of(const struct controller *controller,
					const Pb__ArtifactEnd *end)
{
	return (struct artifact_origin){
		.config = controller->spec.config_name,
		.test = controller->tests[end->index],
		.attempt = end->rerun,
		.guest_name = end->name,
	};
}

static void take_evidence(struct controller *controller,
			  const Pb__ArtifactEnd *end)
{
	Pb__Event event = new_event(PB__EVENT__BODY_EVIDENCE_STORED);
	Pb__EvidenceStored stored = PB__EVIDENCE_STORED__INIT;
	struct artifact_origin which = origin_of(controller, end);
	struct artifact_stored kept;

	which.is_evidence = true;
	assert_int_equal(
		artifact_store_end(&controller->artifacts, end, &which, &kept),
		0);
	assert_false(kept.incomplete);
	stored.in_test = true;
	stored.test = end->index;
	stored.attempt = end->rerun;
	stored.name = (char *)(uintptr_t)evidence_guest_name(&which);
	stored.path = kept.path;
	stored.kept_bytes = kept.kept_bytes;
	event.evidence_stored = &stored;
	take_event(controller, &event);
}

static void take_artifact(struct controller *controller,
			  const Pb__ArtifactEnd *end)
{
	Pb__Event event = new_event(PB__EVENT__BODY_ARTIFACT_STORED);
	Pb__ArtifactStored stored = PB__ARTIFACT_STORED__INIT;
	struct artifact_origin which;
	struct artifact_stored kept;

	if (end->index >= controller->spec.n_tests)
		return; /* of a test that is none: nothing is kept */
	if (end->evidence) {
		take_evidence(controller, end);
		return;
	}
	which = origin_of(controller, end);
	assert_int_equal(
		artifact_store_end(&controller->artifacts, end, &which, &kept),
		0);
	stored.test = end->index;
	stored.attempt = end->rerun;
	stored.guest_name = end->name;
	stored.path = kept.path;
	stored.size_bytes = kept.size_bytes;
	stored.kept_bytes = kept.kept_bytes;
	stored.incomplete = kept.incomplete;
	event.artifact_stored = &stored;
	take_event(controller, &event);
}

static void take_bulk(struct controller *controller,
		      const Pb__Envelope *envelope)
{
	if (envelope->body_case == PB__ENVELOPE__BODY_ARTIFACT_CHUNK)
		assert_int_equal(artifact_store_chunk(&controller->artifacts,
						      envelope->artifact_chunk),
				 0);
	else if (envelope->body_case == PB__ENVELOPE__BODY_ARTIFACT_END)
		take_artifact(controller, envelope->artifact_end);
	else if (envelope->body_case == PB__ENVELOPE__BODY_LOG_CHUNK)
		assert_int_equal(fd_write_all(controller->log_fd,
					      envelope->log_chunk->data.data,
					      envelope->log_chunk->data.len),
				 0);
}

/* What had begun to arrive from an agent that is gone has no end any more. */
static void abandon_artifacts(struct controller *controller)
{
	static const struct artifact_origin nobodys = {
		.config = "default",
		.test = "unknown/unknown",
		.guest_name = "unknown",
	};
	struct artifact_stored kept;

	while (artifact_store_abandon(&controller->artifacts, &nobodys,
				      &kept) == 1)
		;
}

/* ---- answers ---- */

static int send_run_spec(struct controller *controller)
{
	Pb__Envelope envelope = PB__ENVELOPE__INIT;

	envelope.body_case = PB__ENVELOPE__BODY_RUN_SPEC;
	envelope.run_spec = &controller->spec;
	return channel_send(&controller->channel, &envelope);
}

static int send_power_off(struct controller *controller)
{
	Pb__PowerOff power_off = PB__POWER_OFF__INIT;
	Pb__Envelope envelope = PB__ENVELOPE__INIT;

	if (controller->keeps_running)
		return 0;
	envelope.body_case = PB__ENVELOPE__BODY_POWER_OFF;
	envelope.power_off = &power_off;
	return channel_send(&controller->channel, &envelope);
}

static int answer_hello(struct controller *controller, const Pb__Hello *hello)
{
	if (controller->count[PB__ENVELOPE__BODY_HELLO] == 1)
		return send_run_spec(controller);
	abandon_artifacts(controller);
	return channel_resume(&controller->channel, hello->received_upto);
}

/* Each once, in order, whatever became of the agent. */
static void note_records(struct controller *controller,
			 const Pb__KernelRecords *records)
{
	for (size_t i = 0; i < records->n_records; i++) {
		uint64_t sequence = records->records[i]->sequence;

		if (sequence < controller->kmsg_next)
			fail_msg("kernel record %llu comes again",
				 (unsigned long long)sequence);
		controller->kmsg_next = sequence + 1;
	}
}

static void note(struct controller *controller, const Pb__Envelope *envelope)
{
	if (envelope->body_case == PB__ENVELOPE__BODY_KERNEL_RECORDS)
		note_records(controller, envelope->kernel_records);
	if (envelope->body_case == PB__ENVELOPE__BODY_SETUP_DONE) {
		snprintf(controller->test_dev, sizeof(controller->test_dev),
			 "%.64s", envelope->setup_done->test_dev);
		snprintf(controller->scratch_dev,
			 sizeof(controller->scratch_dev), "%.64s",
			 envelope->setup_done->scratch_dev);
	} else if (envelope->body_case == PB__ENVELOPE__BODY_JOB_FINISHED) {
		controller->job_end = envelope->job_finished->end;
		snprintf(controller->job_reason, sizeof(controller->job_reason),
			 "%s", envelope->job_finished->reason);
	} else if (envelope->body_case == PB__ENVELOPE__BODY_LOG_CHUNK) {
		controller->log_bytes += envelope->log_chunk->data.len;
	} else if (envelope->body_case == PB__ENVELOPE__BODY_HEARTBEAT) {
		controller->beat = *envelope->heartbeat;
	}
}

static int answer(struct controller *controller, const Pb__Envelope *envelope)
{
	if (envelope->body_case == PB__ENVELOPE__BODY_HELLO)
		return answer_hello(controller, envelope->hello);
	if (envelope->body_case == PB__ENVELOPE__BODY_SETUP_FAILED ||
	    envelope->body_case == PB__ENVELOPE__BODY_JOB_FINISHED)
		return send_power_off(controller);
	return 0;
}

/* ---- the channel ---- */

static int on_message(void *context, const Pb__Envelope *envelope)
{
	struct controller *controller = context;
	struct event_origin origin = origin_now();
	const char *why = "";
	Pb__Event event;

	if (session_step(&controller->session, envelope, &why) < 0) {
		protocol_broken(controller, why);
		channel_close(&controller->channel);
		return -EPROTO;
	}
	controller->count[envelope->body_case]++;
	if (event_from_guest(&event, &origin, envelope) == 0) {
		take_event(controller, &event);
		controller->events++;
	} else {
		take_bulk(controller, envelope);
	}
	note(controller, envelope);
	if (answer(controller, envelope) < 0) {
		protocol_broken(controller, "a Hello that can't be answered");
		channel_close(&controller->channel);
		return -EPROTO;
	}
	if (controller->tap != NULL)
		controller->tap(controller->tap_context, envelope);
	return 0;
}

static void on_connected(void *context, pid_t peer)
{
	(void)context;
	(void)peer;
}

static void on_broken(void *context, const char *why)
{
	protocol_broken(context, why);
}

static void on_closed(void *context)
{
	struct controller *controller = context;

	controller->closed = true;
}

void controller_open(struct controller *controller, struct ev_loop *loop,
		     const char *run_dir, int fd)
{
	const struct channel_owner owner = {
		.on_connected = on_connected,
		.on_message = on_message,
		.on_broken = on_broken,
		.on_closed = on_closed,
		.context = controller,
	};

	controller->loop = loop;
	if (outdir_create(&controller->outdir, run_dir, "test",
			  clock_real_ns()) < 0)
		fail_msg("%s", controller->outdir.why);
	assert_int_equal(
		journal_create(&controller->journal, controller->outdir.fd), 0);
	controller->result = result_create();
	assert_non_null(controller->result);
	controller->quota.cap_bytes = UINT64_C(256) << 20;
	artifact_store_open(&controller->artifacts, &controller->outdir,
			    &controller->quota, 0);
	controller->log_fd =
		outdir_open_file(&controller->outdir, OUTDIR_AGENT_LOG,
				 O_WRONLY | O_CREAT | O_APPEND);
	assert_true(controller->log_fd >= 0);
	session_init(&controller->session, &controller->spec);
	say_run_started(controller);
	say_vm_started(controller);
	assert_int_equal(fd_set_nonblocking(fd), 0);
	assert_int_equal(channel_attach(&controller->channel, loop, fd, &owner),
			 0);
}

void controller_close(struct controller *controller)
{
	if (controller->result == NULL)
		return;
	channel_close(&controller->channel);
	artifact_store_close(&controller->artifacts);
	journal_close(&controller->journal);
	result_destroy(controller->result);
	controller->result = NULL;
	fd_close(&controller->log_fd);
	outdir_close(&controller->outdir);
}

void controller_beat(struct controller *controller)
{
	Pb__HostBeat beat = PB__HOST_BEAT__INIT;
	Pb__Envelope envelope = PB__ENVELOPE__INIT;

	envelope.body_case = PB__ENVELOPE__BODY_HOST_BEAT;
	envelope.host_beat = &beat;
	assert_int_equal(channel_send(&controller->channel, &envelope), 0);
}

void controller_stop(struct controller *controller, uint64_t grace_ms)
{
	Pb__Stop stop = PB__STOP__INIT;
	Pb__Envelope envelope = PB__ENVELOPE__INIT;

	stop.reason = (char *)(uintptr_t) "a test";
	stop.grace_ms = grace_ms;
	envelope.body_case = PB__ENVELOPE__BODY_STOP;
	envelope.stop = &stop;
	assert_int_equal(channel_send(&controller->channel, &envelope), 0);
}

/* ---- waiting ---- */

static void on_guard(struct ev_loop *loop, ev_timer *timer, int events)
{
	(void)loop;
	(void)events;
	*(bool *)timer->data = true;
}

static void on_tick(struct ev_loop *loop, ev_timer *timer, int events)
{
	(void)loop;
	(void)timer;
	(void)events;
}

void controller_wait(struct controller *controller, const char *what,
		     bool (*is_so)(void *context), void *context)
{
	bool late = false;
	ev_timer guard;
	ev_timer tick; /* for what no descriptor tells */

	ev_timer_init(&guard, on_guard, CONTROLLER_GUARD_S, 0);
	guard.data = &late;
	ev_now_update(controller->loop);
	ev_timer_start(controller->loop, &guard);
	ev_timer_init(&tick, on_tick, TICK_S, TICK_S);
	ev_timer_start(controller->loop, &tick);
	while (!is_so(context) && !late)
		ev_run(controller->loop, EVRUN_ONCE);
	ev_timer_stop(controller->loop, &guard);
	ev_timer_stop(controller->loop, &tick);
	if (late)
		fail_msg("%s: not in %d s; state %s, broken: %s", what,
			 CONTROLLER_GUARD_S,
			 session_state_name(controller->session.state),
			 controller->broken ? controller->why : "no");
}

struct count_wait {
	const struct controller *controller;
	Pb__Envelope__BodyCase body;
	unsigned int count;
};

static bool count_is_there(void *context)
{
	const struct count_wait *wait = context;
	const struct controller *controller = wait->controller;

	if (controller->broken)
		fail_msg("the guest broke the protocol: %s", controller->why);
	return controller->count[wait->body] >= wait->count;
}

void controller_wait_count(struct controller *controller,
			   Pb__Envelope__BodyCase body, unsigned int count)
{
	struct count_wait wait = {controller, body, count};

	controller_wait(controller, message_name(body), count_is_there, &wait);
}

static bool is_over(void *context)
{
	const struct controller *controller = context;

	return controller->closed || controller->broken;
}

void controller_wait_over(struct controller *controller)
{
	controller_wait(controller, "the end of the channel", is_over,
			controller);
}

/* ---- the result ---- */

void controller_expect(const struct controller *controller, uint32_t test,
		       Pb__Verdict verdict)
{
	const struct ledger_test *entry = result_test(controller->result, test);

	if (entry->verdict != verdict)
		fail_msg("%s is %s, not %s: %s", entry->name,
			 verdict_name(entry->verdict), verdict_name(verdict),
			 result_reason(controller->result, entry));
}

const struct attempt *controller_attempt(const struct controller *controller,
					 uint32_t test)
{
	const struct ledger_test *entry = result_test(controller->result, test);

	assert_true(entry->attempt_count > 0);
	return &entry->attempts[entry->attempt_count - 1];
}

static const struct attempt_artifact *
find_artifact(const struct attempt *attempt, const char *guest_name)
{
	for (uint32_t i = 0; i < attempt->artifact_count; i++)
		if (strcmp(attempt->artifacts[i].guest_name, guest_name) == 0)
			return &attempt->artifacts[i];
	return NULL;
}

char *controller_artifact(const struct controller *controller, uint32_t test,
			  const char *guest_name, size_t *ret_len)
{
	const struct attempt_artifact *artifact =
		find_artifact(controller_attempt(controller, test), guest_name);
	fd_auto int fd = -1;
	char *text;
	ssize_t len;

	if (artifact == NULL) {
		fail_msg("there is no %s", guest_name);
		return NULL;
	}
	assert_false(artifact->incomplete);
	assert_int_equal(artifact->kept_bytes, artifact->size_bytes);
	fd = fd_openat(controller->outdir.fd, artifact->path,
		       O_RDONLY | O_NOFOLLOW, 0);
	assert_true(fd >= 0);
	text = malloc(artifact->kept_bytes + 2);
	assert_non_null(text);
	len = fd_read_all(fd, text, artifact->kept_bytes + 1);
	assert_int_equal(len, artifact->kept_bytes);
	text[len] = '\0';
	if (ret_len != NULL)
		*ret_len = (size_t)len;
	return text;
}

static char *json_of(const struct result *result)
{
	static const struct files files = {.run_dir = NULL};
	char *text = NULL;
	size_t len = 0;
	FILE *to = open_memstream(&text, &len);

	assert_non_null(to);
	assert_int_equal(json_write(to, result, &files, bytes_of(NULL, 0)), 0);
	assert_int_equal(fclose(to), 0);
	return text;
}

static void check_json(const char *text)
{
	json_t *root = json_loads(text, 0, NULL);

	assert_non_null(root);
	json_decref(root);
}

void controller_check_journal(const struct controller *controller)
{
	struct result *again = result_create();
	struct journal_reader reader;
	const Pb__Event *event = NULL;
	uint64_t from_guest = 0;
	char *live, *replayed;
	int rc;

	assert_int_equal(journal_reader_open(&reader, controller->outdir.fd),
			 0);
	while ((rc = journal_reader_next(&reader, &event)) == 1) {
		assert_int_equal(result_apply(again, event), 0);
		from_guest += event->body_case >= PB__EVENT__BODY_HELLO;
	}
	assert_int_equal(rc, 0);
	assert_int_equal(reader.damaged_bytes, 0);
	assert_int_equal(from_guest, controller->events);
	journal_reader_close(&reader);
	live = json_of(controller->result);
	replayed = json_of(again);
	assert_string_equal(live, replayed);
	check_json(live);
	free(live);
	free(replayed);
	result_destroy(again);
}
