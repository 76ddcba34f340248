/* SPDX-License-Identifier: GPL-2.0-or-later */
/* inflate - a zlib stream from the guest, with caps on what comes out. */
#include "shared/inflate.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

enum { INFLATE_PIECE = 16 * 1024 };

int inflate_open(struct inflate *inflate, uint64_t cap_bytes)
{
	memset(inflate, 0, sizeof(*inflate));
	inflate->cap_bytes = cap_bytes;
	inflate->crc32 = (uint32_t)crc32(0, NULL, 0);
	switch (inflateInit(&inflate->stream)) {
	case Z_OK:
		return 0;
	case Z_MEM_ERROR:
		return -ENOMEM;
	default: /* another zlib at run time than at build time */
		return -ELIBBAD;
	}
}

static int inflate_deliver(struct inflate *inflate, struct bytes output,
			   inflate_sink *sink, void *context)
{
	uint64_t room = inflate->cap_bytes - inflate->produced;
	struct bytes fits = {0};
	int r = 0;

	fits = bytes_take(&output,
			  room < output.len ? (size_t)room : output.len);
	if (fits.len) {
		inflate->produced += fits.len;
		inflate->crc32 = (uint32_t)crc32(inflate->crc32, fits.data,
						 (uInt)fits.len);
		r = sink(context, fits);
		if (r < 0)
			return r;
	}
	return output.len ? -EFBIG : 0;
}

static int inflate_result(int z)
{
	switch (z) {
	case Z_OK:
	case Z_STREAM_END:
	case Z_BUF_ERROR: /* no progress without more input: not an error */
		return 0;
	case Z_MEM_ERROR:
		return -ENOMEM;
	default:
		return -EPROTO;
	}
}

/* Where the name of zlib's function is not hidden by ours. */
static int inflate_step(z_stream *stream)
{
	return inflate(stream, Z_NO_FLUSH);
}

static int inflate_run(struct inflate *inflate, inflate_sink *sink,
		       void *context)
{
	uint8_t piece[INFLATE_PIECE];
	z_stream *stream = &inflate->stream;
	int z = Z_OK;

	do {
		int r = 0;

		stream->next_out = piece;
		stream->avail_out = sizeof(piece);
		z = inflate_step(stream);
		r = inflate_result(z);
		if (r < 0)
			return r;
		r = inflate_deliver(
			inflate,
			bytes_of(piece, sizeof(piece) - stream->avail_out),
			sink, context);
		if (r < 0)
			return r;
	} while (z == Z_OK && (stream->avail_in || !stream->avail_out));
	if (z == Z_STREAM_END)
		inflate->ended = true;
	return stream->avail_in ? -EPROTO : 0;
}

int inflate_push(struct inflate *inflate, struct bytes input,
		 inflate_sink *sink, void *context)
{
	int r = 0;

	if (input.len == 0)
		return 0;
	if (inflate->ended || input.len > UINT_MAX)
		return -EPROTO;
	/* zlib only reads it; z_const is empty unless ZLIB_CONST is set. */
	memcpy(&inflate->stream.next_in, &input.data,
	       sizeof(inflate->stream.next_in));
	inflate->stream.avail_in = (uInt)input.len;
	r = inflate_run(inflate, sink, context);
	if (r < 0)
		inflate->ended = true; /* nothing is taken after an error */
	return r;
}

void inflate_close(struct inflate *inflate)
{
	inflateEnd(&inflate->stream);
}
