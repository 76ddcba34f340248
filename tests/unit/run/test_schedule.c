/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_schedule - what a run's events leave to be done. */
#include "host/run/schedule.h"
#include "tests/replay/script.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { CAP = 16 };

#define PLAN_HEAD "run_started journal_version=1 suite=fstests "
#define PLAN_TESTS                                                            \
	"tests=(name=g/001) tests=(name=g/002) tests=(name=g/003 excluded=1)" \
	" tests=(name=g/004)\n"
#define PLAN PLAN_HEAD PLAN_TESTS
#define BOOT(n, plan)                                                       \
	"boot " #n "\nvm_started plan=0 plan=1 plan=3 attempt=0 attempt=0 " \
	"attempt=0\n" plan
#define STARTED(i)  "test_started index=" #i "\n"
#define FINISHED(i) "test_finished index=" #i " check_verdict=pass\n"
#define PASSED(i)   STARTED(i) FINISHED(i)
#define ENDED(why)  "vm_ended reason=" why "\n"

static struct schedule schedule;

static void apply(void *context, const Pb__Event *event)
{
	(void)context;
	assert_int_equal(schedule_apply(&schedule, event), 0);
}

static void play(const char *script)
{
	script_run(script, apply, NULL);
}

static int begin(void **state)
{
	(void)state;
	schedule_init(&schedule);
	return 0;
}

static int end(void **state)
{
	(void)state;
	schedule_deinit(&schedule);
	return 0;
}

/* "0 1 3", or how the run ends. */
static void expect_next(const char *expected)
{
	Pb__RunEnd run_end = PB__RUN_END__RUN_END_UNSPECIFIED;
	uint32_t tests[CAP];
	char text[128] = "";
	size_t len = 0;
	size_t n = schedule_next(&schedule, tests, CAP, &run_end);

	for (size_t i = 0; i < n; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%u",
					i > 0 ? " " : "", tests[i]);
	if (n == 0)
		snprintf(text, sizeof(text), "end %d", (int)run_end);
	assert_string_equal(text, expected);
}

static void expect_end(Pb__RunEnd expected)
{
	char text[32];

	snprintf(text, sizeof(text), "end %d", (int)expected);
	expect_next(text);
}

static void expect_running(int64_t test, uint32_t attempt)
{
	uint32_t got_test = 0, got_attempt = 0;

	if (test < 0) {
		assert_false(
			schedule_running(&schedule, &got_test, &got_attempt));
		return;
	}
	assert_true(schedule_running(&schedule, &got_test, &got_attempt));
	assert_int_equal(got_test, test);
	assert_int_equal(got_attempt, attempt);
}

static void test_fresh(void **state)
{
	(void)state;
	expect_end(PB__RUN_END__RUN_END_COMPLETE); /* no plan, no tests */
	play(PLAN);
	expect_next("0 1 3");
	expect_running(-1, 0);
}

static void test_complete(void **state)
{
	(void)state;
	play(PLAN BOOT(1, "") STARTED(0));
	expect_running(0, 0);
	play(FINISHED(0) PASSED(1) STARTED(2));
	expect_running(3, 0);
	play(FINISHED(2) ENDED("finished"));
	expect_end(PB__RUN_END__RUN_END_COMPLETE);
}

/* The culprit is done, the rest is for the next boot. */
static void test_crash_in_the_middle(void **state)
{
	(void)state;
	play(PLAN BOOT(1, PASSED(0) STARTED(1)));
	expect_running(1, 0);
	play("attempt_ended test=1 attempt=0 verdict=crash\n" ENDED("crashed"));
	expect_running(-1, 0);
	expect_next("3");
	assert_int_equal(schedule.crashes, 1);
	play("boot 2\nvm_started plan=3 attempt=0\n" STARTED(0));
	expect_running(3, 0);
	play(FINISHED(0) ENDED("finished"));
	expect_end(PB__RUN_END__RUN_END_COMPLETE);
}

static void test_retries(void **state)
{
	static const char *const verdicts[] = {"crash", "hang", "lost"};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		char line[128];

		play(PLAN_HEAD "retries=2 " PLAN_TESTS);
		for (int attempt = 0; attempt < 3; attempt++) {
			expect_next("0 1 3");
			play(BOOT(1, STARTED(0)));
			expect_running(0, (uint32_t)attempt);
			snprintf(line, sizeof(line),
				 "attempt_ended test=0 attempt=%d "
				 "verdict=%s\n",
				 attempt, verdicts[i]);
			play(line);
		}
		expect_next("1 3");
	}
}

