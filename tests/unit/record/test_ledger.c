/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/record/result.h"
#include "tests/replay/script.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

static void apply(void *context, const Pb__Event *event)
{
	assert_int_equal(result_apply(context, event), 0);
}

static struct result *fold(const char *script)
{
	struct result *result = result_create();

	assert_non_null(result);
	script_run(script, apply, result);
	return result;
}

#define PLAN                                           \
	"run_started kvm=1 tests=(name=generic/001)\n" \
	"boot 1\nvm_started plan=0\n"

/* Limits: N - 1, N, N + 1 attempts of one test; the verdict of one that is
 * not kept counts all the same. */
static void attempts_are_bounded(void **state)
{
	static const uint32_t counts[] = {LEDGER_ATTEMPTS - 1, LEDGER_ATTEMPTS,
					  LEDGER_ATTEMPTS + 1};

	(void)state;
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		struct result *result = fold(PLAN);
		bool over = counts[i] > LEDGER_ATTEMPTS;

		for (uint32_t n = 0; n < counts[i]; n++) {
			bool last = n + 1 == counts[i];
			char script[256];

			snprintf(script, sizeof(script),
				 "boot 1\ntest_started index=0 rerun=%u\n"
				 "test_finished index=0 rerun=%u "
				 "check_verdict=%s\n",
				 n, n, last ? "fail" : "pass");
			script_run(script, apply, result);
		}
		assert_int_equal(result_test(result, 0)->attempt_count,
				 over ? LEDGER_ATTEMPTS : counts[i]);
		assert_int_equal(result_test(result, 0)->left_out, over);
		assert_int_equal(result_test(result, 0)->verdict,
				 PB__VERDICT__VERDICT_FAIL);
		result_destroy(result);
	}
}

/* The limit for all tests together; a test's first attempt is always kept. */
static void extra_attempts_are_bounded(void **state)
{
	struct allowance allowance = {0};
	struct ledger ledger = {0};
	Pb__PlannedTest test;
	Pb__PlannedTest *tests[] = {&test, &test};
	Pb__RunStarted plan;
	struct attempt *attempt;

	(void)state;
	pb__planned_test__init(&test);
	pb__run_started__init(&plan);
	plan.n_tests = 2;
	plan.tests = tests;
	assert_int_equal(ledger_init(&ledger, &plan), 0);
	ledger.extra_attempts = LEDGER_EXTRA_ATTEMPTS - 1;
	for (uint32_t i = 0; i < 3; i++) {
		const struct assignment_key key = {.test = 0, .attempt = i};

		assert_int_equal(ledger_open(&ledger, &key, &attempt), 0);
		assert_int_equal(attempt != NULL, i < 2);
	}
	assert_int_equal(ledger.extra_attempts, LEDGER_EXTRA_ATTEMPTS);
	assert_int_equal(ledger_open(&ledger,
				     &(struct assignment_key){.test = 1},
				     &attempt),
			 0);
	assert_non_null(attempt);
	ledger_deinit(&ledger, &allowance);
}

/* By number, in whatever order they come. */
static void attempts_stand_in_order(void **state)
{
	struct result *result = fold(PLAN "test_started index=0 rerun=2\n"
					  "test_started index=0 rerun=0\n"
					  "test_started index=0 rerun=1\n");

	(void)state;
	for (uint32_t i = 0; i < 3; i++)
		assert_int_equal(result_test(result, 0)->attempts[i].number, i);
	result_destroy(result);
}

static void messages_and_artifacts_are_bounded(void **state)
{
	struct result *result = fold(PLAN "test_started index=0\n");
	const struct attempt *attempt;

	(void)state;
	for (uint32_t i = 0; i < 3 * ATTEMPT_MESSAGES; i++)
		script_run("boot 1\nkernel_records records=(sequence=1 "
			   "priority=2 text=flood)\n"
			   "artifact_stored test=0 guest_name=a path=b\n",
			   apply, result);
	attempt = &result_test(result, 0)->attempts[0];
	assert_int_equal(attempt->message_count, ATTEMPT_MESSAGES);
	assert_int_equal(attempt->messages_left_out, 2 * ATTEMPT_MESSAGES);
	assert_int_equal(attempt->artifact_count, ATTEMPT_ARTIFACTS);
	assert_int_equal(attempt->artifacts_left_out,
			 3 * ATTEMPT_MESSAGES - ATTEMPT_ARTIFACTS);
	result_destroy(result);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(attempts_are_bounded),
		cmocka_unit_test(extra_attempts_are_bounded),
		cmocka_unit_test(attempts_stand_in_order),
		cmocka_unit_test(messages_and_artifacts_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
