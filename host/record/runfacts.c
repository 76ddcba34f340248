/* SPDX-License-Identifier: GPL-2.0-or-later */
/* runfacts - see runfacts.h. */
#include "host/record/runfacts.h"

#include "host/record/copy.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void runfacts_deinit(struct runfacts *facts, struct allowance *allowance)
{
	for (size_t i = 0; i < facts->notice_count; i++)
		allowance_drop(allowance, &facts->notices[i]);
	allowance_drop(allowance, &facts->end_detail);
	allowance_drop(allowance, &facts->stop_reason);
	allowance_drop(allowance, &facts->stop_text);
	if (facts->run)
		pb__run_started__free_unpacked(facts->run, NULL);
	facts->run = NULL;
}

static int take_notice(struct runfacts *facts, struct allowance *allowance,
		       const char *text)
{
	int r;

	if (!text || !*text)
		return 0;
	if (facts->notice_count == RUNFACTS_NOTICES) {
		facts->notices_left_out++;
		return 1;
	}
	r = allowance_keep(allowance, &facts->notices[facts->notice_count],
			   text, RUNFACTS_TEXT);
	if (r < 0)
		return r;
	facts->notice_count++;
	return 1;
}

static bool is_noted(const struct runfacts *facts, const char *text)
{
	for (size_t i = 0; i < facts->notice_count; i++)
		if (strcmp(facts->notices[i], text) == 0)
			return true;
	return false;
}

/* Those of a machine are the same in each session. */
static int take_warnings(struct runfacts *facts, struct allowance *allowance,
			 char *const *warnings, size_t count)
{
	int r = 0;

	for (size_t i = 0; i < count && r >= 0; i++)
		if (!is_noted(facts, warnings[i]))
			r = take_notice(facts, allowance, warnings[i]);
	return r < 0 ? r : 1;
}

static int take_run(struct runfacts *facts, struct allowance *allowance,
		    const Pb__RunStarted *run)
{
	ProtobufCMessage *copy;
	int r;

	if (facts->run)
		return 0;
	r = copy_message(&run->base, &copy);
	if (r < 0)
		return r == -EBADMSG ? 0 : r;
	facts->run = (Pb__RunStarted *)copy;
	facts->timeout_ms = run->timeout_ms;
	return take_warnings(facts, allowance, run->warnings, run->n_warnings);
}

static int take_resume(struct runfacts *facts, struct allowance *allowance,
		       const Pb__RunResumed *resumed)
{
	facts->session++;
	facts->ended = false;
	facts->end = PB__RUN_END__RUN_END_UNSPECIFIED;
	allowance_drop(allowance, &facts->end_detail);
	allowance_drop(allowance, &facts->stop_reason);
	allowance_drop(allowance, &facts->stop_text);
	facts->timeout_ms = resumed->timeout_ms;
	return take_warnings(facts, allowance, resumed->warnings,
			     resumed->n_warnings);
}

static int take_end(struct runfacts *facts, struct allowance *allowance,
		    const Pb__RunEnded *ended)
{
	int r;

	if (facts->ended)
		return 0;
	facts->ended = true;
	facts->end = ended->end;
	r = allowance_keep(allowance, &facts->end_detail, ended->detail,
			   RUNFACTS_TEXT);
	return r < 0 ? r : 1;
}

/* The first reason is the one that stopped it. */
static int take_stop(struct runfacts *facts, struct allowance *allowance,
		     const Pb__StopRequested *stop)
{
	int r;

	if (facts->stop_reason)
		return 0;
	r = allowance_keep(allowance, &facts->stop_reason, stop->reason,
			   RUNFACTS_TEXT);
	if (r >= 0)
		r = allowance_keep(allowance, &facts->stop_text, stop->text,
				   RUNFACTS_TEXT);
	return r < 0 ? r : 1;
}

void runfacts_see(struct runfacts *facts, const Pb__Event *event)
{
	if (!facts->started_real_ns)
		facts->started_real_ns = event->real_ns;
	if (event->real_ns > facts->last_real_ns)
		facts->last_real_ns = event->real_ns;
}

int runfacts_apply(struct runfacts *facts, struct allowance *allowance,
		   const Pb__Event *event)
{
	if (event->body_case == PB__EVENT__BODY_RUN_STARTED)
		return take_run(facts, allowance, event->run_started);
	if (event->body_case == PB__EVENT__BODY_RUN_RESUMED)
		return take_resume(facts, allowance, event->run_resumed);
	if (event->body_case == PB__EVENT__BODY_RUN_ENDED)
		return take_end(facts, allowance, event->run_ended);
	if (event->body_case == PB__EVENT__BODY_STOP_REQUESTED)
		return take_stop(facts, allowance, event->stop_requested);
	if (event->body_case == PB__EVENT__BODY_NOTICE)
		return take_notice(facts, allowance, event->notice->text);
	if (event->body_case == PB__EVENT__BODY_TROUBLE)
		return take_notice(facts, allowance, event->trouble->text);
	if (event->body_case == PB__EVENT__BODY_PROTOCOL_BROKEN)
		return take_notice(facts, allowance,
				   event->protocol_broken->reason);
	return 0;
}
