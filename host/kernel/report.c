/* SPDX-License-Identifier: GPL-2.0-or-later */
/* report - the scanner: which line opens, continues and ends which report. */
#include "host/kernel/report.h"

#include "host/kernel/draft.h"
#include "shared/limits.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	/* "cut here", "=====" and what stands between them and the header. */
	RECENT_LINES = 8,
	RECENT_TEXT = 256,
	/* Of the kernel's clock; a dump to a slow console is stamped when it
	 * is made, not when it is printed. */
	SILENCE_US = 10 * 1000 * 1000,
	/* Once the kernel has said so much with time stamps, what has none is
	 * not the kernel's. */
	TIMED_LINES = 3,
	/* A stream's first lines are all looked at, to learn whether it has
	 * time stamps. */
	LEARN_LINES = 100,
	/* A boot's first message after this much time is a reboot. */
	REBOOT_US = 1000 * 1000,
	/* How long after a death what follows is put down to it. */
	AFTERMATH_US = 180 * 1000 * 1000,
};

struct recent {
	uint64_t number;
	bool mark; /* "cut here" or "=====" */
	bool separator;
	char caller[DRAFT_CALLER_MAX];
	size_t len;
	uint8_t text[RECENT_TEXT];
};

struct report_scanner {
	struct report_sink sink;
	struct pattern_set *patterns;
	uint64_t lines;
	uint64_t next_id;
	uint64_t timed; /* lines with a time stamp */
	uint64_t newest_us;
	uint64_t sequence; /* of the present record */
	uint64_t marked;   /* number of the last line with a mark */
	uint64_t reported; /* problems so far, without consequences */
	bool died;	   /* a fatal report was seen */
	uint64_t died_us;
	char kernel[128];
	size_t open_count;
	struct recent recent[RECENT_LINES];
	size_t recent_next;
	struct draft drafts[REPORT_OPEN_MAX];
	/* report_scanner_push(): an unfinished line. */
	size_t tail_len;
	uint8_t tail[LIMIT_CONSOLE_LINE];
};

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
	scanner->next_id = 1;
	*ret_scanner = scanner;
	return 0;
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

static bool same_caller(const char *caller, struct bytes other)
{
	return bytes_equal_string(other, caller);
}

static struct draft *draft_of(struct report_scanner *scanner,
			      struct bytes caller)
{
	for (size_t i = 0; scanner->open_count && i < REPORT_OPEN_MAX; i++) {
		struct draft *draft = &scanner->drafts[i];

		if (draft->open && same_caller(draft->caller, caller))
			return draft;
	}
	return NULL;
}

static void close_draft(struct report_scanner *scanner, struct draft *draft)
{
	draft_finish(draft, scanner->kernel);
	draft->open = false;
	scanner->open_count--;
	scanner->sink.on_report(scanner->sink.context, &draft->report);
}

/* A free place, or that of the one that was silent for longest. */
static struct draft *free_draft(struct report_scanner *scanner)
{
	struct draft *oldest = &scanner->drafts[0];

	for (size_t i = 0; i < REPORT_OPEN_MAX; i++) {
		struct draft *draft = &scanner->drafts[i];

		if (!draft->open)
			return draft;
		if (draft->report.line_end < oldest->report.line_end)
			oldest = draft;
	}
	close_draft(scanner, oldest);
	return oldest;
}

static void close_silent(struct report_scanner *scanner, uint64_t now_us)
{
	for (size_t i = 0; scanner->open_count && i < REPORT_OPEN_MAX; i++) {
		struct draft *draft = &scanner->drafts[i];

		if (draft->open && draft->last_us > 0 &&
		    now_us > draft->last_us + SILENCE_US)
			close_draft(scanner, draft);
	}
}

static void remember(struct report_scanner *scanner,
		     const struct line_prefix *line, enum body_kind body)
{
	struct recent *recent = &scanner->recent[scanner->recent_next];
	size_t n = line->caller.len < DRAFT_CALLER_MAX - 1
			   ? line->caller.len
			   : DRAFT_CALLER_MAX - 1;

	scanner->recent_next = (scanner->recent_next + 1) % RECENT_LINES;
	recent->number = scanner->lines;
	recent->separator = body == BODY_SEPARATOR;
	recent->mark = recent->separator || body == BODY_CUT;
	if (recent->mark)
		scanner->marked = scanner->lines;
	if (n > 0)
		memcpy(recent->caller, line->caller.data, n);
	recent->caller[n] = '\0';
	recent->len =
		line->text.len < RECENT_TEXT ? line->text.len : RECENT_TEXT;
	if (recent->len > 0)
		memcpy(recent->text, line->text.data, recent->len);
}

/* The lines before the header that belong to it: from the mark on. */
static void add_recent(struct report_scanner *scanner, struct draft *draft,
		       struct bytes caller)
{
	size_t first = RECENT_LINES;

