/* SPDX-License-Identifier: GPL-2.0-or-later */
/* run - one run of a plan: boots VMs until every test has its verdict. */
#include "host/run/run.h"

#include "host/record/event.h"
#include "host/run/orphan.h"
#include "host/run/slot.h"
#include "shared/clock.h"
#include "shared/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { STOP_GRACE_MS = 10000 };

struct run {
	struct run_spec spec;
	struct ev_loop *loop;
	struct schedule schedule;
	struct slot slots[1];
	uint32_t boots;
	int agent_log_fd;
	uint64_t agent_log_bytes;
	struct artifact_quota quota;
	struct artifact_quota evidence_quota;
	ev_signal signals[4];
	ev_timer total;
	ev_timer second;
	ev_timer next_boot;
	unsigned int interrupts;
	int error;
	char why[1024];
};

/* ---- the funnel ---- */

static int machinery_failed(struct run *run, int error, const char *what)
{
	if (run->error == 0) {
		run->error = error;
		snprintf(run->why, sizeof(run->why), "%.600s: %s", what,
			 strerror(-error));
	}
	return error;
}

static int run_on_event(struct run *run, Pb__Event *event)
{
	int rc = journal_append(run->spec.journal, event);

	if (rc < 0)
		return machinery_failed(run, rc, "can't write the journal");
	rc = result_apply(run->spec.result, event);
	if (rc == 0)
		rc = schedule_apply(&run->schedule, event);
	if (rc < 0)
		return machinery_failed(run, rc, "can't keep the result");
	run->spec.observer.on_event(run->spec.observer.context, event,
				    run->spec.result);
	return 0;
}

static void stamp(Pb__Event *event)
{
	struct event_origin origin = {
		.real_ns = clock_real_ns(),
		.mono_ns = clock_mono_ns(),
	};

	event_init(event, &origin);
}

static void end_run(struct run *run, Pb__RunEnd end, const char *detail)
{
	Pb__RunEnded ended = PB__RUN_ENDED__INIT;
	Pb__Event event;

	ended.end = end;
	ended.detail = (char *)(uintptr_t)detail;
	stamp(&event);
	event.body_case = PB__EVENT__BODY_RUN_ENDED;
	event.run_ended = &ended;
	(void)!run_on_event(run, &event);
	ev_break(run->loop, EVBREAK_ALL);
}

static void start_total_timeout(struct run *run)
{
	uint64_t ms = run->spec.timeout_ms;

	if (ms == 0 || ev_is_active(&run->total))
		return;
	ev_timer_set(&run->total, (double)ms / 1000.0, 0);
	ev_timer_start(run->loop, &run->total);
}

/* ---- what a slot tells ---- */

static int on_slot_event(void *context, Pb__Event *event)
{
	struct run *run = context;
	int rc = run_on_event(run, event);

	if (rc == 0 && event->body_case == PB__EVENT__BODY_HELLO)
		start_total_timeout(run);
	return rc;
}

/* What is left out is said where it would stand. */
static int mark_log(const struct run *run, const Pb__LogChunk *chunk)
{
	char text[96] = "";

	if (chunk->dropped_bytes > 0)
		snprintf(text, sizeof(text),
			 "\n[fstvm: %" PRIu64 " bytes of output left out]\n",
			 chunk->dropped_bytes);
	else if (run->agent_log_bytes >= LIMIT_AGENT_LOG_BYTES)
		snprintf(text, sizeof(text),
			 "\n[fstvm: no more is kept of this log]\n");
	return fd_write_all(run->agent_log_fd, text, strlen(text));
}

static int on_slot_log(void *context, const Pb__LogChunk *chunk)
{
	struct run *run = context;
	int rc;

	if (run->agent_log_bytes >= LIMIT_AGENT_LOG_BYTES)
		return 0;
	run->agent_log_bytes += chunk->data.len;
	rc = fd_write_all(run->agent_log_fd, chunk->data.data, chunk->data.len);
	return rc < 0 ? rc : mark_log(run, chunk);
}

