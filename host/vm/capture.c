/* SPDX-License-Identifier: GPL-2.0-or-later */
/* capture - a short program run to its end: see capture.h. */
#include "host/vm/capture.h"

#include "host/vm/process.h"
#include "shared/clock.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	POLL_MS = 20,
	KILL_GRACE_MS = 1000,
};

struct sink {
	int fd;
	char *text;
	size_t used;
	bool ended;
};

static void sink_read(struct sink *sink)
{
	char bytes[1024];
	ssize_t len = read(sink->fd, bytes, sizeof(bytes));
	size_t room = CAPTURE_TEXT - 1 - sink->used;
	size_t take;

	if (len < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (len <= 0) {
		sink->ended = true;
		return;
	}
	take = (size_t)len < room ? (size_t)len : room;
	memcpy(sink->text + sink->used, bytes, take);
	sink->used += take;
	sink->text[sink->used] = '\0';
}

/* Waits a little, and takes what there is. */
static void sinks_poll(struct sink *sinks, int timeout_ms)
{
	struct pollfd fds[2];

	for (int i = 0; i < 2; i++)
		fds[i] = (struct pollfd){
			.fd = sinks[i].ended ? -1 : sinks[i].fd,
			.events = POLLIN,
		};
	if (poll(fds, 2, timeout_ms) <= 0)
		return;
	for (int i = 0; i < 2; i++)
		if (fds[i].revents)
			sink_read(&sinks[i]);
}

static void kill_and_reap(struct process *process)
{
	uint64_t end_ns = clock_mono_ns() + clock_ns_of_ms(KILL_GRACE_MS);

	process_signal(process, SIGKILL);
	while (!process_reap(process) && clock_mono_ns() < end_ns)
		(void)poll(NULL, 0, POLL_MS);
}

static bool over(struct process *process, const struct sink *sinks)
{
	return process_reap(process) && sinks[0].ended && sinks[1].ended;
}

static int status_of(int wait_status)
{
	return WIFEXITED(wait_status) ? WEXITSTATUS(wait_status)
				      : 128 + WTERMSIG(wait_status);
}

static int run_to_end(struct process *process, struct capture *capture,
		      uint64_t timeout_ms)
{
	uint64_t end_ns = clock_mono_ns() + clock_ns_of_ms(timeout_ms);
	struct sink sinks[2] = {
		{.fd = process->out_fd, .text = capture->out},
		{.fd = process->err_fd, .text = capture->err},
	};

	while (!over(process, sinks)) {
		if (clock_mono_ns() >= end_ns) {
			kill_and_reap(process);
			return -ETIMEDOUT;
		}
		sinks_poll(sinks, POLL_MS);
	}
	capture->exit_status = status_of(process->wait_status);
	return 0;
}

int capture_run(struct capture *capture, const char *const *argv,
		const char *const *envp, uint64_t timeout_ms)
{
	struct process process;
	int error;

	*capture = (struct capture){.exit_status = -1};
	error = process_spawn(&process, argv, envp);
	if (error)
		return error;
	error = process_release(&process);
	if (!error)
		error = run_to_end(&process, capture, timeout_ms);
	process_close(&process);
	return error;
}

static bool is_executable_file(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode) &&
	       access(path, X_OK) == 0;
}

int capture_find(const char *name, const char *path, char *to, size_t cap)
{
	if (!path)
		path = "/usr/local/bin:/usr/bin:/bin";
	while (*path) {
		size_t len = strcspn(path, ":");
		int need = snprintf(to, cap, "%.*s/%s", (int)len, path, name);

		if (need < 0 || (size_t)need >= cap)
			return -ENAMETOOLONG;
		/* a relative entry would mean another program in another cwd */
		if (path[0] == '/' && is_executable_file(to))
			return 0;
		path += len;
		path += *path == ':';
	}
	return -ENOENT;
}
