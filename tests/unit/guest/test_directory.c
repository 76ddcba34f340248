/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest/directory.h"

#include "tests/unit/guest/sandbox.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void test_all_names_once(void **state)
{
	enum { FILES = 500 }; /* more than one buffer holds */
	char root[] = "/tmp/fstvm-directory-XXXXXX";
	char command[64];
	bool seen[FILES] = {false};
	struct directory directory;
	const char *name;
	char path[128];
	int count = 0;
	int i;

	(void)state;
	assert_non_null(mkdtemp(root));
	for (i = 0; i < FILES; i++) {
		(void)snprintf(path, sizeof(path), "%s/file-number-%d", root,
			       i);
		sandbox_write(path, "", 0);
	}
	assert_int_equal(directory_open(&directory, AT_FDCWD, root, 0), 0);
	while (directory_next(&directory, &name) == 1) {
		assert_int_equal(sscanf(name, "file-number-%d", &i), 1);
		assert_in_range(i, 0, FILES - 1);
		assert_false(seen[i]);
		seen[i] = true;
		count++;
	}
	assert_int_equal(count, FILES);
	assert_int_equal(directory_next(&directory, &name), 0);
	directory_close(&directory);
	(void)snprintf(command, sizeof(command), "rm -r %s", root);
	assert_int_equal(system(command), 0);
}

static void test_failures(void **state)
{
	struct directory directory;

	(void)state;
	assert_int_equal(directory_open(&directory, AT_FDCWD, "/nowhere", 0),
			 -ENOENT);
	assert_int_equal(directory_open(&directory, AT_FDCWD, "/etc/passwd", 0),
			 -ENOTDIR);
	assert_int_equal(
		directory_open(&directory, AT_FDCWD, "/proc/self", O_NOFOLLOW),
		-ENOTDIR);
	directory_close(&directory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_names_once),
		cmocka_unit_test(test_failures),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
