/* SPDX-License-Identifier: GPL-2.0-or-later */
/* run - one run of a plan: boots VMs until every test has its verdict. */
#include "host/run.h"

#include "host/kernelwatch.h"
#include "host/record/artifact.h"
#include "host/record/bootlog.h"
#include "host/record/event.h"
#include "host/schedule.h"
#include "host/vm/vm.h"
#include "shared/clock.h"
#include "shared/fd.h"
#include "shared/log.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

enum { STOP_GRACE_MS = 10000, SEED_BYTES = 256 };
#define RUN_ARTIFACT_BYTES (4LL * 1024 * 1024 * 1024)

/* One VM and what belongs to its present boot. */
struct run_vm {
	struct run *run;
	struct vm vm;
	bool active;
	Pb__RunSpec spec;
	char **tests;
	uint32_t *plan;
	uint32_t *attempt;
	uint8_t seed[SEED_BYTES];
	int console_fd;
	char console_log[BOOTLOG_NAME];
	struct artifact_store artifacts;
	struct kernelwatch *watch;
};

struct run {
	struct run_spec spec;
	struct ev_loop *loop;
	struct schedule schedule;
	struct run_vm vms[1];
	uint32_t boots;
	int agent_log_fd;
	uint64_t agent_log_bytes;
	struct artifact_quota quota;
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

static void stamp(Pb__Event *event, uint32_t vm, uint32_t boot)
{
	struct event_origin origin = {
		.vm = vm,
		.boot = boot,
		.real_ns = clock_real_ns(),
		.mono_ns = clock_mono_ns(),
	};

	event_init(event, &origin);
}

static int emit_attempt_ended(struct run *run, uint32_t test, uint32_t attempt,
			      Pb__Verdict verdict, const char *reason)
{
	Pb__AttemptEnded ended = PB__ATTEMPT_ENDED__INIT;
	Pb__Event event;

	ended.test = test;
	ended.attempt = attempt;
	ended.verdict = verdict;
	ended.reason = (char *)(uintptr_t)reason;
	stamp(&event, 0, run->boots);
	event.body_case = PB__EVENT__BODY_ATTEMPT_ENDED;
	event.attempt_ended = &ended;
	return run_on_event(run, &event);
}

static void end_run(struct run *run, Pb__RunEnd end, const char *detail)
{
	Pb__RunEnded ended = PB__RUN_ENDED__INIT;
	Pb__Event event;

	ended.end = end;
	ended.detail = (char *)(uintptr_t)detail;
	stamp(&event, 0, 0);
	event.body_case = PB__EVENT__BODY_RUN_ENDED;
	event.run_ended = &ended;
	(void)!run_on_event(run, &event);
	ev_break(run->loop, EVBREAK_ALL);
}

/* ---- what a VM tells ---- */

static void start_total_timeout(struct run *run)
{
	uint64_t ms = run->spec.started->timeout_ms;

	if (ms == 0 || ev_is_active(&run->total))
		return;
	ev_timer_set(&run->total, (double)ms / 1000.0, 0);
	ev_timer_start(run->loop, &run->total);
}

static int on_vm_event(void *context, Pb__Event *event)
{
	struct run_vm *slot = context;
	int rc = run_on_event(slot->run, event);

	if (rc == 0 && event->body_case == PB__EVENT__BODY_HELLO)
		start_total_timeout(slot->run);
	if (rc == 0 && event->body_case == PB__EVENT__BODY_KERNEL_RECORDS)
		kernelwatch_records(slot->watch, event->kernel_records);
	return rc;
}

static int store_artifact(struct run_vm *slot, const Pb__ArtifactEnd *end)
{
	const Pb__RunStarted *started = slot->run->spec.started;
	Pb__ArtifactStored stored = PB__ARTIFACT_STORED__INIT;
	struct artifact_origin which = {.guest_name = end->name};
	struct artifact_stored kept;
	Pb__Event event;
	int rc;

	if (end->index >= slot->spec.n_tests)
		return 0; /* of a test that is none: nothing is kept */
	stored.test = slot->plan[end->index];
	stored.attempt = slot->attempt[end->index] + end->rerun;
	which.config = started->config_name;
	which.test = slot->tests[end->index];
	which.iteration = started->tests[stored.test]->iteration;
	which.attempt = stored.attempt;
	rc = artifact_store_end(&slot->artifacts, end, &which, &kept);
	if (rc < 0)
		return rc;
	stored.guest_name = end->name;
	stored.path = kept.path;
	stored.size_bytes = kept.size_bytes;
	stored.kept_bytes = kept.kept_bytes;
	stored.incomplete = kept.incomplete;
	stamp(&event, slot->vm.spec.index, slot->vm.spec.boot);
	event.body_case = PB__EVENT__BODY_ARTIFACT_STORED;
	event.artifact_stored = &stored;
	return run_on_event(slot->run, &event);
}

static int store_log(struct run *run, const Pb__LogChunk *chunk)
{
	if (run->agent_log_bytes >= LIMIT_AGENT_LOG_BYTES)
		return 0;
	run->agent_log_bytes += chunk->data.len;
	return fd_write_all(run->agent_log_fd, chunk->data.data,
			    chunk->data.len);
}

static int on_vm_bulk(void *context, const Pb__Envelope *envelope)
{
	struct run_vm *slot = context;
	int rc = 0;

	if (envelope->body_case == PB__ENVELOPE__BODY_ARTIFACT_CHUNK)
		rc = artifact_store_chunk(&slot->artifacts,
					  envelope->artifact_chunk);
	else if (envelope->body_case == PB__ENVELOPE__BODY_ARTIFACT_END)
		rc = store_artifact(slot, envelope->artifact_end);
	else if (envelope->body_case == PB__ENVELOPE__BODY_LOG_CHUNK)
		rc = store_log(slot->run, envelope->log_chunk);
	return rc < 0 ? machinery_failed(slot->run, rc,
					 "can't write to the run directory")
		      : 0;
}

static void on_vm_heartbeat(void *context, const Pb__Heartbeat *beat)
{
	(void)context;
	(void)beat;
}

static void on_vm_console_line(void *context, struct bytes line)
{
	struct run_vm *slot = context;
	struct run *run = slot->run;

	kernelwatch_console(slot->watch, line);
	run->spec.observer.on_console_line(run->spec.observer.context, line);
}

static void on_kernel_fatal(void *context, const char *line)
{
	struct run_vm *slot = context;

	vm_suspect_crash(&slot->vm, line);
}

static void on_kernel_problem(void *context, Pb__KernelProblem *problem)
{
	struct run_vm *slot = context;
	uint32_t test = 0, attempt = 0;
	Pb__Event event;

	problem->in_test =
		schedule_running(&slot->run->schedule, &test, &attempt);
	problem->test = test;
	problem->attempt = attempt;
	stamp(&event, slot->vm.spec.index, slot->vm.spec.boot);
	event.body_case = PB__EVENT__BODY_KERNEL_PROBLEM;
	event.kernel_problem = problem;
	(void)!run_on_event(slot->run, &event);
}

static bool is_good_end(const struct run_vm *slot, Pb__VmEndReason reason)
{
	if (slot->vm.session.state == SESSION_HELLO)
		return false;
	return reason == PB__VM_END_REASON__VM_END_FINISHED ||
	       reason == PB__VM_END_REASON__VM_END_STOPPED ||
	       reason == PB__VM_END_REASON__VM_END_CHECK_FAILED;
}

static void give_up_stepped_over(struct run *run)
{
	size_t from = 0;
	uint32_t test, attempt;

	while (schedule_stepped_over(&run->schedule, &from, &test, &attempt))
		if (emit_attempt_ended(run, test, attempt,
				       PB__VERDICT__VERDICT_LOST,
				       "check did not run it") < 0)
			return;
}

static void on_vm_ending(void *context, Pb__VmEndReason reason,
			 const char *detail)
{
	struct run_vm *slot = context;
	struct run *run = slot->run;
	uint32_t test, attempt;
	Pb__Verdict verdict;

	kernelwatch_finish(slot->watch,
			   reason != PB__VM_END_REASON__VM_END_FINISHED);
	verdict = schedule_verdict(reason, run->schedule.timed_out);
	if (schedule_running(&run->schedule, &test, &attempt))
		(void)!emit_attempt_ended(run, test, attempt, verdict, detail);
	if (reason == PB__VM_END_REASON__VM_END_FINISHED &&
	    !run->schedule.stopped)
		give_up_stepped_over(run);
	(void)!bootlog_finish(run->spec.outdir, slot->console_log,
			      is_good_end(slot, reason));
}

static void release_boot(struct run_vm *slot)
{
	artifact_store_close(&slot->artifacts);
	kernelwatch_destroy(slot->watch);
	slot->watch = NULL;
	fd_close(&slot->console_fd);
	free(slot->tests);
	free(slot->plan);
	free(slot->attempt);
	slot->tests = NULL;
	slot->plan = NULL;
	slot->attempt = NULL;
	slot->active = false;
}

static void on_vm_over(void *context)
{
	struct run_vm *slot = context;

	release_boot(slot);
	/* From the loop, not from inside the old VM's callback. */
	ev_timer_start(slot->run->loop, &slot->run->next_boot);
}

/* ---- the next boot ---- */

static int choose_tests(struct run_vm *slot, Pb__RunEnd *ret_end)
{
	struct run *run = slot->run;
	const Pb__RunStarted *started = run->spec.started;
	size_t cap = started->n_tests < LIMIT_JOB_TESTS ? started->n_tests
							: LIMIT_JOB_TESTS;
	size_t n;

	slot->plan = calloc(cap + 1, sizeof(*slot->plan));
	slot->attempt = calloc(cap + 1, sizeof(*slot->attempt));
	slot->tests = calloc(cap + 1, sizeof(*slot->tests));
	if (slot->plan == NULL || slot->attempt == NULL || slot->tests == NULL)
		return -ENOMEM;
	n = schedule_next(&run->schedule, slot->plan, cap, ret_end);
	for (size_t i = 0; i < n; i++) {
		slot->tests[i] = started->tests[slot->plan[i]]->name;
		slot->attempt[i] = run->schedule.tests[slot->plan[i]].attempts;
	}
	return (int)n;
}

static void fill_spec(struct run_vm *slot, size_t n_tests)
{
	const struct run_spec *run = &slot->run->spec;
	const Pb__RunStarted *started = run->started;
	Pb__RunSpec *spec = &slot->spec;

	pb__run_spec__init(spec);
	spec->config_name = started->config_name;
	spec->fstype = started->fstype;
	spec->mkfs_options = started->mkfs_options;
	spec->mount_options = started->mount_options;
	spec->devices = started->devices;
	spec->n_devices = started->n_devices;
	spec->tree_tag = (char *)(uintptr_t) "fstvm.tree";
	spec->tests = slot->tests;
	spec->n_tests = n_tests;
	spec->test_timeout_ms = started->test_timeout_ms;
	spec->post_check_timeout_ms = started->post_check_timeout_ms;
	spec->setup_timeout_ms = run->setup_timeout_ms;
	spec->heartbeat_ms = 5000;
	spec->loop_failures = started->loop_failures;
	if (getrandom(slot->seed, sizeof(slot->seed), 0) ==
	    sizeof(slot->seed)) {
		spec->seed.data = slot->seed;
		spec->seed.len = sizeof(slot->seed);
	}
	for (; run->environment != NULL &&
	       run->environment[spec->n_environment] != NULL;
	     spec->n_environment++)
		;
	spec->environment = (char **)(uintptr_t)run->environment;
	spec->artifact_cap_bytes = LIMIT_ARTIFACT_BYTES;
	spec->test_artifacts_cap_bytes = LIMIT_TEST_ARTIFACTS_BYTES;
}

static int open_boot(struct run_vm *slot)
{
	static const struct kernelwatch_owner watch_owner = {
		.on_fatal = on_kernel_fatal,
		.on_problem = on_kernel_problem,
	};
	struct run *run = slot->run;

	artifact_store_open(&slot->artifacts, run->spec.outdir, &run->quota, 0);
	slot->watch = kernelwatch_create(&watch_owner, slot);
	if (slot->watch == NULL)
		return -ENOMEM;
	slot->console_fd = bootlog_create(run->spec.outdir, clock_real_ns(),
					  slot->console_log);
	return slot->console_fd < 0 ? slot->console_fd : 0;
}

static int boot(struct run_vm *slot, size_t n_tests)
{
	struct run *run = slot->run;
	const struct vm_owner owner = {
		.on_event = on_vm_event,
		.on_bulk = on_vm_bulk,
		.on_heartbeat = on_vm_heartbeat,
		.on_console_line = on_vm_console_line,
		.on_ending = on_vm_ending,
		.on_over = on_vm_over,
		.context = slot,
	};
	struct vm_spec spec = {
		.boot = ++run->boots,
		.vng = run->spec.vng,
		.kernel = run->spec.kernel,
		.runtime_dir = run->spec.runtime_dir,
		.run_spec = &slot->spec,
		.plan = slot->plan,
		.attempt = slot->attempt,
		.boot_timeout_ms = run->spec.started->boot_timeout_ms,
		.silence_ms = run->spec.silence_ms,
		.console_log = slot->console_log,
		.log_fd = run->agent_log_fd,
	};
	int rc;

	fill_spec(slot, n_tests);
	rc = open_boot(slot);
	if (rc < 0)
		return machinery_failed(run, rc, run->spec.outdir->why);
	spec.console_fd = slot->console_fd;
	rc = vm_start(&slot->vm, run->loop, &spec, &owner, run->why,
		      sizeof(run->why));
	if (rc < 0)
		run->error = rc;
	return rc;
}

static void start_next(struct run *run)
{
	struct run_vm *slot = &run->vms[0];
	Pb__RunEnd end = PB__RUN_END__RUN_END_UNSPECIFIED;
	int n;

	if (run->error < 0) {
		end_run(run, PB__RUN_END__RUN_END_HOST_FAILED, run->why);
		return;
	}
	n = choose_tests(slot, &end);
	if (n > 0) {
		slot->active = true;
		if (boot(slot, (size_t)n) == 0)
			return;
		end = PB__RUN_END__RUN_END_HOST_FAILED;
	}
	if (n < 0)
		end = PB__RUN_END__RUN_END_HOST_FAILED;
	release_boot(slot);
	end_run(run, end,
		run->error < 0 ? run->why : run->schedule.last_detail);
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
	struct run_vm *slot = &run->vms[0];
	Pb__Event event;

	if (!run->schedule.stopped) {
		stop.reason = (char *)(uintptr_t)reason;
		stop.text = (char *)(uintptr_t)text;
		stamp(&event, 0, 0);
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
		 (double)run->spec.started->timeout_ms / 1000.0);
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
	else if (run->vms[0].active)
		vm_kill(&run->vms[0].vm, PB__VM_END_REASON__VM_END_STOPPED,
			text);
}

static void on_child_signal(struct ev_loop *loop, ev_signal *watcher,
			    int events)
{
	struct run *run = watcher->data;

	(void)loop;
	(void)events;
	if (run->vms[0].active)
		vm_on_child(&run->vms[0].vm);
}

static void on_second(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct run *run = timer->data;
	int rc = journal_sync(run->spec.journal);

	(void)loop;
	(void)events;
	if (rc < 0)
		machinery_failed(run, rc, "can't write the journal");
	if (run->error < 0 && run->vms[0].active)
		vm_kill(&run->vms[0].vm, PB__VM_END_REASON__VM_END_HOST_FAILED,
			run->why);
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

int run_create(struct run **ret_run, const struct run_spec *spec)
{
	struct run *run = calloc(1, sizeof(*run));

	if (run == NULL)
		return -ENOMEM;
	run->spec = *spec;
	run->agent_log_fd = -1;
	run->quota.cap_bytes = RUN_ARTIFACT_BYTES;
	run->vms[0].run = run;
	run->vms[0].console_fd = -1;
	schedule_init(&run->schedule);
	run->loop = ev_loop_new(EVFLAG_AUTO);
	if (run->loop == NULL) {
		run_destroy(run);
		return -ENOMEM;
	}
	*ret_run = run;
	return 0;
}

void run_destroy(struct run *run)
{
	schedule_deinit(&run->schedule);
	fd_close(&run->agent_log_fd);
	if (run->loop != NULL)
		ev_loop_destroy(run->loop);
	free(run);
}

int run_replay(struct run *run, const Pb__Event *event)
{
	if (event->boot > run->boots)
		run->boots = event->boot;
	return schedule_apply(&run->schedule, event);
}

int run_execute(struct run *run, Pb__Event *first)
{
	int rc = process_become_subreaper();

	if (rc < 0)
		return machinery_failed(run, rc, "can't become a subreaper");
	signal(SIGPIPE, SIG_IGN);
	run->agent_log_fd = outdir_open_file(run->spec.outdir, OUTDIR_AGENT_LOG,
					     O_WRONLY | O_CREAT | O_APPEND);
	if (run->agent_log_fd < 0)
		return machinery_failed(run, run->agent_log_fd,
					run->spec.outdir->why);
	rc = run_on_event(run, first);
	if (rc < 0)
		return rc;
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
