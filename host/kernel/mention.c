/* SPDX-License-Identifier: GPL-2.0-or-later */
/* mention - finding names of functions in messages. */
#include "host/kernel/mention.h"

#include "host/kernel/chars.h"
#include "host/kernel/stackframe.h"

#include <string.h>

/* "f" of "f+0x1/0x2", wherever it stands in header. */
static struct bytes symbol_with_offset(struct bytes header)
{
	const uint8_t *plus = find_text(header, "+0x");
	const uint8_t *begin = plus;

	while (begin && begin > header.data && begin[-1] > ' ' &&
	       begin[-1] < 0x7f && !strchr("([\"", begin[-1]))
		begin--;
	return bytes_of(begin, plus ? (size_t)(plus - begin) : 0);
}

struct bytes mention_in_header(struct bytes header)
{
	static const struct {
		const char *text;
		const char *ends; /* what may follow the name, or its end */
	} leads[] = {
		{") in ", ":"}, {"): error: ", ":"}, {"): ", ":"},
		{" (\"", "\""}, {" in \"", "\""},    {" in ", ":( "},
	};
	struct bytes name = symbol_with_offset(header);

	for (size_t i = 0;
	     name.len == 0 && i < sizeof(leads) / sizeof(leads[0]); i++) {
		const uint8_t *found = find_text(header, leads[i].text);
		struct bytes rest = header;

		if (!found)
			continue;
		bytes_take(&rest, (size_t)(found - header.data) +
					  strlen(leads[i].text));
		name = stackframe_symbol(rest);
		if (name.len < rest.len &&
		    !strchr(leads[i].ends, rest.data[name.len]))
			name.len = 0;
	}
	return name;
}

struct bytes mention_behind(struct bytes text, const char *lead)
{
	const uint8_t *found = find_text(text, lead);

	if (!found)
		return bytes_of(NULL, 0);
	bytes_take(&text, (size_t)(found - text.data) + strlen(lead));
	return stackframe_symbol(text);
}

struct bytes mention_other(struct bytes header)
{
	return mention_behind(header, " / ");
}