/* A timeout is the test's own verdict, and so is a stop: no second try. */
static void test_no_retry(void **state)
{
	static const char *const verdicts[] = {"timeout", "not-reached",
					       "fail"};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		char line[128];

		play(PLAN_HEAD "retries=2 " PLAN_TESTS BOOT(1, STARTED(0)));
		snprintf(line, sizeof(line),
			 "attempt_ended test=0 attempt=0 verdict=%s\n",
			 verdicts[i]);
		play(line);
		expect_next("1 3");
	}
}

/* check died under the test: the guest could not say a verdict. */
static void test_retry_of_lost_in_guest(void **state)
{
	(void)state;
	play(PLAN_HEAD "retries=1 " PLAN_TESTS BOOT(1, STARTED(0)));
	play("test_finished index=0 check_verdict=none\n");
	expect_next("0 1 3");
	play(PLAN_HEAD "retries=1 " PLAN_TESTS BOOT(1, STARTED(0)));
	play("test_finished index=0 check_verdict=none timed_out=1\n");
	expect_next("1 3");
	play(PLAN_HEAD "retries=1 " PLAN_TESTS BOOT(1, STARTED(0)));
	play("stop_requested reason=SIGINT\n"
	     "test_finished index=0 check_verdict=none\n");
	expect_end(PB__RUN_END__RUN_END_STOPPED);
}

/* Under check -L the attempts count on, and the number of the next boot's
 * first one is not taken twice. */
static void test_reruns_are_attempts(void **state)
{
	(void)state;
	play(PLAN_HEAD "loop_failures=2 " PLAN_TESTS BOOT(1, PASSED(0)));
	play("test_started index=0 rerun=1\n");
	expect_running(0, 1);
	assert_int_equal(schedule.tests[0].attempts, 2);
}

static void test_stepped_over(void **state)
{
	size_t from = 0;
	uint32_t test = 99, attempt = 99;

	(void)state;
	play(PLAN BOOT(1, PASSED(1) ENDED("finished")));
	assert_true(schedule_stepped_over(&schedule, &from, &test, &attempt));
	assert_int_equal(test, 0);
	assert_int_equal(attempt, 0);
	assert_true(schedule_stepped_over(&schedule, &from, &test, &attempt));
	assert_int_equal(test, 3);
	assert_false(schedule_stepped_over(&schedule, &from, &test, &attempt));
}

/* What is due for a retry has not been stepped over. */
static void test_retry_is_not_stepped_over(void **state)
{
	size_t from = 0;
	uint32_t test, attempt;

	(void)state;
	play(PLAN_HEAD "retries=1 " PLAN_TESTS BOOT(1, STARTED(0)));
	play("test_finished index=0 check_verdict=none\n" PASSED(1) PASSED(2));
	assert_false(schedule_stepped_over(&schedule, &from, &test, &attempt));
	expect_next("0");
}

static void test_max_crashes(void **state)
{
	static const char boot[] =
		BOOT(1, STARTED(0)) "attempt_ended test=0 attempt=0 "
				    "verdict=crash\n" ENDED("crashed");

	(void)state;
	play(PLAN_HEAD "retries=100 max_crashes=3 " PLAN_TESTS);
	for (int i = 0; i < 2; i++) {
		play(boot);
		expect_next("0 1 3");
	}
	play(boot);
	expect_end(PB__RUN_END__RUN_END_TOO_MANY_CRASHES);
	play("run_resumed\n");
	expect_next("0 1 3");
	play(PLAN_HEAD "retries=100 max_crashes=0 " PLAN_TESTS);
	for (int i = 0; i < 50; i++)
		play(boot);
	expect_next("0 1 3");
}

/* Whatever takes a VM away counts; an orderly end does not. */
static void test_what_counts_as_crash(void **state)
{
	(void)state;
	play(PLAN BOOT(1, PASSED(0) ENDED("crashed")) BOOT(2, ENDED("hung")));
	play(BOOT(3, PASSED(1) ENDED("gone")) BOOT(4, ENDED("protocol")));
	assert_int_equal(schedule.crashes, 4);
	play(BOOT(5, ENDED("finished")) BOOT(6, ENDED("wedged")));
	play(BOOT(7, ENDED("stopped")) BOOT(8, ENDED("boot-timeout")));
	assert_int_equal(schedule.crashes, 4);
}

