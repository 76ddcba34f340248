/* SPDX-License-Identifier: GPL-2.0-or-later */
/* expunge - the lists of tests that are planned but not run. */
#include "host/plan/expunge.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int expunge_add_words(struct names *entries, const char *words)
{
	return names_split(entries, words, ", \n");
}

/* The next line of *text without its comment; *text moves past it. */
static struct bytes take_line(struct bytes *text)
{
	const uint8_t *end = memchr(text->data, '\n', text->len);
	size_t len = end ? (size_t)(end - text->data) : text->len;
	struct bytes line = bytes_take(text, len);
	const uint8_t *comment = memchr(line.data, '#', line.len);

	bytes_take(text, 1);
	if (comment)
		line.len = (size_t)(comment - line.data);
	return line;
}

int expunge_add_lines(struct names *entries, struct bytes text)
{
	while (text.len) {
		struct bytes line = take_line(&text);
		int rc = 0;

		if (line.len)
			rc = names_add_part(entries, (const char *)line.data,
					    line.len);
		if (rc)
			return rc;
	}
	return 0;
}

static int add_words(struct names *entries, const char *directory,
		     struct bytes line)
{
	struct names words = {0};
	char *text = strndup((const char *)line.data, line.len);
	int rc = text ? names_split(&words, text, " \t") : -ENOMEM;

	for (size_t i = 0; !rc && i < words.count; i++)
		rc = names_add_test(entries, directory, words.list[i],
				    strlen(words.list[i]), false);
	names_deinit(&words);
	free(text);
	return rc;
}

int expunge_add_directory(struct names *entries, const char *directory,
			  struct bytes text)
{
	while (text.len) {
		struct bytes line = take_line(&text);
		int rc = line.len ? add_words(entries, directory, line) : 0;

		if (rc)
			return rc;
	}
	return 0;
}

static bool is_word(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z') || c == '_';
}

bool expunge_has(const struct names *entries, const char *test)
{
	size_t len = strlen(test);

	if (!len)
		return false;
	for (size_t i = 0; i < entries->count; i++) {
		const char *entry = entries->list[i];

		/* \b: a word on just one side of the place. */
		if (!strncmp(entry, test, len) &&
		    is_word(test[len - 1]) != is_word(entry[len]))
			return true;
	}
	return false;
}
