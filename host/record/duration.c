/* SPDX-License-Identifier: GPL-2.0-or-later */
/* duration - see duration.h. */
#include "host/record/duration.h"

#include <inttypes.h>
#include <stdio.h>

#define NS_PER_S UINT64_C(1000000000)

const char *duration_words(char to[DURATION_TEXT], uint64_t ns)
{
	uint64_t seconds = ns / NS_PER_S;

	if (seconds >= 3600)
		snprintf(to, DURATION_TEXT,
			 "%" PRIu64 "h %" PRIu64 "m %" PRIu64 "s",
			 seconds / 3600, seconds / 60 % 60, seconds % 60);
	else if (seconds >= 60)
		snprintf(to, DURATION_TEXT, "%" PRIu64 "m %" PRIu64 "s",
			 seconds / 60, seconds % 60);
	else
		snprintf(to, DURATION_TEXT, "%" PRIu64 "s", seconds);
	return to;
}

const char *duration_seconds(char to[DURATION_TEXT], uint64_t ns)
{
	uint64_t tenths = ns / (NS_PER_S / 10);

	if (ns % (NS_PER_S / 10) >= NS_PER_S / 20)
		tenths++;
	snprintf(to, DURATION_TEXT, "%" PRIu64 ".%" PRIu64 "s", tenths / 10,
		 tenths % 10);
	return to;
}
