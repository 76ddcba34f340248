/* SPDX-License-Identifier: GPL-2.0-or-later */
/* scene - a controller, a cable and a machine: the whole of fstvm but the VM.
 *
 * The tree is a copy of the bundled suite with the tests of extra/ in it:
 * generic/950 leaves much behind, generic/951 waits for scene_open_gate(),
 * check hangs after generic/952 and before the test that follows generic/953,
 * generic/954 leaves a mount that goes by itself, generic/955 passes in its
 * scope only.
 */
#pragma once

#include "tests/integration/cable.h"
#include "tests/integration/controller.h"
#include "tests/integration/machine.h"

struct scene {
	char dir[64]; /* temporary; of everything below */
	char tree[128];
	char run_dir[128];
	char agent_log[128];
	const char *program; /* the agent */
	struct ev_loop *loop;
	struct cable cable;
	struct controller controller;
	struct machine machine;
	struct machine_loop test_loop;
	struct machine_loop scratch_loop;
};

/* For cmocka: a scene in *state, or the test is skipped. */
int scene_set_up(void **state);
int scene_tear_down(void **state);
#define SCENE_TEST(name) \
	cmocka_unit_test_setup_teardown(name, scene_set_up, scene_tear_down)
struct scene *scene_of(void **state);

/* The tests to run, NULL-terminated; then the spec and the cable may still be
 * changed, then the agent is started. */
void scene_plan(struct scene *scene, const char *const *tests);
void scene_start(struct scene *scene);
void scene_start_with(struct scene *scene, const char *const *environment);

/* To be called on SetupDone by who takes the controller's tap: what the loop
 * devices are attached to, for the end. */
void scene_note_loops(struct scene *scene);
/* Waits until generic/951 of this check stands at its gate; opens it. */
void scene_wait_gate(struct scene *scene, unsigned int invocation);
void scene_open_gate(struct scene *scene, unsigned int invocation);
/* Waits for the supervisor's end, whatever it is like. */
void scene_wait_end(struct scene *scene);
/* Of generic/912, 913 and 001: the second one's leftover ended the job, and the
 * third has not begun. */
void scene_expect_unclean(const struct scene *scene);
/* How many messages of this kind have come. */
unsigned int scene_count(const struct scene *scene,
			 Pb__Envelope__BodyCase body);
/* All tests have passed, whatever happened on the way. */
void scene_expect_all_pass(const struct scene *scene);
/* The agent ended well and left nothing behind: no process, mount, cgroup,
 * loop device, nothing changed; journal and result are one. */
void scene_expect_clean_end(struct scene *scene);
