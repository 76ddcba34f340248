/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_agent_cable - the agent on a channel that tears, repeats and adds, and
 * with a host that does not answer: nothing that matters is lost. */
#include "tests/integration/scene.h"

#include "shared/message.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cmocka.h>

/* ---- a bad cable ---- */

static void test_byte_at_a_time(void **state)
{
	static const char *const tests[] = {"generic/001", "generic/901", NULL};
	struct scene *scene = scene_of(state);

	scene_plan(scene, tests);
	scene->cable.to_host.slow = true;
	scene->cable.to_guest.slow = true;
	scene_start(scene);
	controller_wait_over(&scene->controller);
	controller_expect(&scene->controller, 0, PB__VERDICT__VERDICT_PASS);
	controller_expect(&scene->controller, 1, PB__VERDICT__VERDICT_FAIL);
	free(controller_artifact(&scene->controller, 1, "901.out.bad", NULL));
	assert_int_equal(wire_skipped(&scene->controller.channel.wire), 0);
	scene_expect_clean_end(scene);
}

static enum cable_fate tear_plain(void *context, const struct frame *frame)
{
	(void)context;
	return frame->kind == FRAME_PLAIN &&
			       cable_body_of(frame) != PB__ENVELOPE__BODY_ACK
		       ? CABLE_TEAR
		       : CABLE_PASS;
}

/* Plain messages are cut in the middle, all of them: bulk is lost, and is
 * known to be; no verdict is. */
static void test_torn_bulk(void **state)
{
	static const char *const tests[] = {"generic/901", "generic/001", NULL};
	struct scene *scene = scene_of(state);
	const struct attempt *attempt;

	scene_plan(scene, tests);
	cable_filter_with(&scene->cable.to_host, tear_plain, NULL);
	scene_start(scene);
	controller_wait_over(&scene->controller);
	controller_expect(&scene->controller, 0, PB__VERDICT__VERDICT_FAIL);
	controller_expect(&scene->controller, 1, PB__VERDICT__VERDICT_PASS);
	assert_true(wire_skipped(&scene->controller.channel.wire) > 0);
	attempt = controller_attempt(&scene->controller, 0);
	assert_true(attempt->artifact_count > 0);
	for (uint32_t i = 0; i < attempt->artifact_count; i++)
		assert_true(attempt->artifacts[i].incomplete ||
			    attempt->artifacts[i].kept_bytes == 0);
	scene_expect_clean_end(scene);
}

/* Noise of several kinds before each frame: bytes, the beginning of a frame,
 * the header of one of 1 MiB that never comes. */
static enum cable_fate add_noise(void *context, const struct frame *frame)
{
	static uint8_t header[FRAME_HEADER_SIZE];
	static uint8_t payload[LIMIT_MESSAGE];
	static const char text[] = "\0\xff noise FSV1 FSV";
	struct cable_side *side = context;

	(void)frame;
	switch (side->frames % 3) {
	case 0:
		cable_put(side, text, sizeof(text));
		break;
	case 1:
		frame_encode(payload, FRAME_PLAIN, 0,
			     bytes_of(payload + FRAME_HEADER_SIZE,
				      sizeof(payload) - FRAME_HEADER_SIZE));
		memcpy(header, payload, sizeof(header));
		cable_put(side, header, sizeof(header));
		break;
	default:
		frame_encode(header, FRAME_RELIABLE, UINT64_MAX,
			     bytes_of(NULL, 0));
		cable_put(side, header, sizeof(header) - 1);
		break;
	}
	return CABLE_PASS;
}

static void test_noise_both_ways(void **state)
{
	static const char *const tests[] = {"generic/901", "generic/001", NULL};
	struct scene *scene = scene_of(state);
	struct cable *cable = &scene->cable;

	scene_plan(scene, tests);
	cable_filter_with(&cable->to_host, add_noise, &cable->to_host);
	cable_filter_with(&cable->to_guest, add_noise, &cable->to_guest);
	scene_start(scene);
	controller_wait_over(&scene->controller);
	controller_expect(&scene->controller, 0, PB__VERDICT__VERDICT_FAIL);
	controller_expect(&scene->controller, 1, PB__VERDICT__VERDICT_PASS);
	free(controller_artifact(&scene->controller, 0, "901.out.bad", NULL));
	assert_true(wire_skipped(&scene->controller.channel.wire) > 0);
	scene_expect_clean_end(scene);
}

static enum cable_fate tear_first_end(void *context, const struct frame *frame)
{
	bool *torn = context;

	if (*torn || cable_body_of(frame) != PB__ENVELOPE__BODY_TEST_FINISHED)
		return CABLE_PASS;
	*torn = true;
	return CABLE_TEAR;
}

/* A verdict is cut in the middle: the next one shows the gap at once. */
static void test_torn_verdict(void **state)
{
	static const char *const tests[] = {"generic/901", "generic/001", NULL};
	struct scene *scene = scene_of(state);
	bool torn = false;

	scene_plan(scene, tests);
	cable_filter_with(&scene->cable.to_host, tear_first_end, &torn);
	scene_start(scene);
	controller_wait_over(&scene->controller);
	assert_true(scene->controller.broken);
	assert_string_equal(scene->controller.why,
			    "a gap in the sequence numbers");
	controller_expect(&scene->controller, 0, PB__VERDICT__VERDICT_LOST);
	controller_check_journal(&scene->controller);
}

