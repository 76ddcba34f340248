/* SPDX-License-Identifier: GPL-2.0-or-later */
/* culprit - carrying out the function rules. */
#include "host/kernel/culprit.h"

#include "host/kernel/mention.h"
#include "host/kernel/skip.h"

#include <string.h>

enum {
	NOT_FOUND = STACKS_FRAMES_MAX,
};

static void name_of(const struct stacks *stacks, size_t i, char *ret_name)
{
	stackframe_normalise(stacks->frames[i].frame.name, ret_name,
			     CULPRIT_NAME);
}

/* May be a stale word of the stack. Kernels without frame pointers mark all of
 * them so; then they are what there is. */
static bool is_doubtful(const struct stacks *stacks,
			const struct stacks_entry *f)
{
	return f->frame.name.len == 0 || (f->frame.unsure && stacks->sure);
}

/* Is this frame one of the code that the report is about? */
static bool counts(const struct stacks *stacks, const struct stacks_entry *f)
{
	return f->stack == STACK_CALL && !is_doubtful(stacks, f) &&
	       (f->frame.kind == FRAME_CALL || f->frame.kind == FRAME_PC);
}

static bool is_service(const struct stacks *stacks, size_t i)
{
	char name[CULPRIT_NAME];

	name_of(stacks, i, name);
	return function_is_service(name);
}

/* The first frame from start that is no service's. */
static size_t first_guilty(const struct stacks *stacks, size_t start)
{
	for (size_t i = start; i < stacks->count; i++) {
		if (counts(stacks, &stacks->frames[i]) &&
		    !is_service(stacks, i))
			return i;
	}
	return NOT_FOUND;
}

static size_t first_of_kind(const struct stacks *stacks,
			    enum stackframe_kind kind, size_t start)
{
	for (size_t i = start; i < stacks->count; i++) {
		if (stacks->frames[i].frame.kind == kind &&
		    stacks->frames[i].stack != STACK_HELD)
			return i;
	}
	return NOT_FOUND;
}

/* Behind nothing but services stands what only calls other code: then it was
 * the service that found fault with itself. */
static size_t guilty_or_pc(const struct stacks *stacks, size_t start)
{
	size_t guilty = first_guilty(stacks, start);
	size_t pc = first_of_kind(stacks, FRAME_PC, 0);
	char name[CULPRIT_NAME];

	if (guilty == NOT_FOUND || pc >= guilty ||
	    !counts(stacks, &stacks->frames[pc]))
		return guilty;
	name_of(stacks, pc, name);
	if (function_is_thunk(name))
		return guilty;
	name_of(stacks, guilty, name);
	return function_is_dispatcher(name) ? pc : guilty;
}

/* The link register, or what serves as one. */
static size_t find_link(const struct stacks *stacks)
{
	size_t link = first_of_kind(stacks, FRAME_LINK, 0);

	for (size_t i = 0; link == NOT_FOUND && i < stacks->count; i++) {
		if (stacks->frames[i].stack == STACK_BREAK)
			link = i;
	}
	return link;
}

static size_t rule_pc(const struct stacks *stacks)
{
	size_t pc = first_of_kind(stacks, FRAME_PC, 0);
	size_t link = find_link(stacks);

	/* It jumped to nowhere: the link register knows from where. */
	if (pc != NOT_FOUND && stacks->frames[pc].frame.name.len == 0 &&
	    link != NOT_FOUND && !is_service(stacks, link))
		return link;
	return guilty_or_pc(stacks, pc == NOT_FOUND ? 0 : pc);
}

static size_t rule_lock(const struct stacks *stacks)
{
	for (size_t i = 0; i < stacks->count; i++) {
		const struct stacks_entry *f = &stacks->frames[i];

		if (f->frame.kind == FRAME_LOCK && f->stack == STACK_CALL &&
		    !is_service(stacks, i))
			return i;
	}
	return first_guilty(stacks, 0);
}

/* The entry of the interrupt that found the stall: what it interrupted
 * follows. */
static bool is_interrupt_entry(struct bytes name)
{
	static const char *const entries[] = {
		"apic_timer_interrupt",
		"smp_apic_timer_interrupt",
		"smp_trace_apic_timer_interrupt",
		"asm_sysvec_apic_timer_interrupt",
		"asm_sysvec_",
		"el1h_64_irq",
		"el1_irq",
		"__irq_svc",
		"ret_from_intr",
		"timer_interrupt",
		"decrementer_common",
		"io_int_handler",
		"ext_int_handler",
		"asm_common_interrupt",
		"call_on_irq_stack",
		"handle_exception",
		"reschedule_interrupt",
		"hyperv_callback_vector",
	};

	for (size_t i = 0; i < sizeof(entries) / sizeof(entries[0]); i++) {
		size_t n = strlen(entries[i]);

		if (name.len >= n && memcmp(name.data, entries[i], n) == 0)
			return true;
	}
	return false;
}