static void on_slot_over(void *context)
{
	struct run *run = context;

	/* From the loop, not from inside the old VM's callback. */
	ev_timer_start(run->loop, &run->next_boot);
}

static void on_slot_failed(void *context, int error, const char *what)
{
	machinery_failed(context, error, what);
}

/* ---- the next boot ---- */

static void start_next(struct run *run)
{
	Pb__RunEnd end = PB__RUN_END__RUN_END_HOST_FAILED;
	int rc = run->error;

	if (rc == 0)
		rc = slot_boot(&run->slots[0], ++run->boots, &end);
	if (rc == 1)
		return;
	if (rc < 0)
		end = PB__RUN_END__RUN_END_HOST_FAILED;
	end_run(run, end, rc < 0 ? run->why : run->schedule.last_detail);
}

static void on_next_boot(struct ev_loop *loop, ev_timer *timer, int events)
{
	(void)loop;
	(void)events;
	start_next(timer->data);
}

/* ---- stopping ---- */

static void request_stop(struct run *run, const char *reason, const char *text)
{
	Pb__StopRequested stop = PB__STOP_REQUESTED__INIT;
	struct slot *slot = &run->slots[0];
	Pb__Event event;

	if (!run->schedule.stopped) {
		stop.reason = (char *)(uintptr_t)reason;
		stop.text = (char *)(uintptr_t)text;
		stamp(&event);
		event.body_case = PB__EVENT__BODY_STOP_REQUESTED;
		event.stop_requested = &stop;
		(void)!run_on_event(run, &event);
	}
	if (slot->active)
		vm_stop(&slot->vm, text, STOP_GRACE_MS);
}

static void on_total_timeout(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct run *run = timer->data;
	char text[96];

	(void)loop;
	(void)events;
	snprintf(text, sizeof(text), "Test timed out after %.0fs",
		 (double)run->spec.timeout_ms / 1000.0);
	request_stop(run, "timeout", text);
}

static void on_stop_signal(struct ev_loop *loop, ev_signal *watcher, int events)
{
	struct run *run = watcher->data;
	const char *name = watcher->signum == SIGINT	? "SIGINT"
			   : watcher->signum == SIGTERM ? "SIGTERM"
							: "SIGHUP";
	char text[64];

	(void)loop;
	(void)events;
	snprintf(text, sizeof(text), "stopped by %s", name);
	if (run->interrupts++ == 0)
		request_stop(run, name, text);
	else if (run->slots[0].active)
		vm_kill(&run->slots[0].vm, PB__VM_END_REASON__VM_END_STOPPED,
			text);
}

static void on_child_signal(struct ev_loop *loop, ev_signal *watcher,
			    int events)
{
	struct run *run = watcher->data;

	(void)loop;
	(void)events;
	if (run->slots[0].active)
		vm_on_child(&run->slots[0].vm);
}

static void on_second(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct run *run = timer->data;
	int rc = journal_sync(run->spec.journal);

	(void)loop;
	(void)events;
	if (rc == -ENOENT)
		machinery_failed(run, rc, "the run directory was removed");
	else if (rc < 0)
		machinery_failed(run, rc, "can't write the journal");
	if (run->error < 0 && run->slots[0].active)
		vm_kill(&run->slots[0].vm,
			PB__VM_END_REASON__VM_END_HOST_FAILED, run->why);
	run->spec.observer.on_second(run->spec.observer.context,
				     run->spec.result);
}

/* ---- set-up ---- */

static void init_watchers(struct run *run)
{
	static const int stops[] = {SIGINT, SIGTERM, SIGHUP};

	for (size_t i = 0; i < sizeof(stops) / sizeof(stops[0]); i++)
		ev_signal_init(&run->signals[i], on_stop_signal, stops[i]);
	ev_signal_init(&run->signals[3], on_child_signal, SIGCHLD);
	for (size_t i = 0; i < 4; i++) {
		run->signals[i].data = run;
		ev_signal_start(run->loop, &run->signals[i]);
	}
	ev_timer_init(&run->total, on_total_timeout, 1, 0);
	ev_timer_init(&run->second, on_second, 1, 1);
	ev_timer_init(&run->next_boot, on_next_boot, 0, 0);
	run->total.data = run->second.data = run->next_boot.data = run;
	ev_timer_start(run->loop, &run->second);
	ev_timer_start(run->loop, &run->next_boot);
}