	for (size_t i = 0; i < RECENT_LINES; i++) {
		size_t at = (scanner->recent_next + i) % RECENT_LINES;
		const struct recent *recent = &scanner->recent[at];

		if (recent->mark && recent->number > 0 &&
		    recent->number + RECENT_LINES > scanner->lines &&
		    same_caller(recent->caller, caller))
			first = i;
	}
	for (size_t i = first; i < RECENT_LINES; i++) {
		size_t at = (scanner->recent_next + i) % RECENT_LINES;
		struct recent *recent = &scanner->recent[at];

		if (!same_caller(recent->caller, caller))
			continue;
		draft_add(draft, bytes_of(recent->text, recent->len),
			  recent->number, BODY_LINE);
		recent->number = 0;
	}
}

/* Panics that only say that something before them was bad enough. */
static bool is_final_word(struct bytes text)
{
	static const char *const words[] = {
		"Fatal exception",
		"panic_on_",
		"kernel: panic_on",
		"hung_task: ",
		"softlockup: ",
		"Hard LOCKUP",
		"hard LOCKUP",
		"RCU Stall",
		"rcu: ",
		"Attempted to kill",
		"Aiee, ",
		"Oops",
		"UBSAN: ",
		"KASAN: ",
		"KFENCE: ",
		"oops",
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (memmem(text.data, text.len, words[i], strlen(words[i])))
			return true;
	}
	return false;
}

static bool damages_memory(enum report_class class)
{
	return class == CLASS_KASAN || class == CLASS_KFENCE ||
	       class == CLASS_BAD_PAGE || class == CLASS_SLUB ||
	       class == CLASS_LIST_CORRUPTION || class == CLASS_REFCOUNT ||
	       class == CLASS_UBSAN;
}

static bool is_consequence(const struct report_scanner *scanner,
			   const struct pattern *row,
			   const struct line_prefix *line,
			   const struct draft *open)
{
	bool aftermath = scanner->died &&
			 (!line->has_time ||
			  line->time_us < scanner->died_us + AFTERMATH_US);

	if (row->class == CLASS_REBOOT)
		return scanner->died;
	if (row->class == CLASS_PANIC)
		return scanner->reported > 0 &&
		       (open || aftermath || is_final_word(line->text));
	if (aftermath && row->severity >= REPORT_HANG)
		return true;
	if (open && open->report.severity == REPORT_FATAL)
		return true;
	return open && row->severity == REPORT_FATAL &&
	       damages_memory(open->pattern->class);
}

static void tell_begin(struct report_scanner *scanner,
		       const struct draft *draft, const struct pattern *row,
		       struct bytes header)
{
	struct report_begin begin = {
		.id = draft->report.id,
		.class = row->class,
		.severity = row->severity,
		.consequence = draft->report.consequence,
		.line = scanner->lines,
		.header = header,
	};

	if (row->severity == REPORT_FATAL)
		scanner->died = true;
	if (scanner->sink.on_begin)
		scanner->sink.on_begin(scanner->sink.context, &begin);
}

static void open_report(struct report_scanner *scanner,
			const struct pattern *row,
			const struct line_prefix *line, struct draft *old)
{
	bool consequence = is_consequence(scanner, row, line, old);
	struct draft *draft;

	/* One line of somebody else in the middle of a dump. */
	bool single =
		(row->flags & PATTERN_SINGLE) ||
		(old && row->rule == RULE_NONE && row->severity < REPORT_HANG);

	if (old && !single)
		close_draft(scanner, old);
	draft = free_draft(scanner);
	draft_begin(draft, row, scanner->next_id++, line->caller);
	scanner->open_count++;
	if (!single)
		add_recent(scanner, draft, line->caller);
	draft_header(draft, line, scanner->lines);
	draft->report.sequence = scanner->sequence;
	draft->report.consequence = consequence;
	/* Its cause was cut off or lost. */
	if (row->class == CLASS_PANIC && !consequence &&
	    is_final_word(line->text))
		draft->report.corrupted = true;
	if (!consequence)
		scanner->reported++;
	if (row->severity == REPORT_FATAL && line->has_time)
		scanner->died_us = line->time_us;
	tell_begin(scanner, draft, row, line->text);
	if (single)
		close_draft(scanner, draft);
}

/* A second header within a report: more of the same, or its end. */
static bool continue_report(struct report_scanner *scanner, struct draft *draft,
			    const struct pattern *row,
			    const struct line_prefix *line)
{
	if (!draft_continues(draft, row, line->text))
		return false;
	draft->count++;
	draft_add(draft, line->text, scanner->lines, BODY_LINE);
	if (row->class == CLASS_PANIC)
		draft->report.panicked = true;
	if (row->severity > draft->report.severity) {
		if (row->class != CLASS_PANIC)
			draft->report.severity = row->severity;
		tell_begin(scanner, draft, row, line->text);
	}
	return true;
}

