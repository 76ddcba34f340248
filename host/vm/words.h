/* SPDX-License-Identifier: GPL-2.0-or-later */
/* words - a NULL-terminated list of strings built piece by piece in storage
 * of the caller's: an argv or an environment.
 *
 * Overflow is remembered and told by words_finish(), so that the building
 * needs no checks. words_shell() and words_option() quote what they add.
 */
#pragma once

#include "shared/must.h"

#include <stdbool.h>
#include <stddef.h>

struct words {
	const char **list;
	size_t cap; /* words; the list has one more for the NULL */
	size_t count;
	char *text;
	size_t text_cap;
	size_t used;
	size_t start; /* of the word being built */
	bool overflow;
};

void words_init(struct words *words, const char **list, size_t cap, char *text,
		size_t text_cap);
/* A whole word. */
void words_add(struct words *words, const char *text);
void words_format(struct words *words, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* A word of pieces: begin, pieces, end. */
void words_begin(struct words *words);
void words_raw(struct words *words, const char *text);
/* Quoted for a POSIX shell, when it needs to be: as Python's shlex.quote(). */
void words_shell(struct words *words, const char *text);
/* A value within an option of QEMU: commas doubled, then as words_shell(). */
void words_option(struct words *words, const char *text);
void words_end(struct words *words);
/* Ends the list. -E2BIG when anything did not fit. */
must_check int words_finish(struct words *words);
