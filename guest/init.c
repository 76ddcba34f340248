/* SPDX-License-Identifier: GPL-2.0-or-later */
/* init - the duties of PID 1, in place of vng's own init. */
#include "guest/init.h"

#include "guest/child.h"
#include "guest/cmdline.h"
#include "guest/modtree.h"
#include "guest/newroot.h"
#include "guest/port.h"
#include "guest/root.h"
#include "shared/fd.h"
#include "shared/log.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/reboot.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum { COMMAND_LINE_MAX = 8192, RESULT_WAIT_MS = 3000 };

/* vng's port for the exit status of its script */
#define RESULT_PORT "virtme.ret"

/* In a container, too, the first process has number 1, but no kernel thread has
 * number 2. (What is mounted on /proc says nothing: 9p shows the host's.) */
_Bool init_is_wanted(void)
{
	return getpid() == 1 && kill(2, 0) == 0;
}

/* The kernel opens /dev/console for us, where there is one. */
static void ensure_descriptors(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= STDERR_FILENO);
	fd_close(&fd);
}

/* Kernel parameters that the kernel does not know are in our environment. */
static void clean_environment(void)
{
	if (clearenv() != 0 || setenv("PATH", CHILD_PATH, 1) < 0 ||
	    setenv("HOME", "/", 1) < 0)
		log_warning("the environment can't be cleaned");
}

static void raise_loopback(void)
{
	struct ifreq request = {.ifr_name = "lo"};
	fd_auto int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	/* A kernel without network devices has no tests for them. */
	if (fd < 0 || ioctl(fd, SIOCGIFFLAGS, &request) < 0)
		return;
	request.ifr_flags |= IFF_UP;
	if (ioctl(fd, SIOCSIFFLAGS, &request) < 0)
		log_warning("lo stays down: %s", strerror(errno));
}

/* The host's own names stay; where they can't be read, ours are all. */
static void name_host(const char *name)
{
	fd_auto int fd = -1;
	char lines[256];
	int len;

	(void)!sethostname(name, strlen(name));
	len = snprintf(lines, sizeof(lines), "\n127.0.0.1 %s\n::1 %s\n", name,
		       name);
	fd = fd_open("/etc/hosts", O_WRONLY | O_APPEND | O_CREAT, 0644);
	if (fd < 0 || fd_write_all(fd, lines, (size_t)len) < 0)
		log_warning("/etc/hosts can't be written");
}

/* Nothing of the host's is to be mounted, fsck'ed or swapped on here. */
static void empty_fstab(void)
{
	fd_auto int fd =
		fd_open("/etc/fstab", O_WRONLY | O_CREAT | O_TRUNC, 0644);

	if (fd < 0)
		log_warning("/etc/fstab can't be emptied");
}

static void write_sysctl(const char *path, const char *value)
{
	/* Neither is in every kernel. */
	if (access(path, F_OK) == 0 && fd_write_text(AT_FDCWD, path, value) < 0)
		log_warning("%s can't be written", path);
}

static void make_run(void)
{
	/* Where /var/lock leads; lvm, flock and others lock there. */
	(void)mkdir("/run/lock", 01777);
	(void)chmod("/run/lock", 01777);
}

static void take_over_words(struct bytes command_line)
{
	char value[65];

	if (cmdline_find(command_line, "virtme_hostname", value,
			 sizeof(value)) > 0)
		name_host(value);
	if (cmdline_find(command_line, "nr_open", value, sizeof(value)) > 0)
		write_sysctl("/proc/sys/fs/nr_open", value);
}

int init_set_up(struct why *why)
{
	static char text[COMMAND_LINE_MAX];
	static struct root_overlays overlays;
	static struct modtree modtree;
	struct bytes command_line;
	ssize_t len;
	int rc = newroot_enter(why);

	if (rc < 0)
		log_warning("the root stays the shared one: %s", why->text);
	rc = root_mount_kernel(why);
	if (rc < 0)
		return rc;
	ensure_descriptors();
	clean_environment();
	len = fd_read_text(AT_FDCWD, "/proc/cmdline", text, sizeof(text));
	command_line = bytes_of(text, len < 0 ? 0 : (size_t)len);
	modtree_init(&modtree, command_line);
	modtree_hold(&modtree);
	root_list_overlays(&overlays, command_line);
	rc = root_make_writable(&overlays, why);
	if (rc < 0)
		return rc;
	make_run();
	modtree_mount(&modtree);
	take_over_words(command_line);
	empty_fstab();
	/* Else every event of a device starts a program. */
	write_sysctl("/sys/kernel/uevent_helper", "");
	raise_loopback();
	return 0;
}

static int write_result(void *context, struct why *why)
{
	const int *status = context;
	char node[PORT_NODE_MAX];
	char path[PORT_NODE_MAX + 8];
	char text[16];
	fd_auto int fd = -1;
	int len = snprintf(text, sizeof(text), "%d\n", *status);
	int rc = port_find(PORT_SYSFS, RESULT_PORT, node);

	if (rc < 0)
		return why_failed(why, rc, RESULT_PORT);
	(void)snprintf(path, sizeof(path), "/dev/%s", node);
	/* Blocking: then the write returns when QEMU has got it. */
	fd = fd_open(path, O_WRONLY, 0);
	if (fd < 0)
		return why_failed(why, fd, "%s", path);
	return fd_write_all(fd, text, (size_t)len);
}

_Noreturn void init_power_off(int status)
{
	struct why why = {0};

	if (child_call(write_result, &status, RESULT_WAIT_MS,
		       "telling vng the exit status", &why) < 0)
		log_warning("vng does not get an exit status: %s", why.text);
	/* No sync(2): a filesystem under test may be dead or frozen. */
	reboot(RB_POWER_OFF);
	for (;;)
		pause();
}
