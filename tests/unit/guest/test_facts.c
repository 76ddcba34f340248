/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest/facts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static void test_options(void **state)
{
	static const char *const wanted[] = {"CONFIG_KASAN=y", "CONFIG_HZ=250",
					     "CONFIG_PREEMPT_RT="};
	static const char *const unwanted[] = {
		"# CONFIG_KASAN is not set",
		"CONFIG_KASA=y",
		"CONFIG_KASAN",
		"KASAN=y",
		"CONFIG_KASAN_EXTRA=y",
		"CONFIG_=y",
		"",
		"CONFIG_",
		" CONFIG_KASAN=y",
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(wanted) / sizeof(*wanted); i++)
		assert_true(facts_wants_option(bytes_of_string(wanted[i])));
	for (i = 0; i < sizeof(unwanted) / sizeof(*unwanted); i++)
		assert_false(facts_wants_option(bytes_of_string(unwanted[i])));
}

static void test_cpu_lists(void **state)
{
	(void)state;
	assert_int_equal(facts_count_cpus("0"), 1);
	assert_int_equal(facts_count_cpus("0-3"), 4);
	assert_int_equal(facts_count_cpus("0-1,3,8-11\n"), 7);
	assert_int_equal(facts_count_cpus(""), 0);
	assert_int_equal(facts_count_cpus("3-1"), 0);
	assert_int_equal(facts_count_cpus("x"), 0);
}

static void test_this_machine(void **state)
{
	static struct facts facts;
	Pb__Hello hello;
	size_t i;

	(void)state;
	pb__hello__init(&hello);
	facts_read(&facts);
	facts_fill(&facts, &hello);
	assert_int_equal(strlen(hello.boot_id), 36);
	assert_true(strlen(hello.command_line) > 0);
	assert_string_equal(hello.kernel_release, facts.name.release);
	assert_true(hello.memory_bytes > 16 << 20);
	assert_int_equal(hello.cpus, sysconf(_SC_NPROCESSORS_ONLN));
	assert_true(hello.boot_ns > 0);
	for (i = 0; i < hello.n_config_facts; i++)
		assert_true(facts_wants_option(
			bytes_of_string(hello.config_facts[i])));
	if (!access("/proc/config.gz", R_OK))
		assert_true(hello.n_config_facts > 0);
	else
		fprintf(stderr,
			"no /proc/config.gz: config facts not tested\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_cpu_lists),
		cmocka_unit_test(test_this_machine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
