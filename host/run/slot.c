/* SPDX-License-Identifier: GPL-2.0-or-later */
/* slot - the place of one VM in a run. */
#include "host/run/slot.h"

#include "host/record/bootlog.h"
#include "host/record/event.h"
#include "host/run/lastwords.h"
#include "shared/clock.h"
#include "shared/fd.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int tell(struct slot *slot, Pb__Event *event)
{
	return slot->owner.on_event(slot->owner.context, event);
}

static void init_event(const struct slot *slot, Pb__Event *event)
{
	struct event_origin origin = vm_origin(&slot->vm);

	event_init(event, &origin);
}

static int tell_attempt_ended(struct slot *slot, uint32_t test,
			      uint32_t attempt, Pb__Verdict verdict,
			      const char *reason)
{
	Pb__AttemptEnded ended = PB__ATTEMPT_ENDED__INIT;
	Pb__Event event;

	ended.test = test;
	ended.attempt = attempt;
	ended.verdict = verdict;
	ended.reason = (char *)(uintptr_t)reason;
	init_event(slot, &event);
	event.body_case = PB__EVENT__BODY_ATTEMPT_ENDED;
	event.attempt_ended = &ended;
	return tell(slot, &event);
}

/* ---- what the VM tells ---- */

/* A test that ended because we stopped the run: the controller's verdict. */
static int judge_stopped(struct slot *slot, const Pb__TestFinished *finished)
{
	const struct schedule *schedule = slot->schedule;

	if (!schedule->stopped || finished->timed_out ||
	    finished->start_timed_out || finished->post_check_timed_out ||
	    finished->check_verdict != PB__CHECK_VERDICT__CHECK_VERDICT_NONE)
		return 0;
	return tell_attempt_ended(
		slot, slot->job.plan[finished->index],
		slot->job.attempt[finished->index] + finished->rerun,
		schedule_verdict(PB__VM_END_REASON__VM_END_STOPPED,
				 schedule->timed_out),
		schedule->timed_out ? "the run's time was over"
				    : "the run was stopped");
}

static void watch_event(struct slot *slot, const Pb__Event *event)
{
	struct assignment_key key;
	bool known = result_find(slot->run->result, event, &key);

	if (event->body_case == PB__EVENT__BODY_HELLO)
		symboliser_hello(&slot->symboliser, event->hello);
	kernelwatch_event(slot->watch, event, known ? &key : NULL);
}

static int tell_notice(struct slot *slot, const char *text)
{
	Pb__Notice notice = PB__NOTICE__INIT;
	Pb__Event event;

	notice.text = (char *)(uintptr_t)text;
	init_event(slot, &event);
	event.body_case = PB__EVENT__BODY_NOTICE;
	event.notice = &notice;
	return tell(slot, &event);
}

/* The RunSpec is sent when the Hello has been told: what is not ready now is
 * not worth waiting for. */
static int offer_warm(struct slot *slot, const Pb__Hello *hello)
{
	char why[BOOTJOB_WHY];

	if (slot->run->warm == NULL || slot->vm.state != VM_BOOTING ||
	    bootjob_offer_warm(&slot->job, hello, why))
		return 0;
	return tell_notice(slot, why);
}

static int on_vm_event(void *context, Pb__Event *event)
{
	struct slot *slot = context;
	bool finished = event->body_case == PB__EVENT__BODY_TEST_FINISHED;
	int rc;

	/* What the kernel said until then is told before the verdict. */
	if (finished)
		watch_event(slot, event);
	rc = tell(slot, event);
	if (rc == 0 && !finished)
		watch_event(slot, event);

	if (rc == 0)
		postmortem_event(&slot->postmortem, event);

	if (rc == 0 && event->body_case == PB__EVENT__BODY_CALIBRATION)
		bootjob_set_times(&slot->job,
				  event->calibration->slowness_percent);
	/* A new agent sends what its predecessor had begun from the start. */
	if (rc == 0 && event->body_case == PB__EVENT__BODY_HELLO) {
		deposit_reopen(&slot->deposit);
		rc = offer_warm(slot, event->hello);
	}
	if (rc == 0 && event->body_case == PB__EVENT__BODY_SETUP_DONE)
		bootjob_hear_of_warm(&slot->job, event->setup_done);
	if (rc == 0 && event->body_case == PB__EVENT__BODY_TEST_FINISHED)
		rc = judge_stopped(slot, event->test_finished);
	return rc;
}

