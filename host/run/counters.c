/* SPDX-License-Identifier: GPL-2.0-or-later */
/* counters - the kernel's own counts, held against its words. */
#include "host/run/counters.h"

#include <inttypes.h>
#include <stdio.h>

static const struct {
	unsigned int bit;
	char letter;
} taints[] = {{7, 'D'}, {9, 'W'}, {14, 'L'}, {5, 'B'}};

/* Reports of these never count as a warning. Any other may: a filesystem's
 * error is a WARN() in some places, and a lock's, too. */
static bool may_warn(enum report_class class)
{
	switch (class) {
	case CLASS_PANIC:
	case CLASS_HUNG_TASK:
	case CLASS_RCU_STALL:
	case CLASS_SOFT_LOCKUP:
	case CLASS_HARD_LOCKUP:
	case CLASS_WQ_LOCKUP:
	case CLASS_MEMLEAK:
	case CLASS_NET_LEAK:
	case CLASS_OOM:
	case CLASS_PAGE_ALLOC:
	case CLASS_IO_ERROR:
	case CLASS_REBOOT:
	case CLASS_INFO_OTHER:
	case CLASS_COUNT:
		return false;
	case CLASS_OOPS:
	case CLASS_KERNEL_BUG:
	case CLASS_WARNING:
	case CLASS_LOCKDEP:
	case CLASS_KASAN:
	case CLASS_KMSAN:
	case CLASS_KCSAN:
	case CLASS_KFENCE:
	case CLASS_UBSAN:
	case CLASS_REFCOUNT:
	case CLASS_LIST_CORRUPTION:
	case CLASS_ATOMIC:
	case CLASS_SPINLOCK:
	case CLASS_BAD_PAGE:
	case CLASS_SLUB:
	case CLASS_VFS:
	case CLASS_CFI:
	case CLASS_MCE:
	case CLASS_FS_ERROR:
	case CLASS_BUG_OTHER:
		break;
	}
	return true;
}

void counters_report(struct counters *counters, enum report_class class,
		     enum report_severity severity)
{
	if (may_warn(class))
		counters->warnings++;
	if (severity == REPORT_FATAL)
		counters->oopses++;
	if (severity != REPORT_NOTE)
		counters->problems++;
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
	uint64_t new = sample->taint & ~counters->taint;

	if (!sample->has_taint || counters->problems > 0)
		return;
	for (size_t i = 0; i < sizeof(taints) / sizeof(taints[0]); i++) {
		size_t room = words->cap - words->used;
		int len;

		if (!(new &UINT64_C(1) << taints[i].bit))
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
	if (sample->has_taint) {
		counters->taint = sample->taint;
		counters->problems = 0;
	}
	return words.used > 0;
}
