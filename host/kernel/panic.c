/* SPDX-License-Identifier: GPL-2.0-or-later */
/* panic - telling a panic's own words from those about others. */
#include "host/kernel/panic.h"

#include "host/kernel/chars.h"

static bool holds_one(struct bytes line, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (contains(line, words[i]))
			return true;
	}
	return false;
}

bool panic_is_final_word(struct bytes line)
{
	static const char *const words[] = {
		"Fatal exception",
		"panic_on_",
		"kernel: panic_on",
		"hung_task: ",
		"softlockup: ",
		"Hard LOCKUP",
		"hard LOCKUP",
		"RCU Stall",
		"rcu: ",
		"Oops",
		"UBSAN: ",
		"KASAN: ",
		"KFENCE: ",
		"oops",
		"kasan.fault=panic",
		"kmsan.panic",
		/* kernel/sched/core.c, until 6.1 */
		"scheduling while atomic",
		/* Filesystems mounted with errors=panic. */
		"panic forced after error",
		"panic from previous error",
	};

	return holds_one(line, words, sizeof(words) / sizeof(words[0]));
}

bool panic_damages_memory(enum report_class class)
{
	return class == CLASS_KASAN || class == CLASS_KFENCE ||
	       class == CLASS_BAD_PAGE || class == CLASS_SLUB ||
	       class == CLASS_LIST_CORRUPTION || class == CLASS_REFCOUNT ||
	       class == CLASS_UBSAN;
}

bool panic_follows(const struct pattern *row, struct bytes line)
{
	/* mm/oom_kill.c */
	static const char *const memory[] = {
		"ut of memory",
		"deadlocked on memory",
	};

	if (row->severity >= REPORT_HANG || row->class == CLASS_MCE ||
	    panic_damages_memory(row->class) || panic_is_final_word(line))
		return true;
	return row->class == CLASS_OOM &&
	       holds_one(line, memory, sizeof(memory) / sizeof(memory[0]));
}
