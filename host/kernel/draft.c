/* SPDX-License-Identifier: GPL-2.0-or-later */
/* draft - collecting a report's lines. */
#include "host/kernel/draft.h"

#include "host/kernel/chars.h"
#include "host/kernel/culprit.h"
#include "host/kernel/detail.h"
#include "host/kernel/fingerprint.h"
#include "host/kernel/panic.h"
#include "host/kernel/title.h"

#include <assert.h>
#include <string.h>

static_assert((int)REPORT_NAME_MAX == (int)CULPRIT_NAME, "one size of name");
static_assert((int)REPORT_FINGERPRINT_LEN == (int)FINGERPRINT_LEN,
	      "one size of fingerprint");

enum {
	/* Lines in a row that may look like no report's before it ends. Many
	 * at first: register dumps of rare architectures, messages of WARN().
	 */
	DOUBTFUL_FIRST = 40,
	DOUBTFUL_LATER = 12,
	/* The lines right behind a header are the report's. */
	SURE_LINES = 2,
	/* BUG()'s and WARN()'s own lines come this soon behind a first one. */
	DETAIL_LINES = 16,
};

static bool is_sanitizer(enum report_class class)
{
	return class == CLASS_KASAN || class == CLASS_KMSAN ||
	       class == CLASS_KCSAN || class == CLASS_KFENCE ||
	       class == CLASS_UBSAN;
}

void draft_begin(struct draft *draft, const struct pattern *pattern,
		 struct bytes caller)
{
	size_t n = caller.len < DRAFT_CALLER_MAX - 1 ? caller.len
						     : DRAFT_CALLER_MAX - 1;

	/* Not the text: clearing it would cost more than all the rest. */
	memset(&draft->report, 0, sizeof(draft->report));
	draft->open = true;
	draft->pattern = pattern;
	draft->used = draft->kept = draft->header_at = draft->header_len = 0;
	draft->last_us = 0;
	draft->doubtful = draft->count = 0;
	draft->has_trace = draft->has_frame = draft->ended = false;
	draft->every_caller = draft->stack_over = false;
	draft->lost = draft->untold = false;
	stacks_reset(&draft->stacks);
	memcpy(draft->caller, caller.data ? (const void *)caller.data : "", n);
	draft->caller[n] = '\0';
	draft->report.class = pattern->class;
	draft->report.severity = pattern->severity;
	draft->report.cpu = -1;
	draft->report.pid = -1;
	memcpy(draft->report.caller, draft->caller, DRAFT_CALLER_MAX);
}

/* The frame, if body has one, with its name where the line was copied to. */
static void add_to_stacks(struct draft *draft, struct bytes line,
			  struct bytes copy, const struct body *body)
{
	struct stackframe frame = body->frame;

	if (!body->has_frame) {
		stacks_add(&draft->stacks, copy, NULL);
		return;
	}
	if (frame.name.len > 0)
		frame.name.data =
			copy.data + (body->frame.name.data - line.data);
	stacks_add(&draft->stacks, copy, &frame);
}

static void add_line(struct draft *draft, struct bytes text, uint64_t number,
		     const struct body *body)
{
	uint8_t *to = (uint8_t *)draft->text + draft->used;
	bool fits = text.len < REPORT_TEXT_MAX - draft->used - 1;

	if (draft->report.line_begin == 0)
		draft->report.line_begin = number;
	if (fits) {
		memcpy(to, text.data, text.len);
		to[text.len] = '\n';
		draft->used += text.len + 1;
		add_to_stacks(draft, text, bytes_of(to, text.len), body);
	} else {
		draft->report.truncated = true;
	}
	if (body->kind == BODY_NOT)
		return;
	draft->kept = draft->used;
	draft->report.line_end = number;
}

void draft_add(struct draft *draft, struct bytes text, uint64_t number)
{
	struct body body;

	body_classify(text, &body);
	body.kind = BODY_LINE;
	add_line(draft, text, number, &body);
}

void draft_header(struct draft *draft, const struct line_prefix *line,
		  uint64_t number)
{
	draft->header_at = draft->used;
	draft->header_len = line->text.len;
	draft->last_us = line->time_us;
	draft->report.has_time = line->has_time;
	draft->report.time_us = line->time_us;
	draft->report.line_header = number;
	draft_add(draft, line->text, number);
}

