/* SPDX-License-Identifier: GPL-2.0-or-later */
/* scanner - opening, continuing and closing reports. */
#include "host/kernel/scanner.h"

#include "host/kernel/panic.h"

#include <string.h>

enum {
	/* Of the kernel's clock; a dump to a slow console is stamped when it
	 * is made, not when it is printed. */
	SILENCE_US = 10 * 1000 * 1000,
	SILENCE_LINES = 4096,
	/* A boot's first message after this much time is a reboot. */
	REBOOT_US = 1000 * 1000,
	/* Or more lines behind the last one of a start. */
	BOOT_LINES = 50,
	/* How long after a death what makes no progress is put down to it. */
	AFTERMATH_US = 180 * 1000 * 1000,
	/* And also what is not bad by itself, or another death. */
	DEATH_US = 1000 * 1000,
};

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

static void tell_begin(struct report_scanner *scanner, struct report *report,
		       const struct pattern *row, struct bytes header)
{
	struct report_begin begin = {
		.class = row->class,
		.severity = row->severity,
		.consequence = report->consequence,
		.line = scanner->lines,
		.header = header,
	};

	if (report->id == 0) {
		begin.line = report->line_header;
		report->id = scanner->next_id++;
		scanner->reported += !report->consequence;
	}
	begin.id = report->id;
	if (row->severity == REPORT_FATAL)
		scanner->died = true;
	if (scanner->sink.on_begin)
		scanner->sink.on_begin(scanner->sink.context, &begin);
}

void scanner_forget_untold(struct report_scanner *scanner)
{
	for (size_t i = 0; scanner->open_count && i < REPORT_OPEN_MAX; i++) {
		struct draft *draft = &scanner->drafts[i];

		if (!draft->open || !draft->untold)
			continue;
		draft->open = false;
		scanner->open_count--;
	}
}

