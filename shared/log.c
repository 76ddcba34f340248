/* SPDX-License-Identifier: GPL-2.0-or-later */
/* log - lines for people on stderr; the program's, never the guest's. */
#include "shared/log.h"

#include "shared/fd.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

enum { LOG_LINE = 4096 };

static const char *log_program = "fstvm";
static enum log_level log_level = LOG_INFO;

void log_open(const char *program, enum log_level level)
{
	log_program = program;
	log_level = level;
}

/* One write, so that lines of several programs don't mix. */
static void log_write(const char *line, size_t len)
{
	int r = fd_write_all(2, line, len);

	(void)r; /* stderr is gone: there is nobody to tell */
}

void log_line(enum log_level level, const char *format, ...)
{
	char line[LOG_LINE];
	int saved_errno = errno;
	int len = 0;
	va_list args;

	if (level > log_level)
		return;
	len = snprintf(line, sizeof(line), "%s: %s", log_program,
		       level == LOG_WARNING ? "warning: " : "");
	va_start(args, format);
	/* Two bytes stay for the newline and the NUL. */
	if (len >= 0 && len < LOG_LINE - 2) {
		int room = LOG_LINE - 1 - len;
		int text = vsnprintf(line + len, (size_t)room, format, args);

		if (text > 0)
			len += text < room ? text : room - 1;
		line[len++] = '\n';
		log_write(line, (size_t)len);
	}
	va_end(args);
	errno = saved_errno;
}
