/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What stands before a kernel message, in all its spellings. */
#include "host/kernel/prefix.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

struct prefix_case {
	const char *line;
	const char *text;
	const char *caller;
	bool has_time;
	uint64_t time_us;
	bool foreign;
};

static const struct prefix_case cases[] = {
	{"", "", "", false, 0, false},
	{"BUG: x", "BUG: x", "", false, 0, false},
	{" f+0x1/0x2", " f+0x1/0x2", "", false, 0, false},
	{"[   12.345678] BUG: x", "BUG: x", "", true, 12345678, false},
	{"[   12.345678]  f+0x1/0x2", " f+0x1/0x2", "", true, 12345678, false},
	{"[   12.345678] BUG: x\r", "BUG: x", "", true, 12345678, false},
	{"[   12.345678][ T123] x", "x", "T123", true, 12345678, false},
	{"[   12.345678][    C0] x", "x", "C0", true, 12345678, false},
	{"[   12.345678] [ T123] x", "x", "T123", true, 12345678, false},
	{"[    T1] x", "x", "T1", false, 0, false},
	{"<4>[   12.345678] x", "x", "", true, 12345678, false},
	{"<12>x", "x", "", false, 0, false},
	{"<>x", "<>x", "", false, 0, false},
	{"<4x", "<4x", "", false, 0, false},
	{"[   12.345678@1] x", "x", "", true, 12345678, false},
	{"[12.34] x", "[12.34] x", "", false, 0, false},
	{"[12.345] x", "x", "", true, 12345000, false},
	{"[1234567890123.345678] x", "[1234567890123.345678] x", "", false, 0,
	 false},
	{"[12.345678", "[12.345678", "", false, 0, false},
	{"host login: [   12.345678] x", "x", "", true, 12345678, false},
	{"executing[   12.345678][   T1] x", "x", "T1", true, 12345678, false},
	{"\033[0;1;31m[   12.345678] x", "x", "", true, 12345678, false},
	{"kern  :err   : [   12.345678] x", "x", "", true, 12345678, false},
	{"user  :warn  : [   12.345678] x", "x", "", true, 12345678, true},
	{"[Mon Nov 23 17:17:00 2026] x", "x", "", true, 0, false},
	{"Nov 23 17:17:00 host kernel: [   12.345678] x", "x", "", true,
	 12345678, false},
	{"Nov 23 17:17:00 host kernel: x", "x", "", false, 0, false},
	{"Nov 23 17:17:00 host foo[12]: x", "x", "", false, 0, true},
	{"2026-11-23T17:17:00+00:00 host kernel: x", "x", "", false, 0, false},
	{"2026-11-23T17:17:00,123456+01:00 x", "x", "", true, 0, false},
	{"Nov 23 17:17:00 host foo: WARNING: x", "WARNING: x", "", false, 0,
	 true},
	{"Nov 23 17:17:00 host kern.warn kernel: [   12.345678] x", "x", "",
	 true, 12345678, false},
	{"Nov 23 17:17:00 host [   12.345678] x", "x", "", true, 12345678,
	 false},
	{"\u0438\u044e\u043b 27 14:08:03 laptop kernel: x", "x", "", false, 0,
	 false},
	{"2026-11-23T17:17:00.000000+01:00 host kernel - - - x", "x", "", false,
	 0, false},
	{"[   12.345678] c6 x", "x", "", true, 12345678, false},
	{"[   12.345678] c6  f+0x1/0x2", " f+0x1/0x2", "", true, 12345678,
	 false},
	{"[   12.345678] c6: x", "c6: x", "", true, 12345678, false},
	{"Nov  3 17:17:00 host kernel[0]: x", "x", "", false, 0, false},
	{"[   12.345678] host kernel: x", "x", "", true, 12345678, false},
	{"[   12.345678] kernel: x", "x", "", true, 12345678, false},
	{"[   12.345678] kernel:  f+0x1/0x2", " f+0x1/0x2", "", true, 12345678,
	 false},
	{"[   12.345678] kernel BUG at x", "kernel BUG at x", "", true,
	 12345678, false},
	{"[   12.345678] host foo[12]: x", "host foo[12]: x", "", true,
	 12345678, true},
	{"2026-11-23T17:17:00.123456 rcu: x", "rcu: x", "", false, 0, false},
	{"2026-11-23T17:17:00Z host foo: x", "x", "", false, 0, true},
	{"17:17:00 [   12.345678] x", "x", "", true, 12345678, false},
	{"[17:17:00.123] x", "x", "", false, 0, false},
	{"[2026-11-23 17:17:00] [   12.345678] x", "x", "", true, 12345678,
	 false},
	{"2026/11/23 17:17:00 x", "x", "", false, 0, false},
	{"[   12.345678] systemd[1]: x", "systemd[1]: x", "", true, 12345678,
	 true},
	{"[   12.345678 <    0.000001>] x", "x", "", true, 12345678, false},
	{"[   12.345678 <    0.000001] x", "[   12.345678 <    0.000001] x", "",
	 false, 0, false},
	{"[Nov23 17:17] x", "x", "", true, 0, false},
	{"[Nov 3 17:17] x", "x", "", true, 0, false},
	{"[  +0.000001] x", "x", "", true, 0, false},
	{"[  +0.000001]  f+0x1/0x2", " f+0x1/0x2", "", true, 0, false},
	{"[  +0.0001] x", "[  +0.0001] x", "", false, 0, false},
	{"2026-01-01T00:00:00+0000 host kernel: x", "x", "", false, 0, false},
	{"2026-01-01T00:00:00.123456-0530 host foo[1]: x", "x", "", false, 0,
	 true},
	{"Mon 2026-11-23 17:17:00 UTC host kernel: x", "x", "", false, 0,
	 false},
	{"1795454220.123456 host kernel: x", "x", "", false, 0, false},
	{"3,1234,12345678,-;x", "x", "", true, 12345678, false},
	{"4,1234,12345678,-,caller=T123; f+0x1/0x2", " f+0x1/0x2", "T123", true,
	 12345678, false},
	{"12,1234,12345678,-;x", "x", "", true, 12345678, true},
	{"3,1234,12345678,-", "3,1234,12345678,-", "", false, 0, false},
	{"3,1234,-;x", "3,1234,-;x", "", false, 0, false},
	{" SUBSYSTEM=block", " SUBSYSTEM=block", "", false, 0, true},
	{" DEVICE=b8:0", " DEVICE=b8:0", "", false, 0, true},
	{"> x", "x", "", false, 0, false},
	{">>> > >[   12.345678] x", "x", "", true, 12345678, false},
	{"| [   12.345678]  f+0x1/0x2", " f+0x1/0x2", "", true, 12345678,
	 false},
	{"> [Mon Nov 23 17:17:00 2026] x", "x", "", true, 0, false},
	{"> > Nov 23 17:17:00 host kernel: x", "x", "", false, 0, false},
	{">> 3,1234,12345678,-;x", "x", "", true, 12345678, false},
	{">  f+0x1/0x2", " f+0x1/0x2", "", false, 0, false},
	{">ffff888012345678: fa fb", ">ffff888012345678: fa fb", "", false, 0,
	 false},
	{"> >ffff888012345678: fa fb", ">ffff888012345678: fa fb", "", false, 0,
	 false},
	{">", "", "", false, 0, false},
	{"   > > x", "x", "", false, 0, false},
	{"    [Mon Nov 23 17:17:00 2026] x", "x", "", true, 0, false},
	{"\t[Nov23 17:17]  f+0x1/0x2", " f+0x1/0x2", "", true, 0, false},
	{"  Nov 23 17:17:00 host kernel: x", "x", "", false, 0, false},
	{"  Nov 23 17:17:00 host foo[12]: x", "x", "", false, 0, true},
	{">  2026-11-23T17:17:00,123456+01:00 x", "x", "", true, 0, false},
	{"  [17:17:00.123] x", "x", "", false, 0, false},
	{"[   12.345678] [U] x", "[U] x", "", true, 12345678, true},
};

static void test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct line_prefix prefix;

		line_prefix_parse(bytes_of_string(cases[i].line), &prefix);
		if (!bytes_equal_string(prefix.text, cases[i].text) ||
		    !bytes_equal_string(prefix.caller, cases[i].caller) ||
		    prefix.has_time != cases[i].has_time ||
		    prefix.time_us != cases[i].time_us ||
		    prefix.foreign != cases[i].foreign)
			fail_msg("%s: text '%.*s' caller '%.*s' time %llu",
				 cases[i].line, (int)prefix.text.len,
				 (const char *)prefix.text.data,
				 (int)prefix.caller.len,
				 (const char *)prefix.caller.data,
				 (unsigned long long)prefix.time_us);
	}
}

static void test_level(void **state)
{
	struct line_prefix prefix;

	(void)state;
	line_prefix_parse(bytes_of_string("<12>x"), &prefix);
	assert_int_equal(prefix.level, 4);
	line_prefix_parse(bytes_of_string("x"), &prefix);
	assert_int_equal(prefix.level, -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_level),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
