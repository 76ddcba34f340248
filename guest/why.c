/* SPDX-License-Identifier: GPL-2.0-or-later */
/* why - one line that tells a person why something could not be done. */
#include "guest/why.h"

#include "shared/escape.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

__attribute__((format(printf, 3, 0))) static void
say(struct why *why, int error, const char *format, va_list list)
{
	char text[sizeof(why->text)];
	const char *words = error < 0 ? strerrordesc_np(-error) : NULL;
	int len = vsnprintf(text, sizeof(text), format, list);

	must(len >= 0);
	if (words && (size_t)len < sizeof(text))
		(void)snprintf(text + len, sizeof(text) - (size_t)len, ": %s",
			       words);
	(void)escape_text(why->text, sizeof(why->text), bytes_of_string(text),
			  false);
}

int why_failed(struct why *why, int error, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	say(why, error, format, list);
	va_end(list);
	return error;
}

int why_is(struct why *why, int error, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	say(why, 0, format, list);
	va_end(list);
	return error;
}
