/* SPDX-License-Identifier: GPL-2.0-or-later */
/* attempt - see attempt.h. */
#include "host/record/attempt.h"

#include "host/record/reason.h"
#include "host/record/verdict.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* KERN_WARNING; priorities up to it are the kernel's own, facility 0. */
enum { LEVEL_WARNING = 4 };

#define KERNEL_WORD "kernel: "

bool attempt_is_open(const struct attempt *attempt)
{
	return attempt->started && !attempt->guest_verdict &&
	       !attempt->host_verdict;
}

uint64_t attempt_duration_ns(const struct attempt *attempt)
{
	return attempt->duration_ns ? attempt->duration_ns : attempt->total_ns;
}

/* The user stopped the run in the midst of the test: that it is lost to the
 * guest is our own doing. */
static bool was_stopped(Pb__Verdict guest, Pb__Verdict host)
{
	return guest == PB__VERDICT__VERDICT_LOST &&
	       host == PB__VERDICT__VERDICT_NOT_REACHED;
}

static Pb__Verdict said_verdict(const struct attempt *attempt)
{
	if (was_stopped(attempt->guest_verdict, attempt->host_verdict))
		return attempt->host_verdict;
	return verdict_worse(attempt->guest_verdict, attempt->host_verdict);
}

static Pb__Verdict settled_verdict(const struct attempt *attempt)
{
	Pb__Verdict verdict = said_verdict(attempt);

	if (verdict == PB__VERDICT__VERDICT_UNSPECIFIED)
		return PB__VERDICT__VERDICT_LOST;
	if (verdict == PB__VERDICT__VERDICT_PASS && attempt->kernel_words)
		return PB__VERDICT__VERDICT_FAIL;
	return verdict;
}

/* The words of the side whose verdict counts. */
static const char *settled_words(const struct attempt *attempt)
{
	Pb__Verdict said = said_verdict(attempt);
	const char *words = said == attempt->guest_verdict
				    ? attempt->guest_words
				    : attempt->host_words;

	return words ? words : reason_of_verdict(said);
}

static int settle(struct attempt *attempt, struct allowance *allowance)
{
	const char *words = settled_words(attempt);
	struct reason reason;

	attempt->verdict = settled_verdict(attempt);
	reason_init(&reason);
	if (*words)
		reason_add(&reason, "%s", words);
	/* The words of a crash are the kernel's own already. */
	if (attempt->kernel_words && verdict_is_failure(attempt->verdict) &&
	    attempt->verdict != PB__VERDICT__VERDICT_CRASH &&
	    !strstr(words, attempt->kernel_words + strlen(KERNEL_WORD)))
		reason_add(&reason, "%s", attempt->kernel_words);
	return allowance_keep(allowance, &attempt->reason, reason.text,
			      sizeof(reason.text));
}

int attempt_start(struct attempt *attempt, struct allowance *allowance)
{
	attempt->started = true;
	if (attempt->host_verdict == PB__VERDICT__VERDICT_NOT_REACHED) {
		attempt->host_verdict = PB__VERDICT__VERDICT_UNSPECIFIED;
		allowance_drop(allowance, &attempt->host_words);
	}
	return settle(attempt, allowance);
}

static int take_texts(struct attempt *attempt, struct allowance *allowance,
		      const Pb__TestFinished *finished, const char *words)
{
	int r = allowance_keep(allowance, &attempt->guest_words, words,
			       REASON_MAX);

	if (r >= 0)
		r = allowance_keep(allowance, &attempt->hint, finished->hint,
				   ATTEMPT_EXCERPT);
	if (r >= 0)
		r = allowance_keep(allowance, &attempt->excerpt,
				   finished->output_excerpt, ATTEMPT_EXCERPT);
	if (r >= 0)
		r = allowance_keep(allowance, &attempt->leftovers,
				   finished->leftovers_text, ATTEMPT_EXCERPT);
	return r;
}

int attempt_finish(struct attempt *attempt, struct allowance *allowance,
		   const Pb__TestFinished *finished, const char *words)
{
	int r;

	if (attempt->guest_verdict)
		return 0;
	r = take_texts(attempt, allowance, finished, words);
	if (r < 0)
		return r;
	attempt->started = true;
	attempt->guest_verdict = reason_verdict(finished);
	attempt->check_verdict = finished->check_verdict;
	attempt->has_status = finished->has_status;
	attempt->exit_status = finished->exit_status;
	attempt->term_signal = finished->term_signal;
	attempt->duration_ns = finished->duration_ns;
	attempt->total_ns = finished->total_ns;
	attempt->kmsg_upto = finished->kmsg_sequence;
	attempt->kmsg_ended = finished->kmsg_ended;
	return settle(attempt, allowance);
}

/* The host only ends what the guest could not: a pass, or anything that is
 * no verdict, is not for it to give. */
