/* SPDX-License-Identifier: GPL-2.0-or-later */
/* prefix - taking apart what stands before a kernel message. */
#include "host/kernel/prefix.h"

#include "host/kernel/chars.h"
#include "host/kernel/citation.h"
#include "host/kernel/logger.h"
#include "host/kernel/timestamp.h"

#include <string.h>

enum {
	/* How much of other people's output may stand before the kernel's. */
	JUNK_MAX = 256,
	KMSG_HEADER_MAX = 96,
};

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

static bool take_time(struct bytes *b, struct line_prefix *prefix)
{
	if (!timestamp_take_printk(b, &prefix->time_us))
		return false;
	prefix->has_time = true;
	return true;
}

static bool take_dmesg_time(struct bytes *b, struct line_prefix *prefix)
{
	if (!timestamp_take_dmesg(b))
		return false;
	prefix->has_time = true;
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

/* " c6 ", the CPU, of Unisoc's kernels. */
static bool take_cpu(struct bytes *b)
{
	size_t i = 3;

	if (at(*b, 0) != ' ' || at(*b, 1) != 'c' || !is_digit(at(*b, 2)))
		return false;
	i += is_digit(at(*b, i));
	if (at(*b, i) != ' ')
		return false;
	bytes_take(b, i);
	return true;
}

/* " (2)[3122:Binder:1]", the CPU and the task, of MediaTek's kernels. */
static void take_vendor(struct bytes *b)
{
	size_t i = 0;

	if (take_cpu(b))
		return;
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

/* A number and the comma behind it. */
static bool take_field(struct bytes *b, uint64_t *ret_number)
{
	uint64_t n = 0;
	size_t i = 0;

	for (; is_digit(at(*b, i)) && i < 19; i++)
		n = n * 10 + (uint64_t)(at(*b, i) - '0');
	if (i == 0 || at(*b, i) != ',')
		return false;
	*ret_number = n;
	bytes_take(b, i + 1);
	return true;
}

/* "caller=T123" among the other fields of a record's header. */
static void take_caller_field(struct bytes fields, struct line_prefix *prefix)
{
	static const char lead[] = ",caller=";
	const uint8_t *found =
		memmem(fields.data, fields.len, lead, sizeof(lead) - 1);
	size_t n = 0;

	if (!found)
		return;
	bytes_take(&fields, (size_t)(found - fields.data) + sizeof(lead) - 1);
	while (n < fields.len && fields.data[n] != ',')
		n++;
	prefix->caller = bytes_of(fields.data, n);
}

/* "3,1234,100000000,-;" as read from /dev/kmsg (Documentation/ABI/testing/
 * dev-kmsg): level and facility, sequence, time, flags, perhaps more. */
static bool take_kmsg(struct bytes *b, struct line_prefix *prefix)
{
	size_t cap = b->len < KMSG_HEADER_MAX ? b->len : KMSG_HEADER_MAX;
	uint64_t priority, sequence, time_us;
	struct bytes rest = *b;
	const uint8_t *end;

	if (!take_field(&rest, &priority) || !take_field(&rest, &sequence) ||
	    !take_field(&rest, &time_us))
		return false;
	end = memchr(b->data, ';', cap);
	if (!end || end < rest.data)
		return false;
	take_caller_field(bytes_of(rest.data, (size_t)(end - rest.data)),
			  prefix);
	prefix->level = (int)(priority & 7);
	prefix->foreign = priority >> 3 != 0;
	prefix->time_us = time_us;
	prefix->has_time = true;
	bytes_take(b, (size_t)(end - b->data) + 1);
	return true;
}

/* The lines of a record behind its text (drivers/base/core.c). */
static bool is_dictionary(struct bytes b)
{
	return starts(b, " SUBSYSTEM=") || starts(b, " DEVICE=");
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

/* Only a date's indentation: a frame's is the kernel's own. */
static void skip_indent(struct bytes *b)
{
	struct bytes rest = *b, behind;

	citation_skip_indent(&rest, rest.len);
	behind = rest;
	if (timestamp_syslog_length(rest) > 0 ||
	    timestamp_take_dmesg(&behind) || timestamp_take_lab(&behind))
		*b = rest;
}

/* All but a record's header: in whatever order it comes. */
static void take_prefix(struct bytes *b, struct line_prefix *prefix)
{
	take_level(b, prefix);
	take_decoded_level(b, prefix);
	if (at(*b, 0) == ' ' || at(*b, 0) == '\t')
		skip_indent(b);
	if (take_time(b, prefix)) {
		take_vendor(b);
		logger_take_journal(b, prefix);
	} else if (!take_dmesg_time(b, prefix)) {
		logger_take_syslog(b, prefix);
		if (!prefix->logged)
			timestamp_take_lab(b);
		take_level(b, prefix);
		if (!take_time(b, prefix) && !prefix->foreign)
			skip_junk(b, prefix);
	}
	if (prefix->has_time || at(*b, 0) == '[')
		take_caller(b, prefix);
	if ((prefix->has_time || prefix->caller.len > 0) && at(*b, 0) == ' ')
		bytes_take(b, 1);
}

void line_prefix_parse(struct bytes line, struct line_prefix *ret_prefix)
{
	struct line_prefix prefix = {.level = -1};
	struct bytes b = line;

	skip_terminal_noise(&b);
	citation_skip_quotes(&b);
	if (!take_kmsg(&b, &prefix))
		take_prefix(&b, &prefix);
	prefix.begin = line.len - b.len;
	while (b.len > 0 && b.data[b.len - 1] == '\r')
		b.len--;
	if (logger_is_daemon(b) || starts(b, "[U] ") || is_dictionary(b))
		prefix.foreign = true;
	prefix.text = b;
	*ret_prefix = prefix;
}
