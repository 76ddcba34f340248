/* SPDX-License-Identifier: GPL-2.0-or-later */
/* prefix - taking apart what stands before a kernel message. */
#include "host/kernel/prefix.h"

#include <string.h>

enum {
	/* How much of other people's output may stand before the kernel's. */
	JUNK_MAX = 256,
	SYSLOG_TAG_MAX = 160,
	TIME_DIGITS_MAX = 12,
};

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool is_alpha(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static uint8_t at(struct bytes b, size_t i)
{
	return i < b.len ? b.data[i] : 0;
}

static bool starts(struct bytes b, const char *text)
{
	size_t n = strlen(text);

	return b.len >= n && memcmp(b.data, text, n) == 0;
}

/* "\r", NULs and "\x1b[…m", which consoles leave at the start of a line. */
static void skip_terminal_noise(struct bytes *b)
{
	for (;;) {
		uint8_t c = at(*b, 0);
		size_t i = 2;

		if ((c == '\r' || c == 0) && b->len > 0) {
			bytes_take(b, 1);
			continue;
		}
		if (c != 0x1b || at(*b, 1) != '[')
			return;
		while (i < b->len && (is_digit(b->data[i]) || at(*b, i) == ';'))
			i++;
		bytes_take(b, i + 1);
	}
}

/* "<N>"; the number is facility * 8 + level. */
static void take_level(struct bytes *b, struct line_prefix *prefix)
{
	size_t i = 1;
	int n = 0;

	if (at(*b, 0) != '<')
		return;
	while (i < 5 && is_digit(at(*b, i)))
		n = n * 10 + (at(*b, i++) - '0');
	if (i == 1 || at(*b, i) != '>')
		return;
	prefix->level = n % 8;
	/* No facility test: syslog(2) and old vendors' loggers give user
	 * facilities to the kernel's own lines. */
	bytes_take(b, i + 1);
}

/* "[  12.345678]" or "[  12.345678@1]"; false and b untouched if it is none. */
static bool take_time(struct bytes *b, struct line_prefix *prefix)
{
	uint64_t seconds = 0, fraction = 0, scale = 1000000;
	size_t i = 1, digits;

	if (at(*b, 0) != '[')
		return false;
	while (at(*b, i) == ' ' && i < TIME_DIGITS_MAX)
		i++;
	for (digits = 0; is_digit(at(*b, i)); i++, digits++) {
		if (digits == TIME_DIGITS_MAX)
			return false;
		seconds = seconds * 10 + (uint64_t)(at(*b, i) - '0');
	}
	if (digits == 0 || at(*b, i++) != '.')
		return false;
	for (digits = 0; is_digit(at(*b, i)); i++, digits++) {
		scale /= 10;
		fraction += (uint64_t)(at(*b, i) - '0') * scale;
	}
	if (digits < 3 || digits > 9)
		return false;
	if (at(*b, i) == '@') {
		for (i++; is_digit(at(*b, i)); i++)
			;
	}
	if (at(*b, i) != ']')
		return false;
	prefix->time_us = seconds * 1000000 + fraction;
	prefix->has_time = true;
	bytes_take(b, i + 1);
	return true;
}

/* "[Mon Nov 23 17:17:00 2026] " of dmesg --ctime. */
static bool take_ctime(struct bytes *b, struct line_prefix *prefix)
{
	size_t i;

	if (b->len < 26 || b->data[0] != '[' || b->data[25] != ']' ||
	    b->data[14] != ':' || b->data[17] != ':')
		return false;
	for (i = 1; i < 4; i++) {
		if (!is_alpha(b->data[i]))
			return false;
	}
	prefix->has_time = true;
	bytes_take(b, 26);
	return true;
}

/* "[ T123]" or "[C0]" after the time. The space between is optional. */
static void take_caller(struct bytes *b, struct line_prefix *prefix)
{
	size_t i = 0, begin;

	while (at(*b, i) == ' ' && i < 2)
		i++;
	if (at(*b, i) != '[')
		return;
	i++;
	while (at(*b, i) == ' ' && i < 16)
		i++;
	begin = i;
	if (at(*b, i) != 'T' && at(*b, i) != 'C')
		return;
	i++;
	if (!is_digit(at(*b, i)))
		return;
	while (is_digit(at(*b, i)) && i < 32)
		i++;
	if (at(*b, i) != ']')
		return;
	prefix->caller = bytes_of(b->data + begin, i - begin);
	bytes_take(b, i + 1);
}

/* "kern  :err   : " of dmesg --decode. */
static void take_decoded_level(struct bytes *b, struct line_prefix *prefix)
{
	if (b->len < 15 || b->data[6] != ':' || b->data[13] != ':' ||
	    b->data[14] != ' ')
		return;
	if (starts(*b, "user") || starts(*b, "daemon"))
		prefix->foreign = true;
	else if (!starts(*b, "kern"))
		return;
	bytes_take(b, 15);
}

/* The length of a word without spaces at b's start, or 0. */
static size_t word_length(struct bytes b)
{
	size_t i = 0;

	while (i < SYSLOG_TAG_MAX && at(b, i) > ' ')
		i++;
	return at(b, i) == ' ' ? i : 0;
}

/* "17:17:00" */
static bool is_clock(struct bytes b)
{
	return is_digit(at(b, 0)) && is_digit(at(b, 1)) && at(b, 2) == ':' &&
	       is_digit(at(b, 3)) && is_digit(at(b, 4)) && at(b, 5) == ':' &&
	       is_digit(at(b, 6)) && is_digit(at(b, 7));
}

/* The length of "Nov " or of "июл. " at b's start, or 0. */
static size_t name_of_date_length(struct bytes b)
{
	size_t i = 0;

	while (i < 16 && (is_alpha(at(b, i)) || at(b, i) >= 0x80 ||
			  (i > 0 && at(b, i) == '.')))
		i++;
	if (i < 3 || at(b, i) != ' ')
		return 0;
	while (at(b, i) == ' ')
		i++;
	return i;
}

/* The length of "Nov 23 17:17:00", perhaps with the weekday before it, in any
 * language, or 0. */
static size_t traditional_date_length(struct bytes b)
{
	size_t i = name_of_date_length(b);

	if (i == 0)
		return 0;
	if (is_alpha(at(b, i)))
		i += name_of_date_length(bytes_of(b.data + i, b.len - i));
	if (!is_digit(at(b, i++)))
		return 0;
	i += is_digit(at(b, i));
	if (at(b, i) != ' ')
		return 0;
	bytes_take(&b, i + 1);
	return is_clock(b) ? i + 9 : 0;
}

/* The length of "2026-11-23T17:17:00…", or 0. */
static size_t iso_date_length(struct bytes b)
{
	struct bytes clock = b;
	size_t n = word_length(b);

	if (n < 19 || !is_digit(b.data[0]) || !is_digit(b.data[3]) ||
	    b.data[4] != '-' || b.data[7] != '-' || b.data[10] != 'T')
		return 0;
	bytes_take(&clock, 11);
	return is_clock(clock) ? n : 0;
}

/* How much of b looks like shape: "0" is any digit. */
static bool has_shape(struct bytes b, const char *shape)
{
	for (size_t i = 0; shape[i]; i++) {
		if (shape[i] == '0' ? !is_digit(at(b, i))
				    : at(b, i) != (uint8_t)shape[i])
			return false;
	}
	return true;
}

/* "2026/11/23 17:17:00 ", "2026-11-23T17:17:00.123456 ", "17:17:00.123 ",
 * perhaps in brackets: what terminal programs and test labs put before. */
static void take_stamp(struct bytes *b)
{
	static const char *const dates[] = {"0000/00/00 ", "0000-00-00 ",
					    "0000-00-00T", ""};
	struct bytes rest = *b;
	bool bracket = at(rest, 0) == '[';
	size_t i = 0;

	bytes_take(&rest, bracket);
	while (dates[i][0] && !has_shape(rest, dates[i]))
		i++;
	bytes_take(&rest, strlen(dates[i]));
	if (!is_clock(rest))
		return;
	bytes_take(&rest, 8);
	if (at(rest, 0) == '.' || at(rest, 0) == ',')
		bytes_take(&rest, 1);
	while (is_digit(at(rest, 0)))
		bytes_take(&rest, 1);
	if (at(rest, 0) == 'Z')
		bytes_take(&rest, 1);
	if (bracket && at(rest, 0) != ']')
		return;
	bytes_take(&rest, bracket);
	if (at(rest, 0) != ' ')
		return;
	bytes_take(&rest, 1);
	*b = rest;
}

/* "kernel: ", "kernel[0]: ", "vmunix: ": the tags of kernel messages. */
static size_t kernel_tag_length(struct bytes b)
{
	static const char *const names[] = {"kernel", "vmunix"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		size_t n = strlen(names[i]);

		if (!starts(b, names[i]))
			continue;
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

	while (i < SYSLOG_TAG_MAX &&
	       (is_alpha(at(b, i)) || is_digit(at(b, i)) ||
		(at(b, i) && strchr("_-./()[]@", at(b, i)))))
		i++;
	if (i == 0 || at(b, i) != ':')
		return 0;
	return at(b, i + 1) == ' ' ? i + 2 : i + 1;
}

/* Syslog daemons write the zone behind ISO dates; test labs don't. */
static bool has_zone(struct bytes b)
{
	struct bytes end = b;
	size_t n = word_length(b);

	if (n < 20)
		return false;
	bytes_take(&end, n - 6);
	return b.data[n - 1] == 'Z' || has_shape(end, "+00:00") ||
	       has_shape(end, "-00:00");
}

/* A syslog line: date, host, perhaps "facility.level", tag. Everybody's tag
 * but the kernel's is foreign; the kernel's may be missing before a time. */
static void take_syslog(struct bytes *b, struct line_prefix *prefix)
{
	struct bytes rest = *b;
	size_t date = traditional_date_length(rest);

	if (date == 0 && has_zone(rest))
		date = iso_date_length(rest);
	if (date == 0)
		return;
	prefix->logged = true;
	bytes_take(&rest, date);
	for (int words = 0; words < 3; words++) {
		struct line_prefix inner = *prefix;
		struct bytes probe;
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
		if (take_time(&probe, &inner)) {
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

/* "2026-11-23T17:17:00,123456+01:00 " of dmesg --time-format=iso. */
static bool take_iso(struct bytes *b, struct line_prefix *prefix)
{
	size_t n = iso_date_length(*b);

	if (n < 26 || b->data[19] != ',')
		return false;
	prefix->has_time = true;
	bytes_take(b, n);
	return true;
}

/* "systemd[1]: ", as daemons write to /dev/kmsg; the kernel never does. */
static bool is_daemon_text(struct bytes b)
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

/* " (2)[3122:Binder:1]", the CPU and the task, of MediaTek's kernels. */
static void take_vendor(struct bytes *b)
{
	size_t i = 0;

	while (at(*b, i) == ' ' && i < 2)
		i++;
	if (at(*b, i) != '(' || !is_digit(at(*b, i + 1)) ||
	    at(*b, i + 2) != ')' || at(*b, i + 3) != '[' ||
	    !is_digit(at(*b, i + 4)))
		return;
	for (i += 4; i < 48 && at(*b, i) != ']'; i++)
		;
	if (at(*b, i) == ']')
		bytes_take(b, i + 1);
}

/* "host kernel: " behind the time, of journalctl -o short-monotonic. Other
 * names there are daemons'. */
static void take_journal(struct bytes *b, struct line_prefix *prefix)
{
	struct bytes rest = *b;
	size_t n;

	if (at(rest, 0) == ' ')
		bytes_take(&rest, 1);
	n = word_length(rest);
	if (n == 0 || rest.data[n - 1] == ':' || rest.data[n - 1] == ']')
		return;
	bytes_take(&rest, n + 1);
	n = kernel_tag_length(rest);
	if (n > 0) {
		prefix->logged = true;
		bytes_take(&rest, n);
		*b = rest;
		return;
	}
	if (is_daemon_text(rest))
		prefix->foreign = true;
}

/* Output of something else may precede the kernel's on the same line. */
static void skip_junk(struct bytes *b, struct line_prefix *prefix)
{
	size_t cap = b->len < JUNK_MAX ? b->len : JUNK_MAX;
	size_t i = 0;

	while (i < cap) {
		const uint8_t *found = memchr(b->data + i, '[', cap - i);
		struct bytes rest;

		if (!found)
			return;
		i = (size_t)(found - b->data);
		rest = bytes_of(found, b->len - i);
		if (take_time(&rest, prefix)) {
			*b = rest;
			return;
		}
		i++;
	}
}

void line_prefix_parse(struct bytes line, struct line_prefix *ret_prefix)
{
	struct line_prefix prefix = {.level = -1};
	struct bytes b = line;

	skip_terminal_noise(&b);
	take_level(&b, &prefix);
	take_decoded_level(&b, &prefix);
	if (take_time(&b, &prefix)) {
		take_vendor(&b);
		take_journal(&b, &prefix);
	} else if (!take_ctime(&b, &prefix) && !take_iso(&b, &prefix)) {
		take_syslog(&b, &prefix);
		if (!prefix.logged)
			take_stamp(&b);
		take_level(&b, &prefix);
		if (!take_time(&b, &prefix) && !prefix.foreign)
			skip_junk(&b, &prefix);
	}
	if (prefix.has_time || at(b, 0) == '[')
		take_caller(&b, &prefix);
	if ((prefix.has_time || prefix.caller.len > 0) && at(b, 0) == ' ')
		bytes_take(&b, 1);
	while (b.len > 0 && b.data[b.len - 1] == '\r')
		b.len--;
	if (is_daemon_text(b) || starts(b, "[U] "))
		prefix.foreign = true;
	prefix.text = b;
	*ret_prefix = prefix;
}
