/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_arena - pieces, exhaustion, alignment. */
#include "shared/arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void test_pieces_are_aligned_and_zeroed(void **state)
{
	static uint8_t storage[1024];
	struct arena arena;

	(void)state;
	memset(storage, 0xff, sizeof(storage));
	arena_init(&arena, storage + 3, sizeof(storage) - 3);
	for (size_t size = 1; size < 40; size += 7) {
		uint8_t *at = arena_alloc(&arena, size);

		assert_non_null(at);
		assert_int_equal((uintptr_t)at % 16, 0);
		for (size_t i = 0; i < size; i++)
			assert_int_equal(at[i], 0);
		memset(at, 0xee, size);
	}
	assert_true(arena.base + arena.used <= storage + sizeof(storage));
}

static void test_full(void **state)
{
	static _Alignas(16) uint8_t storage[64];
	struct arena arena;

	(void)state;
	arena_init(&arena, storage, sizeof(storage));
	assert_non_null(arena_alloc(&arena, 48));
	assert_null(arena_alloc(&arena, 17));
	assert_true(arena.full);
	assert_non_null(arena_alloc(&arena, 16));
	assert_null(arena_alloc(&arena, 1));
	assert_null(arena_alloc(&arena, SIZE_MAX));
	assert_null(arena_alloc(&arena, SIZE_MAX - 15));
	arena_reset(&arena);
	assert_false(arena.full);
	assert_non_null(arena_alloc(&arena, 64));
	assert_false(arena.full);
}

static void test_string(void **state)
{
	static _Alignas(16) uint8_t storage[32];
	struct arena arena;

	(void)state;
	arena_init(&arena, storage, sizeof(storage));
	assert_string_equal(arena_string(&arena, "hello", 4), "hell");
	assert_string_equal(arena_string(&arena, "hello", 5), "hello");
	assert_null(arena_string(&arena, "hello", 5));
}

static void test_allocator(void **state)
{
	struct arena arena;
	void *at = NULL;

	(void)state;
	assert_int_equal(arena_create(&arena, 1 << 20), 0);
	at = arena.allocator.alloc(arena.allocator.allocator_data, 100);
	assert_true((uint8_t *)at == arena.base);
	arena.allocator.free(arena.allocator.allocator_data, at);
	assert_int_equal(arena.used, 112);
	assert_null(
		arena.allocator.alloc(arena.allocator.allocator_data, 1 << 20));
	arena_destroy(&arena);
	assert_null(arena.base);
	arena_destroy(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pieces_are_aligned_and_zeroed),
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_string),
		cmocka_unit_test(test_allocator),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
