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
	/* "00000001-2-0-a-" and a name. */
	FILE_NAME_MAX = LIMIT_NAME + 40,
};

static void file_name(const struct collect_item *item, char *to)
{
	int need = snprintf(to, FILE_NAME_MAX,
			    "%08" PRIx32 "-%" PRIx32 "-%" PRIx32 "-%c-%s",
			    item->file, item->index, item->rerun,
			    item->evidence ? 'e' : 'a', item->name);

	must(need > 0 && need < FILE_NAME_MAX);
}

/* The reverse of file_name(). */
static int parse_file_name(const char *from, struct collect_item *ret_item)
{
	int used = 0;
	char kind;

	if (sscanf(from, "%8" SCNx32 "-%8" SCNx32 "-%8" SCNx32 "-%c-%n",
		   &ret_item->file, &ret_item->index, &ret_item->rerun, &kind,
		   &used) != 4 ||
	    used == 0 || strlen(from + used) > LIMIT_NAME)
		return -EINVAL;
	ret_item->evidence = kind == 'e';
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
	artifact_split(item->cap_bytes, &head, &tail);
	fd = fd_openat(collect->taken_fd, name, O_WRONLY | O_NOFOLLOW, 0);
	if (fd >= 0)
		(void)fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
				(off_t)head,
				(off_t)(item->size_bytes - head - tail));
}

/* Evidence may be on top of it. */
static uint64_t backlog_room(const struct collect *collect)
{
	return collect->backlog_bytes < COLLECT_BACKLOG_BYTES
		       ? COLLECT_BACKLOG_BYTES - collect->backlog_bytes
		       : 0;
}

static void give_cap(struct collect *collect, struct collect_item *item,
		     uint64_t *test_left)
{
	uint64_t cap = item->cap_bytes;
	uint64_t room = backlog_room(collect);

	cap = cap < *test_left ? cap : *test_left;
	cap = cap < room ? cap : room;
	item->cap_bytes =
		item->size_bytes > cap && cap < ARTIFACT_CAP_MIN ? 0 : cap;
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

static bool has_place(struct collect *collect)
{
	if (collect->count < COLLECT_QUEUE)
		return true;
	collect->dropped++;
	return false;
}

static struct collect_item *push(struct collect *collect)
{
	struct collect_item *item;

	if (!has_place(collect))
		return NULL;
	item = nth(collect, collect->count++);
	*item = (struct collect_item){.cap_bytes = collect->file_cap_bytes};
	return item;
}

/* The next one to be sent, after the one that is being sent. */
static struct collect_item *push_front(struct collect *collect)
{
	struct collect_item *item;

	if (!has_place(collect))
		return NULL;
	collect->first = (collect->first + COLLECT_QUEUE - 1) % COLLECT_QUEUE;
	collect->count++;
	if (collect->streaming)
		*nth(collect, 0) = *nth(collect, 1);
	item = nth(collect, collect->streaming ? 1 : 0);
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
		uint64_t left;

		if (parse_file_name(name, &found) < 0 ||
		    fstatat(collect->taken_fd, name, &status,
			    AT_SYMLINK_NOFOLLOW) < 0 ||
		    !S_ISREG(status.st_mode))
			continue;
		item = found.evidence ? push_front(collect) : push(collect);
		if (!item)
			break;
		found.cap_bytes = item->cap_bytes;
		found.size_bytes = (uint64_t)status.st_size;
		*item = found;
		note_hole(item, &status);
		left = collect->test_cap_bytes;
		give_cap(collect, item, &left);
	}
	directory_close(&directory);
	return rc < 0 ? rc : 0;
}

