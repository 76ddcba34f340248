/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vm - the life of one VM, from spawning vng to the last process gone. */
#include "host/vm/vm.h"

#include "host/record/event.h"
#include "host/vm/dialogue.h"
#include "host/vm/ending.h"
#include "host/vm/launch.h"
#include "shared/calibration.h"
#include "shared/clock.h"
#include "shared/escape.h"
#include "shared/fd.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define IN_FLIGHT_S   0.3
#define LADDER_STEP_S 0.05
#define READ_BYTES    (64 * 1024)

enum { TERM_GRACE_MS = 3000, KILL_GRACE_MS = 10000 };

struct event_origin vm_origin(const struct vm *vm)
{
	return (struct event_origin){
		.vm = vm->spec.index,
		.boot = vm->spec.boot,
		.real_ns = clock_real_ns(),
		.mono_ns = clock_mono_ns(),
	};
}

void vm_emit(struct vm *vm, Pb__Event *event)
{
	if (vm->owner.on_event(vm->owner.context, event) < 0)
		vm_kill(vm, PB__VM_END_REASON__VM_END_HOST_FAILED,
			"the journal can't be written");
}

int vm_host_failed(struct vm *vm, int error)
{
	char text[128];

	snprintf(text, sizeof(text), "the run directory can't be written: %s",
		 strerror(-error));
	if (vm->host_error == 0)
		vm->host_error = error;
	vm_kill(vm, PB__VM_END_REASON__VM_END_HOST_FAILED, text);
	return error;
}

void vm_set_deadline(struct vm *vm, double seconds)
{
	ev_timer_stop(vm->loop, &vm->deadline);
	ev_timer_set(&vm->deadline, seconds, 0);
	if (seconds > 0)
		ev_timer_start(vm->loop, &vm->deadline);
}

void vm_on_child(struct vm *vm)
{
	if (vm->state == VM_OVER)
		return;
	if (process_reap(&vm->process) == 1) {
		ending_group_is_gone(vm);
		ending_check(vm);
	} else if (vm->process.exited && vm->state != VM_ENDING) {
		/* vng is gone: what it has left behind must go too. */
		ending_settle(vm);
		vm_kill(vm, vm->end_reason, "");
	}
}

void vm_suspect_crash(struct vm *vm, const char *line)
{
	if (vm->state >= VM_FINISHING || vm->suspected)
		return;
	vm->suspected = true;
	escape_text(vm->suspicion, sizeof(vm->suspicion), bytes_of_string(line),
		    false);
	if (vm->state == VM_BOOTING)
		return; /* has its deadline */
	vm->asked = 0;
	ev_timer_set(&vm->last_words, IN_FLIGHT_S, 0);
	ev_timer_start(vm->loop, &vm->last_words);
}

/* What was under way when it died may have come until now; what comes from now
 * on is an answer. */
static void ask(struct vm *vm)
{
	vm->asked = ev_now(vm->loop);
	dialogue_send_beat(vm);
	ev_timer_set(&vm->last_words, VM_LAST_WORDS_S - IN_FLIGHT_S, 0);
	ev_timer_start(vm->loop, &vm->last_words);
}

static void on_vm_last_words(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct vm *vm = timer->data;

	(void)loop;
	(void)events;
	if (vm->asked == 0)
		ask(vm);
	else if (vm->last_message > vm->asked)
		vm->suspected = false;
	else
		vm_kill(vm, PB__VM_END_REASON__VM_END_CRASHED, vm->suspicion);
}

void vm_stop(struct vm *vm, const char *text, uint64_t grace_ms)
{
	Pb__Stop stop = PB__STOP__INIT;
	Pb__Envelope envelope = PB__ENVELOPE__INIT;

	if (vm->state >= VM_FINISHING)
		return;
	ending_set_reason(vm, PB__VM_END_REASON__VM_END_STOPPED, text);
	stop.reason = (char *)(uintptr_t)text;
	stop.grace_ms = grace_ms / 2;
	envelope.body_case = PB__ENVELOPE__BODY_STOP;
	envelope.stop = &stop;
	if (vm->state != VM_RUNNING || !vm->channel_is_open ||
	    channel_send(&vm->channel, &envelope) < 0) {
		vm_kill(vm, vm->end_reason, text);
		return;
	}
	vm_set_deadline(vm, (double)grace_ms / 1000.0);
}

/* ---- what an investigation tells ---- */

static void on_investigation_sample(void *context,
				    const struct liveness_cpu *cpus,
				    size_t count)
{
	struct vm *vm = context;

	liveness_sample(&vm->liveness, cpus, count, clock_mono_ns());
}

