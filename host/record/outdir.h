/* SPDX-License-Identifier: GPL-2.0-or-later */
/* outdir - the directory of one run, and the names of everything in it.
 *
 *   journal                               host/record/journal.h
 *   boot-YYYYMMDD-HHMMSS-running.log      host/record/bootlog.h
 *   results/CONFIG/DIR/NNN.full           host/record/artifact_path.h
 *   results/CONFIG/DIR/NNN.evidence/      host/record/evidence.h
 *   incoming/                             host/record/artifact.h
 *   agent.log  result.json  devices/
 *
 * Every file is opened beneath the directory's descriptor. Names come from the
 * host alone: a name from the guest only chooses among fixed suffixes.
 * Functions that fail leave one line for a person in outdir->why; it says
 * what to do and is safe for a terminal.
 */
#pragma once

#include "shared/bytes.h"
#include "shared/must.h"

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define OUTDIR_AGENT_LOG "agent.log"
#define OUTDIR_RESULT	 "result.json"
#define OUTDIR_DEVICES	 "devices"

enum {
	OUTDIR_WHY = 640,
	OUTDIR_STAMP = 20,
	OUTDIR_PIECE = 65,
};

struct outdir {
	char path[PATH_MAX]; /* absolute */
	int fd;
	/* The shortest beginning of path that outdir_create() had to make, so
	 * that outdir_discard() removes it; 0: none. */
	size_t created_len;
	char why[OUTDIR_WHY];
};

/* A new run's directory: `dir`, which is missing or holds no journal; or with
 * NULL one of its own in the state directory (host/record/statedir.h), named
 * <time>-<name>. Its disk takes a few kilobytes, that is tried. */
must_check int outdir_create(struct outdir *outdir, const char *dir,
			     const char *name, uint64_t real_ns);
/* An earlier run's: a path when it has a "/" or is "." or "..", "latest",
 * a name in the state directory or the beginning of just one, or else a
 * directory here. */
must_check int outdir_find(struct outdir *outdir, const char *run);
/* Nothing was started: removes the directory again if it was made for this
 * run and holds no journal. Closes as well. */
void outdir_discard(struct outdir *outdir);
void outdir_close(struct outdir *outdir);

/* open(2) of a file of the run, 0600; its directories are made with O_CREAT. */
must_check int outdir_open_file(struct outdir *outdir, const char *path,
				int flags);
/* 0 or negative errno. */
typedef int outdir_writer(void *context, FILE *to);
/* The whole file at once: it has its old contents or what writer writes. */
must_check int outdir_write_file(struct outdir *outdir, const char *path,
				 outdir_writer *writer, void *context);

/* For who names files of the run: local time as YYYYMMDD-HHMMSS, and a piece
 * of a path out of any name, never empty, without a leading dot. */
void outdir_stamp(char to[OUTDIR_STAMP], uint64_t real_ns);
void outdir_piece(char to[OUTDIR_PIECE], const char *name);
/* Puts the message for a disk's error on path into outdir->why and returns
 * the error. */
int outdir_explain(struct outdir *outdir, int error, const char *path);
