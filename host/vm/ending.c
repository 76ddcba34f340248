/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ending - how a VM comes to its end. */
#include "host/vm/ending.h"

#include "host/record/event.h"
#include "host/vm/bootfault.h"
#include "host/vm/stray.h"
#include "shared/clock.h"
#include "shared/escape.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#define DRAIN_NS 2000000000ULL

enum { LAST_LINES = 20 };

void ending_set_reason(struct vm *vm, Pb__VmEndReason reason,
		       const char *detail)
{
	if (vm->end_reason != PB__VM_END_REASON__VM_END_UNSPECIFIED)
		return;
	vm->end_reason = reason;
	escape_text(vm->end_detail, sizeof(vm->end_detail),
		    bytes_of_string(detail), false);
}

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
	struct event_origin origin = vm_origin(vm);
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
void ending_settle(struct vm *vm)
{
	/* A hung kernel that our NMI made panic has hung. */
	investigation_finish(&vm->investigation);
	if (vm->suspicion[0] != '\0' && vm->session.state != SESSION_FINISHED)
		ending_set_reason(vm, PB__VM_END_REASON__VM_END_CRASHED,
				  vm->suspicion);
	else if (vm->session.state == SESSION_HELLO)
		ending_set_reason(vm, PB__VM_END_REASON__VM_END_BOOT_FAILED,
				  "the VM ended before the agent was up");
	else if (vm->session.state == SESSION_FINISHED)
		ending_set_reason(vm, PB__VM_END_REASON__VM_END_FINISHED, "");
	else
		ending_set_reason(vm, PB__VM_END_REASON__VM_END_GONE,
				  "the VM ended by itself");
}

/* Other reasons are about what it did before, or what was done to it. */
static bool may_be_death(Pb__VmEndReason reason)
{
	return reason == PB__VM_END_REASON__VM_END_UNSPECIFIED ||
	       reason == PB__VM_END_REASON__VM_END_BOOT_FAILED ||
	       reason == PB__VM_END_REASON__VM_END_CRASHED ||
	       reason == PB__VM_END_REASON__VM_END_HUNG ||
	       reason == PB__VM_END_REASON__VM_END_GONE;
}

void vm_blame_kernel(struct vm *vm, const char *line)
{
	if (!may_be_death(vm->end_reason) ||
	    vm->session.state == SESSION_FINISHED)
		return;
	vm->end_reason = PB__VM_END_REASON__VM_END_UNSPECIFIED;
	ending_set_reason(vm, PB__VM_END_REASON__VM_END_CRASHED, line);
}

static struct bytes line_of(const void *context, size_t i)
{
	return console_last(context, i);
}

/* Why the agent was never heard of, where the console tells. */
static void explain_boot(struct vm *vm)
{
	const struct bootfault_facts facts = {
		.qemu_connected = vm->connected,
		.agent_init = vm->spec.vng->start == VNG_START_INIT,
		.death_is_known =
			vm->end_reason == PB__VM_END_REASON__VM_END_CRASHED,
		/* A kernel with a log has said something. */
		.line_count = vm->console.line_count + vm->kernel_log.len,
	};
	size_t len = strlen(vm->end_detail);
	char why[BOOTFAULT_TEXT];

	if (vm->session.state != SESSION_HELLO ||
	    (vm->end_reason != PB__VM_END_REASON__VM_END_BOOT_TIMEOUT &&
	     vm->end_reason != PB__VM_END_REASON__VM_END_BOOT_FAILED &&
	     vm->end_reason != PB__VM_END_REASON__VM_END_CRASHED))
		return;
	if (!bootfault_explain_log(&facts, vm->kernel_log, why) &&
	    !bootfault_explain(&facts, line_of, &vm->console,
			       console_last_count(&vm->console), why))
		return;
	len += bytes_copy_string(vm->end_detail + len,
				 sizeof(vm->end_detail) - len, "; ");
	escape_text(vm->end_detail + len, sizeof(vm->end_detail) - len,
		    bytes_of_string(why), false);
}

void ending_close(struct vm *vm)
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
	investigation_close(&vm->investigation);
	qmp_close(&vm->qmp);
	blackbox_close(&vm->blackbox);
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

void ending_check(struct vm *vm)
{
	if (vm->state == VM_OVER || !vm->process.gone || !is_drained(vm))
		return;
	(void)!console_finish(&vm->console);
	vm->owner.on_gone(vm->owner.context);
	ending_settle(vm);
	explain_boot(vm);
	vm->owner.on_ending(vm->owner.context, vm->end_reason, vm->end_detail);
	emit_ended(vm);
	ending_close(vm);
	vm->owner.on_over(vm->owner.context);
}

void ending_group_is_gone(struct vm *vm)
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

void ending_on_ladder(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct vm *vm = timer->data;

	(void)loop;
	(void)events;
	if (process_reap(&vm->process) == 1)
		ending_group_is_gone(vm);
	step_ladder(vm, ladder_step(&vm->ladder, clock_mono_ns(),
				    vm->process.gone));
	if (ladder_state(&vm->ladder) == LADDER_STUCK) {
		/* Tasks that hang in the host's kernel: go on without them. */
		vm->process.gone = true;
		ending_group_is_gone(vm);
	}
	ending_check(vm);
}

void vm_kill(struct vm *vm, Pb__VmEndReason reason, const char *detail)
{
	if (vm->state == VM_OVER)
		return;
	ending_set_reason(vm, reason, detail);
	investigation_abort(&vm->investigation);
	if (vm->state == VM_ENDING)
		return;
	vm->state = VM_ENDING;
	vm_set_deadline(vm, 0);
	ev_timer_stop(vm->loop, &vm->beat);
	ev_timer_stop(vm->loop, &vm->last_words);
	step_ladder(vm, ladder_start(&vm->ladder, clock_mono_ns()));
	ev_timer_again(vm->loop, &vm->ladder_timer);
}
