/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_investigation - QEMU is played here; its guest answers or does not. */
#include "host/vm/investigation.h"
#include "tests/unit/vm/played_qemu.h"

#define REGISTERS                                                     \
	"\"\\r\\nCPU#0\\r\\nRIP=ffffffff81234567 RFL=00000046 CPL=0 " \
	"HLT=0\\r\\nXMM00=0\\r\\nCPU#1\\r\\nRIP=ffffffff81000000 "    \
	"RFL=00000246 CPL=0 HLT=1\\r\\n\""

static struct played_qemu qemu;
static struct investigation investigation;
static int id;
static int samples;
static int findings;
static char finding_text[FINDING_WORDS];
static char status_text[4096];
static char registers_text[16384];
static char sysrq_text[4096];

static void on_sample(void *context, const struct liveness_cpu *cpus,
		      size_t count)
{
	(void)context;
	assert_int_equal(count, 2);
	assert_int_equal(cpus[0].instruction, 0xffffffff81234567);
	samples++;
}

static void on_evidence(void *context, const char *name, struct bytes text)
{
	char *to = strcmp(name, "status.txt") == 0	? status_text
		   : strcmp(name, "registers.txt") == 0 ? registers_text
							: sysrq_text;

	(void)context;
	assert_true(text.len < 4096 || to == registers_text);
	memcpy(to, text.data, text.len);
	to[text.len] = '\0';
}

static void on_finding(void *context, const char *words)
{
	(void)context;
	findings++;
	snprintf(finding_text, sizeof(finding_text), "%s", words);
}

static int set_up(void **state)
{
	const struct investigation_owner owner = {
		.on_sample = on_sample,
		.on_evidence = on_evidence,
		.on_finding = on_finding,
	};

	(void)state;
	samples = findings = id = 0;
	finding_text[0] = status_text[0] = '\0';
	registers_text[0] = sysrq_text[0] = '\0';
	if (played_open(&qemu) < 0)
		return -1;
	investigation_init(&investigation, qemu.loop, &qemu.qmp, &owner);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	investigation_close(&investigation);
	return played_close(&qemu);
}

/* Time is what this test says it is. */
static void end_pause(void)
{
	if (!ev_is_active(&investigation.pause))
		return;
	ev_timer_stop(qemu.loop, &investigation.pause);
	ev_invoke(qemu.loop, &investigation.pause, EV_TIMER);
}

/* QEMU is asked for this, and returns that. */
static void play(const char *command, const char *answer)
{
	static char text[32768];

	played_turn(&qemu);
	end_pause();
	assert_non_null(strstr(played_hear(&qemu), command));
	snprintf(text, sizeof(text), "{\"return\": %s, \"id\": %d}\r\n", answer,
		 ++id);
	played_say(&qemu, text);
}

static void connect_qemu(void)
{
	played_connect(&qemu);
	played_say(&qemu, "{\"QMP\": {}}\r\n");
	play("qmp_capabilities", "{}");
}

static void begin(void)
{
	assert_int_equal(investigation_begin(&investigation), 0);
}

static void play_status(const char *status)
{
	char answer[64];

	snprintf(answer, sizeof(answer), "{\"status\": \"%s\"}", status);
	play("query-status", answer);
}

static void play_samples(int count)
{
	for (int i = 0; i < count; i++)
		play("info registers -a", REGISTERS);
}

static void line(const char *text)
{
	investigation_line(&investigation, bytes_of_string(text));
}

static void finish(void)
{
	end_pause();
	played_turn(&qemu);
}

