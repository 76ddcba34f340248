/* SPDX-License-Identifier: GPL-2.0-or-later */
/* complaint - why a request of the user can't be met. */
#include "host/plan/complaint.h"

#include <stdarg.h>
#include <stdio.h>

int complaint_set(struct complaint *complaint, int error, const char *format,
		  ...)
{
	va_list arguments;

	must(error < 0);
	if (complaint->text[0])
		return error;
	va_start(arguments, format);
	vsnprintf(complaint->text, sizeof(complaint->text), format, arguments);
	va_end(arguments);
	return error;
}
