/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_registers - the text of QEMU 7.2, whole, odd and too much of it. */
#include "host/vm/registers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define TWO_CPUS                                                             \
	"\r\nCPU#0\r\nRAX=000000000001ad40 RBX=0000000000000000\r\n"         \
	"RIP=ffffffffa40592eb RFL=00000246 [---Z-P-] CPL=0 II=0 A20=1 "      \
	"SMM=0 HLT=1\r\nCS =0010 0000000000000000 ffffffff 00af9b00 DPL=0\r" \
	"\nXMM00=0000000000000000 0000000000000000\r\n\r\nCPU#1\r\n"         \
	"RIP=00007f102a41acc0 RFL=00000046 [---Z-P-] CPL=3 II=0 A20=1 "      \
	"SMM=0 HLT=0\r\n"

static struct liveness_cpu cpus[REGISTERS_CPUS];

static size_t parse(const char *text)
{
	memset(cpus, 0xff, sizeof(cpus));
	return registers_parse(bytes_of_string(text), cpus);
}

static void test_two_cpus(void **state)
{
	(void)state;
	assert_int_equal(parse(TWO_CPUS), 2);
	assert_int_equal(cpus[0].instruction, 0xffffffffa40592eb);
	assert_int_equal(cpus[0].flags, 0x246);
	assert_int_equal(cpus[0].ring, 0);
	assert_true(cpus[0].halted);
	assert_int_equal(cpus[1].instruction, 0x7f102a41acc0);
	assert_int_equal(cpus[1].flags, 0x46);
	assert_int_equal(cpus[1].ring, 3);
	assert_false(cpus[1].halted);
}

static void test_32_bits(void **state)
{
	(void)state;
	assert_int_equal(parse("EIP=c1234567 EFL=00000202 [-------] CPL=0 "
			       "II=0 A20=1 SMM=0 HLT=0"),
			 1);
	assert_int_equal(cpus[0].instruction, 0xc1234567);
	assert_int_equal(cpus[0].flags, 0x202);
}

static void test_what_is_none(void **state)
{
	(void)state;
	assert_int_equal(parse(""), 0);
	assert_int_equal(parse("unknown command: 'info registers'\r\n"), 0);
	assert_int_equal(parse(" PC=ffff800010a1b2c4\nPSTATE=600003c5\n"), 0);
	assert_int_equal(parse("RIP=\nRIP"), 1);
	assert_int_equal(cpus[0].instruction, 0);
	assert_int_equal(cpus[0].ring, 0);
}

static void test_too_many(void **state)
{
	static char text[(REGISTERS_CPUS + 2) * 64];
	size_t len = 0;

	(void)state;
	for (int i = 0; i < REGISTERS_CPUS + 1; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len,
					"RIP=%x CPL=0\n", i);
	assert_int_equal(parse(text), REGISTERS_CPUS);
	assert_int_equal(cpus[REGISTERS_CPUS - 1].instruction,
			 REGISTERS_CPUS - 1);
}

static void test_lines(void **state)
{
	struct bytes text = bytes_of_string("a\r\n\nXMM00=1\nlast");
	struct bytes line;

	(void)state;
	assert_true(registers_line(&text, &line));
	assert_true(bytes_equal_string(line, "a"));
	assert_true(registers_is_shown(line));
	assert_true(registers_line(&text, &line));
	assert_int_equal(line.len, 0);
	assert_true(registers_line(&text, &line));
	assert_false(registers_is_shown(line));
	assert_true(registers_line(&text, &line));
	assert_true(bytes_equal_string(line, "last"));
	assert_false(registers_line(&text, &line));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_two_cpus),
		cmocka_unit_test(test_32_bits),
		cmocka_unit_test(test_what_is_none),
		cmocka_unit_test(test_too_many),
		cmocka_unit_test(test_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
