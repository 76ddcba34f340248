/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kernel - the kernel under test: see kernel.h. */
#include "host/vm/kernel.h"

#include "host/vm/installed.h"
#include "shared/fd.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const kind_names[] = {
	[KERNEL_TREE] = "tree",
	[KERNEL_IMAGE] = "image",
	[KERNEL_INSTALLED] = "installed",
};

static_assert(sizeof(kind_names) / sizeof(kind_names[0]) ==
		      KERNEL_INSTALLED + 1,
	      "every kind has a name");

/* The bootable image within a tree, as vng's kimg_path() has it. */
static const struct {
	const char *machine;
	const char *image;
	const char *target;
} bootable[] = {
	{"x86_64", "arch/x86/boot/bzImage", "bzImage"},
	{"aarch64", "arch/arm64/boot/Image", "Image"},
	{"riscv64", "arch/riscv/boot/Image", "Image"},
	{"s390x", "arch/s390/boot/bzImage", "bzImage"},
	{"ppc64le", "vmlinux", "vmlinux"},
};

const char *kernel_kind_name(enum kernel_kind kind)
{
	return kind_names[kind];
}

__attribute__((format(printf, 3, 4))) static int refuse(char *why, int error,
							const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(why, KERNEL_WHY, format, arguments);
	va_end(arguments);
	return error;
}

/* Whether a/b exists; its name is in to, cut when too long. */
static bool exists_in(const char *a, const char *b, char to[PATH_MAX])
{
	int len = snprintf(to, PATH_MAX, "%s/%s", a, b);

	return len > 0 && len < PATH_MAX && access(to, F_OK) == 0;
}

static int refuse_unreadable(char *why, const char *path, int error)
{
	if (error != -EACCES)
		return refuse(why, error, "cannot read kernel image %s: %s",
			      path, strerror(-error));
	return refuse(why, error,
		      "kernel image %s is not readable by this user.\n"
		      "Allow it with: sudo chmod a+r %s (Ubuntu, to keep it: "
		      "sudo dpkg-statoverride --update --add root root 0644 "
		      "%s)",
		      path, path, path);
}

/* Reads the image's head: what it is, and its release. */
static int identify(struct kernel *kernel, const char *machine, char *why)
{
	uint8_t head[IMAGE_HEAD];
	fd_auto int fd = fd_open(kernel->path, O_RDONLY, 0);
	ssize_t len = fd < 0 ? fd : fd_read_all(fd, head, sizeof(head));

	if (len < 0)
		return refuse_unreadable(why, kernel->path, (int)len);
	kernel->image =
		image_identify(bytes_of(head, (size_t)len), kernel->release);
	if (kernel->image == IMAGE_NONE)
		return refuse(why, -ENOEXEC, "%s is not a kernel image",
			      kernel->path);
	if (!image_kind_boots(kernel->image, machine))
		return refuse(why, -ENOEXEC,
			      "%s is a kernel image of kind %s, which %s "
			      "does not boot",
			      kernel->path, image_kind_name(kernel->image),
			      machine);
	return 0;
}

/* config-RELEASE beside the image, in /boot, or with the modules. */
static void find_config(struct kernel *kernel, const char *root)
{
	char beside[PATH_MAX];
	char name[LIMIT_SHORT_TEXT + 32];

	if (!kernel->release[0])
		return;
	memcpy(beside, kernel->path, sizeof(beside));
	*strrchr(beside, '/') = '\0';
	snprintf(name, sizeof(name), "config-%s", kernel->release);
	if (exists_in(beside, name, kernel->config))
		return;
	snprintf(beside, sizeof(beside), "%s/boot", root);
	if (exists_in(beside, name, kernel->config))
		return;
	snprintf(beside, sizeof(beside), "%s/lib/modules", root);
	snprintf(name, sizeof(name), "%s/config", kernel->release);
	if (!exists_in(beside, name, kernel->config))
		kernel->config[0] = '\0';
}

/* As vng does: lib/modules/RELEASE in the first directory upwards that has a
 * lib/modules. */
static void find_modules(struct kernel *kernel)
{
	char above[PATH_MAX];
	char modules[PATH_MAX];
	char *slash;

	if (!kernel->release[0])
		return;
	memcpy(above, kernel->path, sizeof(above));
	do {
		slash = strrchr(above, '/');
		*slash = '\0';
		if (exists_in(above, "lib/modules", modules))
			break;
	} while (slash != above);
	if (!exists_in(modules, kernel->release, kernel->modules))
		kernel->modules[0] = '\0';
}

