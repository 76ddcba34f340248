/* SPDX-License-Identifier: GPL-2.0-or-later */
/* json_evidence - the files kept of a bad end, in result.json. */
#pragma once

#include "host/record/evidence_list.h"

#include <jansson.h>

/* An array of {name, path, kept, dropped}; path is null when nothing was
 * kept. NULL for want of memory. */
json_t *json_evidence(const struct evidence_list *list);
