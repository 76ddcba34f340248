/* SPDX-License-Identifier: GPL-2.0-or-later */
/* root - the guest's tree of files, as vng's own init would leave it. */
#include "guest/root.h"

#include "guest/cmdline.h"
#include "shared/log.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#define UPPERS "/run/tmp"

static const struct {
	const char *source;
	const char *target;
	const char *fstype;
	unsigned long flags;
	const char *options;
} kernel_table[] = {
	{"proc", "/proc", "proc", MS_NOSUID | MS_NOEXEC | MS_NODEV, NULL},
	{"sys", "/sys", "sysfs", MS_NOSUID | MS_NOEXEC | MS_NODEV, NULL},
	{"devtmpfs", "/dev", "devtmpfs", MS_NOSUID | MS_NOEXEC, "mode=0755"},
};

/* What vng 1.35 says. */
static const char *const usual[] = {"/etc", "/lib", "/home", "/opt",
				    "/srv", "/usr", "/var",  "/tmp"};

static const struct {
	const char *path;
	const char *options;
} hidden_table[] = {
	{"/etc/lvm", "mode=0755"},
	{"/var/cache", "mode=0755"},
	{"/var/log", "mode=0755"},
	{"/var/tmp", "mode=1777"},
};

int root_mount_kernel(struct why *why)
{
	for (size_t i = 0; i < sizeof(kernel_table) / sizeof(*kernel_table);
	     i++)
		if (mount(kernel_table[i].source, kernel_table[i].target,
			  kernel_table[i].fstype, kernel_table[i].flags,
			  kernel_table[i].options) < 0)
			return why_failed(why, -errno, "%s on %s",
					  kernel_table[i].fstype,
					  kernel_table[i].target);
	return 0;
}

static void add(struct root_overlays *overlays, const char *path)
{
	must(overlays->count < ROOT_OVERLAYS);
	(void)bytes_copy_string(overlays->path[overlays->count++],
				ROOT_OVERLAY_PATH, path);
}

void root_list_overlays(struct root_overlays *ret_overlays,
			struct bytes command_line)
{
	char name[32];
	char path[ROOT_OVERLAY_PATH];

	ret_overlays->count = 0;
	for (size_t i = 0; i < ROOT_OVERLAYS; i++) {
		(void)snprintf(name, sizeof(name), "virtme_rw_overlay%zu", i);
		if (cmdline_find(command_line, name, path, sizeof(path)) > 0 &&
		    path[0] == '/')
			add(ret_overlays, path);
	}
	if (ret_overlays->count > 0)
		return;
	for (size_t i = 0; i < sizeof(usual) / sizeof(*usual); i++)
		add(ret_overlays, usual[i]);
}

static bool is_below(const char *path, const char *directory)
{
	size_t len = strlen(directory);

	return strncmp(path, directory, len) == 0 &&
	       (path[len] == '\0' || path[len] == '/');
}

bool root_is_overlaid(const struct root_overlays *overlays, const char *path)
{
	for (size_t i = 0; i < overlays->count; i++)
		if (is_below(path, overlays->path[i]))
			return true;
	return false;
}

/* UPPERS "/virtme_rw_overlayN", with the name of a part of it. */
static void upper_path(char *to, size_t cap, size_t number, const char *part)
{
	(void)snprintf(to, cap, UPPERS "/virtme_rw_overlay%zu%s", number, part);
}

/* The upper directory's owner and mode are those of the overlay. */
static void make_upper(size_t number, const struct stat *lower)
{
	char path[64];

	upper_path(path, sizeof(path), number, "");
	(void)mkdir(path, 0755);
	upper_path(path, sizeof(path), number, "/work");
	(void)mkdir(path, 0755);
	upper_path(path, sizeof(path), number, "/upper");
	(void)mkdir(path, 0755);
	(void)!chown(path, lower->st_uid, lower->st_gid);
	(void)chmod(path, lower->st_mode & 07777);
}

static int mount_overlay(const char *path, size_t number)
{
	static const char xino[] = "xino=off,";
	char options[ROOT_OVERLAY_PATH + 192];
	char source[48];
	char upper[64];
	char work[64];

	(void)snprintf(source, sizeof(source), "virtme_rw_overlay%zu", number);
	upper_path(upper, sizeof(upper), number, "/upper");
	upper_path(work, sizeof(work), number, "/work");
	/* 9p's 64-bit inode numbers leave no bits for xino, an option since
	 * 4.17. */
	(void)snprintf(options, sizeof(options),
		       "%slowerdir=%s,upperdir=%s,workdir=%s", xino, path,
		       upper, work);
	if (mount(source, path, "overlay", 0, options) == 0 ||
	    mount(source, path, "overlay", 0, options + strlen(xino)) == 0)
		return 0;
	return -errno;
}

/* A link (/lib to usr/lib) leads below another of them, or is followed. */
static void make_overlay(const struct root_overlays *overlays, size_t number)
{
	const char *path = overlays->path[number];
	char real[PATH_MAX];
	struct stat st;
	int rc;

	if (realpath(path, real) == NULL || stat(real, &st) < 0)
		return; /* not every system has /srv */
	if (strcmp(real, path) != 0 && root_is_overlaid(overlays, real))
		return;
	make_upper(number, &st);
	rc = mount_overlay(path, number);
	if (rc < 0)
		log_warning("%s stays read-only: overlay: %s", path,
			    strerror(-rc));
}

static void hide(void)
{
	struct stat st;

	for (size_t i = 0; i < sizeof(hidden_table) / sizeof(*hidden_table);
	     i++) {
		const char *path = hidden_table[i].path;

		if (stat(path, &st) == 0 && S_ISDIR(st.st_mode) &&
		    mount("tmpfs", path, "tmpfs", MS_NOSUID | MS_NODEV,
			  hidden_table[i].options) < 0)
			log_warning("tmpfs on %s: %s", path, strerror(errno));
	}
}

int root_make_writable(const struct root_overlays *overlays, struct why *why)
{
	if (mount("run", "/run", "tmpfs", 0, "mode=0755") < 0)
		return why_failed(why, -errno, "tmpfs on /run");
	(void)mkdir(UPPERS, 0755);
	for (size_t i = 0; i < overlays->count; i++)
		make_overlay(overlays, i);
	hide();
	return 0;
}
