/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kmsg - the kernel's messages, read from /dev/kmsg record by record.
 *
 * A record is "prio,seq,time_us,flags[,caller=T1];text\n KEY=value\n…", with
 * \xNN for what is not printable (Documentation/ABI/testing/dev-kmsg). A read
 * gives one record; EPIPE: the next ones were overwritten before we came.
 *
 * The position is a sequence number, so a successor goes on where another
 * reader was. Whatever is missing between two records counts as lost, and so
 * does what is over the flood caps: KMSG_RATE records a second after a burst
 * of KMSG_BURST, and KMSG_TEST_MAX of one test. Capped records are still read,
 * so the position stays right; the raw console has them.
 */
#pragma once

#include "shared/bytes.h"
#include "shared/limits.h"
#include "shared/must.h"

#include "fstvm.pb-c.h"

#include <stdbool.h>
#include <stdint.h>

enum {
	KMSG_RATE = 1000,
	KMSG_BURST = 8192,
	KMSG_TEST_MAX = LIMIT_STEP_RECORDS / 4, /* of one incarnation */
	/* The largest that the kernel gives: PRINTK_MESSAGE_MAX. */
	KMSG_RECORD_MAX = 8192,
};

struct kmsg_record {
	uint64_t sequence;
	uint32_t priority;
	uint64_t time_us;
	char text[LIMIT_KMSG_TEXT + 1]; /* UTF-8; the rest stays \xNN */
	char caller[LIMIT_NAME + 1];	/* "" where the kernel tells none */
};

/* Pure. -EBADMSG: not a record. A longer text is cut. */
must_check int kmsg_parse(struct kmsg_record *ret_record, struct bytes raw);

struct kmsg {
	int fd;	       /* nonblocking; readable when there are records */
	uint64_t next; /* sequence number of the next record */
	uint64_t lost; /* not yet told */
	uint64_t refilled_ns;
	uint64_t tokens;
	uint64_t test_left;
	/* The batch. */
	struct kmsg_record record[LIMIT_KMSG_BATCH];
	Pb__KernelRecord message[LIMIT_KMSG_BATCH];
	Pb__KernelRecord *list[LIMIT_KMSG_BATCH];
	Pb__KernelRecords batch;
};

/* From record `next` on; 0: all since boot. path: "/dev/kmsg". */
must_check int kmsg_open(struct kmsg *kmsg, const char *path, uint64_t next);
void kmsg_close(struct kmsg *kmsg);
/* Reads up to KMSG_READS records. Returns 1 and a batch, valid until the next
 * call; 0: there is nothing to tell now; negative errno. ret_more: more records
 * are waiting, call again (from the loop: a flood never ends). */
enum { KMSG_READS = 1024 };
must_check int kmsg_next_batch(struct kmsg *kmsg, uint64_t now_ns,
			       const Pb__KernelRecords **ret_batch,
			       bool *ret_more);
/* A test begins: its own cap counts from here. */
void kmsg_begin_test(struct kmsg *kmsg);
