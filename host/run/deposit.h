/* SPDX-License-Identifier: GPL-2.0-or-later */
/* deposit - the files that one boot's guest sends, put where they belong.
 *
 * Which planned test a file is of, and of which attempt, is the host's to know:
 * the guest's index leads there through the boot's job. What is kept is told
 * as an ArtifactStored or EvidenceStored event. A guest's new agent sends what
 * its predecessor had begun from the start, so the store is opened anew then.
 */
#pragma once

#include "host/record/artifact.h"
#include "host/run/bootjob.h"
#include "host/vm/vm.h"

struct deposit_owner {
	const struct bootjob *job;
	const struct schedule *schedule;
	const struct vm *vm;
	uint32_t vm_index;
	struct artifact_quota *quota;
	int (*on_event)(void *context, Pb__Event *event);
	void *context;
};

struct deposit {
	struct deposit_owner owner;
	struct artifact_store store;
};

void deposit_open(struct deposit *deposit, const struct deposit_owner *owner);
void deposit_close(struct deposit *deposit);
/* A new agent says Hello. */
void deposit_reopen(struct deposit *deposit);
/* Negative errno: the run directory can't be written. */
must_check int deposit_chunk(struct deposit *deposit,
			     const Pb__ArtifactChunk *chunk);
must_check int deposit_end(struct deposit *deposit, const Pb__ArtifactEnd *end);
/* The VM is gone with files half sent. Of which test they were is not known
 * before their end: they are kept with the one that ran. */
void deposit_keep_unfinished(struct deposit *deposit);
