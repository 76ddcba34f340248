/* SPDX-License-Identifier: GPL-2.0-or-later */
/* recent - a ring of the lines before a header. */
#include "host/kernel/recent.h"

#include <string.h>

bool recent_waits(const struct recent *recent, uint64_t number)
{
	return recent->marked > 0 && recent->marked + RECENT_LINES >= number;
}

void recent_push(struct recent *recent, const struct line_prefix *line,
		 uint64_t number, enum body_kind kind)
{
	struct recent_line *kept = &recent->lines[recent->next];
	bool mark = kind == BODY_SEPARATOR || kind == BODY_CUT;
	size_t n = line->caller.len < DRAFT_CALLER_MAX - 1
			   ? line->caller.len
			   : DRAFT_CALLER_MAX - 1;

	if (!mark && !recent_waits(recent, number))
		return;
	recent->next = (recent->next + 1) % RECENT_LINES;
	kept->number = number;
	kept->mark = mark;
	if (mark)
		recent->marked = number;
	if (n > 0)
		memcpy(kept->caller, line->caller.data, n);
	kept->caller[n] = '\0';
	kept->len = line->text.len < RECENT_TEXT ? line->text.len : RECENT_TEXT;
	if (kept->len > 0)
		memcpy(kept->text, line->text.data, kept->len);
}

void recent_move(struct recent *recent, struct draft *draft,
		 struct bytes caller, uint64_t number)
{
	size_t first = RECENT_LINES;

	for (size_t i = 0; i < RECENT_LINES; i++) {
		const struct recent_line *kept =
			&recent->lines[(recent->next + i) % RECENT_LINES];

		if (kept->mark && kept->number > 0 &&
		    kept->number + RECENT_LINES > number &&
		    bytes_equal_string(caller, kept->caller))
			first = i;
	}
	for (size_t i = first; i < RECENT_LINES; i++) {
		struct recent_line *kept =
			&recent->lines[(recent->next + i) % RECENT_LINES];

		if (kept->number == 0 ||
		    !bytes_equal_string(caller, kept->caller))
			continue;
		draft_add(draft, bytes_of(kept->text, kept->len), kept->number);
		kept->number = 0;
	}
}
