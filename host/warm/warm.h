/* SPDX-License-Identifier: GPL-2.0-or-later */
/* warm - the programs and the tree that a guest gets in its memory.
 *
 * The guest's root is shared by 9p and not cached: each start of a program
 * costs tens of milliseconds of an emulated guest, and check starts hundreds
 * for each test. So the host bundles the programs that the tree names, with
 * all that it takes to start them, and the tree itself (archive.h); the guest
 * unpacks both into its memory and lays them over /usr and over the tree. What
 * is not in a bundle it has from the share as before.
 *
 * All of this is done by a process of its own while the VM boots: looking the
 * members up anew (some 0.1 s), and making a bundle when one has changed
 * (another 0.3 s). What is not ready when the guest asks, it does without.
 *
 * Why archives, unpacked, and why by 9p: in an emulated guest 100 MB are read
 * in 0.17 s from a 9p share and in 0.09 s from virtio-blk, and put into tmpfs
 * in 0.6 to 1.0 s either way, checksum included (measured under load); and a
 * kernel that vng has configured has 9p, but neither virtio-blk nor erofs nor
 * squashfs. ext4 may be what is under test.
 */
#pragma once

#include "host/warm/archive.h"

#include <sys/types.h>

/* Where a guest's check looks for programs, but for what is the agent's. */
#define WARM_PROGRAMS "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin"

struct warm_ask {
	const char *tree;
	const char *programs; /* the PATH in the guest */
	const char *release;  /* of the kernel; "" where it is not known */
};

struct warm_result {
	int error;     /* 0, or why there is nothing */
	char step[64]; /* at which it failed */
	struct archive_report tools;
	struct archive_report tree;
};

struct warm {
	pid_t pid; /* 0: none runs */
	int fd;	   /* of its result */
	int cache_fd;
	char directory[PATH_MAX]; /* to be shared with the guest */
	bool ready;
	struct warm_result result;
};

/* Starts it. On failure (-ENOENT: no home to keep it in) there is no warm. */
must_check int warm_start(struct warm *warm, const struct warm_ask *ask);
/* The result, or NULL while it is not ready. Never blocks. */
const struct warm_result *warm_look(struct warm *warm);
/* The guest did not take a bundle: it is made anew for the next run, as it may
 * be damaged. */
void warm_refuse(const struct warm *warm, const char *name);
/* Ends it where it still runs. */
void warm_end(struct warm *warm);

/* The work itself. */
must_check int warm_make(int cache_fd, const struct warm_ask *ask,
			 struct warm_result *ret_result);
