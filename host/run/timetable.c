/* SPDX-License-Identifier: GPL-2.0-or-later */
/* timetable - which test ran at which moment of a boot. */
#include "host/run/timetable.h"

#include <string.h>

void timetable_init(struct timetable *table)
{
	memset(table, 0, sizeof(*table));
}

static const struct timetable_row *row_at(const struct timetable *table,
					  uint64_t n)
{
	return &table->rows[n % TIMETABLE_ROWS];
}

static struct timetable_row *last_row(struct timetable *table)
{
	return table->count == 0
		       ? NULL
		       : &table->rows[(table->count - 1) % TIMETABLE_ROWS];
}

static struct timetable_row *add(struct timetable *table, uint64_t sequence,
				 uint64_t mono_ns)
{
	struct timetable_row *row =
		&table->rows[table->count++ % TIMETABLE_ROWS];

	memset(row, 0, sizeof(*row));
	row->from = sequence;
	row->mono_us = mono_ns / 1000;
	return row;
}

void timetable_start(struct timetable *table, const struct assignment_key *key,
		     uint64_t sequence, uint64_t mono_ns)
{
	struct timetable_row *row = last_row(table);

	if (row != NULL && row->in_test && row->key.test == key->test &&
	    row->key.attempt == key->attempt)
		return;
	row = add(table, sequence, mono_ns);
	row->in_test = true;
	row->key = *key;
}

void timetable_end(struct timetable *table, uint64_t sequence, uint64_t mono_ns)
{
	const struct timetable_row *row = last_row(table);

	if (row == NULL || row->in_test)
		(void)add(table, sequence, mono_ns);
}

void timetable_record(struct timetable *table, uint64_t sequence,
		      uint64_t time_us)
{
	struct timetable_row *row = last_row(table);

	if (row == NULL || row->timed || sequence < row->from)
		return;
	row->timed = true;
	row->from_us = time_us;
	/* Unsigned, for both are a guest's word. */
	table->ahead_us = (int64_t)(time_us - row->mono_us);
}

static uint64_t start_us(const struct timetable *table,
			 const struct timetable_row *row)
{
	return row->timed ? row->from_us
			  : row->mono_us + (uint64_t)table->ahead_us;
}

static struct timetable_place place_of(const struct timetable_row *row)
{
	struct timetable_place place = {.in_test = false};

	if (row != NULL && row->in_test) {
		place.in_test = true;
		place.key = row->key;
	}
	return place;
}

struct timetable_place timetable_now(const struct timetable *table)
{
	return place_of(table->count > 0 ? row_at(table, table->count - 1)
					 : NULL);
}

static uint64_t oldest(const struct timetable *table)
{
	return table->count > TIMETABLE_ROWS ? table->count - TIMETABLE_ROWS
					     : 0;
}

struct timetable_place timetable_by_sequence(const struct timetable *table,
					     uint64_t sequence)
{
	for (uint64_t n = table->count; n > oldest(table); n--)
		if (row_at(table, n - 1)->from <= sequence)
			return place_of(row_at(table, n - 1));
	return place_of(NULL);
}

struct timetable_place timetable_by_time(const struct timetable *table,
					 uint64_t time_us)
{
	for (uint64_t n = table->count; n > oldest(table); n--)
		if (start_us(table, row_at(table, n - 1)) <= time_us)
			return place_of(row_at(table, n - 1));
	return place_of(NULL);
}
