/* SPDX-License-Identifier: GPL-2.0-or-later */
/* body - what the lines of kernel reports look like. */
#include "host/kernel/body.h"

#include "host/kernel/chars.h"

#include <string.h>

/* clang-format off */
#define B(TEXT, KIND)                               \
	{                                           \
		TEXT, sizeof(TEXT) - 1, BODY_##KIND \
	}

/* In the order of their bytes: stack dumps and registers (kernel/panic.c,
 * lib/dump_stack.c, arch/.../kernel/{traps,process,dumpstack}.c), sanitizers,
 * allocators, lockdep, stalls. */
static const struct beginning {
	const char *text;
	size_t length;
	enum body_kind kind;
} beginnings[] = {
	B("\"echo 0", LINE),
	B("#PF: ", LINE),
	B("([<", LINE),
	B("(detected by", LINE),
	B("(t=", LINE),
	B("---[ end", END),
	B("-> #", TRACE),
	B("-> (", LINE),
	B(">", LINE),
	B("Allocated by", TRACE),
	B("BUG: ", LINE),
	B("Backtrace", TRACE),
	B("Blocked by", LINE),
	B("Bytes ", LINE),
	B("Bytes b4", LINE),
	B("CFAR: ", LINE),
	B("CPU ", LINE),
	B("CPU features", LINE),
	B("CPU: ", LINE),
	B("CR0: ", LINE),
	B("CR2: ", LINE),
	B("CS: ", LINE),
	B("Call Trace", TRACE),
	B("Call trace", TRACE),
	B("Chain exists of", LINE),
	B("Code:", LINE),
	B("Code: ", LINE),
	B("Comm: ", LINE),
	B("Control: ", LINE),
	B("Corrupted memory", LINE),
	B("DR0: ", LINE),
	B("DR3: ", LINE),
	B("DS: ", LINE),
	B("Data abort info", LINE),
	B("Disabling lock debugging", LINE),
	B("Dumping ftrace buffer", LINE),
	B("EAX: ", LINE),
	B("EFLAGS: ", LINE),
	B("EIP", LINE),
	B("ESI: ", LINE),
	B("ESP: ", LINE),
	B("Exception stack", LINE),
	B("FIX ", LINE),
	B("FS: ", LINE),
	B("Flags: ", LINE),
	B("Free of addr", LINE),
	B("Freed by", TRACE),
	B("Future hung task", LINE),
	B("GPR", LINE),
	B("Hardware name: ", LINE),
	B("INFO: ", LINE),
	B("IP: ", LINE),
	B("Instruction abort info", LINE),
	B("Instruction dump", LINE),
	B("Internal error", LINE),
	B("Invalid ", LINE),
	B("KASAN: ", LINE),
	B("Kernel Offset", LINE),
	B("Kernel panic", LINE),
	B("Krnl ", LINE),
	B("LR ", LINE),
	B("LR is at", LINE),
	B("Last Breaking-Event-Address", LINE),
	B("Last function: ", LINE),
	B("Last level: ", LINE),
	B("Last potentially", TRACE),
	B("Local variable", TRACE),
	B("MSR: ", LINE),
	B("Mem abort info", LINE),
	B("Mem-Info", LINE),
	B("Memory Limit", LINE),
	B("Memory state", LINE),
	B("Modules linked in", LINE),
	B("NIP ", LINE),
	B("NIP: ", LINE),
	B("NMI backtrace ", TRACE),
	B("Node ", LINE),
	B("Object ", LINE),
	B("Oops", LINE),
	B("Out of memory", LINE),
	B("Out-of-bounds", LINE),
	B("P4D ", LINE),
	B("PC is at", LINE),
	B("PGD ", LINE),
	B("PHYS_OFFSET", LINE),
	B("PID: ", LINE),
	B("PKRU: ", LINE),
	B("PMD ", LINE),
	B("PSW ", LINE),
	B("PTE ", LINE),
	B("PUD ", LINE),
	B("Padding ", LINE),
	B("Pid: ", LINE),
	B("Possible unsafe", LINE),
	B("Preemption disabled", LINE),
	B("Process ", LINE),
	B("RAX: ", LINE),
	B("RBP: ", LINE),
	B("RCU nest", LINE),
	B("RCU used illegally", LINE),
	B("RDX: ", LINE),
	B("REGS: ", LINE),
	B("RIP", LINE),
	B("RSP: ", LINE),
	B("Read of size", LINE),
	B("Rebooting in ", END),
	B("Redzone ", LINE),
	B("Register ", LINE),
	B("Reported by ", LINE),
	B("SMP: stopping secondary", LINE),
	B("Second to last", TRACE),
	B("Sending NMI ", LINE),
	B("Showing all locks", LINE),
	B("Showing busy", LINE),
	B("Shutting down cpus", LINE),
	B("Slab ", LINE),
	B("Stack dump", LINE),
	B("Stack:", LINE),
	B("Stack: ", LINE),
	B("Tainted: ", LINE),
	B("Task dump", LINE),
	B("Tasks state", LINE),
	B("The buggy ", LINE),
	B("Thread overran stack", LINE),
	B("Uninit was", TRACE),
	B("Use-after-free", LINE),
	B("User PSW", LINE),
	B("WARNING: ", LINE),
	B("Workqueue: ", LINE),
	B("Write of size", LINE),
	B("[<", LINE),
	B("active_anon", LINE),
	B("addr:", LINE),
	B("allocated by", TRACE),
	B("and interrupt", LINE),
	B("and this task", LINE),
	B("anon flags", LINE),
	B("aops:", LINE),
	B("assert ", LINE),
	B("backtrace", TRACE),
	B("but task is", LINE),
	B("but there are", LINE),
	B("but this task", LINE),
	B("caller is ", LINE),
	B("comm \"", LINE),
	B("context-{", LINE),
	B("epc ", LINE),
	B("file:", LINE),
	B("flags: ", LINE),
	B("freed by", TRACE),
	B("gsp ", LINE),
	B("hardirqs last", LINE),
	B("head:", LINE),
	B("head: ", LINE),
	B("hex dump", LINE),
	B("in_atomic()", LINE),
	B("index ", LINE),
	B("invalid opcode", LINE),
	B("irq event stamp", LINE),
	B("kasan: ", LINE),
	B("kernel BUG at", LINE),
	B("kfence-#", LINE),
	B("last function: ", LINE),
	B("load of value", LINE),
	B("lock: ", LINE),
	B("lowmem_reserve", LINE),
	B("lr : ", LINE),
	B("member access", LINE),
	B("memcg:", LINE),
	B("no locks held", LINE),
	B("no more locks", LINE),
	B("note: ", LINE),
	B("oom-kill:", LINE),
	B("other info that", LINE),
	B("page allocated", TRACE),
	B("page dumped", LINE),
	B("page has been", LINE),
	B("page last", TRACE),
	B("page:", LINE),
	B("page: ", LINE),
	B("page_owner", LINE),
	B("page_type", LINE),
	B("pc : ", LINE),
	B("pc:", LINE),
	B("pgd = ", LINE),
	B("pool ", LINE),
	B("preempt_count:", LINE),
	B("pstate: ", LINE),
	B("race at ", LINE),
	B("raw: ", LINE),
	B("rcu: ", LINE),
	B("rcu_scheduler_active", LINE),
	B("read (marked)", LINE),
	B("read to ", LINE),
	B("read-write ", LINE),
	B("shift exponent", LINE),
	B("signed integer overflow", LINE),
	B("softirqs last", LINE),
	B("sp : ", LINE),
	B("stack backtrace", TRACE),
	B("stack depth", LINE),
	B("status: ", LINE),
	B("swapper pgtable", LINE),
	B("task.stack", LINE),
	B("task:", LINE),
	B("task: ", LINE),
	B("the code is fine", LINE),
	B("the dependencies between", LINE),
	B("the existing dependency", LINE),
	B("the shortest dependencies", LINE),
	B("to a ", LINE),
	B("turning off the locking", LINE),
	B("unreferenced object", LINE),
	B("user pgtable", LINE),
	B("value changed", LINE),
	B("vma ", LINE),
	B("which lock already", LINE),
	B("which would create", LINE),
	B("workqueue ", LINE),
	B("write (marked)", LINE),
	B("write to ", LINE),
	B("you didn't initialize", LINE),
	B("{", LINE),
};

