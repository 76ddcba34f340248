/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pattern - finding the row of the table that a line answers to. */
#include "host/kernel/pattern.h"

#include "host/kernel/chars.h"
#include "host/kernel/codeaddr.h"
#include "host/kernel/matcher.h"
#include "host/kernel/sketch.h"
#include "host/kernel/stackframe.h"
#include "host/kernel/table.h"
#include "shared/must.h"

#include <stdlib.h>
#include <string.h>

enum {
	/* "NMI watchdog: ", "rcu: ", "[ ": what may precede START's text. */
	LEAD_MAX = 48,
	EXCEPTIONS_MAX = 64,
};

struct pattern_set {
	struct matcher *matcher; /* of all rows */
	/* Of the rows whose text holds no other's: fewer, and enough to say
	 * that a text is of no interest. */
	struct matcher *scanner;
	size_t count;
	const char *texts[MATCHER_STRINGS_MAX + 1];
	const char *short_texts[MATCHER_STRINGS_MAX + 1];
	uint64_t exceptions[EXCEPTIONS_MAX]; /* their sketches */
};

const struct pattern *pattern_rows(size_t *ret_count)
{
	size_t n = 0;

	while (pattern_table[n].text)
		n++;
	*ret_count = n;
	return pattern_table;
}

static void keep_shortest(struct pattern_set *set)
{
	size_t kept = 0;

	for (size_t i = 0; i < set->count; i++) {
		bool implied = false;

		for (size_t j = 0; j < set->count && !implied; j++)
			implied = strstr(set->texts[i], set->texts[j]) &&
				  (strcmp(set->texts[i], set->texts[j]) != 0 ||
				   j < i);
		if (!implied)
			set->short_texts[kept++] = set->texts[i];
	}
}

struct pattern_set *pattern_set_create(void)
{
	struct pattern_set *set = calloc(1, sizeof(*set));

	if (!set)
		return NULL;
	while (pattern_table[set->count].text &&
	       set->count < MATCHER_STRINGS_MAX) {
		set->texts[set->count] = pattern_table[set->count].text;
		set->count++;
	}
	keep_shortest(set);
	for (size_t i = 0; pattern_exceptions[i]; i++) {
		must(i < EXCEPTIONS_MAX);
		set->exceptions[i] =
			sketch_of(bytes_of_string(pattern_exceptions[i]));
	}
	set->matcher = matcher_create(set->texts);
	set->scanner = matcher_create(set->short_texts);
	if (!set->matcher || !set->scanner) {
		pattern_set_destroy(set);
		return NULL;
	}
	return set;
}

void pattern_set_destroy(struct pattern_set *set)
{
	if (!set)
		return;
	matcher_destroy(set->matcher);
	matcher_destroy(set->scanner);
	free(set);
}

static bool is_lead_byte(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '_' || c == ' ' || c == '/' ||
	       c == '.' || c == '-' || c == ':';
}

/* Without the "(123): " behind a task's name; sparc's die_if_kernel(). */
static struct bytes without_pid(struct bytes lead)
{
	size_t i = lead.len - 3;

	if (lead.len < 5 || lead.data[i] != ')')
		return lead;
	while (i > 0 && is_digit(lead.data[i - 1]))
		i--;
	if (i > 1 && i < lead.len - 3 && lead.data[i - 1] == '(')
		lead.len = i - 1;
	return lead;
}

/* May a message begin so? "", "[ ", "watchdog: ", "NMI watchdog: ". */
static bool is_lead(struct bytes lead)
{
	size_t i = 0;

	while (i < lead.len && strchr(" [*=-<>", lead.data[i]))
		i++;
	if (i == lead.len)
		return true;
	if (lead.len > LEAD_MAX || lead.data[lead.len - 1] != ' ' ||
	    lead.data[lead.len - 2] != ':')
		return false;
	lead = without_pid(lead);
	for (; i < lead.len; i++) {
		if (!is_lead_byte(lead.data[i]))
			return false;
	}
	/* Android's crash reporter; and a panic that cites its reason. */
	return !contains(lead, "DEBUG") && !contains(lead, "panic");
}

static size_t copy_line(char *to, size_t cap, struct bytes text)
{
	size_t n = text.len < cap - 1 ? text.len : cap - 1;

	for (size_t i = 0; i < n; i++)
		to[i] = text.data[i] ? (char)text.data[i] : ' ';
	to[n] = '\0';
	return n;
}

/* In any case of letters: syslog daemons are known to raise it. */
static bool is_exception(const struct pattern_set *set, struct bytes text)
{
	char line[512];
	size_t n = copy_line(line, sizeof(line), text);
	uint64_t sketch = sketch_of(bytes_of(line, n));

	for (size_t i = 0; n && pattern_exceptions[i]; i++) {
		if (sketch_may_hold(sketch, set->exceptions[i]) &&
		    strcasestr(line, pattern_exceptions[i]))
			return true;
	}
	return false;
}

/* "f+0x1/0x2", or " at f (x.c:12)" when it went through
 * decode_stacktrace.sh. */
static bool names_code(struct bytes text)
{
	const uint8_t *found;
	struct stackframe frame;
	struct codeaddr addr;

	if (codeaddr_find(text, &addr))
		return true;
	found = text.len > 0 ? memmem(text.data, text.len, " at ", 4) : NULL;
	if (!found)
		return false;
	bytes_take(&text, (size_t)(found - text.data) + 4);
	return stackframe_parse(text, &frame);
}

static bool row_holds(const struct pattern_set *set, const struct pattern *row,
		      struct bytes text, size_t offset)
{
	struct bytes rest = text;

	if ((row->flags & PATTERN_START) &&
	    !is_lead(bytes_of(text.data, offset)))
		return false;
	if (row->begins &&
	    (text.len < strlen(row->begins) ||
	     memcmp(text.data, row->begins, strlen(row->begins)) != 0))
		return false;
	bytes_take(&rest, offset + strlen(row->text));
	if (row->also && !contains(rest, row->also))
		return false;
	if ((row->flags & PATTERN_CODE) && !names_code(rest))
		return false;
	/* The end mark of a panic repeats its text. */
	if (contains(bytes_of(text.data, offset), "[ end "))
		return false;
	return !(row->flags & PATTERN_GENERIC) || !is_exception(set, text);
}

static bool begins(struct bytes b, const char *text)
{
	size_t n = strlen(text);

	return b.len >= n && memcmp(b.data, text, n) == 0;
}

/* Lines that say what others said: a test's result (KTAP, of kunit and
 * kselftest), the command line. */
static bool is_echo(struct bytes text)
{
	static const char *const leads[] = {
		"# ",
		"ok ",
		"not ok ",
		"Kernel command line: ",
		"Command line: ",
	};

	while (text.len > 0 && text.data[0] == ' ')
		bytes_take(&text, 1);
	for (size_t i = 0; i < sizeof(leads) / sizeof(leads[0]); i++) {
		if (begins(text, leads[i]))
			return true;
	}
	return false;
}

const struct pattern *pattern_find(const struct pattern_set *set,
				   const struct line_prefix *line)
{
	struct match_cursor cursor = {0};
	size_t best = set->count;
	struct match match;

	if (line->foreign)
		return NULL;
	while (matcher_next(set->matcher, line->text, &cursor, &match)) {
		if (match.which < best &&
		    row_holds(set, &pattern_table[match.which], line->text,
			      match.offset))
			best = match.which;
	}
	if (best == set->count || is_echo(line->text))
		return NULL;
	return &pattern_table[best];
}

size_t pattern_scan(const struct pattern_set *set, struct bytes text)
{
	return matcher_find(set->scanner, text);
}
