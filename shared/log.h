/* SPDX-License-Identifier: GPL-2.0-or-later */
/* log - lines for people on stderr; the program's, never the guest's.
 *
 * Host and agent mains log; shared/ and the pure modules are silent. A line
 * is "fstvm: text" or "fstvm: warning: text". Arguments that come from
 * outside must be escaped by the caller.
 */
#pragma once

enum log_level { LOG_ERROR, LOG_WARNING, LOG_INFO, LOG_DEBUG };

void log_open(const char *program, enum log_level level);
void log_line(enum log_level level, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#define log_error(...)	 log_line(LOG_ERROR, __VA_ARGS__)
#define log_warning(...) log_line(LOG_WARNING, __VA_ARGS__)
#define log_info(...)	 log_line(LOG_INFO, __VA_ARGS__)
#define log_debug(...)	 log_line(LOG_DEBUG, __VA_ARGS__)
