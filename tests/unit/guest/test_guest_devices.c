/* SPDX-License-Identifier: GPL-2.0-or-later */
/* devices, loop, wipe and filesystem together, on real loop devices. */
#include "guest/devices.h"

#include "guest/filesystem.h"
#include "guest/layout.h"
#include "guest/loop.h"
#include "guest/mounts.h"
#include "guest/wipe.h"

#include "tests/unit/guest/sandbox.h"

#include <errno.h>
#include <linux/loop.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include <cmocka.h>

enum { TIMEOUT_MS = 120000 };

static struct devices devices;
static struct why why;
static Pb__Device device[3];
static Pb__Device *list[3];
static Pb__RunSpec spec;

static void ok(int rc)
{
	if (rc < 0)
		fail_msg("%d: %s", rc, why.text);
}

static bool has_loop(void)
{
	int fd = -1;

	if (!sandbox_enter())
		return false;
	fd = open("/dev/loop-control", O_RDWR | O_CLOEXEC);
	if (fd < 0)
		fprintf(stderr, "needs loop devices\n");
	else
		close(fd);
	return fd >= 0;
}

static int make_spec(void **state)
{
	size_t i;

	(void)state;
	memset(&devices, 0, sizeof(devices));
	pb__run_spec__init(&spec);
	for (i = 0; i < 3; i++) {
		pb__device__init(&device[i]);
		device[i].backing = PB__DEVICE_BACKING__DEVICE_BACKING_LOOP;
		device[i].size_bytes = 512 << 20;
		list[i] = &device[i];
	}
	device[0].role = PB__DEVICE_ROLE__DEVICE_ROLE_TEST;
	device[1].role = PB__DEVICE_ROLE__DEVICE_ROLE_SCRATCH;
	device[2].role = PB__DEVICE_ROLE__DEVICE_ROLE_POOL;
	spec.devices = list;
	spec.n_devices = 3;
	spec.fstype = (char *)(uintptr_t) "ext4";
	spec.mkfs_options = (char *)(uintptr_t) "";
	if (has_loop())
		ok(mounts_make_layout(&why));
	return 0;
}

static int remove_all(void **state)
{
	(void)state;
	if (devices_remove(&devices, &why) < 0)
		fprintf(stderr, "%s\n", why.text);
	loop_force_old_ioctls(false);
	return mounts_is_mounted(LAYOUT_DEVICES);
}

/* The script's $X is x. */
static int shell(const char *script, const char *x)
{
	assert_int_equal(setenv("X", x, 1), 0);
	return system(script);
}

static void test_make_and_remove(void **state)
{
	struct stat status;
	char text[LIMIT_DEVICES * DEVICES_PATH_MAX];
	char path[DEVICES_PATH_MAX];

	(void)state;
	if (!has_loop())
		skip();
	list[0]->role = PB__DEVICE_ROLE__DEVICE_ROLE_POOL;
	ok(devices_make(&devices, &spec, 0, &why));
	assert_null(
		devices_path(&devices, PB__DEVICE_ROLE__DEVICE_ROLE_TEST, 0));
	assert_int_equal(devices_list(&devices,
				      PB__DEVICE_ROLE__DEVICE_ROLE_POOL, text,
				      sizeof(text)),
			 2);
	(void)snprintf(
		path, sizeof(path), "%s",
		devices_path(&devices, PB__DEVICE_ROLE__DEVICE_ROLE_POOL, 1));
	assert_string_equal(strchr(text, ' ') + 1, path);
	assert_int_equal(
		shell("test $(blockdev --getsize64 $X) = 536870912", path), 0);
	assert_int_equal(shell("test $(blockdev --getss $X) = 512", path), 0);
	assert_int_equal(stat(LAYOUT_DEVICES, &status), 0);
	assert_int_equal(status.st_mode & 07777, 0700);
	ok(devices_remove(&devices, &why));
	assert_int_equal(shell("! losetup $X 2>/dev/null", path), 0);
	ok(devices_remove(&devices, &why));
}

static void test_old_ioctls(void **state)
{
	(void)state;
	if (!has_loop())
		skip();
	loop_force_old_ioctls(true);
	test_make_and_remove(state);
}

static void test_busy_device_goes_later(void **state)
{
	char path[DEVICES_PATH_MAX];
	struct loop_info64 info;
	int fd;

	(void)state;
	if (!has_loop())
		skip();
	ok(devices_make(&devices, &spec, 0, &why));
	(void)snprintf(
		path, sizeof(path), "%s",
		devices_path(&devices, PB__DEVICE_ROLE__DEVICE_ROLE_TEST, 0));
	fd = open(path, O_RDONLY | O_CLOEXEC);
	ok(devices_remove(&devices, &why));
	assert_int_equal(ioctl(fd, LOOP_GET_STATUS64, &info), 0);
	assert_true(info.lo_flags & LO_FLAGS_AUTOCLEAR);
	close(fd);
	/* The kernel clears it when the last user is gone. */
	assert_int_equal(shell("! losetup $X 2>/dev/null", path), 0);
}

static void test_too_many(void **state)
{
	Pb__Device *many[LIMIT_DEVICES + 1];
	size_t i;

	(void)state;
	for (i = 0; i < LIMIT_DEVICES + 1; i++)
		many[i] = &device[0];
	spec.devices = many;
	spec.n_devices = LIMIT_DEVICES + 1;
	assert_int_equal(devices_make(&devices, &spec, 0, &why), -E2BIG);
}

