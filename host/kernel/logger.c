/* SPDX-License-Identifier: GPL-2.0-or-later */
/* logger - hosts and tags before a kernel message. */
#include "host/kernel/logger.h"

#include "host/kernel/chars.h"
#include "host/kernel/timestamp.h"

#include <string.h>

/* "kernel: ", "kernel[0]: ", "vmunix: ": the tags of kernel messages, and
 * "kernel - - - " where all fields of RFC 5424 are written. */
static size_t kernel_tag_length(struct bytes b)
{
	static const char *const names[] = {"kernel", "vmunix"};
	static const char fields[] = " - - - ";

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		size_t n = strlen(names[i]);

		if (!starts(b, names[i]))
			continue;
		if (starts(bytes_of(b.data + n, b.len - n), fields))
			return n + sizeof(fields) - 1;
		if (at(b, n) == '[') {
			for (n++; is_digit(at(b, n)); n++)
				;
			n += at(b, n) == ']';
		}
		if (at(b, n) == ':')
			return n + (at(b, n + 1) == ' ' ? 2 : 1);
	}
	return 0;
}

/* What a daemon calls itself: "name: ", "name[12]: ", "(name)[12]: ". */
static size_t tag_length(struct bytes b)
{
	size_t i = 0;

	while (i < WORD_MAX && (is_alpha(at(b, i)) || is_digit(at(b, i)) ||
				(at(b, i) && strchr("_-./()[]@", at(b, i)))))
		i++;
	if (i == 0 || at(b, i) != ':')
		return 0;
	return at(b, i + 1) == ' ' ? i + 2 : i + 1;
}

/* A syslog line: date, host, perhaps "facility.level", tag. Everybody's tag
 * but the kernel's is foreign; the kernel's may be missing before a time. */
void logger_take_syslog(struct bytes *b, struct line_prefix *prefix)
{
	struct bytes rest = *b;
	size_t date = timestamp_syslog_length(rest);

	if (date == 0)
		return;
	prefix->logged = true;
	bytes_take(&rest, date);
	for (int words = 0; words < 3; words++) {
		struct bytes probe;
		uint64_t time_us;
		size_t n;

		while (at(rest, 0) == ' ')
			bytes_take(&rest, 1);
		n = kernel_tag_length(rest);
		if (n > 0) {
			bytes_take(&rest, n);
			*b = rest;
			return;
		}
		probe = rest;
		if (timestamp_take_printk(&probe, &time_us)) {
			*b = rest;
			return;
		}
		/* The host's name has no colon behind it. */
		n = tag_length(rest);
		if (n > 0) {
			prefix->foreign = true;
			bytes_take(&rest, n);
			*b = rest;
			return;
		}
		n = word_length(rest);
		if (n == 0)
			return;
		bytes_take(&rest, n);
	}
}

/* "systemd[1]: ", as daemons write to /dev/kmsg; the kernel never does. */
bool logger_is_daemon(struct bytes b)
{
	size_t i = 0, digits;

	while (i < 40 &&
	       (is_alpha(at(b, i)) || is_digit(at(b, i)) || at(b, i) == '-' ||
		at(b, i) == '_' || at(b, i) == '.' || at(b, i) == '('))
		i++;
	while (at(b, i) == ')')
		i++;
	if (i == 0 || at(b, i) != '[')
		return false;
	for (i++, digits = 0; is_digit(at(b, i)); i++)
		digits++;
	return digits > 0 && at(b, i) == ']' && at(b, i + 1) == ':';
}

/* The blank behind it stays, as behind a time. */
static bool take_kernel_tag(struct bytes *b, struct line_prefix *prefix)
{
	size_t n = kernel_tag_length(*b);

	if (n == 0)
		return false;
	prefix->logged = true;
	bytes_take(b, b->data[n - 1] == ' ' ? n - 1 : n);
	return true;
}

/* "host kernel: " behind the time, of journalctl -o short-monotonic, or
 * "kernel: " with --no-hostname. Other names there are daemons'. */
void logger_take_journal(struct bytes *b, struct line_prefix *prefix)
{
	struct bytes rest = *b;
	size_t n;

	if (at(rest, 0) == ' ')
		bytes_take(&rest, 1);
	if (take_kernel_tag(&rest, prefix)) {
		*b = rest;
		return;
	}
	n = word_length(rest);
	if (n == 0 || rest.data[n - 1] == ':' || rest.data[n - 1] == ']')
		return;
	bytes_take(&rest, n + 1);
	if (take_kernel_tag(&rest, prefix))
		*b = rest;
	else if (logger_is_daemon(rest))
		prefix->foreign = true;
}
