/* SPDX-License-Identifier: GPL-2.0-or-later */
/* recordlog - the kernel's records of one test, as text, while it runs. */
#include "host/kernel/recordlog.h"

#include "shared/escape.h"
#include "shared/limits.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Each byte may become four. */
enum { LINE_MAX_BYTES = 4 * (LIMIT_KMSG_TEXT + LIMIT_NAME) + 96 };

int recordlog_init(struct recordlog *log, size_t cap_bytes)
{
	must(cap_bytes >= 2 * LINE_MAX_BYTES);
	*log = (struct recordlog){.cap_bytes = cap_bytes};
	log->text = malloc(cap_bytes);
	return log->text ? 0 : -ENOMEM;
}

void recordlog_deinit(struct recordlog *log)
{
	free(log->text);
	*log = (struct recordlog){0};
}

void recordlog_begin(struct recordlog *log, uint64_t from_sequence)
{
	log->used_bytes = 0;
	log->dropped_bytes = 0;
	log->from_sequence = from_sequence;
}

/* Makes room for a line by dropping the older half, to a line's end. */
static void make_room(struct recordlog *log)
{
	size_t half = log->used_bytes / 2;
	const char *end;
	size_t cut;

	if (log->cap_bytes - log->used_bytes >= LINE_MAX_BYTES)
		return;
	end = memchr(log->text + half, '\n', log->used_bytes - half);
	must(end);
	cut = (size_t)(end + 1 - log->text);
	memmove(log->text, log->text + cut, log->used_bytes - cut);
	log->used_bytes -= cut;
	log->dropped_bytes += cut;
}

void recordlog_add(struct recordlog *log, const Pb__KernelRecord *record)
{
	char text[4 * LIMIT_KMSG_TEXT + 1];
	char caller[4 * LIMIT_NAME + 1];
	int len;

	if (!log->text || record->sequence < log->from_sequence)
		return;
	make_room(log);
	escape_text(text, sizeof(text), bytes_of_string(record->text), false);
	escape_text(caller, sizeof(caller), bytes_of_string(record->caller),
		    false);
	len = snprintf(log->text + log->used_bytes, LINE_MAX_BYTES,
		       "<%u>[%5" PRIu64 ".%06" PRIu64 "]%s%s%s %s\n",
		       record->priority, record->time_us / 1000000,
		       record->time_us % 1000000, *caller ? " [" : "", caller,
		       *caller ? "]" : "", text);
	must(len > 0 && len < LINE_MAX_BYTES);
	log->used_bytes += (size_t)len;
}

struct bytes recordlog_text(const struct recordlog *log)
{
	return bytes_of(log->text, log->used_bytes);
}
