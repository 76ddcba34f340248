/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_finding - the one line that is said of a hang. */
#include "host/vm/finding.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const struct liveness_cpu idle = {.halted = true};
static const struct liveness_cpu spin = {.instruction = 0xffffffff81234567};
static const struct liveness_cpu open_spin = {.instruction = 0xffffffff81234567,
					      .flags = 0x246};
static const struct liveness_cpu program = {.instruction = 0x1000, .ring = 3};

static struct finding finding;

static int set_up(void **state)
{
	(void)state;
	finding = (struct finding){0};
	finding_status(&finding, "running");
	return 0;
}

static void sample(struct liveness_cpu first, struct liveness_cpu second)
{
	const struct liveness_cpu cpus[] = {first, second};

	finding_sample(&finding, cpus, 2);
}

static void say(const char *line)
{
	finding_line(&finding, bytes_of_string(line));
}

static void expect(const char *want)
{
	char words[FINDING_WORDS];

	finding_words(&finding, words);
	assert_string_equal(words, want);
}

static void test_qemu(void **state)
{
	(void)state;
	finding_status(&finding, "");
	expect("QEMU does not answer");
	finding_status(&finding, "paused");
	sample(idle, idle);
	expect("QEMU is paused");
	finding_status(&finding, "a status that is longer than any known one");
	expect("QEMU is a status that is longer than an");
}

static void test_a_deadlock(void **state)
{
	(void)state;
	for (int i = 0; i < 9; i++)
		sample(idle, idle);
	sample(open_spin, idle); /* a tick */
	expect("nothing is heard, all CPUs idle");
	finding.asked = true;
	say("[   28.973965] sysrq: Show Blocked State");
	expect("userspace silent, all CPUs idle, no blocked task");
	say("[   28.9] task:jbd2/vda-8      state:D stack:0     pid:99");
	say("[   28.9] task:kworker/u4:2    state:I stack:0     pid:98");
	expect("userspace silent, all CPUs idle, 1 blocked task: jbd2/vda-8");
	say("task:fsstress state:D");
	say("task:jbd2/vda-8      state:D"); /* once more, of sysrq t */
	expect("userspace silent, all CPUs idle, 2 blocked tasks: jbd2/vda-8, "
	       "fsstress");
}

static void test_spinning(void **state)
{
	(void)state;
	finding.asked = true;
	sample(spin, idle);
	sample(spin, idle);
	expect("no answer to sysrq, CPU 0 spins at ffffffff81234567, "
	       "interrupts off, CPU 1 idle");
	sample(open_spin, program);
	expect("no answer to sysrq, CPU 0 spins at ffffffff81234567, CPU 1 "
	       "runs a program");
}

static void test_in_the_kernel(void **state)
{
	struct liveness_cpu far = spin;

	(void)state;
	far.instruction += 4096;
	sample(spin, spin);
	sample(far, spin);
	expect("nothing is heard, CPU 0 runs in the kernel, CPU 1 spins at "
	       "ffffffff81234567, interrupts off");
}

static void test_many(void **state)
{
	struct liveness_cpu cpus[FINDING_CPUS + 3];
	char words[FINDING_WORDS];
	char line[64];

	(void)state;
	finding.asked = finding.answered = true;
	for (size_t i = 0; i < FINDING_CPUS + 3; i++)
		cpus[i] = program;
	finding_sample(&finding, cpus, FINDING_CPUS + 3);
	for (int i = 0; i < 1000; i++) {
		snprintf(line, sizeof(line),
			 "task:a-task-with-a-long-name-%d "
			 "state:D",
			 i);
		say(line);
	}
	finding_words(&finding, words);
	assert_non_null(strstr(words, "CPU 7 runs a program, and 3 more CPUs"));
	assert_non_null(strstr(words, "1000 blocked tasks: "));
	assert_non_null(strstr(words, ", …"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_qemu, set_up),
		cmocka_unit_test_setup(test_a_deadlock, set_up),
		cmocka_unit_test_setup(test_spinning, set_up),
		cmocka_unit_test_setup(test_in_the_kernel, set_up),
		cmocka_unit_test_setup(test_many, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
