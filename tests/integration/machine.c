/* SPDX-License-Identifier: GPL-2.0-or-later */
/* machine - stands in for the VM: the real agent in namespaces of its own. */
#include "tests/integration/machine.h"

#include "shared/fd.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/loop.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define CGROUP_AT "/run/machine-cgroup"
#define HOST_NAME "localhost"

enum {
	DYING_S = 2,
	NAMESPACES = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUTS | CLONE_NEWNET |
		     CLONE_NEWIPC
};

/* ---- process 1 ---- */

struct init {
	int control_fd;
	int agent_fd;
	int log_fd;
	const char *program;
	const char *tree;
	const char *const *environment;
	int cgroups_fd;	 /* the computer's own; -1: none */
	char cgroup[48]; /* ours in it */
	char pid_max[16];
};

static _Noreturn void give_up(const char *what)
{
	fprintf(stderr, "machine: %s: %s\n", what, strerror(errno));
	_exit(70);
}

static void move_to_cgroup(int dir_fd)
{
	if (fd_write_text(dir_fd, "cgroup.procs", "0") < 0)
		give_up("cgroup.procs");
}

/* A cgroup of our own that looks like the only one: machines that run at the
 * same time do not see each other's tests. */
static void make_cgroup(struct init *init)
{
	fd_auto int own = -1;

	init->cgroups_fd = -1;
	if (mkdir(CGROUP_AT, 0755) < 0 ||
	    mount("cgroup2", CGROUP_AT, "cgroup2", 0, NULL) < 0)
		return;
	init->cgroups_fd = fd_open(CGROUP_AT, O_RDONLY | O_DIRECTORY, 0);
	if (mkdirat(init->cgroups_fd, init->cgroup, 0755) < 0)
		give_up(init->cgroup);
	own = fd_openat(init->cgroups_fd, init->cgroup, O_RDONLY | O_DIRECTORY,
			0);
	move_to_cgroup(own);
	if (unshare(CLONE_NEWCGROUP) < 0 ||
	    umount2(CGROUP_AT, MNT_DETACH) < 0 ||
	    mount("cgroup2", "/sys/fs/cgroup", "cgroup2", 0, NULL) < 0)
		give_up("cgroup2");
}

/* Those of tests that an agent had no time to finish. */
static void remove_test_cgroups(void)
{
	DIR *dir = opendir("/sys/fs/cgroup");
	struct dirent *entry;

	while (dir != NULL && (entry = readdir(dir)) != NULL)
		if (strncmp(entry->d_name, "fstvm.test", 10) == 0)
			(void)unlinkat(dirfd(dir), entry->d_name, AT_REMOVEDIR);
	if (dir != NULL)
		closedir(dir);
}

static void remove_cgroup(const struct init *init)
{
	if (init->cgroups_fd < 0)
		return;
	remove_test_cgroups();
	move_to_cgroup(init->cgroups_fd);
	if (unlinkat(init->cgroups_fd, init->cgroup, AT_REMOVEDIR) < 0)
		fprintf(stderr, "machine: %s: %s\n", init->cgroup,
			strerror(errno));
}

static void make_mounts(void)
{
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("proc", "/proc", "proc", 0, NULL) < 0 ||
	    mount("machine", "/run", "tmpfs", 0, "mode=0755") < 0)
		give_up("mount");
}

/* As before Linux 5.3. */
static void deny_clone3(void)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone3, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog program = {
		.len = sizeof(filter) / sizeof(filter[0]),
		.filter = filter,
	};

	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0)
		give_up("seccomp");
}

static _Noreturn void run_agent(const struct init *init)
{
	char channel[16];
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	snprintf(channel, sizeof(channel), "%d", init->agent_fd);
	fcntl(init->agent_fd, F_SETFD, 0);
	if (dup2(init->log_fd, 1) < 0 || dup2(init->log_fd, 2) < 0)
		give_up("dup2");
	for (size_t i = 0; init->environment[i] != NULL; i++)
		putenv((char *)(uintptr_t)init->environment[i]);
	if (getenv("MACHINE_HAS_NO_CLONE3") != NULL)
		deny_clone3();
	execl(init->program, "fstvm-agent", "--channel", channel, "--tree",
	      init->tree, (char *)NULL);
	give_up(init->program);
}

