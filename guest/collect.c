/* SPDX-License-Identifier: GPL-2.0-or-later */
/* collect - the files that tests have left, on their way to the host. */
#include "guest/collect.h"

#include "guest/directory.h"
#include "guest/evidence.h"
#include "shared/beneath.h"
#include "shared/escape.h"
#include "shared/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TAKEN ".taken"

enum {
	/* "00000001-2-0-" and a name. */
	FILE_NAME_MAX = LIMIT_NAME + 40,
	/* A smaller share is not worth a marker. */
	CAP_MIN = 256,
};

static void *zlib_alloc(void *context, unsigned int items, unsigned int size)
{
	return arena_alloc(context, (size_t)items * size);
}

static void zlib_free(void *context, void *pointer)
{
	(void)context;
	(void)pointer;
}

static int open_zlib(struct collect *collect)
{
	arena_init(&collect->arena, collect->zlib_storage,
		   sizeof(collect->zlib_storage));
	collect->zlib = (z_stream){.zalloc = zlib_alloc,
				   .zfree = zlib_free,
				   .opaque = &collect->arena};
	return deflateInit(&collect->zlib, COLLECT_LEVEL) == Z_OK ? 0 : -ENOMEM;
}

static void file_name(const struct collect_item *item, char *to)
{
	int need = snprintf(to, FILE_NAME_MAX,
			    "%08" PRIx32 "-%" PRIx32 "-%" PRIx32 "-%s",
			    item->file, item->index, item->rerun, item->name);

	must(need > 0 && need < FILE_NAME_MAX);
}

/* The reverse of file_name(). */
static int parse_file_name(const char *from, struct collect_item *ret_item)
{
	int used = 0;

	if (sscanf(from, "%8" SCNx32 "-%8" SCNx32 "-%8" SCNx32 "-%n",
		   &ret_item->file, &ret_item->index, &ret_item->rerun,
		   &used) != 3 ||
	    used == 0 || strlen(from + used) > LIMIT_NAME)
		return -EINVAL;
	(void)bytes_copy_string(ret_item->name, sizeof(ret_item->name),
				from + used);
	return 0;
}

static struct collect_item *nth(struct collect *collect, unsigned int n)
{
	return &collect->item[(collect->first + n) % COLLECT_QUEUE];
}

static uint64_t sent_bytes(const struct collect_item *item)
{
	return item->size_bytes < item->cap_bytes ? item->size_bytes
						  : item->cap_bytes;
}

static bool ends_with(const char *name, const char *suffix)
{
	size_t len = strlen(name);
	size_t suffix_len = strlen(suffix);

	return len >= suffix_len && !strcmp(name + len - suffix_len, suffix);
}

/* What a reader wants first gets its share first. */
enum { RANKS = 3 };

static int rank(const char *name)
{
	static const char *const first[] = {".out.bad", ".notrun", ".dmesg",
					    ".hints", ".kmemleak"};
	size_t i;

	for (i = 0; i < sizeof(first) / sizeof(*first); i++) {
		if (ends_with(name, first[i]))
			return 0;
	}
	return ends_with(name, ".full") ? 2 : 1;
}

static void split(const struct collect_item *item, uint64_t *ret_head,
		  uint64_t *ret_tail)
{
	uint64_t room =
		item->cap_bytes - sizeof(((struct collect_stream *)0)->marker);

	*ret_head = room / 2;
	*ret_tail = room - room / 2;
}

/* Gives the memory of what will not be sent back to the tmpfs. */
static void drop_middle(struct collect *collect,
			const struct collect_item *item)
{
	char name[FILE_NAME_MAX];
	fd_auto int fd = -1;
	uint64_t head, tail;

	file_name(item, name);
	if (item->cap_bytes == 0) {
		(void)unlinkat(collect->taken_fd, name, 0);
		return;
	}
	split(item, &head, &tail);
	fd = fd_openat(collect->taken_fd, name, O_WRONLY | O_NOFOLLOW, 0);
	if (fd >= 0)
		(void)fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
				(off_t)head,
				(off_t)(item->size_bytes - head - tail));
}

