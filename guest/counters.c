/* SPDX-License-Identifier: GPL-2.0-or-later */
/* counters - what the kernel counts of its own complaints since its boot. */
#include "guest/counters.h"

#include "shared/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int open_in(const char *directory, const char *name)
{
	char path[128];

	(void)snprintf(path, sizeof(path), "%s/%s", directory, name);
	return fd_open(path, O_RDONLY, 0);
}

void counters_open(struct counters *counters, const char *directory,
		   const char *taint)
{
	counters->warn_fd = open_in(directory, "warn_count");
	counters->oops_fd = open_in(directory, "oops_count");
	counters->taint_fd = fd_open(taint, O_RDONLY, 0);
}

/* The start of such a file is made anew for each read of it. */
static bool read_number(int fd, uint64_t *ret_number)
{
	char text[32];
	char *end;
	ssize_t len = fd < 0 ? -1 : pread(fd, text, sizeof(text) - 1, 0);

	if (len <= 0)
		return false;
	text[len] = '\0';
	errno = 0;
	*ret_number = strtoull(text, &end, 10);
	return end != text && errno == 0;
}

struct counts counters_read(const struct counters *counters)
{
	struct counts counts = {.known = false};

	counts.known = read_number(counters->warn_fd, &counts.warns) &&
		       read_number(counters->oops_fd, &counts.oopses);
	if (!read_number(counters->taint_fd, &counts.taint))
		counts.taint = 0;
	return counts;
}
