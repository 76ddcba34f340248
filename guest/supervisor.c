/* SPDX-License-Identifier: GPL-2.0-or-later */
/* supervisor - what lives as long as the guest does. */
#include "guest/supervisor.h"

#include "guest/agent.h"
#include "guest/fstests.h"
#include "guest/hook.h"
#include "guest/job.h"
#include "shared/fd.h"
#include "shared/log.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { AGENT_RESTARTS = 32 };

struct supervisor {
	struct agent_inheritance given;
	struct job *job;
	int signal_fd;
	int agent_fd; /* our end of the pair */
	pid_t agent_pid;
	int agent_status;
	bool agent_over;
};

/* Memory is what filesystem tests exhaust on purpose. Only pages that are
 * touched are locked: most of our static storage never is. */
static void protect_from_tests(void)
{
	if (fd_write_text(AT_FDCWD, "/proc/self/oom_score_adj", "-1000") < 0)
		log_warning("can't protect the agent from the OOM killer");
	if (mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) < 0)
		log_warning("mlockall: %s", strerror(errno));
}

static int open_signals(void)
{
	sigset_t set;
	int fd;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return -errno;
	fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return fd < 0 ? -errno : fd;
}

static _Noreturn void agent_child(struct supervisor *s, int agent_end)
{
	sigset_t none;

	prctl(PR_SET_NAME, "fstvm-agent");
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	fd_close(&s->signal_fd);
	fd_close(&s->agent_fd);
	s->given.supervisor_fd = agent_end;
	_exit(agent_main(&s->given));
}

static int start_agent(struct supervisor *s)
{
	int pair[2];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK,
		       0, pair) < 0)
		return -errno;
	s->job->incarnation++;
	fd_close(&s->agent_fd);
	s->agent_fd = pair[0];
	pid = fork();
	if (pid == 0)
		agent_child(s, pair[1]);
	fd_close(&pair[1]);
	if (pid < 0)
		return -errno;
	s->agent_pid = pid;
	return 0;
}

static void start_check(struct supervisor *s)
{
	pid_t pid;

	if (s->job->check_pid != 0)
		return;
	s->job->check_exited = false;
	pid = fork();
	if (pid == 0)
		fstests_exec_check(s->job);
	if (pid > 0) {
		s->job->check_group = pid;
		s->job->check_pid = pid;
		return;
	}
	s->job->check_status = W_EXITCODE(127, 0);
	s->job->check_exited = true;
}

static void tell_agent(struct supervisor *s, char word)
{
	/* One that is being replaced finds it in the job. */
	(void)!send(s->agent_fd, &word, 1, MSG_NOSIGNAL);
}

static void on_child(struct supervisor *s, pid_t pid, int status)
{
	if (pid == s->job->check_pid) {
		s->job->check_status = status;
		s->job->check_pid = 0;
		s->job->check_exited = true;
		tell_agent(s, SUPERVISOR_CHECK_EXITED);
	} else if (pid == s->agent_pid) {
		s->agent_pid = 0;
		s->agent_status = status;
		s->agent_over = true;
	}
	/* anything else: an orphan of a test */
}

static void reap(struct supervisor *s)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		on_child(s, pid, status);
}

static bool take_signals(struct supervisor *s)
{
	struct signalfd_siginfo info;
	bool go_on = true;

	while (read(s->signal_fd, &info, sizeof(info)) == sizeof(info))
		if (info.ssi_signo != SIGCHLD)
			go_on = false;
	reap(s);
	return go_on;
}

static void take_words(struct supervisor *s)
{
	char word;

	while (recv(s->agent_fd, &word, 1, MSG_DONTWAIT) == 1)
		if (word == SUPERVISOR_START_CHECK)
			start_check(s);
}

/* Returns whether to go on. */
static bool replace_agent(struct supervisor *s)
{
	s->agent_over = false;
	if (WIFEXITED(s->agent_status) && WEXITSTATUS(s->agent_status) == 0)
		return false;
	if (s->job->incarnation > AGENT_RESTARTS) {
		log_error("the agent died %d times: giving up", AGENT_RESTARTS);
		return false;
	}
	return start_agent(s) == 0;
}

static void supervise(struct supervisor *s)
{
	bool go_on = true;

	while (go_on) {
		struct pollfd fds[2] = {
			{.fd = s->signal_fd, .events = POLLIN},
			{.fd = s->agent_over ? -1 : s->agent_fd,
			 .events = POLLIN},
		};

		if (poll(fds, 2, -1) < 0 && errno != EINTR)
			return;
		/* What it asked for before it died is done first. */
		take_words(s);
		go_on = take_signals(s);
		if (go_on && s->agent_over)
			go_on = replace_agent(s);
	}
}

static int supervisor_open(struct supervisor *s,
			   const struct supervisor_options *options)
{
	s->job = job_create();
	if (s->job == NULL)
		return -errno;
	s->job->shared_machine = options->shared_machine;
	s->signal_fd = open_signals();
	if (s->signal_fd < 0)
		return s->signal_fd;
	s->given = (struct agent_inheritance){
		.channel_fd = options->channel_fd,
		.hook_fd = hook_listen(),
		.supervisor_fd = -1,
		.job = s->job,
		.tree = options->tree,
	};
	return s->given.hook_fd < 0 ? s->given.hook_fd : 0;
}

int supervisor_main(const struct supervisor_options *options)
{
	struct supervisor s = {.signal_fd = -1, .agent_fd = -1};
	int rc;

	prctl(PR_SET_NAME, "fstvm-super");
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	protect_from_tests();
	rc = supervisor_open(&s, options);
	if (rc == 0)
		rc = start_agent(&s);
	if (rc == 0)
		supervise(&s);
	else
		log_error("can't start the agent: %s", strerror(-rc));
	if (s.agent_pid > 0)
		kill(s.agent_pid, SIGKILL);
	return rc == 0 ? 0 : 1;
}