static void on_investigation_evidence(void *context, const char *name,
				      struct bytes contents)
{
	struct vm *vm = context;

	vm->owner.on_evidence(vm->owner.context, name, contents);
}

static void on_investigation_finding(void *context, const char *words)
{
	struct vm *vm = context;
	uint64_t silent_ns = liveness_silent_ns(&vm->liveness, clock_mono_ns());
	bool is_boot = vm->state == VM_BOOTING;
	char text[FINDING_WORDS + 64];

	if (is_boot)
		snprintf(text, sizeof(text),
			 "the agent was not up after %.0f s: %s",
			 (double)vm->spec.boot_timeout_ms / 1000.0, words);
	else
		snprintf(text, sizeof(text), "no sign of life for %.0f s: %s",
			 (double)silent_ns / 1e9, words);
	vm_kill(vm,
		is_boot ? PB__VM_END_REASON__VM_END_BOOT_TIMEOUT
			: PB__VM_END_REASON__VM_END_HUNG,
		text);
}

static void escalate(struct vm *vm)
{
	console_set_forgetful(&vm->console, true);
	if (investigation_begin(&vm->investigation) < 0)
		on_investigation_finding(vm, "no memory to find out why");
}

static void on_vm_deadline(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct vm *vm = timer->data;

	(void)loop;
	(void)events;
	if (vm->state == VM_BOOTING) {
		escalate(vm);
	} else if (vm->state == VM_SETUP) {
		vm_kill(vm, PB__VM_END_REASON__VM_END_SETUP_FAILED,
			"the set-up of devices did not end");
	} else {
		/* A stop, last words or a power-off that took their time. */
		ending_settle(vm);
		vm_kill(vm, vm->end_reason, "");
	}
}

/* ---- console, stdout, beats ---- */

static void on_console_line(void *context, struct bytes line, uint64_t dropped)
{
	struct vm *vm = context;

	(void)dropped;
	investigation_line(&vm->investigation, line);
	vm->owner.on_console_line(vm->owner.context, line);
}

static ssize_t read_some(int fd, uint8_t *to, bool *ret_at_end)
{
	ssize_t n = read(fd, to, READ_BYTES);

	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
		*ret_at_end = true;
	return n;
}

static void on_vm_stderr(struct ev_loop *loop, ev_io *io, int events)
{
	static uint8_t buffer[READ_BYTES];
	struct vm *vm = io->data;
	ssize_t n = read_some(vm->process.err_fd, buffer, &vm->err_at_end);
	int rc;

	(void)events;
	if (n > 0) {
		/* What the kernel says on our demand is no sign of life. */
		if (!investigation_is_deep(&vm->investigation))
			liveness_console(&vm->liveness, clock_mono_ns());
		rc = console_push(&vm->console, bytes_of(buffer, (size_t)n));
		if (rc < 0)
			vm_host_failed(vm, rc);
	}
	if (vm->err_at_end) {
		ev_io_stop(loop, io);
		ending_check(vm);
	}
}

static void on_vm_stdout(struct ev_loop *loop, ev_io *io, int events)
{
	static uint8_t buffer[READ_BYTES];
	struct vm *vm = io->data;
	ssize_t n = read_some(vm->process.out_fd, buffer, &vm->out_at_end);
	int rc = 0;

	(void)events;
	if (n > 0)
		rc = fd_write_all(vm->spec.log_fd, buffer, (size_t)n);
	if (rc < 0)
		vm_host_failed(vm, rc);
	if (vm->out_at_end) {
		ev_io_stop(loop, io);
		ending_check(vm);
	}
}

static void investigate(struct vm *vm, enum liveness_state state)
{
	if (state == LIVENESS_ALIVE)
		return;
	if (state == LIVENESS_HUNG)
		escalate(vm);
	else
		investigation_look(&vm->investigation);
}

/* What the kernel has printed, though nothing of it came out. */
static void watch_ring(struct vm *vm)
{
	uint64_t now_ns = clock_mono_ns();
	uint64_t newest;

	if (liveness_silent_ns(&vm->liveness, now_ns) >=
		    clock_ns_of_ms(LIVENESS_LATE_MS) &&
	    !investigation_is_deep(&vm->investigation) &&
	    guestram_newest(&vm->blackbox.ram, &newest) == 0)
		liveness_ring(&vm->liveness, newest, now_ns);
}

static void on_vm_beat(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct vm *vm = timer->data;

	(void)loop;
	(void)events;
	if (vm->state == VM_BOOTING || vm->state >= VM_FINISHING)
		return; /* has a deadline of its own */
	dialogue_send_beat(vm);
	watch_ring(vm);
	investigate(vm, liveness_tick(&vm->liveness, clock_mono_ns()));
}

