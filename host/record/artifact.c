/* SPDX-License-Identifier: GPL-2.0-or-later */
/* artifact - files that tests left, as they arrive from one VM. */
#include "host/record/artifact.h"

#include "host/record/evidence.h"
#include "shared/beneath.h"
#include "shared/fd.h"
#include "shared/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define ARTIFACT_DIRECTORY "incoming"

enum {
	ARTIFACT_INCOMING = 64,
	/* So that the cost of files does not count against an agent that
	 * keeps to the cap. */
	ARTIFACT_FREE_FILES = 64,
};

int artifact_quota_init(struct artifact_quota *quota, size_t test_count)
{
	*quota = (struct artifact_quota){
		.cap_bytes = LIMIT_RUN_ARTIFACTS_BYTES,
		.test_count = test_count,
	};
	if (test_count == 0)
		return 0;
	quota->tests = calloc(test_count, sizeof(*quota->tests));
	return quota->tests != NULL ? 0 : -ENOMEM;
}

void artifact_quota_deinit(struct artifact_quota *quota)
{
	free(quota->tests);
	quota->tests = NULL;
}

static void artifact_quota_note(struct artifact_quota *quota, uint32_t test,
				uint64_t bytes)
{
	if (quota->tests != NULL && test < quota->test_count)
		quota->tests[test] += bytes;
}

void artifact_quota_restore(struct artifact_quota *quota,
			    const Pb__ArtifactStored *stored)
{
	uint64_t bytes = stored->kept_bytes + ARTIFACT_FILE_COST;

	if (stored->path[0] == '\0')
		return;
	quota->used_bytes += bytes;
	artifact_quota_note(quota, stored->test, bytes);
}

void artifact_quota_restore_evidence(struct artifact_quota *quota,
				     const Pb__EvidenceStored *stored)
{
	if (stored->path[0] != '\0')
		quota->used_bytes += stored->kept_bytes + ARTIFACT_FILE_COST;
}

static bool artifact_quota_has_room(const struct artifact_quota *quota,
				    const struct artifact_origin *origin,
				    uint64_t bytes)
{
	uint64_t cap = (uint64_t)origin->attempts *
		       (LIMIT_TEST_ARTIFACTS_BYTES +
			ARTIFACT_FREE_FILES * ARTIFACT_FILE_COST);

	return quota->tests == NULL || origin->test == NULL ||
	       (origin->planned < quota->test_count && bytes <= cap &&
		quota->tests[origin->planned] <= cap - bytes);
}

void artifact_store_open(struct artifact_store *store, struct outdir *outdir,
			 struct artifact_quota *quota, uint32_t vm)
{
	*store = (struct artifact_store){
		.outdir = outdir,
		.quota = quota,
		.vm = vm,
	};
	for (size_t i = 0; i < ARTIFACT_OPEN; i++)
		store->slots[i].fd = -1;
}

/* The file of a slot while it arrives. */
static void artifact_incoming(const struct artifact_store *store,
			      const struct artifact_slot *slot,
			      char to[ARTIFACT_INCOMING])
{
	snprintf(to, ARTIFACT_INCOMING, ARTIFACT_DIRECTORY "/vm%u-%u",
		 store->vm, (unsigned int)(slot - store->slots));
}

static struct artifact_slot *artifact_find(struct artifact_store *store,
					   uint32_t number)
{
	for (size_t i = 0; i < ARTIFACT_OPEN; i++) {
		if (store->slots[i].used && store->slots[i].number == number)
			return store->slots + i;
	}
	return NULL;
}

static int artifact_slot_open(struct artifact_store *store,
			      struct artifact_slot *slot, uint32_t number)
{
	char path[ARTIFACT_INCOMING];
	int r = inflate_open(&slot->inflate, LIMIT_ARTIFACT_BYTES);

	if (r < 0)
		return r;
	artifact_incoming(store, slot, path);
	slot->fd = outdir_open_file(store->outdir, path,
				    O_WRONLY | O_CREAT | O_TRUNC);
	if (slot->fd < 0) {
		inflate_close(&slot->inflate);
		return slot->fd;
	}
	slot->used = true;
	slot->damaged = false;
	slot->number = number;
	slot->wire_bytes = 0;
	slot->kept_bytes = 0;
	return 0;
}

/* Returns 1 and the slot of an artifact, new or not; 0: all are taken. */
static int artifact_slot_of(struct artifact_store *store, uint32_t number,
			    struct artifact_slot **ret_slot)
{
	struct artifact_slot *slot = artifact_find(store, number);
	int r = 0;

	for (size_t i = 0; !slot && i < ARTIFACT_OPEN; i++) {
		if (store->slots[i].used)
			continue;
		slot = store->slots + i;
		r = artifact_slot_open(store, slot, number);
		if (r < 0)
			return r;
	}
	*ret_slot = slot;
	return slot ? 1 : 0;
}

static void artifact_slot_close(struct artifact_slot *slot)
{
	fd_close(&slot->fd);
	inflate_close(&slot->inflate);
	slot->used = false;
}

/* Closes the slot and forgets what it has received. */
static int artifact_slot_remove(struct artifact_store *store,
				struct artifact_slot *slot)
{
	char path[ARTIFACT_INCOMING];

