/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guestram - a guest's RAM, seen from the host: where the kernel's log is.
 *
 * QEMU has the guest's RAM in a memfd of its own (vng makes one for virtiofs,
 * else vng.h's shared_memory does). Its descriptor is opened through
 * /proc/PID/fd, which needs no more than to be the same user, and keeps the
 * memory readable when QEMU has exited or was killed. For as long as it is
 * open, it also keeps the memory from being freed.
 *
 * Read by pread() and never mapped: a read fault on a hole would allocate a
 * page, and a shrunk file would be a signal. memfds of QEMU are sealed against
 * that, but who says that this one is?
 *
 * The file is the RAM without the gap that PC machines have below 4 GiB for
 * devices. Where the gap begins depends on the machine (hw/i386/pc_q35.c,
 * pc_piix.c, microvm.c), so each of the possible places is tried until the
 * kernel's ring buffer holds together.
 */
#pragma once

#include "host/kernel/ramring.h"

#include <sys/types.h>

struct guestram {
	int fd; /* -1: not open */
	uint64_t size_bytes;
	uint64_t base; /* physical address of the file's beginning */
	uint64_t low;  /* so much of it is below the gap */
	bool located;
	struct ramring ring;
};

void guestram_init(struct guestram *ram);
/* The memfd of process qemu, which is in the process group, that has
 * size_bytes or just over. -ENOENT: there is none (QEMU makes it after it has
 * connected its sockets: try again), or what opening it failed with. */
must_check int guestram_open(struct guestram *ram, pid_t qemu, pid_t group,
			     uint64_t size_bytes);
/* Takes over fd, a regular file. */
must_check int guestram_attach(struct guestram *ram, int fd);
void guestram_close(struct guestram *ram);
/* Finds the ring; the two below do it themselves, but later means more RAM to
 * search. -EBADF: not open. -ENOENT: no kernel has told yet where it is.
 * -EOPNOTSUPP: this kernel's ring can't be read; -EBADMSG: there is none where
 * it says. */
must_check int guestram_locate(struct guestram *ram);
/* Errors as above. See ramring.h. */
must_check int guestram_newest(struct guestram *ram, uint64_t *ret_sequence);
must_check int guestram_read(struct guestram *ram, uint64_t from,
			     ramring_sink *sink, void *context,
			     struct ramring_outcome *ret_outcome);
/* For people: why there is no ring to be read. */
const char *guestram_explain(int error);
