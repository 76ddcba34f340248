/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/vm/kvm.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/wait.h>

#include <cmocka.h>

static struct kvm_answer answer;

static void no_device(void **state)
{
	(void)state;
	kvm_probe(&answer, "/nonexistent/kvm");
	assert_false(answer.usable);
	assert_int_equal(answer.loop_us, 0);
	assert_string_equal(answer.reason, "cannot open /nonexistent/kvm: No "
					   "such file or directory");
}

static void other_device(void **state)
{
	(void)state;
	kvm_probe(&answer, "/dev/null");
	assert_false(answer.usable);
	assert_non_null(strstr(answer.reason, "KVM_CREATE_VM"));
}

/* Whatever this machine has: an answer that is consistent, one line, and no
 * child left. */
static void this_machine(void **state)
{
	(void)state;
	kvm_probe(&answer, "/dev/kvm");
	print_message("usable %d: %s\n", answer.usable, answer.reason);
	assert_true(strlen(answer.reason) > 0);
	assert_null(strchr(answer.reason, '\n'));
#ifdef __x86_64__
	if (answer.usable)
		assert_in_range(answer.loop_us, 1, KVM_QUICK_US - 1);
	else if (answer.loop_us)
		assert_true(answer.loop_us >= KVM_QUICK_US);
#endif
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_device),
		cmocka_unit_test(other_device),
		cmocka_unit_test(this_machine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
