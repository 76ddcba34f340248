/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vm - the life of one VM, from spawning vng to the last process gone. */
#include "host/vm/vm.h"

#include "host/record/event.h"
#include "host/vm/launch.h"
#include "host/vm/stray.h"
#include "shared/clock.h"
#include "shared/escape.h"
#include "shared/fd.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define BEAT_S	      5.0
#define LAST_WORDS_S  2.0 /* a panicking kernel's, until QEMU exits */
#define IN_FLIGHT_S   0.3
#define POWER_OFF_S   20.0 /* for the guest to go down by itself */
#define LADDER_STEP_S 0.05
#define READ_BYTES    (64 * 1024)
#define DRAIN_NS      2000000000ULL

enum { TERM_GRACE_MS = 3000, KILL_GRACE_MS = 10000, LAST_LINES = 20 };

static struct event_origin origin_of(const struct vm *vm)
{
	return (struct event_origin){
		.vm = vm->spec.index,
		.boot = vm->spec.boot,
		.real_ns = clock_real_ns(),
		.mono_ns = clock_mono_ns(),
	};
}

static void emit(struct vm *vm, Pb__Event *event)
{
	if (vm->owner.on_event(vm->owner.context, event) < 0)
		vm_kill(vm, PB__VM_END_REASON__VM_END_HOST_FAILED,
			"the journal can't be written");
}

static void set_deadline(struct vm *vm, double seconds)
{
	ev_timer_stop(vm->loop, &vm->deadline);
	ev_timer_set(&vm->deadline, seconds, 0);
	if (seconds > 0)
		ev_timer_start(vm->loop, &vm->deadline);
}

static void set_reason(struct vm *vm, Pb__VmEndReason reason,
		       const char *detail)
{
	if (vm->end_reason != PB__VM_END_REASON__VM_END_UNSPECIFIED)
		return;
	vm->end_reason = reason;
	escape_text(vm->end_detail, sizeof(vm->end_detail),
		    bytes_of_string(detail), false);
}

/* ---- the end ---- */

static void fill_last_lines(struct vm *vm, Pb__VmEnded *ended, char **lines,
			    char (*texts)[512])
{
	size_t count = console_last_count(&vm->console);
	size_t first = count > LAST_LINES ? count - LAST_LINES : 0;

	if (vm->end_reason == PB__VM_END_REASON__VM_END_FINISHED)
		return;
	for (size_t i = first; i < count; i++) {
		char *to = texts[ended->n_last_console];

		escape_text(to, sizeof(texts[0]), console_last(&vm->console, i),
			    false);
		lines[ended->n_last_console++] = to;
	}
	ended->last_console = lines;
}

static void emit_ended(struct vm *vm)
{
	static char texts[LAST_LINES][512];
	char *lines[LAST_LINES];
	Pb__VmEnded ended = PB__VM_ENDED__INIT;
	struct event_origin origin = origin_of(vm);
	int status = vm->process.wait_status;
	Pb__Event event;

	ended.reason = vm->end_reason;
	ended.detail = vm->end_detail;
	ended.console_log = (char *)(uintptr_t)vm->spec.console_log;
	if (vm->process.exited && WIFSIGNALED(status))
		ended.term_signal = (uint32_t)WTERMSIG(status);
	else if (vm->process.exited)
		ended.exit_status = (uint32_t)WEXITSTATUS(status);
	fill_last_lines(vm, &ended, lines, texts);
	event_init(&event, &origin);
	event.body_case = PB__EVENT__BODY_VM_ENDED;
	event.vm_ended = &ended;
	vm->state = VM_OVER;
	(void)!vm->owner.on_event(vm->owner.context, &event);
}

/* What an end without a reason means depends on how far the VM had come. */
static void settle_reason(struct vm *vm)
{
	if (vm->suspicion[0] != '\0' && vm->session.state != SESSION_FINISHED)
		set_reason(vm, PB__VM_END_REASON__VM_END_CRASHED,
			   vm->suspicion);
	else if (vm->session.state == SESSION_HELLO)
		set_reason(vm, PB__VM_END_REASON__VM_END_BOOT_FAILED,
			   "the VM ended before the agent was up");
	else if (vm->session.state == SESSION_FINISHED)
		set_reason(vm, PB__VM_END_REASON__VM_END_FINISHED, "");
	else
		set_reason(vm, PB__VM_END_REASON__VM_END_GONE,
			   "the VM ended by itself");
}

