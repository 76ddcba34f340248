/* SPDX-License-Identifier: GPL-2.0-or-later */
/* evidence - files that the host keeps of a bad end.
 *
 * Of an attempt at a test, in results/CONFIG/DIR/NNN.evidence/ (with
 * .iteration<N> and .attempt<N> before the last dot, as artifact_path has
 * them); of a boot in which no test had begun, in
 * results/CONFIG/boot-<N>.evidence/. The last kernel message tells the most,
 * so a file that is over its cap loses its beginning, and says so in its
 * first line.
 *
 * Names are the host's own: [a-z0-9-] with one extension. A second file of a
 * name becomes NAME-2.ext. Errors are explained in outdir->why.
 */
#pragma once

#include "host/record/artifact.h"
#include "shared/bytes.h"

enum { EVIDENCE_NAME = 48 };

struct evidence_origin {
	const char *config;
	const char *test; /* from the plan; NULL: the boot's */
	uint32_t iteration;
	uint32_t attempt;
	uint32_t boot;
};

/* What EvidenceStored needs beside the test and attempt. */
struct evidence_stored {
	char path[PATH_MAX]; /* empty: the run's quota is spent */
	uint64_t kept_bytes;
	uint64_t dropped_bytes;
};

/* A path that is not in use yet; its directory is made. -ENFILE: there are
 * ARTIFACT_PATH_COPIES of that name. */
must_check int evidence_path(struct outdir *outdir,
			     const struct evidence_origin *origin,
			     const char *name, char ret_path[PATH_MAX]);
/* The name of a file that the agent has made of a test that is over its time;
 * "extra.txt" for what is none of these. */
const char *evidence_guest_name(const struct artifact_origin *origin);
/* Its path, of which no byte is the guest's. As evidence_path(). */
must_check int evidence_guest_path(struct outdir *outdir,
				   const struct artifact_origin *origin,
				   char ret_path[PATH_MAX]);
/* dropped_bytes: what the caller has left out before contents begins. At most
 * LIMIT_EVIDENCE_BYTES are kept, and what the quota still has. */
must_check int evidence_write(struct outdir *outdir,
			      struct artifact_quota *quota,
			      const struct evidence_origin *origin,
			      const char *name, struct bytes contents,
			      uint64_t dropped_bytes,
			      struct evidence_stored *ret_stored);
