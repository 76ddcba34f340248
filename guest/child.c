/* SPDX-License-Identifier: GPL-2.0-or-later */
/* child - a helper process with a deadline. */
#include "guest/child.h"

#include "shared/clock.h"
#include "shared/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { POLL_INTERVAL_MS = 20 };

static const char *const default_environment[] = {
	"PATH=" CHILD_PATH,
	"LC_ALL=C",
	"HOME=/",
	NULL,
};

static bool force_polling;

void child_force_polling(bool on)
{
	force_polling = on;
}

int child_find(const char *name, char *ret_path, size_t cap)
{
	const char *at = CHILD_PATH;

	while (*at) {
		size_t len = strcspn(at, ":");
		int need =
			snprintf(ret_path, cap, "%.*s/%s", (int)len, at, name);

		if (need > 0 && (size_t)need < cap && !access(ret_path, X_OK))
			return 0;
		at += len + (at[len] == ':');
	}
	return -ENOENT;
}

static void default_signals(void)
{
	struct sigaction action = {.sa_handler = SIG_DFL};
	sigset_t none;
	int number;

	for (number = 1; number < NSIG; number++)
		(void)sigaction(number, &action, NULL);
	sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}

/* What a child must not have from an agent that must not die. */
static void become_ordinary(pid_t parent, int output_fd)
{
	int null = fd_open("/dev/null", O_RDONLY, 0);

	(void)setsid();
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(CHILD_EXIT_NOT_SET_UP);
	if (null >= 0)
		(void)dup2(null, STDIN_FILENO);
	(void)dup2(output_fd, STDOUT_FILENO);
	(void)dup2(output_fd, STDERR_FILENO);
	if (fd_write_text(AT_FDCWD, "/proc/self/oom_score_adj", "0") < 0)
		(void)0; /* no procfs yet: nothing to undo either */
	(void)umask(022);
	if (chdir("/") < 0)
		_exit(CHILD_EXIT_NOT_SET_UP);
	default_signals();
}

static void complain(const char *text)
{
	if (write(STDERR_FILENO, text, strlen(text)) < 0)
		_exit(CHILD_EXIT_NOT_SET_UP);
}

static _Noreturn void run_program(const struct child_plan *plan)
{
	const char *const *environment =
		plan->environment ? plan->environment : default_environment;
	char path[256];
	struct why why;
	int rc = 0;

	if (strchr(plan->argv[0], '/'))
		(void)snprintf(path, sizeof(path), "%s", plan->argv[0]);
	else
		rc = child_find(plan->argv[0], path, sizeof(path));
	if (!rc) {
		/* execve() is declared without const and changes nothing. */
		(void)execve(path, (char *const *)(uintptr_t)plan->argv,
			     (char *const *)(uintptr_t)environment);
		rc = -errno;
	}
	(void)why_failed(&why, rc, "can't run %s", plan->argv[0]);
	complain(why.text);
	_exit(CHILD_EXIT_NOT_RUN);
}

static _Noreturn void run_child(const struct child_plan *plan, pid_t parent,
				int output_fd)
{
	struct why why = {.text = ""};
	int rc;

	become_ordinary(parent, output_fd);
	if (plan->argv)
		run_program(plan);
	rc = plan->body(plan->context, &why);
	complain(why.text);
	_exit(rc < 0 ? (-rc < 255 ? -rc : 255) : 0);
}

static int open_pidfd(pid_t pid)
{
	if (force_polling)
		return -1;
	return (int)syscall(SYS_pidfd_open, pid, 0);
}

int child_start(struct child *child, const struct child_plan *plan)
{
	fd_auto int write_end = -1;
	int pair[2];
	pid_t parent = getpid();
	int rc;

	must(plan->output_cap > 0);
	*child = (struct child){
		.pidfd = -1,
		.output_fd = -1,
		.output = plan->output,
		.output_cap = plan->output_cap,
	};
	child->output[0] = '\0';
	rc = fd_pipe(pair);
	if (rc < 0)
		return rc;
	child->output_fd = pair[0];
	write_end = pair[1];
	rc = fd_set_nonblocking(child->output_fd);
	if (rc < 0) {
		fd_close(&child->output_fd);
		return rc;
	}
	child->pid = fork();
	if (child->pid < 0) {
		rc = -errno;
		fd_close(&child->output_fd);
		return rc;
	}
	if (child->pid == 0)
		run_child(plan, parent, write_end);
	child->pidfd = open_pidfd(child->pid);
	return 0;
}

/* Keeps the last bytes: what a tool says last is why it failed. */
static void keep_tail(struct child *child, const char *data, size_t len)
{
	size_t cap = child->output_cap - 1;
	size_t keep;

	if (len > cap) {
		data += len - cap;
		len = cap;
	}
	keep = cap - len < child->output_used ? cap - len : child->output_used;
	memmove(child->output, child->output + child->output_used - keep, keep);
	memcpy(child->output + keep, data, len);
	child->output_used = keep + len;
	child->output[child->output_used] = '\0';
}

/* Bounded: a child that floods is not followed for ever. */
static void drain_output(struct child *child)
{
	char data[4096];
	int rounds;

	for (rounds = 0; rounds < 32 && child->output_fd >= 0; rounds++) {
		ssize_t len = read(child->output_fd, data, sizeof(data));

		if (len > 0)
			keep_tail(child, data, (size_t)len);
		else if (len == 0)
			fd_close(&child->output_fd);
		else if (errno != EINTR)
			break;
	}
}

