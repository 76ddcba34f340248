/* SPDX-License-Identifier: GPL-2.0-or-later */
/* body - what the lines of kernel reports look like. */
#include "host/kernel/body.h"

#include "host/kernel/stackframe.h"
#include "host/kernel/stacks.h"

#include <string.h>

/* clang-format off */
#define B(TEXT, KIND)                               \
	{                                           \
		TEXT, sizeof(TEXT) - 1, BODY_##KIND \
	}

static const struct beginning {
	const char *text;
	size_t length;
	enum body_kind kind;
} beginnings[] = {
	/* Stack dumps and registers; kernel/panic.c, lib/dump_stack.c,
	 * arch/.../kernel/{traps,process,dumpstack}.c */
	B("CPU: ", LINE),
	B("CPU ", LINE),
	B("Pid: ", LINE),
	B("PID: ", LINE),
	B("Comm: ", LINE),
	B("Tainted: ", LINE),
	B("Hardware name: ", LINE),
	B("Workqueue: ", LINE),
	B("Modules linked in", LINE),
	B("Call Trace", TRACE),
	B("Call trace", TRACE),
	B("Backtrace", TRACE),
	B("stack backtrace", TRACE),
	B("Stack:", LINE),
	B("Stack: ", LINE),
	B("Stack dump", LINE),
	B("Exception stack", LINE),
	B("Instruction dump", LINE),
	B("Code: ", LINE),
	B("Code:", LINE),
	B("RIP", LINE),
	B("EIP", LINE),
	B("IP: ", LINE),
	B("PC is at", LINE),
	B("LR is at", LINE),
	B("pc : ", LINE),
	B("pc:", LINE),
	B("lr : ", LINE),
	B("sp : ", LINE),
	B("pstate: ", LINE),
	B("epc ", LINE),
	B("NIP ", LINE),
	B("NIP: ", LINE),
	B("LR ", LINE),
	B("MSR: ", LINE),
	B("CFAR: ", LINE),
	B("GPR", LINE),
	B("REGS: ", LINE),
	B("Krnl ", LINE),
	B("User PSW", LINE),
	B("PSW ", LINE),
	B("Last Breaking-Event-Address", LINE),
	B("RSP: ", LINE),
	B("ESP: ", LINE),
	B("EFLAGS: ", LINE),
	B("FS: ", LINE),
	B("CS: ", LINE),
	B("DS: ", LINE),
	B("CR2: ", LINE),
	B("CR0: ", LINE),
	B("DR0: ", LINE),
	B("DR3: ", LINE),
	B("PKRU: ", LINE),
	B("RDX: ", LINE),
	B("RAX: ", LINE),
	B("RBP: ", LINE),
	B("EAX: ", LINE),
	B("ESI: ", LINE),
	B("PGD ", LINE),
	B("P4D ", LINE),
	B("PUD ", LINE),
	B("PMD ", LINE),
	B("PTE ", LINE),
	B("#PF: ", LINE),
	B("pgd = ", LINE),
	B("[<", LINE),
	B("([<", LINE),
	B("Flags: ", LINE),
	B("Control: ", LINE),
	B("Process ", LINE),
	B("Register ", LINE),
	B("Thread overran stack", LINE),
	B("task: ", LINE),
	B("task:", LINE),
	B("task.stack", LINE),
	B("status: ", LINE),
	B("swapper pgtable", LINE),
	B("user pgtable", LINE),
	B("Mem abort info", LINE),
	B("Data abort info", LINE),
	B("Instruction abort info", LINE),
	B("Last level: ", LINE),
	B("Dumping ftrace buffer", LINE),
	B("Kernel Offset", LINE),
	B("Rebooting in ", END),
	B("Shutting down cpus", LINE),
	B("SMP: stopping secondary", LINE),
	B("Memory Limit", LINE),
	B("PHYS_OFFSET", LINE),
	B("CPU features", LINE),
	B("---[ end", END),
	B("Sending NMI ", LINE),
	B("NMI backtrace ", TRACE),
	B("Disabling lock debugging", LINE),
	B("kasan: ", LINE),
	B("KASAN: ", LINE),
	B("note: ", LINE),
	B("BUG: ", LINE),
	B("WARNING: ", LINE),
	B("INFO: ", LINE),
	B("Oops", LINE),
	B("invalid opcode", LINE),
	B("Internal error", LINE),
	B("Kernel panic", LINE),
	B("kernel BUG at", LINE),
	B("gsp ", LINE),
	/* Sanitizers. */
	B("Read of size", LINE),
	B("Write of size", LINE),
	B("Free of addr", LINE),
	B("read to ", LINE),
	B("write to ", LINE),
	B("read (marked)", LINE),
	B("write (marked)", LINE),
	B("read-write ", LINE),
	B("value changed", LINE),
	B("assert ", LINE),
	B("race at ", LINE),
	B("Reported by ", LINE),
	B("Allocated by", TRACE),
	B("Freed by", TRACE),
	B("Last potentially", TRACE),
	B("Second to last", TRACE),
	B("The buggy ", LINE),
	B("Memory state", LINE),
	B("page:", LINE),
	B("page: ", LINE),
	B("head:", LINE),
	B("head: ", LINE),
	B("flags: ", LINE),
	B("raw: ", LINE),
	B("page dumped", LINE),
	B("page_type", LINE),
	B("page_owner", LINE),
	B("page last", TRACE),
	B("page allocated", TRACE),
	B("page has been", LINE),
	B("anon flags", LINE),
	B("aops:", LINE),
	B("memcg:", LINE),
	B("addr:", LINE),
	B("file:", LINE),
	B("vma ", LINE),
	B(">", LINE),
	B("Bytes ", LINE),
	B("Uninit was", TRACE),
	B("Local variable", TRACE),
	B("kfence-#", LINE),
	B("allocated by", TRACE),
	B("freed by", TRACE),
	B("Use-after-free", LINE),
	B("Out-of-bounds", LINE),
	B("Invalid ", LINE),
	B("Corrupted memory", LINE),
	B("shift exponent", LINE),
	B("index ", LINE),
	B("signed integer overflow", LINE),
	B("load of value", LINE),
	B("member access", LINE),
	/* slub, page allocator, kmemleak */
	B("Object ", LINE),
	B("Slab ", LINE),
	B("Redzone ", LINE),
	B("Padding ", LINE),
	B("Bytes b4", LINE),
	B("FIX ", LINE),
	B("comm \"", LINE),
	B("backtrace", TRACE),
	B("hex dump", LINE),
	B("unreferenced object", LINE),
	B("Mem-Info", LINE),
	B("active_anon", LINE),
	B("Node ", LINE),
	B("lowmem_reserve", LINE),
	B("Tasks state", LINE),
	B("oom-kill:", LINE),
	B("Out of memory", LINE),
	/* lockdep */
	B("other info that", LINE),
	B("but task is", LINE),
	B("but there are", LINE),
	B("but this task", LINE),
	B("which lock already", LINE),
	B("which would create", LINE),
	B("the existing dependency", LINE),
	B("the dependencies between", LINE),
	B("the shortest dependencies", LINE),
	B("the code is fine", LINE),
	B("you didn't initialize", LINE),
	B("turning off the locking", LINE),
	B("to a ", LINE),
	B("-> #", TRACE),
	B("-> (", LINE),
	B("and this task", LINE),
	B("and interrupt", LINE),
	B("Chain exists of", LINE),
	B("Possible unsafe", LINE),
	B("no locks held", LINE),
	B("no more locks", LINE),
	B("stack depth", LINE),
	B("{", LINE),
	B("irq event stamp", LINE),
	B("hardirqs last", LINE),
	B("softirqs last", LINE),
	B("Showing all locks", LINE),
	B("Showing busy", LINE),
	B("Preemption disabled", LINE),
	B("preempt_count:", LINE),
	B("RCU nest", LINE),
	B("RCU used illegally", LINE),
	B("rcu_scheduler_active", LINE),
	B("in_atomic()", LINE),
	B("context-{", LINE),
	B("caller is ", LINE),
	B("lock: ", LINE),
	B("last function: ", LINE),
	B("Last function: ", LINE),
	/* stalls */
	B("rcu: ", LINE),
	B("(detected by", LINE),
	B("(t=", LINE),
	B("Task dump", LINE),
	B("workqueue ", LINE),
	B("pool ", LINE),
	B("\"echo 0", LINE),
	B("Future hung task", LINE),
	B("Blocked by", LINE),
};

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

