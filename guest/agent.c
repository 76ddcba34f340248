/* SPDX-License-Identifier: GPL-2.0-or-later */
/* agent - the guest's side of the protocol. */
#include "guest/agent.h"

#include "guest/bulk.h"
#include "guest/channel.h"
#include "guest/course.h"
#include "guest/figures.h"
#include "guest/klog.h"
#include "guest/reserve.h"
#include "guest/runner.h"
#include "guest/setup.h"
#include "guest/statement.h"
#include "guest/supervisor.h"
#include "guest/vitals.h"
#include "shared/clock.h"
#include "shared/fd.h"
#include "shared/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
	EXIT_REPLACE = 1, /* the supervisor starts a successor */
	BEAT_MS = 5000,	  /* until the RunSpec says */
	BEAT_MIN_MS = 100,
	BEAT_MAX_MS = 60000,
};
#define ENDING_STEP_S	0.02
#define ENDING_WEDGED_S 30.0

struct agent {
	const struct agent_inheritance *given;
	struct job *job;
	struct ev_loop *loop;
	struct wire wire;
	struct channel channel;
	const Pb__RunSpec *spec;
	struct arena spec_arena;
	struct setup setup;
	struct runner runner;
	struct bulk bulk;
	struct klog klog;
	struct vitals vitals;
	ev_timer beat;
	ev_timer ending;
	double ending_since; /* ev_now() */
	ev_timer farewell;
	bool tearing_down;
	int exit_status;
};

/* Static: the agent allocates nothing once it runs, and pages that are never
 * touched cost nothing. */
static struct wire_storage wire_storage;
static _Alignas(16) uint8_t spec_storage[LIMIT_ARENA];
static struct agent agent;

static void leave(struct agent *a, int exit_status)
{
	a->exit_status = exit_status;
	ev_break(a->loop, EVBREAK_ALL);
}

/* ---- the end of the job ---- */

static void finish_job(struct agent *a)
{
	statement_job_finished(&a->channel, a->job);
	a->job->phase = JOB_FINISHED;
	ev_timer_again(a->loop, &a->farewell);
}

static void on_torn_down(void *context, const struct setup_report *report)
{
	struct agent *a = context;

	if (report->kind == SETUP_STEP_DONE)
		return;
	if (report->kind == SETUP_STEP_FAILED)
		log_warning("%s: %s", report->step, report->text);
	finish_job(a);
}

static void end_job(struct agent *a)
{
	bool wedged = a->job->end == PB__JOB_END__JOB_END_WEDGED;

	a->tearing_down = true;
	figures_log(a->runner.hook.latency, &a->runner.acks);
	/* What is wedged can't be unmounted; the VM is killed anyway. */
	if (wedged ||
	    setup_tear_down(&a->setup, a->loop, a->job, on_torn_down, a) < 0)
		finish_job(a);
}

/* A wedged guest may get worse, and evidence goes first: the rest has a bounded
 * time. */
static bool is_late(const struct agent *a)
{
	return a->job->end == PB__JOB_END__JOB_END_WEDGED &&
	       ev_now(a->loop) - a->ending_since > ENDING_WEDGED_S;
}

/* Everything that tests and check have left must be out first. */
static void on_ending(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct agent *a = timer->data;
	bool all_out = wire_is_idle(&a->wire) &&
		       outbox_is_empty(a->wire.outbox) &&
		       bulk_backlog(&a->bulk) == 0;

	(void)events;
	channel_kick(&a->channel);
	if (!all_out && !is_late(a))
		return;
	if (!all_out)
		bulk_tell_left(&a->bulk);
	ev_timer_stop(loop, timer);
	end_job(a);
}

static void begin_ending(struct agent *a)
{
	a->ending_since = ev_now(a->loop);
	ev_timer_again(a->loop, &a->ending);
}

static void on_runner_ended(void *context)
{
	struct agent *a = context;

	if (a->job->phase >= JOB_ENDING)
		return;
	a->job->phase = JOB_ENDING;
	begin_ending(a);
}

static void on_farewell(struct ev_loop *loop, ev_timer *timer, int events)
{
	(void)loop;
	(void)events;
	leave(timer->data, 0);
}

/* ---- the runner ---- */

static int on_runner_send(void *context, Pb__Envelope *envelope)
{
	struct agent *a = context;

	if (envelope->body_case == PB__ENVELOPE__BODY_TEST_STARTED)
		klog_begin_test(&a->klog);
	return channel_send(&a->channel, envelope);
}

