/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest/disk.h"

#include "tests/unit/guest/sandbox.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static char root[] = "/tmp/fstvm-disk-XXXXXX";

static void add_disk(const char *name, const char *serial, const char *size)
{
	char path[128];

	(void)snprintf(path, sizeof(path), "%s/%s", root, name);
	assert_int_equal(mkdir(path, 0755), 0);
	(void)snprintf(path, sizeof(path), "%s/%s/serial", root, name);
	sandbox_write(path, serial, strlen(serial));
	if (!size)
		return;
	(void)snprintf(path, sizeof(path), "%s/%s/size", root, name);
	sandbox_write(path, size, strlen(size));
}

static void test_find(void **state)
{
	char name[DISK_NAME_MAX] = "";
	uint64_t bytes = 0;
	char command[64];

	(void)state;
	assert_non_null(mkdtemp(root));
	add_disk("vda", "fstvm-d1", "8");
	add_disk("vdb", "fstvm-d0", "2097152\n");
	add_disk("sda", "fstvm-d2", "16");
	add_disk("vdc", "", "16");
	add_disk("vdd", "fstvm-d3", "x");
	add_disk("vde", "fstvm-d4", NULL);
	assert_int_equal(disk_find(root, "fstvm-d0", name, &bytes), 0);
	assert_string_equal(name, "vdb");
	assert_int_equal(bytes, 1 << 30);
	assert_int_equal(disk_find(root, "fstvm-d", name, &bytes), -ENOENT);
	assert_int_equal(disk_find(root, "fstvm-d2", name, &bytes), -ENOENT);
	assert_int_equal(disk_find(root, "", name, &bytes), -ENOENT);
	assert_int_equal(disk_find(root, "fstvm-d3", name, &bytes), -EINVAL);
	assert_int_equal(disk_find(root, "fstvm-d4", name, &bytes), -ENOENT);
	(void)snprintf(command, sizeof(command), "rm -r %s", root);
	assert_int_equal(system(command), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_find),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
