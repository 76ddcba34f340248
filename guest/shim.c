/* SPDX-License-Identifier: GPL-2.0-or-later */
/* shim - what check takes for logger, systemd-run, systemctl, … */
#include "guest/shim.h"

#include "guest/hook.h"
#include "guest/scope.h"
#include "guest/udev.h"
#include "shared/bytes.h"
#include "shared/fd.h"

#include <ctype.h>
#include <errno.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
	/* How long a request is repeated while the agent is being replaced. */
	ASK_ATTEMPTS = 100,
	ASK_PAUSE_MS = 100,
};

static int hook_connect(void)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	socklen_t len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 +
				    strlen(HOOK_SOCKET));
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	memcpy(address.sun_path + 1, HOOK_SOCKET, strlen(HOOK_SOCKET));
	if (connect(fd, (struct sockaddr *)&address, len) == 0)
		return fd;
	fd_close(&fd);
	return -ECONNREFUSED;
}

static bool ask_once(const struct hook_request *request)
{
	fd_auto int fd = hook_connect();
	struct hook_reply reply;

	return fd >= 0 &&
	       send(fd, request, sizeof(*request), MSG_NOSIGNAL) ==
		       sizeof(*request) &&
	       recv(fd, &reply, sizeof(reply), 0) == sizeof(reply);
}

/* Blocks until the agent, this one or its successor, has replied. */
static bool ask(const struct hook_request *request)
{
	static const struct timespec pause = {.tv_nsec =
						      ASK_PAUSE_MS * 1000000L};

	for (int i = 0; i < ASK_ATTEMPTS; i++) {
		if (ask_once(request))
			return true;
		nanosleep(&pause, NULL);
	}
	return false;
}

static int run_logger(int argc, char **argv)
{
	static const char prefix[] = "run xfstest ";
	struct hook_request request = {.kind = HOOK_TEST_STARTS};

	if (argc < 2 || strncmp(argv[1], prefix, sizeof(prefix) - 1) != 0)
		return 0; /* some other use of logger */
	bytes_copy_string(request.name, sizeof(request.name),
			  argv[1] + sizeof(prefix) - 1);
	ask(&request);
	return 0;
}

static int exit_code(int status)
{
	if (WIFSIGNALED(status))
		return 128 + WTERMSIG(status);
	return WEXITSTATUS(status);
}

static _Noreturn void exec_command(char **command)
{
	execvp(command[0], command);
	fprintf(stderr, "systemd-run: %s: %s\n", command[0], strerror(errno));
	_exit(errno == ENOENT ? 127 : 126);
}

/* In the test's cgroup from its first instruction, where the kernel can do
 * that. */
static pid_t fork_into_scope(void)
{
	fd_auto int fd = scope_entrance();
	struct clone_args args = {
		.flags = CLONE_INTO_CGROUP,
		.exit_signal = SIGCHLD,
		.cgroup = (unsigned int)fd,
	};
	long pid = -1;

	if (fd >= 0)
		pid = syscall(SYS_clone3, &args, sizeof(args));
	return pid < 0 ? fork() : (pid_t)pid;
}

/* The test's process waits on the pipe until the agent knows its number, so
 * nothing of it can run outside its scope. */
static int run_in_scope(char **command)
{
	struct hook_request request = {.kind = HOOK_SCOPE_BEGIN};
	pid_t keeper = getpid();
	int gate[2];
	int status = 0;
	pid_t pid;
	char go;

	if (fd_pipe(gate) < 0)
		exec_command(command);
	pid = fork_into_scope();
	if (pid < 0)
		exec_command(command);
	if (pid == 0) {
		fd_close(&gate[1]);
		(void)!read(gate[0], &go, 1);
		/* The gate is open, too, when who keeps it is dead. */
		if (getppid() != keeper)
			_exit(126);
		exec_command(command);
	}
	fd_close(&gate[0]);
	request.pid = pid;
	ask(&request);
	fd_close(&gate[1]);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	request.kind = HOOK_SCOPE_END;
	request.status = status;
	ask(&request);
	return exit_code(status);
}

/* systemd-run --quiet --unit NAME --scope COMMAND… */
static int run_systemd_run(int argc, char **argv)
{
	const char *unit = "";
	int i = 1;

	for (; i < argc && argv[i][0] == '-'; i++)
		if (strcmp(argv[i], "--unit") == 0 && i + 1 < argc)
			unit = argv[++i];
	if (i >= argc)
		return 1;
	/* check's question whether there are scopes at all */
	if (strcmp(unit, "fstests-check") == 0)
		exec_command(argv + i);
	return run_in_scope(argv + i);
}

/* check's name of a test's scope: fs and the test's path, escaped. */
static bool is_test(const char *unit)
{
	static const char suffix[] = ".scope";
	size_t len = strlen(unit);

	return strncmp(unit, "fs", 2) == 0 && len > sizeof(suffix) &&
	       strcmp(unit + len + 1 - sizeof(suffix), suffix) == 0;
}

static int run_systemctl(int argc, char **argv)
{
	struct hook_request request = {.kind = HOOK_SCOPE_STOP};

	if (argc > 2 && strcmp(argv[1], "stop") == 0 && is_test(argv[2]))
		return ask(&request) ? 0 : 1;
	/* reset-failed: nothing to reset; all else: there is no systemd here */
	return argc > 1 && strcmp(argv[1], "reset-failed") == 0 ? 0 : 1;
}

static int run_systemd_escape(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (i > 1)
			putchar(' ');
		for (const char *c = argv[i]; *c != '\0'; c++) {
			if (*c == '/')
				putchar('-');
			else if (isalnum((unsigned char)*c) ||
				 strchr(":_.", *c) != NULL)
				putchar(*c);
			else
				printf("\\x%02x", (unsigned char)*c);
		}
	}
	putchar('\n');
	return fflush(stdout) == 0 ? 0 : 1;
}

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
} shims[] = {
	{"logger", run_logger},	      {"systemd-run", run_systemd_run},
	{"systemctl", run_systemctl}, {"systemd-escape", run_systemd_escape},
	{"udevadm", udev_main},
};

const char *const shim_names[] = {"logger",	    "systemd-run", "systemctl",
				  "systemd-escape", "udevadm",	   NULL};

bool shim_is_wanted(const char *name)
{
	return strcmp(name, "udevadm") != 0 || !udev_is_running();
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

_Bool shim_is_name(const char *argv0)
{
	for (size_t i = 0; shim_names[i] != NULL; i++)
		if (strcmp(base_name(argv0), shim_names[i]) == 0)
			return true;
	return false;
}

int shim_main(int argc, char **argv)
{
	for (size_t i = 0; i < sizeof(shims) / sizeof(shims[0]); i++)
		if (strcmp(base_name(argv[0]), shims[i].name) == 0)
			return shims[i].run(argc, argv);
	return 127;
}
