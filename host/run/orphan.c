/* SPDX-License-Identifier: GPL-2.0-or-later */
/* orphan - what a controller that was killed has left open in its journal. */
#include "host/run/orphan.h"

#include "host/record/bootlog.h"
#include "host/record/event.h"

#include <stdio.h>

#define CUT_OFF "fstvm was killed, or the machine went down"

void orphan_init(struct orphan *orphan, const struct result *result,
		 const struct schedule *schedule, uint64_t real_ns)
{
	size_t count = result_boot_count(result);
	const struct boot *last =
		count > 0 ? result_boot(result, count - 1) : NULL;

	*orphan = (struct orphan){
		.result = result,
		.schedule = schedule,
		.real_ns = real_ns,
		.boot = last != NULL && !last->ended ? last->number : 0,
	};
}

static const struct boot *boot_of(const struct orphan *orphan)
{
	return boot_list_find(result_boots(orphan->result), orphan->boot);
}

static void begin(struct orphan *orphan, uint32_t boot)
{
	const struct event_origin origin = {
		.boot = boot,
		.real_ns = orphan->real_ns,
	};

	event_init(&orphan->event, &origin);
}

/* The kernel's own words about its death; NULL: nobody saw it die. */
static const char *last_words(const struct orphan *orphan)
{
	const struct problem_list *list = result_problems(orphan->result);
	const struct boot *boot = orphan->boot ? boot_of(orphan) : NULL;

	if (boot == NULL || !boot->kernel_died)
		return NULL;
	for (size_t i = 0; i < list->count; i++)
		if (list->items[i].boot == boot->number &&
		    (list->items[i].group == PROBLEM_PANIC ||
		     list->items[i].group == PROBLEM_OOPS) &&
		    list->items[i].title != NULL)
			return list->items[i].title;
	return "the kernel crashed";
}

static void end_test(struct orphan *orphan, uint32_t test, uint32_t attempt)
{
	const char *words = last_words(orphan);
	Pb__AttemptEnded *ended = &orphan->attempt_ended;

	pb__attempt_ended__init(ended);
	ended->test = test;
	ended->attempt = attempt;
	ended->verdict = words != NULL ? PB__VERDICT__VERDICT_CRASH
				       : PB__VERDICT__VERDICT_LOST;
	if (words == NULL)
		words = CUT_OFF " while it ran";
	ended->reason = (char *)(uintptr_t)words;
	begin(orphan, orphan->boot);
	orphan->event.body_case = PB__EVENT__BODY_ATTEMPT_ENDED;
	orphan->event.attempt_ended = ended;
}

static void end_boot(struct orphan *orphan, struct outdir *outdir)
{
	const struct boot *boot = boot_of(orphan);
	Pb__VmEnded *ended = &orphan->vm_ended;

	snprintf(orphan->console_log, sizeof(orphan->console_log), "%.63s",
		 boot->console_log != NULL ? boot->console_log : "");
	if (bootlog_is_running(orphan->console_log))
		(void)!bootlog_finish(outdir, orphan->console_log,
				      boot_is_success(boot));
	pb__vm_ended__init(ended);
	ended->reason = PB__VM_END_REASON__VM_END_HOST_FAILED;
	ended->detail = (char *)(uintptr_t)CUT_OFF;
	ended->console_log = orphan->console_log;
	begin(orphan, orphan->boot);
	orphan->event.vm = boot->vm;
	orphan->event.body_case = PB__EVENT__BODY_VM_ENDED;
	orphan->event.vm_ended = ended;
}

bool orphan_next(struct orphan *orphan, struct outdir *outdir,
		 Pb__Event **ret_event)
{
	uint32_t test, attempt;

	*ret_event = &orphan->event;
	if (!orphan->test_told &&
	    schedule_running(orphan->schedule, &test, &attempt)) {
		orphan->test_told = true;
		end_test(orphan, test, attempt);
		return true;
	}
	if (orphan->boot == 0)
		return false;
	end_boot(orphan, outdir);
	orphan->boot = 0;
	return true;
}
