/* SPDX-License-Identifier: GPL-2.0-or-later */
/* assignment - see assignment.h. */
#include "host/record/assignment.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int assignment_init(struct assignment *assignment, uint32_t boot,
		    const Pb__VmStarted *started, size_t test_count)
{
	struct assignment_key *keys = NULL;

	if (started->n_plan) {
		keys = calloc(started->n_plan, sizeof(*keys));
		if (!keys)
			return -ENOMEM;
	}
	for (size_t i = 0; i < started->n_plan; i++) {
		keys[i].test = started->plan[i] < test_count ? started->plan[i]
							     : UINT32_MAX;
		if (i < started->n_attempt)
			keys[i].attempt = started->attempt[i];
	}
	assignment_deinit(assignment);
	assignment->boot = boot;
	assignment->count = started->n_plan;
	assignment->keys = keys;
	return 0;
}

void assignment_deinit(struct assignment *assignment)
{
	free(assignment->keys);
	memset(assignment, 0, sizeof(*assignment));
}

bool assignment_find(const struct assignment *assignment, uint32_t index,
		     uint32_t rerun, struct assignment_key *ret_key)
{
	const struct assignment_key *key;

	if (index >= assignment->count)
		return false;
	key = &assignment->keys[index];
	if (key->test == UINT32_MAX || rerun > UINT32_MAX - key->attempt)
		return false;
	ret_key->test = key->test;
	ret_key->attempt = key->attempt + rerun;
	return true;
}

static bool same(const struct assignment_key *a, const struct assignment_key *b)
{
	return a->test == b->test && a->attempt == b->attempt;
}

static void retire_current(struct assignment *assignment)
{
	assignment->has_previous = assignment->has_current;
	assignment->previous = assignment->current;
	assignment->has_current = false;
}

void assignment_begin(struct assignment *assignment,
		      const struct assignment_key *key)
{
	if (assignment->has_current)
		retire_current(assignment);
	assignment->current = *key;
	assignment->has_current = true;
}

void assignment_finish(struct assignment *assignment,
		       const struct assignment_key *key)
{
	if (assignment->has_current && same(&assignment->current, key))
		retire_current(assignment);
}
