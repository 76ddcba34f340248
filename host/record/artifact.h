/* SPDX-License-Identifier: GPL-2.0-or-later */
/* artifact - files that tests left, as they arrive from one VM.
 *
 * Chunks of a numbered artifact are inflated into a file under incoming/;
 * its ArtifactEnd brings the name and the checks, and moves it to its place
 * in results/. What is damaged, cut or over a cap is kept and called
 * incomplete: a guest that sends nonsense loses its artifacts and nothing
 * else. Errors that are returned are those of our own disk.
 */
#pragma once

#include "fstvm.pb-c.h"
#include "host/record/artifact_path.h"
#include "journal.pb-c.h"
#include "shared/inflate.h"

enum {
	ARTIFACT_OPEN = 8, /* at a time; an agent sends one */
	/* What each file costs of a quota, so that empty ones are not free. */
	ARTIFACT_FILE_COST = 4096,
};

/* Of one run, shared by its VMs. Nothing more is kept at the cap, nor of a
 * test at its own: LIMIT_TEST_ARTIFACTS_BYTES for each attempt that has begun,
 * whatever the guest says its files belong to. */
struct artifact_quota {
	uint64_t cap_bytes;
	uint64_t used_bytes;
	uint64_t *tests; /* used by each planned test; NULL: no such cap */
	size_t test_count;
};

/* Takes bytes out of the quota, or nothing. */
bool artifact_quota_take(struct artifact_quota *quota, uint64_t bytes);
/* test_count of 0: without a cap for each test. */
must_check int artifact_quota_init(struct artifact_quota *quota,
				   size_t test_count);
void artifact_quota_deinit(struct artifact_quota *quota);
/* What an earlier controller of the run has kept. */
void artifact_quota_restore(struct artifact_quota *quota,
			    const Pb__ArtifactStored *stored);
void artifact_quota_restore_evidence(struct artifact_quota *quota,
				     const Pb__EvidenceStored *stored);

struct artifact_slot {
	bool used;
	bool damaged; /* nothing more of it is kept */
	uint32_t number;
	uint64_t wire_bytes; /* came in */
	uint64_t kept_bytes; /* went to the file */
	int fd;
	struct inflate inflate;
};

struct artifact_store {
	struct outdir *outdir;
	struct artifact_quota *quota;
	uint32_t vm;
	uint64_t refused_chunks; /* of more artifacts than can be open */
	struct artifact_slot slots[ARTIFACT_OPEN];
};

/* What ArtifactStored needs beside the test and attempt. */
struct artifact_stored {
	char path[PATH_MAX]; /* empty: nothing is kept */
	uint64_t size_bytes;
	uint64_t kept_bytes;
	bool incomplete;
};

void artifact_store_open(struct artifact_store *store, struct outdir *outdir,
			 struct artifact_quota *quota, uint32_t vm);
must_check int artifact_store_chunk(struct artifact_store *store,
				    const Pb__ArtifactChunk *chunk);
/* origin->guest_name is end->name; the rest is what the host knows of the
 * test that the end names. */
must_check int artifact_store_end(struct artifact_store *store,
				  const Pb__ArtifactEnd *end,
				  const struct artifact_origin *origin,
				  struct artifact_stored *ret_stored);
/* The VM or its agent is gone: takes one artifact that has no end, keeps it
 * as an incomplete one of a test, and returns 1; 0: there is none left. */
must_check int artifact_store_abandon(struct artifact_store *store,
				      const struct artifact_origin *origin,
				      struct artifact_stored *ret_stored);
/* What has no end is removed. */
void artifact_store_close(struct artifact_store *store);
