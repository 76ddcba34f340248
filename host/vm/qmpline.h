/* SPDX-License-Identifier: GPL-2.0-or-later */
/* qmpline - one line of QEMU's machine protocol, read and written.
 *
 * docs/interop/qmp-spec: a JSON object per line. QEMU is no friend here: a
 * guest may have broken into it. So a line is bounded (QMPLINE_MAX), anything
 * that is no object of a known kind is junk, and what is returned is only
 * what was asked for. Pure.
 */
#pragma once

#include "shared/bytes.h"
#include "shared/must.h"

#include <jansson.h>

enum {
	/* "info registers -a" of 255 CPUs is about 1.2 MB. */
	QMPLINE_MAX = 2 * 1024 * 1024,
	QMPLINE_COMMAND = 1024, /* bytes of a command's line, at most */
	QMPLINE_EVENT = 64,
};

enum qmpline_kind {
	QMPLINE_JUNK,
	QMPLINE_GREETING,
	QMPLINE_ANSWER, /* "return" */
	QMPLINE_ERROR,
	QMPLINE_EVENT_KIND,
};

struct qmpline {
	enum qmpline_kind kind;
	json_int_t id; /* of the command; -1: none */
	char event[QMPLINE_EVENT];
	json_t *value; /* owned: of "return", or of "error" its "desc" */
};

/* What a line (without its end) says. qmpline_clear() afterwards. */
void qmpline_parse(struct qmpline *line, struct bytes text);
void qmpline_clear(struct qmpline *line);
/* {"execute": command, "arguments": …, "id": id} and CR LF. arguments are
 * borrowed, or NULL. Returns the length; -E2BIG, -ENOMEM. */
must_check int qmpline_write(char to[QMPLINE_COMMAND], const char *command,
			     json_t *arguments, json_int_t id);
