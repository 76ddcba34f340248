/* SPDX-License-Identifier: GPL-2.0-or-later */
/* terminal - see terminal.h. */
#include "host/report/terminal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

void terminal_probe(struct terminal *terminal, int fd)
{
	const char *term = getenv("TERM");
	const char *no_colour = getenv("NO_COLOR");
	struct winsize size;

	terminal->redraw = isatty(fd) && term && strcmp(term, "dumb") != 0;
	terminal->colour = terminal->redraw && (!no_colour || !*no_colour);
	terminal->width = TERMINAL_WIDTH;
	if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col)
		terminal->width = size.ws_col;
}