static enum cable_fate tear_run_spec(void *context, const struct frame *frame)
{
	(void)context;
	return cable_body_of(frame) == PB__ENVELOPE__BODY_RUN_SPEC ? CABLE_TEAR
								   : CABLE_PASS;
}

/* The host's own order is cut: the agent sees the gap and ends. */
static void test_torn_order(void **state)
{
	static const char *const tests[] = {"generic/001", NULL};
	struct scene *scene = scene_of(state);

	scene_plan(scene, tests);
	cable_filter_with(&scene->cable.to_guest, tear_run_spec, NULL);
	scene_start(scene);
	controller_wait_count(&scene->controller, PB__ENVELOPE__BODY_HELLO, 1);
	controller_stop(&scene->controller, 100);
	scene_wait_end(scene);
	assert_int_equal(scene->machine.report.status, 0);
	assert_int_equal(scene_count(scene, PB__ENVELOPE__BODY_SETUP_STEP), 0);
	machine_check_log(&scene->machine);
}

static enum cable_fate twice(void *context, const struct frame *frame)
{
	(void)context;
	return frame->kind == FRAME_RELIABLE ? CABLE_TWICE : CABLE_PASS;
}

static void test_everything_twice(void **state)
{
	static const char *const tests[] = {"generic/901", "generic/001", NULL};
	struct scene *scene = scene_of(state);

	scene_plan(scene, tests);
	cable_filter_with(&scene->cable.to_host, twice, NULL);
	cable_filter_with(&scene->cable.to_guest, twice, NULL);
	scene_start(scene);
	controller_wait_over(&scene->controller);
	controller_expect(&scene->controller, 0, PB__VERDICT__VERDICT_FAIL);
	controller_expect(&scene->controller, 1, PB__VERDICT__VERDICT_PASS);
	assert_int_equal(scene_count(scene, PB__ENVELOPE__BODY_TEST_STARTED),
			 2);
	scene_expect_clean_end(scene);
}

/* ---- a host that is silent ---- */

struct silence {
	struct scene *scene;
	bool over;
};

static enum cable_fate silence_at_start(void *context,
					const struct frame *frame)
{
	struct silence *silence = context;

	if (cable_body_of(frame) == PB__ENVELOPE__BODY_TEST_STARTED &&
	    !silence->over)
		cable_hold(&silence->scene->cable.to_guest);
	return CABLE_PASS;
}

static bool is_aged(void *context)
{
	const struct scene *scene = context;

	return scene->controller.beat.running &&
	       scene->controller.beat.age_ms >= 1000;
}

static bool has_begun(const struct scene *scene)
{
	char path[128];

	snprintf(path, sizeof(path), "/proc/%d/root/run/fstvm/results/1/gate",
		 scene->machine.init);
	return access(path, F_OK) == 0;
}

/* Without an ack the test is not let go; with it it is. */
static void test_no_acks(void **state)
{
	static const char *const tests[] = {"generic/951", "generic/001", NULL};
	struct scene *scene = scene_of(state);
	struct silence silence = {.scene = scene};

	scene_plan(scene, tests);
	cable_filter_with(&scene->cable.to_host, silence_at_start, &silence);
	scene_start(scene);
	/* Half a minute is what the agent would wait at most. */
	controller_wait(&scene->controller, "a beat", is_aged, scene);
	assert_false(has_begun(scene));
	assert_int_equal(scene_count(scene, PB__ENVELOPE__BODY_TEST_STARTED),
			 1);
	silence.over = true;
	cable_release(&scene->cable.to_guest);
	scene_open_gate(scene, 1);
	controller_wait_over(&scene->controller);
	scene_expect_all_pass(scene);
	scene_expect_clean_end(scene);
}

static bool is_choked(void *context)
{
	const struct scene *scene = context;
	int unread = 0;

	assert_int_equal(ioctl(scene->cable.to_host.from, FIONREAD, &unread),
			 0);
	return unread > 64 * 1024;
}

/* The host reads nothing while megabytes wait for it; and then all. */
static void test_host_does_not_read(void **state)
{
	static const char *const tests[] = {"generic/950", "generic/001", NULL};
	struct scene *scene = scene_of(state);
	size_t len = 0;

	scene_plan(scene, tests);
	scene_start(scene);
	controller_wait_count(&scene->controller,
			      PB__ENVELOPE__BODY_ARTIFACT_CHUNK, 1);
	cable_hold(&scene->cable.to_host);
	controller_wait(&scene->controller, "a full socket", is_choked, scene);
	cable_release(&scene->cable.to_host);
	controller_wait_over(&scene->controller);
	scene_expect_all_pass(scene);
	free(controller_artifact(&scene->controller, 0, "950.full", &len));
	assert_int_equal(len, 3000000);
	scene_expect_clean_end(scene);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		SCENE_TEST(test_byte_at_a_time),
		SCENE_TEST(test_torn_bulk),
		SCENE_TEST(test_noise_both_ways),
		SCENE_TEST(test_torn_verdict),
		SCENE_TEST(test_torn_order),
		SCENE_TEST(test_everything_twice),
		SCENE_TEST(test_no_acks),
		SCENE_TEST(test_host_does_not_read),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
