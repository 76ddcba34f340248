/* SPDX-License-Identifier: GPL-2.0-or-later */
/* status - the line at the bottom of a terminal that is drawn again and again.
 *
 * Whatever else is written to the stream goes between status_hide() and the
 * next status_show().
 */
#pragma once

#include "host/report/terminal.h"

#include <stdio.h>

enum { STATUS_BYTES = 512 };

struct status {
	FILE *to;
	struct terminal terminal;
	bool shown;
	char text[STATUS_BYTES];
};

void status_init(struct status *status, FILE *to,
		 const struct terminal *terminal);
void status_hide(struct status *status);
/* Cuts text to the terminal's width; does nothing where lines can't be
 * redrawn or the same text stands there. text is escaped already. */
void status_show(struct status *status, const char *text);