/* What mounts and unmounts say: a line with this beginning and this part. */
static const struct routine {
	const char *text;
	const char *part;
} routines[] = {
	/* fs/xfs/xfs_log.c, xfs_super.c, xfs_fsops.c */
	{"XFS (", "): Mounting V"},
	{"XFS (", "): Ending clean mount"},
	{"XFS (", "): Unmounting Filesystem"},
	{"XFS (", "): Starting recovery"},
	{"XFS (", "): Ending recovery"},
	{"XFS (", "): Quotacheck"},
	{"XFS (", "): User initiated shutdown"},
	/* fs/ext4/super.c, ioctl.c */
	{"EXT4-fs (", "): mounted filesystem"},
	{"EXT4-fs (", "): mounting "},
	{"EXT4-fs (", "): unmounting filesystem"},
	{"EXT4-fs (", "): re-mounted"},
	{"EXT4-fs (", "): recovery complete"},
	{"EXT4-fs (", "): shut down requested"},
	/* fs/btrfs/super.c, volumes.c, disk-io.c */
	{"BTRFS info (", "): "},
	{"BTRFS: device ", " devid "},
	/* fs/f2fs/super.c */
	{"F2FS-fs (", "): Mounted with checkpoint"},
	/* block/genhd.c */
	{"", ": detected capacity change from "},
};

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

