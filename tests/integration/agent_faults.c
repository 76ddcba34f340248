/* SPDX-License-Identifier: GPL-2.0-or-later */
/* agent_faults - an agent that dies where it hurts most.
 *
 * The linker puts this before and after every outbox_push(): the moment in
 * which a message becomes true. FSTVM_TEST_DEATHS="after 2": each incarnation
 * kills itself right after its second message, once checks run; "before 3":
 * right before its third. The first message of an incarnation is its Hello.
 */
#include "guest/job.h"

#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* The supervisor gives up after 32 restarts. */
enum { DEATHS = 28 };

int __real_outbox_push(struct outbox *outbox, struct bytes frame);
int __wrap_outbox_push(struct outbox *outbox, struct bytes frame);

static_assert(offsetof(struct job, outbox) == 0, "the job is found by it");

static bool is_due(const struct outbox *outbox, const char *when)
{
	const struct job *job = (const void *)outbox;
	const char *deaths = getenv("FSTVM_TEST_DEATHS");
	static int number;
	size_t len = strlen(when);

	if (deaths == NULL || strncmp(deaths, when, len) != 0 ||
	    job->phase < JOB_RUNNING || job->incarnation > DEATHS)
		return false;
	return ++number == atoi(deaths + len);
}

int __wrap_outbox_push(struct outbox *outbox, struct bytes frame)
{
	int rc;

	if (is_due(outbox, "before "))
		raise(SIGKILL);
	rc = __real_outbox_push(outbox, frame);
	if (is_due(outbox, "after "))
		raise(SIGKILL);
	return rc;
}
