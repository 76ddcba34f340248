/* SPDX-License-Identifier: GPL-2.0-or-later */
/* place - a directory of a test's own, removed with what is in it. */
#pragma once

#include "shared/beneath.h"
#include "shared/fd.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char place[64];
static int place_fd = -1;

static inline int place_make(void **state)
{
	(void)state;
	strcpy(place, "/tmp/fstvm-warm-XXXXXX");
	assert_non_null(mkdtemp(place));
	place_fd = fd_open(place, O_RDONLY | O_DIRECTORY, 0);
	return place_fd < 0 ? -1 : 0;
}

static inline int place_remove(void **state)
{
	int fd = fd_open("/tmp", O_RDONLY | O_DIRECTORY, 0);

	(void)state;
	fd_close(&place_fd);
	assert_int_equal(beneath_remove_tree(fd, place + strlen("/tmp/")), 0);
	fd_close(&fd);
	return 0;
}

/* Makes the directories above it, too. */
static inline void place_put(const char *path, const char *text, mode_t mode)
{
	char above[256];
	char *slash;
	int fd;

	snprintf(above, sizeof(above), "%s", path);
	slash = strrchr(above, '/');
	if (slash != NULL) {
		*slash = '\0';
		assert_int_equal(beneath_mkdirs(place_fd, above), 0);
	}
	fd = openat(place_fd, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
		    mode);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
}

static inline const char *place_path(const char *path)
{
	static char full[4][512];
	static unsigned int next;
	char *to = full[next++ % 4];

	snprintf(to, sizeof(full[0]), "%s/%s", place, path);
	return to;
}
