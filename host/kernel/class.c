/* SPDX-License-Identifier: GPL-2.0-or-later */
/* class - the names of classes and severities. */
#include "host/kernel/class.h"

#include "shared/must.h"

#include <assert.h>
#include <stddef.h>

static const char *const class_names[] = {
	[CLASS_OOPS] = "oops",
	[CLASS_PANIC] = "panic",
	[CLASS_KERNEL_BUG] = "kernel_bug",
	[CLASS_WARNING] = "warning",
	[CLASS_LOCKDEP] = "lockdep",
	[CLASS_KASAN] = "kasan",
	[CLASS_KMSAN] = "kmsan",
	[CLASS_KCSAN] = "kcsan",
	[CLASS_KFENCE] = "kfence",
	[CLASS_UBSAN] = "ubsan",
	[CLASS_REFCOUNT] = "refcount",
	[CLASS_LIST_CORRUPTION] = "list_corruption",
	[CLASS_ATOMIC] = "atomic",
	[CLASS_SPINLOCK] = "spinlock",
	[CLASS_HUNG_TASK] = "hung_task",
	[CLASS_RCU_STALL] = "rcu_stall",
	[CLASS_SOFT_LOCKUP] = "soft_lockup",
	[CLASS_HARD_LOCKUP] = "hard_lockup",
	[CLASS_WQ_LOCKUP] = "wq_lockup",
	[CLASS_MEMLEAK] = "memleak",
	[CLASS_BAD_PAGE] = "bad_page",
	[CLASS_SLUB] = "slub",
	[CLASS_VFS] = "vfs",
	[CLASS_NET_LEAK] = "net_leak",
	[CLASS_CFI] = "cfi",
	[CLASS_OOM] = "oom",
	[CLASS_PAGE_ALLOC] = "page_alloc",
	[CLASS_MCE] = "mce",
	[CLASS_FS_ERROR] = "fs_error",
	[CLASS_IO_ERROR] = "io_error",
	[CLASS_REBOOT] = "reboot",
	[CLASS_BUG_OTHER] = "bug_other",
	[CLASS_INFO_OTHER] = "info_other",
};
static_assert(sizeof(class_names) / sizeof(class_names[0]) == CLASS_COUNT,
	      "every class has a name");

static const char *const severity_names[] = {
	[REPORT_NOTE] = "note",
	[REPORT_ERROR] = "error",
	[REPORT_HANG] = "hang",
	[REPORT_FATAL] = "fatal",
};
static_assert(sizeof(severity_names) / sizeof(severity_names[0]) ==
		      REPORT_SEVERITY_COUNT,
	      "every severity has a name");

const char *report_class_name(enum report_class class)
{
	must(class < CLASS_COUNT);
	return class_names[class];
}

const char *report_severity_name(enum report_severity severity)
{
	must(severity < REPORT_SEVERITY_COUNT);
	return severity_names[severity];
}
