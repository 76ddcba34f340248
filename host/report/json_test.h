/* SPDX-License-Identifier: GPL-2.0-or-later */
/* json_test - one element of "test_results" of result.json. */
#pragma once

#include "host/record/result.h"

#include <jansson.h>

/* The decisive attempt's facts, and all attempts when there were several.
 * NULL only for want of memory. */
json_t *json_test(const struct result *result, const struct ledger_test *test);
