/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/kernel/ramring.h"

#include "tests/ringimage/ringimage.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define CPU   0x80000000u
#define STATE (3ULL << 62)

enum { TOLD = 256, TEXT = 2048 };

static const struct ringimage_spec plain = {
	.machine = RINGIMAGE_X86,
	.count_bits = 4,
	.size_bits = 12,
	.kaslr = 0x1c000000,
	.image = 0x2f000000,
	.rings = 0x13740000,
	.info = 0x10000000,
};

static struct ringimage image;
static struct ringimage_spec spec;
static struct ramring ring;
static struct ramring_outcome outcome;
static struct told {
	uint64_t sequence;
	uint64_t time_ns;
	uint32_t thread;
	uint32_t cpu;
	bool is_cpu;
	unsigned int facility;
	unsigned int level;
	char text[TEXT];
} told[TOLD];
static size_t told_count;

static int begin(void **state)
{
	(void)state;
	spec = plain;
	ringimage_create(&image, &spec);
	return 0;
}

/* Another image than the plain one, from spec. */
static void anew(void)
{
	ringimage_destroy(&image);
	ringimage_create(&image, &spec);
}

static int end(void **state)
{
	(void)state;
	ringimage_destroy(&image);
	return 0;
}

static uint64_t say(const char *text)
{
	return ringimage_say(&image, &(struct ringimage_record){
					     .time_ns = 1000000,
					     .caller = 1,
					     .text = text,
				     });
}

static void say_numbers(unsigned int from, unsigned int to)
{
	char text[32];

	for (unsigned int i = from; i <= to; i++) {
		snprintf(text, sizeof(text), "record %u", i);
		say(text);
	}
}

static int init(void)
{
	struct vmcoreinfo vmcoreinfo;

	assert_int_equal(
		vmcoreinfo_parse(bytes_of_string(image.text), &vmcoreinfo), 0);
	return ramring_init(&ring, &vmcoreinfo, ringimage_ram(&image));
}

static void on_record(void *context, const struct ramring_record *record)
{
	struct told *to = &told[told_count++];

	assert_ptr_equal(context, &ring);
	assert_true(told_count <= TOLD && record->text.len < TEXT);
	*to = (struct told){
		.sequence = record->sequence,
		.time_ns = record->time_ns,
		.thread = record->thread,
		.cpu = record->cpu,
		.is_cpu = record->is_cpu,
		.facility = record->facility,
		.level = record->level,
	};
	memcpy(to->text, record->text.data, record->text.len);
}

static void read_from(uint64_t from)
{
	told_count = 0;
	assert_int_equal(ramring_read(&ring, from, on_record, &ring, &outcome),
			 0);
	assert_int_equal(outcome.told, told_count);
}

/* The records told are those of first to last, all of them. */
static void expect_numbers(unsigned int first, unsigned int last)
{
	char text[32];

	assert_int_equal(told_count, last - first + 1);
	for (size_t i = 0; i < told_count; i++) {
		snprintf(text, sizeof(text), "record %zu", first + i);
		assert_string_equal(told[i].text, text);
		assert_int_equal(told[i].sequence, first + i);
	}
	assert_int_equal(outcome.newest, last);
}

static void a_record_is_told_whole(void **state)
{
	(void)state;
	ringimage_say(&image, &(struct ringimage_record){
				      .time_ns = 12345678901,
				      .caller = 244,
				      .facility = 0,
				      .level = 4,
				      .text = "sysrq: Trigger a crash",
			      });
	ringimage_say(&image, &(struct ringimage_record){
				      .time_ns = 12345679000,
				      .caller = CPU | 3,
				      .facility = 1,
				      .level = 7,
				      .text = "two\nlines",
			      });
	say("");
	assert_int_equal(init(), 0);
	read_from(0);
	assert_int_equal(told_count, 3);
	assert_int_equal(told[0].time_ns, 12345678901);
	assert_int_equal(told[0].thread, 244);
	assert_false(told[0].is_cpu);
	assert_int_equal(told[0].level, 4);
	assert_string_equal(told[0].text, "sysrq: Trigger a crash");
	assert_true(told[1].is_cpu);
	assert_int_equal(told[1].cpu, 3);
	assert_int_equal(told[1].facility, 1);
	assert_int_equal(told[1].level, 7);
	assert_string_equal(told[1].text, "two\nlines");
	assert_string_equal(told[2].text, "");
	assert_int_equal(outcome.oldest, 0);
	assert_int_equal(outcome.newest, 2);
	assert_int_equal(outcome.skipped, 0);
}

