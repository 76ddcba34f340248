/* SPDX-License-Identifier: GPL-2.0-or-later */
/* synthetic - a guest without a kernel, for load: stands in vng's place.
 *
 * fstvm starts it as `vng`, finds its channel connected, a console on its
 * stderr, and a job that is worked through as fast as the controller lets it:
 * protocol and framing are the product's own code of the guest's side.
 */
#pragma once

#include "shared/must.h"

#include <stdint.h>

/* What a scene consists of; written as text to a file beside the link through
 * which it is started, as vng's environment is not the user's. */
struct synthetic_scene {
	uint64_t
		console_bytes; /* in equal parts, before the end of each test */
	uint64_t messages;     /* of kernel records, for each test */
	uint64_t artifact_bytes; /* of one file, for each tenth test */
	uint64_t idle_ms;	 /* the first test takes that long */
	uint64_t report_every; /* a kernel report each so many console lines */
};

must_check int synthetic_write(const char *path,
			       const struct synthetic_scene *scene);
/* main() when it is called by the name of vng. Writes what it has measured to
 * the file "figures" beside the link, for synthetic_print(). */
int synthetic_main(int argc, char **argv);
void synthetic_print(const char *directory, const char *scene);