	store->quota->used_bytes -= slot->kept_bytes;
	artifact_slot_close(slot);
	artifact_incoming(store, slot, path);
	return beneath_unlink(store->outdir->fd, path);
}

bool artifact_quota_take(struct artifact_quota *quota, uint64_t bytes)
{
	if (quota->used_bytes > quota->cap_bytes ||
	    bytes > quota->cap_bytes - quota->used_bytes)
		return false;
	quota->used_bytes += bytes;
	return true;
}

struct artifact_sink {
	struct artifact_quota *quota;
	struct artifact_slot *slot;
	int disk_error;
};

static int artifact_write(void *context, struct bytes output)
{
	struct artifact_sink *sink = context;

	if (!artifact_quota_take(sink->quota, output.len))
		return -EDQUOT;
	sink->slot->kept_bytes += output.len;
	sink->disk_error =
		fd_write_all(sink->slot->fd, output.data, output.len);
	return sink->disk_error;
}

int artifact_store_chunk(struct artifact_store *store,
			 const Pb__ArtifactChunk *chunk)
{
	struct bytes data = bytes_of(chunk->data.data, chunk->data.len);
	struct artifact_sink sink = {.quota = store->quota};
	int r = artifact_slot_of(store, chunk->artifact, &sink.slot);

	if (r < 0)
		return r;
	if (r == 0) {
		store->refused_chunks++;
		return 0;
	}
	sink.slot->wire_bytes += data.len;
	if (sink.slot->damaged)
		return 0;
	r = inflate_push(&sink.slot->inflate, data, artifact_write, &sink);
	if (sink.disk_error < 0)
		return outdir_explain(store->outdir, sink.disk_error,
				      store->outdir->path);
	/* A bomb, no zlib, or over a cap: the guest's loss. */
	sink.slot->damaged = r < 0;
	return 0;
}

/* Moves what a slot has received to its place, and frees the slot. */
static int artifact_keep(struct artifact_store *store,
			 struct artifact_slot *slot,
			 const struct artifact_origin *origin,
			 struct artifact_stored *stored)
{
	uint64_t bytes = slot->kept_bytes + ARTIFACT_FILE_COST;
	char incoming[ARTIFACT_INCOMING];
	int r = -EDQUOT;

	if (artifact_quota_has_room(store->quota, origin, bytes) &&
	    artifact_quota_take(store->quota, ARTIFACT_FILE_COST))
		r = origin->is_evidence
			    ? evidence_guest_path(store->outdir, origin,
						  stored->path)
			    : artifact_path_make(store->outdir, origin,
						 stored->path);
	if (r == -EDQUOT || r == -ENFILE) {
		stored->incomplete = true;
		return artifact_slot_remove(store, slot);
	}
	if (r < 0)
		return r;
	if (origin->test)
		artifact_quota_note(store->quota, origin->planned, bytes);
	stored->kept_bytes = slot->kept_bytes;
	artifact_incoming(store, slot, incoming);
	artifact_slot_close(slot);
	return beneath_rename(store->outdir->fd, incoming, stored->path);
}

static bool artifact_is_whole(const struct artifact_slot *slot,
			      const Pb__ArtifactEnd *end)
{
	/* One that is empty may have come without any chunk. */
	bool ended = slot->inflate.ended ||
		     (slot->wire_bytes == 0 && end->kept_bytes == 0);

	return !slot->damaged && ended && slot->wire_bytes == end->wire_bytes &&
	       slot->kept_bytes == end->kept_bytes &&
	       slot->inflate.crc32 == end->crc32;
}

int artifact_store_end(struct artifact_store *store, const Pb__ArtifactEnd *end,
		       const struct artifact_origin *origin,
		       struct artifact_stored *ret_stored)
{
	struct artifact_slot *slot = NULL;
	int r = 0;

	*ret_stored = (struct artifact_stored){
		.size_bytes = end->size_bytes,
		.incomplete = end->unreadable,
	};
	if (end->unreadable && !artifact_find(store, end->artifact))
		return 0;
	r = artifact_slot_of(store, end->artifact, &slot);
	if (r <= 0) {
		ret_stored->incomplete = true;
		return r;
	}
	if (!artifact_is_whole(slot, end))
		ret_stored->incomplete = true;
	r = artifact_keep(store, slot, origin, ret_stored);
	return r < 0 ? outdir_explain(store->outdir, r, store->outdir->path)
		     : 0;
}

int artifact_store_abandon(struct artifact_store *store,
			   const struct artifact_origin *origin,
			   struct artifact_stored *ret_stored)
{
	struct artifact_slot *slot = store->slots;
	const struct artifact_slot *end = slot + ARTIFACT_OPEN;
	int r = 0;

	while (slot < end && !slot->used)
		slot++;
	if (slot == end)
		return 0;
	*ret_stored = (struct artifact_stored){.incomplete = true};
	r = artifact_keep(store, slot, origin, ret_stored);
	return r < 0 ? outdir_explain(store->outdir, r, store->outdir->path)
		     : 1;
}

void artifact_store_close(struct artifact_store *store)
{
	for (size_t i = 0; i < ARTIFACT_OPEN; i++) {
		if (store->slots[i].used)
			(void)artifact_slot_remove(store, store->slots + i);
	}
	/* Another VM may still use it. */
	unlinkat(store->outdir->fd, ARTIFACT_DIRECTORY, AT_REMOVEDIR);
}
