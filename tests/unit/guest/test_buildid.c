/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_buildid - the build-id among a kernel's notes. */
#include "guest/buildid.h"

#include <elf.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static uint8_t notes[512];
static size_t len;

static void put_u32(uint32_t value)
{
	memcpy(notes + len, &value, sizeof(value));
	len += sizeof(value);
}

static void put_padded(const void *data, size_t size)
{
	memcpy(notes + len, data, size);
	len += (size + 3) & ~(size_t)3;
}

static void put_note(const char *name, uint32_t type, const void *data,
		     size_t size)
{
	put_u32((uint32_t)strlen(name) + 1);
	put_u32((uint32_t)size);
	put_u32(type);
	put_padded(name, strlen(name) + 1);
	put_padded(data, size);
}

static int begin(void **state)
{
	(void)state;
	memset(notes, 0, sizeof(notes));
	len = 0;
	return 0;
}

static void expect(const char *id)
{
	char text[BUILDID_TEXT] = "before";
	int rc = buildid_of_notes(bytes_of(notes, len), text);

	assert_int_equal(rc, id != NULL ? 0 : -ENOENT);
	assert_string_equal(text, id != NULL ? id : "before");
}

static void test_among_others(void **state)
{
	(void)state;
	put_note("Linux", 0x100, "x", 1);
	put_note("Xen", NT_GNU_BUILD_ID, "abcd", 4);
	put_note("GNU", NT_GNU_ABI_TAG, "abcd", 4);
	put_note("GNU", NT_GNU_BUILD_ID, "\x01\xab\xff\x00\x7f", 5);
	put_note("Linux", 0x101, "x", 1);
	expect("01abff007f");
}

static void test_none(void **state)
{
	(void)state;
	expect(NULL);
	put_note("Linux", 0x100, "x", 1);
	expect(NULL);
}

static void test_limits(void **state)
{
	uint8_t id[BUILDID_MAX + 1] = {0};

	(void)state;
	put_note("GNU", NT_GNU_BUILD_ID, id, 0);
	put_note("GNU", NT_GNU_BUILD_ID, id, sizeof(id));
	expect(NULL);
	put_note("GNU", NT_GNU_BUILD_ID, id, sizeof(id) - 1);
	expect("0000000000000000000000000000000000000000000000000000000000"
	       "000000");
}

static void test_cut_off(void **state)
{
	(void)state;
	put_note("GNU", NT_GNU_BUILD_ID, "abcd", 4);
	for (len--; len > 0; len--)
		expect(NULL);
}

static void test_wild_sizes(void **state)
{
	(void)state;
	put_u32(UINT32_MAX);
	put_u32(UINT32_MAX);
	put_u32(NT_GNU_BUILD_ID);
	put_padded("GNU", 4);
	expect(NULL);
}

/* The build machine's own kernel, if it tells. */
static void test_this_machine(void **state)
{
	char text[BUILDID_TEXT];

	(void)state;
	buildid_read(text);
	assert_int_equal(strspn(text, "0123456789abcdef"), strlen(text));
	assert_int_equal(strlen(text) % 2, 0);
}

#define NOTES_TEST(name) cmocka_unit_test_setup(name, begin)

int main(void)
{
	const struct CMUnitTest tests[] = {
		NOTES_TEST(test_among_others), NOTES_TEST(test_none),
		NOTES_TEST(test_limits),       NOTES_TEST(test_cut_off),
		NOTES_TEST(test_wild_sizes),   NOTES_TEST(test_this_machine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
