/* SPDX-License-Identifier: GPL-2.0-or-later */
/* timetable - which test ran at which moment of a boot, by the kernel's count.
 *
 * A kernel report belongs to the test that ran when the problem began. A report
 * of the kernel's log has the sequence number of its record, and TestStarted
 * says which number was next: that is exact. One that began earlier than it
 * was printed (a task that has hung for two minutes), or that only the console
 * has, is placed by its time. The kernel stamps its messages with a clock of
 * its own, so a row's time is that of the first record in it, for check writes
 * one at every start; until one comes it is the guest's CLOCK_MONOTONIC, put
 * right by how far the two were apart in the row before.
 *
 * What comes after a test and before the next one is the former's: check looks
 * after it then. Before the first test and after the job's end it is nobody's
 * but the boot's.
 *
 * Pure. The last TIMETABLE_ROWS tests are kept; of what was before them only
 * the oldest kept one could be said, so it is nobody's.
 */
#pragma once

#include "host/record/assignment.h"

#include <stdbool.h>
#include <stdint.h>

enum { TIMETABLE_ROWS = 1024 };

struct timetable_row {
	bool in_test; /* false: the job is over */
	struct assignment_key key;
	uint64_t from;	  /* sequence number of its first kernel record */
	uint64_t mono_us; /* its start by the guest's CLOCK_MONOTONIC */
	uint64_t from_us; /* by the kernel's clock, when timed */
	bool timed;
};

struct timetable {
	struct timetable_row rows[TIMETABLE_ROWS]; /* row n at n % ROWS */
	uint64_t count;
	int64_t ahead_us; /* kernel's clock minus CLOCK_MONOTONIC */
};

/* Whose a moment is. */
struct timetable_place {
	bool in_test;
	struct assignment_key key;
};

void timetable_init(struct timetable *table);
/* A test has started; the same one told again is no other. */
void timetable_start(struct timetable *table, const struct assignment_key *key,
		     uint64_t sequence, uint64_t mono_ns);
/* The job is over; sequence: of the next kernel record. */
void timetable_end(struct timetable *table, uint64_t sequence,
		   uint64_t mono_ns);
/* A record of the kernel's log has come; they come in order. */
void timetable_record(struct timetable *table, uint64_t sequence,
		      uint64_t time_us);

struct timetable_place timetable_now(const struct timetable *table);
struct timetable_place timetable_by_sequence(const struct timetable *table,
					     uint64_t sequence);
struct timetable_place timetable_by_time(const struct timetable *table,
					 uint64_t time_us);
