/* SPDX-License-Identifier: GPL-2.0-or-later */
/* session - what the guest may say, and when: PROTOCOL.md, "States". */
#include "host/link/session.h"

#include "shared/bytes.h"
#include "shared/message.h"

#include <errno.h>
#include <string.h>

#define IN(state) (1U << (state))
#define SETUP_ON \
	(IN(SESSION_SETUP) | IN(SESSION_RUNNING) | IN(SESSION_FINISHED))
#define RUNNING IN(SESSION_RUNNING)

static const struct {
	Pb__Envelope__BodyCase body;
	unsigned int states;
} allowed[] = {
	{PB__ENVELOPE__BODY_HELLO, IN(SESSION_HELLO) | SETUP_ON},
	{PB__ENVELOPE__BODY_SETUP_STEP, IN(SESSION_SETUP)},
	{PB__ENVELOPE__BODY_SETUP_DONE, IN(SESSION_SETUP)},
	{PB__ENVELOPE__BODY_SETUP_FAILED, IN(SESSION_SETUP)},
	{PB__ENVELOPE__BODY_CHECK_STARTED, RUNNING},
	{PB__ENVELOPE__BODY_TEST_STARTED, RUNNING},
	{PB__ENVELOPE__BODY_TEST_FINISHED, RUNNING},
	{PB__ENVELOPE__BODY_CHECK_EXITED, RUNNING},
	{PB__ENVELOPE__BODY_JOB_FINISHED, IN(SESSION_SETUP) | RUNNING},
	{PB__ENVELOPE__BODY_ARTIFACT_END, SETUP_ON},
	{PB__ENVELOPE__BODY_TROUBLE, SETUP_ON},
	{PB__ENVELOPE__BODY_KERNEL_RECORDS, SETUP_ON},
	{PB__ENVELOPE__BODY_HEARTBEAT, SETUP_ON},
	{PB__ENVELOPE__BODY_ARTIFACT_CHUNK, SETUP_ON},
	{PB__ENVELOPE__BODY_LOG_CHUNK, SETUP_ON},
};

static const char *const state_names[] = {
	[SESSION_HELLO] = "hello",     [SESSION_SETUP] = "setup",
	[SESSION_RUNNING] = "running", [SESSION_FINISHED] = "finished",
	[SESSION_CLOSED] = "closed",
};
static_assert(sizeof(state_names) / sizeof(state_names[0]) == SESSION_STATES,
	      "every state has a name");

const char *session_state_name(enum session_state state)
{
	return state_names[state];
}

bool session_allows(enum session_state state, Pb__Envelope__BodyCase body)
{
	for (size_t i = 0; i < sizeof(allowed) / sizeof(allowed[0]); i++)
		if (allowed[i].body == body)
			return (allowed[i].states & IN(state)) != 0;
	return false;
}

void session_init(struct session *session, const Pb__RunSpec *spec)
{
	*session = (struct session){.state = SESSION_HELLO, .spec = spec};
}

static int broken(const char **ret_why, const char *why)
{
	*ret_why = why;
	return -EPROTO;
}

static int step_hello(struct session *session, const Pb__Hello *hello,
		      const char **ret_why)
{
	if (hello->protocol_version != MESSAGE_PROTOCOL_VERSION)
		return broken(ret_why, "an agent of another protocol version");
	if (hello->incarnation == 0 || hello->boot_id[0] == '\0')
		return broken(ret_why, "a Hello without boot or incarnation");
	if (hello->incarnation > LIMIT_INCARNATIONS)
		return broken(ret_why, "a Hello of too many incarnations");
	if (session->state == SESSION_HELLO) {
		bytes_copy_string(session->boot_id, sizeof(session->boot_id),
				  hello->boot_id);
		session->incarnation = hello->incarnation;
		session->state = SESSION_SETUP;
		return 0;
	}
	if (strcmp(session->boot_id, hello->boot_id) != 0)
		return broken(ret_why, "a Hello of another boot");
	if (hello->incarnation <= session->incarnation)
		return broken(ret_why, "a Hello of an older incarnation");
	session->incarnation = hello->incarnation;
	return 0;
}

static bool is_planned(const struct session *session, uint32_t index,
		       const char *name)
{
	return index < session->spec->n_tests &&
	       strcmp(session->spec->tests[index], name) == 0;
}

static int step_test_started(struct session *session,
			     const Pb__TestStarted *started,
			     const char **ret_why)
{
	bool rerun = started->rerun > 0;

	if (session->test_active)
		return broken(ret_why, "a test that starts inside another");
	if (!is_planned(session, started->index, started->name))
		return broken(ret_why, "a test that was not asked for");
	if (rerun ? started->index + 1 != session->next_index ||
			    started->rerun != session->test_rerun + 1 ||
			    started->rerun > session->spec->loop_failures
		  : started->index < session->next_index)
		return broken(ret_why, "a test out of order");
	session->test_active = true;
	session->test_index = started->index;
	session->test_rerun = started->rerun;
	session->next_index = started->index + 1;
	return 0;
}

static int step_test_finished(struct session *session,
			      const Pb__TestFinished *finished,
			      const char **ret_why)
{
	if (!session->test_active || finished->index != session->test_index ||
	    finished->rerun != session->test_rerun ||
	    !is_planned(session, finished->index, finished->name))
		return broken(ret_why, "the end of a test that does not run");
	session->test_active = false;
	return 0;
}

static int step_job_finished(struct session *session, const char **ret_why)
{
	if (session->test_active)
		return broken(ret_why, "an end of the job inside a test");
	session->state = SESSION_FINISHED;
	return 0;
}

/* What a plan does not bound would fill the disk: it is in the journal. */
static struct session_said count(const struct session *session,
				 const Pb__Envelope *envelope)
{
	struct session_said said = session->said;

	if (envelope->body_case == PB__ENVELOPE__BODY_HELLO ||
	    envelope->body_case == PB__ENVELOPE__BODY_TEST_STARTED)
		said = (struct session_said){.messages = 0};
	if (envelope->body_case == PB__ENVELOPE__BODY_KERNEL_RECORDS)
		said.records += 1 + envelope->kernel_records->n_records;
	else if (message_is_reliable(envelope->body_case))
		said.messages++;
	return said;
}

static int step(struct session *session, const Pb__Envelope *envelope,
		const char **ret_why)
{
	Pb__Envelope__BodyCase body = envelope->body_case;

	if (body == PB__ENVELOPE__BODY_HELLO)
		return step_hello(session, envelope->hello, ret_why);
	if (body == PB__ENVELOPE__BODY_SETUP_DONE)
		session->state = SESSION_RUNNING;
	if (body == PB__ENVELOPE__BODY_TEST_STARTED)
		return step_test_started(session, envelope->test_started,
					 ret_why);
	if (body == PB__ENVELOPE__BODY_TEST_FINISHED)
		return step_test_finished(session, envelope->test_finished,
					  ret_why);
	if (body == PB__ENVELOPE__BODY_JOB_FINISHED)
		return step_job_finished(session, ret_why);
	return 0;
}

int session_step(struct session *session, const Pb__Envelope *envelope,
		 const char **ret_why)
{
	struct session_said said;
	int rc;

	if (!session_allows(session->state, envelope->body_case))
		return broken(ret_why, "a message that has no place now");
	said = count(session, envelope);
	if (said.records > LIMIT_STEP_RECORDS)
		return broken(ret_why, "more kernel records than one test has");
	if (said.messages > LIMIT_STEP_MESSAGES)
		return broken(ret_why, "more messages than one test makes");
	rc = step(session, envelope, ret_why);
	if (rc == 0)
		session->said = said;
	return rc;
}
