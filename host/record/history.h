/* SPDX-License-Identifier: GPL-2.0-or-later */
/* history - how long tests took when they ran last, over all runs.
 *
 * One text file in the state directory, read whole and replaced whole, for
 * which nothing more is needed:
 *
 *   fstvm history 1
 *   1769000000 4200 fstests ext4 kvm generic/001
 *
 * A line for each suite, configuration, way to run the guest, and test, with
 * the time of the run and the test's duration in milliseconds; sorted. It is
 * an aid and no record: one that can't be read is begun anew, and over
 * HISTORY_ENTRIES the oldest are dropped.
 */
#pragma once

#include "shared/bytes.h"
#include "shared/must.h"

#include <stdbool.h>

enum {
	HISTORY_ENTRIES = 32768,
	HISTORY_KEY = 256, /* with its NUL */
	HISTORY_BYTES = HISTORY_ENTRIES * (HISTORY_KEY + 44),
};

struct history_entry {
	char *key; /* "fstests ext4 kvm generic/001" */
	uint64_t time_s;
	uint64_t duration_ms;
};

/* {0} is empty. */
struct history {
	struct history_entry *entries; /* sorted by key */
	size_t count;
	size_t room;
};

struct history_key {
	const char *suite;
	const char *config;
	bool kvm;
	const char *test;
};

void history_deinit(struct history *history);
/* The text of a file into an empty history. -EBADMSG: it is none; it is then
 * still empty. Pure. */
must_check int history_parse(struct history *history, struct bytes text);
/* 0: not known. */
uint64_t history_duration_ms(const struct history *history,
			     const struct history_key *key);
/* What is no word (blanks, too long) is left out. */
must_check int history_note(struct history *history,
			    const struct history_key *key, uint64_t duration_ms,
			    uint64_t time_s);

/* A missing file is an empty history. */
must_check int history_load(struct history *history, const char *path);
/* Loads, notes what `change` does, and replaces the file, under a lock.
 * -EWOULDBLOCK: another one has it for longer than a second. A file that can't
 * be understood is begun anew; *ret_was_bad says so. */
typedef int history_change(void *context, struct history *history);
must_check int history_update(const char *path, history_change *change,
			      void *context, bool *ret_was_bad);
