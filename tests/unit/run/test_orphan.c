/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_orphan - what a killed controller leaves open is closed by the next. */
#include "host/record/event.h"
#include "host/run/orphan.h"
#include "tests/replay/script.h"
#include "tests/unit/record/rundir.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#define PLAN                                                 \
	"run_started journal_version=1 suite=fstests kvm=1 " \
	"tests=(name=g/001) tests=(name=g/002) tests=(name=g/003)\n"
#define BOOT                                                                  \
	"at 10\nboot 1\nvm_started console_log=" LOG " plan=0 plan=1 plan=2 " \
	"attempt=0 attempt=0 attempt=0\n"
#define HELLO "hello boot_id=x incarnation=1\n"
#define PASSED \
	"test_started index=0\ntest_finished index=0 check_verdict=pass\n"
#define RUNNING "test_started index=1\n"
#define DIED                                                               \
	"kernel_problem class=panic severity=fatal title=\"kernel panic: " \
	"no\" "                                                            \
	"in_test=1 test=1\n"
#define LOG	"boot-20250122-143022-running.log"
#define SUCCESS "boot-20250122-143022-success.log"
#define FAILURE "boot-20250122-143022-failure.log"

static struct outdir outdir;
static struct result *result;
static struct schedule schedule;
static size_t told;

static void apply(void *context, const Pb__Event *event)
{
	(void)context;
	assert_int_equal(result_apply(result, event), 0);
	assert_int_equal(schedule_apply(&schedule, event), 0);
}

/* Plays what was journalled, and closes what it has left open. */
static void play(const char *script)
{
	struct orphan orphan;
	Pb__Event *event;
	int fd = outdir_open_file(&outdir, LOG, O_WRONLY | O_CREAT);

	fd_close(&fd);
	script_run(script, apply, NULL);
	orphan_init(&orphan, result, &schedule, 5000000000);
	while (orphan_next(&orphan, &outdir, &event)) {
		told++;
		assert_true(told <= 2);
		assert_true(strcmp(event_name(event), "attempt_ended") == 0 ||
			    strcmp(event_name(event), "vm_ended") == 0);
		assert_true(event->real_ns == 5000000000);
		assert_true(event->mono_ns == 0);
		apply(NULL, event);
	}
}

static void expect(size_t events, size_t test, Pb__Verdict verdict,
		   const char *reason)
{
	const struct ledger_test *found = result_test(result, test);

	assert_int_equal(told, events);
	assert_int_equal(found->verdict, verdict);
	assert_string_equal(result_reason(result, found), reason);
}

static void expect_boot(const char *log)
{
	const struct boot *boot = result_boot(result, 0);

	assert_true(boot->ended);
	assert_int_equal(boot->end_reason,
			 PB__VM_END_REASON__VM_END_HOST_FAILED);
	assert_string_equal(boot->console_log, log);
}

static void test_nothing_open(void **state)
{
	(void)state;
	play(PLAN);
	assert_int_equal(told, 0);
	play(BOOT HELLO PASSED "vm_ended reason=stopped\n");
	assert_int_equal(told, 0);
}

static void test_while_booting(void **state)
{
	(void)state;
	play(PLAN BOOT);
	expect(1, 0, PB__VERDICT__VERDICT_NOT_REACHED, "the run has no end");
	expect_boot(FAILURE);
	assert_false(rundir_has("run/" LOG));
	assert_true(rundir_has("run/" FAILURE));
}

static void test_while_a_test_ran(void **state)
{
	(void)state;
	play(PLAN BOOT HELLO PASSED RUNNING);
	expect(2, 1, PB__VERDICT__VERDICT_LOST,
	       "fstvm was killed, or the machine went down while it ran");
	expect(2, 0, PB__VERDICT__VERDICT_PASS, "");
	expect_boot(SUCCESS);
	/* And nothing is told twice. */
	play("");
	assert_int_equal(told, 2);
}

/* Its controller saw the kernel die, and died before it could say so. */
static void test_while_the_kernel_died(void **state)
{
	(void)state;
	play(PLAN BOOT HELLO PASSED RUNNING DIED);
	expect(2, 1, PB__VERDICT__VERDICT_CRASH, "kernel panic: no");
	expect_boot(FAILURE);
}

/* The controller that was to close it was killed, too. */
static void test_half_closed(void **state)
{
	(void)state;
	play(PLAN BOOT HELLO PASSED RUNNING
	     "attempt_ended test=1 attempt=0 verdict=lost reason=x\n");
	expect(1, 1, PB__VERDICT__VERDICT_LOST, "x");
	expect_boot(SUCCESS);
}

/* A name that is none of ours is not renamed, and does no harm. */
static void test_strange_log(void **state)
{
	(void)state;
	play(PLAN "boot 1\nvm_started console_log=../x-running.log plan=0 "
		  "attempt=0\n");
	assert_int_equal(told, 1);
	assert_true(rundir_has("run/" LOG));
	expect_boot("../x-running.log");
}

static int begin(void **state)
{
	told = 0;
	schedule_init(&schedule);
	result = result_create();
	if (result == NULL || rundir_set_up(state) < 0)
		return -1;
	return outdir_create(&outdir, "run", "x", 0);
}

static int end(void **state)
{
	outdir_close(&outdir);
	schedule_deinit(&schedule);
	result_destroy(result);
	return rundir_tear_down(state);
}

int main(void)
{
#define BOXED(test) cmocka_unit_test_setup_teardown(test, begin, end)
	const struct CMUnitTest tests[] = {
		BOXED(test_nothing_open),     BOXED(test_while_booting),
		BOXED(test_while_a_test_ran), BOXED(test_while_the_kernel_died),
		BOXED(test_half_closed),      BOXED(test_strange_log),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
