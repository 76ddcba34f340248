/* SPDX-License-Identifier: GPL-2.0-or-later */
/* output - what check prints, in regular files: for people, never parsed.
 *
 * LAYOUT_RUN "/check-<invocation>.out" and ".err". Shipped as a log when the
 * channel has nothing better to do, up to OUTPUT_CAP_BYTES of each; how much
 * is left out is said when check has ended.
 */
#pragma once

#include "guest/job.h"

#include "fstvm.pb-c.h"

enum { OUTPUT_CAP_BYTES = 16 * 1024 * 1024 };

/* For the shell that becomes check: the two files of job's invocation, made
 * if they are not there, opened for appending. */
must_check int output_open(const struct job *job, int *ret_out, int *ret_err);
/* Size of check's stdout now. */
uint64_t output_size(const struct job *job);
/* What check has printed since offset: text, NUL-terminated. Returns whether that
 * is all of it. */
bool output_excerpt(const struct job *job, uint64_t offset, char *to,
		    size_t cap);
/* The tail of check's stderr, or of its stdout when that is empty. */
void output_tail(const struct job *job, char *to, size_t cap);
/* The next piece to ship; false: there is none now. */
bool output_next(struct job *job, Pb__LogChunk *ret_chunk);
