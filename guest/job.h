/* SPDX-License-Identifier: GPL-2.0-or-later */
/* job - what must survive the agent: shared by supervisor and agent.
 *
 * One struct in a memfd, mapped by the supervisor and by each incarnation of
 * the agent. Everything is position-independent. The agent is the only writer
 * but for the fields under "supervisor". A successor goes on from it: same
 * sequence numbers, same check, same running test.
 *
 * The agent can be killed between any two stores, and a step is often both: a
 * message to the host, and a change here. So before such a message goes into
 * the outbox job_will_say() notes the sequence number that it will have; what
 * has that number has been said, and the successor makes the rest of the step;
 * what has not is said by the successor.
 */
#pragma once

#include "guest/baseline.h"
#include "guest/devices.h"
#include "guest/places.h"
#include "shared/limits.h"
#include "shared/outbox.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum job_phase {
	JOB_HELLO,    /* nothing known yet */
	JOB_SETUP,    /* RunSpec taken, set-up runs */
	JOB_RUNNING,  /* check may run */
	JOB_ENDING,   /* check is over: what is collected goes out */
	JOB_FINISHED, /* JobFinished is queued */
};

/* Messages that are one half of a step. */
enum job_message {
	JOB_SAYS_SETUP_DONE,
	JOB_SAYS_CHECK_STARTED,
	JOB_SAYS_TEST_STARTED,
	JOB_SAYS_TEST_FINISHED,
	JOB_SAYS_CHECK_EXITED,
	JOB_SAYS_JOB_FINISHED,
	JOB_SAYS_KERNEL_RECORDS,
	JOB_MESSAGES,
};

/* The running test. */
struct job_test {
	bool active; /* from its TestStarted to the step of TestFinished */
	uint32_t index;
	uint32_t rerun;
	uint64_t started_ns; /* CLOCK_MONOTONIC, of its hook */
	/* Of the test's process, from the wrapper; 0: not (yet). */
	pid_t pid;
	uint64_t run_started_ns;
	uint64_t run_ended_ns;
	uint64_t kmsg_ended; /* the next kernel record then */
	bool has_status;
	int32_t status; /* as waitpid() gives it */
	bool timed_out;
	bool start_timed_out; /* what check does before its process */
	bool post_check_timed_out;
	bool wedged;
	uint64_t stdout_offset; /* check's output when it began */
};

/* The files of the test that is over. */
struct job_leaves {
	bool due; /* they are not collected yet */
	uint32_t index;
	uint32_t rerun;
};

struct job {
	struct outbox outbox;
	uint64_t received_upto; /* reliable messages taken from the host */
	uint32_t phase;		/* enum job_phase */
	uint32_t end;		/* Pb__JobEnd, once known */
	char end_reason[LIMIT_TEXT];
	uint64_t said[JOB_MESSAGES]; /* sequence numbers; 0: not said */

	uint32_t spec_len; /* the packed RunSpec */
	uint8_t spec[LIMIT_MESSAGE];

	struct devices devices;
	struct job_places places;
	struct baseline baseline; /* when the first test began */

	uint32_t invocation;  /* of check: 1, 2, … */
	uint32_t next_index;  /* first test that has not been started */
	uint32_t check_first; /* first test of this check */
	bool check_wanted;    /* not yet said over to the host */
	bool stop_requested;
	uint64_t check_started_ns;
	struct job_test test;
	struct job_leaves leaves;
	uint32_t last_rerun; /* of the test before next_index, when over */
	/* What the test before has left behind, once that is known: the next
	 * one must not begin. "": nothing. */
	char left[LIMIT_TEXT + 1];
	uint64_t time_offset; /* bytes of check's .time that are dealt with */
	uint64_t stdout_shipped;
	uint64_t stderr_shipped;
	uint64_t kmsg_next;  /* sequence number of the next kernel record */
	uint64_t kmsg_after; /* and after those that are being said */
	uint32_t artifacts;  /* numbers given out */

	/* supervisor */
	bool shared_machine;  /* not a VM of ours: sysctls, host name stay */
	uint32_t incarnation; /* of the agent: 1, 2, … */
	pid_t check_pid;      /* 0: none has been started, or it was reaped */
	pid_t check_group;    /* the last one's process group */
	bool check_exited;
	int32_t check_status; /* as waitpid() gives it */
};

/* A zeroed job in a new memfd, mapped shared. NULL and errno on failure. */
struct job *job_create(void);

/* The next thing that is put into the outbox is this message. */
void job_will_say(struct job *job, enum job_message message);
/* It has been put there, in this step or, after job_take_over(), in what a
 * predecessor has begun. */
bool job_has_said(const struct job *job, enum job_message message);
/* And the host has it in its journal. */
bool job_is_heard(const struct job *job, enum job_message message);
/* A new step begins. */
void job_has_not_said(struct job *job, enum job_message message);
/* A successor's first act, after outbox_rewind() and before it says anything:
 * messages that were noted and have not got into the outbox are not said. */
void job_take_over(struct job *job);
