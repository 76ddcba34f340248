/* SPDX-License-Identifier: GPL-2.0-or-later */
/* report - lines, records and bytes for the scanner. */
#include "host/kernel/report.h"

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
	size_t end = offsetof(struct report_scanner, parked);

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

/* Nothing is open or announced: only a row of the table can change that. */
static bool is_idle(const struct report_scanner *scanner)
{
	return scanner->open_count == 0 &&
	       scanner->lines >= scanner->learn_until &&
	       !recent_waits(&scanner->recent, scanner->lines);
}

void report_scanner_line(struct report_scanner *scanner, struct bytes line)
{
	struct line_prefix prefix;
	bool idle = is_idle(scanner);

	scanner->lines++;
	/* The same as in report_scanner_push(), so that it makes no difference
	 * in what pieces a stream comes. */
	if (idle && pattern_scan(scanner->patterns, line) == line.len)
		return;
	scanner->sequence = 0;
	line_prefix_parse(line, &prefix);
	if (prefix.has_time && ++scanner->timed == TIMED_LINES)
		scanner_forget_parked(scanner);
	if (prefix.foreign)
		return;
	if (prefix.has_time || scanner_may_be_untimed(scanner)) {
		scanner_take(scanner, &prefix);
		return;
	}
	scanner_take_early(scanner, &prefix);
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
		scanner_take(scanner, &line);
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

/* The length of the whole lines at the start of b that can't matter. */
static size_t boring_length(struct report_scanner *scanner, struct bytes b)
{
	size_t n = pattern_scan(scanner->patterns, b);
	const uint8_t *end = n > 0 ? memrchr(b.data, '\n', n) : NULL;

	return end ? (size_t)(end - b.data) + 1 : 0;
}

/* Bytes up to and with the next LF, or all; into the tail if it is none. */
static void push_piece(struct report_scanner *scanner, struct bytes *bytes)
{
	const uint8_t *end = memchr(bytes->data, '\n', bytes->len);
	size_t n = end ? (size_t)(end - bytes->data) : bytes->len;
	struct bytes piece = bytes_take(bytes, n);
	size_t room = sizeof(scanner->tail) - scanner->tail_len;

	if (end && scanner->tail_len == 0) {
		if (piece.len > sizeof(scanner->tail))
			piece.len = sizeof(scanner->tail);
		report_scanner_line(scanner, piece);
	} else {
		if (piece.len > room)
			piece.len = room;
		memcpy(scanner->tail + scanner->tail_len, piece.data,
		       piece.len);
		scanner->tail_len += piece.len;
		if (end)
			report_scanner_line(
				scanner,
				bytes_of(scanner->tail, scanner->tail_len));
	}
	if (end) {
		scanner->tail_len = 0;
		bytes_take(bytes, 1);
	}
}

void report_scanner_push(struct report_scanner *scanner, struct bytes bytes)
{
	while (bytes.len > 0) {
		if (scanner->tail_len == 0 && is_idle(scanner)) {
			size_t n = boring_length(scanner, bytes);

			if (n > 0) {
				scanner->lines +=
					count_lines(bytes_take(&bytes, n));
				continue;
			}
		}
		push_piece(scanner, &bytes);
	}
}

void report_scanner_flush(struct report_scanner *scanner)
{
	if (scanner->tail_len > 0) {
		size_t n = scanner->tail_len;

		scanner->tail_len = 0;
		report_scanner_line(scanner, bytes_of(scanner->tail, n));
	}
	scanner_finish(scanner);
}
