/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_size - sizes as people write them. */
#include "host/plan/size.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka.h needs the four above. */
#include <cmocka.h>
#include <errno.h>

static int parse(const char *text, uint64_t *ret_bytes)
{
	struct complaint complaint = {0};
	int rc = size_parse("--memory", text, ret_bytes, &complaint);

	assert_int_equal(rc < 0, complaint.text[0] != '\0');
	return rc;
}

static void test_units(void **state)
{
	uint64_t bytes;

	(void)state;
	assert_int_equal(parse("4096", &bytes), 0);
	assert_int_equal(bytes, 4096);
	assert_int_equal(parse("1K", &bytes), 0);
	assert_int_equal(bytes, 1024);
	assert_int_equal(parse("512M", &bytes), 0);
	assert_int_equal(bytes, 512ULL << 20);
	assert_int_equal(parse("10g", &bytes), 0);
	assert_int_equal(bytes, 10ULL << 30);
	assert_int_equal(parse("2T", &bytes), 0);
	assert_int_equal(bytes, 2ULL << 40);
}

static void test_what_is_no_size(void **state)
{
	static const char *const bad[] = {"",	  "M",	 "1.5G", "-1",	"+1",
					  "1X",	  "1MM", "1 M",	 " 1M", "0x1",
					  "10GB", "0",	 "0G",	 "M1"};
	uint64_t bytes = 7;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_true(parse(bad[i], &bytes) < 0);
	assert_int_equal(bytes, 7);
}

static void test_the_largest(void **state)
{
	uint64_t bytes;

	(void)state;
	assert_int_equal(parse("9223372036854775806", &bytes), 0);
	assert_int_equal(parse("9223372036854775807", &bytes), 0);
	assert_int_equal(bytes, INT64_MAX);
	assert_int_equal(parse("9223372036854775808", &bytes), -ERANGE);
	assert_int_equal(parse("8388607T", &bytes), 0);
	assert_int_equal(parse("8388608T", &bytes), -ERANGE);
	assert_int_equal(parse("99999999999999999999999999", &bytes), -ERANGE);
}

static void test_format(void **state)
{
	char text[SIZE_TEXT];

	(void)state;
	assert_string_equal(size_format(0, text), "0");
	assert_string_equal(size_format(1023, text), "1023");
	assert_string_equal(size_format(1024, text), "1K");
	assert_string_equal(size_format(114294784, text), "109M");
	assert_string_equal(size_format(3ULL << 40, text), "3T");
	assert_string_equal(size_format(1ULL << 60, text), "1048576T");
	assert_string_equal(size_format(UINT64_MAX, text),
			    "18446744073709551615");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_units),
		cmocka_unit_test(test_what_is_no_size),
		cmocka_unit_test(test_the_largest),
		cmocka_unit_test(test_format),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
