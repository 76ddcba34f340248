/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/record/reason.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void reason_is_cut_at_its_end(void **state)
{
	struct reason reason;

	(void)state;
	reason_init(&reason);
	for (int i = 0; i < REASON_MAX; i++)
		reason_add(&reason, "more");
	assert_int_equal(reason.len, REASON_MAX - 1);
	assert_int_equal(strlen(reason.text), REASON_MAX - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reason_is_cut_at_its_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
