/* SPDX-License-Identifier: GPL-2.0-or-later */
/* json_boot - the member "boot" of result.json: BootResult, and every boot. */
#pragma once

#include "host/report/files.h"
#include "host/report/summary.h"
#include "shared/bytes.h"

#include <jansson.h>

/* NULL only for want of memory. */
json_t *json_boot(const struct result *result, const struct summary *summary,
		  const struct files *files, struct bytes dmesg);
