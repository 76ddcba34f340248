/* SPDX-License-Identifier: GPL-2.0-or-later */
/* order - which test of the job is it that check starts? */
#include "guest/order.h"

#include <errno.h>
#include <string.h>

static bool is_rerun(const struct job *job, const Pb__RunSpec *spec,
		     const char *name)
{
	return spec->loop_failures > 0 && job->next_index > 0 &&
	       strcmp(spec->tests[job->next_index - 1], name) == 0 &&
	       job->last_rerun < spec->loop_failures &&
	       (job->next_index >= spec->n_tests ||
		strcmp(spec->tests[job->next_index], name) != 0);
}

int order_find(const struct job *job, const Pb__RunSpec *spec, const char *name,
	       struct order_place *ret_place)
{
	if (is_rerun(job, spec, name)) {
		ret_place->index = job->next_index - 1;
		ret_place->rerun = job->last_rerun + 1;
		return 0;
	}
	for (uint32_t i = job->next_index; i < spec->n_tests; i++) {
		if (strcmp(spec->tests[i], name) != 0)
			continue;
		*ret_place = (struct order_place){.index = i};
		return 0;
	}
	return -ENOENT;
}

bool order_is_repeated(const struct job *job, const Pb__RunSpec *spec,
		       const char *name)
{
	const struct job_test *test = &job->test;

	return test->active && test->pid == 0 &&
	       strcmp(spec->tests[test->index], name) == 0;
}
