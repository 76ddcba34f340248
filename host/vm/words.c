/* SPDX-License-Identifier: GPL-2.0-or-later */
/* words - a list of strings in storage of the caller's: see words.h. */
#include "host/vm/words.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void words_init(struct words *words, const char **list, size_t cap, char *text,
		size_t text_cap)
{
	*words = (struct words){
		.list = list,
		.cap = cap,
		.text = text,
		.text_cap = text_cap,
	};
	list[0] = NULL;
}

static void put(struct words *words, const char *text, size_t len)
{
	if (words->overflow || len >= words->text_cap - words->used) {
		words->overflow = true;
		return;
	}
	memcpy(words->text + words->used, text, len);
	words->used += len;
}

void words_begin(struct words *words)
{
	words->start = words->used;
}

void words_raw(struct words *words, const char *text)
{
	put(words, text, strlen(text));
}

void words_end(struct words *words)
{
	if (words->overflow || words->count == words->cap ||
	    words->used == words->text_cap) {
		words->overflow = true;
		return;
	}
	words->text[words->used++] = '\0';
	words->list[words->count++] = words->text + words->start;
	words->list[words->count] = NULL;
}

void words_add(struct words *words, const char *text)
{
	words_begin(words);
	words_raw(words, text);
	words_end(words);
}

void words_format(struct words *words, const char *format, ...)
{
	size_t room = words->text_cap - words->used;
	va_list arguments;
	int len;

	words_begin(words);
	va_start(arguments, format);
	len = vsnprintf(words->text + words->used, room, format, arguments);
	va_end(arguments);
	if (words->overflow || len < 0 || (size_t)len >= room) {
		words->overflow = true;
		return;
	}
	words->used += (size_t)len;
	words_end(words);
}

static bool is_plain(const char *text)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789_@%+=:,./-";

	return *text && text[strspn(text, plain)] == '\0';
}

static void put_quoted(struct words *words, const char *text, bool option)
{
	bool quote = !is_plain(text);

	if (quote)
		put(words, "'", 1);
	for (; *text; text++) {
		if (*text == '\'')
			put(words, "'\"'\"'", 5);
		else if (*text == ',' && option)
			put(words, ",,", 2);
		else
			put(words, text, 1);
	}
	if (quote)
		put(words, "'", 1);
}

void words_shell(struct words *words, const char *text)
{
	put_quoted(words, text, false);
}

void words_option(struct words *words, const char *text)
{
	put_quoted(words, text, true);
}

int words_finish(struct words *words)
{
	return words->overflow ? -E2BIG : 0;
}
