/* SPDX-License-Identifier: GPL-2.0-or-later */
/* detail - reading a report's particulars. */
#include "host/kernel/detail.h"

#include "host/kernel/chars.h"

#include <string.h>

enum {
	STALL_TIMEOUT_S = 21,
};

/* What is behind lead; false when lead is not in b. */
static bool behind(struct bytes b, const char *lead, struct bytes *ret_rest)
{
	const uint8_t *found = find_text(b, lead);

	if (!found)
		return false;
	bytes_take(&b, (size_t)(found - b.data) + strlen(lead));
	*ret_rest = b;
	return true;
}

static struct bytes before(struct bytes b, const char *stop)
{
	const uint8_t *found = find_text(b, stop);

	return found ? bytes_of(b.data, (size_t)(found - b.data)) : b;
}

static bool number(struct bytes b, int64_t *ret_number)
{
	int64_t n = 0;
	size_t i = 0;

	for (; is_digit(at(b, i)) && i < 10; i++)
		n = n * 10 + (at(b, i) - '0');
	if (i == 0)
		return false;
	*ret_number = n;
	return true;
}

static void copy_text(char *to, size_t cap, struct bytes from)
{
	size_t n = 0;

	while (from.len > 0 && from.data[0] == ' ')
		bytes_take(&from, 1);
	while (from.len > 0 && from.data[from.len - 1] == ' ')
		from.len--;
	for (size_t i = 0; i < from.len && n + 1 < cap; i++)
		to[n++] = from.data[i] >= ' ' && from.data[i] < 0x7f
				  ? (char)from.data[i]
				  : '?';
	to[n] = '\0';
}

/* "Tainted: G        W         6.12.0-rc1 #2 PREEMPT": the flags are words
 * of capitals; 6.11 and later put "[W]=WARN, …" behind them. */
static struct bytes take_taint(struct bytes *b)
{
	struct bytes taint = *b;
	size_t i = 0;

	while (i < b->len &&
	       (b->data[i] == ' ' || (b->data[i] >= 'A' && b->data[i] <= 'Z')))
		i++;
	taint.len = i;
	bytes_take(b, i);
	return taint;
}

/* "Not tainted 6.12.0 #1", "Tainted: G        W          6.12.0 #1": false and
 * nothing read when rest says neither. */
static bool read_taint(struct report *report, struct bytes rest)
{
	struct bytes line;

	if (behind(rest, "Not tainted ", &line))
		copy_text(report->taint, sizeof(report->taint),
			  bytes_of_string("Not tainted"));
	else if (behind(rest, "Tainted: ", &line))
		copy_text(report->taint, sizeof(report->taint),
			  take_taint(&line));
	else
		return false;
	copy_text(report->kernel, sizeof(report->kernel), line);
	return true;
}

/* lib/dump_stack.c, dump_stack_print_info(): "CPU: 1 UID: 0 PID: 2 Comm: x
 * Not tainted 6.12.0 #1 PREEMPT" */
static void read_task_line(struct report *report, struct bytes line)
{
	struct bytes rest;
	int64_t n;

	if (!behind(line, "CPU: ", &rest) || !number(rest, &n))
		return;
	report->cpu = (int)n;
	if (behind(line, " PID: ", &rest) && number(rest, &n))
		report->pid = n;
	if (!behind(line, "Comm: ", &rest))
		return;
	if (read_taint(report, rest))
		rest = before(before(rest, " Not tainted "), " Tainted: ");
	copy_text(report->comm, sizeof(report->comm), rest);
}

static void read_lines(struct report *report, struct bytes text)
{
	while (text.len > 0) {
		struct bytes line = before(text, "\n");

		bytes_take(&text, line.len + 1);
		if (line.len < 5 || memcmp(line.data, "CPU: ", 5) != 0)
			continue;
		read_task_line(report, line);
		if (report->comm[0])
			return;
	}
}

/* "[comm:pid]" or "comm:pid", where comm may hold colons. */
static void read_task(struct report *report, struct bytes b)
{
	size_t colon = 0;
	int64_t n;

	for (size_t i = 0; i < b.len; i++) {
		if (b.data[i] == ':' || b.data[i] == '/')
			colon = i;
	}
	if (colon == 0 ||
	    !number(bytes_of(b.data + colon + 1, b.len - colon - 1), &n))
		return;
	report->pid = n;
	copy_text(report->comm, sizeof(report->comm), bytes_of(b.data, colon));
}

/* kernel/hung_task.c: "INFO: task a:1 blocked for more than 120 seconds.", then
 * "      Tainted: G        W           6.17.0 #1" */
static void read_hung(struct report *report, struct bytes header,
		      struct bytes text)
{
	struct bytes rest;
	int64_t n;