static void every_machine(void **state)
{
	static const struct {
		enum ringimage_machine machine;
		uint64_t image;
		uint64_t rings;
	} machines[] = {
		{RINGIMAGE_X86, 0x01000000, 0x7ff00000},
		{RINGIMAGE_X86, 0x01000000, 0x17ff00000},
		{RINGIMAGE_X86_L5, 0x2c000000, 0x250000000},
		{RINGIMAGE_X86_SMALL_PAGES, 0x01000000, 0x3ff000},
		{RINGIMAGE_ARM64, 0x40200000, 0xbe000000},
		{RINGIMAGE_RISCV, 0x80200000, 0x91000000},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(machines) / sizeof(machines[0]); i++) {
		for (uint64_t kaslr = 0; kaslr < 3; kaslr++) {
			spec = plain;
			spec.machine = machines[i].machine;
			spec.image = machines[i].image;
			spec.rings = machines[i].rings;
			spec.kaslr = kaslr * 0x0e200000;
			anew();
			say_numbers(0, 4);
			assert_int_equal(init(), 0);
			read_from(0);
			expect_numbers(0, 4);
		}
	}
}

static void from_a_sequence_number_on(void **state)
{
	uint64_t newest;

	(void)state;
	say_numbers(0, 9);
	assert_int_equal(init(), 0);
	for (unsigned int from = 0; from <= 9; from++) {
		read_from(from);
		expect_numbers(from, 9);
	}
	read_from(10);
	assert_int_equal(told_count, 0);
	read_from(UINT64_MAX);
	assert_int_equal(told_count, 0);
	assert_int_equal(ramring_newest(&ring, &newest), 0);
	assert_int_equal(newest, 9);
	/* It lives on. */
	say_numbers(10, 11);
	assert_int_equal(ramring_newest(&ring, &newest), 0);
	assert_int_equal(newest, 11);
	read_from(10);
	expect_numbers(10, 11);
}

/* Descriptors give out first, at their count and around it. */
static void the_ring_of_descriptors_wraps(void **state)
{
	(void)state;
	for (unsigned int count = 14; count < 52; count++) {
		anew();
		say_numbers(0, count - 1);
		assert_int_equal(init(), 0);
		read_from(0);
		expect_numbers(count > 16 ? count - 16 : 0, count - 1);
		assert_int_equal(outcome.skipped, 0);
		assert_int_equal(outcome.oldest, told[0].sequence);
	}
}

/* The text does: blocks that end just before, at and behind the ring's end. */
static void the_ring_of_text_wraps(void **state)
{
	char text[200];

	(void)state;
	spec.count_bits = 6;
	spec.size_bits = 9;
	for (size_t len = 1; len < 200; len++) {
		anew();
		memset(text, 'x', len);
		text[len] = '\0';
		for (unsigned int i = 0; i < 40; i++) {
			text[0] = (char)('0' + i);
			say(text);
		}
		assert_int_equal(init(), 0);
		read_from(0);
		assert_true(told_count >= 2);
		assert_int_equal(outcome.skipped, 0);
		for (size_t i = 0; i < told_count; i++) {
			assert_int_equal(strlen(told[i].text), len);
			assert_int_equal(told[i].text[0],
					 '0' + 40 - (int)told_count + (int)i);
		}
	}
}

/* Kernels since 6.18: one that ends with the ring does not wrap. */
static void a_block_that_ends_with_the_ring(void **state)
{
	uint64_t id = say("01234567");
	uint8_t *desc = ringimage_desc(&image, id);
	uint8_t *data = image.segments[1].data + 4 * 4096;

	(void)state;
	bytes_put_u64(desc + 8, 4096 - 16);
	bytes_put_u64(desc + 16, 4096);
	memmove(data + 4096 - 16, data, 16);
	assert_int_equal(init(), 0);
	read_from(0);
	assert_int_equal(told_count, 1);
	assert_string_equal(told[0].text, "01234567");
}

