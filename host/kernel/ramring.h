/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ramring - the kernel's own log, read out of an image of its RAM.
 *
 * The lockless ring buffer of printk (kernel/printk/printk_ringbuffer.c, since
 * 5.10) is found and walked by what VMCOREINFO says of it, as makedumpfile and
 * crash do. So it can be read of a kernel that runs, is stopped, has panicked,
 * or is gone with its VM: exact, with the caller of every record, complete to
 * the last line, whatever the console had of it.
 *
 *   prb -> printk_ringbuffer -> descriptors: id, state, where the text is
 *                            -> infos:       sequence, time, level, caller
 *                            -> data:        blocks of id and text
 *
 * Consecutive records have consecutive ids and sequence numbers, so a record
 * is found by its sequence number in one step. One that is being written, or
 * was overwritten while it was read, is skipped and counted.
 *
 * Pure but for the reads it is given. Hostile RAM: the ring's description is
 * bounded and its newest record must hold together before anything is believed;
 * at most RAMRING_RECORDS records are looked at, each of bounded length, in
 * constant memory. Only 64-bit little-endian kernels: others are -EOPNOTSUPP.
 */
#pragma once

#include "host/kernel/kernelmap.h"
#include "shared/limits.h"

enum {
	/* The newest so many at most: all of a buffer of 8 MiB. */
	RAMRING_RECORDS = 256 * 1024,
	/* A longer text is cut, as the agent's is. The kernel's own limit is
	 * lower: LOG_LINE_MAX, PRINTKRB_RECORD_MAX. */
	RAMRING_TEXT = LIMIT_KMSG_TEXT,
};

struct ramring {
	struct vmcoreinfo vmcoreinfo;
	struct kernelmap map;
};

struct ramring_record {
	uint64_t sequence;
	uint64_t time_ns;
	uint32_t thread; /* its caller */
	uint32_t cpu;	 /* or this, when is_cpu */
	bool is_cpu;
	unsigned int facility;
	unsigned int level;
	struct bytes text; /* of several lines, perhaps; valid in the call */
};

/* What became of a reading. */
struct ramring_outcome {
	uint64_t oldest; /* sequence number of the first that could be read */
	uint64_t newest;
	uint64_t told;	  /* records */
	uint64_t skipped; /* torn, or still being written */
};

typedef void ramring_sink(void *context, const struct ramring_record *record);

/* -EOPNOTSUPP: not with this kernel. -EBADMSG: no ring holds together there,
 * as with RAM that is laid out in another way than it is read. */
must_check int ramring_init(struct ramring *ring,
			    const struct vmcoreinfo *vmcoreinfo,
			    struct kernelmap_ram ram);
/* The newest record's sequence number. -EBADMSG as above. */
must_check int ramring_newest(struct ramring *ring, uint64_t *ret_sequence);
/* The records from a sequence number on, in order. -EBADMSG as above; a record
 * that can't be read is no error. */
must_check int ramring_read(struct ramring *ring, uint64_t from,
			    ramring_sink *sink, void *context,
			    struct ramring_outcome *ret_outcome);
