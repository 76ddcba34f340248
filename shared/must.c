/* SPDX-License-Identifier: GPL-2.0-or-later */
/* must - ends the program where it has found a mistake of its own. */
#include "shared/must.h"

#include <stdio.h>
#include <stdlib.h>

void must_failed(const char *condition, const char *file, int line)
{
	/* dprintf: stdio's buffers may be what is broken. */
	dprintf(2, "fstvm: BUG: %s does not hold at %s:%d\n", condition, file,
		line);
	abort();
}
