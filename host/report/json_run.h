/* SPDX-License-Identifier: GPL-2.0-or-later */
/* json_run - the member "run" of result.json: how it was done and ended. */
#pragma once

#include "host/report/summary.h"

#include <jansson.h>

/* NULL only for want of memory. */
json_t *json_run(const struct result *result, const struct summary *summary);
