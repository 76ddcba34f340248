/* SPDX-License-Identifier: GPL-2.0-or-later */
/* recent - the last few lines before a report's header.
 *
 * "cut here" and "=====" announce a report whose header is yet to come; what
 * was printed from there on belongs to it.
 */
#pragma once

#include "host/kernel/draft.h"

enum {
	RECENT_LINES = 8,
	RECENT_TEXT = 256,
};

struct recent_line {
	uint64_t number; /* 0: unused */
	bool mark;	 /* "cut here" or "=====" */
	char caller[DRAFT_CALLER_MAX];
	size_t len;
	uint8_t text[RECENT_TEXT];
};

/* Zeroed is empty. */
struct recent {
	struct recent_line lines[RECENT_LINES];
	size_t next;
	uint64_t marked; /* number of the last line with a mark */
};

/* Keeps the line when it is a mark or comes soon behind one. */
void recent_push(struct recent *recent, const struct line_prefix *line,
		 uint64_t number, enum body_kind kind);
/* Gives the lines since the caller's last mark to draft. */
void recent_move(struct recent *recent, struct draft *draft,
		 struct bytes caller, uint64_t number);
/* Could the next line be of a report that a mark has announced? */
bool recent_waits(const struct recent *recent, uint64_t number);
