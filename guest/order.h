/* SPDX-License-Identifier: GPL-2.0-or-later */
/* order - which test of the job is it that check starts? Pure.
 *
 * check runs our list in our order, so it is nearly always the next one. Under
 * -L it runs one that has failed again, under the same name.
 */
#pragma once

#include "guest/job.h"
#include "shared/must.h"

#include "fstvm.pb-c.h"

#include <stdbool.h>
#include <stdint.h>

struct order_place {
	uint32_t index; /* in spec->tests */
	uint32_t rerun;
};

/* -ENOENT: it is not planned, or its turn is over. */
must_check int order_find(const struct job *job, const Pb__RunSpec *spec,
			  const char *name, struct order_place *ret_place);
/* The same start told again: its shim lost the agent before this one. */
bool order_is_repeated(const struct job *job, const Pb__RunSpec *spec,
		       const char *name);