static void try_reap(struct child *child)
{
	siginfo_t status = {.si_pid = 0};

	if (waitid(P_PID, (id_t)child->pid, &status, WEXITED | WNOHANG) < 0) {
		/* Somebody else has reaped it: over, its status unknown. */
		if (errno != ECHILD)
			return;
		child->exit_status = CHILD_EXIT_NOT_SET_UP;
	} else if (status.si_pid == 0) {
		return;
	} else if (status.si_code == CLD_EXITED) {
		child->exit_status = status.si_status;
	} else {
		child->term_signal = status.si_status;
	}
	child->ended = true;
	drain_output(child);
	fd_close(&child->output_fd);
	fd_close(&child->pidfd);
}

static int poll_timeout(uint64_t deadline_ns, bool by_looking)
{
	uint64_t now = clock_mono_ns();
	uint64_t left_ms;

	if (now >= deadline_ns)
		return 0;
	left_ms = clock_ms_of_ns(deadline_ns - now) + 1;
	if (by_looking && left_ms > POLL_INTERVAL_MS)
		return POLL_INTERVAL_MS;
	return left_ms > 60000 ? 60000 : (int)left_ms;
}

/* One turn. Returns how many have not ended. */
static size_t wait_once(struct child *children, size_t count,
			uint64_t deadline_ns)
{
	struct pollfd polled[2 * CHILD_COUNT_MAX];
	bool by_looking = false;
	nfds_t fds = 0;
	size_t alive = 0;
	size_t i;

	for (i = 0; i < count; i++) {
		if (children[i].ended)
			continue;
		by_looking |= children[i].pidfd < 0;
		polled[fds++] = (struct pollfd){.fd = children[i].pidfd,
						.events = POLLIN};
		polled[fds++] = (struct pollfd){.fd = children[i].output_fd,
						.events = POLLIN};
	}
	if (fds)
		(void)poll(polled, fds, poll_timeout(deadline_ns, by_looking));
	for (i = 0; i < count; i++) {
		if (children[i].ended)
			continue;
		drain_output(&children[i]);
		try_reap(&children[i]);
		alive += !children[i].ended;
	}
	return alive;
}

static size_t wait_until(struct child *children, size_t count,
			 uint64_t deadline_ns)
{
	size_t alive;

	do
		alive = wait_once(children, count, deadline_ns);
	while (alive && clock_mono_ns() < deadline_ns);
	return alive;
}

static void kill_all(struct child *children, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (children[i].ended)
			continue;
		children[i].timed_out = true;
		/* The group may not exist yet; the process does. */
		(void)kill(-children[i].pid, SIGKILL);
		(void)kill(children[i].pid, SIGKILL);
	}
}

static void forget_all(struct child *children, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		fd_close(&children[i].output_fd);
		fd_close(&children[i].pidfd);
	}
}

int child_wait_all(struct child *children, size_t count, uint64_t deadline_ns)
{
	must(count <= CHILD_COUNT_MAX);
	if (wait_until(children, count, deadline_ns) == 0)
		return 0;
	kill_all(children, count);
	(void)wait_until(children, count,
			 clock_mono_ns() + clock_ns_of_ms(CHILD_KILL_WAIT_MS));
	forget_all(children, count);
	return -ETIMEDOUT;
}

bool child_look(struct child *child)
{
	if (!child->ended) {
		drain_output(child);
		try_reap(child);
	}
	return child->ended;
}

void child_abandon(struct child *child)
{
	kill_all(child, 1);
	forget_all(child, 1);
}

int child_run(struct child *child, const struct child_plan *plan,
	      uint64_t timeout_ms)
{
	int rc = child_start(child, plan);

	if (rc < 0)
		return rc;
	return child_wait_all(child, 1,
			      clock_mono_ns() + clock_ns_of_ms(timeout_ms));
}

bool child_succeeded(const struct child *child)
{
	return child->ended && !child->timed_out && child->term_signal == 0 &&
	       child->exit_status == 0;
}

void child_describe(const struct child *child, char *to, size_t cap)
{
	if (child->timed_out)
		(void)snprintf(to, cap, "no end within its time");
	else if (child->term_signal)
		(void)snprintf(to, cap, "signal %d", child->term_signal);
	else
		(void)snprintf(to, cap, "exit status %d", child->exit_status);
}

void child_last_line(const struct child *child, char *to, size_t cap)
{
	size_t end = child->output_used;
	size_t start;

	while (end > 0 && strchr(" \t\r\n", child->output[end - 1]))
		end--;
	start = end;
	while (start > 0 && child->output[start - 1] != '\n')
		start--;
	(void)snprintf(to, cap, "%.*s", (int)(end - start),
		       child->output + start);
}

int child_call(child_body *body, void *context, uint64_t timeout_ms,
	       const char *what, struct why *why)
{
	char output[sizeof(why->text)];
	struct child_plan plan = {
		.body = body,
		.context = context,
		.output = output,
		.output_cap = sizeof(output),
	};
	struct child child;
	int rc = child_run(&child, &plan, timeout_ms);

	if (rc == -ETIMEDOUT)
		return why_is(why, rc, "%s: no end within %llu.%llu s", what,
			      (unsigned long long)timeout_ms / 1000,
			      (unsigned long long)timeout_ms % 1000 / 100);
	if (rc < 0)
		return why_failed(why, rc, "%s: no process for it", what);
	if (child_succeeded(&child))
		return why_is(why, 0, "%s", output);
	if (child.term_signal)
		return why_is(why, -EIO, "%s: died of signal %d", what,
			      child.term_signal);
	rc = -child.exit_status;
	if (output[0])
		return why_is(why, rc, "%s", output);
	return why_failed(why, rc, "%s", what);
}