static void test_no_such_disk(void **state)
{
	(void)state;
	device[0].backing = PB__DEVICE_BACKING__DEVICE_BACKING_VIRTIO;
	device[0].serial = (char *)(uintptr_t) "fstvm-none";
	spec.n_devices = 1;
	assert_int_equal(devices_make(&devices, &spec, 50, &why), -ENODEV);
	assert_string_equal(why.text, "TEST_DEV: no virtio disk with serial "
				      "fstvm-none turned up");
}

static void make_filesystem(const char *fstype, const char *options)
{
	const char *path;

	if (!has_loop() || shell("command -v mkfs.$X >/dev/null", fstype)) {
		fprintf(stderr, "needs mkfs.%s\n", fstype);
		skip();
	}
	spec.fstype = (char *)(uintptr_t)fstype;
	spec.mkfs_options = (char *)(uintptr_t)options;
	ok(devices_make(&devices, &spec, 0, &why));
	ok(filesystem_make(&devices, &spec, TIMEOUT_MS, &why));
	/* Over what is there, too. */
	ok(filesystem_make(&devices, &spec, TIMEOUT_MS, &why));
	path = devices_path(&devices, PB__DEVICE_ROLE__DEVICE_ROLE_SCRATCH, 0);
	assert_int_equal(setenv("TYPE", fstype, 1), 0);
	assert_int_equal(
		shell("test \"$(blkid -p -s TYPE -o value $X)\" = $TYPE", path),
		0);
	path = devices_path(&devices, PB__DEVICE_ROLE__DEVICE_ROLE_POOL, 0);
	assert_int_equal(shell("test -z \"$(blkid -p $X)\"", path), 0);
}

static void test_ext4(void **state)
{
	(void)state;
	make_filesystem("ext4", "-b 1024 -L 'a label'");
	assert_int_equal(
		shell("test \"$(blkid -p -s LABEL -o value $X)\" = 'a label'",
		      devices_path(&devices, PB__DEVICE_ROLE__DEVICE_ROLE_TEST,
				   0)),
		0);
}

static void test_small_xfs(void **state)
{
	(void)state;
	device[0].size_bytes = 64 << 20;
	make_filesystem("xfs", "");
}

static void test_btrfs(void **state)
{
	(void)state;
	make_filesystem("btrfs", "");
}

static void test_f2fs(void **state)
{
	(void)state;
	make_filesystem("f2fs", "");
}

static void test_mkfs_fails(void **state)
{
	(void)state;
	if (!has_loop())
		skip();
	spec.mkfs_options = (char *)(uintptr_t) "-b 77";
	ok(devices_make(&devices, &spec, 0, &why));
	assert_int_equal(filesystem_make(&devices, &spec, TIMEOUT_MS, &why),
			 -EIO);
	assert_non_null(strstr(why.text, "mkfs.ext4 of TEST_DEV /dev/loop"));
	assert_non_null(strstr(why.text, "failed, exit status 1: mkfs.ext4: "
					 "invalid block size - 77"));
}

static void test_mkfs_is_missing(void **state)
{
	(void)state;
	if (!has_loop())
		skip();
	spec.fstype = (char *)(uintptr_t) "nofs";
	ok(devices_make(&devices, &spec, 0, &why));
	assert_int_equal(filesystem_make(&devices, &spec, TIMEOUT_MS, &why),
			 -ENOENT);
	assert_string_equal(why.text, "mkfs.nofs: can't run mkfs.nofs: "
				      "No such file or directory");
}

static void test_bad_options(void **state)
{
	(void)state;
	if (!has_loop())
		skip();
	spec.mkfs_options = (char *)(uintptr_t) "-L 'x";
	ok(devices_make(&devices, &spec, 0, &why));
	assert_int_equal(filesystem_make(&devices, &spec, TIMEOUT_MS, &why),
			 -EINVAL);
	assert_string_equal(why.text, "mkfs options with an open quote: -L 'x");
}

static void test_wipe_all_copies(void **state)
{
	static const off_t at[] = {0, 65536, 64 << 20, (512 << 20) - 4096};
	char data[512];
	const char *path;
	size_t i;
	int fd;

	(void)state;
	if (!has_loop())
		skip();
	ok(devices_make(&devices, &spec, 0, &why));
	path = devices_path(&devices, PB__DEVICE_ROLE__DEVICE_ROLE_POOL, 0);
	fd = open(path, O_RDWR | O_CLOEXEC);
	memset(data, 'x', sizeof(data));
	for (i = 0; i < sizeof(at) / sizeof(*at); i++)
		assert_int_equal(pwrite(fd, data, sizeof(data), at[i]),
				 sizeof(data));
	assert_int_equal(fsync(fd), 0);
	ok(wipe_device(path, &why));
	for (i = 0; i < sizeof(at) / sizeof(*at); i++) {
		static const char zeros[sizeof(data)];

		assert_int_equal(pread(fd, data, sizeof(data), at[i]),
				 sizeof(data));
		assert_memory_equal(data, zeros, sizeof(data));
	}
	close(fd);
	assert_int_equal(wipe_device("/dev/fstvm-none", &why), -ENOENT);
}

#define WITH_SPEC(test) \
	cmocka_unit_test_setup_teardown(test, make_spec, remove_all)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_SPEC(test_make_and_remove),
		WITH_SPEC(test_old_ioctls),
		WITH_SPEC(test_busy_device_goes_later),
		WITH_SPEC(test_too_many),
		WITH_SPEC(test_no_such_disk),
		WITH_SPEC(test_ext4),
		WITH_SPEC(test_small_xfs),
		WITH_SPEC(test_btrfs),
		WITH_SPEC(test_f2fs),
		WITH_SPEC(test_mkfs_fails),
		WITH_SPEC(test_mkfs_is_missing),
		WITH_SPEC(test_bad_options),
		WITH_SPEC(test_wipe_all_copies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
