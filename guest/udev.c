/* SPDX-License-Identifier: GPL-2.0-or-later */
/* udev - udevadm for a guest in which no udevd runs. */
#include "guest/udev.h"

#include "guest/child.h"
#include "guest/directory.h"
#include "shared/clock.h"
#include "shared/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define MAPPER "/dev/mapper/"

enum {
	/* A node that is not there by then never comes: nobody makes it. */
	WAIT_MS = 30000,
	LOOK_INTERVAL_MS = 10,
};

static const struct {
	const char *name;
	enum udev_verb verb;
} verbs[] = {
	{"settle", UDEV_SETTLE},  {"trigger", UDEV_SETTLE},
	{"control", UDEV_SETTLE}, {"wait", UDEV_WAIT},
	{"help", UDEV_HELP},	  {"--help", UDEV_HELP},
	{"-h", UDEV_HELP},
};

/* The line for wait is what fstests looks for (common/config:250). */
static const char help[] = "udevadm [OPTIONS] COMMAND [OPTIONS]\n\n"
			   "fstvm-agent's: no udevd runs here.\n\n"
			   "  trigger      Does nothing\n"
			   "  settle       Does nothing\n"
			   "  control      Does nothing\n"
			   "  wait         Wait for device or device symlink\n";

/* Seconds, as systemd takes them: "10", "0.5", "10s". */
static uint64_t parse_timeout(const char *text)
{
	double seconds = strtod(text, NULL);

	if (seconds <= 0 || seconds * 1000 > WAIT_MS)
		return WAIT_MS;
	return (uint64_t)(seconds * 1000);
}

static void parse_wait(int argc, char **argv, struct udev_request *request)
{
	static const struct option options[] = {
		{"timeout", required_argument, NULL, 't'},
		{"initialized", required_argument, NULL, 'i'},
		{"removed", no_argument, NULL, 'r'},
		{"settle", no_argument, NULL, 's'},
		{"help", no_argument, NULL, 'h'},
		{NULL, 0, NULL, 0},
	};
	int option;

	optind = 1;
	opterr = 0;
	while ((option = getopt_long(argc, argv, "t:h", options, NULL)) != -1) {
		if (option == 't')
			request->timeout_ms = parse_timeout(optarg);
		else if (option == 'r')
			request->removed = true;
		else if (option == 'h')
			request->verb = UDEV_HELP;
	}
	request->first_device = optind + 1;
}

void udev_parse(int argc, char **argv, struct udev_request *ret_request)
{
	ret_request->verb = UDEV_REAL;
	ret_request->removed = false;
	ret_request->timeout_ms = WAIT_MS;
	ret_request->first_device = argc;
	for (size_t i = 0; argc > 1 && i < sizeof(verbs) / sizeof(*verbs); i++)
		if (strcmp(argv[1], verbs[i].name) == 0)
			ret_request->verb = verbs[i].verb;
	if (ret_request->verb == UDEV_WAIT)
		parse_wait(argc - 1, argv + 1, ret_request);
}

bool udev_is_running(void)
{
	return access("/run/udev/control", F_OK) == 0;
}

/* Its number was given to another one since. */
static bool is_other_device(const char *name, dev_t number)
{
	char path[64];
	char dm_name[160];

	(void)snprintf(path, sizeof(path), "/sys/dev/block/%u:%u/dm/name",
		       major(number), minor(number));
	return fd_read_text(AT_FDCWD, path, dm_name, sizeof(dm_name)) > 0 &&
	       strcmp(name, dm_name) != 0;
}

bool udev_has_device(const char *path)
{
	char sysfs[64];
	struct stat st;

	if (stat(path, &st) < 0)
		return false;
	if (!S_ISBLK(st.st_mode))
		return true;
	(void)snprintf(sysfs, sizeof(sysfs), "/sys/dev/block/%u:%u",
		       major(st.st_rdev), minor(st.st_rdev));
	if (strncmp(path, MAPPER, strlen(MAPPER)) != 0)
		return access(sysfs, F_OK) == 0;
	if (access(sysfs, F_OK) == 0 &&
	    !is_other_device(path + strlen(MAPPER), st.st_rdev))
		return true;
	/* A deferred removal: the kernel has done it, nobody has cleaned up. */
	(void)unlink(path);
	return false;
}

static void link_node(int mapper_fd, const char *name, const struct stat *st)
{
	static const char new_name[] = ".fstvm-new";
	char target[32];
	struct stat node;

	(void)snprintf(target, sizeof(target), "../dm-%u", minor(st->st_rdev));
	/* Is it the kernel's own node of this device? */
	if (fstatat(mapper_fd, target, &node, AT_SYMLINK_NOFOLLOW) < 0 ||
	    !S_ISBLK(node.st_mode) || node.st_rdev != st->st_rdev)
		return;
	(void)unlinkat(mapper_fd, new_name, 0);
	if (symlinkat(target, mapper_fd, new_name) == 0)
		(void)renameat(mapper_fd, new_name, mapper_fd, name);
}

void udev_link_mapper(int dev_fd)
{
	struct directory mapper;
	const char *name;
	struct stat st;

	if (directory_open(&mapper, dev_fd, "mapper", O_NOFOLLOW) < 0)
		return;
	while (directory_next(&mapper, &name) > 0) {
		if (fstatat(mapper.fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
			continue;
		if (S_ISBLK(st.st_mode))
			link_node(mapper.fd, name, &st);
		else if (S_ISLNK(st.st_mode) &&
			 fstatat(mapper.fd, name, &st, 0) < 0)
			(void)unlinkat(mapper.fd, name, 0);
	}
	directory_close(&mapper);
}

static void settle(void)
{
	fd_auto int dev_fd = fd_open("/dev", O_RDONLY | O_DIRECTORY, 0);

	if (dev_fd >= 0)
		udev_link_mapper(dev_fd);
}

static bool is_done(const struct udev_request *request, int argc, char **argv)
{
	for (int i = request->first_device; i < argc; i++)
		if (udev_has_device(argv[i]) == request->removed)
			return false;
	return true;
}

static int wait_for_devices(const struct udev_request *request, int argc,
			    char **argv)
{
	uint64_t deadline_ns =
		clock_mono_ns() + clock_ns_of_ms(request->timeout_ms);

	if (request->first_device >= argc) {
		fputs("udevadm: no device to wait for\n", stderr);
		return 1;
	}
	while (!is_done(request, argc, argv)) {
		if (clock_mono_ns() >= deadline_ns) {
			fputs("udevadm: timed out\n", stderr);
			return 1;
		}
		(void)poll(NULL, 0, LOOK_INTERVAL_MS);
	}
	return 0;
}

static int run_real(char **argv)
{
	char path[PATH_MAX];

	if (child_find("udevadm", path, sizeof(path)) == 0)
		execv(path, argv);
	fputs("udevadm: not there\n", stderr);
	return 127;
}

int udev_main(int argc, char **argv)
{
	struct udev_request request;
	int status;

	udev_parse(argc, argv, &request);
	switch (request.verb) {
	case UDEV_SETTLE:
		settle();
		return 0;
	case UDEV_HELP:
		fputs(help, stdout);
		return fflush(stdout) == 0 ? 0 : 1;
	case UDEV_WAIT:
		status = wait_for_devices(&request, argc, argv);
		settle();
		return status;
	case UDEV_REAL:
		break;
	}
	return run_real(argv);
}