	if (!behind(header, "INFO: task ", &rest))
		return;
	read_task(report, before(before(rest, " blocked"), " can't die"));
	if (behind(rest, "for more than ", &rest) && number(rest, &n))
		report->age_s = (uint32_t)n;
	if (behind(text, " seconds.\n", &rest))
		read_taint(report, before(rest, "\n"));
}

/* mm/kmemleak.c, since 2.6.31: "  comm \"mount\", pid 1234, jiffies 4294..." */
static void read_leak(struct report *report, struct bytes text)
{
	struct bytes rest, line;
	int64_t n;

	if (!behind(text, "  comm \"", &rest))
		return;
	line = before(rest, "\n");
	if (!behind(line, "\", pid ", &rest) || !number(rest, &n))
		return;
	report->pid = n;
	copy_text(report->comm, sizeof(report->comm), before(line, "\", pid "));
}

/* kernel/watchdog.c: "BUG: soft lockup - CPU#2 stuck for 22s! [a:1]" */
static void read_lockup(struct report *report, struct bytes header)
{
	struct bytes rest;
	int64_t n;

	if (behind(header, "CPU#", &rest) && number(rest, &n))
		report->cpu = (int)n;
	if (behind(header, "stuck for ", &rest) && number(rest, &n))
		report->age_s = (uint32_t)n;
	if (behind(header, "! [", &rest))
		read_task(report, before(rest, "]"));
}

/* At least how long that many jiffies are. HZ is not known: the highest with
 * which a stall is as old as it must be to be told (RCU_CPU_STALL_TIMEOUT, 21
 * by default); if there is none, that was set lower, and HZ may be any. */
static uint32_t stall_seconds(int64_t jiffies)
{
	static const int hz[] = {1000, 300, 250, 100};

	for (size_t i = 0; i < sizeof(hz) / sizeof(hz[0]); i++) {
		if (jiffies / hz[i] >= STALL_TIMEOUT_S)
			return (uint32_t)(jiffies / hz[i]);
	}
	return (uint32_t)(jiffies / hz[0]);
}

/* kernel/rcu/tree_stall.h: "(t=21003 jiffies g=…", "(detected by 1, t=21003
 * jiffies, …"; kernel/rcu/tree_exp.h: "{ 1-...D } 21512 jiffies s: 1021" */
static void read_stall(struct report *report, struct bytes text)
{
	struct bytes rest;
	int64_t n;

	if ((behind(text, "(t=", &rest) || behind(text, ", t=", &rest) ||
	     (behind(text, " expedited stalls on ", &rest) &&
	      behind(before(rest, "\n"), "} ", &rest) &&
	      before(rest, " jiffies s: ").len < rest.len)) &&
	    number(rest, &n))
		report->age_s = stall_seconds(n);
}

/* " at fs/x.c:12 f+0x…", "kernel BUG at fs/x.c:12!", "WARNING: fs/x.c:12 at" */
static void read_source(struct report *report, struct bytes header)
{
	for (size_t i = 2; i + 1 < header.len; i++) {
		size_t begin = i, end = i + 1;

		if (header.data[i] != ':' || !is_digit(header.data[i + 1]) ||
		    header.data[i - 2] != '.')
			continue;
		while (begin > 0 && header.data[begin - 1] > ' ' &&
		       header.data[begin - 1] < 0x7f)
			begin--;
		while (is_digit(at(header, end)))
			end++;
		copy_text(report->source, sizeof(report->source),
			  bytes_of(header.data + begin, end - begin));
		return;
	}
}

void detail_fill(struct report *report, struct bytes header, struct bytes text)
{
	struct bytes rest;

	read_lines(report, text);
	if (report->class == CLASS_HUNG_TASK)
		read_hung(report, header, text);
	else if (report->class == CLASS_RCU_STALL)
		read_stall(report, text);
	else if (report->severity == REPORT_HANG)
		read_lockup(report, header);
	if (report->class == CLASS_MEMLEAK)
		read_leak(report, text);
	if (report->class == CLASS_WARNING ||
	    report->class == CLASS_KERNEL_BUG || report->class == CLASS_UBSAN)
		read_source(report, header);
	/* An assertion's own line stood before. */
	if (report->class == CLASS_KERNEL_BUG && !report->source[0] &&
	    behind(text, "kernel BUG at ", &rest))
		read_source(report, before(rest, "!"));
	/* 6.19 and later have the task in a WARN()'s first line. */
	if (report->class == CLASS_WARNING && report->pid < 0 &&
	    behind(header, ", CPU#", &rest) && behind(rest, ": ", &rest))
		read_task(report, rest);
}
