/* SPDX-License-Identifier: GPL-2.0-or-later */
/* figure - a line of a benchmark's output. */
#include "tests/bench/figure.h"

#include "shared/beneath.h"
#include "shared/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void figure_print(const char *name, double value, const char *unit)
{
	printf("%s\t%.3f\t%s\n", name, value, unit);
	fflush(stdout);
}

double figure_speed(uint64_t bytes, uint64_t ns)
{
	return ns > 0 ? (double)bytes * 1000.0 / (double)ns : 0;
}

_Noreturn void figure_fail(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, strerror(errno));
	exit(1);
}

void figure_directory(char *to, size_t cap)
{
	snprintf(to, cap, "/var/tmp/fstvm-bench.XXXXXX");
	figure_need(mkdtemp(to) != NULL, to);
}

void figure_remove(const char *directory)
{
	fd_auto int root = fd_open("/", O_RDONLY | O_DIRECTORY, 0);

	figure_need(beneath_remove_tree(root, directory + 1) == 0, directory);
}
