/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_agent - the real agent against the real host library, without a VM. */
#include "tests/integration/scene.h"

#include "shared/fd.h"
#include "shared/message.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static uint32_t hellos_of(const struct scene *scene)
{
	return result_boot(scene->controller.result, 0)->hellos;
}

/* What of the run's files this is about; NUL-terminated, from malloc(). */
static char *read_log(const struct scene *scene)
{
	fd_auto int fd = fd_openat(scene->controller.outdir.fd,
				   OUTDIR_AGENT_LOG, O_RDONLY, 0);
	char *text = calloc(1, 1 << 20);
	ssize_t len;

	assert_true(fd >= 0 && text != NULL);
	len = fd_read_all(fd, text, (1 << 20) - 1);
	assert_int_equal(len, scene->controller.log_bytes);
	return text;
}

static void expect_in_log(const struct scene *scene, const char *words)
{
	char *log = read_log(scene);

	if (strstr(log, words) == NULL)
		fail_msg("not in the log: %s\n%s", words, log);
	free(log);
}

/* Where a test's process ended among the kernel's records: not before its
 * start, not behind its end. */
static void expect_records_in_order(const struct controller *controller,
				    uint32_t test)
{
	const struct attempt *attempt = controller_attempt(controller, test);

	assert_true(attempt->kmsg_from <= attempt->kmsg_ended);
	assert_true(attempt->kmsg_ended <= attempt->kmsg_upto);
}

/* ---- a normal run ---- */

static void test_normal_run(void **state)
{
	static const char *const tests[] = {"generic/001", "generic/002",
					    "generic/003", "generic/902",
					    "generic/903", NULL};
	struct scene *scene = scene_of(state);
	struct controller *controller = &scene->controller;

	scene_plan(scene, tests);
	scene_start(scene);
	controller_wait_over(controller);
	for (uint32_t i = 0; i < 3; i++) {
		controller_expect(controller, i, PB__VERDICT__VERDICT_PASS);
		expect_records_in_order(controller, i);
	}
	controller_expect(controller, 3, PB__VERDICT__VERDICT_FAIL);
	assert_int_equal(controller_attempt(controller, 3)->exit_status, 3);
	controller_expect(controller, 4, PB__VERDICT__VERDICT_NOTRUN);
	assert_non_null(strstr(controller_attempt(controller, 4)->reason,
			       "this test never runs"));
	assert_int_equal(controller->job_end, PB__JOB_END__JOB_END_COMPLETE);
	assert_int_equal(hellos_of(scene), 1);
	assert_int_equal(scene_count(scene, PB__ENVELOPE__BODY_TEST_STARTED),
			 5);
	assert_int_equal(scene_count(scene, PB__ENVELOPE__BODY_TEST_FINISHED),
			 5);
	assert_int_equal(scene_count(scene, PB__ENVELOPE__BODY_CHECK_STARTED),
			 1);
	assert_int_equal(scene_count(scene, PB__ENVELOPE__BODY_CHECK_EXITED),
			 1);
	scene_expect_clean_end(scene);
	/* From the first to the last of what check has printed. */
	expect_in_log(scene, "FSTYP         -- ext4");
	expect_in_log(scene, "Failed 1 of 5 tests");
}

static void test_artifacts(void **state)
{
	static const char *const tests[] = {"generic/901", "generic/950", NULL};
	struct scene *scene = scene_of(state);
	char *text;
	size_t len = 0;

	scene_plan(scene, tests);
	scene_start(scene);
	controller_wait_over(&scene->controller);
	controller_expect(&scene->controller, 0, PB__VERDICT__VERDICT_FAIL);
	controller_expect(&scene->controller, 1, PB__VERDICT__VERDICT_PASS);
	text = controller_artifact(&scene->controller, 0, "901.out.bad", NULL);
	assert_string_equal(text,
			    "QA output created by 901\nSilence is broken\n");
	free(text);
	text = controller_artifact(&scene->controller, 1, "950.full", &len);
	assert_int_equal(len, 3000000);
	free(text);
	scene_expect_clean_end(scene);
}