Pb__Verdict attempt_host_verdict(Pb__Verdict verdict)
{
	if (verdict_is_failure(verdict) ||
	    verdict == PB__VERDICT__VERDICT_NOT_REACHED)
		return verdict;
	return PB__VERDICT__VERDICT_LOST;
}

int attempt_end(struct attempt *attempt, struct allowance *allowance,
		Pb__Verdict verdict, const char *words, uint64_t total_ns)
{
	int r;

	verdict = attempt_host_verdict(verdict);
	if ((attempt->guest_verdict || attempt->host_verdict) &&
	    !was_stopped(attempt->guest_verdict, verdict) &&
	    verdict_worse(attempt->verdict, verdict) == attempt->verdict)
		return 0;
	r = allowance_keep(allowance, &attempt->host_words, words, REASON_MAX);
	if (r < 0)
		return r;
	attempt->host_verdict = verdict;
	if (!attempt->guest_verdict)
		attempt->total_ns = total_ns;
	r = settle(attempt, allowance);
	return r < 0 ? r : 1;
}

int attempt_add_problem(struct attempt *attempt, struct allowance *allowance,
			const char *title)
{
	const char *had = attempt->kernel_words ? attempt->kernel_words : "";
	char words[ATTEMPT_KERNEL_WORDS];
	int r;

	attempt->kernel_problems++;
	if (!title || !*title)
		title = "a problem without a title";
	if (strlen(had) > sizeof(words) / 2 || strstr(had, title))
		return 0;
	snprintf(words, sizeof(words), "%s%s" KERNEL_WORD "%s", had,
		 *had ? "; " : "", title);
	r = allowance_keep(allowance, &attempt->kernel_words, words,
			   sizeof(words));
	return r < 0 ? r : settle(attempt, allowance);
}

int attempt_add_artifact(struct attempt *attempt, struct allowance *allowance,
			 const Pb__ArtifactStored *stored)
{
	struct attempt_artifact *grown;
	struct attempt_artifact *new;
	int r;

	if (attempt->artifact_count == ATTEMPT_ARTIFACTS) {
		attempt->artifacts_left_out++;
		return 0;
	}
	grown = reallocarray(attempt->artifacts, attempt->artifact_count + 1,
			     sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	attempt->artifacts = grown;
	new = &grown[attempt->artifact_count];
	memset(new, 0, sizeof(*new));
	attempt->artifact_count++;
	new->size_bytes = stored->size_bytes;
	new->kept_bytes = stored->kept_bytes;
	new->incomplete = stored->incomplete;
	r = allowance_keep(allowance, &new->guest_name, stored->guest_name,
			   ATTEMPT_PATH);
	return r < 0 ? r
		     : allowance_keep(allowance, &new->path, stored->path,
				      ATTEMPT_PATH);
}

/* A message of the kernel itself, worth showing beside a test. */
static bool message_is_kept(const struct attempt *attempt,
			    const struct allowance *allowance,
			    const Pb__KernelRecord *record)
{
	return record->priority <= LEVEL_WARNING &&
	       attempt->message_count < ATTEMPT_MESSAGES &&
	       !allowance_is_spent(allowance);
}

int attempt_add_message(struct attempt *attempt, struct allowance *allowance,
			const Pb__KernelRecord *record)
{
	struct attempt_message *grown;
	struct attempt_message *new;

	if (!message_is_kept(attempt, allowance, record)) {
		attempt->messages_left_out++;
		return 0;
	}
	grown = reallocarray(attempt->messages, attempt->message_count + 1,
			     sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	attempt->messages = grown;
	new = &grown[attempt->message_count];
	memset(new, 0, sizeof(*new));
	attempt->message_count++;
	new->level = record->priority;
	new->time_us = record->time_us;
	return allowance_keep(allowance, &new->text, record->text,
			      ATTEMPT_MESSAGE_BYTES);
}

static void drop_lists(struct attempt *attempt, struct allowance *allowance)
{
	for (uint32_t i = 0; i < attempt->artifact_count; i++) {
		allowance_drop(allowance, &attempt->artifacts[i].guest_name);
		allowance_drop(allowance, &attempt->artifacts[i].path);
	}
	for (uint32_t i = 0; i < attempt->message_count; i++)
		allowance_drop(allowance, &attempt->messages[i].text);
	free(attempt->artifacts);
	free(attempt->messages);
}

void attempt_deinit(struct attempt *attempt, struct allowance *allowance)
{
	allowance_drop(allowance, &attempt->reason);
	allowance_drop(allowance, &attempt->guest_words);
	allowance_drop(allowance, &attempt->host_words);
	allowance_drop(allowance, &attempt->kernel_words);
	allowance_drop(allowance, &attempt->hint);
	allowance_drop(allowance, &attempt->excerpt);
	allowance_drop(allowance, &attempt->leftovers);
	evidence_list_deinit(&attempt->evidence, allowance);
	drop_lists(attempt, allowance);
}
