/* SPDX-License-Identifier: GPL-2.0-or-later */
/* capture - a short program run to its end, and what it said.
 *
 * For questions before a run (`vng --version`); it blocks up to its deadline.
 * Output over the buffers is read and dropped.
 */
#pragma once

#include "shared/must.h"

#include <stddef.h>
#include <stdint.h>

enum { CAPTURE_TEXT = 4096 };

struct capture {
	char out[CAPTURE_TEXT]; /* NUL-terminated; a NUL in it ends it early */
	char err[CAPTURE_TEXT];
	int exit_status; /* 128 + signal when one ended it */
};

/* 0 when it ran to its end, whatever its status; -ETIMEDOUT: it was killed. */
must_check int capture_run(struct capture *capture, const char *const *argv,
			   const char *const *envp, uint64_t timeout_ms);
/* The path of the first NAME that can be executed in the directories of path
 * (as in $PATH; NULL: the usual ones). -ENOENT, -ENAMETOOLONG. */
must_check int capture_find(const char *name, const char *path, char *to,
			    size_t cap);
