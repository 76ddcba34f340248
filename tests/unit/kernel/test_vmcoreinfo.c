/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/kernel/vmcoreinfo.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct vmcoreinfo v;

static int parse(const char *text)
{
	memset(&v, 0xaa, sizeof(v));
	return vmcoreinfo_parse(bytes_of_string(text), &v);
}

static void numbers_are_read_as_the_kernel_prints_them(void **state)
{
	(void)state;
	assert_int_equal(parse("OSRELEASE=6.1.0\n"
			       "SYMBOL(prb)=ffffffff8b5e2ee0\n"
			       "SIZE(printk_info)=88\n"
			       "NUMBER(phys_base)=-469762048\n"
			       "NUMBER(kimage_voffset)=0xffff7fffb8000000\n"
			       "CRASHTIME=1\n"),
			 0);
	assert_true(v.known[VMCOREINFO_PRB]);
	assert_true(v.value[VMCOREINFO_PRB] == 0xffffffff8b5e2ee0);
	assert_int_equal(v.value[VMCOREINFO_INFO_SIZE], 88);
	assert_true(v.value[VMCOREINFO_PHYS_BASE] == (uint64_t)-469762048);
	assert_true(v.value[VMCOREINFO_KIMAGE_VOFFSET] == 0xffff7fffb8000000);
	assert_false(v.known[VMCOREINFO_RB_SIZE]);
}

static void both_names_of_the_page_table_count(void **state)
{
	(void)state;
	assert_int_equal(parse("OSRELEASE=6\nSYMBOL(prb)=1\n"
			       "SYMBOL(swapper_pg_dir)=ff\n"),
			 0);
	assert_int_equal(v.value[VMCOREINFO_INIT_TOP_PGT], 0xff);
	assert_int_equal(parse("OSRELEASE=6\nSYMBOL(prb)=1\n"
			       "SYMBOL(init_top_pgt)=fe\n"),
			 0);
	assert_int_equal(v.value[VMCOREINFO_INIT_TOP_PGT], 0xfe);
}

static void a_number_that_is_none_is_not_known(void **state)
{
	static const char *const bad[] = {
		"",    "-",   "0x",
		"88x", "8 8", "-0x",
		"+1",  "0xg", "99999999999999999999",
	};
	char text[128];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		snprintf(text, sizeof(text),
			 "OSRELEASE=6\nSYMBOL(prb)=1\nSIZE(printk_info)=%s\n",
			 bad[i]);
		assert_int_equal(parse(text), 0);
		assert_false(v.known[VMCOREINFO_INFO_SIZE]);
	}
}

static void the_largest_numbers(void **state)
{
	(void)state;
	assert_int_equal(parse("OSRELEASE=6\nSYMBOL(prb)=ffffffffffffffff\n"
			       "NUMBER(sme_mask)=18446744073709551615\n"),
			 0);
	assert_true(v.value[VMCOREINFO_PRB] == UINT64_MAX);
	assert_true(v.value[VMCOREINFO_SME_MASK] == UINT64_MAX);
	assert_int_equal(parse("OSRELEASE=6\nSYMBOL(prb)=10000000000000000\n"),
			 -ENOENT);
}

static void what_is_none_is_refused(void **state)
{
	(void)state;
	assert_int_equal(parse(""), -ENOENT);
	assert_int_equal(parse("OSRELEASE=5.4.0\nSYMBOL(log_buf)=1\n"),
			 -ENOENT);
	/* it ends where a line is none */
	assert_int_equal(parse("OSRELEASE=6\n\nSYMBOL(prb)=1\n"), -ENOENT);
	assert_int_equal(parse("OSRELEASE=6\nSYMBOL(prb)=1"), -ENOENT);
	assert_int_equal(parse("XSRELEASE=6\nSYMBOL(prb)=1\n"), -ENOENT);
}

static void only_a_page_is_read(void **state)
{
	static char text[VMCOREINFO_TEXT + 64];
	static const char last[] = "SYMBOL(prb)=1\n";

	(void)state;
	memset(text, 'x', sizeof(text));
	memcpy(text, "OSRELEASE=", 10);
	memcpy(text + VMCOREINFO_TEXT - strlen(last) - 1, "\n", 1);
	memcpy(text + VMCOREINFO_TEXT - strlen(last), last, strlen(last));
	assert_int_equal(vmcoreinfo_parse(bytes_of(text, sizeof(text)), &v), 0);
	memcpy(text + VMCOREINFO_TEXT - strlen(last), "\n", 1);
	memcpy(text + VMCOREINFO_TEXT - strlen(last) + 1, last, strlen(last));
	assert_int_equal(vmcoreinfo_parse(bytes_of(text, sizeof(text)), &v),
			 -ENOENT);
}

static void a_range_of_keys(void **state)
{
	(void)state;
	assert_int_equal(parse("OSRELEASE=6\nSYMBOL(prb)=1\n"
			       "SYMBOL(init_top_pgt)=1\n"),
			 0);
	assert_true(
		vmcoreinfo_knows(&v, VMCOREINFO_PRB, VMCOREINFO_INIT_TOP_PGT));
	assert_false(
		vmcoreinfo_knows(&v, VMCOREINFO_PRB, VMCOREINFO_PHYS_BASE));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_read_as_the_kernel_prints_them),
		cmocka_unit_test(both_names_of_the_page_table_count),
		cmocka_unit_test(a_number_that_is_none_is_not_known),
		cmocka_unit_test(the_largest_numbers),
		cmocka_unit_test(what_is_none_is_refused),
		cmocka_unit_test(only_a_page_is_read),
		cmocka_unit_test(a_range_of_keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