static void test_fruitless_boots(void **state)
{
	(void)state;
	play(PLAN BOOT(1, ENDED("boot-timeout")));
	expect_next("0 1 3");
	play(BOOT(2, ENDED("boot-failed")));
	expect_end(PB__RUN_END__RUN_END_BOOT_FAILED);
	/* One that got somewhere in between begins the count anew. */
	play(PLAN BOOT(1, ENDED("boot-failed"))
		     BOOT(2, STARTED(0) ENDED("gone")));
	play(BOOT(3, ENDED("boot-failed")));
	expect_next("1 3");
	play(BOOT(4, ENDED("boot-failed")));
	expect_end(PB__RUN_END__RUN_END_BOOT_FAILED);
	play("run_resumed\n");
	expect_next("0 1 3");
}

static void test_fruitless_check(void **state)
{
	(void)state;
	play(PLAN BOOT(1, ENDED("check-failed")));
	expect_next("0 1 3");
	play(BOOT(2, ENDED("check-failed")));
	expect_end(PB__RUN_END__RUN_END_SETUP_FAILED);
}

static void test_no_second_try(void **state)
{
	(void)state;
	play(PLAN BOOT(1, "vm_ended reason=setup-failed "
			  "detail=\"mkfs: no\"\n"));
	expect_end(PB__RUN_END__RUN_END_SETUP_FAILED);
	assert_string_equal(schedule.last_detail, "mkfs: no");
	play(PLAN BOOT(1, ENDED("host-failed")));
	expect_end(PB__RUN_END__RUN_END_HOST_FAILED);
}

static void test_stop(void **state)
{
	(void)state;
	play(PLAN BOOT(1, STARTED(0)) "stop_requested reason=timeout\n");
	expect_end(PB__RUN_END__RUN_END_TIMEOUT);
	assert_true(schedule.timed_out);
	play("run_resumed\n");
	expect_next("0 1 3");
	play(PLAN BOOT(1, STARTED(0)) "stop_requested reason=SIGTERM\n");
	expect_end(PB__RUN_END__RUN_END_STOPPED);
	assert_false(schedule.timed_out);
	/* Stopped, but there was nothing left to do: it is complete. */
	play(PLAN BOOT(1, PASSED(0) PASSED(1) PASSED(2)));
	play("stop_requested reason=SIGTERM\n");
	expect_end(PB__RUN_END__RUN_END_COMPLETE);
}

/* The controller was killed: nobody said how the running test ended. */
static void test_killed_controller(void **state)
{
	(void)state;
	play(PLAN BOOT(1, PASSED(0) STARTED(1)));
	play("run_resumed\n");
	expect_running(-1, 0);
	expect_next("1 3");
	/* It is another attempt, and no retry. */
	play("boot 2\nvm_started plan=1 plan=3 attempt=1 attempt=0\n");
	play(STARTED(0));
	expect_running(1, 1);
	assert_int_equal(schedule.tests[1].retries, 0);
}

/* As another controller closes what the killed one has left open. */
static void test_killed_controller_closed(void **state)
{
	(void)state;
	play(PLAN BOOT(1, PASSED(0) STARTED(1)));
	play("attempt_ended test=1 attempt=0 verdict=lost\n");
	play(ENDED("host-failed"));
	play("boot 0\nrun_resumed\n");
	expect_next("1 3");
	play(PLAN BOOT(1, PASSED(0) STARTED(1)));
	play("attempt_ended test=1 attempt=0 verdict=crash\n");
	play(ENDED("host-failed"));
	play("boot 0\nrun_resumed\n");
	expect_next("3");
}

