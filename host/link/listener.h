/* SPDX-License-Identifier: GPL-2.0-or-later */
/* listener - a unix socket on which the controller waits for its QEMU. */
#pragma once

#include "shared/must.h"

#include <sys/types.h>

/* Binds and listens at path, at most 107 bytes. Returns the descriptor. */
must_check int listener_open(const char *path);
/* The connection of a process of our own user, non-blocking; others are turned
 * away with -EPERM. ret_peer may be NULL. */
must_check int listener_accept(int fd, pid_t *ret_peer);
