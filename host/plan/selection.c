/* SPDX-License-Identifier: GPL-2.0-or-later */
/* selection - what stands after "--" on the command line: which tests. */
#include "host/plan/selection.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum action {
	TAKE_GROUPS,
	TAKE_LEFT_OUT,
	TAKE_LIST,
	TAKE_TESTS,
	TAKE_FILE,
	TAKE_ITERATIONS,
	TAKE_LOOPS,
	/* From here on without a value. */
	SET_EXACT,
	SET_RANDOM,
	SET_SHOW,
};

struct option_rule {
	const char *name;
	enum action action;
	const char *value; /* an example of it, for the complaint */
};

static const struct option_rule rules[] = {
	{"-g", TAKE_GROUPS, "-g quick"},
	{"-x", TAKE_LEFT_OUT, "-x dangerous"},
	{"-X", TAKE_LIST, "-X exclude-list"},
	{"-e", TAKE_TESTS, "-e generic/001,generic/002"},
	{"-E", TAKE_FILE, "-E /path/to/exclude-list"},
	{"-i", TAKE_ITERATIONS, "-i 3"},
	{"-L", TAKE_LOOPS, "-L 3"},
	{"--exact-order", SET_EXACT, NULL},
	{"-r", SET_RANDOM, NULL},
	{"-n", SET_SHOW, NULL},
};

/* What check takes and fstvm does in another way, or doesn't. */
static const struct {
	const char *name;
	const char *instead;
} foreign[] = {
	{"-d", "the output of each test that fails is kept in the run "
	       "directory; --verbose shows the console"},
	{"-R", "use \"fstvm report RUN --format json\""},
	{"-s", "config sections are not used: give --fstype, --mkfs-options "
	       "and --mount-options"},
	{"-S", "config sections are not used: give --fstype, --mkfs-options "
	       "and --mount-options"},
	{"-b", "use --quiet for less output"},
	{"-T", "the journal has the time of everything"},
	{"-l", "the whole difference is kept in the run directory"},
	{"-udiff", "the whole difference is kept in the run directory"},
	{"-I", "use -i N to repeat the list, or -L N to repeat what fails"},
	{"--large-fs", "use --scratch-size for a large device"},
	{"-overlay", "overlayfs on top of another filesystem is not supported"},
	{"-tmpfs", "only filesystems on block devices are supported: see "
		   "--fstype"},
	{"-nfs", "network filesystems are not supported"},
	{"-afs", "network filesystems are not supported"},
	{"-cifs", "network filesystems are not supported"},
	{"-9p", "network filesystems are not supported"},
	{"-glusterfs", "network filesystems are not supported"},
	{"-pvfs2", "network filesystems are not supported"},
	{"-fuse", "only filesystems on block devices are supported: see "
		  "--fstype"},
	{"-virtiofs", "only filesystems on block devices are supported: see "
		      "--fstype"},
	{"-ubifs", "only filesystems on block devices are supported: see "
		   "--fstype"},
	{"-h", "see \"fstvm --help\" and fstvm(1)"},
	{"-?", "see \"fstvm --help\" and fstvm(1)"},
	{"--help", "see \"fstvm --help\" and fstvm(1)"},
};

void selection_deinit(struct selection *selection)
{
	names_deinit(&selection->groups);
	names_deinit(&selection->left_out);
	names_deinit(&selection->tests);
	names_deinit(&selection->excluded);
	names_deinit(&selection->exclude_files);
	free(selection->exclude_list);
	*selection = (struct selection){0};
}

static int refuse(const char *option, struct complaint *complaint)
{
	for (size_t i = 0; i < sizeof(foreign) / sizeof(*foreign); i++)
		if (!strcmp(foreign[i].name, option))
			return complaint_set(complaint, -EINVAL,
					     "fstvm can't take check's option "
					     "%s: %s",
					     option, foreign[i].instead);
	return complaint_set(complaint, -EINVAL,
			     "unknown option %s for the selection of tests; "
			     "fstvm's own options go before \"--\"",
			     option);
}

static int take_number(const struct option_rule *rule, const char *value,
		       uint32_t least, uint32_t most, uint32_t *ret_number,
		       struct complaint *complaint)
{
	unsigned long number;
	size_t digits;

	must(value != NULL);
	digits = strspn(value, "0123456789");
	number = strtoul(value, NULL, 10);
	if (!digits || digits > 9 || value[digits] || number < least ||
	    number > most)
		return complaint_set(complaint, -EINVAL,
				     "%s wants a number from %u to %u, not "
				     "\"%s\"",
				     rule->name, least, most, value);
	*ret_number = (uint32_t)number;
	return 0;
}

