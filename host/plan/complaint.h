/* SPDX-License-Identifier: GPL-2.0-or-later */
/* complaint - why a request of the user can't be met, and what to do about it.
 *
 * One line, without a program's name in front and without a final newline. The
 * functions of host/plan that take one fill it whenever they return a negative
 * errno; they never print. The caller starts with {0}. The text may quote the
 * user's own words as they came, so whoever prints it to a terminal escapes it.
 */
#pragma once

#include "shared/must.h"

struct complaint {
	char text[1024];
};

/* Writes the text, cut where it does not fit, and returns error. The first
 * text stays: a caller further out can't hide what was wrong. */
must_check int complaint_set(struct complaint *complaint, int error,
			     const char *format, ...)
	__attribute__((format(printf, 3, 4)));
