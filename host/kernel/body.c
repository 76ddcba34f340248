/* SPDX-License-Identifier: GPL-2.0-or-later */
/* body - what the lines of kernel reports look like. */
#include "host/kernel/body.h"

#include "host/kernel/frame.h"
#include "host/kernel/stacks.h"

#include <string.h>

static const struct {
	const char *text;
	enum body_kind kind;
} beginnings[] = {
	/* Stack dumps and registers; kernel/panic.c, lib/dump_stack.c,
	 * arch/.../kernel/{traps,process,dumpstack}.c */
	{"CPU: ", BODY_LINE},
	{"CPU ", BODY_LINE},
	{"Pid: ", BODY_LINE},
	{"PID: ", BODY_LINE},
	{"Comm: ", BODY_LINE},
	{"Tainted: ", BODY_LINE},
	{"Hardware name: ", BODY_LINE},
	{"Workqueue: ", BODY_LINE},
	{"Modules linked in", BODY_LINE},
	{"Call Trace", BODY_TRACE},
	{"Call trace", BODY_TRACE},
	{"Backtrace", BODY_TRACE},
	{"stack backtrace", BODY_TRACE},
	{"Stack:", BODY_LINE},
	{"Stack: ", BODY_LINE},
	{"Stack dump", BODY_LINE},
	{"Exception stack", BODY_LINE},
	{"Instruction dump", BODY_LINE},
	{"Code: ", BODY_LINE},
	{"Code:", BODY_LINE},
	{"RIP", BODY_LINE},
	{"EIP", BODY_LINE},
	{"IP: ", BODY_LINE},
	{"PC is at", BODY_LINE},
	{"LR is at", BODY_LINE},
	{"pc : ", BODY_LINE},
	{"pc:", BODY_LINE},
	{"lr : ", BODY_LINE},
	{"sp : ", BODY_LINE},
	{"pstate: ", BODY_LINE},
	{"epc ", BODY_LINE},
	{"NIP ", BODY_LINE},
	{"NIP: ", BODY_LINE},
	{"LR ", BODY_LINE},
	{"MSR: ", BODY_LINE},
	{"CFAR: ", BODY_LINE},
	{"GPR", BODY_LINE},
	{"REGS: ", BODY_LINE},
	{"Krnl ", BODY_LINE},
	{"User PSW", BODY_LINE},
	{"PSW ", BODY_LINE},
	{"Last Breaking-Event-Address", BODY_LINE},
	{"RSP: ", BODY_LINE},
	{"ESP: ", BODY_LINE},
	{"EFLAGS: ", BODY_LINE},
	{"FS: ", BODY_LINE},
	{"CS: ", BODY_LINE},
	{"DS: ", BODY_LINE},
	{"CR2: ", BODY_LINE},
	{"CR0: ", BODY_LINE},
	{"DR0: ", BODY_LINE},
	{"DR3: ", BODY_LINE},
	{"PKRU: ", BODY_LINE},
	{"RDX: ", BODY_LINE},
	{"RAX: ", BODY_LINE},
	{"RBP: ", BODY_LINE},
	{"EAX: ", BODY_LINE},
	{"ESI: ", BODY_LINE},
	{"PGD ", BODY_LINE},
	{"P4D ", BODY_LINE},
	{"PUD ", BODY_LINE},
	{"PMD ", BODY_LINE},
	{"PTE ", BODY_LINE},
	{"#PF: ", BODY_LINE},
	{"pgd = ", BODY_LINE},
	{"[<", BODY_LINE},
	{"([<", BODY_LINE},
	{"Flags: ", BODY_LINE},
	{"Control: ", BODY_LINE},
	{"Process ", BODY_LINE},
	{"Register ", BODY_LINE},
	{"Thread overran stack", BODY_LINE},
	{"task: ", BODY_LINE},
	{"task:", BODY_LINE},
	{"task.stack", BODY_LINE},
	{"status: ", BODY_LINE},
	{"swapper pgtable", BODY_LINE},
	{"user pgtable", BODY_LINE},
	{"Mem abort info", BODY_LINE},
	{"Data abort info", BODY_LINE},
	{"Instruction abort info", BODY_LINE},
	{"Last level: ", BODY_LINE},
	{"Dumping ftrace buffer", BODY_LINE},
	{"Kernel Offset", BODY_LINE},
	{"Rebooting in ", BODY_END},
	{"Shutting down cpus", BODY_LINE},
	{"SMP: stopping secondary", BODY_LINE},
	{"Memory Limit", BODY_LINE},
	{"PHYS_OFFSET", BODY_LINE},
	{"CPU features", BODY_LINE},
	{"---[ end", BODY_END},
	{"Sending NMI ", BODY_LINE},
	{"NMI backtrace ", BODY_TRACE},
	{"Disabling lock debugging", BODY_LINE},
	{"kasan: ", BODY_LINE},
	{"KASAN: ", BODY_LINE},
	{"note: ", BODY_LINE},
	{"BUG: ", BODY_LINE},
	{"WARNING: ", BODY_LINE},
	{"INFO: ", BODY_LINE},
	{"Oops", BODY_LINE},
	{"invalid opcode", BODY_LINE},
	{"Internal error", BODY_LINE},
	{"Kernel panic", BODY_LINE},
	{"kernel BUG at", BODY_LINE},
	{"gsp ", BODY_LINE},
	/* Sanitizers. */
	{"Read of size", BODY_LINE},
	{"Write of size", BODY_LINE},
	{"Free of addr", BODY_LINE},
	{"read to ", BODY_LINE},
	{"write to ", BODY_LINE},
	{"read (marked)", BODY_LINE},
	{"write (marked)", BODY_LINE},
	{"read-write ", BODY_LINE},
	{"value changed", BODY_LINE},
	{"assert ", BODY_LINE},
	{"race at ", BODY_LINE},
	{"Reported by ", BODY_LINE},
	{"Allocated by", BODY_TRACE},
	{"Freed by", BODY_TRACE},
	{"Last potentially", BODY_TRACE},
	{"Second to last", BODY_TRACE},
	{"The buggy ", BODY_LINE},
	{"Memory state", BODY_LINE},
	{"page:", BODY_LINE},
	{"page: ", BODY_LINE},
	{"head:", BODY_LINE},
	{"head: ", BODY_LINE},
	{"flags: ", BODY_LINE},
	{"raw: ", BODY_LINE},
	{"page dumped", BODY_LINE},
	{"page_type", BODY_LINE},
	{"page_owner", BODY_LINE},
	{"page last", BODY_TRACE},
	{"page allocated", BODY_TRACE},
	{"page has been", BODY_LINE},
	{"anon flags", BODY_LINE},
	{"aops:", BODY_LINE},
	{"memcg:", BODY_LINE},
	{"addr:", BODY_LINE},
	{"file:", BODY_LINE},
	{"vma ", BODY_LINE},
	{">", BODY_LINE},
	{"Bytes ", BODY_LINE},
	{"Uninit was", BODY_TRACE},
	{"Local variable", BODY_TRACE},
	{"kfence-#", BODY_LINE},
	{"allocated by", BODY_TRACE},
	{"freed by", BODY_TRACE},
	{"Use-after-free", BODY_LINE},
	{"Out-of-bounds", BODY_LINE},
	{"Invalid ", BODY_LINE},
	{"Corrupted memory", BODY_LINE},
	{"shift exponent", BODY_LINE},
	{"index ", BODY_LINE},
	{"signed integer overflow", BODY_LINE},
	{"load of value", BODY_LINE},
	{"member access", BODY_LINE},
	/* slub, page allocator, kmemleak */
	{"Object ", BODY_LINE},
	{"Slab ", BODY_LINE},
	{"Redzone ", BODY_LINE},
	{"Padding ", BODY_LINE},
	{"Bytes b4", BODY_LINE},
	{"FIX ", BODY_LINE},
	{"comm \"", BODY_LINE},
	{"backtrace", BODY_TRACE},
	{"hex dump", BODY_LINE},
	{"unreferenced object", BODY_LINE},
	{"Mem-Info", BODY_LINE},
	{"active_anon", BODY_LINE},
	{"Node ", BODY_LINE},
	{"lowmem_reserve", BODY_LINE},
	{"Tasks state", BODY_LINE},
	{"oom-kill:", BODY_LINE},
	{"Out of memory", BODY_LINE},
	/* lockdep */
	{"other info that", BODY_LINE},
	{"but task is", BODY_LINE},
	{"but there are", BODY_LINE},
	{"but this task", BODY_LINE},
	{"which lock already", BODY_LINE},
	{"which would create", BODY_LINE},
	{"the existing dependency", BODY_LINE},
	{"the dependencies between", BODY_LINE},
	{"the shortest dependencies", BODY_LINE},
	{"the code is fine", BODY_LINE},
	{"you didn't initialize", BODY_LINE},
	{"turning off the locking", BODY_LINE},
	{"to a ", BODY_LINE},
	{"-> #", BODY_TRACE},
	{"-> (", BODY_LINE},
	{"and this task", BODY_LINE},
	{"and interrupt", BODY_LINE},
	{"Chain exists of", BODY_LINE},
	{"Possible unsafe", BODY_LINE},
	{"no locks held", BODY_LINE},
	{"no more locks", BODY_LINE},
	{"stack depth", BODY_LINE},
	{"{", BODY_LINE},
	{"irq event stamp", BODY_LINE},
	{"hardirqs last", BODY_LINE},
	{"softirqs last", BODY_LINE},
	{"Showing all locks", BODY_LINE},
	{"Showing busy", BODY_LINE},
	{"Preemption disabled", BODY_LINE},
	{"preempt_count:", BODY_LINE},
	{"RCU nest", BODY_LINE},
	{"RCU used illegally", BODY_LINE},
	{"rcu_scheduler_active", BODY_LINE},
	{"in_atomic()", BODY_LINE},
	{"context-{", BODY_LINE},
	{"caller is ", BODY_LINE},
	{"lock: ", BODY_LINE},
	{"last function: ", BODY_LINE},
	{"Last function: ", BODY_LINE},
	/* stalls */
	{"rcu: ", BODY_LINE},
	{"(detected by", BODY_LINE},
	{"(t=", BODY_LINE},
	{"Task dump", BODY_LINE},
	{"workqueue ", BODY_LINE},
	{"pool ", BODY_LINE},
	{"\"echo 0", BODY_LINE},
	{"Future hung task", BODY_LINE},
	{"Blocked by", BODY_LINE},
};

