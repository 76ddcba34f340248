/* SPDX-License-Identifier: GPL-2.0-or-later */
/* table - the rows of pattern.h, as data. Only pattern.c reads it. */
#pragma once

#include "host/kernel/pattern.h"

/* Ends with a row whose text is NULL. */
extern const struct pattern pattern_table[];

/* What a line of a PATTERN_GENERIC row must not have: advice to users and
 * the debugging code's own limits, not problems. Ends with NULL. */
extern const char *const pattern_exceptions[];