static int on_vm_bulk(void *context, const Pb__Envelope *envelope)
{
	struct slot *slot = context;
	int rc = 0;

	if (envelope->body_case == PB__ENVELOPE__BODY_ARTIFACT_CHUNK)
		rc = deposit_chunk(&slot->deposit, envelope->artifact_chunk);
	else if (envelope->body_case == PB__ENVELOPE__BODY_ARTIFACT_END)
		rc = deposit_end(&slot->deposit, envelope->artifact_end);
	else if (envelope->body_case == PB__ENVELOPE__BODY_LOG_CHUNK)
		rc = slot->owner.on_log(slot->owner.context,
					envelope->log_chunk);
	if (rc < 0)
		slot->owner.failed(slot->owner.context, rc,
				   "can't write to the run directory");
	return rc;
}

static void on_vm_heartbeat(void *context, const Pb__Heartbeat *beat)
{
	(void)context;
	(void)beat;
}

static void on_vm_console_line(void *context, struct bytes line)
{
	struct slot *slot = context;
	const struct run_observer *observer = &slot->run->observer;

	/* What it is made to say is no problem of the kernel. */
	if (!investigation_is_deep(&slot->vm.investigation))
		kernelwatch_console(slot->watch, line);
	observer->on_console_line(observer->context, line);
}

static void on_vm_evidence(void *context, const char *name,
			   struct bytes contents)
{
	struct slot *slot = context;

	postmortem_keep(&slot->postmortem, name, contents, 0);
}

static void on_kernel_fatal(void *context, const char *line)
{
	struct slot *slot = context;

	vm_suspect_crash(&slot->vm, line);
}

static void on_kernel_problem(void *context, Pb__KernelProblem *problem)
{
	struct slot *slot = context;
	const char *why = symboliser_work(&slot->symboliser, problem);
	Pb__Event event;

	if (why != NULL)
		(void)!tell_notice(slot, why);
	init_event(slot, &event);
	event.body_case = PB__EVENT__BODY_KERNEL_PROBLEM;
	event.kernel_problem = problem;
	(void)!tell(slot, &event);
}

static void on_kernel_death(void *context, const char *line)
{
	struct slot *slot = context;

	vm_blame_kernel(&slot->vm, line);
}

/* A guest that went down as it should has told all. */
static void on_vm_gone(void *context)
{
	struct slot *slot = context;
	Pb__KernelRing ring;
	Pb__Event event;

	if (slot->vm.session.state == SESSION_FINISHED ||
	    recordlog_init(&slot->ring, LIMIT_EVIDENCE_RING_BYTES) < 0)
		return;
	lastwords_read(&slot->vm.blackbox.ram, slot->watch, &slot->ring,
		       slot->postmortem.records.from_sequence, &ring);
	slot->vm.kernel_log = recordlog_text(&slot->ring);
	init_event(slot, &event);
	event.body_case = PB__EVENT__BODY_KERNEL_RING;
	event.kernel_ring = &ring;
	(void)!tell(slot, &event);
	postmortem_event(&slot->postmortem, &event);
}

static void keep_ring(struct slot *slot, Pb__VmEndReason reason,
		      Pb__Verdict verdict)
{
	if (postmortem_wants(&slot->postmortem, reason, verdict))
		postmortem_keep(&slot->postmortem, "kernel-ring.log",
				recordlog_text(&slot->ring),
				slot->ring.dropped_bytes);
	recordlog_deinit(&slot->ring);
}

static bool is_good_end(const struct slot *slot, Pb__VmEndReason reason)
{
	if (slot->vm.session.state == SESSION_HELLO)
		return false;
	return reason == PB__VM_END_REASON__VM_END_FINISHED ||
	       reason == PB__VM_END_REASON__VM_END_STOPPED ||
	       reason == PB__VM_END_REASON__VM_END_CHECK_FAILED;
}

static void give_up_stepped_over(struct slot *slot)
{
	size_t from = 0;
	uint32_t test, attempt;

	while (schedule_stepped_over(slot->schedule, &from, &test, &attempt))
		if (tell_attempt_ended(slot, test, attempt,
				       PB__VERDICT__VERDICT_LOST,
				       "check did not run it") < 0)
			return;
}

static void on_vm_ending(void *context, Pb__VmEndReason reason,
			 const char *detail)
{
	struct slot *slot = context;
	uint32_t test, attempt;
	Pb__Verdict verdict = PB__VERDICT__VERDICT_UNSPECIFIED;

	if (slot->vm.host_error < 0)
		slot->owner.failed(slot->owner.context, slot->vm.host_error,
				   slot->run->outdir->path);
	kernelwatch_finish(slot->watch,
			   reason != PB__VM_END_REASON__VM_END_FINISHED);
	deposit_keep_unfinished(&slot->deposit);
	if (schedule_running(slot->schedule, &test, &attempt)) {
		verdict = schedule_verdict(reason, slot->schedule->timed_out);
		(void)!tell_attempt_ended(slot, test, attempt, verdict, detail);
	}
	keep_ring(slot, reason, verdict);
	postmortem_ended(&slot->postmortem, reason, detail, verdict);
	if (reason == PB__VM_END_REASON__VM_END_FINISHED &&
	    slot->vm.job_end != PB__JOB_END__JOB_END_UNCLEAN &&
	    !slot->schedule->stopped)
		give_up_stepped_over(slot);
	(void)!bootlog_finish(slot->run->outdir, slot->console_log,
			      is_good_end(slot, reason));
}

