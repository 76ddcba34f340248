/* SPDX-License-Identifier: GPL-2.0-or-later */
/* process - a child in a session of its own: see process.h. */
#include "host/vm/process.h"

#include "shared/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	/* The console comes in bursts; a full pipe stalls the guest. */
	PIPE_BYTES = 1024 * 1024,
	DESCRIPTORS_MAX = 65536,
};

/* The child's ends of its pipes. */
struct child {
	const char *const *argv;
	const char *const *envp;
	int out_fd;
	int err_fd;
	int gate_fd;
	int exec_fd;
};

int process_become_subreaper(void)
{
	return prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) ? -errno : 0;
}

static void reset_signals(void)
{
	struct sigaction action = {.sa_handler = SIG_DFL};
	sigset_t none;

	for (int signal = 1; signal < NSIG; signal++)
		sigaction(signal, &action, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* close_range(2) is of Linux 5.9; before, one by one. */
static void close_between(unsigned int first, unsigned int last)
{
	if (first > last || close_range(first, last, 0) == 0)
		return;
	for (unsigned int fd = first; fd <= last && fd < DESCRIPTORS_MAX; fd++)
		close((int)fd);
}

static void close_all_but(int a, int b)
{
	unsigned int low = (unsigned int)(a < b ? a : b);
	unsigned int high = (unsigned int)(a < b ? b : a);

	close_between(3, low - 1);
	close_between(low + 1, high - 1);
	close_between(high + 1, ~0U);
}

static void report(const struct child *child, int error)
{
	ssize_t ignored = write(child->exec_fd, &error, sizeof(error));

	(void)ignored;
}

static int set_up_child(const struct child *child)
{
	int null = open("/dev/null", O_RDWR);

	if (null < 0 || setsid() < 0 || chdir("/"))
		return -errno;
	if (dup2(null, 0) < 0 || dup2(child->out_fd, 1) < 0 ||
	    dup2(child->err_fd, 2) < 0)
		return -errno;
	close_all_but(child->gate_fd, child->exec_fd);
	reset_signals();
	return 0;
}

/* Says 0 when it leads its group, and, if it comes to that, why it could not
 * exec. */
static _Noreturn void be_child(const struct child *child)
{
	int error = set_up_child(child);
	char go;

	report(child, error);
	if (error || read(child->gate_fd, &go, 1) != 1)
		_exit(127);
	/* execve() takes what it does not change without const */
	execve(child->argv[0], (char *const *)(uintptr_t)child->argv,
	       (char *const *)(uintptr_t)child->envp);
	report(child, -errno);
	_exit(127);
}

/* What the child says next; at_end when it has closed without a word. */
static int hear(const struct process *process, int at_end)
{
	int error = 0;
	ssize_t len;

	do {
		len = read(process->exec_fd, &error, sizeof(error));
	} while (len < 0 && errno == EINTR);
	return len == (ssize_t)sizeof(error) ? error : at_end;
}

static int make_pipes(struct process *process, struct child *child)
{
	int *const reads[] = {&process->out_fd, &process->err_fd,
			      &process->exec_fd, &child->gate_fd};
	int *const writes[] = {&child->out_fd, &child->err_fd, &child->exec_fd,
			       &process->gate_fd};

	for (size_t i = 0; i < sizeof(reads) / sizeof(reads[0]); i++) {
		int pair[2];
		int error = fd_pipe(pair);

		if (error < 0)
			return error;
		*reads[i] = pair[0];
		*writes[i] = pair[1];
	}
	/* refused to the user of many pipes: smaller ones do */
	(void)fcntl(process->err_fd, F_SETPIPE_SZ, PIPE_BYTES);
	return 0;
}

static int set_nonblocking(const struct process *process)
{
	int error = fd_set_nonblocking(process->out_fd);

	return error < 0 ? error : fd_set_nonblocking(process->err_fd);
}

static void close_child_ends(struct child *child)
{
	fd_close(&child->out_fd);
	fd_close(&child->err_fd);
	fd_close(&child->gate_fd);
	fd_close(&child->exec_fd);
}

/* Also after a failure: then the child has ended or will on its gate's end. */
static void end_child(struct process *process)
{
	fd_close(&process->gate_fd);
	kill(process->pid, SIGKILL);
	while (waitpid(process->pid, NULL, 0) < 0 && errno == EINTR)
		;
	process->gone = true;
}

int process_spawn(struct process *process, const char *const *argv,
		  const char *const *envp)
{
	struct child child = {.argv = argv,
			      .envp = envp,
			      .out_fd = -1,
			      .err_fd = -1,
			      .gate_fd = -1,
			      .exec_fd = -1};
	int error;

	*process = (struct process){.pidfd = -1,
				    .out_fd = -1,
				    .err_fd = -1,
				    .gate_fd = -1,
				    .exec_fd = -1};
	error = make_pipes(process, &child);
	if (!error)
		error = set_nonblocking(process);
	if (!error) {
		process->pid = fork();
		error = process->pid < 0 ? -errno : 0;
	}
	if (!error && process->pid == 0)
		be_child(&child);
	close_child_ends(&child);
	if (!error)
		error = hear(process, -ECHILD);
	if (error) {
		process_close(process);
		return error;
	}
	process->pidfd = (int)syscall(SYS_pidfd_open, process->pid, 0);
	return 0;
}

int process_release(struct process *process)
{
	int error = fd_write_all(process->gate_fd, "", 1);

	fd_close(&process->gate_fd);
	if (!error)
		error = hear(process, 0);
	fd_close(&process->exec_fd);
	if (error) {
		end_child(process);
		return error;
	}
	return 0;
}

int process_reap(struct process *process)
{
	while (!process->gone) {
		int status;
		pid_t pid = waitpid(-process->pid, &status, WNOHANG);

		if (pid == 0)
			return 0;
		if (pid == process->pid) {
			process->exited = true;
			process->wait_status = status;
		}
		if (pid < 0 && errno != EINTR)
			process->gone = true; /* ECHILD */
	}
	return 1;
}

void process_signal(const struct process *process, int signal)
{
	if (process->pid > 0 && !process->gone)
		kill(-process->pid, signal);
}

void process_close(struct process *process)
{
	if (process->pid > 0 && process->gate_fd >= 0)
		end_child(process);
	fd_close(&process->gate_fd);
	fd_close(&process->exec_fd);
	fd_close(&process->out_fd);
	fd_close(&process->err_fd);
	fd_close(&process->pidfd);
	process->pid = 0;
}
