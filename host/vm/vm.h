/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vm - the life of one VM, from spawning vng to the last process gone.
 *
 *   booting -> setup -> running -> finishing -+
 *      |         |         |           |      |
 *      +---------+---------+-----------+------+-> ending -> over
 *
 * Facts come from five sides: the channel, the raw console, vng's stdout, the
 * ends of processes, and the clock. They become events for the owner, who
 * journals them before they count. A VM has one end reason, the first that is
 * known; what follows from it (a closed channel after a panic) changes nothing.
 *
 * "vng exited", "console at its end" and "channel closed" are three facts: the
 * VM is over when its whole process group is gone and both pipes are drained,
 * so that the kernel's last words are in the log. Then the private directory
 * and the guard are gone too.
 */
#pragma once

#include "fstvm.pb-c.h"
#include "host/link/channel.h"
#include "host/link/liveness.h"
#include "host/link/session.h"
#include "host/record/event.h"
#include "host/vm/blackbox.h"
#include "host/vm/console.h"
#include "host/vm/guard.h"
#include "host/vm/investigation.h"
#include "host/vm/kernel.h"
#include "host/vm/ladder.h"
#include "host/vm/process.h"
#include "host/vm/qmp.h"
#include "host/vm/sockdir.h"
#include "host/vm/vng.h"
#include "journal.pb-c.h"

#include <ev.h>

#define VM_BEAT_S     5.0
#define VM_SILENCE_MS 60000
/* For a dying kernel to say its last words, until QEMU exits. */
#define VM_LAST_WORDS_S 2.0

enum vm_state {
	VM_BOOTING,   /* until the agent's Hello */
	VM_SETUP,     /* until SetupDone */
	VM_RUNNING,   /* until JobFinished */
	VM_FINISHING, /* until QEMU has ended by itself */
	VM_ENDING,    /* until nothing of it is left */
	VM_OVER,
};

struct vm_spec {
	uint32_t index;
	uint32_t boot;
	/* Paths of the user; the VM gives vng links to them. */
	const struct vng_spec *vng;
	const struct kernel *kernel; /* or NULL: vng->kernel as it is */
	const char *runtime_dir;     /* $XDG_RUNTIME_DIR or NULL */
	const Pb__RunSpec *run_spec; /* borrowed until the VM is over */
	const uint32_t *plan;	     /* run_spec->n_tests of each */
	const uint32_t *attempt;
	uint64_t boot_timeout_ms;
	/* Hung after that long (host/link/liveness.h); 0: VM_SILENCE_MS by the
	 * measured slowness. */
	uint64_t silence_ms;
	int console_fd; /* of the console log; the caller's */
	const char *console_log;
	int log_fd; /* for vng's stdout; the caller's */
};

struct vm;

struct vm_owner {
	/* Journals; a negative return ends the VM as VM_END_HOST_FAILED. */
	int (*on_event)(void *context, Pb__Event *event);
	/* ArtifactChunk, ArtifactEnd, LogChunk. Negative as above. */
	int (*on_bulk)(void *context, const Pb__Envelope *envelope);
	void (*on_heartbeat)(void *context, const Pb__Heartbeat *beat);
	void (*on_console_line)(void *context, struct bytes line);
	/* A file about a hang: host/vm/investigation.h. */
	void (*on_evidence)(void *context, const char *name,
			    struct bytes contents);
	/* Its processes are gone, its memory (vm->blackbox) is not yet: why
	 * did it die? vm_blame_kernel() may be called, and vm->kernel_log be
	 * set: the log's text, which is the owner's. */
	void (*on_gone)(void *context);
	/* Before its VmEnded: what the reason means for the running test. */
	void (*on_ending)(void *context, Pb__VmEndReason reason,
			  const char *detail);
	/* It is over; the owner may close it and start another. */
	void (*on_over)(void *context);
	void *context;
};

struct vm {
	struct ev_loop *loop;
	struct vm_owner owner;
	struct vm_spec spec;
	enum vm_state state;
	Pb__VmEndReason end_reason;
	int host_error; /* the first of writing to the run directory */
	char end_detail[512];
	struct sockdir dir;
	struct guard guard;
	struct process process;
	struct ladder ladder;
	struct channel channel;
	bool channel_is_open;
	bool connected; /* QEMU was, once */
	struct qmp qmp;
	struct liveness liveness;
	struct investigation investigation;
	struct session session;
	struct blackbox blackbox;
	struct bytes kernel_log; /* set in on_gone(), until on_ending() */
	struct console console;
	ev_io out;
	ev_io err;
	bool out_at_end;
	bool err_at_end;
	ev_timer deadline; /* of the state */
	ev_timer beat;
	ev_timer last_words; /* of a kernel that seems to die */
	ev_timer ladder_timer;
	double last_message;	   /* ev_now() of it */
	bool suspected;		   /* to be dead */
	double asked;		   /* ev_now() of it: is it alive? 0: not yet */
	char suspicion[512];	   /* the line that looked like its death */
	uint32_t slowness_percent; /* beside the host; 100: as quick */
	Pb__JobEnd job_end;	   /* as the guest has said */
	uint64_t beats;
	uint64_t gone_ns; /* when its group was gone */
};

/* Negative errno when it could not be started: then it is closed, and *why
 * says what could not be done. */
must_check int vm_start(struct vm *vm, struct ev_loop *loop,
			const struct vm_spec *spec,
			const struct vm_owner *owner, char *why,
			size_t why_cap);
/* After SIGCHLD. */
void vm_on_child(struct vm *vm);
/* The console has a line that looks like the kernel's death. A kernel that
 * dies takes QEMU with it (panic=-1); one that answers a beat was not meant
 * (a program can write to the console, an oops can be survived). */
void vm_suspect_crash(struct vm *vm, const char *line);
/* In on_gone(): the kernel's own log says that it died, by this line. That
 * counts more than what the console had of it, or that there was silence. */
void vm_blame_kernel(struct vm *vm, const char *line);
/* The orderly end: the agent may hand over what it has, for grace_ms. */
void vm_stop(struct vm *vm, const char *text, uint64_t grace_ms);
/* The end, now. */
void vm_kill(struct vm *vm, Pb__VmEndReason reason, const char *detail);

/* Shared by the parts of a VM: dialogue.h, ending.h, launch.h. */
struct event_origin vm_origin(const struct vm *vm);
/* To the owner; one that can't journal it ends the VM. */
void vm_emit(struct vm *vm, Pb__Event *event);
/* With another slowness. */
void vm_set_limit(struct vm *vm);
/* Our own machinery failed, with this error, which it returns. */
int vm_host_failed(struct vm *vm, int error);
/* Of the present state, in seconds; 0: none. */
void vm_set_deadline(struct vm *vm, double seconds);
