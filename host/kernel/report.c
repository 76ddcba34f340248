/* SPDX-License-Identifier: GPL-2.0-or-later */
/* report - lines, records and bytes for the scanner. */
#include "host/kernel/report.h"

#include "host/kernel/citation.h"
#include "host/kernel/scanner.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

int report_scanner_create(struct report_sink sink,
			  struct report_scanner **ret_scanner)
{
	struct report_scanner *scanner = calloc(1, sizeof(*scanner));

	if (!scanner)
		return -ENOMEM;
	scanner->patterns = pattern_set_create();
	if (!scanner->patterns) {
		free(scanner);
		return -ENOMEM;
	}
	must(sink.on_report);
	scanner->sink = sink;
	report_scanner_reset(scanner);
	*ret_scanner = scanner;
	return 0;
}

void report_scanner_reset(struct report_scanner *scanner)
{
	size_t start = offsetof(struct report_scanner, lines);
	size_t end = offsetof(struct report_scanner, drafts);

	memset((uint8_t *)scanner + start, 0, end - start);
	for (size_t i = 0; i < REPORT_OPEN_MAX; i++)
		scanner->drafts[i].open = false;
	scanner->next_id = 1;
	scanner->learn_until = LEARN_LINES;
}

void report_scanner_destroy(struct report_scanner *scanner)
{
	if (!scanner)
		return;
	pattern_set_destroy(scanner->patterns);
	free(scanner);
}

uint64_t report_scanner_lines(const struct report_scanner *scanner)
{
	return scanner->lines;
}

bool report_scanner_is_open(const struct report_scanner *scanner)
{
	return scanner->open_count > 0;
}

/* Nothing is open or announced: only a row of the table can change that. */
static bool is_idle(const struct report_scanner *scanner)
{
	return scanner->open_count == 0 &&
	       scanner->lines >= scanner->learn_until &&
	       !recent_waits(&scanner->recent, scanner->lines);
}

/* A cited log may be indented. A report's lines lose as much of that as its
 * first one had: what is left of it is the kernel's. */
static void skip_indent(struct report_scanner *scanner, struct bytes *text)
{
	if (scanner->open_count == 0)
		scanner->indent = citation_indent(*text);
	citation_skip_indent(text, scanner->indent);
}

/* prefix: of a record's first line. */
static void note_record(struct report_scanner *scanner,
			const struct line_prefix *prefix)
{
	struct last_record *last = &scanner->last;
	struct bytes caller = prefix->caller;

	if (caller.len > sizeof(last->caller))
		caller.len = sizeof(last->caller);
	if (caller.len > 0)
		memcpy(last->caller, caller.data, caller.len);
	last->line = scanner->lines;
	last->prefix = *prefix;
	last->prefix.caller = bytes_of(last->caller, caller.len);
}

/* Is a line without a stamp more of the last record? */
static bool take_continuation(struct report_scanner *scanner,
			      struct line_prefix *prefix)
{
	struct last_record *last = &scanner->last;
	size_t margin = last->prefix.begin;
	struct bytes text = prefix->text;

	if (last->line == 0 || last->line + 1 != scanner->lines ||
	    prefix->begin > margin ||
	    prefix->begin + citation_indent(text) < margin)
		return false;
	bytes_take(&text, margin - prefix->begin);
	last->line = scanner->lines;
	*prefix = last->prefix;
	prefix->text = text;
	return true;
}

/* The rows' strings don't match where blanks are hard: for a while each line
 * is looked at. */
static struct bytes soften(struct report_scanner *scanner, struct bytes line)
{
	size_t n = citation_soften(line, scanner->softened,
				   sizeof(scanner->softened));

	scanner->learn_until = scanner->lines + LEARN_LINES;
	return bytes_of(scanner->softened, n);
}

/* dull: no row's string stands in line. */
static void take_line(struct report_scanner *scanner, struct bytes line,
		      bool dull)
{
	const struct pattern *row = NULL;
	struct line_prefix prefix;

	scanner->lines++;
	scanner->sequence = 0;
	if (citation_has_hard_blank(line)) {
		line = soften(scanner, line);
		dull = false;
	}
	line_prefix_parse(line, &prefix);
	if (prefix.has_time && ++scanner->timed == TIMED_LINES)
		scanner_forget_untold(scanner);
	if (prefix.has_time || prefix.logged || prefix.caller.len > 0)
		note_record(scanner, &prefix);
	else if (take_continuation(scanner, &prefix))
		dull = true; /* the first line says what a record is */
	if (prefix.foreign)
		return;
	if (!prefix.has_time)
		skip_indent(scanner, &prefix.text);
	if (!dull)
		row = pattern_find(scanner->patterns, &prefix);
	if (prefix.has_time || scanner_may_be_untimed(scanner)) {
		scanner_take(scanner, &prefix, row);
		return;
	}
	scanner_take_early(scanner, &prefix, row);
}

