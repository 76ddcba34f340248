/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest/figures.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void resident_memory_is_found(void **state)
{
	(void)state;
	assert_int_equal(figures_parse_resident("Name:\tx\nVmHWM:\t 9999 kB\n"
						"VmRSS:\t    1234 kB\n"
						"RssAnon:\t 12 kB\n"),
			 1234);
}

static void what_is_not_there_is_zero(void **state)
{
	(void)state;
	assert_int_equal(figures_parse_resident(""), 0);
	assert_int_equal(figures_parse_resident("Name:\tVmRSS: 1 kB\n"), 0);
	assert_int_equal(figures_parse_resident("Name:\tx\nVmRSS:\tmany\n"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(resident_memory_is_found),
		cmocka_unit_test(what_is_not_there_is_zero),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