static void give_cap(struct collect *collect, struct collect_item *item,
		     uint64_t *test_left)
{
	uint64_t cap = item->cap_bytes;
	uint64_t room = COLLECT_BACKLOG_BYTES - collect->backlog_bytes;

	cap = cap < *test_left ? cap : *test_left;
	cap = cap < room ? cap : room;
	item->cap_bytes = item->size_bytes > cap && cap < CAP_MIN ? 0 : cap;
	*test_left -= sent_bytes(item);
	collect->backlog_bytes += sent_bytes(item);
	if (item->size_bytes > item->cap_bytes)
		drop_middle(collect, item);
}

/* Of the last `added` items, which are one test's. */
static void share_caps(struct collect *collect, unsigned int added)
{
	uint64_t left = collect->test_cap_bytes;
	unsigned int i;
	int turn;

	for (turn = 0; turn < RANKS; turn++) {
		for (i = collect->count - added; i < collect->count; i++) {
			struct collect_item *item = nth(collect, i);

			if (!item->named_only && rank(item->name) == turn)
				give_cap(collect, item, &left);
		}
	}
}

static struct collect_item *push(struct collect *collect)
{
	struct collect_item *item;

	if (collect->count == COLLECT_QUEUE) {
		collect->dropped++;
		return NULL;
	}
	item = nth(collect, collect->count++);
	*item = (struct collect_item){.cap_bytes = collect->file_cap_bytes};
	return item;
}

/* A file whose middle is gone has no more than its blocks; head and tail may
 * each have a part of a page that is not theirs. */
static void note_hole(struct collect_item *item, const struct stat *status)
{
	enum { PAGES = 2 * 4096 };
	uint64_t there = (uint64_t)status->st_blocks * 512;

	if (there >= item->size_bytes)
		return;
	there = there > PAGES ? there - PAGES : 0;
	if (item->cap_bytes > there)
		item->cap_bytes = there;
}

/* What a predecessor has left, each file as a test of its own. */
static int adopt(struct collect *collect)
{
	struct directory directory;
	const char *name;
	int rc = directory_open(&directory, collect->taken_fd, ".", 0);

	if (rc < 0)
		return rc;
	while ((rc = directory_next(&directory, &name)) > 0) {
		struct collect_item found = {.file = 0};
		struct collect_item *item;
		struct stat status;

		if (parse_file_name(name, &found) < 0 ||
		    fstatat(collect->taken_fd, name, &status,
			    AT_SYMLINK_NOFOLLOW) < 0 ||
		    !S_ISREG(status.st_mode))
			continue;
		item = push(collect);
		if (!item)
			break;
		found.cap_bytes = item->cap_bytes;
		found.size_bytes = (uint64_t)status.st_size;
		*item = found;
		note_hole(item, &status);
		share_caps(collect, 1);
	}
	directory_close(&directory);
	return rc < 0 ? rc : 0;
}

int collect_open(struct collect *collect, int results_fd, uint32_t *next_number,
		 uint64_t file_cap_bytes, uint64_t test_cap_bytes)
{
	int rc;

	memset(collect, 0, sizeof(*collect));
	collect->stream.fd = -1;
	collect->taken_fd = -1;
	collect->next_number = next_number;
	collect->file_cap_bytes = file_cap_bytes;
	collect->test_cap_bytes = test_cap_bytes;
	rc = open_zlib(collect);
	if (rc < 0)
		return rc;
	if (mkdirat(results_fd, TAKEN, 0700) < 0 && errno != EEXIST)
		return -errno;
	collect->taken_fd = fd_openat(results_fd, TAKEN,
				      O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0);
	if (collect->taken_fd < 0)
		return collect->taken_fd;
	return adopt(collect);
}

void collect_close(struct collect *collect)
{
	(void)deflateEnd(&collect->zlib);
	fd_close(&collect->stream.fd);
	fd_close(&collect->taken_fd);
}

static bool is_core(const char *name, size_t test_len)
{
	return !strncmp(name + test_len, ".core", strlen(".core"));
}

