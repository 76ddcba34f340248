/* SPDX-License-Identifier: GPL-2.0-or-later */
/* script - a run's events written down as text, for tests.
 *
 *   # a comment
 *   at 12.5                 host clock, in seconds, of the following events
 *   boot 1                  and the boot (0: none) and VM that they are of
 *   vm 0
 *   run_started suite=fstests kvm=1 tests=(name=generic/001)
 *   test_finished index=0 check_verdict=pass duration_ns=1.5s
 *
 * One event a line: its name in journal.proto, then field=value. A repeated
 * field is given several times; a message stands in parentheses; an enum's
 * value is the end of its name; a value with blanks is in double quotes, with
 * \xNN, \n, \" and \\. Times in fields *_ns, *_us and *_ms may be "1.5s". Each
 * event is packed and unpacked again on its way, as a journal does it.
 */
#pragma once

#include "journal.pb-c.h"
#include "shared/must.h"

#include <stddef.h>

typedef void script_sink(void *context, const Pb__Event *event);

/* A script that makes no sense ends the program with its line. */
void script_run(const char *text, script_sink *sink, void *context);
/* The whole file, NUL-terminated, from malloc(). */
char *script_read_file(const char *path, size_t *ret_len);
