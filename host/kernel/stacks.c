/* SPDX-License-Identifier: GPL-2.0-or-later */
/* stacks - sorting a report's frames by the stack they belong to. */
#include "host/kernel/stacks.h"

#include "host/kernel/chars.h"
#include "host/kernel/sketch.h"

#include <string.h>

static const struct {
	const char *text;
	enum stack_kind kind;
} headings[] = {
	{"Call Trace:", STACK_CALL},
	{"Call trace:", STACK_CALL},
	{"Backtrace:", STACK_CALL},
	{"stack backtrace:", STACK_CALL},
	{"Trace; ", STACK_CALL},
	{" on cpu ",
	 STACK_CALL}, /* KCSAN: "write to 0x… by task 1 on cpu 0:" */
	{"Allocated by task", STACK_ALLOC},
	{"Allocated by:", STACK_ALLOC},
	{"Allocated in ", STACK_ALLOC},
	{"allocated by task", STACK_ALLOC},
	{"page last allocated via", STACK_ALLOC},
	{"created by:", STACK_OTHER},
	{"Freed by task", STACK_FREE},
	{"Freed by:", STACK_FREE},
	{"Freed in ", STACK_FREE},
	{"freed by task", STACK_FREE},
	{"page last free ", STACK_FREE},
	{"  backtrace", STACK_LEAK},
	{"Uninit was ", STACK_ORIGIN},
	{"Local variable ", STACK_ORIGIN},
	{"chained origin", STACK_ORIGIN},
	{"origin:", STACK_ORIGIN},
	{"-> #", STACK_CHAIN},
	{"to a HARDIRQ-irq-unsafe lock", STACK_CHAIN},
	{"to a SOFTIRQ-irq-unsafe lock", STACK_CHAIN},
	{"existing dependency chain", STACK_CHAIN},
	{"the dependencies between", STACK_CHAIN},
	{"which became ", STACK_CHAIN},
	{"state was registered at:", STACK_CHAIN},
	{"Showing all locks held", STACK_HELD},
	{"locks held by ", STACK_HELD},
	{"lock held by ", STACK_HELD},
	{"NMI backtrace for cpu", STACK_CPU},
	{"grace-period kthread stack dump:", STACK_WAITER},
	{"Last Breaking-Event-Address:", STACK_BREAK},
	{"related work creation", STACK_OTHER},
	{"reemption disabled at", STACK_OTHER},
	{"FAULT_INJECTION: forcing a failure", STACK_OTHER},
};

enum { HEADINGS = sizeof(headings) / sizeof(headings[0]) };

static bool may_be_heading(struct bytes line)
{
	size_t n = line.len;

	while (n > 0 && line.data[n - 1] == ' ')
		n--;
	if (n > 0 && (line.data[n - 1] == ':' || line.data[n - 1] == '.'))
		return true;
	/* "NMI backtrace for cpu 1", "INFO: Freed in f age=1", "page last",
	 * "  backtrace (crc 0):" */
	return strchr("NIpTAF", line.data[0]) != NULL ||
	       memcmp(line.data, "  bac", 5) == 0;
}

/* Registers, memory and code: the bulk of what is neither frame nor heading. */
static bool is_dump(struct bytes line)
{
	static const char *const begins[] = {
		"Code: ", "RIP: ", "RSP: ", "RAX: ", "RDX: ", "RBP: ",
		"R10: ",  "R13: ", "FS: ",  "CS: ",  "CR2: ", "DR0: ",
		"DR3: ",  "PKRU",  "CPU: ", "Hard",  "Modu",
	};

	for (size_t i = 0; i < sizeof(begins) / sizeof(begins[0]); i++) {
		if (line.data[0] == (uint8_t)begins[i][0] &&
		    memcmp(line.data, begins[i], 4) == 0)
			return true;
	}
	return false;
}

static const uint64_t *heading_sketches(void)
{
	static uint64_t sketches[HEADINGS];

	for (size_t i = 0; sketches[HEADINGS - 1] == 0 && i < HEADINGS; i++)
		sketches[i] = sketch_of(bytes_of_string(headings[i].text));
	return sketches;
}

bool stack_heading(struct bytes line, enum stack_kind *ret_kind)
{
	const uint64_t *sketches = heading_sketches();
	uint64_t sketch;

	/* A cheap look first: this is asked of every line that is no frame. */
	if (line.len < 5 || line.len > 160 || is_dump(line) ||
	    !may_be_heading(line))
		return false;
	sketch = sketch_of(line);
	for (size_t i = 0; i < HEADINGS; i++) {
		if (sketch_may_hold(sketch, sketches[i]) &&
		    contains(line, headings[i].text)) {
			*ret_kind = headings[i].kind;
			return true;
		}
	}
	return false;
}

void stacks_reset(struct stacks *stacks)
{
	stacks->count = 0;
	stacks->mixed = stacks->foreign = stacks->sure = false;
	stacks->kind = STACK_CALL;
	stacks->number = 0;
}

/* "NMI backtrace for cpu 1" is followed by "Call Trace:", as is the heading of
 * one task, whose stack is the next one only. */
static bool is_within(const struct stacks *stacks, enum stack_kind heading)
{
	bool begun = stacks->count > 0 &&
		     stacks->frames[stacks->count - 1].number == stacks->number;

	return heading == STACK_CALL &&
	       (stacks->kind == STACK_CPU ||
		(stacks->kind == STACK_WAITER && !begun));
}

void stacks_add(struct stacks *stacks, struct bytes line,
		const struct stackframe *frame)
{
	enum stack_kind heading;

	if (frame) {
		stacks->mixed |= stacks->foreign;
		/* Doubtful ones are asked for when there are no others. */
		if (stacks->count == STACKS_FRAMES_MAX ||
		    (frame->unsure && frame->kind == FRAME_CALL &&
		     stacks->sure))
			return;
		stacks->sure |= frame->kind == FRAME_CALL && !frame->unsure;
		stacks->frames[stacks->count++] = (struct stacks_entry){
			.frame = *frame,
			.stack = stacks->kind,
			.number = stacks->number,
		};
		return;
	}
	if (!stack_heading(line, &heading))
		return;
	if (!is_within(stacks, heading))
		stacks->kind = heading;
	stacks->number++;
	if (contains(line, "forcing a failure"))
		stacks->foreign = true;
}