/* What has a real verdict keeps it; all else is run. */
static void test_resumed(void **state)
{
	static const struct {
		const char *ended;
		const char *next;
	} rows[] = {
		{"attempt_ended test=0 attempt=0 verdict=lost\n", "0 1 3"},
		{"attempt_ended test=0 attempt=0 verdict=not-reached\n",
		 "0 1 3"},
		{"attempt_ended test=0 attempt=0 verdict=crash\n", "1 3"},
		{"attempt_ended test=0 attempt=0 verdict=hang\n", "1 3"},
		{"attempt_ended test=0 attempt=0 verdict=timeout\n", "1 3"},
		{"test_finished index=0 check_verdict=none\n", "0 1 3"},
		{"test_finished index=0 check_verdict=none timed_out=1\n",
		 "1 3"},
		{"test_finished index=0 check_verdict=none "
		 "post_check_timed_out=1\n",
		 "1 3"},
		{"test_finished index=0 check_verdict=fail\n", "1 3"},
		{"test_finished index=0 check_verdict=notrun\n", "1 3"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		play(PLAN BOOT(1, STARTED(0)));
		play(rows[i].ended);
		play("vm_ended reason=gone\nboot 0\nrun_resumed\n");
		expect_next(rows[i].next);
	}
}

/* A test that check stepped over has had an attempt without a start. */
static void test_resumed_stepped_over(void **state)
{
	(void)state;
	play(PLAN BOOT(1, PASSED(1) PASSED(2)));
	play("attempt_ended test=0 attempt=0 verdict=lost\n");
	play(ENDED("finished"));
	expect_end(PB__RUN_END__RUN_END_COMPLETE);
	play("boot 0\nrun_resumed\n");
	expect_next("0");
	assert_int_equal(schedule.tests[0].attempts, 1);
}

/* However it ended before, it begins anew. */
static void test_resumed_after_any_end(void **state)
{
	static const char *const ends[] = {"setup-failed", "host-failed",
					   "check-failed", "boot-timeout"};

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		char line[64];

		snprintf(line, sizeof(line), "vm_ended reason=%s detail=x\n",
			 ends[i]);
		for (int j = 0; j < 2; j++) {
			play(j == 0 ? PLAN BOOT(1, "") : BOOT(2, ""));
			play(line);
		}
		play("boot 0\nrun_resumed\n");
		expect_next("0 1 3");
		assert_string_equal(schedule.last_detail, "");
	}
}

static void test_cap(void **state)
{
	Pb__RunEnd run_end = PB__RUN_END__RUN_END_UNSPECIFIED;
	uint32_t tests[2] = {99, 99};

	(void)state;
	play(PLAN);
	assert_int_equal(schedule_next(&schedule, tests, 1, &run_end), 1);
	assert_int_equal(tests[0], 0);
	assert_int_equal(tests[1], 99);
}

/* A journal is a file: what it says may make no sense. */
static int rc_of(const char *script);

static void test_nonsense(void **state)
{
	(void)state;
	play(PLAN STARTED(0) FINISHED(0) "attempt_ended test=99\n"
					 "boot 1\nvm_ended reason=77\n");
	expect_running(-1, 0);
	play(BOOT(1, STARTED(3) FINISHED(4) "attempt_ended test=4294967295\n"));
	expect_running(-1, 0);
	expect_next("0 1 3");
	assert_true(rc_of("boot 2\nvm_started plan=4 attempt=0\n") < 0);
	assert_true(rc_of("boot 2\nvm_started plan=0 plan=1 attempt=0\n") < 0);
	assert_true(rc_of("boot 2\nvm_started plan=0\n") < 0);
	play(STARTED(0) STARTED(1));
	expect_running(-1, 0);
}

static void apply_any(void *context, const Pb__Event *event)
{
	*(int *)context = schedule_apply(&schedule, event);
}

static int rc_of(const char *script)
{
	int rc = 0;

	script_run(script, apply_any, &rc);
	return rc;
}

/* ---- every beginning of a journal ---- */

/* A crash, a retry that is lost, Ctrl-C, a resumed run that fails to boot
 * once, and the end. */
static const char *const journal[] = {
	PLAN_HEAD "retries=1 max_crashes=10 " PLAN_TESTS,
	BOOT(1, PASSED(0) STARTED(1)),
	"attempt_ended test=1 attempt=0 verdict=crash\n",
	ENDED("crashed"),
	"boot 2\nvm_started plan=1 plan=3 attempt=1 attempt=0\n",
	STARTED(0),
	"test_finished index=0 check_verdict=none\n",
	STARTED(1),
	"stop_requested reason=SIGINT\n",
	"test_finished index=1 check_verdict=none\n",
	ENDED("stopped"),
	"boot 0\nrun_ended end=stopped\nrun_resumed\n",
	"boot 3\nvm_started plan=3 attempt=1\n",
	ENDED("boot-failed"),
	"boot 4\nvm_started plan=3 attempt=1\n",
	PASSED(0),
	ENDED("finished"),
	"boot 0\nrun_ended end=complete\n",
};
enum { JOURNAL_LINES = sizeof(journal) / sizeof(journal[0]) };

struct beginning {
	size_t left;
	size_t applied;
};

static void apply_beginning(void *context, const Pb__Event *event)
{
	struct beginning *beginning = context;

	if (beginning->applied == beginning->left)
		return;
	beginning->applied++;
	assert_int_equal(schedule_apply(&schedule, event), 0);
}