/* The id has 62 bits, and starts near their end: it is the first thing that
 * the kernel tests itself. */
static void the_id_wraps(void **state)
{
	(void)state;
	spec.next_id = (1ULL << 62) - 5;
	anew();
	for (unsigned int i = 0; i < 12; i++)
		say("x");
	assert_int_equal(init(), 0);
	read_from(0);
	assert_int_equal(outcome.skipped, 0);
	assert_true(told_count >= 7);
}

static void the_longest_text_is_whole_and_a_longer_one_cut(void **state)
{
	static char text[RAMRING_TEXT + 2];

	(void)state;
	memset(text, 'a', RAMRING_TEXT + 1);
	say(text);
	text[RAMRING_TEXT] = '\0';
	say(text);
	text[RAMRING_TEXT - 1] = '\0';
	say(text);
	assert_int_equal(init(), 0);
	read_from(0);
	assert_int_equal(strlen(told[0].text), RAMRING_TEXT);
	assert_int_equal(strlen(told[1].text), RAMRING_TEXT);
	assert_int_equal(strlen(told[2].text), RAMRING_TEXT - 1);
}

static void set_state(uint64_t id, unsigned int state)
{
	bytes_put_u64(ringimage_desc(&image, id),
		      (id & ~STATE) | (uint64_t)state << 62);
}

static void a_record_being_written_is_skipped(void **state)
{
	uint64_t id;

	(void)state;
	say_numbers(0, 2);
	id = say("torn");
	set_state(id, 0);
	say_numbers(4, 5);
	set_state(say("the newest one"), 0);
	assert_int_equal(init(), 0);
	read_from(0);
	assert_int_equal(told_count, 5);
	assert_int_equal(told[2].sequence, 2);
	assert_int_equal(told[3].sequence, 4);
	assert_int_equal(outcome.skipped, 1);
	assert_int_equal(outcome.newest, 5);
	/* committed, which another writer may go on with: it is read */
	set_state(id, 1);
	read_from(3);
	assert_string_equal(told[0].text, "torn");
	/* free, or another's */
	set_state(id, 3);
	read_from(3);
	assert_int_equal(outcome.skipped, 1);
	set_state(id, 2);
	bytes_put_u64(ringimage_desc(&image, id), STATE | (id + 16));
	read_from(3);
	assert_int_equal(outcome.skipped, 1);
}

static void damaged_records_are_skipped(void **state)
{
	static const struct {
		uint64_t begin;
		uint64_t next;
	} bad[] = {
		{1, 1},			     /* failed */
		{0, 0},			     /* no id */
		{8, 4},			     /* backwards, and not aligned */
		{4, 28},		     /* not aligned */
		{0, UINT64_MAX & ~7ULL},     /* huge */
		{UINT64_MAX & ~7ULL, 16},    /* wraps 2^64: not its block */
		{0, 2 * 4096 + 8},	     /* two wraps */
		{4096 - 8, 4096 + 4096 + 8}, /* two wraps */
		{64, 32},		     /* backwards */
		{24, 48},		     /* another's block */
	};
	uint64_t id;

	(void)state;
	id = say("one");
	say("two");
	say("three");
	say("four");
	assert_int_equal(init(), 0);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		bytes_put_u64(ringimage_desc(&image, id) + 8, bad[i].begin);
		bytes_put_u64(ringimage_desc(&image, id) + 16, bad[i].next);
		read_from(0);
		assert_int_equal(told_count, 3);
		assert_int_equal(outcome.skipped, 1);
	}
	/* a sequence number that is not its own */
	bytes_put_u64(ringimage_info(&image, id + 1), 77);
	read_from(0);
	assert_int_equal(told_count, 2);
	assert_int_equal(outcome.skipped, 2);
}