/* What check says of a failure, and nothing of the next test. */
static void test_excerpt(void **state)
{
	static const char *const tests[] = {"generic/901", "generic/001", NULL};
	struct scene *scene = scene_of(state);
	const char *excerpt;
	size_t len;

	scene_plan(scene, tests);
	scene_start(scene);
	controller_wait_over(&scene->controller);
	excerpt = controller_attempt(&scene->controller, 0)->excerpt;
	assert_non_null(strstr(excerpt, "- output mismatch (see "));
	assert_non_null(strstr(excerpt, "+Silence is broken\n"));
	assert_null(strstr(excerpt, "generic/001"));
	len = strlen(excerpt);
	assert_int_equal(excerpt[len - 1], '\n');
	excerpt = controller_attempt(&scene->controller, 1)->excerpt;
	assert_true(excerpt == NULL || excerpt[0] == '\0');
	scene_expect_clean_end(scene);
}

static void run_in_scopes(void **state, const char *const *environment)
{
	static const char *const tests[] = {"generic/001", "generic/955", NULL};
	struct scene *scene = scene_of(state);

	scene_plan(scene, tests);
	scene_start_with(scene, environment);
	controller_wait_over(&scene->controller);
	scene_expect_all_pass(scene);
	scene_expect_clean_end(scene);
}

static void test_scope(void **state)
{
	static const char *const none[] = {NULL};

	run_in_scopes(state, none);
}

static void test_scope_without_clone3(void **state)
{
	static const char *const old[] = {"MACHINE_HAS_NO_CLONE3=1", NULL};

	run_in_scopes(state, old);
}

/* check -L: a test that fails once and passes then. */
static void test_reruns(void **state)
{
	static const char *const tests[] = {"generic/916", "generic/001", NULL};
	struct scene *scene = scene_of(state);

	scene_plan(scene, tests);
	scene->controller.spec.loop_failures = 2;
	scene_start(scene);
	controller_wait_over(&scene->controller);
	controller_expect(&scene->controller, 0, PB__VERDICT__VERDICT_FAIL);
	controller_expect(&scene->controller, 1, PB__VERDICT__VERDICT_PASS);
	assert_int_equal(
		result_test(scene->controller.result, 0)->attempt_count, 3);
	assert_int_equal(controller_attempt(&scene->controller, 0)->verdict,
			 PB__VERDICT__VERDICT_PASS);
	scene_expect_clean_end(scene);
}

/* A process is ended, and the next test runs; a mount needs a fresh VM. */
static void test_leftovers(void **state)
{
	static const char *const tests[] = {"generic/912", "generic/913",
					    "generic/001", NULL};
	struct scene *scene = scene_of(state);
	const struct controller *controller = &scene->controller;

	scene_plan(scene, tests);
	scene_start(scene);
	controller_wait_over(&scene->controller);
	controller_expect(controller, 0, PB__VERDICT__VERDICT_PASS);
	assert_null(controller_attempt(controller, 0)->leftovers);
	scene_expect_unclean(scene);
	assert_int_equal(scene_count(scene, PB__ENVELOPE__BODY_TEST_STARTED),
			 2);
	scene_expect_clean_end(scene);
}

/* What goes by itself, if late, is not left over. */
static void test_leftovers_that_go(void **state)
{
	static const char *const tests[] = {"generic/954", "generic/001", NULL};
	struct scene *scene = scene_of(state);

	scene_plan(scene, tests);
	scene_start(scene);
	controller_wait_over(&scene->controller);
	scene_expect_all_pass(scene);
	assert_null(controller_attempt(&scene->controller, 0)->leftovers);
	assert_int_equal(scene->controller.job_end,
			 PB__JOB_END__JOB_END_COMPLETE);
	scene_expect_clean_end(scene);
}

