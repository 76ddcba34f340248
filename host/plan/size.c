/* SPDX-License-Identifier: GPL-2.0-or-later */
/* size - bytes as people write them. */
#include "host/plan/size.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static const char units[] = "KMGT";

/* Factor of the unit at text: 1 at its end, 0 when there is no such unit. */
static uint64_t unit_factor(const char *text)
{
	const char *unit;
	char letter = *text;

	if (!letter)
		return 1;
	if (letter >= 'a' && letter <= 'z')
		letter = (char)(letter - 'a' + 'A');
	unit = strchr(units, letter);
	if (!unit || text[1])
		return 0;
	return (uint64_t)1 << (10 * (unit - units + 1));
}

int size_parse(const char *option, const char *text, uint64_t *ret_bytes,
	       struct complaint *complaint)
{
	size_t digits = strspn(text, "0123456789");
	uint64_t factor = unit_factor(text + digits);
	uint64_t bytes = 0;
	bool large = false;

	for (size_t i = 0; i < digits; i++) {
		large |= bytes > INT64_MAX / 10;
		bytes = 10 * bytes + (uint64_t)(text[i] - '0');
	}
	if (!digits || !factor)
		return complaint_set(complaint, -EINVAL,
				     "%s: \"%s\" is not a size; write it as "
				     "512M or 10G",
				     option, text);
	if (large || bytes > INT64_MAX / factor)
		return complaint_set(complaint, -ERANGE, "%s: %s is too large",
				     option, text);
	if (!bytes)
		return complaint_set(complaint, -ERANGE,
				     "%s: %s is too small; write a size as "
				     "512M or 10G",
				     option, text);
	*ret_bytes = bytes * factor;
	return 0;
}

const char *size_format(uint64_t bytes, char to[SIZE_TEXT])
{
	size_t unit = 0;

	while (unit < strlen(units) && bytes && bytes % 1024 == 0) {
		bytes /= 1024;
		unit++;
	}
	if (unit)
		snprintf(to, SIZE_TEXT, "%ju%c", (uintmax_t)bytes,
			 units[unit - 1]);
	else
		snprintf(to, SIZE_TEXT, "%ju", (uintmax_t)bytes);
	return to;
}
