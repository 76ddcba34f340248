/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_codeaddr - addresses as the kernel prints them. */
#include "host/kernel/codeaddr.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct codeaddr addr;

static void find(const char *line, const char *name, uint64_t offset,
		 uint64_t size)
{
	struct bytes text = bytes_of_string(line);

	assert_true(codeaddr_find(text, &addr));
	assert_true(bytes_equal_string(addr.name, name));
	assert_int_equal(addr.offset, offset);
	assert_int_equal(addr.size, size);
	assert_ptr_equal(text.data + addr.begin, addr.name.data);
	assert_true(addr.end <= text.len);
}

static void expect_module(const char *module, const char *build_id)
{
	assert_true(bytes_equal_string(addr.module, module));
	assert_true(bytes_equal_string(addr.build_id, build_id));
}

static void test_lines(void **state)
{
	(void)state;
	find(" ext4_foo+0x1a/0x40", "ext4_foo", 0x1a, 0x40);
	expect_module("", "");
	assert_false(addr.exact);
	find(" ? foo.constprop.0+0x0/0x1234 [ext4]", "foo.constprop.0", 0,
	     0x1234);
	expect_module("ext4", "");
	find("RIP: 0010:foo.cold+0xffff/0x10000 fs/x", "foo.cold", 0xffff,
	     0x10000);
	assert_true(addr.exact);
	find("pc : el1_foo+0x1/0x2", "el1_foo", 1, 2);
	assert_true(addr.exact);
	find("lr : el1_foo+0x1/0x2", "el1_foo", 1, 2);
	assert_false(addr.exact);
	find("[<ffffffff81000000>] foo+0x1/0x2", "foo", 1, 2);
	find("a+b+0x1 c+0x3/0x4", "c", 3, 4);
}

static void test_build_ids(void **state)
{
	static const char id[] = "0123456789abcdef0123456789abcdef01234567";
	char line[128];

	(void)state;
	snprintf(line, sizeof(line), " foo+0x1/0x2 [xfs %s]", id);
	find(line, "foo", 1, 2);
	expect_module("xfs", id);
	snprintf(line, sizeof(line), " foo+0x1/0x2 [%s]", id);
	find(line, "foo", 1, 2);
	expect_module("", id);
	find(" foo+0x1/0x2 [xfs 0123]", "foo", 1, 2);
	expect_module("xfs", "");
	find(" foo+0x1/0x2 [xfs", "foo", 1, 2);
	expect_module("", "");
}

static void test_none(void **state)
{
	static const char *const lines[] = {
		"",
		"+",
		"foo",
		"foo+0x1",
		"foo+0x1/",
		"foo+0x1/0x",
		"foo+1/2",
		"+0x1/0x2",
		" +0x1/0x2",
		"foo+0xg/0x2",
		"foo +0x1/0x2",
		"foo+0x1 /0x2",
		"foo+-0x1/0x2",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		assert_false(codeaddr_find(bytes_of_string(lines[i]), &addr));
}

static void test_long_names(void **state)
{
	char line[1024];

	(void)state;
	memset(line, 'a', 1000);
	strcpy(line + 1000, "+0x1/0x2");
	assert_true(codeaddr_find(bytes_of_string(line), &addr));
	assert_true(addr.name.len < 1000);
	find("f+0x123456789abcdef0/0xffffffffffffffff", "f", 0x123456789abcdef0,
	     UINT64_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_build_ids),
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_long_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