/* Where the interrupted code begins: behind the interrupt's entry, or behind
 * the first program counter, or at the top. */
static size_t interrupted(const struct stacks *stacks)
{
	size_t entry = NOT_FOUND, pc;

	for (size_t i = 0; i < stacks->count; i++) {
		const struct stacks_entry *f = &stacks->frames[i];

		/* The entry proper is the outermost of a few. */
		if (entry != NOT_FOUND && i > entry + 4)
			break;
		if (f->frame.kind == FRAME_CALL && f->stack != STACK_HELD &&
		    is_interrupt_entry(f->frame.name))
			entry = i;
	}
	pc = first_of_kind(stacks, FRAME_PC, 0);
	if (entry != NOT_FOUND && entry + 1 < stacks->count &&
	    (pc == NOT_FOUND || pc > entry))
		return entry + 1;
	if (pc != NOT_FOUND)
		return pc;
	return first_guilty(stacks, 0);
}

/* The scheduler's own: where any task stands that does not run. */
static bool is_switch(const char *name)
{
	static const char *const switches[] = {
		"__switch_to", "__switch_to_asm",  "context_switch",
		"__schedule",  "schedule",	   "schedule_idle",
		"_switch_to",  "schedule_timeout",
	};

	for (size_t i = 0; i < sizeof(switches) / sizeof(switches[0]); i++) {
		if (strcmp(name, switches[i]) == 0)
			return true;
	}
	return false;
}

/* Right inside of the first dispatcher: the operation that took so long. */
static size_t rule_stall(const struct stacks *stacks, size_t start)
{
	size_t last = NOT_FOUND;
	char name[CULPRIT_NAME];

	if (start == NOT_FOUND)
		return NOT_FOUND;
	for (size_t i = start; i < stacks->count; i++) {
		const struct stacks_entry *f = &stacks->frames[i];

		if (is_doubtful(stacks, f) || f->stack == STACK_HELD ||
		    f->stack == STACK_WAITER || f->stack == STACK_BREAK ||
		    (f->frame.kind != FRAME_CALL && f->frame.kind != FRAME_PC))
			continue;
		name_of(stacks, i, name);
		if (is_switch(name))
			continue;
		if (strncmp(name, "smp_call_function", 17) == 0)
			return i;
		if (function_is_dispatcher(name))
			return last == NOT_FOUND ? i : last;
		last = i;
	}
	start = first_guilty(stacks, start);
	return start == NOT_FOUND ? last : start;
}

static size_t rule_hung(const struct stacks *stacks)
{
	size_t first = NOT_FOUND;
	char name[CULPRIT_NAME];

	for (size_t i = 0; i < stacks->count; i++) {
		const struct stacks_entry *f = &stacks->frames[i];

		if (!counts(stacks, f) || f->frame.kind != FRAME_CALL)
			continue;
		if (first != NOT_FOUND &&
		    f->number != stacks->frames[first].number)
			break;
		name_of(stacks, i, name);
		/* These are waited for by many at once; who holds them is the
		 * question, not which waiter was seen first. */
		if (strcmp(name, "rtnl_lock") == 0 ||
		    strncmp(name, "synchronize_", 12) == 0)
			return i;
		/* A stale word may be of any function; then services, too, are
		 * none that waits. */
		if (first == NOT_FOUND && !function_is_waiting(name) &&
		    (stacks->sure || !function_is_service(name)))
			first = i;
	}
	return first;
}

/* lockdep_print_held_locks(): the first of its list. */
static size_t rule_held(const struct stacks *stacks)
{
	for (size_t i = 0; i < stacks->count; i++) {
		if (stacks->frames[i].frame.kind == FRAME_LOCK &&
		    !is_service(stacks, i))
			return i;
	}
	return first_guilty(stacks, 0);
}

/* The first frame of the first stack of a kind that is no allocator's. */
static size_t rule_allocated(const struct stacks *stacks, enum stack_kind kind)
{
	char name[CULPRIT_NAME];

	for (size_t i = 0; i < stacks->count; i++) {
		if (stacks->frames[i].stack != kind ||
		    is_doubtful(stacks, &stacks->frames[i]))
			continue;
		name_of(stacks, i, name);
		if (!function_is_allocator(name))
			return i;
	}
	return NOT_FOUND;
}

static size_t rule_chain(const struct stacks *stacks)
{
	for (size_t i = 0; i < stacks->count; i++) {
		if (stacks->frames[i].stack == STACK_CHAIN &&
		    !is_doubtful(stacks, &stacks->frames[i]) &&
		    !is_service(stacks, i))
			return i;
	}
	return rule_lock(stacks);
}

/* Only services: then the place itself. */
static size_t rule_fallback(const struct stacks *stacks)
{
	size_t pc = first_of_kind(stacks, FRAME_PC, 0);
	size_t last = NOT_FOUND;

	if (pc != NOT_FOUND && stacks->frames[pc].frame.name.len > 0)
		return pc;
	for (size_t i = 0; i < stacks->count; i++) {
		if (counts(stacks, &stacks->frames[i]))
			last = i;
	}
	return last;
}