/* After the last one nothing is to run that could be spoiled. */
static void test_leftovers_at_the_end(void **state)
{
	static const char *const tests[] = {"generic/913", NULL};
	struct scene *scene = scene_of(state);

	scene_plan(scene, tests);
	scene_start(scene);
	controller_wait_over(&scene->controller);
	scene_expect_all_pass(scene);
	assert_string_equal(
		controller_attempt(&scene->controller, 0)->leftovers,
		"mount /tmp/leftover");
	assert_int_equal(scene->controller.job_end,
			 PB__JOB_END__JOB_END_COMPLETE);
	scene_expect_clean_end(scene);
}

/* As often as the host wants them, also from a successor. */
static void test_beats(void **state)
{
	enum { MS = 200, BEATS = 10 };
	static const char *const tests[] = {"generic/951", NULL};
	struct scene *scene = scene_of(state);
	struct controller *controller = &scene->controller;
	double began;

	scene_plan(scene, tests);
	controller->spec.heartbeat_ms = MS;
	scene_start(scene);
	scene_wait_gate(scene, 1);
	for (unsigned int hellos = 1; hellos <= 2; hellos++) {
		controller_wait_count(controller, PB__ENVELOPE__BODY_HELLO,
				      hellos);
		began = ev_time();
		controller_wait_count(
			controller, PB__ENVELOPE__BODY_HEARTBEAT,
			scene_count(scene, PB__ENVELOPE__BODY_HEARTBEAT) +
				BEATS);
		/* At the interval that an agent begins with: 50 s. */
		assert_true(ev_time() - began < 20);
		if (hellos == 1)
			machine_kill_agent(&scene->machine);
	}
	scene_open_gate(scene, 1);
	controller_wait_over(controller);
	scene_expect_all_pass(scene);
	scene_expect_clean_end(scene);
}

static void test_setup_failure(void **state)
{
	static const char *const tests[] = {"generic/001", NULL};
	struct scene *scene = scene_of(state);
	const struct boot *boot;

	scene_plan(scene, tests);
	scene->controller.spec.mkfs_options =
		(char *)(uintptr_t) "--no-such-option";
	scene_start(scene);
	scene_wait_end(scene);
	assert_int_equal(scene_count(scene, PB__ENVELOPE__BODY_SETUP_FAILED),
			 1);
	boot = result_boot(scene->controller.result, 0);
	assert_int_equal(strncmp(boot->setup_failure, "mkfs: ", 6), 0);
	controller_expect(&scene->controller, 0,
			  PB__VERDICT__VERDICT_NOT_REACHED);
	assert_int_equal(scene->machine.report.status, 0);
	assert_int_equal(scene->machine.report.processes, 0);
}

/* ---- the agent is killed ---- */

static void test_killed_in_test(void **state)
{
	static const char *const tests[] = {"generic/001", "generic/951",
					    "generic/002", NULL};
	struct scene *scene = scene_of(state);

	scene_plan(scene, tests);
	scene_start(scene);
	for (unsigned int deaths = 1; deaths <= 3; deaths++) {
		scene_wait_gate(scene, 1);
		machine_kill_agent(&scene->machine);
		controller_wait_count(&scene->controller,
				      PB__ENVELOPE__BODY_HELLO, deaths + 1);
	}
	scene_open_gate(scene, 1);
	controller_wait_over(&scene->controller);
	scene_expect_all_pass(scene);
	assert_int_equal(scene_count(scene, PB__ENVELOPE__BODY_CHECK_STARTED),
			 1);
	assert_int_equal(scene->controller.session.incarnation, 4);
	scene_expect_clean_end(scene);
}

/* From inside, as a test of the suite does it. */
static void test_killed_by_test(void **state)
{
	static const char *const tests[] = {"generic/908", "generic/902",
					    "generic/001", NULL};
	struct scene *scene = scene_of(state);

	scene_plan(scene, tests);
	scene_start(scene);
	controller_wait_over(&scene->controller);
	controller_expect(&scene->controller, 0, PB__VERDICT__VERDICT_PASS);
	controller_expect(&scene->controller, 1, PB__VERDICT__VERDICT_FAIL);
	controller_expect(&scene->controller, 2, PB__VERDICT__VERDICT_PASS);
	assert_int_equal(hellos_of(scene), 2);
	scene_expect_clean_end(scene);
}

