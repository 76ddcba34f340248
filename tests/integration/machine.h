/* SPDX-License-Identifier: GPL-2.0-or-later */
/* machine - stands in for the VM: the real agent in namespaces of its own.
 *
 * Mounts, processes, host name, network and cgroups are the machine's; the
 * kernel, its loop devices and its log are those of the computer that the test
 * runs on. A small process 1 starts the agent's supervisor, says what is left
 * when that has ended, and takes everything down with it.
 *
 * Needs root, loop devices and overlay.
 */
#pragma once

#include <ev.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* What was there when the supervisor had ended. */
struct machine_report {
	int32_t status;	    /* as waitpid() gives it */
	uint32_t processes; /* beside process 1 */
	uint32_t mounts;    /* below /run/fstvm, but for the tmpfs itself */
	uint32_t cgroups;
	bool changed_system; /* host name, or the limit of process numbers */
	char names[256];     /* of some of the processes */
};

struct machine {
	struct ev_loop *loop;
	pid_t init;
	int control_fd;
	ev_io control;
	char agent_log[128]; /* its stderr: a file of the test's */
	bool over;
	struct machine_report report;
};

/* Whether one can be made here. If not it says why on stderr, and with
 * FSTVM_VM_REQUIRED in the environment the test fails. */
bool machine_is_possible(void);

/* program: the agent; tree: an fstests tree; agent_fd: the agent's end of
 * the channel, closed here; environment: NULL-terminated, added to the
 * agent's (with "MACHINE_HAS_NO_CLONE3=1" it has none, like a kernel before
 * 5.3); log: the path for what the agent prints. */
void machine_start(struct machine *machine, struct ev_loop *loop,
		   const char *program, const char *tree, int agent_fd,
		   const char *const *environment, const char *log);
/* The process number of the agent proper in our own namespace; 0: there is
 * none at this moment. */
pid_t machine_agent(const struct machine *machine);
/* A process of the machine by its name. */
pid_t machine_process(const struct machine *machine, const char *name);
/* SIGKILL for the present agent, which must be there. */
void machine_kill_agent(const struct machine *machine);
/* Ends all of it, whatever it does. */
void machine_stop(struct machine *machine);
/* For who looks into a failure. */
void machine_print_log(const struct machine *machine);
/* The agent's log has no report of a sanitizer. */
void machine_check_log(const struct machine *machine);

/* What a loop device is attached to; 0: nothing. */
struct machine_loop {
	uint64_t device;
	uint64_t inode;
};
struct machine_loop machine_loop_of(const char *path);
/* Detaches it if it is still attached to that. Whether it was. */
bool machine_loop_detach(const char *path, struct machine_loop was);