static bool ends_at_mark(const struct draft *draft, struct bytes text)
{
	/* Behind an oops' "end trace" older kernels repeat the registers. */
	if (draft->report.severity != REPORT_FATAL)
		return true;
	return contains(text, "end Kernel panic") ||
	       contains(text, "Rebooting in");
}

/* A line that begins something: the end of this, unless it belongs here. */
static bool take_boundary(struct draft *draft, struct bytes text,
			  uint64_t number, struct body *body, bool *ret_mine)
{
	/* Until 4.9 KASAN printed one before the stack, too. */
	if (body->kind == BODY_SEPARATOR &&
	    is_sanitizer(draft->pattern->class) &&
	    (draft->has_frame || draft->count > DETAIL_LINES)) {
		draft_add(draft, text, number);
		*ret_mine = true;
		return true;
	}
	if (!draft->has_trace && draft->count <= DETAIL_LINES) {
		body->kind = BODY_NOT;
		add_line(draft, text, number, body);
		*ret_mine = true;
		return false;
	}
	return true;
}

/* What printk and the NMI sender say about the lines to come. */
static void note_remark(struct draft *draft, struct bytes text)
{
	if (text.len == 0)
		return;
	if ((text.data[0] == '*' && contains(text, "messages dropped")) ||
	    (text.data[0] == 'L' && contains(text, "message(s)!")))
		draft->lost = true;
	if (text.data[0] == 'S' && contains(text, "Sending NMI "))
		draft->every_caller = true;
}

/* Somebody else's line: it ends a report whose stack is told, unless more is
 * sure to follow. Otherwise it was printed in between. */
static bool is_end(const struct draft *draft, enum body_kind kind)
{
	return kind == BODY_TEST ||
	       (kind == BODY_ROUTINE && draft->stack_over &&
		draft->report.severity != REPORT_HANG &&
		!is_sanitizer(draft->pattern->class));
}

static void note_stack(struct draft *draft, struct bytes text,
		       enum body_kind kind)
{
	while (text.len > 0 && text.data[0] == ' ')
		bytes_take(&text, 1);
	if (bytes_equal_string(text, "</TASK>"))
		draft->stack_over = true;
	else if (kind == BODY_TRACE || kind == BODY_FRAME)
		draft->stack_over = false;
	draft->has_trace |= kind == BODY_TRACE;
	draft->has_frame |= kind == BODY_FRAME;
}

bool draft_take(struct draft *draft, const struct line_prefix *line,
		uint64_t number, bool *ret_mine)
{
	struct body body;
	unsigned int limit;

	*ret_mine = false;
	body_classify(line->text, &body);
	draft->count++;
	if (line->has_time)
		draft->last_us = line->time_us;
	if (body.kind == BODY_SEPARATOR || body.kind == BODY_CUT)
		return take_boundary(draft, line->text, number, &body,
				     ret_mine);
	if (is_end(draft, body.kind))
		return true;
	note_remark(draft, line->text);
	if (body.kind == BODY_NOT && draft->count <= SURE_LINES)
		body.kind = BODY_LINE;
	if (body.kind == BODY_ROUTINE)
		body.kind = BODY_NOT;
	note_stack(draft, line->text, body.kind);
	draft->doubtful = body.kind == BODY_NOT ? draft->doubtful + 1 : 0;
	limit = draft->has_frame ? DOUBTFUL_LATER : DOUBTFUL_FIRST;
	if (draft->doubtful > limit || (draft->ended && body.kind == BODY_NOT))
		return true;
	add_line(draft, line->text, number, &body);
	*ret_mine = true;
	if (body.kind != BODY_END)
		return false;
	draft->ended = true;
	return ends_at_mark(draft, line->text);
}

/* Rows that only say what BUG() or WARN() will be about. */
static bool is_foretold(const struct pattern *row)
{
	enum report_class class = row->class;

	return (row->flags & PATTERN_FORETELLS) || class == CLASS_REFCOUNT ||
	       class == CLASS_LIST_CORRUPTION || class == CLASS_LOCKDEP ||
	       class == CLASS_KERNEL_BUG || class == CLASS_OOPS ||
	       class == CLASS_CFI || class == CLASS_FS_ERROR ||
	       class == CLASS_SLUB || class == CLASS_VFS ||
	       class == CLASS_NET_LEAK || class == CLASS_UBSAN ||
	       class == CLASS_BAD_PAGE;
}

