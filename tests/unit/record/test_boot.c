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

static void boot_needs_hello_to_succeed(void **state)
{
	static const struct {
		const char *script;
		bool success;
	} rows[] = {
		{"vm_ended reason=finished\n", false},
		{"hello\nvm_ended reason=finished\n", true},
		{"hello\n", true},
		{"hello\nvm_ended reason=crashed\n", false},
		{"hello\nvm_ended reason=hung\n", false},
		{"hello\nvm_ended reason=gone\n", false},
		{"hello\nvm_ended reason=stopped\n", true},
		{"hello\nvm_ended reason=setup-failed\n", true},
		{"hello\nvm_ended reason=4711\n", true},
		{"hello\nkernel_problem class=panic severity=fatal\n", false},
		{"hello\nkernel_problem class=warning severity=error\n", true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct result *result = fold("boot 1\nvm_started\n");
		char script[256];

		snprintf(script, sizeof(script), "boot 1\n%s", rows[i].script);
		script_run(script, apply, result);
		assert_int_equal(
			boot_is_success(result_boots(result)->items[0]),
			rows[i].success);
		result_destroy(result);
	}
}

static void boot_keeps_its_facts(void **state)
{
	struct result *result = fold(
		"at 1\nboot 1\nvm_started console_log=boot-running.log\n"
		"at 19.2\nhello kernel_release=6.1.0 taint=512\n"
		"at 30\nhello kernel_release=other\n"
		"setup_step name=mkfs duration_ns=1s\n"
		"setup_failed step=mkfs reason=\"too small\"\n"
		"vm_ended reason=setup-failed detail=d exit_status=1 "
		"console_log=boot-failure.log last_console=a last_console=b\n"
		"vm_ended reason=finished detail=other\n");
	const struct boot *boot = result_boots(result)->items[0];

	(void)state;
	assert_string_equal(boot->console_log, "boot-failure.log");
	assert_string_equal(boot->hello->kernel_release, "6.1.0");
	assert_int_equal(boot->hellos, 2);
	assert_int_equal(boot_duration_ns(boot), UINT64_C(18200000000));
	assert_string_equal(boot->setup_failure, "mkfs: too small");
	assert_string_equal(boot->end_detail, "d");
	assert_int_equal(boot->step_count, 1);
	assert_int_equal(boot->last_console_count, 2);
	assert_string_equal(boot->last_console[1], "b");
	result_destroy(result);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(boot_needs_hello_to_succeed),
		cmocka_unit_test(boot_keeps_its_facts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
