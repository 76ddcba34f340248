/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest/udev.h"

#include "guest/shim.h"

#include "tests/unit/guest/sandbox.h"

#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

static struct udev_request request;

static int parse(const char *a, const char *b, const char *c, const char *d)
{
	static char words[5][64];
	static char *argv[6];
	const char *given[] = {"udevadm", a, b, c, d};
	int argc = 0;

	while (argc < 5 && given[argc] != NULL) {
		snprintf(words[argc], sizeof(words[argc]), "%s", given[argc]);
		argv[argc] = words[argc];
		argc++;
	}
	argv[argc] = NULL;
	udev_parse(argc, argv, &request);
	return argc;
}

static void verbs(void **state)
{
	(void)state;
	parse("settle", "--timeout=5", NULL, NULL);
	assert_int_equal(request.verb, UDEV_SETTLE);
	parse("trigger", NULL, NULL, NULL);
	assert_int_equal(request.verb, UDEV_SETTLE);
	parse("help", NULL, NULL, NULL);
	assert_int_equal(request.verb, UDEV_HELP);
	parse("--help", NULL, NULL, NULL);
	assert_int_equal(request.verb, UDEV_HELP);
	parse("wait", "--help", NULL, NULL);
	assert_int_equal(request.verb, UDEV_HELP);
	parse("info", "/dev/sda", NULL, NULL);
	assert_int_equal(request.verb, UDEV_REAL);
	parse("--version", NULL, NULL, NULL);
	assert_int_equal(request.verb, UDEV_REAL);
	parse(NULL, NULL, NULL, NULL);
	assert_int_equal(request.verb, UDEV_REAL);
}

static void waits(void **state)
{
	int argc = parse("wait", "/dev/mapper/x", NULL, NULL);

	(void)state;
	assert_int_equal(request.verb, UDEV_WAIT);
	assert_int_equal(request.first_device, argc - 1);
	assert_false(request.removed);
	assert_int_equal(request.timeout_ms, 30000);
	argc = parse("wait", "--removed", "--timeout=2", "/dev/mapper/x");
	assert_int_equal(request.first_device, argc - 1);
	assert_true(request.removed);
	assert_int_equal(request.timeout_ms, 2000);
	parse("wait", "-t", "0.5", "/dev/mapper/x");
	assert_int_equal(request.timeout_ms, 500);
	/* never longer than we would */
	parse("wait", "-t", "30", "x");
	assert_int_equal(request.timeout_ms, 30000);
	parse("wait", "-t", "31", "x");
	assert_int_equal(request.timeout_ms, 30000);
	parse("wait", "-t", "nonsense", "x");
	assert_int_equal(request.timeout_ms, 30000);
	parse("wait", "-t", "1e300", "x");
	assert_int_equal(request.timeout_ms, 30000);
	argc = parse("wait", NULL, NULL, NULL);
	assert_int_equal(request.first_device, argc);
}

static int run(const char *a, const char *b, const char *c, const char *d)
{
	static char words[5][64];
	static char *argv[6];
	const char *given[] = {"udevadm", a, b, c, d};
	int argc = 0;

	while (argc < 5 && given[argc] != NULL) {
		snprintf(words[argc], sizeof(words[argc]), "%s", given[argc]);
		argv[argc] = words[argc];
		argc++;
	}
	argv[argc] = NULL;
	return udev_main(argc, argv);
}

static void a_wait_ends(void **state)
{
	(void)state;
	assert_int_equal(run("wait", "/dev/null", NULL, NULL), 0);
	assert_int_equal(run("wait", "--removed", "/dev/none", NULL), 0);
	assert_int_equal(run("wait", "-t", "0.001", "/dev/none"), 1);
	assert_int_equal(run("wait", NULL, NULL, NULL), 1);
	assert_int_equal(run("settle", NULL, NULL, NULL), 0);
}

