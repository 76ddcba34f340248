/* SPDX-License-Identifier: GPL-2.0-or-later */
/* artifact - one file on its way to the host: read, cut, compressed.
 *
 * A file over its cap becomes head, a marker line that says how much is left
 * out, and tail, together no more than the cap. What comes out is one zlib
 * stream in chunks of at most LIMIT_CHUNK; a file of which nothing is sent has
 * no chunk at all. One step reads and deflates at most ARTIFACT_INPUT bytes.
 *
 * There is one, for all files one after the other; it allocates nothing.
 */
#pragma once

#include "shared/arena.h"
#include "shared/bytes.h"
#include "shared/limits.h"
#include "shared/must.h"

#include <stdbool.h>
#include <stdint.h>
#include <zlib.h>

enum {
	ARTIFACT_LEVEL = 1, /* of zlib: the guest's CPU is the test's */
	ARTIFACT_INPUT = 64 * 1024,
	ARTIFACT_ZLIB_BYTES = 320 * 1024, /* deflateInit() takes 268 KiB */
	ARTIFACT_MARKER_MAX = 64,
	/* A smaller cap is not worth a marker: nothing is sent. */
	ARTIFACT_CAP_MIN = 256,
};

struct artifact {
	int fd;
	uint64_t size_bytes;
	uint64_t head_end;   /* of the file; its size when it is whole */
	uint64_t tail_start; /* where it goes on */
	uint64_t at;
	size_t marker_len; /* 0: whole, or the marker is out */
	char marker[ARTIFACT_MARKER_MAX];
	bool read_all;	     /* all of it has gone into zlib */
	bool finished;	     /* and has come out */
	bool taken;	     /* output[] holds nothing new */
	bool unreadable;     /* a read failed: what there was is sent */
	uint64_t kept_bytes; /* gone into zlib, the marker included */
	uint64_t wire_bytes; /* taken */
	uint32_t crc32;	     /* of what is kept */
	z_stream zlib;
	struct arena arena;
	_Alignas(16) uint8_t zlib_storage[ARTIFACT_ZLIB_BYTES];
	uint8_t input[ARTIFACT_INPUT];
	uint8_t output[LIMIT_CHUNK];
};

/* How much of the start and of the end of a file over its cap is sent. */
void artifact_split(uint64_t cap_bytes, uint64_t *ret_head, uint64_t *ret_tail);

must_check int artifact_init(struct artifact *artifact);
void artifact_deinit(struct artifact *artifact);
/* Begins a file and owns fd from now on; -1: there is nothing to send. */
void artifact_start(struct artifact *artifact, int fd, uint64_t size_bytes,
		    uint64_t cap_bytes);
/* Not to be called when it is finished. Returns whether there is a chunk. */
must_check bool artifact_step(struct artifact *artifact);
/* That chunk; valid until the next step. */
struct bytes artifact_take(struct artifact *artifact);
void artifact_stop(struct artifact *artifact);
