/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/record/allowance.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void allowance_cuts_when_it_is_spent(void **state)
{
	struct allowance allowance = {.cap_bytes = 1000};
	char text[2001];
	char *a = NULL;
	char *b = NULL;

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[2000] = '\0';
	assert_int_equal(allowance_keep(&allowance, &a, text, 1000), 0);
	assert_int_equal(strlen(a), 1000);
	assert_true(allowance_is_spent(&allowance));
	assert_int_equal(allowance_keep(&allowance, &b, text, 1000), 0);
	assert_int_equal(strlen(b), ALLOWANCE_SHORT);
	allowance_drop(&allowance, &a);
	assert_false(allowance_is_spent(&allowance));
	assert_int_equal(allowance_keep(&allowance, &b, text, 840), 0);
	assert_int_equal(strlen(b), 840);
	assert_int_equal(allowance_keep(&allowance, &b, "", 10), 0);
	assert_null(b);
	assert_int_equal(allowance.used_bytes, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(allowance_cuts_when_it_is_spent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
