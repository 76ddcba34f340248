/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_qmp - QEMU's side of the socket is played here, well and badly. */
#include "tests/unit/vm/played_qemu.h"

#include <errno.h>

#define GREETING "{\"QMP\": {\"version\": {}, \"capabilities\": []}}\r\n"

static struct played_qemu qemu;
static int answers;
static int last_error;
static char last_value[128];

static int set_up(void **state)
{
	(void)state;
	answers = 0;
	return played_open(&qemu);
}

static int tear_down(void **state)
{
	(void)state;
	return played_close(&qemu);
}

static void greet(void)
{
	played_connect(&qemu);
	played_say(&qemu, GREETING);
	assert_string_equal(played_hear(&qemu),
			    "{\"execute\":\"qmp_capabilities\",\"id\":1}\r\n");
	assert_false(qmp_is_ready(&qemu.qmp));
	played_say(&qemu, "{\"return\": {}, \"id\": 1}\r\n");
	assert_true(qmp_is_ready(&qemu.qmp));
}

static void on_answer(void *context, int error, const json_t *value)
{
	const char *text = json_string_value(value);

	assert_ptr_equal(context, &qemu.qmp);
	answers++;
	last_error = error;
	snprintf(last_value, sizeof(last_value), "%s", text ? text : "");
}

static int ask(const char *command)
{
	return qmp_ask(&qemu.qmp, command, NULL, 60000, on_answer, &qemu.qmp);
}

static void test_questions(void **state)
{
	(void)state;
	assert_int_equal(ask("query-status"), -ENOTCONN);
	greet();
	assert_int_equal(qmp_ask_monitor(&qemu.qmp, "info cpus", 60000,
					 on_answer, &qemu.qmp),
			 0);
	assert_int_equal(ask("query-status"), -EBUSY);
	assert_string_equal(
		played_hear(&qemu),
		"{\"execute\":\"human-monitor-command\",\"id\":2,"
		"\"arguments\":{\"command-line\":\"info cpus\"}}\r\n");
	played_say(&qemu, "{\"event\": \"STOP\"}\r\n{\"return\": \"CP");
	assert_int_equal(answers, 0);
	played_say(&qemu, "U #0\", \"id\": 2}\r\n");
	assert_int_equal(answers, 1);
	assert_int_equal(last_error, 0);
	assert_string_equal(last_value, "CPU #0");
	assert_int_equal(ask("foo"), 0);
	played_say(&qemu, "{\"error\": {\"desc\": \"no foo\"}, \"id\": 3}\r\n");
	assert_int_equal(last_error, -EREMOTEIO);
	assert_string_equal(last_value, "no foo");
}

static void test_a_late_answer(void **state)
{
	(void)state;
	greet();
	assert_int_equal(qmp_ask(&qemu.qmp, "query-status", NULL, 1, on_answer,
				 &qemu.qmp),
			 0);
	played_turn(&qemu);
	ev_run(qemu.loop, EVRUN_ONCE);
	assert_int_equal(answers, 1);
	assert_int_equal(last_error, -ETIMEDOUT);
	assert_int_equal(ask("query-cpus-fast"), 0);
	played_say(&qemu, "{\"return\": \"late\", \"id\": 2}\r\n");
	assert_int_equal(answers, 1);
	played_say(&qemu, "{\"return\": \"right\", \"id\": 3}\r\n");
	assert_int_equal(answers, 2);
	assert_string_equal(last_value, "right");
}

static void test_an_end(void **state)
{
	(void)state;
	greet();
	assert_int_equal(ask("query-status"), 0);
	fd_close(&qemu.fd);
	played_turn(&qemu);
	assert_int_equal(answers, 1);
	assert_int_equal(last_error, -ECONNRESET);
	assert_int_equal(ask("query-status"), -ENOTCONN);
}

static void test_junk(void **state)
{
	(void)state;
	greet();
	assert_int_equal(ask("query-status"), 0);
	played_say(&qemu, "no JSON\r\n");
	assert_int_equal(last_error, -ECONNRESET);
	assert_false(qmp_is_ready(&qemu.qmp));
}

/* Just the cap is taken, one more is the end. */
static void say_long(size_t len)
{
	static char block[64 * 1024];
	size_t sent = 0;

	memset(block, ' ', sizeof(block));
	while (sent < len && qemu.qmp.state != QMP_CLOSED) {
		size_t size =
			len - sent < sizeof(block) ? len - sent : sizeof(block);
		ssize_t n = write(qemu.fd, block, size);

		if (n > 0)
			sent += (size_t)n;
		ev_run(qemu.loop, EVRUN_NOWAIT);
	}
	played_turn(&qemu);
}

static void test_a_line_without_an_end(void **state)
{
	static const char answer[] = "{\"return\": \"x\", \"id\": 2}\n";

	(void)state;
	greet();
	assert_int_equal(ask("query-status"), 0);
	say_long(QMPLINE_MAX - strlen(answer));
	played_say(&qemu, answer);
	assert_int_equal(answers, 1);
	assert_int_equal(last_error, 0);
	assert_int_equal(ask("query-status"), 0);
	say_long(QMPLINE_MAX + 1);
	assert_int_equal(answers, 2);
	assert_int_equal(last_error, -ECONNRESET);
}

static void test_the_command_is_bounded(void **state)
{
	char line[2 * QMPLINE_COMMAND];

	(void)state;
	greet();
	memset(line, 'a', sizeof(line));
	line[sizeof(line) - 1] = '\0';
	assert_int_equal(
		qmp_ask_monitor(&qemu.qmp, line, 60000, on_answer, &qemu.qmp),
		-E2BIG);
	assert_int_equal(ask("query-status"), 0);
}

int main(void)
{
#define BOXED(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		BOXED(test_questions),
		BOXED(test_a_late_answer),
		BOXED(test_an_end),
		BOXED(test_junk),
		BOXED(test_a_line_without_an_end),
		BOXED(test_the_command_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