/* One file of the test; dir_fd holds it under `name`. */
static void take_file(struct collect *collect, int dir_fd, const char *name,
		      size_t test_len, uint32_t index, uint32_t rerun)
{
	struct collect_item *item = push(collect);
	struct stat status;
	char to[FILE_NAME_MAX];

	if (!item) {
		/* Or it would be taken for the next run's. */
		(void)unlinkat(dir_fd, name, 0);
		return;
	}
	item->file = (*collect->next_number)++;
	item->index = index;
	item->rerun = rerun;
	(void)escape_text(item->name, sizeof(item->name), bytes_of_string(name),
			  false);
	file_name(item, to);
	item->unreadable =
		fstatat(dir_fd, name, &status, AT_SYMLINK_NOFOLLOW) < 0 ||
		!S_ISREG(status.st_mode);
	item->named_only = item->unreadable || is_core(name, test_len);
	if (!item->unreadable)
		item->size_bytes = (uint64_t)status.st_size;
	if (item->named_only
		    ? beneath_remove_tree(dir_fd, name) < 0
		    : renameat(dir_fd, name, collect->taken_fd, to) < 0) {
		item->named_only = true;
		item->unreadable = true;
	}
}

static int take_all(struct collect *collect, int dir_fd, const char *test,
		    uint32_t index, uint32_t rerun)
{
	struct directory directory;
	const char *name;
	size_t len = strlen(test);
	unsigned int before = collect->count;
	int rc = directory_open(&directory, dir_fd, ".", 0);

	if (rc < 0)
		return rc;
	while ((rc = directory_next(&directory, &name)) > 0) {
		if (!strncmp(name, test, len) && name[len] == '.')
			take_file(collect, dir_fd, name, len, index, rerun);
	}
	directory_close(&directory);
	share_caps(collect, collect->count - before);
	return rc < 0 ? rc : (int)(collect->count - before);
}

int collect_take(struct collect *collect, int result_base_fd, const char *name,
		 uint32_t index, uint32_t rerun)
{
	char dir[LIMIT_NAME + 1];
	const char *test;
	fd_auto int dir_fd = -1;
	int rc = evidence_split_name(name, dir, &test);

	if (rc < 0)
		return rc;
	dir_fd = fd_openat(result_base_fd, dir,
			   O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0);
	if (dir_fd == -ENOENT)
		return 0;
	if (dir_fd < 0)
		return dir_fd;
	return take_all(collect, dir_fd, test, index, rerun);
}

/* Head, marker, tail; or all of it as a head. */
static void plan_stream(struct collect_stream *stream,
			const struct collect_item *item)
{
	uint64_t head, tail;
	int len;

	stream->head_end = item->size_bytes;
	stream->tail_start = item->size_bytes;
	if (item->size_bytes <= item->cap_bytes)
		return;
	split(item, &head, &tail);
	stream->head_end = head;
	stream->tail_start = item->size_bytes - tail;
	len = snprintf(stream->marker, sizeof(stream->marker),
		       "\n[fstvm: %" PRIu64 " bytes left out here]\n",
		       stream->tail_start - head);
	must(len > 0 && (size_t)len < sizeof(stream->marker));
	stream->marker_len = (size_t)len;
}

static void start_stream(struct collect *collect, struct collect_item *item)
{
	struct collect_stream *stream = &collect->stream;
	char name[FILE_NAME_MAX];

	*stream = (struct collect_stream){
		.open = true,
		.fd = -1,
		.number = (*collect->next_number)++,
		.delivered = true,
		.finished = true, /* nothing to send, unless … */
	};
	if (item->named_only || sent_bytes(item) == 0)
		return;
	file_name(item, name);
	stream->fd = fd_openat(collect->taken_fd, name,
			       O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0);
	if (stream->fd < 0) {
		item->unreadable = true;
		return;
	}
	plan_stream(stream, item);
	stream->finished = false;
	must(deflateReset(&collect->zlib) == Z_OK);
	collect->zlib.avail_in = 0;
}

/* Up to len bytes of the file between `at` and end. */
static size_t read_part(struct collect *collect, uint64_t end)
{
	struct collect_stream *stream = &collect->stream;
	size_t want = sizeof(collect->input);
	ssize_t len;

	if (end - stream->at < want)
		want = (size_t)(end - stream->at);
	len = pread(stream->fd, collect->input, want, (off_t)stream->at);
	if (len <= 0) {
		/* Cut short behind our back, or unreadable: what there is. */
		nth(collect, 0)->unreadable |= len < 0;
		stream->at = end;
		return 0;
	}
	stream->at += (uint64_t)len;
	return (size_t)len;
}

static size_t read_marker(struct collect *collect)
{
	struct collect_stream *stream = &collect->stream;

	memcpy(collect->input, stream->marker, stream->marker_len);
	stream->marker_at = stream->marker_len;
	stream->at = stream->tail_start;
	return stream->marker_len;
}

