/* SPDX-License-Identifier: GPL-2.0-or-later */
/* warncount - how often the kernel has warned and oopsed since its boot. */
#include "guest/warncount.h"

#include "shared/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

static bool read_count(const char *directory, const char *name,
		       uint64_t *ret_count)
{
	char path[128];
	char text[32];
	char *end;

	(void)snprintf(path, sizeof(path), "%s/%s", directory, name);
	if (fd_read_attribute(AT_FDCWD, path, text, sizeof(text)) <= 0)
		return false;
	errno = 0;
	*ret_count = strtoull(text, &end, 10);
	return end != text && errno == 0;
}

struct warncount warncount_read(const char *directory)
{
	struct warncount count = {.known = false};

	count.known = read_count(directory, "warn_count", &count.warns) &&
		      read_count(directory, "oops_count", &count.oopses);
	return count;
}