/* What dmsetup leaves when a removal was deferred. */
static void a_node_without_device_is_removed(void **state)
{
	static const char path[] = "/dev/mapper/fstvm-gone";

	(void)state;
	if (!sandbox_enter() ||
	    mount("dev", "/dev", "tmpfs", 0, "mode=0755") < 0) {
		fprintf(stderr, "needs root: a /dev of its own\n");
		skip();
	}
	assert_int_equal(mkdir("/dev/mapper", 0755), 0);
	/* a number for experiments: Documentation/admin-guide/devices.txt */
	assert_int_equal(mknod(path, S_IFBLK | 0600, makedev(127, 77)), 0);
	assert_false(udev_has_device(path));
	assert_int_equal(access(path, F_OK), -1);
	assert_int_equal(mknod("/dev/plain", S_IFBLK | 0600, makedev(127, 77)),
			 0);
	assert_false(udev_has_device("/dev/plain"));
	assert_int_equal(access("/dev/plain", F_OK), 0);
	assert_int_equal(umount2("/dev", MNT_DETACH), 0);
}

static void shim_only_without_a_daemon(void **state)
{
	(void)state;
	if (!sandbox_enter())
		skip();
	assert_true(shim_is_wanted("udevadm"));
	assert_true(shim_is_wanted("logger"));
	assert_int_equal(mkdir("/run/udev", 0755), 0);
	sandbox_write("/run/udev/control", "", 0);
	assert_false(shim_is_wanted("udevadm"));
	assert_true(shim_is_wanted("logger"));
	assert_true(shim_is_name("/run/fstvm/bin/udevadm"));
}

/* Only root may make nodes. */
static void mapper_has_links(void **state)
{
	char root[] = "/tmp/fstvm-udev.XXXXXX";
	char target[32];
	ssize_t n;
	int dev_fd;

	(void)state;
	if (geteuid() != 0)
		skip();
	assert_non_null(mkdtemp(root));
	assert_int_equal(chdir(root), 0);
	assert_int_equal(mkdir("mapper", 0755), 0);
	assert_int_equal(mknod("dm-7", S_IFBLK | 0600, makedev(253, 7)), 0);
	assert_int_equal(mknod("mapper/a", S_IFBLK | 0600, makedev(253, 7)), 0);
	/* The kernel's node has another number. */
	assert_int_equal(mknod("mapper/b", S_IFBLK | 0600, makedev(252, 7)), 0);
	assert_int_equal(
		mknod("mapper/control", S_IFCHR | 0600, makedev(10, 236)), 0);
	assert_int_equal(symlink("../dm-9", "mapper/gone"), 0);
	dev_fd = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(dev_fd >= 0);
	udev_link_mapper(dev_fd);
	udev_link_mapper(dev_fd);
	n = readlink("mapper/a", target, sizeof(target) - 1);
	assert_int_equal(n, strlen("../dm-7"));
	assert_memory_equal(target, "../dm-7", (size_t)n);
	assert_int_equal(readlink("mapper/b", target, sizeof(target)), -1);
	assert_int_equal(access("mapper/control", F_OK), 0);
	assert_int_equal(
		faccessat(dev_fd, "mapper/gone", F_OK, AT_SYMLINK_NOFOLLOW),
		-1);
	assert_int_equal(unlinkat(dev_fd, "mapper/a", 0), 0);
	assert_int_equal(unlinkat(dev_fd, "mapper/b", 0), 0);
	assert_int_equal(unlinkat(dev_fd, "mapper/control", 0), 0);
	assert_int_equal(unlinkat(dev_fd, "mapper", AT_REMOVEDIR), 0);
	assert_int_equal(unlinkat(dev_fd, "dm-7", 0), 0);
	close(dev_fd);
	assert_int_equal(chdir("/"), 0);
	assert_int_equal(rmdir(root), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(verbs),
		cmocka_unit_test(waits),
		cmocka_unit_test(a_wait_ends),
		cmocka_unit_test(a_node_without_device_is_removed),
		cmocka_unit_test(shim_only_without_a_daemon),
		cmocka_unit_test(mapper_has_links),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
