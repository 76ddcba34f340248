/* SPDX-License-Identifier: GPL-2.0-or-later */
/* duration - lengths of time in words. */
#pragma once

#include <stddef.h>
#include <stdint.h>

enum { DURATION_TEXT = 32 };

/* "20m 0s", "1h 2m 3s", "45s": whole seconds, rounded down; for limits. */
const char *duration_words(char to[DURATION_TEXT], uint64_t ns);
/* "4.2s", rounded; for measured times. */
const char *duration_seconds(char to[DURATION_TEXT], uint64_t ns);
