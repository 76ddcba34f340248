/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sockdir - the private directory of a run: sockets, links, vng's HOME.
 *
 * Mode 0700, a short name of plain characters: a socket's path ends at 108
 * bytes, and vng's own rules refuse much of what users' paths contain. So a
 * user's path is given to vng and QEMU only as a link in here. vng's option
 * files would override our arguments: hence a HOME of its own, with an empty
 * one. Its TMPDIR is here too, since a vng that is killed leaves files.
 *
 *   home/.config/virtme-ng/virtme-ng.conf    tmp/    links    sockets
 *
 * Nothing in it is worth keeping; it is removed with all that is below it.
 */
#pragma once

#include "shared/must.h"

#include <stddef.h>

enum {
	SOCKDIR_NAME = 24, /* bytes of a name in it, at most */
	SOCKDIR_PATH = 80, /* bytes of its own path */
	SOCKDIR_MEMBER = SOCKDIR_PATH + 1 + SOCKDIR_NAME, /* of a member's */
};

struct sockdir {
	int fd;
	char path[SOCKDIR_PATH + 1];
	char mark[SOCKDIR_PATH + 16]; /* "FSTVM_VM=<path>", see stray.h */
};

/* In runtime_dir ($XDG_RUNTIME_DIR; may be NULL) when that is a private
 * directory of ours with a short plain path, else in /tmp. */
must_check int sockdir_open(struct sockdir *dir, const char *runtime_dir);
/* Makes or replaces the link NAME to an absolute path. */
must_check int sockdir_link(struct sockdir *dir, const char *name,
			    const char *target);
/* The path of NAME in it; to has SOCKDIR_MEMBER + 1 bytes or more. NAME is
 * ours and fits. Returns to. */
char *sockdir_path(const struct sockdir *dir, const char *name, char *to,
		   size_t cap);
/* Removes it. Missing is success; a second call does nothing. */
must_check int sockdir_close(struct sockdir *dir);
/* The same by its path, for the guard. */
must_check int sockdir_remove(const char *path);