static void init_slot(struct run *run)
{
	const struct slot slot = {
		.loop = run->loop,
		.run = &run->spec,
		.schedule = &run->schedule,
		.quota = &run->quota,
		.evidence_quota = &run->evidence_quota,
		.log_fd = run->agent_log_fd,
		.owner = {on_slot_event, on_slot_log, on_slot_over,
			  on_slot_failed, run},
	};

	slot_init(&run->slots[0], &slot);
}

int run_create(struct run **ret_run, const struct run_spec *spec)
{
	struct run *run = calloc(1, sizeof(*run));

	if (run == NULL)
		return -ENOMEM;
	run->spec = *spec;
	run->agent_log_fd = -1;
	run->evidence_quota.cap_bytes = LIMIT_RUN_EVIDENCE_BYTES;
	schedule_init(&run->schedule);
	run->loop = ev_loop_new(EVFLAG_AUTO);
	if (run->loop == NULL ||
	    artifact_quota_init(&run->quota, spec->started->n_tests)) {
		run_destroy(run);
		return -ENOMEM;
	}
	*ret_run = run;
	return 0;
}

void run_destroy(struct run *run)
{
	schedule_deinit(&run->schedule);
	artifact_quota_deinit(&run->quota);
	fd_close(&run->agent_log_fd);
	if (run->loop != NULL)
		ev_loop_destroy(run->loop);
	free(run);
}

int run_replay(struct run *run, const Pb__Event *event)
{
	if (event->boot > run->boots)
		run->boots = event->boot;
	if (event->body_case == PB__EVENT__BODY_ARTIFACT_STORED)
		artifact_quota_restore(&run->quota, event->artifact_stored);
	if (event->body_case == PB__EVENT__BODY_EVIDENCE_STORED)
		artifact_quota_restore_evidence(&run->evidence_quota,
						event->evidence_stored);
	return schedule_apply(&run->schedule, event);
}

/* A controller that was killed has left a boot, and perhaps a test, open. */
static int close_orphans(struct run *run)
{
	struct orphan orphan;
	Pb__Event *event;
	int rc = 0;

	orphan_init(&orphan, run->spec.result, &run->schedule, clock_real_ns());
	while (rc == 0 && orphan_next(&orphan, run->spec.outdir, &event))
		rc = run_on_event(run, event);
	return rc;
}

static int open_agent_log(struct run *run)
{
	struct stat st;

	run->agent_log_fd = outdir_open_file(run->spec.outdir, OUTDIR_AGENT_LOG,
					     O_WRONLY | O_CREAT | O_APPEND);
	if (run->agent_log_fd < 0)
		return machinery_failed(run, run->agent_log_fd,
					run->spec.outdir->why);
	if (fstat(run->agent_log_fd, &st) == 0)
		run->agent_log_bytes = (uint64_t)st.st_size;
	return 0;
}

int run_execute(struct run *run, Pb__Event *first)
{
	int rc = process_become_subreaper();

	if (rc < 0)
		return machinery_failed(run, rc, "can't become a subreaper");
	signal(SIGPIPE, SIG_IGN);
	rc = open_agent_log(run);
	if (rc == 0 && first->body_case == PB__EVENT__BODY_RUN_RESUMED)
		rc = close_orphans(run);
	if (rc == 0)
		rc = run_on_event(run, first);
	if (rc < 0)
		return rc;
	init_slot(run);
	init_watchers(run);
	ev_run(run->loop, 0);
	rc = journal_sync(run->spec.journal);
	if (rc < 0)
		machinery_failed(run, rc, "can't write the journal");
	return run->error;
}

const char *run_why(const struct run *run)
{
	return run->why;
}