/* What must be true whenever the controller dies. */
static void check_consistent(bool has_plan)
{
	uint32_t tests[CAP], test = 0, attempt = 0;
	Pb__RunEnd run_end = PB__RUN_END__RUN_END_UNSPECIFIED;
	size_t n = schedule_next(&schedule, tests, CAP, &run_end);
	size_t running = 0;

	assert_true(n > 0 || run_end != PB__RUN_END__RUN_END_UNSPECIFIED);
	for (size_t i = 0; i < n; i++) {
		assert_true(tests[i] < schedule.count && tests[i] != 2);
		assert_true(i == 0 || tests[i] > tests[i - 1]);
		assert_int_equal(schedule.tests[tests[i]].state, SCHEDULE_TODO);
	}
	for (size_t i = 0; i < schedule.count; i++) {
		running += schedule.tests[i].state == SCHEDULE_RUNNING;
		assert_true(schedule.tests[i].retries <= schedule.retries);
	}
	assert_int_equal(schedule_running(&schedule, &test, &attempt), running);
	assert_int_equal(schedule.count, has_plan ? 4 : 0);
}

static void test_every_beginning(void **state)
{
	size_t events = 0;

	(void)state;
	for (size_t left = 0;; left++) {
		struct beginning beginning = {.left = left};
		Pb__RunEnd run_end;
		uint32_t tests[CAP];

		schedule_deinit(&schedule);
		for (size_t i = 0; i < JOURNAL_LINES; i++)
			script_run(journal[i], apply_beginning, &beginning);
		if (beginning.applied < left)
			break;
		events = left;
		check_consistent(left > 0);
		/* And the run can be taken up again from there. */
		play("boot 0\nrun_resumed\n");
		check_consistent(left > 0);
		expect_running(-1, 0);
		if (schedule_next(&schedule, tests, CAP, &run_end) == 0 &&
		    left > 0)
			assert_int_equal(run_end,
					 PB__RUN_END__RUN_END_COMPLETE);
	}
	assert_int_equal(events, 23);
}

static void test_verdicts(void **state)
{
	static const struct {
		Pb__VmEndReason reason;
		Pb__Verdict verdict;
	} table[] = {
		{PB__VM_END_REASON__VM_END_CRASHED, PB__VERDICT__VERDICT_CRASH},
		{PB__VM_END_REASON__VM_END_HUNG, PB__VERDICT__VERDICT_HANG},
		{PB__VM_END_REASON__VM_END_WEDGED,
		 PB__VERDICT__VERDICT_TIMEOUT},
		{PB__VM_END_REASON__VM_END_GONE, PB__VERDICT__VERDICT_LOST},
		{PB__VM_END_REASON__VM_END_PROTOCOL, PB__VERDICT__VERDICT_LOST},
		{PB__VM_END_REASON__VM_END_FINISHED, PB__VERDICT__VERDICT_LOST},
		{PB__VM_END_REASON__VM_END_UNSPECIFIED,
		 PB__VERDICT__VERDICT_LOST},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		assert_int_equal(schedule_verdict(table[i].reason, false),
				 table[i].verdict);
	assert_int_equal(
		schedule_verdict(PB__VM_END_REASON__VM_END_STOPPED, false),
		PB__VERDICT__VERDICT_NOT_REACHED);
	assert_int_equal(
		schedule_verdict(PB__VM_END_REASON__VM_END_STOPPED, true),
		PB__VERDICT__VERDICT_TIMEOUT);
}

#define SCHEDULE_TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCHEDULE_TEST(test_fresh),
		SCHEDULE_TEST(test_complete),
		SCHEDULE_TEST(test_crash_in_the_middle),
		SCHEDULE_TEST(test_retries),
		SCHEDULE_TEST(test_no_retry),
		SCHEDULE_TEST(test_retry_of_lost_in_guest),
		SCHEDULE_TEST(test_reruns_are_attempts),
		SCHEDULE_TEST(test_stepped_over),
		SCHEDULE_TEST(test_retry_is_not_stepped_over),
		SCHEDULE_TEST(test_max_crashes),
		SCHEDULE_TEST(test_what_counts_as_crash),
		SCHEDULE_TEST(test_fruitless_boots),
		SCHEDULE_TEST(test_fruitless_check),
		SCHEDULE_TEST(test_no_second_try),
		SCHEDULE_TEST(test_stop),
		SCHEDULE_TEST(test_killed_controller),
		SCHEDULE_TEST(test_killed_controller_closed),
		SCHEDULE_TEST(test_resumed),
		SCHEDULE_TEST(test_resumed_stepped_over),
		SCHEDULE_TEST(test_resumed_after_any_end),
		SCHEDULE_TEST(test_cap),
		SCHEDULE_TEST(test_nonsense),
		SCHEDULE_TEST(test_every_beginning),
		SCHEDULE_TEST(test_verdicts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