struct killer {
	struct scene *scene;
	Pb__Envelope__BodyCase body; /* at each one of these … */
	unsigned int nth;	     /* … that is the nth of an incarnation */
	unsigned int deaths;	     /* still to be died */
	unsigned int seen;
};

static enum cable_fate kill_at(void *context, const struct frame *frame)
{
	struct killer *killer = context;
	Pb__Envelope__BodyCase body = cable_body_of(frame);

	if (body == PB__ENVELOPE__BODY_HELLO)
		killer->seen = 0;
	if (body != killer->body || ++killer->seen != killer->nth ||
	    killer->deaths == 0)
		return CABLE_PASS;
	killer->deaths--;
	machine_kill_agent(&killer->scene->machine);
	return CABLE_PASS;
}

static void run_with_killer(struct scene *scene, const char *const *tests,
			    struct killer *killer)
{
	uint32_t hellos = killer->deaths + 1;

	killer->scene = scene;
	scene_plan(scene, tests);
	cable_filter_with(&scene->cable.to_host, kill_at, killer);
	scene_start(scene);
	controller_wait_over(&scene->controller);
	assert_int_equal(killer->deaths, 0);
	assert_int_equal(hellos_of(scene), hellos);
	scene_expect_clean_end(scene);
}

static void test_killed_between_tests(void **state)
{
	static const char *const tests[] = {"generic/001", "generic/901",
					    "generic/002", NULL};
	struct scene *scene = scene_of(state);
	struct killer killer = {
		.body = PB__ENVELOPE__BODY_TEST_FINISHED,
		.nth = 1,
		.deaths = 2,
	};

	run_with_killer(scene, tests, &killer);
	controller_expect(&scene->controller, 0, PB__VERDICT__VERDICT_PASS);
	controller_expect(&scene->controller, 1, PB__VERDICT__VERDICT_FAIL);
	controller_expect(&scene->controller, 2, PB__VERDICT__VERDICT_PASS);
	free(controller_artifact(&scene->controller, 1, "901.out.bad", NULL));
}

/* Before the host can have acknowledged it. */
static void test_killed_at_start(void **state)
{
	static const char *const tests[] = {"generic/001", "generic/002", NULL};
	struct scene *scene = scene_of(state);
	struct killer killer = {
		.body = PB__ENVELOPE__BODY_TEST_STARTED,
		.nth = 1,
		.deaths = 2,
	};

	run_with_killer(scene, tests, &killer);
	scene_expect_all_pass(scene);
}

/* Each time in the middle of the same file; more often than the host has
 * places for files that arrive. */
static void test_killed_with_artifacts(void **state)
{
	static const char *const tests[] = {"generic/950", "generic/901", NULL};
	struct scene *scene = scene_of(state);
	struct killer killer = {
		.body = PB__ENVELOPE__BODY_ARTIFACT_CHUNK,
		.nth = 2,
		.deaths = ARTIFACT_OPEN + 1,
	};
	size_t len = 0;

	run_with_killer(scene, tests, &killer);
	controller_expect(&scene->controller, 0, PB__VERDICT__VERDICT_PASS);
	controller_expect(&scene->controller, 1, PB__VERDICT__VERDICT_FAIL);
	free(controller_artifact(&scene->controller, 0, "950.full", &len));
	assert_int_equal(len, 3000000);
	free(controller_artifact(&scene->controller, 1, "901.out.bad", NULL));
}

/* Nothing is lost of a job that is over. */
static void test_killed_at_the_end(void **state)
{
	static const char *const tests[] = {"generic/001", NULL};
	struct scene *scene = scene_of(state);
	struct killer killer = {
		.body = PB__ENVELOPE__BODY_CHECK_EXITED,
		.nth = 1,
		.deaths = 1,
	};

	run_with_killer(scene, tests, &killer);
	scene_expect_all_pass(scene);
	assert_int_equal(scene->controller.job_end,
			 PB__JOB_END__JOB_END_COMPLETE);
}

