/* SPDX-License-Identifier: GPL-2.0-or-later */
/* class - what kind of problem a kernel report is about, and how bad it is. */
#pragma once

enum report_class {
	CLASS_OOPS,
	CLASS_PANIC,
	CLASS_KERNEL_BUG,
	CLASS_WARNING,
	CLASS_LOCKDEP,
	CLASS_KASAN,
	CLASS_KMSAN,
	CLASS_KCSAN,
	CLASS_KFENCE,
	CLASS_UBSAN,
	CLASS_REFCOUNT,
	CLASS_LIST_CORRUPTION,
	CLASS_ATOMIC,
	CLASS_SPINLOCK,
	CLASS_HUNG_TASK,
	CLASS_RCU_STALL,
	CLASS_SOFT_LOCKUP,
	CLASS_HARD_LOCKUP,
	CLASS_WQ_LOCKUP,
	CLASS_MEMLEAK,
	CLASS_BAD_PAGE,
	CLASS_SLUB,
	CLASS_VFS,
	CLASS_NET_LEAK,
	CLASS_CFI,
	CLASS_OOM,
	CLASS_PAGE_ALLOC,
	CLASS_MCE,
	CLASS_FS_ERROR,
	CLASS_IO_ERROR,
	CLASS_REBOOT,
	CLASS_BUG_OTHER,
	CLASS_INFO_OTHER,
	CLASS_COUNT,
};

/* In the order of weight: a greater one is worse. */
enum report_severity {
	REPORT_NOTE,  /* worth showing, no problem by itself */
	REPORT_ERROR, /* something is broken; the kernel goes on */
	REPORT_HANG,  /* a task or a CPU made no progress */
	REPORT_FATAL, /* the kernel or the task in it died */
	REPORT_SEVERITY_COUNT,
};

/* The names that reports and JSON use: "oops", "hung_task"; "fatal". */
const char *report_class_name(enum report_class class);
const char *report_severity_name(enum report_severity severity);
