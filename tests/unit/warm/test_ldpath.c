/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/warm/ldpath.h"

#include "tests/unit/warm/place.h"

#include <elf.h>
#include <errno.h>

static struct elf self;

static void put_library(const char *path, uint8_t class)
{
	char head[ELF_HEAD + 1];

	memset(head, 1, sizeof(head));
	memcpy(head, ELFMAG, SELFMAG);
	head[EI_CLASS] = (char)class;
	head[EI_DATA] = self.class ? ELFDATA2LSB : 0;
	head[18] = EM_X86_64;
	head[19] = 0;
	head[ELF_HEAD] = '\0';
	place_put(path, "", 0755);
	assert_int_equal(truncate(place_path(path), 0), 0);
	{
		int fd = openat(place_fd, path, O_WRONLY | O_CLOEXEC);

		assert_int_equal(write(fd, head, ELF_HEAD), ELF_HEAD);
		close(fd);
	}
}

static int find(const char *conf, const char *name, char to[PATH_MAX])
{
	struct ldpath ldpath;
	int rc;

	ldpath_init(&ldpath, place_path(conf));
	rc = ldpath_find(&ldpath, name, &self, place_path("bin/program"), to);
	ldpath_deinit(&ldpath);
	return rc;
}

static int set_up(void **state)
{
	char text[256];

	self = (struct elf){.class = ELFCLASS64, .machine = EM_X86_64};
	if (place_make(state) < 0)
		return -1;
	snprintf(text, sizeof(text), "# comment\ninclude conf.d/*.conf\n");
	place_put("ld.so.conf", text, 0644);
	snprintf(text, sizeof(text), "%s/one\n%s/two # more\n", place, place);
	place_put("conf.d/a.conf", text, 0644);
	return 0;
}

static void test_included_directories_in_order(void **state)
{
	char path[PATH_MAX];

	(void)state;
	put_library("two/libx.so", ELFCLASS64);
	assert_int_equal(find("ld.so.conf", "libx.so", path), 0);
	assert_string_equal(path, place_path("two/libx.so"));
	put_library("one/libx.so", ELFCLASS64);
	assert_int_equal(find("ld.so.conf", "libx.so", path), 0);
	assert_string_equal(path, place_path("one/libx.so"));
}

static void test_library_of_another_machine_is_passed_by(void **state)
{
	char path[PATH_MAX];

	(void)state;
	put_library("one/libx.so", ELFCLASS32);
	put_library("two/libx.so", ELFCLASS64);
	assert_int_equal(find("ld.so.conf", "libx.so", path), 0);
	assert_string_equal(path, place_path("two/libx.so"));
}

static void test_runpath_comes_first(void **state)
{
	char path[PATH_MAX];

	(void)state;
	put_library("one/libx.so", ELFCLASS64);
	put_library("lib/libx.so", ELFCLASS64);
	place_put("bin/program", "", 0755);
	self.runpath = "/nowhere:$ORIGIN/../lib";
	assert_int_equal(find("ld.so.conf", "libx.so", path), 0);
	assert_string_equal(path, place_path("bin/../lib/libx.so"));
	self.runpath = "";
	self.rpath = "$ORIGIN/../lib"; /* which a RUNPATH puts out of force */
	assert_int_equal(find("ld.so.conf", "libx.so", path), 0);
	assert_string_equal(path, place_path("one/libx.so"));
}

static void test_missing(void **state)
{
	char path[PATH_MAX];

	(void)state;
	assert_int_equal(find("ld.so.conf", "libnone.so.99", path), -ENOENT);
	assert_int_equal(find("none", "libnone.so.99", path), -ENOENT);
	assert_int_equal(find("ld.so.conf", "relative/libx.so", path), -ENOENT);
}

static void test_conf_that_includes_itself(void **state)
{
	char path[PATH_MAX];

	(void)state;
	place_put("loop.conf", "include loop.conf\n", 0644);
	assert_int_equal(find("loop.conf", "libnone.so.99", path), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_included_directories_in_order, set_up,
			place_remove),
		cmocka_unit_test_setup_teardown(
			test_library_of_another_machine_is_passed_by, set_up,
			place_remove),
		cmocka_unit_test_setup_teardown(test_runpath_comes_first,
						set_up, place_remove),
		cmocka_unit_test_setup_teardown(test_missing, set_up,
						place_remove),
		cmocka_unit_test_setup_teardown(test_conf_that_includes_itself,
						set_up, place_remove),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