static void test_killed_in_setup(void **state)
{
	static const char *const tests[] = {"generic/001", NULL};
	struct scene *scene = scene_of(state);
	struct killer killer = {
		.scene = scene,
		.body = PB__ENVELOPE__BODY_SETUP_STEP,
		.nth = 3,
		.deaths = 1,
	};

	scene_plan(scene, tests);
	cable_filter_with(&scene->cable.to_host, kill_at, &killer);
	scene_start(scene);
	scene_wait_end(scene);
	assert_int_equal(hellos_of(scene), 2);
	assert_int_equal(scene_count(scene, PB__ENVELOPE__BODY_SETUP_FAILED),
			 1);
	assert_int_equal(scene->machine.report.status, 0);
	assert_int_equal(scene->machine.report.processes, 0);
}

/* ---- check is killed, a test hangs, the host stops it all ---- */

static void test_check_killed(void **state)
{
	static const char *const tests[] = {"generic/001", "generic/909",
					    "generic/002", NULL};
	struct scene *scene = scene_of(state);

	scene_plan(scene, tests);
	scene_start(scene);
	controller_wait_over(&scene->controller);
	controller_expect(&scene->controller, 0, PB__VERDICT__VERDICT_PASS);
	controller_expect(&scene->controller, 1, PB__VERDICT__VERDICT_LOST);
	controller_expect(&scene->controller, 2, PB__VERDICT__VERDICT_PASS);
	assert_int_equal(scene_count(scene, PB__ENVELOPE__BODY_CHECK_STARTED),
			 2);
	assert_int_equal(scene_count(scene, PB__ENVELOPE__BODY_CHECK_EXITED),
			 2);
	scene_expect_clean_end(scene);
	/* Both checks' words, to the last one. */
	expect_in_log(scene, "generic/909");
	expect_in_log(scene, "Ran: generic/002");
}

/* The evidence of that name has these words in it. */
static void expect_evidence(const struct scene *scene, uint32_t test,
			    const char *name, const char *const *words)
{
	static char text[1 << 20];
	const struct evidence_list *list =
		&controller_attempt(&scene->controller, test)->evidence;
	fd_auto int fd = -1;
	ssize_t len;
	uint32_t i = 0;

	while (i < list->count && strcmp(list->items[i].name, name) != 0)
		i++;
	assert_true(i < list->count);
	fd = fd_openat(scene->controller.outdir.fd, list->items[i].path,
		       O_RDONLY, 0);
	assert_true(fd >= 0);
	len = fd_read_all(fd, text, sizeof(text) - 1);
	assert_true(len > 0);
	text[len] = '\0';
	for (; *words != NULL; words++)
		if (strstr(text, *words) == NULL)
			fail_msg("not in %s: %s\n%s", list->items[i].path,
				 *words, text);
}

static void expect_stacks(const struct scene *scene, uint32_t test,
			  const char *subject, const char *task,
			  const char *function)
{
	const char *words[] = {subject,	   task,      function,
			       "syscall ", "SigPnd:", NULL};

	expect_evidence(scene, test, "stacks.txt", words);
}

static void expect_timeout(const struct scene *scene)
{
	const struct attempt *attempt =
		controller_attempt(&scene->controller, 0);

	controller_expect(&scene->controller, 0, PB__VERDICT__VERDICT_TIMEOUT);
	assert_int_equal(strncmp(attempt->reason, "timeout after 2", 15), 0);
	assert_true(attempt->duration_ns >= UINT64_C(1900000000));
	assert_null(attempt->leftovers);
	/* Its sleep may be just about to start; who waits for it waits. */
	expect_stacks(scene, 0, "generic/904 is over its time.", "904: pid ",
		      "do_wait");
	controller_expect(&scene->controller, 1, PB__VERDICT__VERDICT_PASS);
	assert_int_equal(scene_count(scene, PB__ENVELOPE__BODY_CHECK_STARTED),
			 1);
}

