/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bootfault - why a VM did not come up, in plain words, where that is known.
 *
 * Looked for in the last lines of its console, on which vng's and QEMU's own
 * words are, too, and in how far it came. The first cause is named, not what
 * follows from it: a kernel without 9p panics for want of a root. Pure; the
 * lines are the guest's and any bytes are safe.
 */
#pragma once

#include "shared/bytes.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	BOOTFAULT_TEXT = 320,
	BOOTFAULT_LOG_LINES = 200,
};

struct bootfault_facts {
	bool qemu_connected; /* it came to open the channel */
	bool agent_init;     /* the agent was to be PID 1 */
	bool death_is_known; /* the kernel's own words are told already */
	uint64_t line_count; /* of the console, since the start */
};

/* Gives the i-th of count lines, oldest first. */
typedef struct bytes bootfault_line(const void *context, size_t i);

/* Fills to, unescaped; false: nothing is known. */
bool bootfault_explain(const struct bootfault_facts *facts,
		       bootfault_line *line, const void *context, size_t count,
		       char to[BOOTFAULT_TEXT]);
/* The same of the kernel's own log, by its last BOOTFAULT_LOG_LINES lines: what
 * the console had of it, or had not, does not matter then. */
bool bootfault_explain_log(const struct bootfault_facts *facts,
			   struct bytes log, char to[BOOTFAULT_TEXT]);
