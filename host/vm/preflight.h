/* SPDX-License-Identifier: GPL-2.0-or-later */
/* preflight - what must be in place before anything is started.
 *
 * A list of checks, each with its outcome, a line for a person, and what to
 * do about it. `fstvm doctor` prints the whole list, `fstvm run` its failures
 * and warnings. Other layers' checks (the fstests tree, mkfs) go on the same
 * list with preflight_add(). Nothing here prints.
 */
#pragma once

#include "host/vm/kernel.h"
#include "host/vm/kvm.h"
#include "host/vm/vng.h"
#include "shared/must.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	PREFLIGHT_CHECKS = 48, /* more are a mistake of ours */
	PREFLIGHT_TEXT = 2048,
};

enum preflight_outcome { PREFLIGHT_OK, PREFLIGHT_WARN, PREFLIGHT_FAIL };

struct preflight_check {
	const char *name; /* "vng", "kernel"; static */
	enum preflight_outcome outcome;
	char text[PREFLIGHT_TEXT];	 /* what is, in a line or two */
	char remedy[PREFLIGHT_TEXT / 2]; /* "" when there is nothing to do */
};

/* 150 KiB: not for the stack. */
struct preflight {
	size_t count;
	struct preflight_check checks[PREFLIGHT_CHECKS];
};

void preflight_init(struct preflight *list);
/* Texts are cut to their size. remedy may be NULL. */
void preflight_add(struct preflight *list, const char *name,
		   enum preflight_outcome outcome, const char *remedy,
		   const char *format, ...)
	__attribute__((format(printf, 5, 6)));
bool preflight_failed(const struct preflight *list);
/* "ok", "warn", "fail" */
const char *preflight_outcome_name(enum preflight_outcome outcome);

enum preflight_kvm { PREFLIGHT_KVM_AUTO, PREFLIGHT_KVM_ON, PREFLIGHT_KVM_OFF };

/* Who is PID 1; auto: the agent, where it can be. */
enum preflight_init {
	PREFLIGHT_INIT_AUTO,
	PREFLIGHT_INIT_AGENT,
	PREFLIGHT_INIT_VNG,
};

struct preflight_ask {
	struct kernel_search kernel;
	const char *memory; /* "4G" */
	long cpus;
	bool cpus_chosen; /* by the user; else the default */
	enum preflight_kvm kvm;
	enum preflight_init init;
	const char *const *environ; /* the user's; PATH is searched */
	const char *private_dir;    /* of a struct sockdir, for vng's HOME */
	const char *mark;
};

/* The user's $PATH, or NULL. */
const char *preflight_search_path(const struct preflight_ask *ask);

/* What was found on the way, for the run. */
struct preflight_found {
	char vng[PATH_MAX];
	struct vng_version vng_version;
	struct kernel kernel;
	uint64_t memory_mib;
	unsigned int cpus;
	bool kvm;
	char kvm_reason[160]; /* why, or why not */
	bool force_9p;
	enum vng_start start;
	bool init_may_change; /* to vng's own, where the agent's fails */
};

/* Does all of the checks below, in their order. */
void preflight_run(struct preflight *list, const struct preflight_ask *ask,
		   struct preflight_found *ret_found);

void preflight_vng(struct preflight *list, const struct preflight_ask *ask,
		   struct preflight_found *found);
void preflight_qemu(struct preflight *list, const struct preflight_ask *ask);
void preflight_kvm(struct preflight *list, const struct preflight_ask *ask,
		   struct preflight_found *found);
void preflight_kernel(struct preflight *list, const struct preflight_ask *ask,
		      struct preflight_found *found);
/* What vng calls to make the guest of this kernel; after preflight_kernel(). */
void preflight_tools(struct preflight *list, const struct preflight_ask *ask,
		     const struct preflight_found *found);
/* How the guest gets its root. QEMU's own old virtiofsd (in C) passes vng's
 * test, then fails at every start, 3 s later; so 9p is forced when vng would
 * take that one, or none. */
void preflight_virtiofsd(struct preflight *list,
			 const struct preflight_ask *ask,
			 struct preflight_found *found);
void preflight_memory(struct preflight *list, const struct preflight_ask *ask,
		      struct preflight_found *found);
void preflight_cpus(struct preflight *list, const struct preflight_ask *ask,
		    struct preflight_found *found);

/* "4G", "512M", "1048576K" to MiB. -EINVAL: not that; -ERANGE: over 2^40. */
must_check int preflight_parse_memory(const char *text, uint64_t *ret_mib);
