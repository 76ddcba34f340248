/* SPDX-License-Identifier: GPL-2.0-or-later */
/* investigation - a guest that says nothing, looked at from the outside.
 *
 * Two depths. A look costs the guest nothing: QEMU's status and some samples
 * of all CPUs' registers; it is taken every few seconds while beats are late,
 * and the samples go to liveness. The escalation is for a guest that is called
 * hung, and takes at most INVESTIGATION_MAX_S:
 *
 *   query-status -> 10 register samples -> sysrq l, w, d, t -> inject-nmi
 *
 * and the console's lines meanwhile. Then the owner gets the finding and the
 * evidence: status.txt, registers.txt, sysrq.log. The owner kills.
 *
 * Sysrq. vng's console is a file chardev, which has no input, so a BREAK has
 * no key after it. What works, measured with vng 1.35, QEMU 7.2 (q35, TCG) and
 * Debian's 6.1, without udev and with a dead userspace: QMP send-key with
 * alt-sysrq-X. It needs a PS/2 keyboard in the machine, which q35 and pc have
 * (microvm has not; vng is called with --disable-microvm), and
 * CONFIG_SERIO_I8042 and CONFIG_KEYBOARD_ATKBD, built in in Debian and in x86
 * defconfig. Each key takes QEMU 1 ms; l gave 45 lines, w 2, m 26, t 1206
 * lines within 1.5 s; d without lockdep prints the help line. By
 * chardev-change to a file with "in" the console takes input, but the key came
 * before the BREAK, and the console's output has to move: not used. Sysrq needs
 * one CPU that takes interrupts; "no answer to sysrq" is a finding, too.
 *
 * NMI. A kernel answers inject-nmi even with interrupts off, by default with
 * "Uhhuh. NMI received for unknown reason". unknown_nmi_panic=1 would make it
 * a panic with a trace, but also every stray NMI of a virtual PMU under KVM: a
 * false crash is worse than a missing trace. Who wants it gives it by --append.
 *
 * What the kernel prints on our demand is no problem of the kernel:
 * investigation_is_deep() says when not to look for any.
 */
#pragma once

#include "host/vm/finding.h"
#include "host/vm/qmp.h"

#define INVESTIGATION_MAX_S 9.0

enum {
	INVESTIGATION_SYSRQ_BYTES = 1024 * 1024,
	INVESTIGATION_REGISTER_BYTES = 512 * 1024,
};

struct investigation_owner {
	void (*on_sample)(void *context, const struct liveness_cpu *cpus,
			  size_t count);
	void (*on_evidence)(void *context, const char *name,
			    struct bytes contents);
	/* The end of the escalation, after its evidence. */
	void (*on_finding)(void *context, const char *words);
	void *context;
};

enum investigation_depth {
	INVESTIGATION_NONE,
	INVESTIGATION_LOOK,
	INVESTIGATION_DEEP,
};

/* A text of bounded size; what is over it is counted. */
struct investigation_text {
	char *text;
	size_t cap_bytes;
	size_t used_bytes;
	uint64_t dropped_bytes;
};

struct investigation {
	struct ev_loop *loop;
	struct qmp *qmp;
	struct investigation_owner owner;
	enum investigation_depth depth;
	size_t step;
	unsigned int repeated; /* of the present step */
	bool restart;	       /* when the command under way is answered */
	bool waiting;	       /* for an answer */
	ev_timer pause;	       /* between steps */
	ev_timer limit;
	struct finding finding;
	struct investigation_text log;
	struct investigation_text registers;
	struct investigation_text sysrq;
	double began;
};

void investigation_init(struct investigation *investigation,
			struct ev_loop *loop, struct qmp *qmp,
			const struct investigation_owner *owner);
void investigation_close(struct investigation *investigation);
/* Nothing happens while one is under way. */
void investigation_look(struct investigation *investigation);
/* -ENOMEM; 0 as well when it is under way. The finding may come at once. */
must_check int investigation_begin(struct investigation *investigation);
/* It lives after all: nothing is told any more. */
void investigation_abort(struct investigation *investigation);
/* The VM goes by itself: an escalation ends with what it has. */
void investigation_finish(struct investigation *investigation);
bool investigation_is_deep(const struct investigation *investigation);
/* A line of the console. */
void investigation_line(struct investigation *investigation, struct bytes line);