/* Where the beginnings with this first byte stand, or would. */
static size_t first_beginning(uint8_t c)
{
	size_t low = 0, high = sizeof(beginnings) / sizeof(beginnings[0]);

	while (low < high) {
		size_t middle = (low + high) / 2;

		if ((uint8_t)beginnings[middle].text[0] < c)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The longest beginning that text has. */
static const struct beginning *find_beginning(struct bytes text)
{
	size_t count = sizeof(beginnings) / sizeof(beginnings[0]);
	const struct beginning *best = NULL;

	if (text.len < 2)
		return NULL;
	for (size_t i = first_beginning(text.data[0]); i < count; i++) {
		const struct beginning *b = &beginnings[i];

		if ((uint8_t)b->text[0] != text.data[0] ||
		    (uint8_t)b->text[1] > text.data[1])
			break;
		if (b->length <= text.len &&
		    (b->text[1] == (char)text.data[1] || b->length == 1) &&
		    memcmp(b->text, text.data, b->length) == 0)
			best = b;
	}
	return best;
}

/* "------------[ cut here ]------------", on arm "8<--- cut here ---" */
static bool is_cut(struct bytes text)
{
	return text.len > 0 &&
	       ((text.data[0] == '-' && contains(text, "[ cut here ]")) ||
		(text.data[0] == '8' && contains(text, "-- cut here --")));
}

static bool begins(struct bytes b, const char *text)
{
	size_t n = strlen(text);

	return b.len >= n && (n == 0 || memcmp(b.data, text, n) == 0);
}

/* block/partitions/core.c: " loop0: p1 p2", " vda: vda1 vda2 < vda5 >" */
static bool is_partition_list(struct bytes text)
{
	static const char bytes[] = "abcdefghijklmnopqrstuvwxyz0123456789<> ";
	size_t colon = 1;

	if (text.len < 3 || text.data[0] != ' ' || text.data[1] < 'a' ||
	    text.data[1] > 'z')
		return false;
	while (colon < text.len && text.data[colon] != ':')
		colon++;
	if (colon + 2 >= text.len || text.data[colon + 1] != ' ')
		return false;
	/* "p1", or the disk's own name. */
	if (text.data[colon + 2] != 'p' &&
	    text.data[colon + 2] != text.data[1])
		return false;
	for (size_t i = 1; i < text.len; i++) {
		if (i != colon && !memchr(bytes, text.data[i],
					  sizeof(bytes) - 1))
			return false;
	}
	return text.data[text.len - 1] == '>' ||
	       (text.data[text.len - 1] >= '0' &&
		text.data[text.len - 1] <= '9');
}

static bool is_routine(struct bytes text)
{
	if (text.len == 0)
		return false;
	if (text.data[0] == ' ')
		return is_partition_list(text);
	for (size_t i = 0; i < sizeof(routines) / sizeof(routines[0]); i++) {
		if (begins(text, routines[i].text) &&
		    contains(text, routines[i].part))
			return true;
	}
	return false;
}

static enum body_kind kind_of(struct bytes text)
{
	const struct beginning *beginning;
	size_t spaces = 0;

	if (begins(text, "run fstests "))
		return BODY_TEST;
	if (is_routine(text))
		return BODY_ROUTINE;
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

void body_classify(struct bytes text, struct body *ret_body)
{
	ret_body->has_frame = false;
	if (is_separator(text)) {
		ret_body->kind = BODY_SEPARATOR;
		return;
	}
	if (is_cut(text)) {
		ret_body->kind = BODY_CUT;
		return;
	}
	/* Most lines of a report are frames. */
	ret_body->has_frame = stackframe_parse(text, &ret_body->frame);
	if (ret_body->has_frame && ret_body->frame.kind != FRAME_LOCK)
		ret_body->kind = BODY_FRAME;
	else
		ret_body->kind = kind_of(text);
}