static void close_all(struct vm *vm)
{
	ev_timer_stop(vm->loop, &vm->deadline);
	ev_timer_stop(vm->loop, &vm->beat);
	ev_timer_stop(vm->loop, &vm->last_words);
	ev_timer_stop(vm->loop, &vm->ladder_timer);
	ev_io_stop(vm->loop, &vm->out);
	ev_io_stop(vm->loop, &vm->err);
	if (vm->channel_is_open)
		channel_close(&vm->channel);
	vm->channel_is_open = false;
	process_close(&vm->process);
	if (vm->guard.pid > 0) {
		(void)!guard_watch(&vm->guard, 0);
		guard_close(&vm->guard);
	}
	(void)!sockdir_close(&vm->dir);
}

static bool is_drained(const struct vm *vm)
{
	if (vm->out_at_end && vm->err_at_end &&
	    !(vm->channel_is_open && channel_is_connected(&vm->channel)))
		return true;
	/* A stray holds a pipe open: it is killed, and not waited for. */
	return clock_mono_ns() - vm->gone_ns > DRAIN_NS;
}

static void end_if_over(struct vm *vm)
{
	if (vm->state == VM_OVER || !vm->process.gone || !is_drained(vm))
		return;
	(void)!console_finish(&vm->console);
	settle_reason(vm);
	vm->owner.on_ending(vm->owner.context, vm->end_reason, vm->end_detail);
	emit_ended(vm);
	close_all(vm);
	vm->owner.on_over(vm->owner.context);
}

static void group_is_gone(struct vm *vm)
{
	if (vm->gone_ns != 0)
		return;
	vm->gone_ns = clock_mono_ns();
	(void)!stray_signal(vm->dir.mark, SIGKILL);
	ev_timer_again(vm->loop, &vm->ladder_timer);
}

static void step_ladder(struct vm *vm, int signal)
{
	if (signal != 0)
		process_signal(&vm->process, signal);
}

static void on_vm_ladder(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct vm *vm = timer->data;

	(void)loop;
	(void)events;
	if (process_reap(&vm->process) == 1)
		group_is_gone(vm);
	step_ladder(vm, ladder_step(&vm->ladder, clock_mono_ns(),
				    vm->process.gone));
	if (ladder_state(&vm->ladder) == LADDER_STUCK) {
		/* Tasks that hang in the host's kernel: go on without them. */
		vm->process.gone = true;
		group_is_gone(vm);
	}
	end_if_over(vm);
}

void vm_kill(struct vm *vm, Pb__VmEndReason reason, const char *detail)
{
	if (vm->state == VM_OVER)
		return;
	set_reason(vm, reason, detail);
	if (vm->state == VM_ENDING)
		return;
	vm->state = VM_ENDING;
	set_deadline(vm, 0);
	ev_timer_stop(vm->loop, &vm->beat);
	ev_timer_stop(vm->loop, &vm->last_words);
	step_ladder(vm, ladder_start(&vm->ladder, clock_mono_ns()));
	ev_timer_again(vm->loop, &vm->ladder_timer);
}

void vm_on_child(struct vm *vm)
{
	if (vm->state == VM_OVER)
		return;
	if (process_reap(&vm->process) == 1) {
		group_is_gone(vm);
		end_if_over(vm);
	} else if (vm->process.exited && vm->state != VM_ENDING) {
		/* vng is gone: what it has left behind must go too. */
		settle_reason(vm);
		vm_kill(vm, vm->end_reason, "");
	}
}

static void send_beat(struct vm *vm)
{
	Pb__HostBeat beat = PB__HOST_BEAT__INIT;
	Pb__Envelope envelope = PB__ENVELOPE__INIT;

	beat.count = ++vm->beats;
	envelope.body_case = PB__ENVELOPE__BODY_HOST_BEAT;
	envelope.host_beat = &beat;
	/* A full staging buffer: the guest does not read, which shows soon. */
	if (vm->channel_is_open)
		(void)!channel_send(&vm->channel, &envelope);
}

void vm_suspect_crash(struct vm *vm, const char *line)
{
	if (vm->state >= VM_FINISHING || vm->suspected > 0)
		return;
	vm->suspected = ev_now(vm->loop);
	escape_text(vm->suspicion, sizeof(vm->suspicion), bytes_of_string(line),
		    false);
	if (vm->state == VM_BOOTING)
		return; /* has its deadline */
	send_beat(vm);
	ev_timer_again(vm->loop, &vm->last_words);
}