void vm_set_limit(struct vm *vm)
{
	uint64_t limit_ms = vm->spec.silence_ms;

	if (limit_ms == 0)
		limit_ms = (uint64_t)VM_SILENCE_MS * vm->slowness_percent / 100;
	liveness_set_limit(&vm->liveness, limit_ms);
}

/* ---- the start ---- */

int vm_announce(struct vm *vm, const struct vng_argv *argv)
{
	Pb__VmStarted started = PB__VM_STARTED__INIT;
	struct event_origin origin = vm_origin(vm);
	Pb__Event event;

	started.argv = (char **)(uintptr_t)argv->argv;
	started.n_argv = argv->argc;
	started.console_log = (char *)(uintptr_t)vm->spec.console_log;
	started.pid = (uint32_t)vm->process.pid;
	started.plan = (uint32_t *)(uintptr_t)vm->spec.plan;
	started.n_plan = vm->spec.run_spec->n_tests;
	started.attempt = (uint32_t *)(uintptr_t)vm->spec.attempt;
	started.n_attempt = started.n_plan;
	event_init(&event, &origin);
	event.body_case = PB__EVENT__BODY_VM_STARTED;
	event.vm_started = &started;
	return vm->owner.on_event(vm->owner.context, &event);
}

static void watch(struct vm *vm)
{
	ev_io_init(&vm->out, on_vm_stdout, vm->process.out_fd, EV_READ);
	ev_io_init(&vm->err, on_vm_stderr, vm->process.err_fd, EV_READ);
	ev_io_start(vm->loop, &vm->out);
	ev_io_start(vm->loop, &vm->err);
	ev_timer_start(vm->loop, &vm->beat);
	vm_set_deadline(vm, (double)vm->spec.boot_timeout_ms / 1000.0);
}

static void init(struct vm *vm, struct ev_loop *loop,
		 const struct vm_spec *spec, const struct vm_owner *owner)
{
	const struct investigation_owner investigation_owner = {
		.on_sample = on_investigation_sample,
		.on_evidence = on_investigation_evidence,
		.on_finding = on_investigation_finding,
		.context = vm,
	};

	memset(vm, 0, sizeof(*vm));
	vm->loop = loop;
	vm->owner = *owner;
	vm->spec = *spec;
	vm->dir.fd = -1;
	vm->slowness_percent = CALIBRATION_SAME;
	session_init(&vm->session, spec->run_spec);
	blackbox_init(&vm->blackbox, loop);
	ladder_init(&vm->ladder, TERM_GRACE_MS, KILL_GRACE_MS);
	console_init(&vm->console, spec->console_fd, LIMIT_CONSOLE_LOG_BYTES,
		     on_console_line, vm);
	liveness_init(&vm->liveness, VM_SILENCE_MS, clock_mono_ns());
	vm_set_limit(vm);
	investigation_init(&vm->investigation, loop, &vm->qmp,
			   &investigation_owner);
	ev_timer_init(&vm->deadline, on_vm_deadline, 1, 0);
	ev_timer_init(&vm->beat, on_vm_beat, VM_BEAT_S, VM_BEAT_S);
	ev_timer_init(&vm->last_words, on_vm_last_words, IN_FLIGHT_S, 0);
	ev_timer_init(&vm->ladder_timer, ending_on_ladder, LADDER_STEP_S,
		      LADDER_STEP_S);
	vm->deadline.data = vm->beat.data = vm->ladder_timer.data = vm;
	vm->last_words.data = vm;
	vm->out.data = vm->err.data = vm;
}

int vm_start(struct vm *vm, struct ev_loop *loop, const struct vm_spec *spec,
	     const struct vm_owner *owner, char *why, size_t why_cap)
{
	char path[SOCKDIR_MEMBER + 1];
	const char *step = "make a private directory";
	int rc;

	init(vm, loop, spec, owner);
	rc = sockdir_open(&vm->dir, spec->runtime_dir);
	if (rc == 0) {
		step = "listen for QEMU";
		rc = dialogue_open(vm, sockdir_path(&vm->dir, "ch.sock", path,
						    sizeof(path)));
	}
	if (rc == 0)
		rc = qmp_open(
			&vm->qmp, loop,
			sockdir_path(&vm->dir, "qmp.sock", path, sizeof(path)));
	if (rc == 0)
		rc = launch_vng(vm, &step);
	if (rc < 0) {
		snprintf(why, why_cap, "can't %s: %s", step, strerror(-rc));
		vm->state = VM_OVER;
		ending_close(vm);
		return rc;
	}
	watch(vm);
	return 0;
}
