/* SPDX-License-Identifier: GPL-2.0-or-later */
/* group_list - the group.list of one directory of tests: who is in what group.
 *
 * A line is "NNN group group … # comment"; lines whose name is not that of a
 * test are skipped. Groups count only between blanks, as in the expression of
 * check's get_sub_group_list(). A line keeps its place: that is the order of
 * the tests under --exact-order.
 */
#pragma once

#include "shared/bytes.h"
#include "shared/must.h"

struct group_line {
	const char *text; /* name, then groups; without comment, not ended */
	size_t len;
	size_t name_len;
};

struct group_list {
	char *text;
	struct group_line *lines;
	size_t count;
};

/* How many bytes at text are a test's name, [0-9]{3}-?[[:alnum:]-]*: 0 when
 * it does not begin with one. (common/test_names: VALID_TEST_NAME) */
size_t group_list_name_span(const char *text, size_t len);

/* Copies text. -ENOMEM is the only error: any bytes are some group.list. */
must_check int group_list_parse(struct group_list *ret_list, struct bytes text);
void group_list_deinit(struct group_list *list);
bool group_line_has(const struct group_line *line, const char *group);
/* The line of the test with this full name, or NULL. */
const struct group_line *group_list_find(const struct group_list *list,
					 const char *name);
/* For "001" the line of 001, else the shortest name that begins so, as
 * 001-named-test. NULL when name has no three digits or nothing matches. */
const struct group_line *group_list_resolve(const struct group_list *list,
					    const char *name);
