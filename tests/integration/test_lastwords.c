/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_lastwords - the end of a VM whose kernel's log is found in the memory
 * that it leaves: the real host/vm around a process that stands for vng and
 * QEMU (ghost.c). */
#include "host/run/kernelwatch.h"
#include "host/run/lastwords.h"
#include "host/vm/process.h"
#include "host/vm/vm.h"
#include "shared/fd.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define GUARD_S 60
#define TICK_S	0.005

enum { LOG_BYTES = 64 * 1024, MEMORY_MIB = 256 };

/* What is done to it once its memory is held. */
enum fate { KILLED, HUNG, STOPPED };

static struct ev_loop *loop;
static struct vm vm;
static struct kernelwatch *watch;
static struct recordlog text;
static Pb__KernelRing ring;
static Pb__RunSpec run_spec;
static enum fate fate;
static bool over;
static bool was_held;
static unsigned int deaths;
static unsigned int problems;
static Pb__VmEndReason end_reason;
static char end_detail[512];

/* ---- the owner ---- */

static int on_event(void *context, Pb__Event *event)
{
	(void)context;
	(void)event;
	return 0;
}

static void on_console_line(void *context, struct bytes line)
{
	(void)context;
	kernelwatch_console(watch, line);
}

static void on_gone(void *context)
{
	(void)context;
	was_held = vm.blackbox.ram.fd >= 0;
	lastwords_read(&vm.blackbox.ram, watch, &text, 0, &ring);
	vm.kernel_log = recordlog_text(&text);
}

static void on_ending(void *context, Pb__VmEndReason reason, const char *detail)
{
	(void)context;
	kernelwatch_finish(watch, true);
	end_reason = reason;
	snprintf(end_detail, sizeof(end_detail), "%s", detail);
}

static void on_over(void *context)
{
	(void)context;
	over = true;
}

static void on_fatal(void *context, const char *line)
{
	(void)context;
	vm_suspect_crash(&vm, line);
}

static void on_death(void *context, const char *line)
{
	(void)context;
	deaths++;
	vm_blame_kernel(&vm, line);
}

static void on_problem(void *context, Pb__KernelProblem *problem)
{
	(void)context;
	(void)problem;
	problems++;
}

/* ---- one VM ---- */

static void on_child(struct ev_loop *of, ev_signal *watcher, int events)
{
	(void)of;
	(void)watcher;
	(void)events;
	vm_on_child(&vm);
}

/* When its memory is held, and the console has said what it has to say. */
static void on_tick(struct ev_loop *of, ev_timer *timer, int events)
{
	bool waits = strstr(vm.spec.vng->parameters, "ghost.garbled") != NULL;

	(void)events;
	if (vm.blackbox.ram.fd < 0 || (waits && !vm.suspected))
		return;
	ev_timer_stop(of, timer);
	if (fate == KILLED)
		kill(vm.process.pid, SIGKILL);
	else
		vm_kill(&vm,
			fate == HUNG ? PB__VM_END_REASON__VM_END_HUNG
				     : PB__VM_END_REASON__VM_END_STOPPED,
			"by the test");
}

static void on_guard(struct ev_loop *of, ev_timer *timer, int events)
{
	(void)of;
	(void)timer;
	(void)events;
	fail_msg("not over in %d s", GUARD_S);
}

static void live(void)
{
	ev_signal child;
	ev_timer tick, guard;

	ev_signal_init(&child, on_child, SIGCHLD);
	ev_signal_start(loop, &child);
	ev_timer_init(&tick, on_tick, TICK_S, TICK_S);
	ev_timer_start(loop, &tick);
	ev_timer_init(&guard, on_guard, GUARD_S, 0);
	ev_timer_start(loop, &guard);
	while (!over)
		ev_run(loop, EVRUN_ONCE);
	ev_timer_stop(loop, &guard);
	ev_timer_stop(loop, &tick);
	ev_signal_stop(loop, &child);
}

