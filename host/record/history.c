/* SPDX-License-Identifier: GPL-2.0-or-later */
/* history - how long tests took when they ran last, over all runs. */
#include "host/record/history.h"

#include "shared/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define HISTORY_HEAD "fstvm history 1\n"

enum { LOCK_TRIES = 20, LOCK_WAIT_US = 50000 };

void history_deinit(struct history *history)
{
	for (size_t i = 0; i < history->count; i++)
		free(history->entries[i].key);
	free(history->entries);
	*history = (struct history){0};
}

/* Where the key is, or is to be. */
static size_t place_of(const struct history *history, const char *key,
		       bool *ret_found)
{
	size_t low = 0, high = history->count;

	*ret_found = false;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(history->entries[middle].key, key);

		if (order == 0) {
			*ret_found = true;
			return middle;
		}
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void drop(struct history *history, size_t at)
{
	free(history->entries[at].key);
	history->count--;
	memmove(&history->entries[at], &history->entries[at + 1],
		(history->count - at) * sizeof(*history->entries));
}

static void drop_oldest(struct history *history)
{
	size_t oldest = 0;

	for (size_t i = 1; i < history->count; i++)
		if (history->entries[i].time_s <
		    history->entries[oldest].time_s)
			oldest = i;
	drop(history, oldest);
}

static int make_room(struct history *history)
{
	size_t room = history->room > 0 ? 2 * history->room : 256;
	struct history_entry *grown;

	if (history->count < history->room)
		return 0;
	grown = reallocarray(history->entries, room, sizeof(*grown));
	if (grown == NULL)
		return -ENOMEM;
	history->entries = grown;
	history->room = room;
	return 0;
}

static int put(struct history *history, const char *key, uint64_t time_s,
	       uint64_t duration_ms)
{
	struct history_entry *entry;
	bool found;
	size_t at = place_of(history, key, &found);
	char *copy;

	if (!found) {
		if (history->count == HISTORY_ENTRIES) {
			drop_oldest(history);
			at = place_of(history, key, &found);
		}
		copy = strdup(key);
		if (copy == NULL || make_room(history) < 0) {
			free(copy);
			return -ENOMEM;
		}
		entry = &history->entries[at];
		memmove(entry + 1, entry,
			(history->count - at) * sizeof(*entry));
		entry->key = copy;
		history->count++;
	}
	history->entries[at].time_s = time_s;
	history->entries[at].duration_ms = duration_ms;
	return 0;
}

/* ---- keys ---- */

static bool is_word(const char *text)
{
	size_t len = 0;

	for (; text[len] != '\0'; len++)
		if (text[len] <= ' ' || text[len] >= 0x7f)
			return false;
	return len > 0;
}

static bool make_key(const struct history_key *key, char to[HISTORY_KEY])
{
	int len = snprintf(to, HISTORY_KEY, "%s %s %s %s", key->suite,
			   key->config, key->kvm ? "kvm" : "tcg", key->test);

	return is_word(key->suite) && is_word(key->config) &&
	       is_word(key->test) && len > 0 && len < HISTORY_KEY;
}

uint64_t history_duration_ms(const struct history *history,
			     const struct history_key *key)
{
	char text[HISTORY_KEY];
	bool found;
	size_t at;

	if (!make_key(key, text))
		return 0;
	at = place_of(history, text, &found);
	return found ? history->entries[at].duration_ms : 0;
}

int history_note(struct history *history, const struct history_key *key,
		 uint64_t duration_ms, uint64_t time_s)
{
	char text[HISTORY_KEY];

	return make_key(key, text) ? put(history, text, time_s, duration_ms)
				   : 0;
}

/* ---- the text ---- */

/* A number of at most 18 digits and the blank behind it. */
static bool take_number(struct bytes *line, uint64_t *ret_number)
{
	uint64_t number = 0;
	size_t len = 0;

	while (len < line->len && line->data[len] >= '0' &&
	       line->data[len] <= '9' && len < 18)
		number = number * 10 + (uint64_t)(line->data[len++] - '0');
	if (len == 0 || len == line->len || line->data[len] != ' ')
		return false;
	(void)bytes_take(line, len + 1);
	*ret_number = number;
	return true;
}

/* Four words with one blank between them. */
static bool is_key(struct bytes line)
{
	size_t blanks = 0;

	for (size_t i = 0; i < line.len; i++) {
		uint8_t c = line.data[i];

		if (c < ' ' || c >= 0x7f)
			return false;
		if (c != ' ')
			continue;
		if (i == 0 || i + 1 == line.len || line.data[i + 1] == ' ')
			return false;
		blanks++;
	}
	return line.len < HISTORY_KEY && blanks == 3;
}

static int parse_line(struct history *history, struct bytes line)
{
	uint64_t time_s, duration_ms;
	char key[HISTORY_KEY];

	if (!take_number(&line, &time_s) || !take_number(&line, &duration_ms) ||
	    !is_key(line) || history->count == HISTORY_ENTRIES)
		return -EBADMSG;
	memcpy(key, line.data, line.len);
	key[line.len] = '\0';
	return put(history, key, time_s, duration_ms);
}

static int parse_lines(struct history *history, struct bytes text)
{
	struct bytes head = bytes_take(&text, strlen(HISTORY_HEAD));
	int rc = bytes_equal_string(head, HISTORY_HEAD) ? 0 : -EBADMSG;

	while (rc == 0 && text.len > 0) {
		const uint8_t *end = memchr(text.data, '\n', text.len);

		if (end == NULL)
			return -EBADMSG; /* torn */
		rc = parse_line(history,
				bytes_take(&text, (size_t)(end - text.data)));
		(void)bytes_take(&text, 1);
	}
	return rc;
}

int history_parse(struct history *history, struct bytes text)
{
	int rc = parse_lines(history, text);

	if (rc < 0)
		history_deinit(history);
	return rc;
}

/* ---- the file ---- */

int history_load(struct history *history, const char *path)
{
	fd_auto int fd = fd_open(path, O_RDONLY, 0);
	struct stat st;
	ssize_t n;
	char *text;
	int rc;

	if (fd == -ENOENT)
		return 0;
	if (fd < 0)
		return fd;
	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode) || st.st_size > HISTORY_BYTES)
		return -EBADMSG;
	text = malloc((size_t)st.st_size + 1);
	if (text == NULL)
		return -ENOMEM;
	n = fd_read_all(fd, text, (size_t)st.st_size);
	rc = n < 0 ? (int)n : history_parse(history, bytes_of(text, (size_t)n));
	free(text);
	return rc;
}