/* What hangs is seen before it is killed, and check goes on. */
static void test_timeout(void **state)
{
	static const char *const tests[] = {"generic/904", "generic/001", NULL};
	struct scene *scene = scene_of(state);

	scene_plan(scene, tests);
	scene->controller.spec.test_timeout_ms = 2000;
	scene_start(scene);
	controller_wait_over(&scene->controller);
	expect_timeout(scene);
	assert_true(controller_attempt(&scene->controller, 0)->duration_ns <
		    UINT64_C(7000000000));
	scene_expect_clean_end(scene);
}

/* Right in the midst of that. */
static void test_killed_in_overtime(void **state)
{
	static const char *const tests[] = {"generic/904", "generic/001", NULL};
	struct scene *scene = scene_of(state);
	struct killer killer = {
		.scene = scene,
		.body = PB__ENVELOPE__BODY_ARTIFACT_CHUNK,
		.nth = 1,
		.deaths = 2,
	};

	scene_plan(scene, tests);
	scene->controller.spec.test_timeout_ms = 2000;
	cable_filter_with(&scene->cable.to_host, kill_at, &killer);
	scene_start(scene);
	controller_wait_over(&scene->controller);
	assert_int_equal(hellos_of(scene), 3);
	expect_timeout(scene);
	scene_expect_clean_end(scene);
}

/* check hangs before or after a test: it is killed, and another one goes on. */
static void run_with_hanging_check(struct scene *scene,
				   const char *const *tests)
{
	scene_plan(scene, tests);
	scene->controller.spec.post_check_timeout_ms = 2000;
	scene_start(scene);
	controller_wait_over(&scene->controller);
	assert_int_equal(scene->controller.job_end,
			 PB__JOB_END__JOB_END_COMPLETE);
	assert_int_equal(scene_count(scene, PB__ENVELOPE__BODY_CHECK_STARTED),
			 2);
	scene_expect_clean_end(scene);
}

static void test_post_check_timeout(void **state)
{
	static const char *const tests[] = {"generic/952", "generic/001", NULL};
	struct scene *scene = scene_of(state);
	const struct controller *controller = &scene->controller;

	run_with_hanging_check(scene, tests);
	controller_expect(controller, 0, PB__VERDICT__VERDICT_TIMEOUT);
	assert_string_equal(controller_attempt(controller, 0)->reason,
			    "the filesystem check after the test did not end "
			    "within 2s");
	expect_stacks(scene, 0, "what check does after generic/952 is over",
		      "sleep: pid ", "nanosleep");
	controller_expect(controller, 1, PB__VERDICT__VERDICT_PASS);
}

static void test_start_timeout(void **state)
{
	static const char *const tests[] = {"generic/953", "generic/001",
					    "generic/002", NULL};
	struct scene *scene = scene_of(state);
	const struct controller *controller = &scene->controller;

	run_with_hanging_check(scene, tests);
	controller_expect(controller, 0, PB__VERDICT__VERDICT_PASS);
	controller_expect(controller, 1, PB__VERDICT__VERDICT_TIMEOUT);
	assert_string_equal(controller_attempt(controller, 1)->reason,
			    "what check does before the test did not end "
			    "within 2s");
	expect_stacks(scene, 1, "what check does before generic/001 is over",
		      "sleep: pid ", "nanosleep");
	controller_expect(controller, 2, PB__VERDICT__VERDICT_PASS);
}

/* A test's own time, where it has one, in place of that of all. */
static void test_timeout_of_one(void **state)
{
	static const char *const tests[] = {"generic/904", "generic/001", NULL};
	static uint64_t times_ms[] = {2000, 0};
	struct scene *scene = scene_of(state);

	scene_plan(scene, tests);
	scene->controller.spec.test_timeouts_ms = times_ms;
	scene->controller.spec.n_test_timeouts_ms = 2;
	scene_start(scene);
	controller_wait_over(&scene->controller);
	controller_expect(&scene->controller, 0, PB__VERDICT__VERDICT_TIMEOUT);
	assert_true(controller_attempt(&scene->controller, 0)->duration_ns <
		    UINT64_C(7000000000));
	controller_expect(&scene->controller, 1, PB__VERDICT__VERDICT_PASS);
	scene_expect_clean_end(scene);
}