/* A line that names the function: kernel/workqueue.c's "last function: f",
 * lib/smp_processor_id.c's "caller is f+0x1/0x2". */
static void take_mention(struct bytes text, const char *lead,
			 struct culprit *culprit)
{
	stackframe_normalise(mention_behind(text, lead), culprit->function,
			     CULPRIT_NAME);
	if (function_is_checker(culprit->function))
		culprit->function[0] = '\0';
}

static size_t by_rule(enum function_rule rule, const struct stacks *stacks)
{
	size_t i;

	switch (rule) {
	case RULE_NONE:
	case RULE_WORK:
		return NOT_FOUND;
	case RULE_HELD:
		return rule_held(stacks);
	case RULE_PC:
		return rule_pc(stacks);
	case RULE_TRACE:
		return first_guilty(stacks, 0);
	case RULE_HEADER:
		return guilty_or_pc(stacks, 0);
	case RULE_LOCK:
		return rule_lock(stacks);
	case RULE_STALL:
		return rule_stall(stacks, interrupted(stacks));
	case RULE_HUNG:
		return rule_hung(stacks);
	case RULE_CHAIN:
		return rule_chain(stacks);
	case RULE_CALLER:
		return first_guilty(stacks, 0);
	case RULE_PAGE:
		i = rule_allocated(stacks, STACK_ALLOC);
		return i == NOT_FOUND ? first_guilty(stacks, 0) : i;
	case RULE_LEAK:
		return rule_allocated(stacks, STACK_LEAK);
	case RULE_STACK:
		return rule_stall(stacks, 0);
	}
	return NOT_FOUND;
}

static size_t frame_named(const struct stacks *stacks, const char *function)
{
	char name[CULPRIT_NAME];

	for (size_t i = 0; i < stacks->count; i++) {
		name_of(stacks, i, name);
		if (counts(stacks, &stacks->frames[i]) &&
		    strcmp(name, function) == 0)
			return i;
	}
	return NOT_FOUND;
}

/* function and its callers in the same stack. */
static void keep_frames(const struct stacks *stacks, size_t guilty,
			struct culprit *culprit)
{
	if (culprit->function[0])
		memcpy(culprit->frames[culprit->frame_count++],
		       culprit->function, CULPRIT_NAME);
	if (guilty == NOT_FOUND)
		return;
	for (size_t i = guilty + 1;
	     i < stacks->count && culprit->frame_count < CULPRIT_FRAMES; i++) {
		const struct stacks_entry *f = &stacks->frames[i];
		const struct stacks_entry *g = &stacks->frames[guilty];

		if (f->stack != g->stack ||
		    (f->number != g->number && g->frame.kind == FRAME_CALL))
			break;
		if (is_doubtful(stacks, f) || f->frame.inlined ||
		    f->frame.kind != FRAME_CALL)
			continue;
		name_of(stacks, i, culprit->frames[culprit->frame_count]);
		if (strcmp(culprit->frames[culprit->frame_count],
			   culprit->function) != 0)
			culprit->frame_count++;
	}
}

void culprit_find(const struct pattern *pattern, struct bytes header,
		  struct bytes text, const struct stacks *stacks,
		  struct culprit *ret_culprit)
{
	struct culprit culprit = {0};
	size_t guilty = NOT_FOUND;
	struct bytes name;

	culprit.mixed = stacks->mixed;
	for (size_t i = 0; i < stacks->count && !culprit.has_trace; i++)
		culprit.has_trace = stacks->frames[i].frame.kind == FRAME_CALL;
	if (pattern->rule == RULE_HEADER) {
		name = mention_in_header(header);
		stackframe_normalise(name, culprit.function, CULPRIT_NAME);
		stackframe_normalise(mention_other(header), culprit.other,
				     CULPRIT_NAME);
		if (function_is_service(culprit.function))
			culprit.function[0] = '\0';
		else
			guilty = frame_named(stacks, culprit.function);
	}
	if (pattern->rule == RULE_WORK)
		take_mention(text, "last function: ", &culprit);
	/* The same since 6.10. */
	if (pattern->rule == RULE_WORK && !culprit.function[0])
		take_mention(text, " workfn=", &culprit);
	if (pattern->rule == RULE_CALLER)
		take_mention(text, "caller is ", &culprit);
	if (!culprit.function[0]) {
		guilty = by_rule(pattern->rule, stacks);
		if (guilty == NOT_FOUND && pattern->rule == RULE_PC)
			guilty = rule_fallback(stacks);
		if (guilty != NOT_FOUND)
			name_of(stacks, guilty, culprit.function);
	}
	keep_frames(stacks, guilty, &culprit);
	*ret_culprit = culprit;
}
