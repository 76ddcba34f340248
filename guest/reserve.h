/* SPDX-License-Identifier: GPL-2.0-or-later */
/* reserve - a loop that has the memory that it will ever need.
 *
 * libev's arrays grow with the watchers that are active and the numbers of
 * their descriptors, and never shrink: so they are made large once, before a
 * test can exhaust the memory.
 */
#pragma once

#include "shared/must.h"

#include <ev.h>

/* Of each kind of watcher, and the largest number of a descriptor. */
enum { RESERVE_WATCHERS = 64 };

must_check int reserve_loop(struct ev_loop *loop);
