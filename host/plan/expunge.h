/* SPDX-License-Identifier: GPL-2.0-or-later */
/* expunge - the lists of tests that are planned but not run: -e, -E and -X.
 *
 * The rule is check's _expunge_test(): an entry excludes a test when it begins
 * with the test's name and a word ends there. So "generic/001" excludes also
 * 001's other spellings as "generic/001-x", and an entry with a blank in front
 * excludes nothing. (Before 2023-08 check searched the whole entry.)
 */
#pragma once

#include "host/plan/names.h"
#include "shared/bytes.h"

/* -e: separated by commas and blanks. */
must_check int expunge_add_words(struct names *entries, const char *words);
/* -E: lines "generic/001", # begins a comment. */
must_check int expunge_add_lines(struct names *entries, struct bytes text);
/* -X: the file of that name in one directory of tests; words "001". */
must_check int expunge_add_directory(struct names *entries,
				     const char *directory, struct bytes text);
bool expunge_has(const struct names *entries, const char *test);
