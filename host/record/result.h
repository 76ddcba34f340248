/* SPDX-License-Identifier: GPL-2.0-or-later */
/* result - what a run's events add up to.
 *
 * A pure fold: no clock, no I/O, no order of events that it relies on. Events
 * that make no sense (of a test that is not in the plan, of a boot that never
 * started, a second plan, a second end of an attempt) change nothing but a
 * counter. It fails only for want of memory, and what it keeps is bounded by
 * the plan and the limits below, however much a guest says.
 *
 * The accounting rule: the tally's sum is the number of planned tests, always.
 *
 * Pointers from the accessors are valid until the next result_apply(). Texts
 * that come from a guest are bounded but not escaped.
 */
#pragma once

#include "host/record/boot.h"
#include "host/record/ledger.h"
#include "host/record/problem.h"
#include "host/record/runfacts.h"

enum {
	RESULT_VMS = 64,
	RESULT_TEXT_BYTES = 64 * 1024 * 1024,
};

struct result;

struct result *result_create(void);
void result_destroy(struct result *result);
/* 0, or -ENOMEM. */
must_check int result_apply(struct result *result, const Pb__Event *event);

const struct runfacts *result_facts(const struct result *result);
size_t result_test_count(const struct result *result);
const struct ledger_test *result_test(const struct result *result,
				      size_t index);
/* Why the test has its verdict; "" for a plain pass, never NULL. */
const char *result_reason(const struct result *result,
			  const struct ledger_test *test);
const struct tally *result_tally(const struct result *result);
/* Time that the tests took, with the checks after them. */
uint64_t result_test_ns(const struct result *result);

/* Which attempt an event of any kind is about. Asked after result_apply(). */
bool result_find(const struct result *result, const Pb__Event *event,
		 struct assignment_key *ret_key);
/* NULL when there is no such attempt, or it was over a limit. */
const struct attempt *result_attempt(const struct result *result,
				     const struct assignment_key *key);

const struct boot_list *result_boots(const struct result *result);
size_t result_boot_count(const struct result *result);
const struct boot *result_boot(const struct result *result, size_t index);
const struct problem_list *result_problems(const struct result *result);
/* The problem began when the test's process had ended, in check's own work
 * after it. */
bool result_is_after_test(const struct result *result,
			  const struct problem *problem);
/* Events that made no sense. */
uint64_t result_ignored(const struct result *result);