static int check_config(struct kernel *kernel,
			const struct kernel_search *search, char *why)
{
	struct kconfig_need need = search->need;
	char missing[KCONFIG_MISSING];
	struct kconfig config = {0};
	size_t count = 0;
	int error = 0;

	if (kernel->config[0])
		error = kconfig_load(&config, kernel->config);
	if (error)
		return refuse(why, error, "cannot read %s: %s", kernel->config,
			      strerror(-error));
	if (!kconfig_is_known(&config))
		return 0;
	need.elf = kernel->image == IMAGE_ELF;
	count = kconfig_missing(&config, &need, missing);
	kernel->needs_initramfs = kconfig_needs_initramfs(&config);
	kernel->hz = kconfig_hz(&config);
	kernel->fact_count = kconfig_facts(&config, kernel->facts);
	kconfig_free(&config);
	if (count)
		return refuse(why, -ENOTSUP,
			      "kernel %s cannot run under vng with these "
			      "tests: its configuration %s lacks %s",
			      kernel->release[0] ? kernel->release
						 : kernel->path,
			      kernel->config, missing);
	if (kernel->needs_initramfs && !kernel->modules[0])
		return refuse(why, -ENOENT,
			      "kernel %s has the drivers that vng needs as "
			      "modules, and the modules are not there.\n"
			      "Build or install them (make modules, or the "
			      "kernel's package)",
			      kernel->release[0] ? kernel->release
						 : kernel->path);
	return 0;
}

static bool is_older(const char *a, const char *b)
{
	struct stat first;
	struct stat second;

	if (stat(a, &first) || stat(b, &second))
		return true;
	return first.st_mtime < second.st_mtime;
}

/* vng keeps an index of a tree's modules in the tree. */
static int check_module_index(struct kernel *kernel, char *why)
{
	char order[PATH_MAX];
	char index[PATH_MAX];

	if (!exists_in(kernel->tree, "modules.order", order))
		return 0;
	memcpy(kernel->modules, kernel->tree, sizeof(kernel->modules));
	(void)exists_in(kernel->tree,
			".virtme_mods/lib/modules/0.0.0/modules.dep", index);
	if (!is_older(index, order) || access(kernel->tree, W_OK) == 0)
		return 0;
	return refuse(why, -EACCES,
		      "vng has to write its index of modules to "
		      "%s/.virtme_mods, and this user may not.\n"
		      "Run vng there once as the tree's owner, or make it "
		      "writable",
		      kernel->tree);
}

static void read_tree_release(struct kernel *kernel)
{
	char path[PATH_MAX];
	char release[LIMIT_SHORT_TEXT + 1];

	if (exists_in(kernel->tree, "include/config/kernel.release", path) &&
	    fd_read_text(AT_FDCWD, path, release, sizeof(release)) > 0)
		memcpy(kernel->release, release, sizeof(release));
}

/* kernel->tree is real; given: as the user named it. */
static int use_tree(struct kernel *kernel, const struct kernel_search *search,
		    const char *given, size_t arch, char *why)
{
	char path[PATH_MAX];
	int error;

	kernel->kind = KERNEL_TREE;
	if (!exists_in(kernel->tree, "vmlinux", path))
		return refuse(why, -ENOENT,
			      "Kernel not built. vmlinux not found at "
			      "%s/vmlinux",
			      given);
	if (!exists_in(kernel->tree, bootable[arch].image, kernel->path))
		return refuse(why, -ENOENT,
			      "Kernel image not built. %s not found at %s/%s.\n"
			      "Build it with: make -C %s %s",
			      bootable[arch].target, given,
			      bootable[arch].image, given,
			      bootable[arch].target);
	error = identify(kernel, search->need.machine, why);
	if (error)
		return error;
	read_tree_release(kernel);
	if (!exists_in(kernel->tree, ".config", kernel->config)) {
		/* vng then takes the image alone, without modules */
		kernel->config[0] = '\0';
		kernel->tree[0] = '\0';
		return 0;
	}
	error = check_module_index(kernel, why);
	return error ? error : check_config(kernel, search, why);
}

/* An image that stands in its tree: vng treats it as the tree. */
static bool find_tree_of_image(struct kernel *kernel, size_t arch)
{
	size_t len = strlen(kernel->path);
	size_t tail = strlen(bootable[arch].image);

	if (len <= tail + 1 || kernel->path[len - tail - 1] != '/' ||
	    strcmp(kernel->path + len - tail, bootable[arch].image) != 0)
		return false;
	snprintf(kernel->tree, sizeof(kernel->tree), "%.*s",
		 (int)(len - tail - 1), kernel->path);
	if (exists_in(kernel->tree, ".config", kernel->config))
		return true;
	kernel->tree[0] = kernel->config[0] = '\0';
	return false;
}

static int use_image(struct kernel *kernel, const struct kernel_search *search,
		     enum kernel_kind kind, size_t arch, char *why)
{
	int error;

	kernel->kind = kind;
	error = identify(kernel, search->need.machine, why);
	if (error)
		return error;
	if (find_tree_of_image(kernel, arch)) {
		read_tree_release(kernel);
		error = check_module_index(kernel, why);
	} else {
		find_config(kernel, search->root);
		find_modules(kernel);
	}
	return error ? error : check_config(kernel, search, why);
}