int collect_open(struct collect *collect, int results_fd, uint32_t *next_number,
		 uint64_t file_cap_bytes, uint64_t test_cap_bytes)
{
	int rc;

	memset(collect, 0, sizeof(*collect));
	collect->taken_fd = -1;
	collect->next_number = next_number;
	collect->file_cap_bytes = file_cap_bytes;
	collect->test_cap_bytes = test_cap_bytes;
	rc = artifact_init(&collect->artifact);
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
	artifact_deinit(&collect->artifact);
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

/* A file of the agent's own making. */
static int take_evidence(struct collect *collect, int dir_fd, const char *name,
			 uint32_t index, uint32_t rerun)
{
	struct collect_item *item;
	struct stat status;
	char to[FILE_NAME_MAX];

	if (fstatat(dir_fd, name, &status, AT_SYMLINK_NOFOLLOW) < 0 ||
	    !S_ISREG(status.st_mode) || strlen(name) > LIMIT_NAME)
		return -EINVAL;
	item = push_front(collect);
	if (!item)
		return -ENOBUFS;
	item->file = (*collect->next_number)++;
	item->index = index;
	item->rerun = rerun;
	item->evidence = true;
	item->size_bytes = (uint64_t)status.st_size;
	(void)bytes_copy_string(item->name, sizeof(item->name), name);
	file_name(item, to);
	item->unreadable = renameat(dir_fd, name, collect->taken_fd, to) < 0;
	item->named_only = item->unreadable;
	if (!item->named_only)
		collect->backlog_bytes += sent_bytes(item);
	return 0;
}

int collect_take_evidence(struct collect *collect, int dir_fd, uint32_t index,
			  uint32_t rerun)
{
	struct directory directory;
	const char *name;
	int count = 0;
	int rc = directory_open(&directory, dir_fd, ".", 0);

	if (rc < 0)
		return rc;
	while ((rc = directory_next(&directory, &name)) > 0)
		count +=
			take_evidence(collect, dir_fd, name, index, rerun) == 0;
	directory_close(&directory);
	return rc < 0 ? rc : count;
}

static void start_artifact(struct collect *collect)
{
	const struct collect_item *item = nth(collect, 0);
	char name[FILE_NAME_MAX];
	int fd = -1;

	collect->streaming = true;
	collect->number = (*collect->next_number)++;
	if (!item->named_only && sent_bytes(item) > 0) {
		file_name(item, name);
		fd = fd_openat(collect->taken_fd, name,
			       O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0);
	}
	artifact_start(&collect->artifact, fd < 0 ? -1 : fd, item->size_bytes,
		       item->cap_bytes);
	collect->artifact.unreadable = item->unreadable || fd < -1;
}

static void fill_end(struct collect *collect, Pb__ArtifactEnd *end)
{
	const struct artifact *artifact = &collect->artifact;
	struct collect_item *item = nth(collect, 0);

	pb__artifact_end__init(end);
	end->artifact = collect->number;
	end->index = item->index;
	end->rerun = item->rerun;
	end->name = item->name;
	end->size_bytes = item->size_bytes;
	end->kept_bytes = artifact->kept_bytes;
	end->wire_bytes = artifact->wire_bytes;
	end->crc32 = artifact->crc32;
	end->unreadable = artifact->unreadable;
	end->evidence = item->evidence;
}

enum collect_result collect_next(struct collect *collect,
				 Pb__ArtifactChunk *ret_chunk,
				 Pb__ArtifactEnd *ret_end)
{
	struct bytes data;

	if (collect->count == 0)
		return COLLECT_EMPTY;
	if (!collect->streaming)
		start_artifact(collect);
	if (collect->artifact.finished) {
		fill_end(collect, ret_end);
		return COLLECT_END;
	}
	if (!artifact_step(&collect->artifact))
		return COLLECT_AGAIN;
	data = artifact_take(&collect->artifact);
	pb__artifact_chunk__init(ret_chunk);
	ret_chunk->artifact = collect->number;
	/* The message wants it writable and only reads it. */
	ret_chunk->data.data = (uint8_t *)(uintptr_t)data.data;
	ret_chunk->data.len = data.len;
	return COLLECT_CHUNK;
}

void collect_end_sent(struct collect *collect)
{
	struct collect_item *item = nth(collect, 0);
	char name[FILE_NAME_MAX];

	must(collect->count > 0 && collect->streaming &&
	     collect->artifact.finished);
	if (!item->named_only) {
		file_name(item, name);
		(void)unlinkat(collect->taken_fd, name, 0);
		collect->backlog_bytes -= sent_bytes(item);
	}
	collect_rewind(collect);
	collect->first = (collect->first + 1) % COLLECT_QUEUE;
	collect->count--;
}

void collect_rewind(struct collect *collect)
{
	artifact_stop(&collect->artifact);
	collect->streaming = false;
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