void report_scanner_line(struct report_scanner *scanner, struct bytes line)
{
	bool dull = pattern_scan(scanner->patterns, line) == line.len;

	/* The same as in report_scanner_push(), so that it makes no difference
	 * in what pieces a stream comes. */
	if (dull && is_idle(scanner))
		scanner->lines++;
	else
		take_line(scanner, line, dull);
}

void report_scanner_record(struct report_scanner *scanner, struct bytes text,
			   const struct report_record *record)
{
	struct line_prefix line = {
		.caller = record->caller,
		.time_us = record->time_us,
		.has_time = true,
		.level = (int)record->level,
	};

	if (record->facility != 0) {
		scanner->lines++;
		return;
	}
	do {
		const uint8_t *end = memchr(text.data, '\n', text.len);

		scanner->lines++;
		scanner->sequence = record->sequence;
		line.text = bytes_take(&text, end ? (size_t)(end - text.data)
						  : text.len);
		bytes_take(&text, 1);
		scanner_take(scanner, &line,
			     pattern_find(scanner->patterns, &line));
	} while (text.len > 0);
}

/* Eight bytes at a time: a log is mostly skipped, and this is what is left to
 * do with it. */
static uint64_t count_lines(struct bytes b)
{
	const uint64_t ones = 0x0101010101010101u, low = 0x7f * ones;
	uint64_t n = 0;
	size_t i = 0;

	while (i + 8 <= b.len) {
		uint64_t sum = 0;

		/* A byte of sum holds up to 255. */
		for (int k = 0; k < 255 && i + 8 <= b.len; k++, i += 8) {
			uint64_t x;

			memcpy(&x, b.data + i, 8);
			x ^= '\n' * ones;
			x = ~(((x & low) + low) | x | low);
			sum += x >> 7;
		}
		for (; sum; sum >>= 8)
			n += sum & 0xff;
	}
	for (; i < b.len; i++)
		n += b.data[i] == '\n';
	return n;
}

/* The length of the whole lines at the start of b that hold no row's string. */
static size_t dull_length(const struct report_scanner *scanner, struct bytes b)
{
	size_t n = pattern_scan(scanner->patterns, b);
	const uint8_t *end = n > 0 ? memrchr(b.data, '\n', n) : NULL;

	return end ? (size_t)(end - b.data) + 1 : 0;
}

/* The bytes of an unfinished line, up to and with its LF if that is there. */
static void push_tail(struct report_scanner *scanner, struct bytes *bytes)
{
	const uint8_t *end =
		bytes->len > 0 ? memchr(bytes->data, '\n', bytes->len) : NULL;
	struct bytes piece = bytes_take(bytes, end ? (size_t)(end - bytes->data)
						   : bytes->len);
	size_t room = sizeof(scanner->tail) - scanner->tail_len;
	struct bytes line;

	if (piece.len > room)
		piece.len = room;
	if (piece.len > 0)
		memcpy(scanner->tail + scanner->tail_len, piece.data,
		       piece.len);
	scanner->tail_len += piece.len;
	if (!end)
		return;
	bytes_take(bytes, 1);
	line = bytes_of(scanner->tail, scanner->tail_len);
	scanner->tail_len = 0;
	report_scanner_line(scanner, line);
}

/* The next line, when b has all of it; cut at LIMIT_CONSOLE_LINE. */
static bool next_line(struct bytes *b, struct bytes *ret_line)
{
	const uint8_t *end = b->len > 0 ? memchr(b->data, '\n', b->len) : NULL;

	if (!end)
		return false;
	*ret_line = bytes_take(b, (size_t)(end - b->data));
	bytes_take(b, 1);
	if (ret_line->len > LIMIT_CONSOLE_LINE)
		ret_line->len = LIMIT_CONSOLE_LINE;
	return true;
}

void report_scanner_push(struct report_scanner *scanner, struct bytes bytes)
{
	if (scanner->tail_len > 0)
		push_tail(scanner, &bytes);
	while (bytes.len > 0) {
		struct bytes line,
			dull = bytes_take(&bytes, dull_length(scanner, bytes));

		while (!is_idle(scanner) && next_line(&dull, &line))
			take_line(scanner, line, true);
		scanner->lines += count_lines(dull);
		if (!next_line(&bytes, &line))
			push_tail(scanner, &bytes);
		else if (line.len < LIMIT_CONSOLE_LINE)
			take_line(scanner, line, false);
		else /* what is cut off may have been it */
			report_scanner_line(scanner, line);
	}
}

void report_scanner_flush(struct report_scanner *scanner)
{
	if (scanner->tail_len > 0) {
		size_t n = scanner->tail_len;

		scanner->tail_len = 0;
		report_scanner_line(scanner, bytes_of(scanner->tail, n));
	}
	scanner_close_all(scanner);
}