static int resolve(const char *path, char to[PATH_MAX], char *why)
{
	char real[PATH_MAX];

	if (!realpath(path, real)) {
		int error = -errno;

		return refuse(why, error, "kernel not found at %s: %s", path,
			      strerror(-error));
	}
	memcpy(to, real, sizeof(real));
	return 0;
}

static int use_path(struct kernel *kernel, const struct kernel_search *search,
		    const char *path, enum kernel_kind kind, size_t arch,
		    char *why)
{
	struct stat st;
	int error;

	*kernel = (struct kernel){0};
	error = resolve(path, kernel->path, why);
	if (error)
		return error;
	if (stat(kernel->path, &st))
		return refuse_unreadable(why, kernel->path, -errno);
	if (S_ISDIR(st.st_mode)) {
		memcpy(kernel->tree, kernel->path, sizeof(kernel->tree));
		return use_tree(kernel, search, path, arch, why);
	}
	if (!S_ISREG(st.st_mode))
		return refuse(why, -ENOEXEC, "%s is not a kernel image",
			      kernel->path);
	return use_image(kernel, search, kind, arch, why);
}

/* The first, from the newest on, that is known to boot. The newest's reason
 * stands for all when there is none. */
static int use_newest(struct kernel *kernel, const struct kernel_search *search,
		      size_t arch, char *why)
{
	struct installed installed;
	char path[PATH_MAX];
	char other[KERNEL_WHY] = "";
	int result = 0;

	installed_list(&installed, search->root);
	for (size_t i = 0; i < installed.count; i++) {
		char *reason = result ? other : why;
		int error = installed_image(search->root, installed.versions[i],
					    path);

		if (!error)
			error = use_path(kernel, search, path, KERNEL_INSTALLED,
					 arch, reason);
		if (!error && kernel->config[0])
			return 0;
		if (!error)
			error = refuse(reason, -ENOTSUP,
				       "no configuration found for kernel %s",
				       installed.versions[i]);
		if (!result)
			result = error;
	}
	if (result)
		return result;
	return refuse(why, -ENOENT,
		      "no installed kernel found in /boot or "
		      "/usr/lib/modules.\nInstall one (Debian: "
		      "linux-image-amd64), or name one with --kernel");
}

static int find_arch(const char *machine, size_t *ret_arch)
{
	for (size_t i = 0; i < sizeof(bootable) / sizeof(bootable[0]); i++)
		if (strcmp(bootable[i].machine, machine) == 0) {
			*ret_arch = i;
			return 0;
		}
	return -ENOTSUP;
}

int kernel_find(struct kernel *kernel, const struct kernel_search *search,
		char ret_why[KERNEL_WHY])
{
	const char *input = search->input;
	char path[PATH_MAX];
	size_t arch = 0;
	int error = find_arch(search->need.machine, &arch);

	*kernel = (struct kernel){0};
	if (error)
		return refuse(ret_why, error, "machine %s is not supported",
			      search->need.machine);
	if (!input)
		return use_newest(kernel, search, arch, ret_why);
	if (installed_image(search->root, input, path) == 0)
		return use_path(kernel, search, path, KERNEL_INSTALLED, arch,
				ret_why);
	if (!strchr(input, '/') && access(input, F_OK))
		return refuse(ret_why, -ENOENT,
			      "kernel not found at %s, and no version %s is "
			      "installed in /boot or /usr/lib/modules",
			      input, input);
	return use_path(kernel, search, input, KERNEL_IMAGE, arch, ret_why);
}

/* What neither a shell, nor vng's rules, nor a kernel's command line knows. */
static bool is_plain(const char *path)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789_+/.-";

	return strlen(path) <= 300 && path[strspn(path, plain)] == '\0';
}

int kernel_place(const struct kernel *kernel, struct sockdir *dir, char *to,
		 size_t cap)
{
	const char *run = kernel->tree[0] ? kernel->tree : kernel->path;
	const char *name = kernel->tree[0] ? "" : strrchr(run, '/');
	char target[PATH_MAX];
	char link[SOCKDIR_MEMBER + 1];
	int len;
	int error;

	if (is_plain(run)) {
		len = snprintf(to, cap, "%s", run);
		return len < 0 || (size_t)len >= cap ? -ENAMETOOLONG : 0;
	}
	snprintf(target, sizeof(target), "%.*s",
		 (int)(strlen(run) - strlen(name)), run);
	error = sockdir_link(dir, "kernel", target[0] ? target : "/");
	if (error)
		return error;
	len = snprintf(to, cap, "%s%s",
		       sockdir_path(dir, "kernel", link, sizeof(link)), name);
	return len < 0 || (size_t)len >= cap ? -ENAMETOOLONG : 0;
}
