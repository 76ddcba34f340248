/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest/vacancy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

struct place {
	struct ev_loop *loop;
	int looks;
	int vacant_after;
	int overs;
};

static bool is_vacant(void *context)
{
	struct place *place = context;

	return ++place->looks > place->vacant_after;
}

static void on_over(void *context)
{
	struct place *place = context;

	place->overs++;
	ev_break(place->loop, EVBREAK_ALL);
}

static void wait_for(struct place *place, const struct scope *scope)
{
	struct vacancy vacancy;

	place->loop = ev_loop_new(EVFLAG_AUTO);
	assert_non_null(place->loop);
	vacancy_init(&vacancy, place->loop, is_vacant, on_over, place);
	vacancy_wait(&vacancy, scope, VACANCY_WAIT_S);
	ev_run(place->loop, 0);
	assert_int_equal(place->overs, 1);
	assert_true(vacancy.fd < 0);
	/* Nothing of it is left on the loop. */
	ev_run(place->loop, 0);
	assert_int_equal(place->overs, 1);
	ev_loop_destroy(place->loop);
}

static void is_looked_at_until_vacant(void **state)
{
	struct place place = {.vacant_after = 3};

	(void)state;
	wait_for(&place, NULL);
	assert_int_equal(place.looks, 4);
}

static void works_without_a_cgroup(void **state)
{
	const struct scope scope = {.leader = 1};
	struct place place = {.vacant_after = 1};

	(void)state;
	assert_true(scope_watch(&scope) < 0);
	wait_for(&place, &scope);
	assert_int_equal(place.looks, 2);
}

static void works_with_a_cgroup_that_is_gone(void **state)
{
	const struct scope scope = {.leader = 1, .has_cgroup = true};
	struct place place = {.vacant_after = 0};

	(void)state;
	assert_true(scope_watch(&scope) < 0);
	wait_for(&place, &scope);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_looked_at_until_vacant),
		cmocka_unit_test(works_without_a_cgroup),
		cmocka_unit_test(works_with_a_cgroup_that_is_gone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