static void read_pid_max(char to[16])
{
	if (fd_read_text(AT_FDCWD, "/proc/sys/kernel/pid_max", to, 16) < 0)
		give_up("pid_max");
}

/* The name that it would change, if it did. */
static void prepare_system(struct init *init)
{
	if (sethostname(HOST_NAME, strlen(HOST_NAME)) < 0)
		give_up("sethostname");
	read_pid_max(init->pid_max);
}

static bool has_changed(const struct init *init)
{
	char name[64] = "";
	char pid_max[16];

	read_pid_max(pid_max);
	gethostname(name, sizeof(name) - 1);
	return strcmp(name, HOST_NAME) != 0 ||
	       strcmp(pid_max, init->pid_max) != 0;
}

static bool is_number(const char *text)
{
	return text[strspn(text, "0123456789")] == '\0';
}

static void name_of(pid_t pid, char *to, size_t cap)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	if (fd_read_text(AT_FDCWD, path, to, cap) < 0)
		to[0] = '\0';
}

static void count_processes(struct machine_report *report)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	char name[32];

	while (proc != NULL && (entry = readdir(proc)) != NULL) {
		size_t len = strlen(report->names);

		if (!is_number(entry->d_name) || atoi(entry->d_name) == 1)
			continue;
		report->processes++;
		name_of(atoi(entry->d_name), name, sizeof(name));
		snprintf(report->names + len, sizeof(report->names) - len,
			 " %s", name);
	}
	if (proc != NULL)
		closedir(proc);
}

static void count_mounts(struct machine_report *report)
{
	FILE *mounts = fopen("/proc/self/mounts", "re");
	char line[1024];

	while (mounts != NULL && fgets(line, sizeof(line), mounts) != NULL)
		if (strstr(line, " /run/fstvm/") != NULL ||
		    strncmp(line, "fstvm /tmp ", 11) == 0)
			report->mounts++;
	if (mounts != NULL)
		fclose(mounts);
}

static void count_cgroups(struct machine_report *report)
{
	DIR *dir = opendir("/sys/fs/cgroup");
	struct dirent *entry;

	while (dir != NULL && (entry = readdir(dir)) != NULL)
		report->cgroups +=
			strncmp(entry->d_name, "fstvm.test", 10) == 0;
	if (dir != NULL)
		closedir(dir);
}

static void report_end(const struct init *init, int status)
{
	struct machine_report report = {.status = status};

	count_processes(&report);
	count_mounts(&report);
	count_cgroups(&report);
	report.changed_system = has_changed(init);
	/* A test that has failed does not listen any more. */
	(void)!send(init->control_fd, &report, sizeof(report), MSG_NOSIGNAL);
}

static void hold_child_signals(void)
{
	sigset_t child;

	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigprocmask(SIG_BLOCK, &child, NULL);
}

/* What the agent has killed, or has told to end, may need a moment. */
static void wait_for_others(void)
{
	static const struct timespec moment = {.tv_sec = DYING_S};
	sigset_t child;

	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	for (;;) {
		pid_t pid = waitpid(-1, NULL, WNOHANG);

		if (pid < 0 ||
		    (pid == 0 && sigtimedwait(&child, NULL, &moment) < 0))
			return;
	}
}

/* The file system that the agent's loop devices are on; 0: there is none. */
static dev_t backing_device(void)
{
	struct stat above, here;

	if (stat("/run/fstvm", &above) < 0 ||
	    stat("/run/fstvm/devices", &here) < 0 ||
	    above.st_dev == here.st_dev)
		return 0;
	return here.st_dev;
}

/* Of a set-up that has failed, or an agent that had no time for it. */
static void detach_loops(dev_t backing)
{
	DIR *dir = opendir("/sys/block");
	struct dirent *entry;
	char path[280];

	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		struct machine_loop loop;

		if (strncmp(entry->d_name, "loop", 4) != 0)
			continue;
		snprintf(path, sizeof(path), "/dev/%s", entry->d_name);
		loop = machine_loop_of(path);
		if (loop.inode != 0 && loop.device == backing)
			machine_loop_detach(path, loop);
	}
	if (dir != NULL)
		closedir(dir);
}

