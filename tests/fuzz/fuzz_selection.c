/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz_selection - words of a command line against the contents of group.list.
 *
 * Input: words, a line each, up to an empty line; the rest is the group.list
 * of every directory, and an exclude list too.
 */
#include "host/plan/expunge.h"
#include "host/plan/fstype.h"
#include "host/plan/plan.h"
#include "shared/limits.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { WORDS = 64, INPUT = 16384 };

/* Splits text in place; returns where the words end. */
static char *split_words(char *text, char **words, int *ret_count)
{
	int count = 0;

	while (*text && *text != '\n' && count < WORDS) {
		words[count++] = text;
		text += strcspn(text, "\n");
		if (*text)
			*text++ = '\0';
	}
	*ret_count = count;
	return text;
}

/* Every listed test gets a file, so that a plan can come about. */
static void fill(struct catalog *catalog, const char *name, struct bytes text)
{
	struct group_list list;
	struct names files = {0};

	must(!group_list_parse(&list, text));
	for (size_t i = 0; i < list.count; i++)
		must(!names_add_part(&files, list.lines[i].text,
				     list.lines[i].name_len));
	group_list_deinit(&list);
	must(!catalog_add(catalog, name, text, &files));
}

static void check_plan(const struct plan *plan)
{
	must(plan->count && plan->count <= LIMIT_JOB_TESTS);
	must(plan->excluded < plan->count);
	for (size_t i = 0; i < plan->count; i++) {
		const char *name = plan->tests[i].name;

		must(strlen(name) <= LIMIT_NAME);
		must(strspn(name, "abcdefghijklmnopqrstuvwxyz"
				  "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				  "0123456789-/") == strlen(name));
	}
}

static void resolve(int count, char **words, const struct fstests *tree)
{
	struct complaint complaint = {0};
	struct selection selection;
	struct plan plan;
	const char *fstype;
	int rc = selection_parse(count, words, &selection, &complaint);

	must(!rc == !complaint.text[0]);
	if (rc)
		return;
	/* The fuzzer reads no files. */
	names_deinit(&selection.exclude_files);
	free(selection.exclude_list);
	selection.exclude_list = NULL;
	rc = fstype_detect(&selection, &tree->catalog, &fstype, &complaint);
	if (!rc)
		rc = plan_build(&selection, tree, fstype, 1, &plan, &complaint);
	must(!rc == !complaint.text[0]);
	if (!rc) {
		check_plan(&plan);
		plan_deinit(&plan);
	}
	selection_deinit(&selection);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char path[] = "/tree";
	struct fstests tree = {.path = path};
	struct names entries = {0};
	char *words[WORDS];
	struct bytes rest;
	char *text;
	char *end;
	int count;

	if (size > INPUT)
		return 0;
	text = strndup((const char *)data, size);
	must(text);
	end = split_words(text, words, &count);
	rest = bytes_of(data + (end - text), size - (size_t)(end - text));
	must(!names_add(&tree.catalog.sources, "generic"));
	fill(&tree.catalog, "xfs", rest);
	fill(&tree.catalog, "generic", rest);
	fill(&tree.catalog, "btrfs", rest);
	resolve(count, words, &tree);
	must(!expunge_add_lines(&entries, rest));
	must(!expunge_add_directory(&entries, "xfs", rest));
	(void)expunge_has(&entries, "xfs/001");
	names_deinit(&entries);
	catalog_deinit(&tree.catalog);
	free(text);
	return 0;
}
