/* SPDX-License-Identifier: GPL-2.0-or-later */
/* stackframe - one line of a stack dump, and the names in it.
 *
 * Understands what x86, arm, arm64, riscv, powerpc, s390, mips and loongarch
 * print (each architecture's kernel/traps.c, process.c, stacktrace.c and
 * lib/vsprintf.c's %pS), before and after decode_stacktrace.sh.
 */
#pragma once

#include "shared/bytes.h"

enum stackframe_kind {
	FRAME_PC,   /* "RIP: 0010:f+0x1/0x2", "pc : f+…": where it was */
	FRAME_LINK, /* "lr : f+…": who called that */
	FRAME_CALL, /* a line of a call trace */
	FRAME_LOCK, /* "… (lock){…}, at: f+0x1/0x2" of lockdep */
};

struct stackframe {
	struct bytes name; /* a view into the line; suffixes kept */
	enum stackframe_kind kind;
	bool unsure;  /* marked "?" or "(unreliable)": maybe a stale word */
	bool inlined; /* only debug information knows it */
	bool after_exception; /* it was <EOI>'s line: the interrupted code */
};

/* text: a line without its printk prefix. */
bool stackframe_parse(struct bytes text, struct stackframe *ret_frame);

/* "f+0x1/0x2" or "f" at the start of text; empty when there is none. */
struct bytes stackframe_symbol(struct bytes text);

/* The name as its source has it: without what compilers add (.isra.0,
 * .constprop.0, .part.1, .cold, .llvm.123) and without the wrappers that make
 * several names of one system call (__x64_sys_, __do_sys_, ksys_, …: "sys_x").
 * Returns the length; ret_name is NUL-terminated, cut at cap - 1. */
size_t stackframe_normalise(struct bytes name, char *ret_name, size_t cap);
