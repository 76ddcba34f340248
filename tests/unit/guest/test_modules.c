/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest/modules.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static bool lists(const char *text, const char *fstype)
{
	return modules_lists_filesystem(bytes_of_string(text), fstype);
}

static void test_filesystem_list(void **state)
{
	static const char text[] = "nodev\tproc\n\text4\nnodev\toverlay\n\txfs";

	(void)state;
	assert_true(lists(text, "proc"));
	assert_true(lists(text, "ext4"));
	assert_true(lists(text, "overlay"));
	assert_true(lists(text, "xfs"));
	assert_false(lists(text, "ext"));
	assert_false(lists(text, "ext44"));
	assert_false(lists(text, "nodev"));
	assert_false(lists("", "ext4"));
	assert_false(lists("ext4\n", "ext4"));
}

static const struct modules_entry *find(const struct modules *modules,
					const char *name)
{
	unsigned int i;

	for (i = 0; i < modules->count; i++) {
		if (!strcmp(modules->entry[i].name, name))
			return &modules->entry[i];
	}
	return NULL;
}

static void test_what_a_spec_needs(void **state)
{
	Pb__Device device;
	Pb__Device *list[] = {&device};
	Pb__RunSpec spec;
	char fstype[] = "xfs";
	struct modules modules;

	(void)state;
	pb__run_spec__init(&spec);
	pb__device__init(&device);
	device.backing = PB__DEVICE_BACKING__DEVICE_BACKING_VIRTIO;
	spec.fstype = fstype;
	spec.devices = list;
	spec.n_devices = 1;
	modules_of_spec(&modules, &spec);
	assert_true(find(&modules, "virtio_blk")->required);
	assert_false(find(&modules, "loop")->required);
	assert_int_equal(find(&modules, "xfs")->kind, MODULES_FILESYSTEM);
	assert_true(find(&modules, "9p")->required);
	assert_true(find(&modules, "overlay")->required);
	device.backing = PB__DEVICE_BACKING__DEVICE_BACKING_LOOP;
	modules_of_spec(&modules, &spec);
	assert_null(find(&modules, "virtio_blk"));
	assert_true(find(&modules, "loop")->required);
}

static void test_missing_one_is_named(void **state)
{
	struct why why = {.text = ""};

	(void)state;
	assert_int_equal(modules_load("fstvm_no_such", 60000, &why), -ENODEV);
	assert_non_null(strstr(why.text, "the kernel has no fstvm_no_such: "
					 "neither built in nor as a module"));
}

static void test_optional_one_may_be_missing(void **state)
{
	struct modules modules = {
		.entry = {{.name = "fstvm_no_such", .kind = MODULES_DRIVER},
			  {.name = "fstvm_nofs", .kind = MODULES_FILESYSTEM},
			  {.name = "proc",
			   .kind = MODULES_FILESYSTEM,
			   .required = true}},
		.count = 3,
	};
	struct why why = {.text = ""};

	(void)state;
	assert_int_equal(modules_load_all(&modules, 60000, &why), 0);
	modules.entry[1].required = true;
	assert_int_equal(modules_load_all(&modules, 60000, &why), -ENODEV);
	assert_non_null(strstr(why.text, "fstvm_nofs"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_filesystem_list),
		cmocka_unit_test(test_what_a_spec_needs),
		cmocka_unit_test(test_missing_one_is_named),
		cmocka_unit_test(test_optional_one_may_be_missing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
