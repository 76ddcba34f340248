/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_lastwords - from a dead guest's RAM to the kernel's watch. */
#include "host/run/lastwords.h"

#include "tests/ringimage/ringimage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

enum { RAM_BYTES = 64 << 20, LOG_BYTES = 64 * 1024 };

static const struct ringimage_spec spec = {
	.machine = RINGIMAGE_X86,
	.count_bits = 6,
	.size_bits = 12,
	.kaslr = 0x1c000000,
	.image = 0x1000000,
	.rings = 0x2000000,
	.info = 0x3000000,
};

static struct ringimage image;
static struct guestram ram;
static struct kernelwatch *watch;
static struct recordlog text;
static Pb__KernelRing ring;
static char death[256];
static char title[256];
static unsigned int problems;

static void on_fatal(void *context, const char *line)
{
	(void)context;
	(void)line;
	fail();
}

static void on_death(void *context, const char *line)
{
	(void)context;
	assert_string_equal(death, "");
	snprintf(death, sizeof(death), "%s", line);
}

static void on_problem(void *context, Pb__KernelProblem *problem)
{
	(void)context;
	problems++;
	snprintf(title, sizeof(title), "%s", problem->title);
}

static int begin(void **state)
{
	static const struct kernelwatch_owner owner = {
		.on_fatal = on_fatal,
		.on_death = on_death,
		.on_problem = on_problem,
	};
	int fd = memfd_create("ram", MFD_CLOEXEC);

	(void)state;
	assert_int_equal(ftruncate(fd, RAM_BYTES), 0);
	assert_int_equal(guestram_attach(&ram, fd), 0);
	assert_int_equal(recordlog_init(&text, LOG_BYTES), 0);
	ringimage_create(&image, &spec);
	watch = kernelwatch_create(&owner, NULL);
	death[0] = title[0] = '\0';
	problems = 0;
	return 0;
}

static int end(void **state)
{
	(void)state;
	kernelwatch_destroy(watch);
	ringimage_destroy(&image);
	recordlog_deinit(&text);
	guestram_close(&ram);
	return 0;
}

static void say_as(uint32_t caller, unsigned int level, const char *words)
{
	ringimage_say(&image, &(struct ringimage_record){
				      .time_ns = 12345678000,
				      .caller = caller,
				      .level = level,
				      .text = words,
			      });
}

static void say(const char *words)
{
	say_as(77, 4, words);
}

static void panic(void)
{
	say_as(77, 0, "Kernel panic - not syncing: sysrq triggered crash");
	say("CPU: 0 PID: 77 Comm: bash Not tainted 6.1.0 #1");
	say("Call Trace:");
	say(" sysrq_handle_crash+0x16/0x20");
}

/* What the agent has passed on: records 0 to count - 1. */
static void passed_on(uint64_t count)
{
	for (uint64_t i = 0; i < count; i++) {
		Pb__KernelRecord record = PB__KERNEL_RECORD__INIT;
		Pb__KernelRecord *list[] = {&record};
		Pb__KernelRecords records = PB__KERNEL_RECORDS__INIT;

		record.sequence = i;
		record.priority = 6;
		record.time_us = 12345678;
		record.text = (char *)(uintptr_t) "passed on";
		records.records = list;
		records.n_records = 1;
		kernelwatch_records(watch, &records);
	}
}

static void read_from(uint64_t test_sequence)
{
	for (size_t i = 0; i < image.segment_count; i++)
		assert_int_equal(pwrite(ram.fd, image.segments[i].data,
					image.segments[i].len,
					(off_t)image.segments[i].address),
				 image.segments[i].len);
	lastwords_read(&ram, watch, &text, test_sequence, &ring);
	kernelwatch_finish(watch, true);
}

static void expect_text(const char *expected)
{
	struct bytes got = recordlog_text(&text);

	if (!bytes_equal_string(got, expected))
		fail_msg("%.*s", (int)got.len, (const char *)got.data);
}

static void what_was_not_passed_on_is_judged(void **state)
{
	(void)state;
	say("one");
	say_as(0x80000001, 6, "two");
	say("three");
	panic();
	passed_on(3);
	read_from(1);
	assert_string_equal(
		death, "Kernel panic - not syncing: sysrq triggered crash");
	assert_int_equal(problems, 1);
	assert_non_null(strstr(title, "sysrq triggered crash"));
	expect_text("<6>[   12.345678] [C1] two\n"
		    "<4>[   12.345678] [T77] three\n"
		    "<0>[   12.345678] [T77] Kernel panic - not syncing: sysrq "
		    "triggered crash\n"
		    "<4>[   12.345678] [T77] CPU: 0 PID: 77 Comm: bash Not "
		    "tainted 6.1.0 #1\n"
		    "<4>[   12.345678] [T77] Call Trace:\n"
		    "<4>[   12.345678] [T77]  sysrq_handle_crash+0x16/0x20\n");
	assert_int_equal(ring.records, 6);
	assert_int_equal(ring.new_records, 4);
	assert_int_equal(ring.newest, 6);
	assert_int_equal(ring.torn, 0);
	assert_string_equal(ring.why, "");
}

/* A panic that was passed on did not kill the guest once more. */
static void what_was_passed_on_is_not_judged_again(void **state)
{
	(void)state;
	say("BUG: kernel NULL pointer dereference, address: 0000000000000008");
	say("RIP: 0010:foo_read+0x12/0x40");
	say("and on it went");
	passed_on(2);
	read_from(0);
	assert_string_equal(death, "");
	assert_int_equal(problems, 0);
	assert_int_equal(ring.records, 3);
	assert_int_equal(ring.new_records, 1);
}

/* What is new but older than the test is judged, and not the test's text. */
static void the_text_is_of_the_test(void **state)
{
	(void)state;
	panic();
	say("the test");
	passed_on(0);
	read_from(4);
	assert_string_not_equal(death, "");
	expect_text("<4>[   12.345678] [T77] the test\n");
	assert_int_equal(ring.new_records, 5);
}

/* Sequence numbers that the guest made up hide nothing from people. */
static void numbers_made_up(void **state)
{
	(void)state;
	panic();
	read_from(UINT64_MAX);
	assert_int_equal(ring.records, 4);
	assert_string_not_equal(death, "");
}

static void what_is_not_printable_is_escaped(void **state)
{
	(void)state;
	say("a\033[31mb\nc\x80");
	read_from(0);
	expect_text("<4>[   12.345678] [T77] a\\x1b[31mb\\x0ac\\x80\n");
}

static void a_ring_that_is_not_there(void **state)
{
	(void)state;
	lastwords_read(&ram, watch, &text, 0, &ring);
	assert_string_equal(ring.why,
			    "the kernel has not told where its log is");
	assert_int_equal(ring.records, 0);
	expect_text("");
	guestram_close(&ram);
	lastwords_read(&ram, watch, &text, 0, &ring);
	assert_string_equal(ring.why, "the guest's memory can't be opened");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)
		TEST(what_was_not_passed_on_is_judged),
		TEST(what_was_passed_on_is_not_judged_again),
		TEST(the_text_is_of_the_test),
		TEST(numbers_made_up),
		TEST(what_is_not_printable_is_escaped),
		TEST(a_ring_that_is_not_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
