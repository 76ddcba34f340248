/* SPDX-License-Identifier: GPL-2.0-or-later */
/* textfile - a whole regular file of at most TEXTFILE_CAP bytes in memory. */
#pragma once

#include "shared/bytes.h"
#include "shared/must.h"

enum { TEXTFILE_CAP = 8 * 1024 * 1024 };

struct textfile {
	char *text; /* NUL-terminated; freed by textfile_deinit() */
	size_t len;
};

/* -EFBIG: larger than the cap. -EISDIR, -EINVAL: not a regular file. Does not
 * wait on a FIFO. */
must_check int textfile_read(int dirfd, const char *path,
			     struct textfile *ret_file);
void textfile_deinit(struct textfile *file);
struct bytes textfile_bytes(const struct textfile *file);
