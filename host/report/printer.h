/* SPDX-License-Identifier: GPL-2.0-or-later */
/* printer - text of unknown origin put into text for people.
 *
 * Everything that a guest, a kernel or a path may have in it goes through
 * here: escaped, one line, bounded.
 */
#pragma once

#include "host/record/ledger.h"
#include "host/report/files.h"

#include <stdio.h>

#define PRINTER_GOOD "\xe2\x9c\x93" /* U+2713, a check mark */
#define PRINTER_BAD  "\xe2\x9c\x97" /* U+2717, a cross */
#define PRINTER_MEAN "\xe2\x9a\xa0" /* U+26A0: neither */

enum { PRINTER_LINE = 1024 };

/* The first line of text that is not blank, escaped, with " …" when there is
 * more. NULL is the empty text. Returns the bytes written to `to`. */
size_t printer_line(char *to, size_t cap, const char *text);
/* The same, to a stream. */
void printer_put(FILE *to, const char *text);
/* The path of a file in the run directory. */
void printer_path(FILE *to, const struct files *files, const char *name);
/* "generic/003", and which of several iterations. */
void printer_test(FILE *to, const struct ledger_test *test);
