/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_experience - a run learns how long its tests take from those before. */
#include "host/cli/experience.h"
#include "tests/replay/script.h"
#include "tests/unit/record/rundir.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

static struct plan_test tests[] = {{.name = "g/001"}, {.name = "g/002"}};
static struct prepared *prepared;

static void apply(void *context, const Pb__Event *event)
{
	assert_int_equal(result_apply(context, event), 0);
}

/* A run in which g/001 took that long, with KVM or without. */
static void tell(bool kvm, const char *seconds, const char *verdict)
{
	struct result *result = result_create();
	char script[512];

	assert_non_null(result);
	snprintf(script, sizeof(script),
		 "run_started journal_version=1 suite=s config_name=c kvm=%d "
		 "tests=(name=g/001) tests=(name=g/002)\nboot 1\n"
		 "vm_started plan=0 plan=1 attempt=0 attempt=0\n"
		 "test_started index=0\ntest_finished index=0 "
		 "check_verdict=%s duration_ns=%s\ntest_started index=1\n",
		 kvm, verdict, seconds);
	script_run(script, apply, result);
	experience_tell(result);
	result_destroy(result);
}

/* The two tests' own times, in ms; 0: the default. */
static void expect(bool kvm, uint64_t first, uint64_t second)
{
	prepared->found.kvm = kvm;
	prepared->list.count = 0;
	experience_ask(prepared);
	assert_non_null(prepared->test_timeouts_ms);
	assert_true(prepared->test_timeouts_ms[0] == first);
	assert_true(prepared->test_timeouts_ms[1] == second);
	assert_int_equal(prepared->list.count, 0);
	free(prepared->test_timeouts_ms);
	prepared->test_timeouts_ms = NULL;
}

static void test_learns(void **state)
{
	(void)state;
	expect(true, 0, 0); /* nothing is there */
	tell(true, "100s", "pass");
	expect(true, 0, 0); /* 10 times that is not over the default */
	tell(true, "300s", "pass");
	expect(true, 3000010, 0);
	/* Without KVM it is expected to take longer. */
	expect(false, 9000030, 0);
	tell(false, "200s", "fail");
	expect(false, 2000010, 0);
	expect(true, 3000010, 0);
	tell(true, "1s", "pass");
	expect(true, 0, 0);
}

/* How long it took until it was killed, or said that it can't run, is not how
 * long it takes. */
static void test_what_tells_nothing(void **state)
{
	(void)state;
	tell(true, "300s", "none");
	expect(true, 0, 0);
	tell(true, "300s", "notrun");
	expect(true, 0, 0);
}

static void test_chosen(void **state)
{
	(void)state;
	tell(true, "300s", "pass");
	prepared->found.kvm = true;
	prepared->test_timeout_chosen = true;
	experience_ask(prepared);
	assert_null(prepared->test_timeouts_ms);
}

static void test_damaged(void **state)
{
	fd_auto int fd = -1;

	(void)state;
	tell(true, "300s", "pass");
	fd = fd_open("state/fstvm/history", O_WRONLY | O_TRUNC, 0);
	assert_true(fd >= 0);
	assert_int_equal(fd_write_all(fd, "rubbish", 7), 0);
	prepared->found.kvm = true;
	experience_ask(prepared);
	assert_null(prepared->test_timeouts_ms);
	assert_int_equal(prepared->list.count, 1);
	assert_int_equal(prepared->list.checks[0].outcome, PREFLIGHT_WARN);
	tell(true, "300s", "pass");
	expect(true, 3000010, 0);
}

static int begin(void **state)
{
	prepared = prepare_create();
	if (prepared == NULL || rundir_set_up(state) < 0)
		return -1;
	strcpy(prepared->tree.name, "s");
	strcpy(prepared->config.name, "c");
	prepared->plan.tests = tests;
	prepared->plan.count = 2;
	prepared->test_timeout_ms = 1200000;
	return 0;
}

static int end(void **state)
{
	prepared->plan = (struct plan){0};
	prepare_destroy(prepared);
	return rundir_tear_down(state);
}

int main(void)
{
#define BOXED(test) cmocka_unit_test_setup_teardown(test, begin, end)
	const struct CMUnitTest all[] = {
		BOXED(test_learns),
		BOXED(test_what_tells_nothing),
		BOXED(test_chosen),
		BOXED(test_damaged),
	};

	return cmocka_run_group_tests(all, NULL, NULL);
}
