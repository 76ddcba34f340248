/* SPDX-License-Identifier: GPL-2.0-or-later */
/* limits - every cap on what crosses the channel, in one place.
 *
 * The protocol's comments name these by their middle part ("[SHORT_TEXT]" is
 * LIMIT_SHORT_TEXT). String limits are in bytes without the final NUL.
 */
#pragma once

#include <assert.h>

enum {
	/* One frame's payload: control, specs, bulk. */
	LIMIT_MESSAGE = 1024 * 1024,
	/* Bulk goes in pieces of this, so control never waits long behind
	 * it. */
	LIMIT_CHUNK = 32 * 1024,

	LIMIT_NAME = 64,
	LIMIT_SHORT_TEXT = 256,
	LIMIT_PATH = 1024,
	LIMIT_TEXT = 4096,
	LIMIT_KMSG_TEXT = 1024,
	LIMIT_KMSG_BATCH = 64,
	LIMIT_SEED = 512,
	LIMIT_DEVICES = 16,
	LIMIT_ENVIRONMENT = 64,
	LIMIT_CONFIG_FACTS = 64,
	/* Tests of one job: 32768 names of at most 26 bytes fit a message. */
	LIMIT_JOB_TESTS = 32768,

	/* What a side keeps of its reliable messages until they are acked. */
	LIMIT_OUTBOX_BYTES = 2 * 1024 * 1024,
	LIMIT_OUTBOX_MESSAGES = 4096,

	/* What a guest may say from one test's start, or Hello, to the next:
	 * kernel records, other reliable messages; and Hellos of one boot. */
	LIMIT_STEP_RECORDS = 256 * 1024,
	LIMIT_STEP_MESSAGES = 16 * 1024,
	LIMIT_INCARNATIONS = 1024,

	/* Unpacking a hostile message must not cost more than this. */
	LIMIT_ARENA = 4 * 1024 * 1024,

	/* Members of a bundle (bundle.h), and bytes of its index. */
	LIMIT_BUNDLE_ENTRIES = 32768,
	LIMIT_BUNDLE_INDEX = 8 * 1024 * 1024,
	/* All bundles may take this part of the guest's memory. */
	LIMIT_BUNDLE_MEMORY_SHARE = 8,

	/* A console line; longer ones are cut with a marker. */
	LIMIT_CONSOLE_LINE = 4096,
};

/* Bytes of one run that a flooding guest can make the host store. */
#define LIMIT_CONSOLE_LOG_BYTES	   (1024LL * 1024 * 1024)
#define LIMIT_AGENT_LOG_BYTES	   (64LL * 1024 * 1024)
#define LIMIT_ARTIFACT_BYTES	   (8LL * 1024 * 1024)
#define LIMIT_TEST_ARTIFACTS_BYTES (32LL * 1024 * 1024)
#define LIMIT_RUN_ARTIFACTS_BYTES  (4LL * 1024 * 1024 * 1024)
/* What the host keeps of a bad end: the text of a 4 MiB kernel ring fits. */
#define LIMIT_EVIDENCE_BYTES	  (8LL * 1024 * 1024)
#define LIMIT_EVIDENCE_KMSG_BYTES (1LL * 1024 * 1024)
#define LIMIT_EVIDENCE_RING_BYTES (4LL * 1024 * 1024)
#define LIMIT_RUN_EVIDENCE_BYTES  (1LL * 1024 * 1024 * 1024)

/* Of one bundle, and of all that are kept: the least used go first. */
#define LIMIT_BUNDLE_BYTES (256LL * 1024 * 1024)
#define LIMIT_WARM_BYTES   (1024LL * 1024 * 1024)

static_assert(LIMIT_CHUNK * 2 < LIMIT_MESSAGE, "a chunk is small");
static_assert(LIMIT_WARM_BYTES >= 2 * LIMIT_BUNDLE_BYTES,
	      "those of a run can be kept");
static_assert(LIMIT_OUTBOX_BYTES >= LIMIT_MESSAGE + 64,
	      "the largest message fits an empty outbox");
static_assert(LIMIT_KMSG_BATCH * (LIMIT_KMSG_TEXT + LIMIT_NAME + 64) <
		      LIMIT_MESSAGE,
	      "a batch of kernel records fits a message");