/* The kernel's first messages: its version, and whether it was up before. */
static void on_boot_line(struct report_scanner *scanner,
			 const struct pattern *row,
			 const struct line_prefix *line)
{
	static const char lead[] = "Linux version ";
	struct bytes text = line->text;

	if (text.len > sizeof(lead) && memcmp(text.data, lead, 14) == 0) {
		size_t n;

		bytes_take(&text, 14);
		for (n = 0; n < text.len && n < 64 && text.data[n] > ' ' &&
			    text.data[n] < 0x7f;
		     n++)
			scanner->kernel[n] = (char)text.data[n];
		scanner->kernel[n] = '\0';
	}
	if (scanner->newest_us < REBOOT_US ||
	    (line->has_time && line->time_us >= REBOOT_US))
		return;
	for (size_t i = 0; i < REPORT_OPEN_MAX; i++) {
		if (scanner->drafts[i].open)
			close_draft(scanner, &scanner->drafts[i]);
	}
	open_report(scanner, row, line, NULL);
	if (draft_of(scanner, line->caller))
		close_draft(scanner, draft_of(scanner, line->caller));
	scanner->newest_us = 0;
	scanner->died = false;
}

static void take_plain(struct report_scanner *scanner,
		       const struct line_prefix *line)
{
	struct draft *draft = draft_of(scanner, line->caller);
	enum body_kind body;
	bool mine = false;

	for (size_t i = 0; !draft && scanner->open_count && i < REPORT_OPEN_MAX;
	     i++) {
		if (scanner->drafts[i].open && scanner->drafts[i].every_caller)
			draft = &scanner->drafts[i];
	}
	if (draft && draft_take(draft, line, scanner->lines, &mine))
		close_draft(scanner, draft);
	if (mine)
		return;
	body = body_classify(line->text);
	if (body == BODY_SEPARATOR || body == BODY_CUT ||
	    scanner->marked + RECENT_LINES > scanner->lines)
		remember(scanner, line, body);
}

static void take_kernel_line(struct report_scanner *scanner,
			     const struct line_prefix *line)
{
	const struct pattern *row = pattern_find(scanner->patterns, line);
	struct draft *draft;

	if (line->has_time && scanner->open_count)
		close_silent(scanner, line->time_us);
	if (row && (row->flags & PATTERN_EARLY)) {
		on_boot_line(scanner, row, line);
		return;
	}
	if (!row || (row->flags & PATTERN_MARK)) {
		take_plain(scanner, line);
	} else {
		draft = draft_of(scanner, line->caller);
		if (!draft || !continue_report(scanner, draft, row, line))
			open_report(scanner, row, line, draft);
	}
	if (line->has_time && line->time_us > scanner->newest_us)
		scanner->newest_us = line->time_us;
}

void report_scanner_line(struct report_scanner *scanner, struct bytes line)
{
	struct line_prefix prefix;
	const struct pattern *row;

	scanner->lines++;
	scanner->sequence = 0;
	line_prefix_parse(line, &prefix);
	if (prefix.has_time)
		scanner->timed++;
	if (prefix.foreign)
		return;
	if (prefix.has_time || scanner->timed < TIMED_LINES) {
		take_kernel_line(scanner, &prefix);
		return;
	}
	/* Not the kernel's, unless it has just been started anew. */
	row = pattern_find(scanner->patterns, &prefix);
	if (row && (row->flags & PATTERN_EARLY))
		on_boot_line(scanner, row, &prefix);
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
		take_kernel_line(scanner, &line);
	} while (text.len > 0);
}

static bool is_idle(const struct report_scanner *scanner)
{
	return scanner->open_count == 0 && scanner->lines > LEARN_LINES &&
	       scanner->marked + RECENT_LINES < scanner->lines;
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

/* Whole lines that need not be parsed, but for the clock of the last. */
static void skip_lines(struct report_scanner *scanner, struct bytes skipped)
{
	struct line_prefix prefix;
	const uint8_t *before;
	size_t start;

	scanner->lines += count_lines(skipped);
	before = memrchr(skipped.data, '\n', skipped.len - 1);
	start = before ? (size_t)(before - skipped.data) + 1 : 0;
	line_prefix_parse(
		bytes_of(skipped.data + start, skipped.len - 1 - start),
		&prefix);
	if (!prefix.has_time)
		return;
	scanner->timed++;
	if (prefix.time_us > scanner->newest_us)
		scanner->newest_us = prefix.time_us;
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
				skip_lines(scanner, bytes_take(&bytes, n));
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
	for (size_t i = 0; i < REPORT_OPEN_MAX; i++) {
		if (scanner->drafts[i].open)
			close_draft(scanner, &scanner->drafts[i]);
	}
}
