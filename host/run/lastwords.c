/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lastwords - what a kernel said that its agent did not live to pass on. */
#include "host/run/lastwords.h"

#include "shared/clock.h"
#include "shared/escape.h"

#include <stdio.h>

/* One reading. */
struct reading {
	struct kernelwatch *watch;
	struct recordlog *log;
	uint64_t next; /* sequence number of the first that is new */
	uint64_t new_records;
};

static void on_record(void *context, const struct ramring_record *from)
{
	struct reading *reading = context;
	Pb__KernelRecord record = PB__KERNEL_RECORD__INIT;
	char text[4 * RAMRING_TEXT + 1];
	char caller[16];

	escape_text(text, sizeof(text), from->text, true);
	snprintf(caller, sizeof(caller), "%c%u", from->is_cpu ? 'C' : 'T',
		 from->is_cpu ? from->cpu : from->thread);
	record.sequence = from->sequence;
	record.priority = from->facility << 3 | from->level;
	record.time_us = from->time_ns / 1000;
	record.text = text;
	record.caller = caller;
	recordlog_add(reading->log, &record);
	if (record.sequence < reading->next)
		return;
	reading->new_records++;
	kernelwatch_memory(reading->watch, &record);
}

/* What a guest has made up of its sequence numbers can't hide the ring. */
static uint64_t at_most(uint64_t sequence, uint64_t newest)
{
	return sequence > newest + 1 ? 0 : sequence;
}

static int read_ring(struct reading *reading, struct guestram *ram,
		     uint64_t test_sequence, struct ramring_outcome *outcome)
{
	uint64_t newest, from;
	int rc = guestram_newest(ram, &newest);

	if (rc < 0)
		return rc;
	reading->next = kernelwatch_next(reading->watch);
	from = at_most(test_sequence, newest);
	recordlog_begin(reading->log, from);
	if (at_most(reading->next, newest) < from)
		from = at_most(reading->next, newest);
	return guestram_read(ram, from, on_record, reading, outcome);
}

void lastwords_read(struct guestram *ram, struct kernelwatch *watch,
		    struct recordlog *log, uint64_t test_sequence,
		    Pb__KernelRing *ret_ring)
{
	uint64_t began_ns = clock_mono_ns();
	struct reading reading = {.watch = watch, .log = log};
	struct ramring_outcome outcome = {0};
	int rc = read_ring(&reading, ram, test_sequence, &outcome);

	pb__kernel_ring__init(ret_ring);
	ret_ring->oldest = outcome.oldest;
	ret_ring->newest = outcome.newest;
	ret_ring->records = outcome.told;
	ret_ring->new_records = reading.new_records;
	ret_ring->torn = outcome.skipped;
	if (rc < 0)
		ret_ring->why = (char *)(uintptr_t)guestram_explain(rc);
	ret_ring->duration_ns = clock_mono_ns() - began_ns;
}