static void on_vm_last_words(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct vm *vm = timer->data;

	(void)events;
	ev_timer_stop(loop, timer);
	/* What was under way when it died may still have come. */
	if (vm->last_message > vm->suspected + IN_FLIGHT_S)
		vm->suspected = 0;
	else
		vm_kill(vm, PB__VM_END_REASON__VM_END_CRASHED, vm->suspicion);
}

void vm_stop(struct vm *vm, const char *text, uint64_t grace_ms)
{
	Pb__Stop stop = PB__STOP__INIT;
	Pb__Envelope envelope = PB__ENVELOPE__INIT;

	if (vm->state >= VM_FINISHING)
		return;
	set_reason(vm, PB__VM_END_REASON__VM_END_STOPPED, text);
	stop.reason = (char *)(uintptr_t)text;
	stop.grace_ms = grace_ms / 2;
	envelope.body_case = PB__ENVELOPE__BODY_STOP;
	envelope.stop = &stop;
	if (vm->state != VM_RUNNING || !vm->channel_is_open ||
	    channel_send(&vm->channel, &envelope) < 0) {
		vm_kill(vm, vm->end_reason, text);
		return;
	}
	set_deadline(vm, (double)grace_ms / 1000.0);
}

static void on_vm_deadline(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct vm *vm = timer->data;
	char text[128];

	(void)loop;
	(void)events;
	if (vm->state == VM_BOOTING) {
		snprintf(text, sizeof(text),
			 "the agent was not up after %.0f s",
			 (double)vm->spec.boot_timeout_ms / 1000.0);
		vm_kill(vm, PB__VM_END_REASON__VM_END_BOOT_TIMEOUT, text);
	} else if (vm->state == VM_SETUP) {
		vm_kill(vm, PB__VM_END_REASON__VM_END_SETUP_FAILED,
			"the set-up of devices did not end");
	} else {
		/* A stop, last words or a power-off that took their time. */
		settle_reason(vm);
		vm_kill(vm, vm->end_reason, "");
	}
}

/* ---- the channel ---- */

static int send_run_spec(struct vm *vm)
{
	Pb__Envelope envelope = PB__ENVELOPE__INIT;

	envelope.body_case = PB__ENVELOPE__BODY_RUN_SPEC;
	envelope.run_spec = (Pb__RunSpec *)(uintptr_t)vm->spec.run_spec;
	return channel_send(&vm->channel, &envelope);
}

static void send_power_off(struct vm *vm)
{
	Pb__PowerOff power_off = PB__POWER_OFF__INIT;
	Pb__Envelope envelope = PB__ENVELOPE__INIT;

	envelope.body_case = PB__ENVELOPE__BODY_POWER_OFF;
	envelope.power_off = &power_off;
	vm->state = VM_FINISHING;
	set_deadline(vm, POWER_OFF_S);
	if (channel_send(&vm->channel, &envelope) < 0)
		vm_kill(vm, vm->end_reason, "");
}

static int on_hello(struct vm *vm, const Pb__Hello *hello)
{
	if (vm->state != VM_BOOTING)
		return channel_resume(&vm->channel, hello->received_upto);
	vm->state = VM_SETUP;
	set_deadline(vm, (double)vm->spec.run_spec->setup_timeout_ms / 1000.0 +
				 BEAT_S);
	return send_run_spec(vm);
}

static void on_job_finished(struct vm *vm, const Pb__JobFinished *finished)
{
	switch (finished->end) {
	case PB__JOB_END__JOB_END_WEDGED:
		/* Going down would wait for what can't be killed. */
		vm_kill(vm, PB__VM_END_REASON__VM_END_WEDGED, finished->reason);
		return;
	case PB__JOB_END__JOB_END_CHECK_FAILED:
		set_reason(vm, PB__VM_END_REASON__VM_END_CHECK_FAILED,
			   finished->reason);
		break;
	case PB__JOB_END__JOB_END_COMPLETE:
	case PB__JOB_END__JOB_END_STOPPED:
	case PB__JOB_END__JOB_END_UNSPECIFIED:
	case _PB__JOB_END_IS_INT_SIZE:
		set_reason(vm, PB__VM_END_REASON__VM_END_FINISHED, "");
		break;
	}
	send_power_off(vm);
}

