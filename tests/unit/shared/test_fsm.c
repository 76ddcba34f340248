/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_fsm - moves that are in the table, and those that are not. */
#include "shared/fsm.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { OFF, ON, BROKEN };

static const struct fsm_state states[] = {
	[OFF] = {"off", FSM_TO(ON)},
	[ON] = {"on", FSM_TO(OFF) | FSM_TO(BROKEN)},
	[BROKEN] = {"broken", 0},
};

static void test_moves(void **state)
{
	struct fsm fsm = {.name = "lamp", .states = states};

	(void)state;
	assert_string_equal(fsm_name(&fsm), "off");
	assert_true(fsm_allows(&fsm, ON));
	assert_false(fsm_allows(&fsm, OFF));
	assert_false(fsm_allows(&fsm, BROKEN));
	assert_false(fsm_allows(&fsm, 31));
	assert_false(fsm_allows(&fsm, 33)); /* no wrap to ON's bit */
	fsm_move(&fsm, ON);
	assert_true(fsm_allows(&fsm, BROKEN));
	fsm_move(&fsm, BROKEN);
	assert_string_equal(fsm_name(&fsm), "broken");
	for (unsigned int next = 0; next < 40; next++)
		assert_false(fsm_allows(&fsm, next));
}

/* In release builds too: our own mistake ends the program. */
static void test_forbidden_move_aborts(void **state)
{
	int status = 0;
	pid_t pid = fork();

	(void)state;
	assert_true(pid >= 0);
	if (pid == 0) {
		struct fsm fsm = {.name = "lamp", .states = states};

		signal(SIGABRT, SIG_DFL);
		close(2);
		fsm_move(&fsm, BROKEN);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGABRT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_moves),
		cmocka_unit_test(test_forbidden_move_aborts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