static uint64_t on_runner_kmsg_next(void *context)
{
	struct agent *a = context;

	return klog_drain(&a->klog);
}

static void on_runner_push(void *context)
{
	struct agent *a = context;

	channel_push(&a->channel);
}

static void on_runner_kick(void *context)
{
	struct agent *a = context;

	channel_kick(&a->channel);
}

static void start_running(struct agent *a)
{
	const struct runner_owner owner = {
		.send = on_runner_send,
		.kmsg_next = on_runner_kmsg_next,
		.push = on_runner_push,
		.kick = on_runner_kick,
		.ended = on_runner_ended,
		.context = a,
	};

	bulk_collect(&a->bulk, a->spec);
	runner_init(&a->runner, a->loop, a->job, a->spec, &a->bulk.collect,
		    a->given->supervisor_fd, &owner);
	runner_start(&a->runner, a->given->hook_fd);
}

/* ---- the set-up ---- */

static void fail_setup(struct agent *a, const char *step, const char *reason)
{
	statement_setup_failed(&a->channel, step, reason);
	a->job->phase = JOB_FINISHED;
	ev_timer_again(a->loop, &a->farewell);
}

static void on_setup_report(void *context, const struct setup_report *report)
{
	struct agent *a = context;

	switch ((enum setup_report_kind)report->kind) {
	case SETUP_STEP_FAILED:
		fail_setup(a, report->step, report->text);
		break;
	case SETUP_ALL_DONE:
		statement_setup_done(&a->channel, a->job);
		a->job->phase = JOB_RUNNING;
		start_running(a);
		break;
	case SETUP_STEP_DONE:
		statement_setup_step(&a->channel, report);
		break;
	}
}

/* The RunSpec of the job, unpacked into storage of its own. */
static bool read_spec(struct agent *a)
{
	Pb__RunSpec *spec;

	arena_reset(&a->spec_arena);
	spec = pb__run_spec__unpack(&a->spec_arena.allocator, a->job->spec_len,
				    a->job->spec);
	if (spec == NULL)
		return false;
	if (a->given->tree != NULL)
		spec->tree_tag = (char *)(uintptr_t)a->given->tree;
	a->spec = spec;
	return true;
}

/* As often as the host wants to hear of us. */
static void set_beat(struct agent *a)
{
	uint32_t ms = a->spec->heartbeat_ms;

	if (ms == 0)
		return;
	if (ms < BEAT_MIN_MS)
		ms = BEAT_MIN_MS;
	a->beat.repeat = ms < BEAT_MAX_MS ? ms / 1000.0 : BEAT_MAX_MS / 1000.0;
	ev_timer_again(a->loop, &a->beat);
}

static int take_spec(struct agent *a, const Pb__RunSpec *spec)
{
	if (a->job->phase != JOB_HELLO)
		return 0; /* a second one changes nothing */
	a->job->spec_len = (uint32_t)pb__run_spec__pack(spec, a->job->spec);
	a->job->phase = JOB_SETUP;
	if (!read_spec(a))
		return -ENOMEM;
	set_beat(a);
	if (setup_start(&a->setup, a->loop, a->job, a->spec, on_setup_report,
			a) < 0)
		fail_setup(a, "set-up", "its process can't be started");
	return 0;
}

static void send_heartbeat(struct agent *a)
{
	Pb__Heartbeat heartbeat = PB__HEARTBEAT__INIT;
	Pb__Envelope envelope = PB__ENVELOPE__INIT;

	if (a->job->phase == JOB_HELLO)
		return; /* its place is after the RunSpec */
	heartbeat.index = a->job->test.index;
	heartbeat.running = a->job->test.active;
	if (a->runner.loop != NULL)
		runner_age_ms(&a->runner, &heartbeat.age_ms);
	vitals_fill(&a->vitals, &heartbeat);
	heartbeat.queued_bytes = bulk_backlog(&a->bulk);
	envelope.body_case = PB__ENVELOPE__BODY_HEARTBEAT;
	envelope.heartbeat = &heartbeat;
	(void)!channel_send(&a->channel, &envelope);
	bulk_tell_dropped(&a->bulk);
	channel_kick(&a->channel); /* for what check has printed */
}

static void on_beat(struct ev_loop *loop, ev_timer *timer, int events)
{
	(void)loop;
	(void)events;
	send_heartbeat(timer->data);
}

/* ---- the channel ---- */

