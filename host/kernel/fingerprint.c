/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fingerprint - hashing what identifies a bug. */
#include "host/kernel/fingerprint.h"

#include "host/kernel/title.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* FNV-1a: nobody gains by a collision here, and it is the same everywhere. */
static uint64_t hash_text(uint64_t hash, const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		hash = (hash ^ (uint8_t)text[i]) * 0x100000001b3u;
	/* An end mark, so that "a" "bc" differs from "ab" "c". */
	return (hash ^ 0xff) * 0x100000001b3u;
}

static uint64_t hash_string(uint64_t hash, const char *text)
{
	return hash_text(hash, text, strlen(text));
}

/* Classes whose title leaves out which check failed. */
static bool header_tells_more(enum report_class class)
{
	return class == CLASS_REFCOUNT || class == CLASS_LIST_CORRUPTION ||
	       class == CLASS_SPINLOCK || class == CLASS_LOCKDEP;
}

/* The words before the first address, number or symbol of a header. */
static uint64_t hash_header(uint64_t hash, struct bytes header)
{
	char line[128];
	char *stop;

	title_normalise(header, line, sizeof(line));
	stop = strstr(line, "ADDR");
	if (stop)
		*stop = '\0';
	stop = strstr(line, "NUM");
	if (stop)
		*stop = '\0';
	stop = strstr(line, ": ");
	return hash_string(hash, stop ? stop : line);
}

/* "WARNING: [x == NULL] fs/a.c:1 at f", of 6.18 and later. */
static uint64_t hash_condition(uint64_t hash, struct bytes header)
{
	static const char lead[] = "WARNING: [";
	const uint8_t *begin =
		memmem(header.data, header.len, lead, sizeof(lead) - 1);
	const uint8_t *end = memrchr(header.data, ']', header.len);

	if (!begin || !end || end < begin)
		return hash;
	return hash_text(hash, (const char *)begin, (size_t)(end - begin));
}

/* The length of "DEV: ", "eth0: ", "XFS (DEV): ": which of many devices it is
 * about, at the start of a normalised line; or 0. */
static size_t device_lead(const char *line)
{
	size_t n = strcspn(line, " :"), end = n;

	if (line[n] == ' ' && line[n + 1] == '(')
		end = n + strcspn(line + n, ":");
	if (line[end] != ':' || line[end + 1] != ' ')
		return 0;
	if (end == n && strncmp(line, "DEV", 3) != 0 &&
	    strcspn(line, "0123456789") >= n)
		return 0;
	return end + 2;
}

/* What WARN() says, between the mark and its own line: its words up to what
 * may differ from run to run. */
static uint64_t hash_message(uint64_t hash, struct bytes header,
			     struct bytes text)
{
	struct bytes lead =
		bytes_of(text.data, (size_t)(header.data - text.data));
	const uint8_t *begin;
	const char *words;
	char line[128];
	size_t n;

	if (lead.len == 0)
		return hash;
	lead.len--;
	begin = memrchr(lead.data, '\n', lead.len);
	if (!begin)
		return hash; /* only the mark */
	begin++;
	title_normalise(bytes_of(begin, lead.len - (size_t)(begin - lead.data)),
			line, sizeof(line));
	words = line + device_lead(line);
	/* A name, too, is often the second word. */
	n = strcspn(words, " \"'(:[");
	if (words[n] == ' ')
		n += 1 + strcspn(words + n + 1, " \"'(:[");
	if (strstr(words, "NUM") || strstr(words, "ADDR"))
		n = strcspn(words, " ");
	return hash_text(hash, words, n);
}

/* The classes of the first two locks: "(&sb->s_type->i_mutex_key#3){+.+.}".
 * What is behind "#" counts the places that made such a class. */
static uint64_t hash_locks(uint64_t hash, struct bytes text)
{
	for (int locks = 0; locks < 2; locks++) {
		const uint8_t *end = memmem(text.data, text.len, "){", 2);
		const uint8_t *begin = end;

		if (!end)
			break;
		while (begin > text.data && begin[-1] != '\n' &&
		       begin[-1] != ' ')
			begin--;
		while (begin < end && *begin != '#' && *begin != '\n')
			hash = (hash ^ *begin++) * 0x100000001b3u;
		bytes_take(&text, (size_t)(end - text.data) + 2);
	}
	return hash;
}

void fingerprint_make(const struct pattern *pattern, const char *title,
		      struct bytes header, struct bytes text,
		      const char *source, const struct culprit *culprit,
		      char *ret_hex)
{
	uint64_t hash = 0xcbf29ce484222325u;

	hash = hash_string(hash, report_class_name(pattern->class));
	hash = hash_string(hash, title);
	for (size_t i = 0; i < culprit->frame_count; i++)
		hash = hash_string(hash, culprit->frames[i]);
	hash = hash_text(hash, source, strcspn(source, ":"));
	if (header_tells_more(pattern->class))
		hash = hash_header(hash, header);
	if (pattern->class == CLASS_WARNING && header.len > 0) {
		hash = hash_condition(hash, header);
		hash = hash_message(hash, header, text);
	}
	if (pattern->class == CLASS_LOCKDEP)
		hash = hash_locks(hash, text);
	snprintf(ret_hex, FINGERPRINT_LEN + 1, "%016" PRIx64, hash);
}