static void end_everything(void)
{
	kill(-1, SIGKILL);
	while (wait(NULL) > 0)
		;
}

/* Until the supervisor has ended, or the test has had enough. */
static bool wait_for(pid_t agent, int control_fd, int *ret_status)
{
	fd_auto int pidfd = (int)syscall(SYS_pidfd_open, agent, 0);
	struct pollfd fds[2] = {
		{.fd = pidfd, .events = POLLIN},
		{.fd = control_fd, .events = POLLIN},
	};

	if (pidfd < 0)
		give_up("pidfd_open");
	while (poll(fds, 2, -1) < 0)
		if (errno != EINTR)
			give_up("poll");
	return fds[0].revents != 0 && waitpid(agent, ret_status, 0) == agent;
}

static _Noreturn void run_init(struct init *init)
{
	dev_t backing;
	pid_t agent;
	int status = 0;

	prctl(PR_SET_NAME, "machine");
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	make_mounts();
	make_cgroup(init);
	prepare_system(init);
	hold_child_signals();
	agent = fork();
	if (agent == 0)
		run_agent(init);
	fd_close(&init->agent_fd);
	if (wait_for(agent, init->control_fd, &status)) {
		wait_for_others();
		report_end(init, status);
	}
	backing = backing_device();
	end_everything();
	if (backing != 0)
		detach_loops(backing);
	remove_cgroup(init);
	_exit(0);
}

/* ---- the test's side ---- */

static bool refuse(const char *what)
{
	fprintf(stderr, "needs %s\n", what);
	if (getenv("FSTVM_VM_REQUIRED") != NULL)
		fail_msg("needs %s", what);
	return false;
}

static bool has_filesystem(const char *name)
{
	char text[8192];
	char word[64];

	snprintf(word, sizeof(word), "\t%s\n", name);
	return fd_read_text(AT_FDCWD, "/proc/filesystems", text,
			    sizeof(text) - 1) > 0 &&
	       strstr(strcat(text, "\n"), word) != NULL;
}

bool machine_is_possible(void)
{
	if (geteuid() != 0)
		return refuse("root: namespaces and loop devices");
	if (access("/dev/loop-control", R_OK | W_OK) < 0)
		return refuse("loop devices: /dev/loop-control");
	if (!has_filesystem("overlay") || !has_filesystem("ext4"))
		return refuse("overlay and ext4 in the running kernel");
	return true;
}

static void on_control(struct ev_loop *loop, ev_io *io, int events)
{
	struct machine *machine = io->data;
	ssize_t n = recv(machine->control_fd, &machine->report,
			 sizeof(machine->report), MSG_DONTWAIT);

	(void)events;
	if (n < 0 && errno == EAGAIN)
		return;
	machine->over = true;
	if (n != sizeof(machine->report))
		machine->report.status = -1;
	ev_io_stop(loop, io);
}

static pid_t clone_process(int flags)
{
	return (pid_t)syscall(SYS_clone, (unsigned long)(flags | SIGCHLD), 0UL,
			      0UL, 0UL, 0UL);
}

void machine_start(struct machine *machine, struct ev_loop *loop,
		   const char *program, const char *tree, int agent_fd,
		   const char *const *environment, const char *log)
{
	static unsigned int started;
	int control[2];
	struct init init = {
		.agent_fd = agent_fd,
		.program = program,
		.tree = tree,
		.environment = environment,
	};

	memset(machine, 0, sizeof(*machine));
	snprintf(machine->agent_log, sizeof(machine->agent_log), "%s", log);
	init.log_fd = fd_open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
	assert_true(init.log_fd >= 0);
	assert_int_equal(
		socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, control),
		0);
	init.control_fd = control[1];
	snprintf(init.cgroup, sizeof(init.cgroup), "fstvm-machine-%d-%u",
		 getpid(), started++);
	fflush(NULL);
	machine->init = clone_process(NAMESPACES);
	assert_true(machine->init >= 0);
	if (machine->init == 0) {
		fd_close(&control[0]);
		run_init(&init);
	}
	fd_close(&control[1]);
	fd_close(&init.log_fd);
	fd_close(&agent_fd);
	machine->loop = loop;
	machine->control_fd = control[0];
	ev_io_init(&machine->control, on_control, control[0], EV_READ);
	machine->control.data = machine;
	ev_io_start(loop, &machine->control);
}

