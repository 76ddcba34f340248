/* SPDX-License-Identifier: GPL-2.0-or-later */
/* controller - the host's library around one channel, without QEMU and vng.
 *
 * What host/vm and host/run do with a channel that is open: each message goes
 * through the session, becomes an event, is journalled, changes the result;
 * bulk goes to the artifact store and the log. All of it is the real code of
 * host/link and host/record; this is the glue only, for one VM and one boot.
 *
 * For tests: whatever goes wrong on this side fails the cmocka test.
 */
#pragma once

#include "host/link/channel.h"
#include "host/link/session.h"
#include "host/record/artifact.h"
#include "host/record/evidence.h"
#include "host/record/journal.h"
#include "host/record/outdir.h"
#include "host/record/result.h"

#include <stdbool.h>

enum { CONTROLLER_KINDS = 64, CONTROLLER_TESTS = 16, CONTROLLER_GUARD_S = 60 };

struct controller;

/* After a message was taken, and answered as the host would. */
typedef void controller_tap(void *context, const Pb__Envelope *envelope);

struct controller {
	struct ev_loop *loop;
	struct channel channel;
	struct session session;
	struct outdir outdir;
	struct journal journal;
	struct result *result;
	struct artifact_store artifacts;
	struct artifact_quota quota;
	int log_fd;
	/* Filled in by the test before controller_open(); the plan is one
	 * boot of tests[0..n_tests). */
	Pb__RunSpec spec;
	char *tests[CONTROLLER_TESTS + 1];
	controller_tap *tap;
	void *tap_context;
	bool keeps_running; /* no PowerOff after JobFinished */
	/* What has happened. */
	unsigned int count[CONTROLLER_KINDS]; /* by Pb__Envelope__BodyCase */
	uint64_t events;		      /* of the guest, journalled */
	uint64_t log_bytes;
	uint64_t kmsg_next; /* sequence number of the next kernel record */
	char test_dev[LIMIT_NAME + 1];
	char scratch_dev[LIMIT_NAME + 1];
	Pb__JobEnd job_end;
	char job_reason[LIMIT_TEXT + 1];
	Pb__Heartbeat beat; /* the last one */
	bool closed;
	bool broken;
	char why[256];
};

/* A zeroed controller with a RunSpec for these tests, NULL-terminated. */
void controller_init(struct controller *controller, const char *const *tests);
/* Makes the run directory, which must be missing, writes the beginning of the
 * journal and takes over the socket. */
void controller_open(struct controller *controller, struct ev_loop *loop,
		     const char *run_dir, int fd);
/* The run directory stays. */
void controller_close(struct controller *controller);

/* Orders, as the host gives them. */
void controller_beat(struct controller *controller);
void controller_stop(struct controller *controller, uint64_t grace_ms);

/* Runs the loop until is_so(context); fails the test with `what` when that
 * takes longer than CONTROLLER_GUARD_S. */
void controller_wait(struct controller *controller, const char *what,
		     bool (*is_so)(void *context), void *context);
/* The same for: so many messages of a kind; the end of the channel, good or
 * bad. */
void controller_wait_count(struct controller *controller,
			   Pb__Envelope__BodyCase body, unsigned int count);
void controller_wait_over(struct controller *controller);

/* Asserts on the result. */
void controller_expect(const struct controller *controller, uint32_t test,
		       Pb__Verdict verdict);
/* The only, or the last, attempt at a test. */
const struct attempt *controller_attempt(const struct controller *controller,
					 uint32_t test);
/* Contents of an artifact of that attempt that must be there and whole; from
 * malloc(), NUL-terminated. */
char *controller_artifact(const struct controller *controller, uint32_t test,
			  const char *guest_name, size_t *ret_len);
/* Reads the journal anew: its fold must be the result, and its messages of
 * the guest those that were counted. */
void controller_check_journal(const struct controller *controller);
