/* SPDX-License-Identifier: GPL-2.0-or-later */
/* reason - why a test has its verdict, in words.
 *
 * The words are those that fstests' check prints for the same evidence
 * (facts: its "Test line"); several are joined by "; ". Text of the guest is
 * passed through as it is: who shows a reason escapes it.
 */
#pragma once

#include "journal.pb-c.h"
#include "shared/limits.h"

#include <stdbool.h>
#include <stddef.h>

enum { REASON_MAX = LIMIT_TEXT + 1024 };

struct reason {
	char text[REASON_MAX];
	size_t len;
};

/* Time limits to name in reasons; 0: not known. */
struct reason_limits {
	uint64_t test_ns;
	uint64_t post_check_ns;
};

void reason_init(struct reason *reason);
/* Adds words, after "; " when there are some already; what does not fit is
 * cut off. */
void reason_add(struct reason *reason, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* Of a test that came to an end in the guest; empty for a plain pass. */
void reason_of_finished(struct reason *reason, const Pb__TestFinished *finished,
			const char *name, const struct reason_limits *limits);
/* The verdict that the evidence means. */
Pb__Verdict reason_verdict(const Pb__TestFinished *finished);
/* The words when the host gave none for its own verdict. */
const char *reason_of_verdict(Pb__Verdict verdict);
/* Why a planned test never started, by how the run ended. */
const char *reason_of_run_end(Pb__RunEnd end);
