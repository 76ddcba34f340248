/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_qmp - QEMU's side of the socket is played here, well and badly. */
#include "host/vm/qmp.h"
#include "shared/fd.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#define GREETING "{\"QMP\": {\"version\": {}, \"capabilities\": []}}\r\n"

static char directory[32];
static char path[64];
static struct ev_loop *loop;
static struct qmp qmp;
static int qemu = -1; /* its end */
static int answers;
static int last_error;
static char last_value[128];

static void connect_qemu(void)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	memcpy(address.sun_path, path, strlen(path));
	qemu = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	assert_int_equal(
		connect(qemu, (struct sockaddr *)&address, sizeof(address)), 0);
}

static int set_up(void **state)
{
	(void)state;
	snprintf(directory, sizeof(directory), "/tmp/test_qmp.XXXXXX");
	if (mkdtemp(directory) == NULL)
		return -1;
	snprintf(path, sizeof(path), "%s/q", directory);
	loop = ev_loop_new(0);
	answers = 0;
	return qmp_open(&qmp, loop, path);
}

static int tear_down(void **state)
{
	(void)state;
	qmp_close(&qmp);
	fd_close(&qemu);
	ev_loop_destroy(loop);
	unlink(path);
	return rmdir(directory);
}

static void turn(void)
{
	for (int i = 0; i < 8; i++)
		ev_run(loop, EVRUN_NOWAIT);
}

static void say(const char *text)
{
	assert_int_equal(write(qemu, text, strlen(text)), strlen(text));
	turn();
}

static void expect_heard(const char *want)
{
	char text[QMPLINE_COMMAND + 1];
	ssize_t n;

	turn();
	n = read(qemu, text, sizeof(text) - 1);
	assert_true(n > 0);
	text[n] = '\0';
	assert_string_equal(text, want);
}

static void greet(void)
{
	connect_qemu();
	say(GREETING);
	expect_heard("{\"execute\":\"qmp_capabilities\",\"id\":1}\r\n");
	assert_false(qmp_is_ready(&qmp));
	say("{\"return\": {}, \"id\": 1}\r\n");
	assert_true(qmp_is_ready(&qmp));
}

static void on_answer(void *context, int error, const json_t *value)
{
	const char *text = json_string_value(value);

	assert_ptr_equal(context, &qmp);
	answers++;
	last_error = error;
	snprintf(last_value, sizeof(last_value), "%s", text ? text : "");
}

static int ask(const char *command)
{
	return qmp_ask(&qmp, command, NULL, 60000, on_answer, &qmp);
}

static void test_questions(void **state)
{
	(void)state;
	assert_int_equal(ask("query-status"), -ENOTCONN);
	greet();
	assert_int_equal(
		qmp_ask_monitor(&qmp, "info cpus", 60000, on_answer, &qmp), 0);
	assert_int_equal(ask("query-status"), -EBUSY);
	expect_heard("{\"execute\":\"human-monitor-command\",\"id\":2,"
		     "\"arguments\":{\"command-line\":\"info cpus\"}}\r\n");
	say("{\"event\": \"STOP\"}\r\n{\"return\": \"CP");
	assert_int_equal(answers, 0);
	say("U #0\", \"id\": 2}\r\n");
	assert_int_equal(answers, 1);
	assert_int_equal(last_error, 0);
	assert_string_equal(last_value, "CPU #0");
	assert_int_equal(ask("foo"), 0);
	say("{\"error\": {\"desc\": \"no foo\"}, \"id\": 3}\r\n");
	assert_int_equal(last_error, -EREMOTEIO);
	assert_string_equal(last_value, "no foo");
}

static void test_a_late_answer(void **state)
{
	(void)state;
	greet();
	assert_int_equal(
		qmp_ask(&qmp, "query-status", NULL, 1, on_answer, &qmp), 0);
	turn();
	ev_run(loop, EVRUN_ONCE);
	assert_int_equal(answers, 1);
	assert_int_equal(last_error, -ETIMEDOUT);
	assert_int_equal(ask("query-cpus-fast"), 0);
	say("{\"return\": \"late\", \"id\": 2}\r\n");
	assert_int_equal(answers, 1);
	say("{\"return\": \"right\", \"id\": 3}\r\n");
	assert_int_equal(answers, 2);
	assert_string_equal(last_value, "right");
}

static void test_an_end(void **state)
{
	(void)state;
	greet();
	assert_int_equal(ask("query-status"), 0);
	fd_close(&qemu);
	turn();
	assert_int_equal(answers, 1);
	assert_int_equal(last_error, -ECONNRESET);
	assert_int_equal(ask("query-status"), -ENOTCONN);
}

static void test_junk(void **state)
{
	(void)state;
	greet();
	assert_int_equal(ask("query-status"), 0);
	say("no JSON\r\n");
	assert_int_equal(last_error, -ECONNRESET);
	assert_false(qmp_is_ready(&qmp));
}

/* Just the cap is taken, one more is the end. */
static void say_long(size_t len)
{
	static char block[64 * 1024];
	size_t sent = 0;

	memset(block, ' ', sizeof(block));
	while (sent < len && qmp.state != QMP_CLOSED) {
		size_t size =
			len - sent < sizeof(block) ? len - sent : sizeof(block);
		ssize_t n = write(qemu, block, size);

		if (n > 0)
			sent += (size_t)n;
		ev_run(loop, EVRUN_NOWAIT);
	}
	turn();
}

static void test_a_line_without_an_end(void **state)
{
	static const char answer[] = "{\"return\": \"x\", \"id\": 2}\n";

	(void)state;
	greet();
	assert_int_equal(ask("query-status"), 0);
	say_long(QMPLINE_MAX - strlen(answer));
	say(answer);
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
	assert_int_equal(qmp_ask_monitor(&qmp, line, 60000, on_answer, &qmp),
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
