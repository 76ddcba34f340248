/* SPDX-License-Identifier: GPL-2.0-or-later */
/* system - what fstests takes for granted in a machine. */
#include "guest/system.h"

#include "guest/mounts.h"
#include "shared/bytes.h"
#include "shared/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

/* fs/configfs/mount.c; not in linux/magic.h. */
enum { CONFIGFS_MAGIC = 0x62656570 };

static const struct {
	const char *fstype;
	const char *target;
	const char *options;
	unsigned long flags;
	long magic; /* of statfs(2), when it is there */
} mount_table[] = {
	{"devpts", "/dev/pts", "gid=5,mode=620,ptmxmode=666",
	 MS_NOSUID | MS_NOEXEC, DEVPTS_SUPER_MAGIC},
	{"tmpfs", "/dev/shm", "mode=1777", MS_NOSUID | MS_NODEV, TMPFS_MAGIC},
	{"debugfs", "/sys/kernel/debug", "", 0, DEBUGFS_MAGIC},
	{"tracefs", "/sys/kernel/tracing", "", 0, TRACEFS_MAGIC},
	{"configfs", "/sys/kernel/config", "", 0, CONFIGFS_MAGIC},
	{"cgroup2", "/sys/fs/cgroup", "", MS_NOSUID | MS_NOEXEC | MS_NODEV,
	 CGROUP2_SUPER_MAGIC},
};

static const struct {
	const char *path;
	const char *target;
} link_table[] = {
	{"/dev/fd", "/proc/self/fd"},
	{"/dev/stdin", "/proc/self/fd/0"},
	{"/dev/stdout", "/proc/self/fd/1"},
	{"/dev/stderr", "/proc/self/fd/2"},
	{"/etc/mtab", "../proc/self/mounts"},
};

static const struct {
	const char *path;
	const char *value;
} sysctl_table[] = {
	{"/proc/sys/kernel/pid_max", "4194304"},
	{"/proc/sys/kernel/core_pattern", "core"},
	{"/proc/sys/kernel/core_uses_pid", "0"},
};

static int ensure_mount(const char *fstype, const char *target,
			const char *options, unsigned long flags, long magic)
{
	struct statfs status;

	/* /dev/pts and /dev/shm may be missing; in sysfs mkdir fails. */
	(void)mkdir(target, 0755);
	if (!statfs(target, &status) && status.f_type == magic &&
	    mounts_is_mounted(target))
		return 0;
	return mount(fstype, target, fstype, flags, options) < 0 ? -errno : 0;
}

static size_t prepare_mounts(char *to, size_t cap)
{
	size_t used = 0;
	size_t i;

	to[0] = '\0';
	for (i = 0; i < sizeof(mount_table) / sizeof(*mount_table); i++) {
		if (ensure_mount(mount_table[i].fstype, mount_table[i].target,
				 mount_table[i].options, mount_table[i].flags,
				 mount_table[i].magic) == 0)
			continue;
		used += bytes_copy_string(to + used, cap - used,
					  used ? ", " : "");
		used += bytes_copy_string(to + used, cap - used,
					  mount_table[i].fstype);
	}
	return used;
}

static void prepare_links(void)
{
	size_t i;

	for (i = 0; i < sizeof(link_table) / sizeof(*link_table); i++) {
		struct stat status;

		if (lstat(link_table[i].path, &status) < 0 &&
		    symlink(link_table[i].target, link_table[i].path) < 0)
			continue; /* a read-only /etc: some tests will say so */
	}
}

static void prepare_sysctls(void)
{
	size_t i;

	for (i = 0; i < sizeof(sysctl_table) / sizeof(*sysctl_table); i++) {
		if (fd_write_text(AT_FDCWD, sysctl_table[i].path,
				  sysctl_table[i].value) < 0)
			continue; /* 32-bit kernels refuse so large a pid_max */
	}
}

static void prepare_hostname(void)
{
	char name[65] = "";

	(void)gethostname(name, sizeof(name) - 1);
	if (!name[0] || !strcmp(name, "(none)") ||
	    !strncmp(name, "localhost", strlen("localhost")))
		(void)!sethostname("fstvm", strlen("fstvm"));
}

void system_prepare(char *to, size_t cap)
{
	(void)prepare_mounts(to, cap);
	prepare_links();
}

void system_tune(void)
{
	prepare_sysctls();
	prepare_hostname();
}
