/* SPDX-License-Identifier: GPL-2.0-or-later */
/* supervisor - what lives as long as the guest does.
 *
 * A tiny process that vng (or the kernel, as PID 1) starts. It owns what must
 * not die with the agent: the descriptor of the port (the kernel lets it be
 * opened once), the hook's listening socket and the memfd of struct job. It is
 * parent of the agent and of check, and subreaper of all that a test orphans.
 * When the agent dies it starts another one at once, which goes on from the
 * job; check does not notice but for a hook that takes a little longer.
 * It never speaks on the channel and never touches a filesystem under test.
 */
#pragma once

#include <stdbool.h>

struct job;

struct supervisor_options {
	int channel_fd;	     /* the port, or a socket in tests */
	const char *tree;    /* an fstests tree, not the 9p mount; or NULL */
	bool shared_machine; /* this is no VM of ours */
};

/* What an incarnation of the agent is given. */
struct agent_inheritance {
	int channel_fd;
	int hook_fd;
	int supervisor_fd; /* SEQPACKET; see enum supervisor_word */
	struct job *job;
	const char *tree;
};

enum supervisor_word {
	SUPERVISOR_START_CHECK = 'c',  /* agent to supervisor */
	SUPERVISOR_CHECK_EXITED = 'x', /* supervisor to agent */
};

/* Returns the exit status for main(). */
int supervisor_main(const struct supervisor_options *options);
