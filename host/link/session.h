/* SPDX-License-Identifier: GPL-2.0-or-later */
/* session - what the guest may say, and when: PROTOCOL.md, "States".
 *
 * Pure. Each message of the guest goes through session_step(), which checks it
 * against the table of states and against what was said before: the same boot,
 * tests that are in the job and in its order, a TestFinished for each
 * TestStarted, no more than the journal is to hold. -EPROTO means "the guest
 * broke the protocol" and says how; the VM is then replaced, and nothing of
 * that message is used.
 */
#pragma once

#include "fstvm.pb-c.h"
#include "shared/limits.h"
#include "shared/must.h"

#include <stdbool.h>

enum session_state {
	SESSION_HELLO,	  /* waiting for Hello */
	SESSION_SETUP,	  /* the RunSpec is sent */
	SESSION_RUNNING,  /* SetupDone seen: checks and tests */
	SESSION_FINISHED, /* JobFinished seen: what was still to be sent */
	SESSION_CLOSED,
};
enum { SESSION_STATES = SESSION_CLOSED + 1 };

/* Since the last TestStarted or Hello. */
struct session_said {
	uint64_t records;
	uint64_t messages; /* others, reliable ones */
};

struct session {
	enum session_state state;
	char boot_id[LIMIT_SHORT_TEXT + 1];
	uint32_t incarnation;
	const Pb__RunSpec *spec; /* the VM's; NULL until it is known */
	bool test_active;
	uint32_t test_index;
	uint32_t test_rerun;
	uint32_t next_index;
	struct session_said said;
};

void session_init(struct session *session, const Pb__RunSpec *spec);
/* *ret_why is static text. After 0 the state has moved on. */
must_check int session_step(struct session *session,
			    const Pb__Envelope *envelope, const char **ret_why);
bool session_allows(enum session_state state, Pb__Envelope__BodyCase body);
const char *session_state_name(enum session_state state);
