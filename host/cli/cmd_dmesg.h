/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cmd_dmesg - `fstvm dmesg`: the kernel-report classifier alone, for any log.
 */
#pragma once

#include "shared/must.h"

#include <stdbool.h>
#include <stdio.h>

enum cmd_dmesg_exit {
	DMESG_NOTHING = 0,
	DMESG_FOUND = 1,
	DMESG_UNREADABLE = 2,
};

struct cmd_dmesg_options {
	const char *path;    /* NULL or "-": standard input */
	bool json;	     /* one JSON object in place of text */
	const char *vmlinux; /* for source lines; NULL: none */
};

/* Reads the log, writes what it found to out, messages to err. Returns the
 * exit status of the command. */
must_check int cmd_dmesg(const struct cmd_dmesg_options *options, FILE *out,
			 FILE *err);

/* The same for an open descriptor, whatever the path; a vmlinux that can't be
 * used makes the log unreadable. The descriptor stays the caller's; name is
 * used in messages. */
must_check int cmd_dmesg_fd(int fd, const char *name,
			    const struct cmd_dmesg_options *options, FILE *out,
			    FILE *err);
