/* SPDX-License-Identifier: GPL-2.0-or-later */
/* allowance - how much text of a guest a result may keep in memory.
 *
 * All texts of a result are charged to one allowance. Each has its own limit;
 * when the allowance is spent, texts are cut to ALLOWANCE_SHORT, so that every
 * test still has its reason and memory stays bounded by the number of texts,
 * which their owners bound.
 */
#pragma once

#include "shared/must.h"

#include <stdbool.h>
#include <stddef.h>

enum { ALLOWANCE_SHORT = 160 };

struct allowance {
	size_t cap_bytes;
	size_t used_bytes; /* may go over the cap by the short texts */
};

/* Makes *slot a copy of text, of at most max bytes, and frees what it was.
 * Empty text (or NULL) makes it NULL. -ENOMEM leaves *slot as it was. */
must_check int allowance_keep(struct allowance *allowance, char **slot,
			      const char *text, size_t max);
/* Frees *slot, credits it and makes it NULL. */
void allowance_drop(struct allowance *allowance, char **slot);
/* Nothing more than the necessary should be kept. */
bool allowance_is_spent(const struct allowance *allowance);