static const struct beginning *find_beginning(struct bytes text)
{
	size_t count = sizeof(beginnings) / sizeof(beginnings[0]);

	for (size_t i = 0; text.len > 1 && i < count; i++) {
		const struct beginning *b = &beginnings[i];

		if (b->length <= text.len &&
		    memcmp(b->text, text.data, b->length) == 0)
			return b;
	}
	return NULL;
}

enum body_kind body_classify(struct bytes text)
{
	const struct beginning *beginning;
	struct stackframe frame;
	size_t spaces = 0;

	if (is_separator(text))
		return BODY_SEPARATOR;
	if (text.len > 0 && text.data[0] == '-' &&
	    contains(text, "[ cut here ]"))
		return BODY_CUT;
	/* Most lines of a report are frames. */
	if (stackframe_parse(text, &frame) && frame.kind != FRAME_LOCK)
		return BODY_FRAME;
	while (spaces < text.len &&
	       (text.data[spaces] == ' ' || text.data[spaces] == '\t'))
		spaces++;
	bytes_take(&text, spaces);
	beginning = find_beginning(text);
	if (beginning)
		return beginning->kind;
	if (text.len == 0 || spaces > 0 || is_register(text))
		return BODY_LINE;
	return contains(text, " locks held by ") ||
			       contains(text, " lock held by ") ||
			       contains(text, "+0x")
		       ? BODY_LINE
		       : BODY_NOT;
}
