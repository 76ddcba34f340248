/* SPDX-License-Identifier: GPL-2.0-or-later */
/* counters - the kernel's own counts, held against its words. */
#include "host/run/counters.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* kernel/panic.c, taint_flags */
enum {
	TAINT_MACHINE_CHECK = 1 << 4,
	TAINT_BAD_PAGE = 1 << 5,
	TAINT_DIE = 1 << 7,
	TAINT_WARN = 1 << 9,
	TAINT_SOFTLOCKUP = 1 << 14,
};

static const struct {
	uint64_t bit;
	char letter;
} taints[] = {
	{TAINT_DIE, 'D'},	    {TAINT_WARN, 'W'},
	{TAINT_SOFTLOCKUP, 'L'},    {TAINT_BAD_PAGE, 'B'},
	{TAINT_MACHINE_CHECK, 'M'},
};

static bool contains(struct bytes b, const char *text)
{
	return b.len > 0 && memmem(b.data, b.len, text, strlen(text)) != NULL;
}

/* WARN()'s own line (kernel/panic.c, __warn()): "WARNING: CPU: 0 PID: 1 at
 * f+0x1/0x2", and since 6.19 "WARNING: fs/a.c:1 at f+0x1/0x2, CPU#0: a/1". */
static bool is_warn_line(struct bytes line)
{
	static const char lead[] = "WARNING: ";
	size_t n = sizeof(lead) - 1;

	return line.len > n && memcmp(line.data, lead, n) == 0 &&
	       (contains(line, "+0x") || contains(line, ": CPU: ") ||
		contains(line, ", CPU#"));
}

static uint64_t warn_lines(struct bytes text)
{
	uint64_t count = 0;

	while (text.len > 0) {
		const uint8_t *end = memchr(text.data, '\n', text.len);
		struct bytes line = bytes_take(
			&text, end ? (size_t)(end - text.data) : text.len);

		bytes_take(&text, 1);
		count += is_warn_line(line);
	}
	return count;
}

/* Other callers of check_panic_on_warn(): mm/{kasan,kfence}/report.c,
 * kernel/kcsan/report.c, lib/ubsan.c, kernel/sched/core.c. */
static bool counts_as_warning(const struct report *report)
{
	return report->class == CLASS_KASAN || report->class == CLASS_KFENCE ||
	       report->class == CLASS_KCSAN || report->class == CLASS_UBSAN ||
	       (report->class == CLASS_ATOMIC &&
		strstr(report->header, "scheduling while atomic"));
}

static bool is_oops(const struct report *report)
{
	return report->severity == REPORT_FATAL &&
	       report->class != CLASS_PANIC && report->class != CLASS_REBOOT;
}

/* The callers of add_taint(). */
static uint64_t taint_of(const struct report *report, uint64_t warnings)
{
	enum report_class class = report->class;
	uint64_t taint = is_oops(report) ? TAINT_DIE : 0;

	if (warnings > 0 || class == CLASS_ATOMIC)
		taint |= TAINT_WARN;
	if (class == CLASS_BAD_PAGE || class == CLASS_SLUB ||
	    class == CLASS_KASAN || class == CLASS_KMSAN ||
	    class == CLASS_KFENCE)
		taint |= TAINT_BAD_PAGE;
	if (class == CLASS_SOFT_LOCKUP)
		taint |= TAINT_SOFTLOCKUP;
	if (class == CLASS_MCE)
		taint |= TAINT_MACHINE_CHECK;
	/* "BUG: " in words that are not known. */
	if (class == CLASS_BUG_OTHER)
		taint |= TAINT_WARN | TAINT_BAD_PAGE;
	return taint;
}

void counters_report(struct counters *counters, const struct report *report)
{
	uint64_t warnings = warn_lines(report->text);

	counters->explained |= taint_of(report, warnings);
	counters->warnings += warnings + counts_as_warning(report);
	counters->oopses += is_oops(report);
}

struct words {
	char *text;
	size_t cap;
	size_t used;
};

static void add_words(struct words *words, const char *what, uint64_t by,
		      uint64_t explained)
{
	size_t room = words->cap - words->used;
	int len = snprintf(words->text + words->used, room,
			   "%s%s rose by %" PRIu64 " with %" PRIu64
			   " in the kernel's log",
			   words->used > 0 ? ", " : "", what, by, explained);

	if (len > 0)
		words->used += (size_t)len < room ? (size_t)len : room - 1;
}

static void check_counts(const struct counters *counters,
			 const struct counters_sample *sample,
			 struct words *words)
{
	uint64_t warns = sample->warn_count - counters->warn_count;
	uint64_t oopses = sample->oops_count - counters->oops_count;

	if (!sample->has_counts)
		return;
	/* A count that falls is none of a kernel. */
	if (sample->warn_count > counters->warn_count &&
	    warns > counters->warnings)
		add_words(words, "warn_count", warns, counters->warnings);
	if (sample->oops_count > counters->oops_count &&
	    oopses > counters->oopses)
		add_words(words, "oops_count", oopses, counters->oopses);
}

static void check_taint(const struct counters *counters,
			const struct counters_sample *sample,
			struct words *words)
{
	uint64_t new = sample->taint & ~counters->taint & ~counters->explained;

	if (!sample->has_taint)
		return;
	for (size_t i = 0; i < sizeof(taints) / sizeof(taints[0]); i++) {
		size_t room = words->cap - words->used;
		int len;

		if (!(new &taints[i].bit))
			continue;
		len = snprintf(words->text + words->used, room,
			       "%staint %c appeared",
			       words->used > 0 ? ", " : "", taints[i].letter);
		if (len > 0)
			words->used +=
				(size_t)len < room ? (size_t)len : room - 1;
	}
}

/* The kernel counts a warning when it has begun to print it: one that a sample
 * came in between of explains the next sample's count. */
static uint64_t surplus(uint64_t reports, uint64_t count, uint64_t last)
{
	return reports > 0 && (count < last || reports > count - last) ? 1 : 0;
}

bool counters_check(struct counters *counters,
		    const struct counters_sample *sample, char *title,
		    size_t cap)
{
	struct words words = {.text = title, .cap = cap};

	title[0] = '\0';
	check_counts(counters, sample, &words);
	check_taint(counters, sample, &words);
	/* What a sample does not have stays as it was. */
	if (sample->has_counts) {
		counters->warnings =
			surplus(counters->warnings, sample->warn_count,
				counters->warn_count);
		counters->oopses = surplus(counters->oopses, sample->oops_count,
					   counters->oops_count);
		counters->warn_count = sample->warn_count;
		counters->oops_count = sample->oops_count;
	}
	if (sample->has_taint)
		counters->taint = sample->taint;
	return words.used > 0;
}
