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

void fingerprint_make(const struct pattern *pattern, const char *title,
		      struct bytes header, const char *source,
		      const struct culprit *culprit, char *ret_hex)
{
	uint64_t hash = 0xcbf29ce484222325u;

	hash = hash_string(hash, report_class_name(pattern->class));
	hash = hash_string(hash, title);
	for (size_t i = 0; i < culprit->frame_count; i++)
		hash = hash_string(hash, culprit->frames[i]);
	hash = hash_text(hash, source, strcspn(source, ":"));
	if (header_tells_more(pattern->class))
		hash = hash_header(hash, header);
	snprintf(ret_hex, FINGERPRINT_LEN + 1, "%016" PRIx64, hash);
}
