/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/report/exitcode.h"
#include "host/report/summary.h"
#include "tests/replay/script.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define PLAN                                                    \
	"run_started kvm=1 tests=(name=a/1) tests=(name=a/2)\n" \
	"boot 1\nvm_started plan=0 plan=1\nhello\n"
#define DID(index, verdict) \
	"test_finished index=" #index " check_verdict=" verdict "\n"
#define END "run_ended end=complete\n"

static void apply(void *context, const Pb__Event *event)
{
	assert_int_equal(result_apply(context, event), 0);
}

static const struct {
	const char *script;
	enum exitcode code;
} rows[] = {
	{PLAN DID(0, "pass") DID(1, "pass") END, EXITCODE_PASSED},
	{PLAN DID(0, "pass") DID(1, "notrun") END, EXITCODE_PASSED},
	{PLAN DID(0, "notrun") DID(1, "notrun") END, EXITCODE_UNFINISHED},
	{PLAN DID(0, "pass") DID(1, "fail") END, EXITCODE_FAILED},
	{PLAN DID(0, "pass") DID(1, "pass timed_out=1") END, EXITCODE_FAILED},
	{PLAN DID(0, "pass") "attempt_ended test=1 verdict=crash\n" END,
	 EXITCODE_FAILED},
	{PLAN DID(0, "pass") "attempt_ended test=1 verdict=hang\n" END,
	 EXITCODE_FAILED},
	{PLAN DID(0, "pass") "attempt_ended test=1 verdict=lost\n" END,
	 EXITCODE_UNFINISHED},
	{PLAN DID(0, "fail") END, EXITCODE_UNFINISHED},
	{PLAN DID(0, "pass") DID(1, "pass"), EXITCODE_UNFINISHED},
	{PLAN DID(0, "pass") DID(
		 1, "pass") "kernel_problem class=kasan severity=error\n" END,
	 EXITCODE_FAILED},
	{PLAN DID(0, "pass") DID(
		 1, "pass") "kernel_problem class=kasan severity=note\n" END,
	 EXITCODE_PASSED},
	{PLAN DID(0, "fail") "run_ended end=host-failed\n", EXITCODE_BROKEN},
	{PLAN DID(0, "fail") "run_ended end=boot-failed\n", EXITCODE_BROKEN},
	{PLAN "run_ended end=setup-failed\n", EXITCODE_BROKEN},
	{PLAN DID(0, "fail") "run_ended end=stopped\n", EXITCODE_UNFINISHED},
	{PLAN DID(0, "fail") "run_ended end=timeout\n", EXITCODE_UNFINISHED},
	{PLAN DID(0, "fail") DID(1, "fail") "run_ended end=too-many-crashes\n",
	 EXITCODE_FAILED},
	{"run_started\n" END, EXITCODE_UNFINISHED},
	{"run_started tests=(name=a/1 excluded=1)\n" END, EXITCODE_UNFINISHED},
	{"", EXITCODE_UNFINISHED},
};

static void strongest_code_that_holds(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct result *result = result_create();

		script_run(rows[i].script, apply, result);
		if (exitcode_of(result) != rows[i].code)
			print_error("%s\n", rows[i].script);
		assert_int_equal(exitcode_of(result), rows[i].code);
		result_destroy(result);
	}
}

static void success_wants_a_real_verdict_for_all(void **state)
{
	static const struct {
		const char *script;
		bool success;
	} ends[] = {
		{PLAN DID(0, "pass") DID(1, "pass"), true},
		{PLAN DID(0, "pass") DID(1, "notrun"), true},
		{PLAN DID(0, "notrun") DID(1, "notrun"), false},
		{PLAN DID(0, "pass") DID(1, "fail"), false},
		{PLAN DID(0, "pass") DID(1, "none"), false},
		{PLAN DID(0, "pass"), false},
		{"", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		struct result *result = result_create();
		struct summary summary;

		script_run(ends[i].script, apply, result);
		summary_make(&summary, result);
		assert_int_equal(summary.tests_success, ends[i].success);
		result_destroy(result);
	}
}

static void every_code_has_words(void **state)
{
	(void)state;
	for (int i = EXITCODE_PASSED; i <= EXITCODE_UNFINISHED; i++)
		assert_true(strlen(exitcode_text((enum exitcode)i)) > 10);
}

/* A run of `total` tests of which the first `passed` did. */
static struct result *passing_run(unsigned int passed, unsigned int total)
{
	struct result *result = result_create();
	static char script[256 * 1024];
	size_t len = (size_t)sprintf(script, "run_started");

	assert_non_null(result);
	for (unsigned int i = 0; i < total; i++)
		len += (size_t)sprintf(script + len, " tests=(name=a/1)");
	len += (size_t)sprintf(script + len, "\nboot 1\nvm_started");
	for (unsigned int i = 0; i < passed; i++)
		len += (size_t)sprintf(script + len, " plan=%u", i);
	script_run(script, apply, result);
	for (unsigned int i = 0; i < passed; i++) {
		sprintf(script,
			"boot 1\ntest_finished index=%u check_verdict=pass\n",
			i);
		script_run(script, apply, result);
	}
	return result;
}

/* 100.0% is for all of them only. */
static void pass_rate_is_rounded_but_never_up_to_all(void **state)
{
	static const struct {
		unsigned int passed;
		unsigned int total;
		uint64_t permille;
	} rates[] = {{45, 50, 900},	{2, 3, 667},	    {1, 3, 333},
		     {2999, 3000, 999}, {3000, 3000, 1000}, {0, 3, 0},
		     {0, 0, 0}};

	(void)state;
	for (size_t i = 0; i < sizeof(rates) / sizeof(rates[0]); i++) {
		struct result *result =
			passing_run(rates[i].passed, rates[i].total);
		struct summary summary;

		summary_make(&summary, result);
		assert_int_equal(summary.passed, rates[i].passed);
		assert_int_equal(summary.pass_permille, rates[i].permille);
		result_destroy(result);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(strongest_code_that_holds),
		cmocka_unit_test(success_wants_a_real_verdict_for_all),
		cmocka_unit_test(every_code_has_words),
		cmocka_unit_test(pass_rate_is_rounded_but_never_up_to_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
