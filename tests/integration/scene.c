/* SPDX-License-Identifier: GPL-2.0-or-later */
/* scene - a controller, a cable and a machine: the whole of fstvm but the
 * VM. */
#include "tests/integration/scene.h"

#include "shared/beneath.h"
#include "shared/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static void run(const char *const *argv)
{
	pid_t pid;
	int status;

	assert_int_equal(posix_spawnp(&pid, argv[0], NULL, NULL,
				      (char *const *)(uintptr_t)argv, environ),
			 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void append(const char *path, const char *text)
{
	fd_auto int fd = fd_open(path, O_WRONLY | O_APPEND, 0);

	assert_true(fd >= 0);
	assert_int_equal(fd_write_all(fd, text, strlen(text)), 0);
}

static void add_test(const struct scene *scene, const char *name)
{
	char to[192];
	char from[512];
	char golden[512];
	const char *const copy[] = {"cp", "-p", from, golden, to, NULL};

	snprintf(from, sizeof(from), FSTVM_TEST_EXTRA "/%s", name);
	snprintf(golden, sizeof(golden), FSTVM_TEST_EXTRA "/%s.out", name);
	snprintf(to, sizeof(to), "%s/tests/generic", scene->tree);
	run(copy);
	snprintf(to, sizeof(to), "%s/tests/generic/group.list", scene->tree);
	append(to, name);
	append(to, " harness\n");
}

static void make_tree(struct scene *scene)
{
	static const char *const names[] = {"950", "951", "952",
					    "953", "954", "955"};
	const char *const copy[] = {"cp", "-R", FSTVM_TEST_SUITE, scene->tree,
				    NULL};

	run(copy);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		add_test(scene, names[i]);
}

int scene_set_up(void **state)
{
	struct scene *scene;

	*state = NULL;
	if (!machine_is_possible())
		return 0; /* each test says that it is skipped */
	scene = calloc(1, sizeof(*scene));
	assert_non_null(scene);
	strcpy(scene->dir, "/tmp/fstvm-integration.XXXXXX");
	assert_non_null(mkdtemp(scene->dir));
	snprintf(scene->tree, sizeof(scene->tree), "%s/tree", scene->dir);
	snprintf(scene->run_dir, sizeof(scene->run_dir), "%s/run", scene->dir);
	snprintf(scene->agent_log, sizeof(scene->agent_log), "%s/agent.err",
		 scene->dir);
	scene->program = FSTVM_TEST_AGENT;
	make_tree(scene);
	scene->loop = ev_loop_new(EVFLAG_AUTO);
	assert_non_null(scene->loop);
	*state = scene;
	return 0;
}

int scene_tear_down(void **state)
{
	struct scene *scene = *state;
	struct controller *controller;
	const char *const clear[] = {"rm", "-rf", "--", NULL, NULL};
	const char *argv[5];

	if (scene == NULL)
		return 0;
	controller = &scene->controller;
	machine_stop(&scene->machine);
	machine_loop_detach(controller->test_dev, scene->test_loop);
	machine_loop_detach(controller->scratch_dev, scene->scratch_loop);
	controller_close(controller);
	cable_close(&scene->cable);
	ev_loop_destroy(scene->loop);
	memcpy(argv, clear, sizeof(argv));
	argv[3] = scene->dir;
	if (getenv("FSTVM_TEST_KEEP") == NULL)
		run(argv);
	free(scene);
	return 0;
}

struct scene *scene_of(void **state)
{
	if (*state == NULL)
		skip();
	return *state;
}

void scene_note_loops(struct scene *scene)
{
	scene->test_loop = machine_loop_of(scene->controller.test_dev);
	scene->scratch_loop = machine_loop_of(scene->controller.scratch_dev);
}

static void on_taken(void *context, const Pb__Envelope *envelope)
{
	struct scene *scene = context;

	if (envelope->body_case == PB__ENVELOPE__BODY_SETUP_DONE)
		scene_note_loops(scene);
}

void scene_plan(struct scene *scene, const char *const *tests)
{
	controller_init(&scene->controller, tests);
	scene->controller.tap = on_taken;
	scene->controller.tap_context = scene;
	cable_open(&scene->cable, scene->loop);
}

void scene_start_with(struct scene *scene, const char *const *environment)
{
	controller_open(&scene->controller, scene->loop, scene->run_dir,
			scene->cable.host_fd);
	machine_start(&scene->machine, scene->loop, scene->program, scene->tree,
		      scene->cable.guest_fd, environment, scene->agent_log);
}

void scene_start(struct scene *scene)
{
	static const char *const none[] = {NULL};

	scene_start_with(scene, none);
}

struct gate {
	struct scene *scene;
	unsigned int invocation;
	int fd;
};

/* A pipe without a reader can't be opened like this. */
static bool is_at_gate(void *context)
{
	struct gate *gate = context;
	char path[128];

	snprintf(path, sizeof(path), "/proc/%d/root/run/fstvm/results/%u/gate",
		 gate->scene->machine.init, gate->invocation);
	gate->fd = fd_open(path, O_WRONLY | O_NONBLOCK, 0);
	return gate->fd >= 0;
}

/* Once the writer is there the test goes on, so it is closed again only with
 * the word. */
void scene_open_gate(struct scene *scene, unsigned int invocation)
{
	static const char word[] = "golden\n";
	struct gate gate = {scene, invocation, -1};

	controller_wait(&scene->controller, "the gate", is_at_gate, &gate);
	assert_int_equal(fd_write_all(gate.fd, word, sizeof(word) - 1), 0);
	fd_close(&gate.fd);
}

static bool is_there(void *context)
{
	struct gate *gate = context;
	char path[128];

	snprintf(path, sizeof(path), "/proc/%d/root/run/fstvm/results/%u/gate",
		 gate->scene->machine.init, gate->invocation);
	return access(path, F_OK) == 0;
}

void scene_wait_gate(struct scene *scene, unsigned int invocation)
{
	struct gate gate = {scene, invocation, -1};

	controller_wait(&scene->controller, "the gate", is_there, &gate);
}

static bool is_over(void *context)
{
	return ((struct machine *)context)->over;
}

void scene_wait_end(struct scene *scene)
{
	controller_wait(&scene->controller, "the agent's end", is_over,
			&scene->machine);
}

static void expect_detached(const char *path, struct machine_loop was)
{
	assert_true(was.inode != 0);
	if (machine_loop_detach(path, was))
		fail_msg("%s is still attached", path);
}

unsigned int scene_count(const struct scene *scene, Pb__Envelope__BodyCase body)
{
	return scene->controller.count[body];
}

void scene_expect_all_pass(const struct scene *scene)
{
	for (uint32_t i = 0; i < scene->controller.spec.n_tests; i++)
		controller_expect(&scene->controller, i,
				  PB__VERDICT__VERDICT_PASS);
}

void scene_expect_unclean(const struct scene *scene)
{
	const struct controller *controller = &scene->controller;

	controller_expect(controller, 1, PB__VERDICT__VERDICT_PASS);
	assert_string_equal(controller_attempt(controller, 1)->leftovers,
			    "mount /tmp/leftover");
	controller_expect(controller, 2, PB__VERDICT__VERDICT_NOT_REACHED);
	assert_int_equal(controller->job_end, PB__JOB_END__JOB_END_UNCLEAN);
	assert_string_equal(controller->job_reason,
			    "generic/913 has left behind: mount /tmp/leftover");
}

void scene_expect_clean_end(struct scene *scene)
{
	const struct machine_report *report = &scene->machine.report;
	struct controller *controller = &scene->controller;

	scene_wait_end(scene);
	if (report->processes > 0)
		fail_msg("left running:%s", report->names);
	assert_int_equal(report->status, 0);
	assert_int_equal(report->mounts, 0);
	assert_int_equal(report->cgroups, 0);
	assert_false(report->changed_system);
	expect_detached(controller->test_dev, scene->test_loop);
	expect_detached(controller->scratch_dev, scene->scratch_loop);
	assert_int_equal(access("/run/fstvm", F_OK), -1);
	machine_check_log(&scene->machine);
	controller_wait_over(controller);
	assert_false(controller->broken);
	assert_int_equal(controller->session.state, SESSION_FINISHED);
	controller_check_journal(controller);
}
