/* SPDX-License-Identifier: GPL-2.0-or-later */
/* runner - drives check through the tests of the job, one after the other.
 *
 * Fed by three sources: the hook (a test starts; its process begins, ends;
 * its scope is to be cleaned), the supervisor (check has exited) and its own
 * timers. Out come CheckStarted, TestStarted, TestFinished, CheckExited.
 *
 *            hook: test starts            scope begins
 *   BETWEEN ------------------> STARTING -------------> TEST
 *      ^      (reply on the host's ack)                  | scope ends
 *      |                                                 v
 *      +----- next test starts, or check exits ------ POST_CHECK
 *
 * Each state has its deadline (guest/overtime.h). A test over its time goes
 * down the ladder; check itself is killed when its own work takes too long, and
 * a new check gets the rest. What can't be killed is wedged, and ends the job;
 * so does a guest that a test has not left as it was (guest/aftermath.h): the
 * host replaces the VM.
 *
 * Its parts: guest/order.h, course.h (one test), invocation.h (check's
 * process), overtime.h (deadlines).
 *
 * Invariants: each TestStarted is followed by just one TestFinished of the
 * same index, by this incarnation or a later one. check goes on past the hook
 * only when the host has journalled the TestStarted (or has kept us waiting
 * for RUNNER_ACK_WAIT_S). A verdict is evidence on disk, never check's output.
 */
#pragma once

#include "guest/aftermath.h"
#include "guest/collect.h"
#include "guest/counters.h"
#include "guest/hook.h"
#include "guest/inquest.h"
#include "guest/job.h"
#include "guest/ladder.h"
#include "guest/scope.h"
#include "guest/vacancy.h"

#include "fstvm.pb-c.h"

enum { RUNNER_ACK_WAIT_S = 30 };

enum runner_state {
	RUNNER_IDLE, /* no check */
	RUNNER_BETWEEN,
	RUNNER_STARTING,
	RUNNER_TEST,
	RUNNER_POST_CHECK,
};

struct runner_owner {
	int (*send)(void *context, Pb__Envelope *envelope);
	uint64_t (*kmsg_next)(void *context);
	/* What is to be sent goes now, not when the loop comes round. */
	void (*push)(void *context);
	/* There is something new to be sent when nothing else is. */
	void (*kick)(void *context);
	/* job->end and its reason say how. */
	void (*ended)(void *context);
	void *context;
};

struct runner {
	struct ev_loop *loop;
	struct runner_owner owner;
	struct job *job;
	const Pb__RunSpec *spec;
	struct collect *collect;
	struct counters counters;
	struct hook hook;
	struct scope scope;
	struct ladder ladder;
	struct inquest inquest;
	struct aftermath aftermath;
	enum runner_state state;
	uint32_t turn;	   /* counts changes of the state */
	bool check_killed; /* by us */
	bool examined;	   /* aftermath.text is of the present test */
	bool left_nothing; /* the present test, when its scope was stopped */
	int supervisor_fd;
	ev_io supervisor;
	ev_timer deadline;	/* of the present state */
	ev_timer climb;		/* the ladder's steps */
	ev_timer ack_wait;	/* while a test must not start yet */
	uint64_t asked_ns;	/* the host was told of the test */
	struct latency acks;	/* until it had heard, in all */
	struct vacancy vacancy; /* of a stopped scope, or of all of check */
	/* Of what is over its time. */
	uint64_t overtime_ns;	/* since when */
	uint32_t overtime_turn; /* in which turn */
	char wedged[LIMIT_TEXT];
	bool last_inquest; /* asked for: then it is wedged */
};

void runner_init(struct runner *runner, struct ev_loop *loop, struct job *job,
		 const Pb__RunSpec *spec, struct collect *collect,
		 int supervisor_fd, const struct runner_owner *owner);
/* The set-up is done, or this is a successor of a killed agent. */
void runner_start(struct runner *runner, int hook_fd);
/* The host wants no more: ends the running test and check. */
void runner_stop(struct runner *runner, uint64_t grace_ms);
/* check stands still until the host has heard of the next test: what can wait
 * must not be sent now. */
bool runner_is_waiting(const struct runner *runner);
void runner_wait_no_more(struct runner *runner);
/* Of the running test, for the heartbeat. */
bool runner_age_ms(const struct runner *runner, uint64_t *ret_age_ms);

/* Shared by its parts: course.h, invocation.h, overtime.h. */

void runner_send(struct runner *runner, Pb__Envelope *envelope);
void runner_enter(struct runner *runner, enum runner_state state);
/* No deadline until the next runner_enter(). */
void runner_pause(struct runner *runner);
/* Whether the aftermath of the present test is known; else it will be, and
 * what asks is called again. */
bool runner_examine(struct runner *runner, bool closely);
/* by_check: check itself is past the test, so that what is not a pass is a
 * failure. Returns whether it has left something behind. Its files are still to
 * be collected. */
bool runner_tell_finished(struct runner *runner, bool by_check);
void runner_collect(struct runner *runner);
/* Both. */
bool runner_finish_test(struct runner *runner, bool by_check);
/* The job ends, of which a successor may have to make the rest. */
void runner_decide(struct runner *runner, Pb__JobEnd how, const char *reason);
/* The same, for what aftermath.text says. */
void runner_decide_unclean(struct runner *runner);
bool runner_is_decided(const struct runner *runner);
void runner_end(struct runner *runner);
/* No check runs: another one, or the end. */
void runner_go_on(struct runner *runner);