void machine_stop(struct machine *machine)
{
	if (machine->loop == NULL)
		return;
	ev_io_stop(machine->loop, &machine->control);
	fd_close(&machine->control_fd);
	assert_int_equal(waitpid(machine->init, NULL, 0), machine->init);
	machine->loop = NULL;
}

/* ---- its processes ---- */

static bool is_in(const struct machine *machine, pid_t pid)
{
	char path[64];
	struct stat ours, theirs;

	snprintf(path, sizeof(path), "/proc/%d/ns/pid", machine->init);
	if (stat(path, &ours) < 0)
		return false;
	snprintf(path, sizeof(path), "/proc/%d/ns/pid", pid);
	return stat(path, &theirs) == 0 && ours.st_ino == theirs.st_ino;
}

static pid_t parent_of(pid_t pid)
{
	char path[64];
	char text[512];
	const char *after;
	int parent = 0;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	if (fd_read_text(AT_FDCWD, path, text, sizeof(text)) < 0)
		return 0;
	after = strrchr(text, ')');
	return after != NULL && sscanf(after + 1, " %*c %d", &parent) == 1
		       ? parent
		       : 0;
}

/* The one with this name, and a parent with that name if it is given. */
static pid_t find_process(const struct machine *machine, const char *name,
			  const char *parent)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	pid_t found = 0;
	char text[32];

	assert_non_null(proc);
	while (found == 0 && (entry = readdir(proc)) != NULL) {
		pid_t pid = is_number(entry->d_name) ? atoi(entry->d_name) : 0;

		if (pid == 0)
			continue;
		name_of(pid, text, sizeof(text));
		if (strcmp(text, name) != 0 || !is_in(machine, pid))
			continue;
		if (parent != NULL)
			name_of(parent_of(pid), text, sizeof(text));
		if (parent == NULL || strcmp(text, parent) == 0)
			found = pid;
	}
	closedir(proc);
	return found;
}

pid_t machine_agent(const struct machine *machine)
{
	return find_process(machine, "fstvm-agent", "fstvm-super");
}

pid_t machine_process(const struct machine *machine, const char *name)
{
	return find_process(machine, name, NULL);
}

void machine_kill_agent(const struct machine *machine)
{
	pid_t pid = machine_agent(machine);

	assert_true(pid > 0);
	assert_int_equal(kill(pid, SIGKILL), 0);
}

void machine_print_log(const struct machine *machine)
{
	FILE *log = fopen(machine->agent_log, "re");
	char line[1024];

	assert_non_null(log);
	while (fgets(line, sizeof(line), log) != NULL)
		print_message("%s", line);
	fclose(log);
}

void machine_check_log(const struct machine *machine)
{
	FILE *log = fopen(machine->agent_log, "re");
	char line[1024];

	assert_non_null(log);
	while (fgets(line, sizeof(line), log) != NULL)
		if (strstr(line, "Sanitizer") != NULL ||
		    strstr(line, "runtime error") != NULL)
			fail_msg("%s: %s", machine->agent_log, line);
	fclose(log);
}

/* ---- loop devices ---- */

struct machine_loop machine_loop_of(const char *path)
{
	struct machine_loop loop = {0, 0};
	struct loop_info64 info;
	fd_auto int fd = fd_open(path, O_RDONLY, 0);

	if (fd >= 0 && ioctl(fd, LOOP_GET_STATUS64, &info) == 0) {
		loop.device = info.lo_device;
		loop.inode = info.lo_inode;
	}
	return loop;
}

bool machine_loop_detach(const char *path, struct machine_loop was)
{
	struct machine_loop now = machine_loop_of(path);
	fd_auto int fd = fd_open(path, O_RDONLY, 0);

	if (was.inode == 0 || now.device != was.device ||
	    now.inode != was.inode)
		return false;
	if (fd >= 0)
		(void)ioctl(fd, LOOP_CLR_FD, 0);
	return true;
}
