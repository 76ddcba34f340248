/* SPDX-License-Identifier: GPL-2.0-or-later */
/* json_text - see json_text.h. */
#include "host/report/json_text.h"

#include "shared/escape.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

/* U+FFFD */
enum { REPLACEMENT_BYTES = 3 };
static const uint8_t replacement[REPLACEMENT_BYTES] = {0xef, 0xbf, 0xbd};

/* The longest beginning that JSON can carry. A NUL is valid in JSON, but
 * readers refuse it. */
static size_t good_prefix(struct bytes text)
{
	size_t len = escape_utf8_prefix(text);
	const uint8_t *nul = len ? memchr(text.data, '\0', len) : NULL;

	return nul ? (size_t)(nul - text.data) : len;
}

static size_t repair(char *to, struct bytes text)
{
	size_t used = 0;

	while (text.len) {
		struct bytes good = bytes_take(&text, good_prefix(text));

		if (good.len)
			memcpy(to + used, good.data, good.len);
		used += good.len;
		if (!text.len)
			break;
		(void)bytes_take(&text, 1);
		memcpy(to + used, replacement, sizeof(replacement));
		used += sizeof(replacement);
	}
	return used;
}

json_t *json_text_bytes(struct bytes text)
{
	char *repaired;
	json_t *json;

	if (good_prefix(text) == text.len)
		return json_stringn(text.len ? (const char *)text.data : "",
				    text.len);
	repaired = malloc(text.len * REPLACEMENT_BYTES);
	if (!repaired)
		return NULL;
	json = json_stringn(repaired, repair(repaired, text));
	free(repaired);
	return json;
}

json_t *json_text(const char *text)
{
	return json_text_bytes(bytes_of_string(text ? text : ""));
}

json_t *json_text_or_null(const char *text)
{
	return text && *text ? json_text(text) : json_null();
}

json_t *json_text_list(char *const *texts, size_t count)
{
	json_t *list = json_array();

	for (size_t i = 0; i < count; i++) {
		if (json_array_append_new(list, json_text(texts[i])) < 0) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

json_t *json_text_count(uint64_t number)
{
	return json_integer(number > INT64_MAX ? INT64_MAX
					       : (json_int_t)number);
}

json_t *json_text_seconds(uint64_t ns)
{
	uint64_t us = ns / 1000;

	return json_real((double)us / 1e6);
}

json_t *json_text_time(uint64_t real_ns)
{
	time_t seconds = (time_t)(real_ns / 1000000000);
	char text[64];
	struct tm tm;

	if (!real_ns || !gmtime_r(&seconds, &tm) ||
	    !strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm))
		return json_null();
	return json_string(text);
}
