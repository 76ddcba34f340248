/* SPDX-License-Identifier: GPL-2.0-or-later */
/* journal - everything that happened in a run, in order, on disk. */
#include "host/record/journal.h"

#include "shared/beneath.h"
#include "shared/bytes.h"
#include "shared/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	JOURNAL_READ = 64 * 1024,
	JOURNAL_STORAGE = FRAME_MAX_SIZE + JOURNAL_READ,
	JOURNAL_COPY = 64 * 1024,
	/* The worst that a record of LIMIT_MESSAGE can unpack to. Pages of it
	 * that are not used cost nothing. */
	JOURNAL_ARENA = 96 * 1024 * 1024,
};

static int journal_lock(int fd)
{
	int r = 0;

	do {
		r = flock(fd, LOCK_EX | LOCK_NB);
	} while (r < 0 && errno == EINTR);
	return r < 0 ? -errno : 0;
}

static int journal_init(struct journal *journal, int fd)
{
	*journal = (struct journal){
		.fd = fd,
		.next_sequence = 1,
		.buffer = malloc(FRAME_MAX_SIZE),
	};
	return journal->buffer ? 0 : -ENOMEM;
}

int journal_create(struct journal *journal, int dirfd)
{
	fd_auto int fd =
		beneath_open(dirfd, JOURNAL_NAME,
			     O_RDWR | O_CREAT | O_EXCL | O_APPEND, 0600);
	int r = 0;

	if (fd < 0)
		return fd;
	r = journal_lock(fd);
	if (r == 0)
		r = journal_init(journal, fd);
	if (r == 0)
		fd_release(&fd);
	return r;
}

/* Takes back what a failed write left of a record: the next one would stand
 * behind it and never be read. */
static void journal_take_back(struct journal *journal)
{
	struct stat st = {0};

	if (fstat(journal->fd, &st) == 0 &&
	    (uint64_t)st.st_size == journal->size_bytes)
		return;
	if (ftruncate(journal->fd, (off_t)journal->size_bytes) < 0)
		journal->broken = true;
}

static int journal_write(struct journal *journal, size_t size)
{
	ssize_t n = 0;
	int r = 0;

	do {
		n = write(journal->fd, journal->buffer, size);
	} while (n < 0 && errno == EINTR);
	if (n == (ssize_t)size)
		return 0;
	/* A short write is a full disk: the next would say ENOSPC. */
	r = n < 0 ? -errno : -ENOSPC;
	journal_take_back(journal);
	return r;
}

int journal_append(struct journal *journal, const Pb__Event *event)
{
	size_t len = pb__event__get_packed_size(event);
	uint8_t *payload = journal->buffer + FRAME_HEADER_SIZE;
	size_t size = 0;
	int r = 0;

	must(event->body_case != PB__EVENT__BODY__NOT_SET);
	must(journal->next_sequence > 1 ||
	     (event->body_case == PB__EVENT__BODY_RUN_STARTED &&
	      event->run_started->journal_version == JOURNAL_VERSION));
	if (journal->broken)
		return -EIO;
	if (len > LIMIT_MESSAGE)
		return -EMSGSIZE;
	pb__event__pack(event, payload);
	size = frame_encode(journal->buffer, FRAME_RECORD,
			    journal->next_sequence, bytes_of(payload, len));
	r = journal_write(journal, size);
	if (r < 0)
		return r;
	journal->size_bytes += size;
	journal->next_sequence++;
	journal->dirty = true;
	return 0;
}

int journal_sync(struct journal *journal)
{
	struct stat st = {0};

	if (fstat(journal->fd, &st) == 0 && st.st_nlink == 0)
		return -ENOENT;
	if (!journal->dirty)
		return 0;
	if (fdatasync(journal->fd) < 0)
		return -errno;
	journal->dirty = false;
	return 0;
}

void journal_close(struct journal *journal)
{
	fd_close(&journal->fd);
	free(journal->buffer);
	journal->buffer = NULL;
}

/* Takes over fd. */
static int journal_reader_init(struct journal_reader *reader, int fd)
{
	int r = 0;

	*reader = (struct journal_reader){
		.fd = fd,
		.storage = malloc(JOURNAL_STORAGE),
		.why = "",
	};
	r = reader->storage ? arena_create(&reader->arena, JOURNAL_ARENA)
			    : -ENOMEM;
	if (r < 0) {
		journal_reader_close(reader);
		return r;
	}
	frame_decoder_init(&reader->decoder, reader->storage, JOURNAL_STORAGE);
	return 0;
}

int journal_reader_open(struct journal_reader *reader, int dirfd)
{
	int fd = beneath_open(dirfd, JOURNAL_NAME, O_RDONLY, 0);

	return fd < 0 ? fd : journal_reader_init(reader, fd);
}

void journal_reader_close(struct journal_reader *reader)
{
	fd_close(&reader->fd);
	free(reader->storage);
	reader->storage = NULL;
	arena_destroy(&reader->arena);
}

/* Whatever is behind valid_bytes is no record. */
static int journal_reader_end(struct journal_reader *reader)
{
	struct stat st = {0};

	reader->at_end = true;
	if (fstat(reader->fd, &st) < 0)
		return -errno;
	if ((uint64_t)st.st_size > reader->valid_bytes)
		reader->damaged_bytes =
			(uint64_t)st.st_size - reader->valid_bytes;
	return 0;
}