static void fill_input(struct collect *collect)
{
	struct collect_stream *stream = &collect->stream;
	size_t len = 0;

	if (stream->at < stream->head_end)
		len = read_part(collect, stream->head_end);
	else if (stream->marker_at < stream->marker_len)
		len = read_marker(collect);
	else if (stream->at < nth(collect, 0)->size_bytes)
		len = read_part(collect, nth(collect, 0)->size_bytes);
	else
		stream->read_all = true;
	collect->zlib.next_in = collect->input;
	collect->zlib.avail_in = (unsigned int)len;
	stream->kept_bytes += len;
	stream->crc32 = (uint32_t)crc32(stream->crc32, collect->input,
					(unsigned int)len);
}

/* One step of zlib; returns whether output[] is worth sending. */
static bool deflate_step(struct collect *collect)
{
	struct collect_stream *stream = &collect->stream;
	z_stream *zlib = &collect->zlib;
	int state;

	if (stream->delivered) {
		zlib->next_out = collect->output;
		zlib->avail_out = sizeof(collect->output);
		stream->delivered = false;
	}
	if (zlib->avail_in == 0 && !stream->read_all)
		fill_input(collect);
	state = deflate(zlib, stream->read_all ? Z_FINISH : Z_NO_FLUSH);
	must(state == Z_OK || state == Z_STREAM_END || state == Z_BUF_ERROR);
	stream->finished = state == Z_STREAM_END;
	return zlib->avail_out == 0 ||
	       (stream->finished && zlib->avail_out < sizeof(collect->output));
}

static void fill_chunk(struct collect *collect, Pb__ArtifactChunk *chunk)
{
	struct collect_stream *stream = &collect->stream;
	size_t len = sizeof(collect->output) - collect->zlib.avail_out;

	pb__artifact_chunk__init(chunk);
	chunk->artifact = stream->number;
	chunk->data.data = collect->output;
	chunk->data.len = len;
	stream->wire_bytes += len;
	stream->delivered = true;
}

static void fill_end(struct collect *collect, Pb__ArtifactEnd *end)
{
	const struct collect_stream *stream = &collect->stream;
	struct collect_item *item = nth(collect, 0);

	pb__artifact_end__init(end);
	end->artifact = stream->number;
	end->index = item->index;
	end->rerun = item->rerun;
	end->name = item->name;
	end->size_bytes = item->size_bytes;
	end->kept_bytes = stream->kept_bytes;
	end->wire_bytes = stream->wire_bytes;
	end->crc32 = stream->crc32;
	end->unreadable = item->unreadable;
}

enum collect_result collect_next(struct collect *collect,
				 Pb__ArtifactChunk *ret_chunk,
				 Pb__ArtifactEnd *ret_end)
{
	if (collect->count == 0)
		return COLLECT_EMPTY;
	if (!collect->stream.open)
		start_stream(collect, nth(collect, 0));
	if (collect->stream.finished) {
		fill_end(collect, ret_end);
		return COLLECT_END;
	}
	if (!deflate_step(collect))
		return COLLECT_AGAIN;
	fill_chunk(collect, ret_chunk);
	return COLLECT_CHUNK;
}

void collect_end_sent(struct collect *collect)
{
	struct collect_item *item = nth(collect, 0);
	char name[FILE_NAME_MAX];

	must(collect->count > 0 && collect->stream.finished);
	file_name(item, name);
	if (!item->named_only)
		(void)unlinkat(collect->taken_fd, name, 0);
	if (!item->named_only)
		collect->backlog_bytes -= sent_bytes(item);
	fd_close(&collect->stream.fd);
	collect->stream.open = false;
	collect->stream.finished = false;
	collect->first = (collect->first + 1) % COLLECT_QUEUE;
	collect->count--;
}

void collect_rewind(struct collect *collect)
{
	fd_close(&collect->stream.fd);
	collect->stream.open = false;
	collect->stream.finished = false;
}

uint64_t collect_backlog(const struct collect *collect)
{
	return collect->backlog_bytes;
}

uint64_t collect_dropped(struct collect *collect)
{
	uint64_t dropped = collect->dropped;

	collect->dropped = 0;
	return dropped;
}