static int on_message(void *context, const Pb__Envelope *envelope)
{
	struct agent *a = context;

	if (envelope->body_case == PB__ENVELOPE__BODY_RUN_SPEC)
		return take_spec(a, envelope->run_spec);
	if (envelope->body_case == PB__ENVELOPE__BODY_STOP &&
	    a->job->phase == JOB_RUNNING)
		runner_stop(&a->runner, envelope->stop->grace_ms);
	else if (envelope->body_case == PB__ENVELOPE__BODY_POWER_OFF)
		leave(a, 0);
	else if (envelope->body_case == PB__ENVELOPE__BODY_HOST_BEAT)
		send_heartbeat(a); /* answered, so the host can ask */
	return 0;
}

static bool on_idle(void *context)
{
	struct agent *a = context;

	return !runner_is_waiting(&a->runner) && bulk_send(&a->bulk);
}

static void on_acked(void *context)
{
	struct agent *a = context;

	if (a->job->phase == JOB_RUNNING && a->runner.loop != NULL)
		course_on_acked(&a->runner);
}

static void on_broken(void *context, const char *why)
{
	log_error("%s", why);
	leave(context, 0);
}

/* ---- start ---- */

static void init_timer(struct agent *a, ev_timer *timer,
		       void (*callback)(struct ev_loop *, ev_timer *, int),
		       double seconds)
{
	ev_timer_init(timer, callback, seconds, seconds);
	timer->data = a;
}

static void start_sources(struct agent *a)
{
	init_timer(a, &a->beat, on_beat, BEAT_MS / 1000.0);
	init_timer(a, &a->ending, on_ending, ENDING_STEP_S);
	init_timer(a, &a->farewell, on_farewell, AGENT_FAREWELL_S);
	ev_timer_start(a->loop, &a->beat);
	if (vitals_open(&a->vitals) < 0)
		log_warning("/proc/stat can't be read");
	klog_open(&a->klog, &a->channel, a->job);
}

/* What the agent before this one was doing. */
static void take_over(struct agent *a)
{
	if (a->job->phase == JOB_HELLO)
		return;
	if (!read_spec(a)) {
		fail_setup(a, "set-up", "the RunSpec is lost");
		return;
	}
	set_beat(a);
	if (a->job->phase == JOB_SETUP &&
	    job_has_said(a->job, JOB_SAYS_SETUP_DONE))
		a->job->phase = JOB_RUNNING;
	if (a->job->phase == JOB_ENDING &&
	    job_has_said(a->job, JOB_SAYS_JOB_FINISHED))
		a->job->phase = JOB_FINISHED;
	switch ((enum job_phase)a->job->phase) {
	case JOB_HELLO:
		break;
	case JOB_SETUP:
		fail_setup(a, "set-up", "the agent died in it");
		break;
	case JOB_RUNNING:
		start_running(a);
		break;
	case JOB_ENDING:
		bulk_collect(&a->bulk, a->spec);
		begin_ending(a);
		break;
	case JOB_FINISHED:
		ev_timer_again(a->loop, &a->farewell);
		break;
	}
}

/* Where huge pages are made of themselves, each 2 MiB in which a page is
 * touched would be locked in memory as a whole: five times what is used. */
static void keep_pages_small(void *storage, size_t size)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	uintptr_t from = ((uintptr_t)storage + page - 1) & ~(page - 1);
	uintptr_t to = ((uintptr_t)storage + size) & ~(page - 1);

	(void)madvise((void *)from, to - from, MADV_NOHUGEPAGE);
}

int agent_main(const struct agent_inheritance *given)
{
	struct agent *a = &agent;
	const struct channel_owner owner = {
		.on_message = on_message,
		.on_idle = on_idle,
		.on_acked = on_acked,
		.on_broken = on_broken,
		.context = a,
	};

	keep_pages_small(&wire_storage, sizeof(wire_storage));
	keep_pages_small(spec_storage, sizeof(spec_storage));
	a->given = given;
	a->job = given->job;
	a->loop = ev_loop_new(EVFLAG_AUTO | EVFLAG_NOSIGMASK);
	if (a->loop == NULL)
		return EXIT_REPLACE;
	if (reserve_loop(a->loop) < 0)
		log_warning("memory for the loop can't be reserved");
	arena_init(&a->spec_arena, spec_storage, sizeof(spec_storage));
	wire_init(&a->wire, &wire_storage, &a->job->outbox,
		  &a->job->received_upto, true);
	job_take_over(a->job);
	channel_open(&a->channel, a->loop, given->channel_fd, &a->wire, &owner);
	bulk_init(&a->bulk, &a->channel, a->job);
	start_sources(a);
	statement_hello(&a->channel, a->job);
	take_over(a);
	ev_run(a->loop, 0);
	return a->exit_status;
}
