/* SPDX-License-Identifier: GPL-2.0-or-later */
/* artifact_path - where in the run directory a file goes that a test left.
 *
 * results/CONFIG/DIR/NNN, .iteration<N> and .attempt<N> where they are not 0,
 * and a suffix: the guest's, when it is one of the few that check is known to
 * make, and else extra-1, extra-2, … Everything else is the host's own, so
 * no byte of the guest's name gets into a path.
 */
#pragma once

#include "host/record/outdir.h"

#include <limits.h>

/* Of one kind that an attempt at a test can have. */
enum { ARTIFACT_PATH_COPIES = 32 };

struct artifact_origin {
	const char *config;
	const char *test; /* "generic/001", from the plan */
	uint32_t iteration;
	uint32_t attempt;
	const char *guest_name; /* "001.full"; hostile */
	uint32_t planned;	/* the test's index in the plan */
	uint32_t attempts;	/* at it that have begun */
	bool is_evidence;	/* goes to evidence.h's directory */
	uint32_t boot;		/* for evidence without a test */
};

/* A path that is not in use yet; its directory is made. -EINVAL: the test's
 * name is not that of a test; -ENFILE: ARTIFACT_PATH_COPIES are there. Errors
 * are explained in outdir->why. */
must_check int artifact_path_make(struct outdir *outdir,
				  const struct artifact_origin *origin,
				  char ret_path[PATH_MAX]);
/* The directory of the evidence of an attempt (host/record/evidence.h), made:
 * results/CONFIG/DIR/NNN….evidence. */
must_check int artifact_path_evidence(struct outdir *outdir,
				      const struct artifact_origin *origin,
				      char ret_path[PATH_MAX]);
/* The suffix that a guest's file name gets; "extra" for all that are not
 * known. */
const char *artifact_path_kind(const char *test, const char *guest_name);
