/* SPDX-License-Identifier: GPL-2.0-or-later */
/* why - one line that tells a person why something could not be done.
 *
 * The guest's set-up modules return a negative errno and leave the reason in
 * the caller's struct why; the host shows it. Control characters (a tool's
 * own words may hold any) are escaped, and what is too long is cut.
 */
#pragma once

#include "shared/must.h"

struct why {
	char text[512];
};

/* "what: the error in words". Both return `error`, for `return why_…();`. */
int why_failed(struct why *why, int error, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* The same without the error's own words. */
int why_is(struct why *why, int error, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
