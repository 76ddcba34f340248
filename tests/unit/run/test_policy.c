/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_policy - the words of --kernel-problems. */
#include "host/run/policy.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void expect(const char *text, bool kvm, Pb__KernelProblems problems,
		   bool hangs_fail)
{
	struct policy policy;

	assert_int_equal(policy_parse(text, kvm, &policy), 0);
	assert_int_equal(policy.kernel_problems, problems);
	assert_int_equal(policy.hangs_fail, hangs_fail);
}

static void test_default(void **state)
{
	(void)state;
	expect(NULL, true, PB__KERNEL_PROBLEMS__KERNEL_PROBLEMS_FAIL, true);
	expect(NULL, false, PB__KERNEL_PROBLEMS__KERNEL_PROBLEMS_FAIL, false);
}

/* Said is meant, on a slow machine too. */
static void test_words(void **state)
{
	(void)state;
	expect("fail", false, PB__KERNEL_PROBLEMS__KERNEL_PROBLEMS_FAIL, true);
	expect("report", true, PB__KERNEL_PROBLEMS__KERNEL_PROBLEMS_REPORT,
	       true);
	expect("ignore", true, PB__KERNEL_PROBLEMS__KERNEL_PROBLEMS_IGNORE,
	       true);
}

static void test_no_words(void **state)
{
	struct policy policy = {.hangs_fail = true};

	(void)state;
	assert_int_equal(policy_parse("", true, &policy), -EINVAL);
	assert_int_equal(policy_parse("Fail", true, &policy), -EINVAL);
	assert_int_equal(policy_parse("fails", true, &policy), -EINVAL);
	assert_true(policy.hangs_fail);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_default),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_no_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
