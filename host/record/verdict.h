/* SPDX-License-Identifier: GPL-2.0-or-later */
/* verdict - what became of a test, how verdicts compare, and their counts.
 *
 * ARCHITECTURE.md, "Verdicts and the accounting rule": the worst attempt
 * counts, except that lost and not-reached give way to any real verdict.
 * Values from a journal may be out of range; every function here takes them.
 */
#pragma once

#include "journal.pb-c.h"

#include <stdbool.h>

enum { VERDICTS = PB__VERDICT__VERDICT_NOT_REACHED + 1 };

/* Counts of tests by verdict. Index 0 (unspecified) stays 0. */
struct tally {
	uint32_t count[VERDICTS];
};

/* "pass", "not-reached"; "unknown" for anything else. */
const char *verdict_name(Pb__Verdict verdict);
/* "pass", "fail", "notrun"; "none" when check could not say. */
const char *verdict_check_name(Pb__CheckVerdict verdict);
/* The test ran and came to an end that says something. */
bool verdict_is_real(Pb__Verdict verdict);
/* fail, timeout, crash or hang. */
bool verdict_is_failure(Pb__Verdict verdict);
/* Which of two verdicts counts. */
Pb__Verdict verdict_worse(Pb__Verdict a, Pb__Verdict b);

uint64_t tally_total(const struct tally *tally);
/* fail + timeout + crash + hang. */
uint64_t tally_failed(const struct tally *tally);
/* Tests with a real verdict. */
uint64_t tally_real(const struct tally *tally);
