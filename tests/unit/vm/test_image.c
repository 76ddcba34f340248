/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/vm/image.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static uint8_t head[IMAGE_HEAD];
static char release[LIMIT_SHORT_TEXT + 1];

static enum image_kind identify(size_t len)
{
	return image_identify(bytes_of(head, len), release);
}

static void make_bzimage(uint16_t offset, const char *version)
{
	memset(head, 0, sizeof(head));
	bytes_put_u16(head + 0x1fe, 0xaa55);
	memcpy(head + 0x202, "HdrS", 4);
	bytes_put_u16(head + 0x20e, offset);
	memcpy(head + 0x200 + offset, version, strlen(version));
}

static void bzimage_and_its_release(void **state)
{
	(void)state;
	make_bzimage(0x3000, "6.1.0-56-amd64 (debian@x) #1 SMP");
	assert_int_equal(identify(sizeof(head)), IMAGE_BZIMAGE);
	assert_string_equal(release, "6.1.0-56-amd64");
	make_bzimage(0x3000, "6.12.0"); /* ended by NUL */
	assert_int_equal(identify(sizeof(head)), IMAGE_BZIMAGE);
	assert_string_equal(release, "6.12.0");
}

static void bzimage_cut_short(void **state)
{
	(void)state;
	make_bzimage(0x3000, "6.1.0 x");
	assert_int_equal(identify(0x20f), IMAGE_NONE);
	assert_int_equal(identify(0x210), IMAGE_BZIMAGE);
	assert_string_equal(release, "");
	assert_int_equal(identify(0x3200 + 5), IMAGE_BZIMAGE);
	assert_string_equal(release, ""); /* its end is not there */
	assert_int_equal(identify(0x3200 + 6), IMAGE_BZIMAGE);
	assert_string_equal(release, "6.1.0");
	assert_int_equal(identify(0), IMAGE_NONE);
}

static void bad_release_is_none(void **state)
{
	char text[LIMIT_SHORT_TEXT + 3];

	(void)state;
	make_bzimage(0x3000, "6.1\x1b[31m ");
	assert_int_equal(identify(sizeof(head)), IMAGE_BZIMAGE);
	assert_string_equal(release, "");
	make_bzimage(0, "6.1.0 ");
	bytes_put_u16(head + 0x20e, 0xffff); /* outside */
	bytes_put_u16(head + 0x1fe, 0xaa55);
	memcpy(head + 0x202, "HdrS", 4);
	assert_int_equal(identify(sizeof(head)), IMAGE_BZIMAGE);
	assert_string_equal(release, "");
	memset(text, '6', sizeof(text));
	text[LIMIT_SHORT_TEXT] = ' ';
	text[LIMIT_SHORT_TEXT + 1] = '\0';
	make_bzimage(0x3000, text);
	assert_int_equal(identify(sizeof(head)), IMAGE_BZIMAGE);
	assert_int_equal(strlen(release), LIMIT_SHORT_TEXT);
	text[LIMIT_SHORT_TEXT] = '6';
	text[LIMIT_SHORT_TEXT + 1] = ' ';
	text[LIMIT_SHORT_TEXT + 2] = '\0';
	make_bzimage(0x3000, text);
	assert_int_equal(identify(sizeof(head)), IMAGE_BZIMAGE);
	assert_string_equal(release, "");
}

static void other_kinds(void **state)
{
	(void)state;
	memset(head, 0, sizeof(head));
	assert_int_equal(identify(sizeof(head)), IMAGE_NONE);
	memcpy(head,
	       "\x7f"
	       "ELF",
	       4);
	assert_int_equal(identify(3), IMAGE_NONE);
	assert_int_equal(identify(4), IMAGE_ELF);
	memset(head, 0, sizeof(head));
	memcpy(head + 0x38, "ARMd", 4);
	assert_int_equal(identify(0x3b), IMAGE_NONE);
	assert_int_equal(identify(0x3c), IMAGE_ARM64);
	memcpy(head, "\x1f\x8b", 2);
	assert_int_equal(identify(2), IMAGE_GZIP);
	assert_string_equal(image_kind_name(IMAGE_GZIP), "gzip");
}

static void what_boots_where(void **state)
{
	(void)state;
	assert_true(image_kind_boots(IMAGE_BZIMAGE, "x86_64"));
	assert_false(image_kind_boots(IMAGE_BZIMAGE, "aarch64"));
	assert_true(image_kind_boots(IMAGE_ELF, "x86_64"));
	assert_false(image_kind_boots(IMAGE_ARM64, "x86_64"));
	assert_true(image_kind_boots(IMAGE_ARM64, "aarch64"));
	assert_false(image_kind_boots(IMAGE_GZIP, "x86_64"));
	assert_true(image_kind_boots(IMAGE_GZIP, "aarch64"));
	assert_false(image_kind_boots(IMAGE_NONE, "x86_64"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bzimage_and_its_release),
		cmocka_unit_test(bzimage_cut_short),
		cmocka_unit_test(bad_release_is_none),
		cmocka_unit_test(other_kinds),
		cmocka_unit_test(what_boots_where),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
