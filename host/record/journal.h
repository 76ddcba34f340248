/* SPDX-License-Identifier: GPL-2.0-or-later */
/* journal - everything that happened in a run, in order, on disk.
 *
 * A file of frames (shared/frame.h) of the kind FRAME_RECORD: the sequence is
 * the record's number, from 1 on, the payload a packed Event. The first record
 * is RunStarted and carries the version of the format. One record is one
 * write(2), so a controller that is killed leaves whole records and at most
 * one torn one at the end.
 *
 * Reading goes on to the end or to the first record that is damaged, and says
 * what lies behind it; it never fails on damage and never makes up a record.
 * While a controller writes, it holds an exclusive flock(2). Readers take none.
 */
#pragma once

#include "journal.pb-c.h"
#include "shared/arena.h"
#include "shared/frame.h"
#include "shared/must.h"

#include <stdbool.h>
#include <stdint.h>

#define JOURNAL_NAME "journal"

enum { JOURNAL_VERSION = 1 };

struct journal {
	int fd;
	uint64_t next_sequence;
	uint64_t size_bytes; /* of whole records */
	uint8_t *buffer;     /* of one frame */
	bool dirty;	     /* written since the last sync */
	bool broken;	     /* a torn record could not be taken back */
};

/* A new journal in dirfd. -EEXIST: there is one. */
must_check int journal_create(struct journal *journal, int dirfd);
/* The record is in the file when this returns 0. -EMSGSIZE: over
 * LIMIT_MESSAGE; -ENOSPC and other errors of write(2): it is not in the file,
 * and what was there is untouched. */
must_check int journal_append(struct journal *journal, const Pb__Event *event);
/* On the disk, if something was appended since. It waits for the disk: call
 * it from a timer, once a second. -ENOENT: the file has been removed, so that
 * nobody would ever read what is appended. */
must_check int journal_sync(struct journal *journal);
void journal_close(struct journal *journal);

struct journal_reader {
	int fd;
	uint8_t *storage;
	struct frame_decoder decoder;
	struct arena arena;
	uint64_t records;     /* read so far */
	uint64_t valid_bytes; /* of them; the offset of what is damaged */
	uint64_t
		damaged_bytes; /* behind them, known at the end; 0: undamaged */
	bool at_end;
	const char *why; /* of -EPROTONOSUPPORT, for a person; static text */
};

/* -ENOENT: no journal there. Not to be moved while open. */
must_check int journal_reader_open(struct journal_reader *reader, int dirfd);
/* 1: an event, valid until the next call. 0: the end. -EPROTONOSUPPORT: of a
 * newer fstvm; other errors are those of reading the file. */
must_check int journal_reader_next(struct journal_reader *reader,
				   const Pb__Event **ret_event);
void journal_reader_close(struct journal_reader *reader);

/* A negative return ends the reading and is returned. */
typedef int journal_visit(void *context, const Pb__Event *event);

/* The journal of an earlier controller, to be written further: locks it,
 * gives each of its events to visit, and cuts off what is damaged after
 * saving it as "journal.damaged-<offset>". *ret_damaged_bytes: how much that
 * was. -EWOULDBLOCK: a controller is writing it; -ENODATA: it has no whole
 * record; and as journal_reader_next(), with *ret_why set. */
must_check int journal_resume(struct journal *journal, int dirfd,
			      journal_visit *visit, void *context,
			      uint64_t *ret_damaged_bytes,
			      const char **ret_why);
/* Whether a controller is writing the journal in dirfd at this moment. */
bool journal_is_live(int dirfd);