static bool starts(struct bytes b, const char *text)
{
	size_t n = strlen(text);

	return b.len >= n && memcmp(b.data, text, n) == 0;
}

static bool contains(struct bytes b, const char *text)
{
	return memmem(b.data, b.len, text, strlen(text)) != NULL;
}

/* "R08: …", "x29: …", "r10: …", "a0 : …", " t5 : …" */
static bool is_register(struct bytes text)
{
	size_t i = 0;

	if (text.len < 6 || !strchr("RrxaDtsgF", text.data[0]))
		return false;
	for (i = 1; i < 4 && i < text.len && text.data[i] != ':'; i++) {
		if ((text.data[i] < '0' || text.data[i] > '9') &&
		    text.data[i] != ' ' && text.data[i] != 'p')
			return false;
	}
	return i + 1 < text.len && text.data[i] == ':' &&
	       text.data[i + 1] == ' ';
}

static bool is_separator(struct bytes text)
{
	size_t n = 0;

	while (n < text.len && text.data[n] == '=')
		n++;
	return n >= 20;
}

enum body_kind body_classify(struct bytes text)
{
	size_t count = sizeof(beginnings) / sizeof(beginnings[0]);
	struct frame frame;
	size_t spaces = 0;

	if (is_separator(text))
		return BODY_SEPARATOR;
	if (contains(bytes_of(text.data, text.len < 40 ? text.len : 40),
		     "[ cut here ]"))
		return BODY_CUT;
	while (spaces < text.len &&
	       (text.data[spaces] == ' ' || text.data[spaces] == '\t'))
		spaces++;
	bytes_take(&text, spaces);
	for (size_t i = 0; i < count; i++) {
		if (beginnings[i].text[0] == (text.len ? text.data[0] : 0) &&
		    starts(text, beginnings[i].text))
			return beginnings[i].kind;
	}
	if (frame_parse(text, &frame))
		return BODY_FRAME;
	if (text.len == 0 || spaces > 0 || is_register(text))
		return BODY_LINE;
	return contains(text, " locks held by ") ||
			       contains(text, " lock held by ") ||
			       contains(text, "+0x")
		       ? BODY_LINE
		       : BODY_NOT;
}
