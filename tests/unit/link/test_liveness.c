/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_liveness - guests that are quick, slow, stuck, and our own absence. */
#include "host/link/liveness.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define S UINT64_C(1000000000)

static struct liveness guest;
static uint64_t now;

static const struct liveness_cpu idle = {.instruction = 0xffffffff81000000,
					 .halted = true};
static const struct liveness_cpu spinning = {.instruction = 0xffffffff81234567};
static const struct liveness_cpu program = {.instruction = 0x7f0000001000,
					    .ring = 3};

static int set_up(void **state)
{
	(void)state;
	now = 1000 * S;
	liveness_init(&guest, 60000, now);
	return 0;
}

/* So many seconds pass, a tick every five; the last state. */
static enum liveness_state pass(unsigned int seconds)
{
	enum liveness_state state = LIVENESS_ALIVE;

	for (unsigned int i = 0; i < seconds; i += 5) {
		now += 5 * S;
		state = liveness_tick(&guest, now);
	}
	return state;
}

static void test_silence(void **state)
{
	(void)state;
	assert_int_equal(pass(10), LIVENESS_ALIVE);
	assert_int_equal(pass(5), LIVENESS_SUSPECT);
	assert_int_equal(pass(40), LIVENESS_SUSPECT);
	assert_int_equal(pass(5), LIVENESS_HUNG);
}

static void test_a_beat_is_life(void **state)
{
	(void)state;
	for (int i = 0; i < 1000; i++) {
		assert_int_not_equal(pass(55), LIVENESS_HUNG);
		liveness_heard(&guest, now);
		assert_int_equal(liveness_tick(&guest, now), LIVENESS_ALIVE);
	}
}

static void test_what_moves_is_no_corpse(void **state)
{
	(void)state;
	/* By the console, one line a minute. */
	assert_int_equal(pass(55), LIVENESS_SUSPECT);
	liveness_console(&guest, now);
	assert_int_equal(pass(5), LIVENESS_SLOW);
	assert_int_equal(pass(50), LIVENESS_SLOW);
	/* By the ring; the first number and the same one are no news. */
	liveness_ring(&guest, 6, now);
	liveness_ring(&guest, 7, now);
	assert_int_equal(pass(55), LIVENESS_SLOW);
	liveness_ring(&guest, 7, now);
	assert_int_equal(pass(5), LIVENESS_HUNG);
	liveness_ring(&guest, 8, now);
	assert_int_equal(liveness_tick(&guest, now), LIVENESS_SLOW);
}

/* The agent could run where they do. */
static void test_programs_are_no_life(void **state)
{
	struct liveness_cpu moving = program;

	(void)state;
	for (int i = 0; i < 11; i++) {
		for (int j = 0; j < 5; j++) {
			moving.instruction += 4096;
			liveness_sample(&guest, &moving, 1, now);
		}
		assert_int_not_equal(pass(5), LIVENESS_HUNG);
	}
	assert_int_equal(pass(5), LIVENESS_HUNG);
}

static void test_the_kernel_moves(void **state)
{
	struct liveness_cpu moving = spinning;

	(void)state;
	for (int i = 0; i < 20; i++) {
		for (int j = 0; j < LIVENESS_FRESH; j++) {
			moving.instruction += 4096;
			liveness_sample(&guest, &moving, 1, now);
		}
		assert_int_not_equal(pass(5), LIVENESS_HUNG);
	}
	/* The timer of an idle kernel, once a tick. */
	for (int i = 0; i < 10; i++) {
		moving.instruction += 4096;
		liveness_sample(&guest, &moving, 1, now);
		assert_int_equal(pass(5), LIVENESS_SLOW);
	}
	assert_int_equal(pass(5), LIVENESS_HUNG);
}

static void test_idle_cpus_and_spinning_ones(void **state)
{
	const struct liveness_cpu cpus[] = {idle, spinning};
	struct liveness_cpu inching = spinning;

	(void)state;
	for (int i = 0; i < 11; i++) {
		liveness_sample(&guest, cpus, 2, now);
		inching.instruction ^= 0x3f;
		liveness_sample(&guest, &inching, 1, now);
		assert_int_not_equal(pass(5), LIVENESS_HUNG);
	}
	assert_int_equal(pass(5), LIVENESS_HUNG);
}

/* That they are somewhere does not say that they move. */
static void test_stopped_cpus(void **state)
{
	struct liveness_cpu cpus[] = {spinning, spinning};

	(void)state;
	cpus[1].instruction += 4096;
	assert_int_equal(pass(15), LIVENESS_SUSPECT);
	for (int i = 0; i < 8; i++) {
		liveness_ring(&guest, 4711, now);
		liveness_sample(&guest, cpus, 2, now);
		assert_int_equal(pass(5), LIVENESS_SUSPECT);
	}
	assert_int_equal(pass(5), LIVENESS_HUNG);
}

static void test_patience_has_an_end(void **state)
{
	struct liveness_cpu wandering = spinning;
	int ticks = 0;

	(void)state;
	do {
		wandering.instruction += 8192;
		liveness_sample(&guest, &wandering, 1, now);
		wandering.instruction += 4096;
		liveness_sample(&guest, &wandering, 1, now);
		liveness_console(&guest, now);
		ticks++;
	} while (pass(5) != LIVENESS_HUNG && ticks < 1000);
	assert_int_equal(ticks, LIVENESS_PATIENCE * 60 / 5);
}

static void test_a_slower_machine(void **state)
{
	(void)state;
	liveness_set_limit(&guest, 600000);
	assert_int_equal(pass(595), LIVENESS_SUSPECT);
	assert_int_equal(pass(5), LIVENESS_HUNG);
}

static void test_a_short_limit(void **state)
{
	(void)state;
	liveness_set_limit(&guest, 10000);
	assert_int_equal(pass(5), LIVENESS_SUSPECT);
	assert_int_equal(pass(5), LIVENESS_HUNG);
}

static void test_our_own_absence(void **state)
{
	(void)state;
	assert_int_equal(pass(10), LIVENESS_ALIVE);
	now += 3600 * S;
	assert_int_equal(liveness_tick(&guest, now), LIVENESS_ALIVE);
	assert_int_equal(liveness_silent_ns(&guest, now), 10 * S);
	assert_int_equal(pass(45), LIVENESS_SUSPECT);
	assert_int_equal(pass(5), LIVENESS_HUNG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_silence, set_up),
		cmocka_unit_test_setup(test_a_beat_is_life, set_up),
		cmocka_unit_test_setup(test_what_moves_is_no_corpse, set_up),
		cmocka_unit_test_setup(test_programs_are_no_life, set_up),
		cmocka_unit_test_setup(test_the_kernel_moves, set_up),
		cmocka_unit_test_setup(test_idle_cpus_and_spinning_ones,
				       set_up),
		cmocka_unit_test_setup(test_stopped_cpus, set_up),
		cmocka_unit_test_setup(test_patience_has_an_end, set_up),
		cmocka_unit_test_setup(test_a_slower_machine, set_up),
		cmocka_unit_test_setup(test_a_short_limit, set_up),
		cmocka_unit_test_setup(test_our_own_absence, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
