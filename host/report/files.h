/* SPDX-License-Identifier: GPL-2.0-or-later */
/* files - where a run's files are, for reports that name them. */
#pragma once

#include <stddef.h>

struct files {
	const char *run_dir;   /* NULL: names are given as they are */
	const char *check_log; /* in the run directory; NULL: there is none */
	const char *results;   /* in the run directory: result.json */
};

/* The path of a file in the run directory. Returns to. */
const char *files_path(const struct files *files, const char *name, char *to,
		       size_t cap);
