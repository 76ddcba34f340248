/* SPDX-License-Identifier: GPL-2.0-or-later */
/* arena - memory that is taken piece by piece and given back all at once. */
#include "shared/arena.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

enum { ARENA_ALIGN = 16 };

static void *arena_allocator_alloc(void *data, size_t size)
{
	return arena_alloc(data, size);
}

static void arena_allocator_free(void *data, void *pointer)
{
	(void)data;
	(void)pointer;
}

void arena_init(struct arena *arena, void *storage, size_t cap)
{
	size_t skew = (uintptr_t)storage % ARENA_ALIGN;
	size_t lead = skew ? ARENA_ALIGN - skew : 0;

	must(cap >= lead);
	*arena = (struct arena){
		.base = (uint8_t *)storage + lead,
		.cap = cap - lead,
		.allocator =
			{
				.alloc = arena_allocator_alloc,
				.free = arena_allocator_free,
				.allocator_data = arena,
			},
	};
}

int arena_create(struct arena *arena, size_t cap)
{
	void *storage =
		mmap(NULL, cap, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (storage == MAP_FAILED)
		return -ENOMEM;
	arena_init(arena, storage, cap);
	return 0;
}

void arena_destroy(struct arena *arena)
{
	if (arena->base)
		munmap(arena->base, arena->cap);
	*arena = (struct arena){0};
}

void *arena_alloc(struct arena *arena, size_t size)
{
	size_t padded = (size + ARENA_ALIGN - 1) & ~(size_t)(ARENA_ALIGN - 1);
	void *at = NULL;

	if (padded < size || padded > arena->cap - arena->used) {
		arena->full = true;
		return NULL;
	}
	at = arena->base + arena->used;
	arena->used += padded;
	return memset(at, 0, padded);
}

char *arena_string(struct arena *arena, const char *text, size_t max)
{
	size_t len = strnlen(text, max);
	char *copy = arena_alloc(arena, len + 1);

	if (copy)
		memcpy(copy, text, len);
	return copy;
}

void arena_reset(struct arena *arena)
{
	arena->used = 0;
	arena->full = false;
}
