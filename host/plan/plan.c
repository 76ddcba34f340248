/* SPDX-License-Identifier: GPL-2.0-or-later */
/* plan - the ordered list of tests of a run. */
#include "host/plan/plan.h"
#include "host/plan/expect.h"
#include "host/plan/expunge.h"
#include "host/plan/pattern.h"
#include "host/plan/textfile.h"
#include "shared/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

/* What plan_build() works on. */
struct builder {
	const struct selection *selection;
	const struct fstests *tree;
	const char *fstype;
	struct plan plan;
	struct complaint *complaint;
};

void plan_deinit(struct plan *plan)
{
	free(plan->tests);
	names_deinit(&plan->names);
	names_deinit(&plan->warnings);
	*plan = (struct plan){0};
}

static int include_tests(struct builder *builder)
{
	const struct names *tests = &builder->selection->tests;

	for (size_t i = 0; i < tests->count; i++) {
		int rc = pattern_expand(&builder->tree->catalog, tests->list[i],
					&builder->plan.names,
					builder->complaint);

		if (rc)
			return rc;
	}
	return 0;
}

static int include_groups(struct builder *builder)
{
	const struct selection *selection = builder->selection;
	const struct catalog *catalog = &builder->tree->catalog;

	/* "all" is no group: check knows it when it stands alone. */
	if (!selection->tests.count && selection->groups.count == 1 &&
	    !strcmp(selection->groups.list[0], "all"))
		return catalog_all(catalog, builder->fstype,
				   &builder->plan.names);
	for (size_t i = 0; i < selection->groups.count; i++) {
		const char *group = selection->groups.list[i];
		int rc = catalog_group(catalog, builder->fstype, group,
				       &builder->plan.names);

		if (!rc)
			return complaint_set(builder->complaint, -ENOENT,
					     "unknown or empty group %s for "
					     "%s: the groups are in "
					     "%s/tests/*/group.list",
					     group, builder->fstype,
					     builder->tree->path);
		if (rc < 0)
			return rc;
	}
	return 0;
}

static int warn_group(struct names *warnings, const char *group)
{
	char *text;
	int rc;

	if (asprintf(&text,
		     "-x %s leaves nothing out: the group is unknown or "
		     "empty",
		     group) < 0)
		return -ENOMEM;
	rc = names_add(warnings, text);
	free(text);
	return rc;
}

static int leave_out_groups(struct builder *builder)
{
	const struct names *groups = &builder->selection->left_out;

	for (size_t i = 0; i < groups->count; i++) {
		struct names members = {0};
		int rc = catalog_group(&builder->tree->catalog, builder->fstype,
				       groups->list[i], &members);

		names_subtract(&builder->plan.names, &members);
		names_deinit(&members);
		if (!rc)
			rc = warn_group(&builder->plan.warnings,
					groups->list[i]);
		if (rc < 0)
			return rc;
	}
	return 0;
}

static int read_exclude_files(struct builder *builder, struct names *entries)
{
	const struct names *files = &builder->selection->exclude_files;

	for (size_t i = 0; i < files->count; i++) {
		struct textfile file = {0};
		int rc = textfile_read(AT_FDCWD, files->list[i], &file);

		if (rc)
			return complaint_set(builder->complaint, rc,
					     "can't read the exclude list %s "
					     "of -E: %s",
					     files->list[i], strerror(-rc));
		rc = expunge_add_lines(entries, textfile_bytes(&file));
		textfile_deinit(&file);
		if (rc)
			return rc;
	}
	return 0;
}

/* Returns 1 when the directory has such a list, 0 when not. */
static int read_exclude_list(struct builder *builder, const char *directory,
			     struct names *entries)
{
	struct textfile file = {0};
	int found = 0;
	char *path;
	int rc;

	if (asprintf(&path, "%s/tests/%s/%s", builder->tree->path, directory,
		     builder->selection->exclude_list) < 0)
		return -ENOMEM;
	rc = textfile_read(AT_FDCWD, path, &file);
	if (!rc) {
		rc = expunge_add_directory(entries, directory,
					   textfile_bytes(&file));
		found = 1;
	} else if (rc == -ENOENT) {
		rc = 0;
	} else {
		rc = complaint_set(builder->complaint, rc,
				   "can't read the exclude list %s of -X: %s",
				   path, strerror(-rc));
	}
	textfile_deinit(&file);
	free(path);
	return rc ? rc : found;
}

static int read_exclude_lists(struct builder *builder, struct names *entries)
{
	const struct names *sources = &builder->tree->catalog.sources;
	int found = 0;

	if (!builder->selection->exclude_list)
		return 0;
	for (size_t i = 0; i <= sources->count; i++) {
		bool own = i == sources->count;
		int rc = read_exclude_list(
			builder, own ? builder->fstype : sources->list[i],
			entries);

		if (rc < 0)
			return rc;
		found += rc;
	}
	if (found)
		return 0;
	return complaint_set(builder->complaint, -ENOENT,
			     "there is no exclude list %s in tests/generic or "
			     "tests/%s of %s; for a file elsewhere use -E",
			     builder->selection->exclude_list, builder->fstype,
			     builder->tree->path);
}

