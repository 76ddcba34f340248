/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/warm/closure.h"

#include "tests/unit/warm/place.h"

#include <errno.h>

static struct members members;
static struct closure closure;

static int set_up(void **state)
{
	if (place_make(state) < 0)
		return -1;
	assert_int_equal(mkdirat(place_fd, "usr", 0755), 0);
	assert_int_equal(members_init(&members, place_path("usr")), 0);
	return closure_init(&closure, &members);
}

static int tear_down(void **state)
{
	closure_deinit(&closure);
	members_deinit(&members);
	return place_remove(state);
}

static const struct member *find(const char *path)
{
	for (size_t i = 0; i < members.count; i++)
		if (strcmp(members.list[i]->path, path) == 0)
			return members.list[i];
	return NULL;
}

static int add(const char *path)
{
	return closure_add(&closure, place_path(path), UINT64_MAX);
}

static void test_script_brings_its_interpreter(void **state)
{
	char text[256];

	(void)state;
	snprintf(text, sizeof(text), "#! %s/usr/bin/shell -e\n", place);
	place_put("usr/bin/script", text, 0755);
	place_put("usr/bin/shell", "not ELF", 0755);
	assert_int_equal(add("usr/bin/script"), 0);
	assert_non_null(find("bin"));
	assert_non_null(find("bin/script"));
	assert_non_null(find("bin/shell"));
	assert_int_equal(members.count, 3);
}

static void test_links_on_the_way_are_members(void **state)
{
	char target[256];

	(void)state;
	place_put("usr/lib/real/program", "x", 0755);
	place_put("etc/none", "", 0644);
	assert_int_equal(mkdirat(place_fd, "usr/bin", 0755), 0);
	/* As update-alternatives: by way of /etc, and through a directory. */
	snprintf(target, sizeof(target), "%s/etc/program", place);
	assert_int_equal(symlinkat(target, place_fd, "usr/bin/program"), 0);
	snprintf(target, sizeof(target), "%s/usr/lib/link/../link/program",
		 place);
	assert_int_equal(symlinkat(target, place_fd, "etc/program"), 0);
	assert_int_equal(symlinkat("real", place_fd, "usr/lib/link"), 0);
	assert_int_equal(add("usr/bin/program"), 0);
	assert_non_null(find("bin/program"));
	assert_non_null(find("lib/link"));
	assert_non_null(find("lib/real/program"));
	assert_string_equal(find("lib/link")->target, "real");
	assert_int_equal(members.count, 6); /* bin, lib, lib/real, too */
}

static void test_links_in_a_ring(void **state)
{
	(void)state;
	assert_int_equal(mkdirat(place_fd, "usr/bin", 0755), 0);
	assert_int_equal(symlinkat("b", place_fd, "usr/bin/a"), 0);
	assert_int_equal(symlinkat("a", place_fd, "usr/bin/b"), 0);
	assert_int_equal(add("usr/bin/a"), -ELOOP);
	assert_int_equal(members.count, 0);
}

static void test_scripts_in_a_ring(void **state)
{
	char text[256];

	(void)state;
	snprintf(text, sizeof(text), "#!%s/usr/b\n", place);
	place_put("usr/a", text, 0755);
	snprintf(text, sizeof(text), "#!%s/usr/a\n", place);
	place_put("usr/b", text, 0755);
	assert_int_equal(add("usr/a"), 0);
	assert_int_equal(members.count, 2);
}

static void test_what_is_missing_or_elsewhere_is_passed_by(void **state)
{
	(void)state;
	place_put("opt/program", "x", 0755);
	assert_int_equal(add("opt/program"), 0);
	assert_int_equal(add("usr/none"), 0);
	assert_int_equal(members.count, 0);
}

static void test_too_large_takes_all_of_it_away(void **state)
{
	char text[256];

	(void)state;
	snprintf(text, sizeof(text), "#!%s/usr/bin/shell\n", place);
	place_put("usr/bin/script", text, 0755);
	place_put("usr/bin/shell", "12345678", 0755);
	assert_int_equal(closure_add(&closure, place_path("usr/bin/shell"), 8),
			 0);
	assert_int_equal(closure_add(&closure, place_path("usr/bin/script"), 8),
			 -EFBIG);
	assert_null(find("bin/script"));
	assert_int_equal(members.bytes, 8);
	/* And it can be added after all. */
	assert_int_equal(add("usr/bin/script"), 0);
	assert_non_null(find("bin/script"));
}

static void test_file_that_is_too_large(void **state)
{
	(void)state;
	place_put("usr/huge", "", 0755);
	assert_int_equal(
		truncate(place_path("usr/huge"), CLOSURE_FILE_BYTES + 1), 0);
	assert_int_equal(add("usr/huge"), -EFBIG);
	assert_int_equal(truncate(place_path("usr/huge"), CLOSURE_FILE_BYTES),
			 0);
	assert_int_equal(add("usr/huge"), 0);
}

/* The real thing: env needs libc, and libc its loader. */
static void test_program_of_this_machine(void **state)
{
	struct members real;
	struct closure all;
	bool libc = false;

	(void)state;
	if (access("/usr/bin/env", X_OK) < 0)
		skip();
	assert_int_equal(members_init(&real, "/usr"), 0);
	assert_int_equal(closure_init(&all, &real), 0);
	assert_int_equal(closure_add(&all, "/usr/bin/env", UINT64_MAX), 0);
	for (size_t i = 0; i < real.count; i++)
		libc = libc || strstr(real.list[i]->path, "libc.so") != NULL ||
		       strstr(real.list[i]->path, "musl") != NULL;
	assert_true(libc);
	closure_deinit(&all);
	members_deinit(&real);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_script_brings_its_interpreter),
		CASE(test_links_on_the_way_are_members),
		CASE(test_links_in_a_ring),
		CASE(test_scripts_in_a_ring),
		CASE(test_what_is_missing_or_elsewhere_is_passed_by),
		CASE(test_too_large_takes_all_of_it_away),
		CASE(test_file_that_is_too_large),
		CASE(test_program_of_this_machine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
