/* SPDX-License-Identifier: GPL-2.0-or-later */
/* timestamp - recognising dates and times. */
#include "host/kernel/timestamp.h"

#include "host/kernel/chars.h"

#include <string.h>

enum {
	DIGITS_MAX = 12,
};

/* Does b begin so? "0" is any digit, "A" any letter. */
static bool has_shape(struct bytes b, const char *shape)
{
	for (size_t i = 0; shape[i]; i++) {
		uint8_t c = at(b, i);

		if (shape[i] == '0'   ? !is_digit(c)
		    : shape[i] == 'A' ? !is_alpha(c)
				      : c != (uint8_t)shape[i])
			return false;
	}
	return true;
}

/* The end of " <    0.000001>" at i, or i: the time since the last line. */
static size_t skip_delta(struct bytes b, size_t i)
{
	size_t end = i + 2;

	if (at(b, i) != ' ' || at(b, i + 1) != '<')
		return i;
	while (is_digit(at(b, end)) || at(b, end) == ' ' || at(b, end) == '.')
		end++;
	return at(b, end) == '>' ? end + 1 : i;
}

bool timestamp_take_printk(struct bytes *b, uint64_t *ret_us)
{
	uint64_t seconds = 0, fraction = 0, scale = 1000000;
	size_t i = 1, digits;

	if (at(*b, 0) != '[')
		return false;
	while (at(*b, i) == ' ' && i < DIGITS_MAX)
		i++;
	for (digits = 0; is_digit(at(*b, i)); i++, digits++) {
		if (digits == DIGITS_MAX)
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
	i = skip_delta(*b, i);
	if (at(*b, i) != ']')
		return false;
	*ret_us = seconds * 1000000 + fraction;
	bytes_take(b, i + 1);
	return true;
}

/* "17:17:00" */
static bool is_clock(struct bytes b)
{
	return has_shape(b, "00:00:00");
}

/* The length of "2026-11-23T17:17:00…", or 0. */
static size_t iso_length(struct bytes b)
{
	return has_shape(b, "0000-00-00T00:00:00") ? word_length(b) : 0;
}

/* "[  +0.000001]" of dmesg --reltime: the time since the last line. */
static size_t since_length(struct bytes b)
{
	size_t i = 1, digits = 0;

	while (at(b, i) == ' ' && i < DIGITS_MAX)
		i++;
	if (at(b, 0) != '[' || at(b, i) != '+')
		return 0;
	for (i++; is_digit(at(b, i)) && digits < DIGITS_MAX; i++)
		digits++;
	if (digits == 0 ||
	    !has_shape(bytes_of(b.data + i, b.len - i), ".000000]"))
		return 0;
	return i + 8;
}

static size_t dmesg_length(struct bytes b)
{
	size_t n;

	if (has_shape(b, "[AAA AAA ") && b.len >= 26 && b.data[14] == ':' &&
	    b.data[17] == ':' && b.data[25] == ']')
		return 26;
	if (has_shape(b, "[AAA00 00:00]") || has_shape(b, "[AAA 0 00:00]"))
		return 13;
	n = since_length(b);
	if (n > 0)
		return n;
	n = iso_length(b);
	return n >= 26 && b.data[19] == ',' ? n : 0;
}

bool timestamp_take_dmesg(struct bytes *b)
{
	return bytes_take(b, dmesg_length(*b)).len > 0;
}

bool timestamp_take_lab(struct bytes *b)
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
		return false;
	bytes_take(&rest, 8);
	if (at(rest, 0) == '.' || at(rest, 0) == ',')
		bytes_take(&rest, 1);
	while (is_digit(at(rest, 0)))
		bytes_take(&rest, 1);
	if (at(rest, 0) == 'Z')
		bytes_take(&rest, 1);
	if (bracket && at(rest, 0) != ']')
		return false;
	bytes_take(&rest, bracket);
	if (at(rest, 0) != ' ')
		return false;
	bytes_take(&rest, 1);
	*b = rest;
	return true;
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
static size_t traditional_length(struct bytes b)
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

/* Syslog daemons write the zone behind ISO dates; test labs don't. */
static bool has_zone(struct bytes b, size_t n)
{
	struct bytes end = bytes_of(b.data + n - 6, 6);

	return b.data[n - 1] == 'Z' || has_shape(end, "+00:00") ||
	       has_shape(end, "-00:00") || has_shape(end, "0+0000") ||
	       has_shape(end, "0-0000");
}

/* journalctl -o short-full: "Mon 2026-11-23 17:17:00 UTC", or 0. */
static size_t full_length(struct bytes b)
{
	size_t n;

	if (!has_shape(b, "AAA 0000-00-00 00:00:00 A"))
		return 0;
	n = word_length(bytes_of(b.data + 24, b.len - 24));
	return n > 0 ? 24 + n : 0;
}

/* journalctl -o short-unix: "1795454220.123456", or 0. */
static size_t unix_length(struct bytes b)
{
	return has_shape(b, "0000000000.000000 ") ? 17 : 0;
}

size_t timestamp_syslog_length(struct bytes b)
{
	size_t n = traditional_length(b);

	if (n > 0)
		return n;
	n = iso_length(b);
	if (n >= 20 && has_zone(b, n))
		return n;
	n = full_length(b);
	return n > 0 ? n : unix_length(b);
}
