/* SPDX-License-Identifier: GPL-2.0-or-later */
/* attempt - one try at one planned test, and everything known about it.
 *
 * It is opened by the guest's TestStarted, and ended by the guest's
 * TestFinished or by the host's AttemptEnded. Of the guest's words the first
 * count; the host's can make the verdict worse, whatever the order. While
 * neither came it is "lost". A kernel problem that counts turns a
 * pass into a fail; check_verdict stays what check said.
 *
 * Plain memory that its owner (the result) changes with these functions and
 * others read. Texts are the guest's bytes, bounded but not escaped; NULL
 * when empty.
 */
#pragma once

#include "host/record/allowance.h"
#include "host/record/evidence_list.h"
#include "journal.pb-c.h"

#include <stdint.h>

enum {
	ATTEMPT_MESSAGES = 32,
	ATTEMPT_MESSAGE_BYTES = 256,
	ATTEMPT_ARTIFACTS = 64,
	ATTEMPT_PATH = 1024,
	ATTEMPT_EXCERPT = 2048,
	ATTEMPT_KERNEL_WORDS = 512,
};

struct attempt_artifact {
	char *guest_name;
	char *path; /* beneath the run directory */
	uint64_t size_bytes;
	uint64_t kept_bytes;
	bool incomplete;
};

struct attempt_message {
	uint32_t level; /* 0 emergency … 4 warning */
	uint64_t time_us;
	char *text;
};

struct attempt {
	uint32_t number; /* 0, 1, … */
	uint32_t boot;
	bool started;
	/* Settled: what counts. */
	Pb__Verdict verdict;
	char *reason; /* NULL for a plain pass */
	/* What each side said; unspecified: nothing yet. */
	Pb__Verdict guest_verdict;
	Pb__Verdict host_verdict;
	Pb__CheckVerdict check_verdict;
	char *guest_words;
	char *host_words;
	char *kernel_words; /* titles of the kernel problems that count */
	uint64_t kernel_problems;
	bool has_status;
	uint32_t exit_status;
	uint32_t term_signal;
	uint64_t duration_ns; /* of the test's process; 0: not known */
	uint64_t total_ns;    /* with the checks after it */
	char *hint;
	char *excerpt; /* of the difference, as check printed it */
	char *leftovers;
	/* Host clock at the start, and in which session of the controller. */
	uint64_t started_mono_ns;
	uint32_t session;
	uint64_t kmsg_from; /* kernel records [from, upto) are this test's */
	uint64_t kmsg_upto;
	uint64_t kmsg_ended; /* at its process's end; 0: not known */
	struct attempt_artifact *artifacts;
	uint32_t artifact_count;
	uint32_t artifacts_left_out;
	struct evidence_list evidence;
	struct attempt_message *messages; /* level <= warning, the first ones */
	uint32_t message_count;
	uint64_t messages_left_out; /* the rest, of any level */
};

/* Started, and neither side has said how it ended. */
bool attempt_is_open(const struct attempt *attempt);
/* The time to show for it: the process's, else the whole. */
uint64_t attempt_duration_ns(const struct attempt *attempt);

/* What an AttemptEnded's verdict counts as: lost when it isn't one that the
 * host has to give. */
Pb__Verdict attempt_host_verdict(Pb__Verdict verdict);

/* The following take the facts of one event and settle verdict and reason.
 * words: see reason.h. A new attempt is zero but for number and boot. */
must_check int attempt_start(struct attempt *attempt,
			     struct allowance *allowance);
must_check int attempt_finish(struct attempt *attempt,
			      struct allowance *allowance,
			      const Pb__TestFinished *finished,
			      const char *words);
/* Returns 0 when it is known already, or something worse is; else 1. */
must_check int attempt_end(struct attempt *attempt, struct allowance *allowance,
			   Pb__Verdict verdict, const char *words,
			   uint64_t total_ns);
must_check int attempt_add_problem(struct attempt *attempt,
				   struct allowance *allowance,
				   const char *title);
must_check int attempt_add_artifact(struct attempt *attempt,
				    struct allowance *allowance,
				    const Pb__ArtifactStored *stored);
must_check int attempt_add_message(struct attempt *attempt,
				   struct allowance *allowance,
				   const Pb__KernelRecord *record);
void attempt_deinit(struct attempt *attempt, struct allowance *allowance);
