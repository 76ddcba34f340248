/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One line of a stack dump, of every architecture and generation. */
#include "host/kernel/stackframe.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

struct frame_case {
	const char *line;
	const char *name; /* NULL: no frame */
	enum stackframe_kind kind;
	bool unsure;
	bool inlined;
};

static const struct frame_case cases[] = {
	{" f+0x1a/0x2b", "f", FRAME_CALL, false, false},
	{" ? f+0x1a/0x2b", "f", FRAME_CALL, true, false},
	{" f+0x1a/0x2b [xfs]", "f", FRAME_CALL, false, false},
	{" f.isra.0+0x1a/0x2b", "f.isra.0", FRAME_CALL, false, false},
	{" f+0x1a/0x2b fs/x.c:12", "f", FRAME_CALL, false, false},
	{" f fs/x.c:12 [inline]", "f", FRAME_CALL, false, true},
	{" f (fs/x.c:12 fs/x.h:3) xfs", "f", FRAME_CALL, false, false},
	{" ? f (fs/x.c:12 (discriminator 2))", "f", FRAME_CALL, true, false},
	{" f (??:?) xfs", "f", FRAME_CALL, false, false},
	{" f (fs/x.c)", NULL, FRAME_CALL, false, false},
	{"RIP: 0010:f (fs/x.c:12 fs/x.h:3)", "f", FRAME_PC, false, false},
	{"pc : f (fs/x.c:12)", "f", FRAME_PC, false, false},
	{" [<ffffffff812a3b4c>] f+0x1a/0x2b", "f", FRAME_CALL, false, false},
	{" [<ffffffff812a3b4c>] ? f+0x1a/0x2b", "f", FRAME_CALL, true, false},
	{" <IRQ>  [<ffffffff812a3b4c>] f+0x1a/0x2b", "f", FRAME_CALL, false,
	 false},
	{" [<     inline     >] f fs/x.c:12", "f", FRAME_CALL, false, true},
	{"[c00000000f3a3cc0] [c008000001a2c4d8] f+0x158/0x8a0 [xfs]", "f",
	 FRAME_CALL, false, false},
	{"[c00000000f3a3cc0] [c008000001a2c4d8] f+0x1/0x8 (unreliable)", "f",
	 FRAME_CALL, true, false},
	{"([<000003ff8012b4c8>] f+0x68/0x1f0 [dasd_mod])", "f", FRAME_CALL,
	 false, false},
	{"[<c0413a10>] (f) from [<c0414b20>] (g+0x44/0x90)", "g", FRAME_CALL,
	 false, false},
	{"(f) from (g+0x44/0x90)", "g", FRAME_CALL, false, false},
	{" f from g+0x44/0x90", "g", FRAME_CALL, false, false},
	{" <rust_binder::Process>::update_ref+0x1a/0x2b",
	 "<rust_binder::Process>::update_ref", FRAME_CALL, false, false},
	{"RIP: 0010:f+0x1a/0x2b", "f", FRAME_PC, false, false},
	{"RIP: 0010:[<ffffffff812a3b4c>]  [<ffffffff812a3b4c>] f+0x1a/0x2b",
	 "f", FRAME_PC, false, false},
	{"RIP  [<ffffffff812a3b4c>] f+0x1a/0x2b", "f", FRAME_PC, false, false},
	{"RIP: 0010:0x286", "", FRAME_PC, true, false},
	{"RIP: 0033:0x7f1c2b0d1a37", NULL, FRAME_PC, false, false},
	{"IP: [<ffffffff812a3b4c>] f+0x1a/0x2b", "f", FRAME_PC, false, false},
	{"EIP: f+0x1a/0x2b", "f", FRAME_PC, false, false},
	{"pc : f+0x1a/0x2b", "f", FRAME_PC, false, false},
	{"lr : f+0x1a/0x2b", "f", FRAME_LINK, false, false},
	{"PC is at f+0x1a/0x2b", "f", FRAME_PC, false, false},
	{"epc : f+0x1a/0x2b", "f", FRAME_PC, false, false},
	{" ra : f+0x1a/0x2b", "f", FRAME_LINK, false, false},
	{"NIP [c008000001a2b3c4] f+0x24/0x90 [xfs]", "f", FRAME_PC, false,
	 false},
	{"Krnl PSW : 0704c00180000000 000003ff8012a3b4 (f+0x1c/0x50 [d])", "f",
	 FRAME_PC, false, false},
	{" (&type->s_umount_key){+.+.+.}, at: [<ffffffff811a2b3c>] f+0x4c/0x90",
	 "f", FRAME_LOCK, false, false},
	{" #0: ffff888012345678 (fs_reclaim){+.+.}-{0:0}, at: f+0x31/0xa60",
	 "f", FRAME_LOCK, false, false},
	{"", NULL, FRAME_CALL, false, false},
	{"Call Trace:", NULL, FRAME_CALL, false, false},
	{"f+0x", NULL, FRAME_CALL, false, false},
	{" f+0x1a/", NULL, FRAME_CALL, false, false},
	{"RAX: dffffc0000000000 RBX: ffff888012345678", NULL, FRAME_CALL, false,
	 false},
	{"hardirqs last  enabled at (7): [<ffffffff8>] f+0x1a/0x1c", NULL,
	 FRAME_CALL, false, false},
};

static void test_lines(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct frame_case *c = &cases[i];
		struct stackframe frame;
		bool found = stackframe_parse(bytes_of_string(c->line), &frame);

		if (found != (c->name != NULL))
			fail_msg("'%s' is %s frame", c->line,
				 found ? "a" : "no");
		if (found &&
		    (!bytes_equal_string(frame.name, c->name) ||
		     frame.kind != c->kind || frame.unsure != c->unsure ||
		     frame.inlined != c->inlined))
			fail_msg("'%s': '%.*s' kind %d unsure %d inlined %d",
				 c->line, (int)frame.name.len,
				 (const char *)frame.name.data, (int)frame.kind,
				 frame.unsure, frame.inlined);
	}
}

static void check_name(const char *name, const char *expected)
{
	char got[64];

	stackframe_normalise(bytes_of_string(name), got, sizeof(got));
	assert_string_equal(got, expected);
}

static void test_names(void **state)
{
	char small[6];

	(void)state;
	check_name("f", "f");
	check_name("f.isra.12", "f");
	check_name("f.constprop.0.isra.3", "f");
	check_name("f.part.0.cold", "f");
	check_name("f.llvm.123456", "f");
	check_name("__x64_sys_write", "sys_write");
	check_name("__do_sys_write", "sys_write");
	check_name("__arm64_sys_write", "sys_write");
	check_name("SyS_write", "sys_write");
	check_name("ksys_write", "sys_write");
	check_name("vfs_write", "vfs_write");
	stackframe_normalise(bytes_of_string("abcdef"), small, sizeof(small));
	assert_string_equal(small, "abcde");
	stackframe_normalise(bytes_of_string("SyS_write"), small,
			     sizeof(small));
	assert_string_equal(small, "sys_w");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
