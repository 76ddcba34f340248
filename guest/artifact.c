/* SPDX-License-Identifier: GPL-2.0-or-later */
/* artifact - one file on its way to the host: read, cut, compressed. */
#include "guest/artifact.h"

#include "shared/fd.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void *zlib_alloc(void *context, unsigned int items, unsigned int size)
{
	return arena_alloc(context, (size_t)items * size);
}

static void zlib_free(void *context, void *pointer)
{
	(void)context;
	(void)pointer;
}

void artifact_split(uint64_t cap_bytes, uint64_t *ret_head, uint64_t *ret_tail)
{
	uint64_t room = cap_bytes - ARTIFACT_MARKER_MAX;

	must(cap_bytes >= ARTIFACT_CAP_MIN);
	*ret_head = room / 2;
	*ret_tail = room - room / 2;
}

int artifact_init(struct artifact *artifact)
{
	artifact->fd = -1;
	artifact->finished = false;
	arena_init(&artifact->arena, artifact->zlib_storage,
		   sizeof(artifact->zlib_storage));
	artifact->zlib = (z_stream){.zalloc = zlib_alloc,
				    .zfree = zlib_free,
				    .opaque = &artifact->arena};
	return deflateInit(&artifact->zlib, ARTIFACT_LEVEL) == Z_OK ? 0
								    : -ENOMEM;
}

void artifact_deinit(struct artifact *artifact)
{
	artifact_stop(artifact);
	(void)deflateEnd(&artifact->zlib);
}

/* Head, marker, tail; or all of it as a head. */
static void plan(struct artifact *artifact, uint64_t cap_bytes)
{
	uint64_t head, tail;
	int len;

	artifact->head_end = artifact->size_bytes;
	artifact->tail_start = artifact->size_bytes;
	artifact->marker_len = 0;
	if (artifact->size_bytes <= cap_bytes)
		return;
	artifact_split(cap_bytes, &head, &tail);
	artifact->head_end = head;
	artifact->tail_start = artifact->size_bytes - tail;
	len = snprintf(artifact->marker, sizeof(artifact->marker),
		       "\n[fstvm: %" PRIu64 " bytes left out here]\n",
		       artifact->tail_start - head);
	must(len > 0 && (size_t)len < sizeof(artifact->marker));
	artifact->marker_len = (size_t)len;
}

void artifact_start(struct artifact *artifact, int fd, uint64_t size_bytes,
		    uint64_t cap_bytes)
{
	must(artifact->fd < 0);
	artifact->fd = fd;
	artifact->size_bytes = size_bytes;
	artifact->at = 0;
	artifact->read_all = false;
	artifact->finished = fd < 0;
	artifact->taken = true;
	artifact->unreadable = false;
	artifact->kept_bytes = 0;
	artifact->wire_bytes = 0;
	artifact->crc32 = 0;
	if (fd < 0)
		return;
	plan(artifact, cap_bytes);
	must(deflateReset(&artifact->zlib) == Z_OK);
	artifact->zlib.avail_in = 0;
}

/* Of the file, up to end. */
static size_t read_part(struct artifact *artifact, uint64_t end)
{
	size_t want = sizeof(artifact->input);
	ssize_t len;

	if (end - artifact->at < want)
		want = (size_t)(end - artifact->at);
	len = pread(artifact->fd, artifact->input, want, (off_t)artifact->at);
	if (len <= 0) {
		/* Cut short behind our back, or unreadable: what there is. */
		artifact->unreadable |= len < 0;
		artifact->at = end;
		return 0;
	}
	artifact->at += (uint64_t)len;
	return (size_t)len;
}

static size_t read_marker(struct artifact *artifact)
{
	size_t len = artifact->marker_len;

	memcpy(artifact->input, artifact->marker, len);
	artifact->marker_len = 0;
	artifact->at = artifact->tail_start;
	return len;
}

static void fill_input(struct artifact *artifact)
{
	size_t len = 0;

	if (artifact->at < artifact->head_end)
		len = read_part(artifact, artifact->head_end);
	else if (artifact->marker_len)
		len = read_marker(artifact);
	else if (artifact->at < artifact->size_bytes)
		len = read_part(artifact, artifact->size_bytes);
	else
		artifact->read_all = true;
	artifact->zlib.next_in = artifact->input;
	artifact->zlib.avail_in = (unsigned int)len;
	artifact->kept_bytes += len;
	artifact->crc32 = (uint32_t)crc32(artifact->crc32, artifact->input,
					  (unsigned int)len);
}

bool artifact_step(struct artifact *artifact)
{
	z_stream *zlib = &artifact->zlib;
	int state;

	must(!artifact->finished);
	if (artifact->taken) {
		zlib->next_out = artifact->output;
		zlib->avail_out = sizeof(artifact->output);
		artifact->taken = false;
	}
	if (zlib->avail_in == 0 && !artifact->read_all)
		fill_input(artifact);
	state = deflate(zlib, artifact->read_all ? Z_FINISH : Z_NO_FLUSH);
	/* Z_BUF_ERROR: nothing went in, as of a file that was cut short. */
	must(state == Z_OK || state == Z_STREAM_END || state == Z_BUF_ERROR);
	artifact->finished = state == Z_STREAM_END;
	return zlib->avail_out == 0 ||
	       (artifact->finished &&
		zlib->avail_out < sizeof(artifact->output));
}

struct bytes artifact_take(struct artifact *artifact)
{
	size_t len = sizeof(artifact->output) - artifact->zlib.avail_out;

	artifact->wire_bytes += len;
	artifact->taken = true;
	return bytes_of(artifact->output, len);
}

void artifact_stop(struct artifact *artifact)
{
	fd_close(&artifact->fd);
}
