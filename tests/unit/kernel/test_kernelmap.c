/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/kernel/kernelmap.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define IMAGE	0xffffffff80000000ULL
#define LINEAR	0xffff888000000000ULL
#define PRESENT 1ULL
#define HUGE	0x80ULL

enum { PAGE = 4096, PAGES = 16 };

/* Physical memory of 16 pages at 16 MiB. */
#define BASE (16ULL << 20)
static uint8_t memory[PAGES * PAGE];
static size_t reads;
static struct kernelmap map;
static struct vmcoreinfo v;

static int read_memory(void *context, uint64_t address, void *to, size_t len)
{
	(void)context;
	reads++;
	if (address < BASE || address - BASE > sizeof(memory) ||
	    len > sizeof(memory) - (address - BASE))
		return -EFAULT;
	memcpy(to, memory + (address - BASE), len);
	return 0;
}

static void set(enum vmcoreinfo_key key, uint64_t value)
{
	v.value[key] = value;
	v.known[key] = true;
}

static void entry(size_t page, uint64_t index, uint64_t value)
{
	bytes_put_u64(memory + page * PAGE + index * 8, value);
}

/* The top table is page 0: of the image's first byte. */
static int begin(void **state)
{
	(void)state;
	memset(memory, 0, sizeof(memory));
	memset(&v, 0, sizeof(v));
	reads = 0;
	set(VMCOREINFO_PHYS_BASE, BASE);
	set(VMCOREINFO_INIT_TOP_PGT, IMAGE);
	return 0;
}

static void init(void)
{
	const struct kernelmap_ram ram = {read_memory, NULL};

	assert_int_equal(kernelmap_init(&map, &v, ram), 0);
}

static uint8_t byte_at(uint64_t address)
{
	uint8_t byte = 0;

	assert_int_equal(kernelmap_read(&map, address, &byte, 1), 0);
	return byte;
}

static void refuse(uint64_t address, size_t len)
{
	uint8_t to[2 * PAGE];

	assert_int_equal(kernelmap_read(&map, address, to, len), -EFAULT);
}

/* LINEAR + 5 pages and 6 pages, as 4 KiB pages. */
static void map_small(void)
{
	entry(0, 273, (BASE + PAGE) | PRESENT);
	entry(1, 0, (BASE + 2 * PAGE) | PRESENT);
	entry(2, 0, (BASE + 3 * PAGE) | PRESENT);
	entry(3, 5, (BASE + 7 * PAGE) | PRESENT | 1ULL << 63);
	entry(3, 6, (BASE + 5 * PAGE) | PRESENT);
}

static void four_levels_of_small_pages(void **state)
{
	uint8_t to[8];

	(void)state;
	map_small();
	memcpy(memory + 8 * PAGE - 4, "abcd", 4);
	memcpy(memory + 5 * PAGE, "efgh", 4);
	init();
	assert_int_equal(kernelmap_read(&map, LINEAR + 6 * PAGE - 4, to, 8), 0);
	assert_memory_equal(to, "abcdefgh", 8);
	refuse(LINEAR + 7 * PAGE - 4, 8); /* half of it is not mapped */
	refuse(LINEAR + 4 * PAGE, 1);
	refuse(LINEAR + (1ULL << 39), 1);
	refuse(0, 1);
	refuse(UINT64_MAX, 1);
}

static void huge_pages(void **state)
{
	(void)state;
	entry(0, 273, (BASE + PAGE) | PRESENT);
	entry(1, 0, (BASE + 2 * PAGE) | PRESENT);
	/* 2 MiB: what is below in the entry is no address */
	entry(2, 1, (BASE + 0x1000) | PRESENT | HUGE);
	entry(1, 1, 0 | PRESENT | HUGE); /* 1 GiB at 0 */
	memory[9 * PAGE + 3] = 42;
	init();
	assert_int_equal(byte_at(LINEAR + (2ULL << 20) + 9 * PAGE + 3), 42);
	assert_int_equal(byte_at(LINEAR + (1ULL << 30) + BASE + 9 * PAGE + 3),
			 42);
	/* mapped, but there is no RAM */
	refuse(LINEAR + (2ULL << 20) + PAGES * PAGE, 1);
}