static void release_boot(struct slot *slot)
{
	deposit_close(&slot->deposit);
	kernelwatch_destroy(slot->watch);
	slot->watch = NULL;
	symboliser_deinit(&slot->symboliser);
	postmortem_deinit(&slot->postmortem);
	fd_close(&slot->console_fd);
	bootjob_deinit(&slot->job);
	slot->active = false;
}

static void on_vm_over(void *context)
{
	struct slot *slot = context;

	release_boot(slot);
	slot->owner.on_over(slot->owner.context);
}

/* ---- the next boot ---- */

static int on_own_event(void *context, Pb__Event *event)
{
	return tell(context, event);
}

static int open_boot(struct slot *slot)
{
	static const struct kernelwatch_owner watch_owner = {
		.on_fatal = on_kernel_fatal,
		.on_death = on_kernel_death,
		.on_problem = on_kernel_problem,
	};

	const struct postmortem_owner postmortem_owner = {
		.outdir = slot->run->outdir,
		.quota = slot->evidence_quota,
		.started = slot->run->started,
		.schedule = slot->schedule,
		.vm = &slot->vm,
		.on_event = on_own_event,
		.context = slot,
	};
	const struct deposit_owner deposit_owner = {
		.job = &slot->job,
		.schedule = slot->schedule,
		.vm = &slot->vm,
		.vm_index = slot->index,
		.quota = slot->quota,
		.on_event = on_own_event,
		.context = slot,
	};

	deposit_open(&slot->deposit, &deposit_owner);
	if (postmortem_init(&slot->postmortem, &postmortem_owner) < 0)
		return -ENOMEM;
	slot->watch = kernelwatch_create(&watch_owner, slot);
	if (slot->watch == NULL)
		return -ENOMEM;
	slot->console_fd = bootlog_create(slot->run->outdir, clock_real_ns(),
					  slot->console_log);
	return slot->console_fd < 0 ? slot->console_fd : 0;
}

/* The agent as PID 1 may be what a boot has stumbled over. */
static void choose_init(struct slot *slot)
{
	slot->vng = *slot->run->vng;
	if (slot->run->init_may_change && slot->schedule->fruitless_boots > 0)
		slot->vng.start = VNG_START_EXEC;
}

static int start_vm(struct slot *slot, uint32_t boot)
{
	const struct vm_owner owner = {
		.on_event = on_vm_event,
		.on_bulk = on_vm_bulk,
		.on_heartbeat = on_vm_heartbeat,
		.on_console_line = on_vm_console_line,
		.on_evidence = on_vm_evidence,
		.on_gone = on_vm_gone,
		.on_ending = on_vm_ending,
		.on_over = on_vm_over,
		.context = slot,
	};
	const struct run_spec *run = slot->run;
	struct vm_spec spec = {
		.index = slot->index,
		.boot = boot,
		.vng = &slot->vng,
		.kernel = run->kernel,
		.runtime_dir = run->runtime_dir,
		.run_spec = &slot->job.spec,
		.plan = slot->job.plan,
		.attempt = slot->job.attempt,
		.boot_timeout_ms = run->started->boot_timeout_ms,
		.silence_ms = run->silence_ms,
		.console_fd = slot->console_fd,
		.console_log = slot->console_log,
		.log_fd = slot->log_fd,
	};
	char why[512];
	int rc;

	choose_init(slot);
	rc = vm_start(&slot->vm, slot->loop, &spec, &owner, why, sizeof(why));
	if (rc < 0)
		slot->owner.failed(slot->owner.context, rc, why);
	return rc;
}

int slot_boot(struct slot *slot, uint32_t boot, Pb__RunEnd *ret_end)
{
	int n = bootjob_init(&slot->job, slot->run, slot->schedule, ret_end);
	int rc = n;

	if (n > 0) {
		rc = open_boot(slot);
		if (rc < 0)
			slot->owner.failed(slot->owner.context, rc,
					   slot->run->outdir->why);
		else
			rc = start_vm(slot, boot);
	}
	slot->active = n > 0 && rc == 0;
	if (!slot->active)
		release_boot(slot);
	return slot->active ? 1 : rc;
}

void slot_init(struct slot *slot, const struct slot *as)
{
	*slot = *as;
	slot->active = false;
	slot->console_fd = -1;
	symboliser_init(&slot->symboliser, slot->run->vmlinux,
			slot->run->kernel->tree);
}
