/* SPDX-License-Identifier: GPL-2.0-or-later */
/* arena - memory that is taken piece by piece and given back all at once.
 *
 * The unpacker of protobuf-c allocates per field; through an arena a hostile
 * message costs at most the arena, and giving it back is one assignment.
 * Fixed size, made once; when it is full, allocation fails and so does the
 * unpacking. The storage can be the caller's (the agent's is static).
 */
#pragma once

#include "shared/must.h"

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Not to be moved after it was made: the allocator points to it. */
struct arena {
	uint8_t *base;
	size_t cap;
	size_t used;
	bool full; /* something did not fit since the last reset */
	ProtobufCAllocator
		allocator; /* pass &arena.allocator; its data = this */
};

void arena_init(struct arena *arena, void *storage, size_t cap);
/* Storage of its own; what is never used of it costs nothing. */
must_check int arena_create(struct arena *arena, size_t cap);
void arena_destroy(struct arena *arena);
/* 16-byte aligned, zeroed; NULL when it does not fit. */
void *arena_alloc(struct arena *arena, size_t size);
/* A copy of text of at most max bytes; NULL when it does not fit. */
char *arena_string(struct arena *arena, const char *text, size_t max);
void arena_reset(struct arena *arena);
