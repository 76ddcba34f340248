/* SPDX-License-Identifier: GPL-2.0-or-later */
/* groupscan - computes a group.list that make has not built yet. */
#include "host/plan/groupscan.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char head[] =
	"# QA groups control file, automatically generated.\n"
	"# See _begin_fstest in each test for details.\n"
	"\n";
static const char mark[] = "_begin_fstest";

/* What follows the mark on the first line that begins with it. */
static bool find_groups(struct bytes text, struct bytes *ret_groups)
{
	/* As grep -I: a file with NUL is no script. */
	if (memchr(text.data, '\0', text.len))
		return false;
	while (text.len) {
		const uint8_t *end = memchr(text.data, '\n', text.len);
		size_t len = end ? (size_t)(end - text.data) : text.len;
		struct bytes line = bytes_take(&text, len);
		struct bytes start = bytes_take(&line, strlen(mark));

		bytes_take(&text, 1);
		if (bytes_equal_string(start, mark)) {
			*ret_groups = line;
			return true;
		}
	}
	return false;
}

static int add_test(int directory, const char *name, struct names *lines)
{
	struct textfile file = {0};
	struct bytes groups;
	int rc = textfile_read(directory, name, &file);
	char *line;

	if (rc)
		return rc;
	if (find_groups(textfile_bytes(&file), &groups)) {
		if (asprintf(&line, "%s%.*s", name, (int)groups.len,
			     (const char *)groups.data) < 0) {
			rc = -ENOMEM;
		} else {
			rc = names_add(lines, line);
			free(line);
		}
	}
	textfile_deinit(&file);
	return rc;
}

/* sort -g: by the number in front. Equal numbers keep the names' order. */
static int compare_numbers(const void *a, const void *b)
{
	const char *const *left = a;
	const char *const *right = b;
	unsigned long first = strtoul(*left, NULL, 10);
	unsigned long second = strtoul(*right, NULL, 10);

	if (first != second)
		return first < second ? -1 : 1;
	return strcmp(*left, *right);
}

static int write_lines(FILE *out, const struct names *lines)
{
	fputs(head, out);
	for (size_t i = 0; i < lines->count; i++) {
		const char *line = lines->list[i];

		/* sort -u: one line of each number. */
		if (i && strtoul(lines->list[i - 1], NULL, 10) ==
				 strtoul(line, NULL, 10))
			continue;
		fprintf(out, "%s\n", line);
	}
	return ferror(out) ? -ENOMEM : 0;
}

int groupscan_read(int directory, const struct names *files,
		   struct textfile *ret_text)
{
	struct textfile made = {0};
	struct names lines = {0};
	FILE *out;
	int rc = 0;

	for (size_t i = 0; !rc && i < files->count; i++)
		rc = add_test(directory, files->list[i], &lines);
	if (lines.count)
		qsort(lines.list, lines.count, sizeof(*lines.list),
		      compare_numbers);
	out = rc ? NULL : open_memstream(&made.text, &made.len);
	if (out) {
		rc = write_lines(out, &lines);
		if (fclose(out))
			rc = -ENOMEM;
	} else if (!rc) {
		rc = -ENOMEM;
	}
	names_deinit(&lines);
	if (rc)
		textfile_deinit(&made);
	else
		*ret_text = made;
	return rc;
}
