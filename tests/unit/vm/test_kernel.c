/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Kernels in a root of the test's own. */
#include "host/vm/kernel.h"

#include "shared/beneath.h"
#include "shared/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define BOOTS                                                                  \
	"CONFIG_VIRTIO_PCI=y\nCONFIG_VIRTIO_CONSOLE=y\nCONFIG_NET_9P=y\n"      \
	"CONFIG_NET_9P_VIRTIO=y\nCONFIG_9P_FS=y\nCONFIG_OVERLAY_FS=y\n"        \
	"CONFIG_UNIX=y\nCONFIG_TMPFS=y\nCONFIG_DEVTMPFS=y\nCONFIG_PROC_FS=y\n" \
	"CONFIG_SYSFS=y\nCONFIG_BINFMT_ELF=y\nCONFIG_BINFMT_SCRIPT=y\n"        \
	"CONFIG_SERIAL_8250_CONSOLE=y\nCONFIG_BLK_DEV_INITRD=y\n"              \
	"CONFIG_KASAN=y\n"
#define BOOTS_MODULAR                                                          \
	"CONFIG_VIRTIO_PCI=m\nCONFIG_VIRTIO_CONSOLE=m\nCONFIG_NET_9P=m\n"      \
	"CONFIG_NET_9P_VIRTIO=m\nCONFIG_9P_FS=m\nCONFIG_OVERLAY_FS=m\n"        \
	"CONFIG_UNIX=y\nCONFIG_TMPFS=y\nCONFIG_DEVTMPFS=y\nCONFIG_PROC_FS=y\n" \
	"CONFIG_SYSFS=y\nCONFIG_BINFMT_ELF=y\nCONFIG_BINFMT_SCRIPT=y\n"        \
	"CONFIG_SERIAL_8250_CONSOLE=y\nCONFIG_BLK_DEV_INITRD=y\n"

static char root[64];
static struct kernel kernel;
static char why[KERNEL_WHY];

static int make_root(void **state)
{
	(void)state;
	snprintf(root, sizeof(root), "/tmp/fstvm-kernel-XXXXXX");
	return mkdtemp(root) ? 0 : -1;
}

static int remove_root(void **state)
{
	fd_auto int fd = fd_open("/tmp", O_RDONLY | O_DIRECTORY, 0);

	(void)state;
	return beneath_remove_tree(fd, root + strlen("/tmp/"));
}