static int take_list(struct selection *selection, const char *value,
		     struct complaint *complaint)
{
	must(value != NULL);
	if (selection->exclude_list)
		return complaint_set(complaint, -EINVAL,
				     "-X is given twice, and check takes only "
				     "the last: put both lists in one file, or "
				     "use -E, which can be repeated");
	selection->exclude_list = strdup(value);
	return selection->exclude_list ? 0 : -ENOMEM;
}

/* Words between separators; none at all is a mistake. */
static int take_words(const struct option_rule *rule, struct names *names,
		      const char *value, struct complaint *complaint)
{
	size_t before = names->count;
	int rc = names_split(names, value, ", \t\n");

	if (!rc && names->count == before)
		rc = complaint_set(complaint, -EINVAL,
				   "%s is given without a name; for example: "
				   "%s",
				   rule->name, rule->value);
	return rc;
}

static int take_order(struct selection *selection, bool *ret_order,
		      struct complaint *complaint)
{
	*ret_order = true;
	if (selection->exact_order && selection->random_order)
		return complaint_set(complaint, -EINVAL,
				     "-r and --exact-order exclude each "
				     "other: leave one out");
	return 0;
}

static int apply(struct selection *selection, const struct option_rule *rule,
		 const char *value, struct complaint *complaint)
{
	switch (rule->action) {
	case TAKE_GROUPS:
		return take_words(rule, &selection->groups, value, complaint);
	case TAKE_LEFT_OUT:
		return take_words(rule, &selection->left_out, value, complaint);
	case TAKE_LIST:
		return take_list(selection, value, complaint);
	case TAKE_TESTS:
		return take_words(rule, &selection->excluded, value, complaint);
	case TAKE_FILE:
		return names_add(&selection->exclude_files, value);
	case TAKE_ITERATIONS:
		return take_number(rule, value, 1, SELECTION_ITERATIONS,
				   &selection->iterations, complaint);
	case TAKE_LOOPS:
		return take_number(rule, value, 0, SELECTION_LOOPS,
				   &selection->loop_failures, complaint);
	case SET_EXACT:
		return take_order(selection, &selection->exact_order,
				  complaint);
	case SET_RANDOM:
		return take_order(selection, &selection->random_order,
				  complaint);
	case SET_SHOW:
		selection->show_only = true;
		return 0;
	}
	return -EINVAL;
}

static const struct option_rule *find_rule(const char *word)
{
	for (size_t i = 0; i < sizeof(rules) / sizeof(*rules); i++)
		if (!strcmp(rules[i].name, word))
			return &rules[i];
	return NULL;
}

static int take_test(struct selection *selection, const char *word,
		     struct complaint *complaint)
{
	size_t before = selection->tests.count;
	int rc = names_split(&selection->tests, word, " \t\n");

	if (!rc && selection->tests.count == before)
		rc = complaint_set(complaint, -EINVAL,
				   "an empty argument names no test");
	return rc;
}

/* Takes one option or test from *argv, with its value; moves past them. */
static int take_word(struct selection *selection, char *const **argv,
		     char *const *end, struct complaint *complaint)
{
	const char *word = *(*argv)++;
	const struct option_rule *rule = find_rule(word);
	const char *value = NULL;

	if (word[0] != '-')
		return take_test(selection, word, complaint);
	if (!rule)
		return refuse(word, complaint);
	if (rule->value) {
		if (*argv == end || !**argv[0])
			return complaint_set(complaint, -EINVAL,
					     "%s needs a value, as in \"%s\"",
					     rule->name, rule->value);
		value = *(*argv)++;
	}
	return apply(selection, rule, value, complaint);
}

static int add_default(struct selection *selection, bool no_words)
{
	if (selection->groups.count || selection->tests.count)
		return 0;
	return names_add(&selection->groups, no_words ? "quick" : "auto");
}

int selection_parse(int argc, char *const *argv,
		    struct selection *ret_selection,
		    struct complaint *complaint)
{
	struct selection selection = {.iterations = 1};
	char *const *end = argv + argc;
	bool no_words = argc == 0;
	int rc = 0;

	while (!rc && argv < end)
		rc = take_word(&selection, &argv, end, complaint);
	if (!rc)
		rc = add_default(&selection, no_words);
	if (rc) {
		selection_deinit(&selection);
		return complaint_set(complaint, rc, "out of memory");
	}
	*ret_selection = selection;
	return 0;
}
