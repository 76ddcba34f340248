/* SPDX-License-Identifier: GPL-2.0-or-later */
/* collect - the files that tests have left, on their way to the host.
 *
 * collect_take() renames RESULT_BASE/<dir>/<NNN>.* into a directory of ours on
 * the same tmpfs, so the next test can start at once; collect_next() then
 * yields them bit by bit, compressed. A file that is sent is removed.
 *
 * Bounds. A file over its cap keeps head and tail with a marker line between
 * them, and loses its middle at once (the tmpfs gets the room back). A test's
 * files share a cap: small kinds first, .full last. No more than COLLECT_QUEUE
 * files and COLLECT_BACKLOG_BYTES wait; what comes on top is dropped: its
 * ArtifactEnd says kept 0, or, when even the queue is full, collect_dropped()
 * counts it. Cores are never sent, only named. A thing that is no regular
 * file is named as unreadable and removed; no link is ever followed.
 *
 * kept_bytes is what the host gets by inflating, the marker included.
 *
 * After a new agent's collect_open() what its predecessor had not sent is
 * queued again, from the start and under new numbers.
 */
#pragma once

#include "guest/artifact.h"
#include "shared/limits.h"
#include "shared/must.h"

#include "fstvm.pb-c.h"

#include <stdbool.h>
#include <stdint.h>

enum {
	COLLECT_QUEUE = 512,
};

#define COLLECT_BACKLOG_BYTES (UINT64_C(128) << 20)

struct collect_item {
	uint32_t file; /* number in the name of its file in taken_fd */
	uint32_t index;
	uint32_t rerun;
	uint64_t size_bytes; /* as the test left it */
	uint64_t cap_bytes;  /* of what is sent; 0: only named */
	bool named_only;     /* a core, or unreadable: there is no file */
	bool unreadable;
	bool evidence;		   /* ours, not the test's */
	char name[LIMIT_NAME + 1]; /* valid UTF-8 */
};

struct collect {
	int taken_fd;
	uint32_t *next_number; /* the caller's: outlives an agent */
	uint64_t file_cap_bytes;
	uint64_t test_cap_bytes;
	struct collect_item item[COLLECT_QUEUE];
	unsigned int first;
	unsigned int count;
	uint64_t backlog_bytes;
	uint64_t dropped;
	bool streaming; /* the first item is in artifact, as `number` */
	uint32_t number;
	struct artifact artifact;
};

/* results_fd: LAYOUT_RESULTS. next_number: the first artifact's number, then
 * kept up to date; start it at 1. */
must_check int collect_open(struct collect *collect, int results_fd,
			    uint32_t *next_number, uint64_t file_cap_bytes,
			    uint64_t test_cap_bytes);
void collect_close(struct collect *collect);
/* Takes what the test `name` has left below result_base_fd. Returns how many
 * files are queued. */
must_check int collect_take(struct collect *collect, int result_base_fd,
			    const char *name, uint32_t index, uint32_t rerun);
/* Takes all files in dir_fd as evidence of a test, before all that waits: it
 * must be out before the VM is given up. */
must_check int collect_take_evidence(struct collect *collect, int dir_fd,
				     uint32_t index, uint32_t rerun);
enum collect_result {
	COLLECT_EMPTY, /* nothing waits */
	COLLECT_AGAIN, /* some work is done, no chunk yet: call again */
	COLLECT_CHUNK, /* *ret_chunk, valid until the next call */
	COLLECT_END,   /* *ret_end; the same again until collect_end_sent() */
};
/* One bounded step: at most ARTIFACT_INPUT bytes are read and deflated. */
must_check enum collect_result collect_next(struct collect *collect,
					    Pb__ArtifactChunk *ret_chunk,
					    Pb__ArtifactEnd *ret_end);
/* The ArtifactEnd is in the outbox: its file goes, the next one comes. */
void collect_end_sent(struct collect *collect);
/* The host is a new one, or chunks were lost: the present file begins again,
 * under a new number. */
void collect_rewind(struct collect *collect);
/* Bytes that wait, for the heartbeat. */
uint64_t collect_backlog(const struct collect *collect);
/* Files that did not fit the queue, since the last call. */
uint64_t collect_dropped(struct collect *collect);
