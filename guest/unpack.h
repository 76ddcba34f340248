/* SPDX-License-Identifier: GPL-2.0-or-later */
/* unpack - a bundle (shared/bundle.h) made into the files that it holds.
 *
 * The bundle is read once, from its beginning to its end, and everything in it
 * is checked on the way: one that is cut off or damaged is refused, and what
 * has been unpacked of it until then is the caller's to throw away.
 */
#pragma once

#include "guest/why.h"

#include <stdint.h>

struct unpack_size {
	uint32_t members;
	uint64_t bytes; /* of all files */
};

/* What there is to unpack, without looking at more than the head. */
must_check int unpack_measure(const char *bundle, struct unpack_size *ret_size,
			      struct why *why);
/* Into a directory that is empty. Owners and modes are the bundle's: that
 * needs root. */
must_check int unpack_bundle(const char *bundle, const char *directory,
			     struct why *why);
