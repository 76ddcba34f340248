/* SPDX-License-Identifier: GPL-2.0-or-later */
/* terminal - what a stream for people can do. */
#pragma once

#include <stdbool.h>

enum { TERMINAL_WIDTH = 80 };

struct terminal {
	bool redraw; /* a terminal that understands \r and "erase line" */
	bool colour; /* and NO_COLOR is not set (https://no-color.org) */
	unsigned int width;
};

/* Looks at the descriptor and the environment. */
void terminal_probe(struct terminal *terminal, int fd);