static const struct vm_owner owner = {
	.on_event = on_event,
	.on_console_line = on_console_line,
	.on_gone = on_gone,
	.on_ending = on_ending,
	.on_over = on_over,
};

static void run(const char *parameters)
{
	static struct vng_spec vng;
	struct vm_spec spec = {
		.boot = 1,
		.vng = &vng,
		.run_spec = &run_spec,
		.boot_timeout_ms = GUARD_S * 1000ULL,
		.silence_ms = GUARD_S * 1000ULL,
		.console_log = "console",
	};
	fd_auto int console = fd_open("/dev/null", O_WRONLY, 0);
	fd_auto int log = fd_open("/dev/null", O_WRONLY, 0);
	char why[256];

	vng = (struct vng_spec){
		.vng = FSTVM_TEST_GHOST,
		.kernel = "/boot/vmlinuz",
		.agent_dir = "/",
		.parameters = parameters,
		.memory_mib = MEMORY_MIB,
		.cpus = 1,
		.force_9p = true,
		.shared_memory = true,
		.console = true,
	};
	spec.console_fd = console;
	spec.log_fd = log;
	if (vm_start(&vm, loop, &spec, &owner, why, sizeof(why)) < 0)
		fail_msg("%s", why);
	live();
	/* Nothing of it is kept. */
	assert_int_equal(vm.blackbox.ram.fd, -1);
}

static int begin(void **state)
{
	static const struct kernelwatch_owner watch_owner = {
		.on_fatal = on_fatal,
		.on_death = on_death,
		.on_problem = on_problem,
	};

	(void)state;
	loop = ev_loop_new(EVFLAG_AUTO);
	watch = kernelwatch_create(&watch_owner, NULL);
	pb__run_spec__init(&run_spec);
	fate = KILLED;
	over = was_held = false;
	deaths = problems = 0;
	end_detail[0] = '\0';
	return recordlog_init(&text, LOG_BYTES);
}

static int end(void **state)
{
	(void)state;
	recordlog_deinit(&text);
	kernelwatch_destroy(watch);
	ev_loop_destroy(loop);
	return 0;
}

static void expect_crash(void)
{
	assert_true(was_held);
	assert_int_equal(end_reason, PB__VM_END_REASON__VM_END_CRASHED);
	assert_string_equal(end_detail,
			    "Kernel panic - not syncing: by a ghost");
	assert_int_equal(deaths, 1);
	assert_int_equal(problems, 1);
	assert_int_equal(ring.records, 3);
}

static void a_silent_panic_is_a_crash(void **state)
{
	(void)state;
	run("ghost.panic");
	expect_crash();
}

static void the_log_is_right_where_the_console_is_not(void **state)
{
	(void)state;
	run("ghost.panic ghost.garbled");
	assert_non_null(strstr(vm.suspicion, "by a gh@@t"));
	expect_crash();
}

static void silence_after_a_panic_is_no_hang(void **state)
{
	(void)state;
	fate = HUNG;
	run("ghost.panic");
	expect_crash();
}

static void what_we_did_stays_what_it_was(void **state)
{
	(void)state;
	fate = STOPPED;
	run("ghost.panic");
	assert_int_equal(end_reason, PB__VM_END_REASON__VM_END_STOPPED);
	assert_int_equal(deaths, 1);
}

static void a_log_without_a_death(void **state)
{
	(void)state;
	run("ghost.quiet");
	assert_true(was_held);
	assert_int_equal(end_reason, PB__VM_END_REASON__VM_END_BOOT_FAILED);
	assert_int_equal(ring.records, 1);
	assert_int_equal(deaths, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)
		TEST(a_silent_panic_is_a_crash),
		TEST(the_log_is_right_where_the_console_is_not),
		TEST(silence_after_a_panic_is_no_hang),
		TEST(what_we_did_stays_what_it_was),
		TEST(a_log_without_a_death),
	};

	signal(SIGPIPE, SIG_IGN);
	if (process_become_subreaper() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