static int write_entries(const struct history *history, FILE *to)
{
	fputs(HISTORY_HEAD, to);
	for (size_t i = 0; i < history->count; i++)
		fprintf(to, "%" PRIu64 " %" PRIu64 " %s\n",
			history->entries[i].time_s,
			history->entries[i].duration_ms,
			history->entries[i].key);
	return fflush(to) != 0 || fsync(fileno(to)) < 0 ? -EIO : 0;
}

/* The file has its old contents or the new. */
static int store(const struct history *history, const char *path)
{
	char fresh[PATH_MAX];
	int len = snprintf(fresh, sizeof(fresh), "%s.new", path);
	fd_auto int fd = -1;
	FILE *to;
	int rc;

	if (len < 0 || (size_t)len >= sizeof(fresh))
		return -ENAMETOOLONG;
	fd = fd_open(fresh, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (fd < 0)
		return fd;
	to = fdopen(fd, "w");
	if (to == NULL)
		return -errno;
	fd_release(&fd);
	rc = write_entries(history, to);
	if (fclose(to) != 0 && rc == 0)
		rc = -EIO;
	if (rc == 0 && rename(fresh, path) < 0)
		rc = -errno;
	if (rc < 0)
		unlink(fresh);
	return rc;
}

/* A file of its own, since the history's is replaced. */
static int lock(const char *path)
{
	char name[PATH_MAX];
	int len = snprintf(name, sizeof(name), "%s.lock", path);
	int fd;

	if (len < 0 || (size_t)len >= sizeof(name))
		return -ENAMETOOLONG;
	fd = fd_open(name, O_RDWR | O_CREAT, 0600);
	for (int i = 0; fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) < 0; i++) {
		if (i == LOCK_TRIES) {
			fd_close(&fd);
			return -EWOULDBLOCK;
		}
		usleep(LOCK_WAIT_US);
	}
	return fd;
}

int history_update(const char *path, history_change *change, void *context,
		   bool *ret_was_bad)
{
	fd_auto int fd = lock(path);
	struct history history = {0};
	int rc = fd;

	*ret_was_bad = false;
	if (rc >= 0)
		rc = history_load(&history, path);
	if (rc == -EBADMSG) {
		*ret_was_bad = true;
		rc = 0;
	}
	if (rc == 0)
		rc = change(context, &history);
	if (rc == 0)
		rc = store(&history, path);
	history_deinit(&history);
	return rc;
}
