/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ledger - see ledger.h. */
#include "host/record/ledger.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static Pb__Verdict folded(const struct ledger_test *test)
{
	Pb__Verdict verdict = PB__VERDICT__VERDICT_NOT_REACHED;

	if (test->excluded)
		return PB__VERDICT__VERDICT_EXCLUDED;
	if (test->left_out)
		verdict = test->left_out_verdict;
	for (uint32_t i = 0; i < test->attempt_count; i++)
		verdict = verdict_worse(verdict, test->attempts[i].verdict);
	return verdict;
}

void ledger_settle(struct ledger *ledger, uint32_t index)
{
	struct ledger_test *test = &ledger->tests[index];

	ledger->tally.count[test->verdict]--;
	test->verdict = folded(test);
	ledger->tally.count[test->verdict]++;
	must(test->verdict != PB__VERDICT__VERDICT_UNSPECIFIED);
	must(tally_total(&ledger->tally) == ledger->count);
}

int ledger_init(struct ledger *ledger, const Pb__RunStarted *plan)
{
	if (!plan->n_tests)
		return 0;
	ledger->tests = calloc(plan->n_tests, sizeof(*ledger->tests));
	if (!ledger->tests)
		return -ENOMEM;
	ledger->count = plan->n_tests;
	for (size_t i = 0; i < ledger->count; i++) {
		struct ledger_test *test = &ledger->tests[i];

		test->name = plan->tests[i]->name;
		test->iteration = plan->tests[i]->iteration;
		test->excluded = plan->tests[i]->excluded;
		test->verdict = folded(test);
		ledger->tally.count[test->verdict]++;
	}
	must(tally_total(&ledger->tally) == ledger->count);
	return 0;
}

void ledger_deinit(struct ledger *ledger, struct allowance *allowance)
{
	for (size_t i = 0; i < ledger->count; i++) {
		struct ledger_test *test = &ledger->tests[i];

		for (uint32_t j = 0; j < test->attempt_count; j++)
			attempt_deinit(&test->attempts[j], allowance);
		free(test->attempts);
	}
	free(ledger->tests);
	memset(ledger, 0, sizeof(*ledger));
}

/* From the end, because the last one is nearly always meant. */
struct attempt *ledger_find(const struct ledger *ledger,
			    const struct assignment_key *key)
{
	struct ledger_test *test;

	if (key->test >= ledger->count)
		return NULL;
	test = &ledger->tests[key->test];
	for (uint32_t i = test->attempt_count; i-- > 0;) {
		if (test->attempts[i].number == key->attempt)
			return &test->attempts[i];
	}
	return NULL;
}

struct attempt *ledger_of_record(const struct ledger *ledger,
				 const struct assignment *vm, uint64_t sequence)
{
	struct attempt *attempt = NULL;

	if (vm->has_current)
		attempt = ledger_find(ledger, &vm->current);
	if (attempt && sequence >= attempt->kmsg_from)
		return attempt;
	attempt = NULL;
	if (vm->has_previous)
		attempt = ledger_find(ledger, &vm->previous);
	if (attempt && sequence >= attempt->kmsg_from &&
	    (!attempt->kmsg_upto || sequence < attempt->kmsg_upto))
		return attempt;
	return NULL;
}

static bool has_room(const struct ledger *ledger,
		     const struct ledger_test *test)
{
	return !test->attempt_count ||
	       (test->attempt_count < LEDGER_ATTEMPTS &&
		ledger->extra_attempts < LEDGER_EXTRA_ATTEMPTS);
}

static struct attempt *insert(struct ledger_test *test, uint32_t number)
{
	uint32_t at = test->attempt_count;
	struct attempt *grown;

	grown = reallocarray(test->attempts, (size_t)at + 1, sizeof(*grown));
	if (!grown)
		return NULL;
	test->attempts = grown;
	while (at && grown[at - 1].number > number)
		at--;
	memmove(&grown[at + 1], &grown[at],
		(test->attempt_count - at) * sizeof(*grown));
	memset(&grown[at], 0, sizeof(*grown));
	test->attempt_count++;
	return &grown[at];
}

int ledger_open(struct ledger *ledger, const struct assignment_key *key,
		struct attempt **ret_attempt)
{
	struct attempt *attempt = ledger_find(ledger, key);
	struct ledger_test *test;

	*ret_attempt = attempt;
	if (attempt || key->test >= ledger->count ||
	    ledger->tests[key->test].excluded)
		return 0;
	test = &ledger->tests[key->test];
	if (!has_room(ledger, test)) {
		test->left_out = true;
		ledger_count_left_out(ledger, key->test,
				      PB__VERDICT__VERDICT_LOST);
		return 0;
	}
	attempt = insert(test, key->attempt);
	if (!attempt)
		return -ENOMEM;
	if (test->attempt_count > 1)
		ledger->extra_attempts++;
	attempt->number = key->attempt;
	attempt->verdict = PB__VERDICT__VERDICT_LOST;
	ledger_settle(ledger, key->test);
	*ret_attempt = attempt;
	return 0;
}

void ledger_count_left_out(struct ledger *ledger, uint32_t index,
			   Pb__Verdict verdict)
{
	struct ledger_test *test;

	if (index >= ledger->count || !ledger->tests[index].left_out)
		return;
	test = &ledger->tests[index];
	test->left_out_verdict = verdict_worse(test->left_out_verdict, verdict);
	ledger_settle(ledger, index);
}

const struct attempt *ledger_decisive(const struct ledger_test *test)
{
	for (uint32_t i = 0; i < test->attempt_count; i++) {
		if (test->attempts[i].verdict == test->verdict)
			return &test->attempts[i];
	}
	return test->attempt_count ? &test->attempts[0] : NULL;
}

uint32_t ledger_next_attempt(const struct ledger_test *test)
{
	uint32_t last;

	if (!test->attempt_count)
		return 0;
	last = test->attempts[test->attempt_count - 1].number;
	return last == UINT32_MAX ? last : last + 1;
}
