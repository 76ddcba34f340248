/* SPDX-License-Identifier: GPL-2.0-or-later */
/* printer - see printer.h. */
#include "host/report/printer.h"

#include "shared/escape.h"

#include <inttypes.h>
#include <limits.h>
#include <string.h>

#define MORE " \xe2\x80\xa6"

static size_t line_length(const char *text)
{
	size_t len = strcspn(text, "\n");

	while (len && (text[len - 1] == '\r' || text[len - 1] == ' '))
		len--;
	return len;
}

size_t printer_line(char *to, size_t cap, const char *text)
{
	size_t len;
	size_t written;
	size_t rest;

	if (!text)
		text = "";
	text += strspn(text, " \t\r\n");
	len = line_length(text);
	rest = strspn(text + len, " \t\r\n");
	if (len > PRINTER_LINE) {
		len = PRINTER_LINE;
		rest = 0;
	}
	written = escape_text(to, cap, bytes_of(text, len), true);
	if (text[len + rest] && cap - written > sizeof(MORE)) {
		memcpy(to + written, MORE, sizeof(MORE));
		written += sizeof(MORE) - 1;
	}
	return written;
}

void printer_put(FILE *to, const char *text)
{
	char line[4 * PRINTER_LINE + sizeof(MORE) + 1];

	printer_line(line, sizeof(line), text);
	fputs(line, to);
}

void printer_path(FILE *to, const struct files *files, const char *name)
{
	char path[PATH_MAX + NAME_MAX];
	char line[4 * sizeof(path)];

	files_path(files, name, path, sizeof(path));
	escape_text(line, sizeof(line), bytes_of_string(path), false);
	fputs(line, to);
}

void printer_test(FILE *to, const struct ledger_test *test)
{
	printer_put(to, test->name);
	if (test->iteration)
		fprintf(to, " (iteration %" PRIu64 ")",
			(uint64_t)test->iteration + 1);
}