static void expect_stopped(struct scene *scene)
{
	controller_wait_over(&scene->controller);
	assert_int_equal(scene->controller.job_end,
			 PB__JOB_END__JOB_END_STOPPED);
	scene_expect_clean_end(scene);
}

static void test_stop_in_test(void **state)
{
	static const char *const tests[] = {"generic/901", "generic/951",
					    "generic/002", NULL};
	struct scene *scene = scene_of(state);

	scene_plan(scene, tests);
	scene_start(scene);
	scene_wait_gate(scene, 1);
	controller_stop(&scene->controller, 5000);
	expect_stopped(scene);
	controller_expect(&scene->controller, 0, PB__VERDICT__VERDICT_FAIL);
	free(controller_artifact(&scene->controller, 0, "901.out.bad", NULL));
	assert_int_equal(
		controller_attempt(&scene->controller, 1)->check_verdict,
		PB__CHECK_VERDICT__CHECK_VERDICT_NONE);
	controller_expect(&scene->controller, 2,
			  PB__VERDICT__VERDICT_NOT_REACHED);
}

/* The successor knows that the host wants no more. */
static void test_stop_and_killed(void **state)
{
	static const char *const tests[] = {"generic/951", "generic/001", NULL};
	struct scene *scene = scene_of(state);

	scene_plan(scene, tests);
	scene_start(scene);
	scene_wait_gate(scene, 1);
	controller_stop(&scene->controller, 5000);
	controller_wait_count(&scene->controller,
			      PB__ENVELOPE__BODY_CHECK_EXITED, 1);
	if (machine_agent(&scene->machine) > 0)
		machine_kill_agent(&scene->machine);
	expect_stopped(scene);
	controller_expect(&scene->controller, 1,
			  PB__VERDICT__VERDICT_NOT_REACHED);
}

static void on_started(void *context, const Pb__Envelope *envelope)
{
	struct scene *scene = context;

	if (envelope->body_case == PB__ENVELOPE__BODY_SETUP_DONE)
		scene_note_loops(scene);
	if (envelope->body_case == PB__ENVELOPE__BODY_CHECK_STARTED)
		controller_stop(&scene->controller, 5000);
}

/* check has hardly begun, or not even that. */
static void test_stop_before_first_test(void **state)
{
	static const char *const tests[] = {"generic/001", NULL};
	struct scene *scene = scene_of(state);

	scene_plan(scene, tests);
	scene->controller.tap = on_started;
	scene_start(scene);
	expect_stopped(scene);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		SCENE_TEST(test_normal_run),
		SCENE_TEST(test_artifacts),
		SCENE_TEST(test_excerpt),
		SCENE_TEST(test_scope),
		SCENE_TEST(test_scope_without_clone3),
		SCENE_TEST(test_reruns),
		SCENE_TEST(test_leftovers),
		SCENE_TEST(test_leftovers_that_go),
		SCENE_TEST(test_leftovers_at_the_end),
		SCENE_TEST(test_beats),
		SCENE_TEST(test_setup_failure),
		SCENE_TEST(test_killed_in_test),
		SCENE_TEST(test_killed_by_test),
		SCENE_TEST(test_killed_between_tests),
		SCENE_TEST(test_killed_at_start),
		SCENE_TEST(test_killed_with_artifacts),
		SCENE_TEST(test_killed_at_the_end),
		SCENE_TEST(test_killed_in_setup),
		SCENE_TEST(test_check_killed),
		SCENE_TEST(test_timeout),
		SCENE_TEST(test_killed_in_overtime),
		SCENE_TEST(test_post_check_timeout),
		SCENE_TEST(test_start_timeout),
		SCENE_TEST(test_timeout_of_one),
		SCENE_TEST(test_stop_in_test),
		SCENE_TEST(test_stop_and_killed),
		SCENE_TEST(test_stop_before_first_test),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
