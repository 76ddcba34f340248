/* SPDX-License-Identifier: GPL-2.0-or-later */
/* entropy - the host's random bytes, credited to the kernel's pool.
 *
 * Under TCG the CPU has no RDRAND and the pool is ready some 16 s after boot;
 * until then mkfs waits in getrandom(). random(4), RNDADDENTROPY and
 * RNDRESEEDCRNG (4.14).
 */
#pragma once

#include "guest/why.h"
#include "shared/bytes.h"

/* At most LIMIT_SEED bytes; none: nothing to do. */
must_check int entropy_add(struct bytes seed, struct why *why);