/* Offsets in the image's printk_ringbuffer. */
static void set_u64(size_t offset, uint64_t value)
{
	bytes_put_u64(ringimage_rings(&image) + offset, value);
}

static void a_ring_that_lies(void **state)
{
	static const struct {
		size_t offset;
		uint64_t value;
	} lies[] = {
		{0, 3},	 {0, 28}, {0, UINT64_MAX}, {8, 0},  {16, UINT64_MAX},
		{24, 0}, {48, 7}, {48, 32},	   {56, 0}, {56, 1ULL << 63},
	};
	uint64_t newest;

	(void)state;
	for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		anew();
		say_numbers(0, 40);
		assert_int_equal(init(), 0);
		set_u64(lies[i].offset, lies[i].value);
		assert_int_equal(ramring_newest(&ring, &newest), -EBADMSG);
		assert_int_equal(
			ramring_read(&ring, 0, on_record, &ring, &outcome),
			-EBADMSG);
		assert_int_equal(init(), -EBADMSG);
	}
}

static void a_tail_that_lies_costs_no_more_than_the_ring(void **state)
{
	(void)state;
	say_numbers(0, 40);
	assert_int_equal(init(), 0);
	set_u64(32, 1ULL << 40);
	read_from(0);
	expect_numbers(25, 40);
	/* a count that is too large: what is read is not of those ids */
	set_u64(0, 27);
	set_u64(24, 8);
	assert_int_equal(ramring_read(&ring, 0, on_record, &ring, &outcome),
			 -EBADMSG);
}

static void an_empty_ring(void **state)
{
	(void)state;
	assert_int_equal(init(), -EBADMSG);
}

static int init_with(enum vmcoreinfo_key key, bool known, uint64_t value)
{
	struct vmcoreinfo v;

	assert_int_equal(vmcoreinfo_parse(bytes_of_string(image.text), &v), 0);
	v.known[key] = known;
	v.value[key] = value;
	return ramring_init(&ring, &v, ringimage_ram(&image));
}

static void what_is_not_supported_is_refused(void **state)
{
	(void)state;
	say_numbers(0, 3);
	assert_int_equal(init_with(VMCOREINFO_LONG_SIZE, true, 4), -EOPNOTSUPP);
	for (enum vmcoreinfo_key key = VMCOREINFO_RB_SIZE;
	     key <= VMCOREINFO_LONG_SIZE; key++) {
		assert_int_equal(init_with(key, false, 0), -EOPNOTSUPP);
		assert_int_equal(init_with(key, true, UINT64_MAX), -EOPNOTSUPP);
		assert_int_equal(init_with(key, true, UINT64_MAX - 7),
				 -EOPNOTSUPP);
	}
	/* a member at its structure's end, and just behind it */
	assert_int_equal(init_with(VMCOREINFO_INFO_CALLER, true, 84), 0);
	assert_int_equal(init_with(VMCOREINFO_INFO_CALLER, true, 85),
			 -EOPNOTSUPP);
	assert_int_equal(init_with(VMCOREINFO_DESC_STATE, true, 17),
			 -EOPNOTSUPP);
	assert_int_equal(init_with(VMCOREINFO_LPOS_NEXT, true, 9), -EOPNOTSUPP);
	assert_int_equal(init_with(VMCOREINFO_INFO_SIZE, true, 513),
			 -EOPNOTSUPP);
	assert_int_equal(init_with(VMCOREINFO_PHYS_BASE, false, 0),
			 -EOPNOTSUPP);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)
		TEST(a_record_is_told_whole),
		TEST(every_machine),
		TEST(from_a_sequence_number_on),
		TEST(the_ring_of_descriptors_wraps),
		TEST(the_ring_of_text_wraps),
		TEST(a_block_that_ends_with_the_ring),
		TEST(the_id_wraps),
		TEST(the_longest_text_is_whole_and_a_longer_one_cut),
		TEST(a_record_being_written_is_skipped),
		TEST(damaged_records_are_skipped),
		TEST(a_ring_that_lies),
		TEST(a_tail_that_lies_costs_no_more_than_the_ring),
		TEST(an_empty_ring),
		TEST(what_is_not_supported_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
