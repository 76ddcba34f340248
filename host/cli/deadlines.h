/* SPDX-License-Identifier: GPL-2.0-or-later */
/* deadlines - how long things may take, and how often they may fail.
 *
 * Defaults, longer ones for a guest without KVM, and what the options say in
 * their place. What is wrong with an option goes on the list of checks.
 */
#pragma once

#include "host/cli/prepare.h"

/* After the machine is known. */
void deadlines_take(struct prepared *prepared, const struct options *options);
/* An option's number, 0 to 1000000; NULL leaves it as it is. */
void deadlines_number(struct prepared *prepared, const char *option,
		      const char *text, uint32_t *number);
