/* SPDX-License-Identifier: GPL-2.0-or-later */
/* group_list - the group.list of one directory of tests. */
#include "host/plan/grouplist.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The locale's idea of letters is not check's: that runs with LC_ALL=C. */
static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_name_char(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z') || c == '-';
}

size_t group_list_name_span(const char *text, size_t len)
{
	size_t span = 3;

	if (len < 3)
		return 0;
	for (size_t i = 0; i < 3; i++)
		if (!is_digit(text[i]))
			return 0;
	while (span < len && is_name_char(text[span]))
		span++;
	return span;
}

static size_t count_lines(struct bytes text)
{
	size_t count = 1;

	for (size_t i = 0; i < text.len; i++)
		count += text.data[i] == '\n';
	return count;
}

static void add_line(struct group_list *list, const char *text, size_t len)
{
	const char *comment = memchr(text, '#', len);
	size_t used = comment ? (size_t)(comment - text) : len;
	size_t span = group_list_name_span(text, used);

	if (span)
		list->lines[list->count++] =
			(struct group_line){text, used, span};
}

int group_list_parse(struct group_list *ret_list, struct bytes text)
{
	struct group_list list = {0};
	size_t at = 0;

	list.text = malloc(text.len + 1);
	list.lines = calloc(count_lines(text), sizeof(*list.lines));
	if (!list.text || !list.lines) {
		group_list_deinit(&list);
		return -ENOMEM;
	}
	if (text.len)
		memcpy(list.text, text.data, text.len);
	list.text[text.len] = '\0';
	while (at < text.len) {
		const char *line = list.text + at;
		const char *end = memchr(line, '\n', text.len - at);
		size_t len = end ? (size_t)(end - line) : text.len - at;

		add_line(&list, line, len);
		at += len + 1;
	}
	*ret_list = list;
	return 0;
}

void group_list_deinit(struct group_list *list)
{
	free(list->text);
	free(list->lines);
	*list = (struct group_list){0};
}

bool group_line_has(const struct group_line *line, const char *group)
{
	size_t want = strlen(group);
	size_t at = line->name_len;

	while (at < line->len) {
		const char *from = line->text + at;
		const char *blank = memchr(from, ' ', line->len - at);
		size_t len = blank ? (size_t)(blank - from) : line->len - at;

		/* What touches the name is not between blanks. */
		if (at > line->name_len && len && len == want &&
		    !memcmp(from, group, want))
			return true;
		at += len + 1;
	}
	return false;
}

const struct group_line *group_list_find(const struct group_list *list,
					 const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < list->count; i++)
		if (list->lines[i].name_len == len &&
		    !memcmp(list->lines[i].text, name, len))
			return &list->lines[i];
	return NULL;
}

const struct group_line *group_list_resolve(const struct group_list *list,
					    const char *name)
{
	const struct group_line *best = NULL;
	size_t len = strlen(name);

	if (group_list_name_span(name, len) != len || !len)
		return NULL;
	for (size_t i = 0; i < list->count; i++) {
		const struct group_line *line = &list->lines[i];

		if (line->name_len < len || memcmp(line->text, name, len))
			continue;
		if (!best || line->name_len < best->name_len)
			best = line;
	}
	return best;
}