bool draft_continues(const struct draft *draft, const struct pattern *row,
		     struct bytes text)
{
	struct bytes header =
		bytes_of(draft->text + draft->header_at, draft->header_len);

	/* printk replays the last line after a loss. */
	if (draft->count <= DETAIL_LINES && bytes_equal(header, text))
		return true;
	/* kernel/panic.c stops in the middle of a WARN() before it dumps. */
	if (row->class == CLASS_PANIC)
		return !draft->has_trace && draft->count <= DETAIL_LINES &&
		       draft->pattern->class != CLASS_PANIC &&
		       panic_follows(draft->pattern, text);
	/* Starved kthreads are told of within a stall. */
	if (row->class == CLASS_RCU_STALL && (row->flags & PATTERN_DETAIL))
		return draft->pattern->class == CLASS_RCU_STALL;
	/* What follows a report of XFS. */
	if (row->class == CLASS_FS_ERROR && (row->flags & PATTERN_SINGLE) &&
	    draft->pattern->class == CLASS_FS_ERROR)
		return true;
	if (row->class == CLASS_OOM && draft->pattern->class == CLASS_OOM)
		return true;
	/* Whom a hung task waits for; what a WARN() says in its last line. */
	if (row->class == draft->pattern->class &&
	    (row->flags & PATTERN_DETAIL) &&
	    (row->class == CLASS_HUNG_TASK ||
	     (row->class == CLASS_WARNING && (row->flags & PATTERN_SINGLE))))
		return true;
	if (row->class == draft->pattern->class &&
	    (row->class == CLASS_NET_LEAK || row->class == CLASS_MCE))
		return true;
	if (row->class == CLASS_INFO_OTHER)
		return draft->pattern->class != CLASS_INFO_OTHER;
	if (row->class == CLASS_MEMLEAK &&
	    draft->pattern->class == CLASS_MEMLEAK)
		return !draft->has_trace && draft->count <= 2;
	if (!(row->flags & PATTERN_DETAIL) || draft->has_trace ||
	    draft->count > DETAIL_LINES)
		return false;
	return is_foretold(draft->pattern) &&
	       (row->class == CLASS_OOPS || row->class == CLASS_KERNEL_BUG ||
		row->class == CLASS_WARNING ||
		row->class == draft->pattern->class);
}

static bool needs_trace(const struct pattern *pattern)
{
	return pattern->rule != RULE_NONE &&
	       !(pattern->flags & (PATTERN_SINGLE | PATTERN_GENERIC));
}

/* Another record's time stamp inside a line: two were printed at once. */
static bool holds_time(struct bytes header)
{
	struct line_prefix inner;

	line_prefix_parse(header, &inner);
	return inner.has_time;
}

static void copy_printable(char *to, size_t cap, struct bytes from)
{
	size_t n = 0;

	for (; n < from.len && n + 1 < cap; n++)
		to[n] = from.data[n] >= ' ' && from.data[n] < 0x7f
				? (char)from.data[n]
				: '?';
	to[n] = '\0';
}

void draft_finish(struct draft *draft, const char *kernel)
{
	struct report *report = &draft->report;
	struct bytes header =
		bytes_of(draft->text + draft->header_at, draft->header_len);
	struct culprit culprit;

	report->text = bytes_of(draft->text, draft->kept);
	if (draft->header_at + draft->header_len > draft->used)
		header.len = 0;
	culprit_find(draft->pattern, header, report->text, &draft->stacks,
		     &culprit);
	detail_fill(report, header, report->text);
	if (!report->kernel[0])
		bytes_copy_string(report->kernel, sizeof(report->kernel),
				  kernel);
	copy_printable(report->header, sizeof(report->header), header);
	memcpy(report->function, culprit.function, sizeof(report->function));
	title_compose(draft->pattern, header, report->text, &culprit,
		      report->title, sizeof(report->title));
	fingerprint_make(draft->pattern, report->title, header, report->text,
			 report->source, &culprit, report->fingerprint);
	report->corrupted |= draft->lost || culprit.mixed ||
			     holds_time(header) ||
			     (needs_trace(draft->pattern) &&
			      !report->consequence && !culprit.has_trace);
}