static void put_file(const char *path, const void *data, size_t len)
{
	fd_auto int dir = fd_open(root, O_RDONLY | O_DIRECTORY, 0);
	fd_auto int fd = -1;
	char parent[512];

	snprintf(parent, sizeof(parent), "%s", path);
	if (strrchr(parent, '/')) {
		*strrchr(parent, '/') = '\0';
		assert_int_equal(beneath_mkdirs(dir, parent), 0);
	}
	fd = beneath_open(dir, path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	assert_true(fd >= 0);
	assert_int_equal(fd_write_all(fd, data, len), 0);
}

static void put_text(const char *path, const char *text)
{
	put_file(path, text, strlen(text));
}

static void put_image(const char *path, const char *release)
{
	uint8_t head[0x400] = {0};

	bytes_put_u16(head + 0x1fe, 0xaa55);
	memcpy(head + 0x202, "HdrS", 4);
	bytes_put_u16(head + 0x20e, 0x100);
	memcpy(head + 0x300, release, strlen(release));
	put_file(path, head, sizeof(head));
}

static int find(const char *input)
{
	const struct kernel_search search = {
		.input = input,
		.root = root,
		.need = {.machine = "x86_64", .fstype = NULL},
	};

	why[0] = '\0';
	return kernel_find(&kernel, &search, why);
}

/* In the root, as the user would name it. */
static const char *in_root(const char *path)
{
	static char full[1024];

	snprintf(full, sizeof(full), "%s/%s", root, path);
	return full;
}

static void expect_why(const char *format)
{
	char expected[1024];

	snprintf(expected, sizeof(expected), "%s", format);
	assert_non_null(strstr(why, expected));
}

static void put_installed(const char *release, const char *config)
{
	char path[256];

	snprintf(path, sizeof(path), "boot/vmlinuz-%s", release);
	put_image(path, release);
	snprintf(path, sizeof(path), "boot/config-%s", release);
	put_text(path, config);
	snprintf(path, sizeof(path), "lib/modules/%s/modules.dep", release);
	put_text(path, "");
}

static void tree_without_vmlinux(void **state)
{
	char expected[256];

	(void)state;
	put_text("linux/Makefile", "");
	assert_int_equal(find(in_root("linux")), -ENOENT);
	snprintf(expected, sizeof(expected),
		 "Kernel not built. vmlinux not found at %s/linux/vmlinux",
		 root);
	assert_string_equal(why, expected);
}

static void tree_without_image(void **state)
{
	(void)state;
	put_text("linux/vmlinux", "");
	assert_int_equal(find(in_root("linux")), -ENOENT);
	expect_why("bzImage not found");
	expect_why("make -C");
}

static void whole_tree(void **state)
{
	(void)state;
	put_text("linux/vmlinux", "");
	put_image("linux/arch/x86/boot/bzImage", "6.9.0-rc1");
	put_text("linux/.config", BOOTS);
	put_text("linux/include/config/kernel.release", "6.9.0-rc1-test+\n");
	assert_int_equal(find(in_root("linux")), 0);
	assert_int_equal(kernel.kind, KERNEL_TREE);
	assert_string_equal(kernel.tree, in_root("linux"));
	assert_string_equal(kernel.path,
			    in_root("linux/arch/x86/boot/bzImage"));
	assert_string_equal(kernel.release, "6.9.0-rc1-test+");
	assert_int_equal(kernel.fact_count, 1);
	assert_string_equal(kernel.facts[0], "CONFIG_KASAN=y");
	assert_false(kernel.needs_initramfs);
	/* named by its image, it is the same */
	assert_int_equal(find(in_root("linux/arch/x86/boot/bzImage")), 0);
	assert_int_equal(kernel.kind, KERNEL_IMAGE);
	assert_string_equal(kernel.tree, in_root("linux"));
	assert_string_equal(kernel.release, "6.9.0-rc1-test+");
}

static void tree_with_modules(void **state)
{
	(void)state;
	put_text("linux/vmlinux", "");
	put_image("linux/arch/x86/boot/bzImage", "6.9.0");
	put_text("linux/.config", BOOTS_MODULAR);
	assert_int_equal(find(in_root("linux")), -ENOENT);
	expect_why("modules are not there");
	put_text("linux/modules.order", "fs/9p/9p.o\n");
	assert_int_equal(find(in_root("linux")), 0);
	assert_string_equal(kernel.modules, in_root("linux"));
	assert_true(kernel.needs_initramfs);
}

static void tree_that_is_not_ours(void **state)
{
	(void)state;
	if (geteuid() == 0)
		skip(); /* root may write everywhere */
	put_text("linux/vmlinux", "");
	put_image("linux/arch/x86/boot/bzImage", "6.9.0");
	put_text("linux/.config", BOOTS_MODULAR);
	put_text("linux/modules.order", "");
	assert_int_equal(chmod(in_root("linux"), 0500), 0);
	assert_int_equal(find(in_root("linux")), -EACCES);
	expect_why(".virtme_mods");
	assert_int_equal(chmod(in_root("linux"), 0700), 0);
}

static void tree_without_config(void **state)
{
	(void)state;
	put_text("linux/vmlinux", "");
	put_image("linux/arch/x86/boot/bzImage", "6.9.0");
	assert_int_equal(find(in_root("linux")), 0);
	assert_string_equal(kernel.config, "");
	assert_string_equal(kernel.tree, ""); /* vng gets the image */
}

static void image_that_is_none(void **state)
{
	(void)state;
	put_text("notes", "hello");
	assert_int_equal(find(in_root("notes")), -ENOEXEC);
	expect_why("is not a kernel image");
	assert_int_equal(find("/dev/null"), -ENOEXEC);
	assert_int_equal(find(in_root("missing")), -ENOENT);
	expect_why("kernel not found at");
	assert_int_equal(find("6.66.6-none"), -ENOENT);
	expect_why("no version 6.66.6-none is installed");
	assert_int_equal(find(""), -ENOENT);
}

static void image_that_may_not_be_read(void **state)
{
	(void)state;
	if (geteuid() == 0)
		skip(); /* root may read all */
	put_image("vmlinuz", "6.9.0");
	assert_int_equal(chmod(in_root("vmlinuz"), 0), 0);
	assert_int_equal(find(in_root("vmlinuz")), -EACCES);
	expect_why("sudo chmod a+r");
	expect_why("dpkg-statoverride");
}

static void config_is_checked(void **state)
{
	(void)state;
	put_installed("6.1.0-cloud", "CONFIG_UNIX=y\nCONFIG_TMPFS=y\n");
	assert_int_equal(find("6.1.0-cloud"), -ENOTSUP);
	expect_why("CONFIG_9P_FS");
	expect_why("6.1.0-cloud");
}

static void installed_by_version(void **state)
{
	(void)state;
	put_installed("6.1.0-5-amd64", BOOTS_MODULAR);
	assert_int_equal(find("6.1.0-5-amd64"), 0);
	assert_int_equal(kernel.kind, KERNEL_INSTALLED);
	assert_string_equal(kernel.path, in_root("boot/vmlinuz-6.1.0-5-amd64"));
	assert_string_equal(kernel.release, "6.1.0-5-amd64");
	assert_string_equal(kernel.modules,
			    in_root("lib/modules/6.1.0-5-amd64"));
	assert_true(kernel.needs_initramfs);
	/* the other place, with its configuration there */
	put_image("usr/lib/modules/7.0.1/vmlinuz", "7.0.1");
	put_text("lib/modules/7.0.1/config", BOOTS);
	assert_int_equal(find("7.0.1"), 0);
	assert_string_equal(kernel.config, in_root("lib/modules/7.0.1/config"));
}

static void newest_that_boots(void **state)
{
	(void)state;
	assert_int_equal(find(NULL), -ENOENT);
	expect_why("no installed kernel found");
	put_installed("6.1.0-9-amd64", BOOTS);
	put_installed("6.1.0-10-amd64", BOOTS);
	put_installed("6.1.0-11-cloud-amd64", "CONFIG_UNIX=y\n");
	put_image("boot/vmlinuz-6.2.0", "6.2.0"); /* no configuration */
	assert_int_equal(find(NULL), 0);
	assert_string_equal(kernel.release, "6.1.0-10-amd64");
}

static void newest_says_why_not(void **state)
{
	(void)state;
	put_image("boot/vmlinuz-6.2.0", "6.2.0");
	put_installed("6.1.0-11-cloud-amd64", "CONFIG_UNIX=y\n");
	assert_int_equal(find(NULL), -ENOTSUP);
	expect_why("no configuration found for kernel 6.2.0");
}

static void modules_beside_the_image(void **state)
{
	(void)state;
	put_image("opt/k/boot/vmlinuz", "6.9.1");
	put_text("opt/k/lib/modules/6.9.1/modules.dep", "");
	put_text("opt/k/boot/config-6.9.1", BOOTS_MODULAR);
	assert_int_equal(find(in_root("opt/k/boot/vmlinuz")), 0);
	assert_string_equal(kernel.modules, in_root("opt/k/lib/modules/6.9.1"));
}

static void links_are_resolved(void **state)
{
	char target[1024];

	(void)state;
	put_installed("6.1.0-9-amd64", BOOTS);
	snprintf(target, sizeof(target), "%s",
		 in_root("boot/vmlinuz-6.1.0-9-amd64"));
	assert_int_equal(symlink(target, in_root("vmlinuz")), 0);
	assert_int_equal(find(in_root("vmlinuz")), 0);
	assert_string_equal(kernel.path, target);
}

static void other_machine(void **state)
{
	const struct kernel_search search = {
		.root = root,
		.need = {.machine = "vax"},
	};

	(void)state;
	assert_int_equal(kernel_find(&kernel, &search, why), -ENOTSUP);
	expect_why("vax");
}

/* What vng is given for a kernel at this path below the root. */
static void expect_place(const char *path, const char *expected_end)
{
	char to[PATH_MAX];
	struct sockdir dir;
	size_t len;

	put_image(path, "6.9.0");
	assert_int_equal(find(in_root(path)), 0);
	assert_int_equal(sockdir_open(&dir, NULL), 0);
	assert_int_equal(kernel_place(&kernel, &dir, to, sizeof(to)), 0);
	assert_int_equal(access(to, R_OK), 0);
	len = strlen(expected_end);
	assert_true(strlen(to) > len);
	assert_string_equal(to + strlen(to) - len, expected_end);
	if (strncmp(expected_end, "/kernel/", 8) == 0)
		assert_int_equal(strncmp(to, dir.path, strlen(dir.path)), 0);
	else
		assert_string_equal(to, in_root(path));
	assert_int_equal(kernel_place(&kernel, &dir, to, 8), -ENAMETOOLONG);
	assert_int_equal(sockdir_close(&dir), 0);
}

static void places(void **state)
{
	(void)state;
	expect_place("plain/vmlinuz", "plain/vmlinuz");
	expect_place("it's a, $dir/vmlinuz", "/kernel/vmlinuz");
	expect_place("\xc3\xbc/bz image", "/kernel/bz image");
}

static void place_of_a_tree(void **state)
{
	char to[PATH_MAX];
	char link[PATH_MAX + 16];
	struct sockdir dir;

	(void)state;
	put_text("my linux/vmlinux", "");
	put_image("my linux/arch/x86/boot/bzImage", "6.9.0");
	put_text("my linux/.config", BOOTS);
	assert_int_equal(find(in_root("my linux")), 0);
	assert_int_equal(sockdir_open(&dir, NULL), 0);
	assert_int_equal(kernel_place(&kernel, &dir, to, sizeof(to)), 0);
	snprintf(link, sizeof(link), "%s/kernel", dir.path);
	assert_string_equal(to, link);
	snprintf(link, sizeof(link), "%s/.config", to);
	assert_int_equal(access(link, R_OK), 0);
	assert_int_equal(sockdir_close(&dir), 0);
}

#define in_new_root(test) \
	cmocka_unit_test_setup_teardown(test, make_root, remove_root)

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_new_root(tree_without_vmlinux),
		in_new_root(tree_without_image),
		in_new_root(whole_tree),
		in_new_root(tree_with_modules),
		in_new_root(tree_that_is_not_ours),
		in_new_root(tree_without_config),
		in_new_root(image_that_is_none),
		in_new_root(image_that_may_not_be_read),
		in_new_root(config_is_checked),
		in_new_root(installed_by_version),
		in_new_root(newest_that_boots),
		in_new_root(newest_says_why_not),
		in_new_root(modules_beside_the_image),
		in_new_root(links_are_resolved),
		in_new_root(other_machine),
		in_new_root(places),
		in_new_root(place_of_a_tree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
