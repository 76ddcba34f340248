/* SPDX-License-Identifier: GPL-2.0-or-later */
/* status - see status.h. */
#include "host/report/status.h"

#include "shared/bytes.h"

#include <string.h>

/* ECMA-48: erase to the end of the line. */
#define ERASE "\r\x1b[K"

void status_init(struct status *status, FILE *to,
		 const struct terminal *terminal)
{
	memset(status, 0, sizeof(*status));
	status->to = to;
	status->terminal = *terminal;
}

void status_hide(struct status *status)
{
	if (!status->shown)
		return;
	fputs(ERASE, status->to);
	status->shown = false;
}

/* How many bytes the first `width` characters take. */
static size_t bytes_of_width(const char *text, size_t width)
{
	size_t len = 0;

	for (; text[len]; len++) {
		bool begins = ((unsigned char)text[len] & 0xc0) != 0x80;

		if (begins && width-- == 0)
			break;
	}
	return len;
}

void status_show(struct status *status, const char *text)
{
	/* The last column stays free: some terminals wrap as it is filled. */
	size_t width = status->terminal.width ? status->terminal.width - 1 : 0;
	char cut[STATUS_BYTES];
	size_t len = bytes_of_width(text, width);

	if (!status->terminal.redraw)
		return;
	bytes_copy_string(cut, len < sizeof(cut) ? len + 1 : sizeof(cut), text);
	if (status->shown && !strcmp(cut, status->text))
		return;
	memcpy(status->text, cut, sizeof(cut));
	fprintf(status->to, ERASE "%s", cut);
	fflush(status->to);
	status->shown = true;
}