static void close_draft(struct report_scanner *scanner, struct draft *draft)
{
	draft_finish(draft, scanner->kernel);
	draft->open = false;
	scanner->open_count--;
	if (draft->untold && !draft->has_frame)
		return;
	if (draft->untold)
		tell_begin(scanner, &draft->report, draft->pattern,
			   bytes_of_string(draft->report.header));
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

/* Its caller has been silent for long, by the clock or by what others said;
 * or the clock went back, so this is another boot. */
static bool is_over(const struct report_scanner *scanner,
		    const struct draft *draft, uint64_t now_us)
{
	if (scanner->lines > draft->report.line_end + SILENCE_LINES)
		return true;
	return draft->last_us > 0 && now_us > 0 &&
	       (now_us > draft->last_us + SILENCE_US ||
		now_us + SILENCE_US < draft->last_us);
}

static void close_silent(struct report_scanner *scanner, uint64_t now_us)
{
	for (size_t i = 0; scanner->open_count && i < REPORT_OPEN_MAX; i++) {
		struct draft *draft = &scanner->drafts[i];

		if (draft->open && is_over(scanner, draft, now_us))
			close_draft(scanner, draft);
	}
}

void scanner_close_all(struct report_scanner *scanner)
{
	for (size_t i = 0; i < REPORT_OPEN_MAX; i++) {
		if (scanner->drafts[i].open)
			close_draft(scanner, &scanner->drafts[i]);
	}
}

/* Is there no more time than that since the last death? */
static bool died_within(const struct report_scanner *scanner,
			const struct line_prefix *line, uint64_t span_us)
{
	return scanner->died &&
	       (!line->has_time || line->time_us < scanner->died_us + span_us);
}

/* Is a death still being printed? Its end mark is the last of it. */
static bool is_dying(const struct draft *open)
{
	return open && open->report.severity == REPORT_FATAL && !open->ended;
}

static bool is_consequence(const struct report_scanner *scanner,
			   const struct pattern *row,
			   const struct line_prefix *line,
			   const struct draft *open)
{
	bool aftermath = died_within(scanner, line, AFTERMATH_US);

	if (row->class == CLASS_REBOOT)
		return scanner->died;
	if (row->class == CLASS_PANIC)
		return scanner->reported > 0 &&
		       (aftermath || panic_is_final_word(line->text) ||
			(open && panic_follows(open->pattern, line->text)));
	if ((row->flags & PATTERN_FOLLOWS) &&
	    fsdevice_follows(&scanner->fsdevice, line))
		return true;
	if (died_within(scanner, line, DEATH_US) || is_dying(open))
		return true;
	/* Another death is another problem while the kernel lives on. */
	if (aftermath && (row->severity == REPORT_HANG ||
			  (row->severity == REPORT_FATAL && scanner->panicked)))
		return true;
	return open && row->severity == REPORT_FATAL &&
	       panic_damages_memory(open->pattern->class);
}

/* Boot loaders and programs warn, too, and nothing says that this was the
 * kernel. */
static bool may_be_others(const struct pattern *row,
			  const struct line_prefix *line)
{
	return (row->flags & PATTERN_GENERIC) &&
	       !(row->flags & PATTERN_SINGLE) && !line->has_time &&
	       !line->logged && line->level < 0 && line->caller.len == 0;
}

/* What the kernel stopped because of is as bad as can be. */
static void stop_kernel(struct report *report)
{
	report->severity = REPORT_FATAL;
	report->panicked = true;
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

	if (old && !single) {
		if (row->class == CLASS_PANIC && consequence)
			stop_kernel(&old->report);
		close_draft(scanner, old);
	}
	draft = free_draft(scanner);
	draft_begin(draft, row, line->caller);
	draft->untold = may_be_others(row, line);
	if (line->has_time)
		scanner_forget_untold(scanner);
	scanner->open_count++;
	if (!single)
		recent_move(&scanner->recent, draft, line->caller,
			    scanner->lines);
	draft_header(draft, line, scanner->lines);
	draft->report.sequence = scanner->sequence;
	draft->report.consequence = consequence;
	/* Its cause was cut off or lost. */
	if (row->class == CLASS_PANIC && !consequence &&
	    panic_is_final_word(line->text))
		draft->report.corrupted = true;
	if (row->class == CLASS_PANIC)
		scanner->panicked = true;
	if (row->class == CLASS_FS_ERROR)
		fsdevice_note(&scanner->fsdevice, line);
	if (row->severity == REPORT_FATAL && line->has_time)
		scanner->died_us = line->time_us;
	if (!draft->untold)
		tell_begin(scanner, &draft->report, row, line->text);
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
	draft_add(draft, line->text, scanner->lines);
	if (row->severity > draft->report.severity) {
		draft->report.severity = row->severity;
		draft->untold = false;
		tell_begin(scanner, &draft->report, row, line->text);
	}
	if (row->class == CLASS_PANIC) {
		stop_kernel(&draft->report);
		scanner->panicked = true;
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
	bool up;

	if (text.len > sizeof(lead) && memcmp(text.data, lead, 14) == 0) {
		size_t n;

		bytes_take(&text, 14);
		for (n = 0; n < text.len && n < 64 && text.data[n] > ' ' &&
			    text.data[n] < 0x7f;
		     n++)
			scanner->kernel[n] = (char)text.data[n];
		scanner->kernel[n] = '\0';
	}
	up = scanner->timed >= TIMED_LINES &&
	     (scanner->newest_us >= REBOOT_US ||
	      scanner->lines > scanner->boot_line + BOOT_LINES) &&
	     !(line->has_time && line->time_us >= REBOOT_US);
	/* A log of many boots, or somebody asked for it. */
	if (line->logged || scanner->restarts)
		up = false;
	scanner->restarts = false;
	scanner->boot_line = scanner->lines;
	scanner->learn_until = scanner->lines + LEARN_LINES;
	scanner->newest_us = 0;
	if (!up) {
		scanner->died = scanner->panicked = false;
		return;
	}
	scanner_close_all(scanner);
	open_report(scanner, row, line, NULL);
	if (draft_of(scanner, line->caller))
		close_draft(scanner, draft_of(scanner, line->caller));
	scanner->died = scanner->panicked = false;
}

static void take_plain(struct report_scanner *scanner,
		       const struct line_prefix *line)
{
	struct draft *draft = draft_of(scanner, line->caller);
	struct body body;
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
	/* Only these can announce a report. */
	if (recent_waits(&scanner->recent, scanner->lines) ||
	    (line->text.len > 0 && strchr("=-8", line->text.data[0]))) {
		body_classify(line->text, &body);
		recent_push(&scanner->recent, line, scanner->lines, body.kind);
	}
}

void scanner_take(struct report_scanner *scanner,
		  const struct line_prefix *line, const struct pattern *row)
{
	struct draft *draft;

	if (scanner->open_count)
		close_silent(scanner, line->time_us);
	if (row && (row->flags & PATTERN_EARLY)) {
		on_boot_line(scanner, row, line);
		return;
	}
	if (!row || (row->flags & PATTERN_MARK)) {
		if (row && row->class == CLASS_REBOOT)
			scanner->restarts = true;
		take_plain(scanner, line);
	} else {
		draft = draft_of(scanner, line->caller);
		if (!draft || !continue_report(scanner, draft, row, line))
			open_report(scanner, row, line, draft);
	}
	if (line->has_time && line->time_us > scanner->newest_us)
		scanner->newest_us = line->time_us;
}

bool scanner_may_be_untimed(const struct report_scanner *scanner)
{
	if (scanner->timed >= TIMED_LINES)
		return false;
	for (size_t i = 0; scanner->open_count && i < REPORT_OPEN_MAX; i++) {
		const struct draft *draft = &scanner->drafts[i];

		if (draft->open && draft->report.has_time)
			return false;
	}
	return true;
}

void scanner_take_early(struct report_scanner *scanner,
			const struct line_prefix *line,
			const struct pattern *row)
{
	if (row && (row->flags & PATTERN_EARLY))
		on_boot_line(scanner, row, line);
	else if (row && (row->flags & PATTERN_WATCHER))
		open_report(scanner, row, line, NULL);
}
