/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_devices - the block devices of a VM. */
#include "host/plan/devices.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka.h needs the four above. */
#include <cmocka.h>
#include <errno.h>
#include <string.h>

#define LOOP   PB__DEVICE_BACKING__DEVICE_BACKING_LOOP
#define VIRTIO PB__DEVICE_BACKING__DEVICE_BACKING_VIRTIO
#define MIB    ((uint64_t)1024 * 1024)
#define GIB    (1024 * MIB)

static struct devices devices;

static void make(const struct config *config, uint64_t memory)
{
	struct complaint complaint = {0};

	assert_int_equal(devices_make(config, memory, &devices, &complaint), 0);
}

static struct config sizes(uint64_t test, uint64_t scratch)
{
	struct config config = {.test_bytes = test, .scratch_bytes = scratch};

	return config;
}

static void is(size_t index, Pb__DeviceRole role, uint64_t bytes,
	       const char *serial)
{
	assert_ptr_equal(devices.refs[index], &devices.list[index]);
	assert_int_equal(devices.list[index].role, role);
	assert_int_equal(devices.list[index].size_bytes, bytes);
	assert_int_equal(devices.list[index].backing, devices.backing);
	assert_string_equal(devices.list[index].serial, serial);
	assert_int_equal(pb__device__get_packed_size(devices.refs[index]) > 0,
			 1);
}

static void test_test_and_scratch(void **state)
{
	struct config config = sizes(GIB, 2 * GIB);

	(void)state;
	make(&config, 8 * GIB);
	assert_int_equal(devices.count, 2);
	assert_int_equal(devices.total_bytes, 3 * GIB);
	is(0, PB__DEVICE_ROLE__DEVICE_ROLE_TEST, GIB, "fstvm-test");
	is(1, PB__DEVICE_ROLE__DEVICE_ROLE_SCRATCH, 2 * GIB, "fstvm-scratch");
}

static void test_a_pool_takes_the_place_of_scratch(void **state)
{
	struct config config = sizes(GIB, 2 * GIB);

	(void)state;
	config.pool_count = CONFIG_POOL_MAX;
	config.logwrites = true;
	make(&config, GIB);
	assert_int_equal(devices.count, LIMIT_DEVICES);
	is(1, PB__DEVICE_ROLE__DEVICE_ROLE_POOL, 2 * GIB, "fstvm-pool0");
	is(14, PB__DEVICE_ROLE__DEVICE_ROLE_POOL, 2 * GIB, "fstvm-pool13");
	is(15, PB__DEVICE_ROLE__DEVICE_ROLE_LOGWRITES, 2 * GIB, "fstvm-logw");
	assert_int_equal(devices.backing, VIRTIO);
	assert_int_equal(devices.total_bytes, 31 * GIB);
}

static void test_auto_takes_half_of_the_memory(void **state)
{
	struct config config = sizes(GIB, GIB);

	(void)state;
	make(&config, 4 * GIB);
	assert_int_equal(devices.backing, LOOP);
	make(&config, 4 * GIB - 4096);
	assert_int_equal(devices.backing, VIRTIO);
	make(&config, 4 * GIB + 4096);
	assert_int_equal(devices.backing, LOOP);
	config.backing = CONFIG_VIRTIO;
	make(&config, 4 * GIB);
	assert_int_equal(devices.backing, VIRTIO);
}

static void test_loop_takes_all_of_the_memory_at_most(void **state)
{
	struct config config = sizes(GIB, GIB);
	struct complaint complaint = {0};

	(void)state;
	config.backing = CONFIG_LOOP;
	make(&config, 2 * GIB);
	assert_int_equal(devices.backing, LOOP);
	assert_int_equal(
		devices_make(&config, 2 * GIB - 1, &devices, &complaint),
		-E2BIG);
	assert_non_null(strstr(complaint.text, "--devices virtio"));
}

static void test_absurd_sizes(void **state)
{
	struct config config = sizes(GIB, INT64_MAX);
	struct complaint complaint = {0};

	(void)state;
	assert_int_equal(devices_make(&config, GIB, &devices, &complaint),
			 -E2BIG);
	config = sizes((uint64_t)1 << 58, GIB);
	assert_int_equal(devices_make(&config, GIB, &devices, &complaint),
			 -E2BIG);
	config = sizes(((uint64_t)1 << 58) - 4096, ((uint64_t)1 << 58) - 4096);
	config.pool_count = CONFIG_POOL_MAX;
	config.logwrites = true;
	make(&config, GIB);
	assert_true(devices.total_bytes > config.test_bytes);
}

static void test_the_floor_of_the_disk(void **state)
{
	struct config config = sizes(512 * MIB, 512 * MIB);
	struct complaint complaint = {0};

	(void)state;
	make(&config, 4 * GIB);
	assert_int_equal(devices_fit(&devices, 0, "/run", &complaint), 0);
	config.backing = CONFIG_VIRTIO;
	make(&config, 4 * GIB);
	assert_int_equal(devices_fit(&devices, 512 * MIB, "/run", &complaint),
			 0);
	assert_int_equal(
		devices_fit(&devices, 512 * MIB - 1, "/run", &complaint),
		-ENOSPC);
	assert_non_null(strstr(complaint.text, "/run has 511 MiB free"));
	config = sizes(10 * GIB, 22 * GIB);
	make(&config, 4 * GIB);
	assert_int_equal(devices_fit(&devices, 2 * GIB, "/run", &complaint), 0);
	assert_int_equal(devices_fit(&devices, 2 * GIB - 1, "/run", &complaint),
			 -ENOSPC);
}

static void test_a_directory_that_is_not_there_yet(void **state)
{
	struct config config = sizes(512 * MIB, 512 * MIB);
	struct complaint complaint = {0};

	(void)state;
	make(&config, 4 * GIB);
	assert_int_equal(
		devices_check_disk(&devices, "/tmp/none/of/these", &complaint),
		0);
	assert_int_equal(devices_check_disk(&devices, "none/of", &complaint),
			 0);
	assert_int_equal(
		devices_check_disk(&devices, "/dev/null/x", &complaint),
		-ENOTDIR);
	assert_non_null(strstr(complaint.text, "can't use /dev/null/x"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_test_and_scratch),
		cmocka_unit_test(test_a_pool_takes_the_place_of_scratch),
		cmocka_unit_test(test_auto_takes_half_of_the_memory),
		cmocka_unit_test(test_loop_takes_all_of_the_memory_at_most),
		cmocka_unit_test(test_absurd_sizes),
		cmocka_unit_test(test_the_floor_of_the_disk),
		cmocka_unit_test(test_a_directory_that_is_not_there_yet),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