static void on_setup_failed(struct vm *vm, const Pb__SetupFailed *failed)
{
	char text[512];

	snprintf(text, sizeof(text), "%.64s: %.400s", failed->step,
		 failed->reason);
	set_reason(vm, PB__VM_END_REASON__VM_END_SETUP_FAILED, text);
	send_power_off(vm);
}

static void react(struct vm *vm, const Pb__Envelope *envelope)
{
	if (envelope->body_case == PB__ENVELOPE__BODY_HELLO) {
		if (on_hello(vm, envelope->hello) < 0)
			vm_kill(vm, PB__VM_END_REASON__VM_END_PROTOCOL,
				"a Hello that can't be answered");
	} else if (envelope->body_case == PB__ENVELOPE__BODY_SETUP_DONE) {
		vm->state = VM_RUNNING;
		set_deadline(vm, 0);
	} else if (envelope->body_case == PB__ENVELOPE__BODY_SETUP_FAILED) {
		on_setup_failed(vm, envelope->setup_failed);
	} else if (envelope->body_case == PB__ENVELOPE__BODY_JOB_FINISHED) {
		on_job_finished(vm, envelope->job_finished);
	}
}

static void protocol_broken(struct vm *vm, const char *why)
{
	Pb__ProtocolBroken broken = PB__PROTOCOL_BROKEN__INIT;
	struct event_origin origin = origin_of(vm);
	char text[256];
	Pb__Event event;

	broken.reason = (char *)(uintptr_t)why;
	broken.skipped_bytes = wire_skipped(&vm->channel.wire);
	event_init(&event, &origin);
	event.body_case = PB__EVENT__BODY_PROTOCOL_BROKEN;
	event.protocol_broken = &broken;
	emit(vm, &event);
	snprintf(text, sizeof(text), "guest broke the protocol: %s", why);
	vm_kill(vm, PB__VM_END_REASON__VM_END_PROTOCOL, text);
}

static int host_failed(struct vm *vm)
{
	vm_kill(vm, PB__VM_END_REASON__VM_END_HOST_FAILED,
		"the run directory can't be written");
	return -EIO;
}

static int on_channel_message(void *context, const Pb__Envelope *envelope)
{
	struct vm *vm = context;
	struct event_origin origin = origin_of(vm);
	const char *why = "";
	Pb__Event event;

	vm->last_sign = vm->last_message = ev_now(vm->loop);
	if (session_step(&vm->session, envelope, &why) < 0) {
		protocol_broken(vm, why);
		return -EPROTO;
	}
	if (envelope->body_case == PB__ENVELOPE__BODY_HEARTBEAT) {
		vm->owner.on_heartbeat(vm->owner.context, envelope->heartbeat);
		return 0;
	}
	if (event_from_guest(&event, &origin, envelope) < 0)
		return vm->owner.on_bulk(vm->owner.context, envelope) < 0
			       ? host_failed(vm)
			       : 0;
	if (vm->owner.on_event(vm->owner.context, &event) < 0)
		return host_failed(vm);
	react(vm, envelope);
	return 0;
}

static void on_channel_connected(void *context, pid_t peer)
{
	struct vm *vm = context;
	Pb__VmConnected connected = PB__VM_CONNECTED__INIT;
	struct event_origin origin = origin_of(vm);
	Pb__Event event;

	connected.qemu_pid = (uint32_t)peer;
	event_init(&event, &origin);
	event.body_case = PB__EVENT__BODY_VM_CONNECTED;
	event.vm_connected = &connected;
	emit(vm, &event);
}

static void on_channel_broken(void *context, const char *why)
{
	protocol_broken(context, why);
}

static void on_channel_closed(void *context)
{
	struct vm *vm = context;
	Pb__LinkClosed closed = PB__LINK_CLOSED__INIT;
	struct event_origin origin = origin_of(vm);
	Pb__Event event;

	closed.reason = (char *)(uintptr_t) "";
	event_init(&event, &origin);
	event.body_case = PB__EVENT__BODY_LINK_CLOSED;
	event.link_closed = &closed;
	emit(vm, &event);
	/* QEMU is gone or going: its console says why, if anything does. */
	if (vm->state < VM_FINISHING)
		set_deadline(vm, LAST_WORDS_S);
	end_if_over(vm);
}