static void five_levels(void **state)
{
	(void)state;
	set(VMCOREINFO_L5_ENABLED, 1);
	entry(0, 0x111, (BASE + PAGE) | PRESENT);
	entry(1, 0, (BASE + 2 * PAGE) | PRESENT);
	entry(2, 0, 0 | PRESENT | HUGE);
	memory[0] = 0;
	memory[9 * PAGE] = 7;
	init();
	assert_int_equal(byte_at(0xff11000000000000ULL + BASE + 9 * PAGE), 7);
	refuse(LINEAR + BASE, 1);
}

static void memory_encryption_is_no_address(void **state)
{
	uint64_t c_bit = 1ULL << 47;

	(void)state;
	set(VMCOREINFO_SME_MASK, c_bit);
	entry(0, 273, (BASE + PAGE) | PRESENT | c_bit);
	entry(1, 0, (BASE + 2 * PAGE) | PRESENT | c_bit);
	entry(2, 0, (BASE + 3 * PAGE) | PRESENT | c_bit);
	entry(3, 0, (BASE + 9 * PAGE) | PRESENT | c_bit);
	memory[9 * PAGE] = 8;
	init();
	assert_int_equal(byte_at(LINEAR), 8);
}

/* A table that is its own entry is walked to the end, and that is near. */
static void a_table_in_a_circle(void **state)
{
	(void)state;
	for (uint64_t i = 0; i < 512; i++)
		entry(0, i, BASE | PRESENT);
	init();
	assert_int_equal(byte_at(LINEAR), memory[0]);
	assert_int_equal(reads, 5);
	/* and is then known */
	assert_int_equal(byte_at(LINEAR + 1), memory[1]);
	assert_int_equal(reads, 6);
}

static void a_table_outside_of_ram(void **state)
{
	(void)state;
	set(VMCOREINFO_PHYS_BASE, (uint64_t)-PAGE);
	init();
	refuse(LINEAR, 1);
}

static void other_kernels_are_not_supported(void **state)
{
	const struct kernelmap_ram ram = {read_memory, NULL};

	(void)state;
	set(VMCOREINFO_INIT_TOP_PGT, IMAGE + 8); /* no page */
	assert_int_equal(kernelmap_init(&map, &v, ram), -EOPNOTSUPP);
	set(VMCOREINFO_INIT_TOP_PGT, 0xc0001000); /* x86-32 */
	assert_int_equal(kernelmap_init(&map, &v, ram), -EOPNOTSUPP);
	memset(&v, 0, sizeof(v));
	assert_int_equal(kernelmap_init(&map, &v, ram), -EOPNOTSUPP);
	set(VMCOREINFO_VA_BITS, 64);
	set(VMCOREINFO_KIMAGE_VOFFSET, 0);
	set(VMCOREINFO_PHYS_OFFSET, 0);
	assert_int_equal(kernelmap_init(&map, &v, ram), -EOPNOTSUPP);
}

static void arm64_has_two_windows(void **state)
{
	(void)state;
	memset(&v, 0, sizeof(v));
	set(VMCOREINFO_VA_BITS, 52);
	set(VMCOREINFO_PHYS_OFFSET, BASE);
	set(VMCOREINFO_KIMAGE_VOFFSET, 0xffff800008000000ULL - BASE);
	memory[5] = 55;
	init();
	assert_int_equal(byte_at(0xfff0000000000005ULL), 55);
	assert_int_equal(byte_at(0xffff800008000005ULL), 55);
	refuse(0xffefffffffffffffULL, 1);
	refuse(5, 1);
	refuse(UINT64_MAX, 2); /* and not on at 0 */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(four_levels_of_small_pages, begin),
		cmocka_unit_test_setup(huge_pages, begin),
		cmocka_unit_test_setup(five_levels, begin),
		cmocka_unit_test_setup(memory_encryption_is_no_address, begin),
		cmocka_unit_test_setup(a_table_in_a_circle, begin),
		cmocka_unit_test_setup(a_table_outside_of_ram, begin),
		cmocka_unit_test_setup(other_kernels_are_not_supported, begin),
		cmocka_unit_test_setup(arm64_has_two_windows, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