/* 1: a frame; 0: none that follows what was read without a gap. */
static int journal_reader_frame(struct journal_reader *reader,
				struct frame *ret_frame)
{
	for (;;) {
		size_t room = 0;
		uint8_t *to = NULL;
		ssize_t n = 0;
		int found = frame_decoder_next(&reader->decoder, ret_frame);

		/* The decoder finds its way again behind damage; records
		 * that stand there are not for us. */
		if (reader->decoder.skipped)
			return 0;
		if (found)
			return 1;
		to = frame_decoder_room(&reader->decoder, &room);
		n = fd_read_all(reader->fd, to,
				room < JOURNAL_READ ? room : JOURNAL_READ);
		if (n <= 0)
			return (int)n;
		frame_decoder_filled(&reader->decoder, (size_t)n);
	}
}

static int journal_refuse(struct journal_reader *reader, const char *why)
{
	reader->why = why;
	return -EPROTONOSUPPORT;
}

/* Whether this event can be the next one: 1, 0: the record is damaged. */
static int journal_reader_judge(struct journal_reader *reader,
				const Pb__Event *event)
{
	bool starts = event->body_case == PB__EVENT__BODY_RUN_STARTED;

	if (reader->records == 0 && !starts)
		return 0;
	if (starts && event->run_started->journal_version > JOURNAL_VERSION)
		return journal_refuse(reader,
				      "the journal is of a newer fstvm; use "
				      "that one to read it");
	/* Its checksum is right, so it is not damage. */
	if (event->body_case == PB__EVENT__BODY__NOT_SET)
		return journal_refuse(reader,
				      "the journal has a record that this "
				      "fstvm does not know; use a newer one "
				      "to read it");
	return 1;
}

int journal_reader_next(struct journal_reader *reader,
			const Pb__Event **ret_event)
{
	struct frame frame = {0};
	const Pb__Event *event = NULL;
	int r = 0;

	if (reader->at_end)
		return 0;
	r = journal_reader_frame(reader, &frame);
	if (r < 0)
		return r;
	if (r == 0 || frame.kind != FRAME_RECORD ||
	    frame.sequence != reader->records + 1)
		return journal_reader_end(reader);
	arena_reset(&reader->arena);
	event = pb__event__unpack(&reader->arena.allocator, frame.payload.len,
				  frame.payload.data);
	if (!event && reader->arena.full)
		return -ENOMEM;
	r = event ? journal_reader_judge(reader, event) : 0;
	if (r < 0)
		return r;
	if (r == 0)
		return journal_reader_end(reader);
	reader->records++;
	reader->valid_bytes += FRAME_HEADER_SIZE + frame.payload.len;
	*ret_event = event;
	return 1;
}

/* Copies what is behind offset to a file of its own in dirfd. */
static int journal_save_damaged(int fd, uint64_t offset, int dirfd)
{
	char name[64];
	char piece[JOURNAL_COPY];
	fd_auto int copy = -1;
	ssize_t n = 0;

	snprintf(name, sizeof(name), "%s.damaged-%llu", JOURNAL_NAME,
		 (unsigned long long)offset);
	copy = beneath_open(dirfd, name, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (copy < 0)
		return copy;
	while ((n = pread(fd, piece, sizeof(piece), (off_t)offset)) > 0) {
		int r = fd_write_all(copy, piece, (size_t)n);

		if (r < 0)
			return r;
		offset += (uint64_t)n;
	}
	return n < 0 ? -errno : 0;
}

static int journal_visit_all(struct journal_reader *reader,
			     journal_visit *visit, void *context)
{
	const Pb__Event *event = NULL;
	int r = 0;

	while ((r = journal_reader_next(reader, &event)) > 0) {
		r = visit(context, event);
		if (r < 0)
			return r;
	}
	if (r == 0 && reader->records == 0)
		return -ENODATA;
	return r;
}

static int journal_cut(const struct journal_reader *reader, int fd, int dirfd)
{
	int r = 0;

	if (reader->damaged_bytes == 0)
		return 0;
	r = journal_save_damaged(fd, reader->valid_bytes, dirfd);
	if (r == 0 && ftruncate(fd, (off_t)reader->valid_bytes) < 0)
		r = -errno;
	return r;
}

int journal_resume(struct journal *journal, int dirfd, journal_visit *visit,
		   void *context, uint64_t *ret_damaged_bytes,
		   const char **ret_why)
{
	fd_auto int fd =
		beneath_open(dirfd, JOURNAL_NAME, O_RDWR | O_APPEND, 0);
	struct journal_reader reader = {.fd = -1};
	int r = fd;

	if (r >= 0)
		r = journal_lock(fd);
	if (r == 0)
		r = journal_reader_open(&reader, dirfd);
	if (r < 0)
		return r;
	r = journal_visit_all(&reader, visit, context);
	if (r == 0)
		r = journal_cut(&reader, fd, dirfd);
	if (r == 0)
		r = journal_init(journal, fd);
	if (r == 0) {
		fd_release(&fd);
		journal->next_sequence = reader.records + 1;
		journal->size_bytes = reader.valid_bytes;
		*ret_damaged_bytes = reader.damaged_bytes;
	} else if (r == -EPROTONOSUPPORT) {
		*ret_why = reader.why;
	}
	journal_reader_close(&reader);
	return r;
}

bool journal_is_live(int dirfd)
{
	fd_auto int fd = beneath_open(dirfd, JOURNAL_NAME, O_RDONLY, 0);

	return fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) < 0 &&
	       errno == EWOULDBLOCK;
}