static int read_exclusions(struct builder *builder, struct names *entries)
{
	const struct names *words = &builder->selection->excluded;
	int rc = 0;

	for (size_t i = 0; !rc && i < words->count; i++)
		rc = names_add(entries, words->list[i]);
	if (!rc)
		rc = read_exclude_files(builder, entries);
	if (!rc)
		rc = read_exclude_lists(builder, entries);
	return rc;
}

static int check_names(struct builder *builder)
{
	const struct names *names = &builder->plan.names;
	size_t iterations = builder->selection->iterations;

	if (!names->count)
		return complaint_set(builder->complaint, -ENOENT,
				     "the selection is empty: no test is left "
				     "after -g and -x");
	if (names->count > LIMIT_JOB_TESTS / iterations)
		return complaint_set(builder->complaint, -E2BIG,
				     "%zu tests %zu times are more than the %d "
				     "that one run can take: select fewer, or "
				     "lower -i",
				     names->count, iterations, LIMIT_JOB_TESTS);
	for (size_t i = 0; i < names->count; i++) {
		const char *name = names->list[i];

		if (!catalog_has_file(&builder->tree->catalog, name))
			return complaint_set(
				builder->complaint, -ENOENT,
				"%s is in its group.list, but there is no "
				"such test in %s/tests: run \"make\" in the "
				"tree",
				name, builder->tree->path);
		if (strlen(name) > LIMIT_NAME)
			return complaint_set(
				builder->complaint, -ENAMETOOLONG,
				"the name of the test %s is longer "
				"than %d bytes",
				name, LIMIT_NAME);
	}
	return 0;
}

/* splitmix64: small, and the same everywhere, so that a seed means an order. */
static uint64_t next_random(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return z ^ (z >> 31);
}

static void shuffle(struct plan_test *tests, size_t count, uint64_t *state)
{
	for (size_t i = count; i > 1; i--) {
		size_t other = (size_t)(next_random(state) % i);
		struct plan_test moved = tests[i - 1];

		tests[i - 1] = tests[other];
		tests[other] = moved;
	}
}

static void add_iteration(struct plan *plan, uint32_t iteration,
			  const struct names *entries, const uint32_t *expects)
{
	struct plan_test *tests = plan->tests + plan->count;

	for (size_t i = 0; i < plan->names.count; i++) {
		const char *name = plan->names.list[i];
		bool excluded = expunge_has(entries, name);

		tests[i] = (struct plan_test){name, iteration, excluded,
					      expects[i]};
		plan->excluded += excluded;
	}
	plan->count += plan->names.count;
}

static uint32_t *read_expects(const struct builder *builder)
{
	const struct names *names = &builder->plan.names;
	uint32_t *expects = calloc(names->count + 1, sizeof(*expects));

	for (size_t i = 0; expects && i < names->count; i++)
		expects[i] = expect_read(builder->tree->path, names->list[i]);
	return expects;
}

static int make_list(struct builder *builder, const struct names *entries)
{
	uint32_t iterations = builder->selection->iterations;
	struct plan *plan = &builder->plan;
	uint64_t state = plan->seed;
	size_t size = plan->names.count;
	uint32_t *expects = read_expects(builder);

	plan->tests = calloc(size * iterations + 1, sizeof(*plan->tests));
	if (!plan->tests || !expects) {
		free(expects);
		return -ENOMEM;
	}
	for (uint32_t i = 0; i < iterations; i++) {
		add_iteration(plan, i, entries, expects);
		if (plan->shuffled)
			shuffle(plan->tests + i * size, size, &state);
	}
	free(expects);
	if (plan->excluded == plan->count)
		return complaint_set(builder->complaint, -ENOENT,
				     "all %zu selected tests are excluded by "
				     "-X, -e or -E: nothing is left to run",
				     plan->count);
	return 0;
}

static int build(struct builder *builder, struct names *entries)
{
	struct names *names = &builder->plan.names;
	int rc = include_tests(builder);

	if (!rc)
		rc = include_groups(builder);
	if (!rc)
		rc = leave_out_groups(builder);
	if (!rc && !builder->selection->exact_order) {
		names_sort(names);
		names_unique(names);
	}
	if (!rc)
		rc = check_names(builder);
	if (!rc)
		rc = read_exclusions(builder, entries);
	if (!rc)
		rc = make_list(builder, entries);
	return rc;
}

int plan_build(const struct selection *selection, const struct fstests *tree,
	       const char *fstype, uint64_t seed, struct plan *ret_plan,
	       struct complaint *complaint)
{
	struct builder builder = {
		.selection = selection,
		.tree = tree,
		.fstype = fstype,
		.plan = {.loop_failures = selection->loop_failures,
			 .shuffled = selection->random_order,
			 .seed = seed},
		.complaint = complaint,
	};
	struct names entries = {0};
	int rc = build(&builder, &entries);

	names_deinit(&entries);
	if (rc) {
		plan_deinit(&builder.plan);
		return complaint_set(complaint, rc, "out of memory");
	}
	*ret_plan = builder.plan;
	return 0;
}

int plan_list(const struct plan *plan, FILE *out)
{
	for (size_t i = 0; i < plan->count; i++)
		if (!plan->tests[i].excluded)
			fprintf(out, "%s\n", plan->tests[i].name);
	return fflush(out) || ferror(out) ? -EIO : 0;
}
