/* SPDX-License-Identifier: GPL-2.0-or-later */
/* output - what check prints, in regular files: for people, never parsed. */
#include "guest/output.h"

#include "guest/layout.h"
#include "shared/escape.h"
#include "shared/fd.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int open_file(const struct job *job, const char *suffix, int flags)
{
	char path[LIMIT_PATH];

	snprintf(path, sizeof(path), LAYOUT_RUN "/check-%u.%s", job->invocation,
		 suffix);
	return fd_open(path, flags | O_NOFOLLOW, 0644);
}

int output_open(const struct job *job, int *ret_out, int *ret_err)
{
	fd_auto int out = open_file(job, "out", O_WRONLY | O_CREAT | O_APPEND);
	int err;

	if (out < 0)
		return out;
	err = open_file(job, "err", O_WRONLY | O_CREAT | O_APPEND);
	if (err < 0)
		return err;
	*ret_out = fd_release(&out);
	*ret_err = err;
	return 0;
}

static uint64_t size_of(int fd)
{
	struct stat st;

	return fd >= 0 && fstat(fd, &st) == 0 ? (uint64_t)st.st_size : 0;
}

uint64_t output_size(const struct job *job)
{
	fd_auto int fd = open_file(job, "out", O_RDONLY);

	return size_of(fd);
}

/* Whether that is all there is. */
static bool read_text(int fd, uint64_t offset, char *to, size_t cap)
{
	enum { LONGEST_ESCAPE = sizeof("\\xNN") };
	static uint8_t raw[LIMIT_TEXT];
	ssize_t n = fd < 0 ? 0 : pread(fd, raw, sizeof(raw), (off_t)offset);
	struct bytes text = bytes_of(raw, n > 0 ? (size_t)n : 0);
	size_t len = escape_text(to, cap, text, true);

	return text.len < sizeof(raw) && len + LONGEST_ESCAPE < cap;
}

bool output_excerpt(const struct job *job, uint64_t offset, char *to,
		    size_t cap)
{
	fd_auto int fd = open_file(job, "out", O_RDONLY);

	return read_text(fd, offset, to, cap);
}

void output_tail(const struct job *job, char *to, size_t cap)
{
	fd_auto int err = open_file(job, "err", O_RDONLY);
	fd_auto int out = open_file(job, "out", O_RDONLY);
	int fd = size_of(err) > 0 ? err : out;
	uint64_t size = size_of(fd);

	(void)read_text(fd, size > LIMIT_TEXT ? size - LIMIT_TEXT : 0, to, cap);
}

/* Once, when it grows no more: how much is left out. */
static bool tell_cut(const struct job *job, int fd, uint64_t *shipped,
		     Pb__LogChunk *ret_chunk)
{
	uint64_t size = size_of(fd);

	if (!job->check_exited || *shipped >= size)
		return false;
	ret_chunk->dropped_bytes = size - *shipped;
	*shipped = size;
	return true;
}

static bool next_piece(const struct job *job, const char *suffix,
		       uint64_t *shipped, Pb__LogChunk *ret_chunk)
{
	static uint8_t piece[LIMIT_CHUNK];
	fd_auto int fd = open_file(job, suffix, O_RDONLY);
	ssize_t n;

	if (fd < 0)
		return false;
	if (*shipped >= OUTPUT_CAP_BYTES)
		return tell_cut(job, fd, shipped, ret_chunk);
	n = pread(fd, piece, sizeof(piece), (off_t)*shipped);
	if (n <= 0)
		return false;
	*shipped += (uint64_t)n;
	ret_chunk->data.data = piece;
	ret_chunk->data.len = (size_t)n;
	return true;
}

bool output_next(struct job *job, Pb__LogChunk *ret_chunk)
{
	ret_chunk->stream = PB__LOG_STREAM__LOG_STREAM_CHECK_OUT;
	if (next_piece(job, "out", &job->stdout_shipped, ret_chunk))
		return true;
	ret_chunk->stream = PB__LOG_STREAM__LOG_STREAM_CHECK_ERR;
	return next_piece(job, "err", &job->stderr_shipped, ret_chunk);
}
