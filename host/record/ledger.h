/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ledger - every planned test with its attempts, and the accounting rule.
 *
 * planned = the sum of all verdicts, at every moment: a test has exactly one
 * verdict from the start (excluded or not-reached), and ledger_settle() is
 * the only place where it changes. must() guards the sum.
 *
 * The number of attempts kept is bounded; what is over it still counts with
 * its verdict.
 */
#pragma once

#include "host/record/assignment.h"
#include "host/record/attempt.h"
#include "host/record/verdict.h"

enum {
	LEDGER_ATTEMPTS = 128,	       /* kept of one test */
	LEDGER_EXTRA_ATTEMPTS = 65536, /* second and later ones of all tests */
};

struct ledger_test {
	const char *name; /* the plan's */
	uint32_t iteration;
	bool excluded;
	Pb__Verdict verdict;	  /* of the worst attempt */
	struct attempt *attempts; /* in the order of their numbers */
	uint32_t attempt_count;
	bool left_out;		      /* there were more: */
	Pb__Verdict left_out_verdict; /* their worst */
};

struct ledger {
	struct ledger_test *tests;
	size_t count;
	uint32_t extra_attempts;
	struct tally tally;
};

/* The names of the plan are borrowed and must outlive the ledger, which must
 * be zero. */
must_check int ledger_init(struct ledger *ledger, const Pb__RunStarted *plan);
void ledger_deinit(struct ledger *ledger, struct allowance *allowance);

/* NULL when there is none, or it was over the limits. */
struct attempt *ledger_find(const struct ledger *ledger,
			    const struct assignment_key *key);
/* Whose a kernel record is, by its sequence number: the running test's from
 * its start on, else the one's before it up to its end, because the tests'
 * own messages can overtake records. NULL: no test's. */
struct attempt *ledger_of_record(const struct ledger *ledger,
				 const struct assignment *vm,
				 uint64_t sequence);
/* As ledger_find(), made when it is missing. *ret_attempt is NULL for a key
 * outside the plan, an excluded test and an attempt that is over the limits.
 * The caller changes the attempt and settles the test. */
must_check int ledger_open(struct ledger *ledger,
			   const struct assignment_key *key,
			   struct attempt **ret_attempt);
/* Folds the attempts of a test into its verdict. */
void ledger_settle(struct ledger *ledger, uint32_t index);
/* The verdict of an attempt for which ledger_open() had no room. */
void ledger_count_left_out(struct ledger *ledger, uint32_t index,
			   Pb__Verdict verdict);

/* The attempt whose verdict is the test's; NULL when none was made. */
const struct attempt *ledger_decisive(const struct ledger_test *test);
/* A number that no kept attempt at the test has. */
uint32_t ledger_next_attempt(const struct ledger_test *test);
