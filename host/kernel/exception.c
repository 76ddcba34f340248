/* SPDX-License-Identifier: GPL-2.0-or-later */
/* exception - what calls itself BUG or WARNING without being a problem. */
#include "host/kernel/table.h"

#include <stddef.h>

const char *const pattern_exceptions[] = {
	/* fs/namespace.c */
	"the mand mount option",
	/* kernel/capability.c, net/wireless/wext-core.c */
	" uses deprecated ",
	" uses 32-bit capabilities",
	" uses wireless extensions",
	/* arch/x86/kernel/cpu/{bugs,amd,intel}.c: what the processor or its
	 * firmware lacks */
	"nprivileged eBPF",
	"data leaks possible",
	"BIOS bug",
	" mitigation ",
	"CPU does not support",
	"See https://",
	"kernel not compiled with ",
	/* drivers/video/fbdev/core/fbcon.c */
	"fbcon: ",
	/* kernel/workqueue.c */
	"workqueue cpumask",
	/* drivers/md/md.c */
	" appears to be on the same physical disk as ",
	/* fs/xfs/libxfs/xfs_alloc.c: repaired */
	"Reset corrupted AGFL",
	/* kernel/locking/lockdep.c: the checker ran out of its tables */
	" too low!",
	/* init/main.c echoes them */
	"nknown kernel command line parameters",
	/* drivers/gpu/drm, Red Hat's and SUSE's support notices */
	"unsupported configuration",
	"Support for unprivileged eBPF",
	/* sshd's, on a shared console */
	"/etc/ssh/moduli",
	/* block/blk-core.c, BLK_STS_NOTSUPP: a discard or write-zeroes that the
	 * device does not know; mkfs and others try */
	"operation not supported error, dev ",
	/* net/netfilter, net/bridge: obsolete options */
	" is deprecated",
	" is obsolete",
	NULL,
};
