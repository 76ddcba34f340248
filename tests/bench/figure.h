/* SPDX-License-Identifier: GPL-2.0-or-later */
/* figure - a line of a benchmark's output: name, value, unit, by tabs. */
#pragma once

#include "shared/bytes.h"

#include <stdbool.h>
#include <stdint.h>

void figure_print(const char *name, double value, const char *unit);
/* MB/s of so many bytes in so many ns. */
double figure_speed(uint64_t bytes, uint64_t ns);
/* Ends the program, with errno's text. */
_Noreturn void figure_fail(const char *what);
/* The same when something that must work does not. */
static inline void figure_need(bool works, const char *what)
{
	if (!works)
		figure_fail(what);
}

/* A new directory in the one for large temporary files; the caller removes it
 * with figure_remove(). */
void figure_directory(char *to, size_t cap);
void figure_remove(const char *directory);