/* ---- console, stdout, beats ---- */

static void on_console_line(void *context, struct bytes line, uint64_t dropped)
{
	struct vm *vm = context;

	(void)dropped;
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

	(void)events;
	if (n > 0) {
		vm->last_sign = ev_now(loop);
		if (console_push(&vm->console, bytes_of(buffer, (size_t)n)) < 0)
			host_failed(vm);
	}
	if (vm->err_at_end) {
		ev_io_stop(loop, io);
		end_if_over(vm);
	}
}

static void on_vm_stdout(struct ev_loop *loop, ev_io *io, int events)
{
	static uint8_t buffer[READ_BYTES];
	struct vm *vm = io->data;
	ssize_t n = read_some(vm->process.out_fd, buffer, &vm->out_at_end);

	(void)events;
	if (n > 0 && fd_write_all(vm->spec.log_fd, buffer, (size_t)n) < 0)
		host_failed(vm);
	if (vm->out_at_end) {
		ev_io_stop(loop, io);
		end_if_over(vm);
	}
}

static void on_vm_beat(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct vm *vm = timer->data;
	double silent = ev_now(loop) - vm->last_sign;
	char text[128];

	(void)events;
	if (vm->state == VM_BOOTING)
		return; /* has a deadline of its own */
	send_beat(vm);
	if (silent * 1000.0 < (double)vm->spec.silence_ms)
		return;
	snprintf(text, sizeof(text), "no sign of life for %.0f s", silent);
	vm_kill(vm, PB__VM_END_REASON__VM_END_HUNG, text);
}

/* ---- the start ---- */

int vm_announce(struct vm *vm, const struct vng_argv *argv)
{
	Pb__VmStarted started = PB__VM_STARTED__INIT;
	struct event_origin origin = origin_of(vm);
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
	vm->last_sign = ev_now(vm->loop);
	set_deadline(vm, (double)vm->spec.boot_timeout_ms / 1000.0);
}

static void init(struct vm *vm, struct ev_loop *loop,
		 const struct vm_spec *spec, const struct vm_owner *owner)
{
	memset(vm, 0, sizeof(*vm));
	vm->loop = loop;
	vm->owner = *owner;
	vm->spec = *spec;
	vm->dir.fd = -1;
	session_init(&vm->session, spec->run_spec);
	ladder_init(&vm->ladder, TERM_GRACE_MS, KILL_GRACE_MS);
	console_init(&vm->console, spec->console_fd, LIMIT_CONSOLE_LOG_BYTES,
		     on_console_line, vm);
	ev_timer_init(&vm->deadline, on_vm_deadline, 1, 0);
	ev_timer_init(&vm->beat, on_vm_beat, BEAT_S, BEAT_S);
	ev_timer_init(&vm->last_words, on_vm_last_words, LAST_WORDS_S,
		      LAST_WORDS_S);
	ev_timer_init(&vm->ladder_timer, on_vm_ladder, LADDER_STEP_S,
		      LADDER_STEP_S);
	vm->deadline.data = vm->beat.data = vm->ladder_timer.data = vm;
	vm->last_words.data = vm;
	vm->out.data = vm->err.data = vm;
}

int vm_start(struct vm *vm, struct ev_loop *loop, const struct vm_spec *spec,
	     const struct vm_owner *owner, char *why, size_t why_cap)
{
	struct channel_owner channel_owner = {
		.on_connected = on_channel_connected,
		.on_message = on_channel_message,
		.on_broken = on_channel_broken,
		.on_closed = on_channel_closed,
		.context = vm,
	};
	char path[SOCKDIR_MEMBER + 1];
	const char *step = "make a private directory";
	int rc;

	init(vm, loop, spec, owner);
	rc = sockdir_open(&vm->dir, spec->runtime_dir);
	if (rc == 0) {
		step = "listen for QEMU";
		rc = channel_open(
			&vm->channel, loop,
			sockdir_path(&vm->dir, "ch.sock", path, sizeof(path)),
			&channel_owner);
		vm->channel_is_open = rc == 0;
	}
	if (rc == 0)
		rc = launch_vng(vm, &step);
	if (rc < 0) {
		snprintf(why, why_cap, "can't %s: %s", step, strerror(-rc));
		vm->state = VM_OVER;
		close_all(vm);
		return rc;
	}
	watch(vm);
	return 0;
}
