/* SPDX-License-Identifier: GPL-2.0-or-later */
/* agent_frugal - an agent that dies when it allocates while tests run.
 *
 * A filesystem test may exhaust the memory, and the agent must report it all
 * the same: from its second test on it must live with what it has. This takes
 * the place of malloc() and its like, in libev and libc too. Children of the
 * agent may do as they like.
 *
 * FSTVM_TEST_FRUGAL=0: it does allocate, on purpose, to show that this is seen.
 */
#include "guest/job.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TESTS_TO_START = 2 };

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);
int __real_outbox_push(struct outbox *outbox, struct bytes frame);
int __wrap_outbox_push(struct outbox *outbox, struct bytes frame);

static_assert(offsetof(struct job, outbox) == 0, "the job is found by it");

static pid_t frugal; /* the agent, once it has started */

static void expect_none(void)
{
	static const char words[] = "the agent allocates while tests run\n";

	if (frugal == 0 || getpid() != frugal)
		return;
	frugal = 0;
	if (write(STDERR_FILENO, words, sizeof(words) - 1) > 0)
		abort();
}

void *malloc(size_t size)
{
	expect_none();
	return __libc_malloc(size);
}

/* NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name) */
void *calloc(size_t count, size_t size)
{
	expect_none();
	return __libc_calloc(count, size);
}

/* NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name) */
void *realloc(void *old, size_t size)
{
	expect_none();
	return __libc_realloc(old, size);
}

static bool is_wasteful(void)
{
	const char *frugality = getenv("FSTVM_TEST_FRUGAL");

	return frugality != NULL && strcmp(frugality, "0") == 0;
}

int __wrap_outbox_push(struct outbox *outbox, struct bytes frame)
{
	const struct job *job = (const void *)outbox;

	if (job->phase == JOB_RUNNING && job->next_index >= TESTS_TO_START &&
	    job->incarnation == 1 && frugal == 0) {
		frugal = getpid();
		if (is_wasteful())
			free(malloc(1));
	}
	return __real_outbox_push(outbox, frame);
}