static void test_the_whole(void **state)
{
	(void)state;
	connect_qemu();
	line("before");
	begin();
	assert_true(investigation_is_deep(&investigation));
	play_status("running");
	play_samples(10);
	play("\"data\":\"l\"", "{}");
	line("[ 1] sysrq: Show backtrace of all active CPUs\x1b[31m");
	play("\"data\":\"w\"", "{}");
	line("[ 2] task:fsstress state:D stack:0");
	play("\"data\":\"d\"", "{}");
	play("\"data\":\"t\"", "{}");
	play("inject-nmi", "{}");
	assert_int_equal(findings, 0);
	finish();
	assert_int_equal(findings, 1);
	assert_int_equal(samples, 10);
	assert_string_equal(finding_text,
			    "userspace silent, CPU 0 spins at ffffffff81234567"
			    ", interrupts off, CPU 1 idle, 1 blocked task: "
			    "fsstress");
	assert_non_null(strstr(status_text, "query-status: running"));
	assert_non_null(strstr(status_text, finding_text));
	assert_non_null(strstr(registers_text, "=== sample 10, at "));
	assert_null(strstr(registers_text, "XMM"));
	assert_string_equal(
		sysrq_text,
		"=== sysrq l\n[ 1] sysrq: Show backtrace of all active CPUs"
		"\\x1b[31m\n=== sysrq w\n[ 2] task:fsstress state:D stack:0\n"
		"=== sysrq d\n=== sysrq t\n=== NMI\n");
	assert_false(investigation_is_deep(&investigation));
}

static void test_a_paused_qemu(void **state)
{
	(void)state;
	connect_qemu();
	begin();
	play_status("paused");
	play_samples(10);
	finish();
	assert_int_equal(findings, 1);
	assert_string_equal(finding_text, "QEMU is paused");
}

static void test_no_qemu(void **state)
{
	(void)state;
	begin();
	assert_int_equal(findings, 1);
	assert_string_equal(finding_text, "QEMU does not answer");
}

static void test_qemu_goes(void **state)
{
	(void)state;
	connect_qemu();
	begin();
	play_status("running");
	end_pause();
	fd_close(&qemu.fd);
	played_turn(&qemu);
	assert_int_equal(findings, 1);
	assert_string_equal(finding_text, "nothing is heard");
	assert_non_null(strstr(status_text, "info registers -a: "));
}

static void test_the_guest_speaks(void **state)
{
	(void)state;
	connect_qemu();
	begin();
	play_status("running");
	play_samples(3);
	end_pause(); /* a question is under way */
	investigation_abort(&investigation);
	assert_false(investigation_is_deep(&investigation));
	play("info registers -a", REGISTERS);
	finish();
	assert_int_equal(findings, 0);
	assert_string_equal(status_text, "");
	/* And once more, from the start. */
	begin();
	play_status("paused");
	play_samples(10);
	finish();
	assert_int_equal(findings, 1);
}

static void test_a_look(void **state)
{
	(void)state;
	investigation_look(&investigation); /* no QEMU: no matter */
	connect_qemu();
	investigation_look(&investigation);
	assert_false(investigation_is_deep(&investigation));
	play_status("running");
	play_samples(5);
	finish();
	assert_int_equal(samples, 5);
	assert_int_equal(findings, 0);
	/* It may turn into the other in its midst. */
	investigation_look(&investigation);
	begin();
	play_status("running");
	play_status("paused");
	play_samples(10);
	finish();
	assert_string_equal(finding_text, "QEMU is paused");
}

static void test_the_limit(void **state)
{
	(void)state;
	connect_qemu();
	begin();
	play_status("running");
	play_samples(2);
	ev_invoke(qemu.loop, &investigation.limit, EV_TIMER);
	assert_int_equal(findings, 1);
	finish();
	assert_int_equal(findings, 1);
}

static void test_a_flood(void **state)
{
	static char text[4096];

	(void)state;
	memset(text, '\x01', sizeof(text) - 1);
	connect_qemu();
	begin();
	for (int i = 0; i < 2000; i++)
		line(text);
	assert_int_equal(investigation.sysrq.used_bytes,
			 INVESTIGATION_SYSRQ_BYTES);
	assert_true(investigation.sysrq.dropped_bytes > 0);
	investigation_abort(&investigation);
}

int main(void)
{
#define BOXED(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		BOXED(test_the_whole),	      BOXED(test_a_paused_qemu),
		BOXED(test_no_qemu),	      BOXED(test_qemu_goes),
		BOXED(test_the_guest_speaks), BOXED(test_a_look),
		BOXED(test_the_limit),	      BOXED(test_a_flood),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
