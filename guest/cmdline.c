/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cmdline - the kernel's command line, where vng leaves word for its init. */
#include "guest/cmdline.h"

#include <errno.h>
#include <string.h>

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\n';
}

static struct bytes take_word(struct bytes *text)
{
	bool quoted = false;
	size_t len = 0;

	while (text->len && is_blank(text->data[0]))
		(void)bytes_take(text, 1);
	for (; len < text->len; len++) {
		if (text->data[len] == '"')
			quoted = !quoted;
		else if (!quoted && is_blank(text->data[len]))
			break;
	}
	return bytes_take(text, len);
}

static void strip_quotes(struct bytes *text)
{
	if (text->len && text->data[0] == '"')
		(void)bytes_take(text, 1);
	if (text->len && text->data[text->len - 1] == '"')
		text->len--;
}

static bool take_name(struct bytes *word, const char *name)
{
	struct bytes rest = *word;

	if (rest.len && rest.data[0] == '"')
		(void)bytes_take(&rest, 1);
	if (!bytes_equal_string(bytes_take(&rest, strlen(name)), name) ||
	    !bytes_equal_string(bytes_take(&rest, 1), "="))
		return false;
	*word = rest;
	return true;
}

int cmdline_find(struct bytes text, const char *name, char *to, size_t cap)
{
	to[0] = '\0';
	while (text.len) {
		struct bytes word = take_word(&text);

		if (!take_name(&word, name))
			continue;
		strip_quotes(&word);
		if (word.len >= cap)
			return -ENAMETOOLONG;
		memcpy(to, word.data, word.len);
		to[word.len] = '\0';
		return (int)word.len;
	}
	return -ENOENT;
}
