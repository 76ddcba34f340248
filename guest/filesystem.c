/* SPDX-License-Identifier: GPL-2.0-or-later */
/* filesystem - mkfs for TEST_DEV and SCRATCH_DEV, and clean other devices. */
#include "guest/filesystem.h"

#include "guest/child.h"
#include "guest/layout.h"
#include "guest/wipe.h"
#include "shared/clock.h"
#include "shared/limits.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static_assert((int)LIMIT_DEVICES <= (int)CHILD_COUNT_MAX,
	      "a child for each device");

static const struct {
	const char *fstype;
	const char *options;
} force_options[] = {
	{"bcachefs", "-f -q"},	{"btrfs", "-f -q"}, {"exfat", "-q"},
	{"ext2", "-F -q"},	{"ext3", "-F -q"},  {"ext4", "-F -q"},
	{"f2fs", "-f -q"},	{"gfs2", "-O -q"},  {"jfs", "-q"},
	{"nilfs2", "-f -q"},	{"ntfs", "-F -q"},  {"ocfs2", "-F -q"},
	{"reiserfs", "-ff -q"}, {"vfat", "-I"},	    {"xfs", "-f -q"},
};

const char *filesystem_force_options(const char *fstype)
{
	size_t i;

	for (i = 0; i < sizeof(force_options) / sizeof(force_options[0]); i++) {
		if (!strcmp(force_options[i].fstype, fstype))
			return force_options[i].options;
	}
	return "";
}

/* Copies one word from *at on, without its quotes. */
static int split_word(const char **at, char **to, const char *end)
{
	char quote = '\0';

	for (; **at && (quote || !strchr(" \t\n", **at)); (*at)++) {
		if (quote ? **at == quote : strchr("'\"", **at) != NULL) {
			quote = quote ? '\0' : **at;
			continue;
		}
		if (*to >= end)
			return -E2BIG;
		*(*to)++ = **at;
	}
	if (quote)
		return -EINVAL;
	if (*to >= end)
		return -E2BIG;
	*(*to)++ = '\0';
	return 0;
}

int filesystem_split(struct filesystem_words *ret_words, const char *options)
{
	char *to = ret_words->text;
	const char *end = ret_words->text + sizeof(ret_words->text);

	ret_words->count = 0;
	for (;;) {
		int rc;

		options += strspn(options, " \t\n");
		if (!*options)
			return 0;
		if (ret_words->count == FILESYSTEM_WORDS_MAX)
			return -E2BIG;
		ret_words->word[ret_words->count++] = to;
		rc = split_word(&options, &to, end);
		if (rc < 0)
			return rc;
	}
}

struct mkfs_command {
	char program[LIMIT_NAME + 8];
	struct filesystem_words force;
	struct filesystem_words options;
	const char *argv[2 * FILESYSTEM_WORDS_MAX + 3];
	char test_dev[DEVICES_PATH_MAX + 16];
	const char *environment[8];
};

enum {
	OUTPUT_BYTES = 2048,
};

struct making {
	struct mkfs_command command[LIMIT_DEVICES];
	char output[LIMIT_DEVICES][OUTPUT_BYTES];
	struct child child[LIMIT_DEVICES];
	unsigned int started;
};

/* Too large for a stack, and there is one set-up in a boot. */
static struct making making;

static int build_command(struct mkfs_command *command, const char *device,
			 const Pb__RunSpec *spec, struct why *why)
{
	size_t argc = 0;
	unsigned int i;
	int rc = filesystem_split(&command->options, spec->mkfs_options);

	if (rc < 0)
		return why_is(why, rc, "mkfs options %s: %s",
			      rc == -EINVAL ? "with an open quote"
					    : "that are too long",
			      spec->mkfs_options);
	rc = filesystem_split(&command->force,
			      filesystem_force_options(spec->fstype));
	must(rc == 0);
	(void)snprintf(command->program, sizeof(command->program), "mkfs.%s",
		       spec->fstype);
	command->argv[argc++] = command->program;
	for (i = 0; i < command->force.count; i++)
		command->argv[argc++] = command->force.word[i];
	for (i = 0; i < command->options.count; i++)
		command->argv[argc++] = command->options.word[i];
	command->argv[argc++] = device;
	command->argv[argc] = NULL;
	return 0;
}

/* mkfs.xfs makes less than 300 MB only for a test suite: it looks for these
 * three, as fstests sets them. */
static void build_environment(struct mkfs_command *command, const char *device)
{
	size_t count = 0;

	(void)snprintf(command->test_dev, sizeof(command->test_dev),
		       "TEST_DEV=%s", device);
	command->environment[count++] = "PATH=" CHILD_PATH;
	command->environment[count++] = "LC_ALL=C";
	command->environment[count++] = "HOME=/";
	command->environment[count++] = "QA_CHECK_FS=1";
	command->environment[count++] = command->test_dev;
	command->environment[count++] = "TEST_DIR=" LAYOUT_TEST;
	command->environment[count] = NULL;
}

static int wipe_body(void *context, struct why *why)
{
	return wipe_device(context, why);
}

static bool wants_mkfs(Pb__DeviceRole role)
{
	return role == PB__DEVICE_ROLE__DEVICE_ROLE_TEST ||
	       role == PB__DEVICE_ROLE__DEVICE_ROLE_SCRATCH;
}

static int start_one(const struct devices_entry *entry, const Pb__RunSpec *spec,
		     struct why *why)
{
	unsigned int index = making.started;
	struct mkfs_command *command = &making.command[index];
	/* The child has its own copy of the path and only reads it. */
	struct child_plan plan = {
		.body = wipe_body,
		.context = (void *)(uintptr_t)entry->path,
		.output = making.output[index],
		.output_cap = OUTPUT_BYTES,
	};
	int rc = 0;

	if (wants_mkfs(entry->role)) {
		rc = build_command(command, entry->path, spec, why);
		if (rc < 0)
			return rc;
		build_environment(command, entry->path);
		plan.argv = command->argv;
		plan.environment = command->environment;
	}
	rc = child_start(&making.child[index], &plan);
	if (rc < 0)
		return why_failed(why, rc, "no process for mkfs");
	making.started++;
	return 0;
}

static int judge_one(const struct devices_entry *entry,
		     const struct child *child, const Pb__RunSpec *spec,
		     struct why *why)
{
	char how[64];
	char words[256];

	if (child_succeeded(child))
		return 0;
	child_describe(child, how, sizeof(how));
	child_last_line(child, words, sizeof(words));
	if (!wants_mkfs(entry->role))
		return why_is(why, -EIO, "wiping %s %s: %s: %s",
			      devices_role_name(entry->role), entry->path, how,
			      words);
	if (child->exit_status == CHILD_EXIT_NOT_RUN)
		return why_is(why, -ENOENT, "mkfs.%s: %s", spec->fstype, words);
	return why_is(why, -EIO, "mkfs.%s of %s %s failed, %s: %s",
		      spec->fstype, devices_role_name(entry->role), entry->path,
		      how, words);
}

int filesystem_make(const struct devices *devices, const Pb__RunSpec *spec,
		    uint64_t timeout_ms, struct why *why)
{
	uint64_t deadline_ns = clock_mono_ns() + clock_ns_of_ms(timeout_ms);
	unsigned int i;
	int rc = 0;

	making.started = 0;
	for (i = 0; i < devices->count && rc == 0; i++)
		rc = start_one(&devices->entry[i], spec, why);
	if (rc < 0)
		deadline_ns = 0; /* those that run are stopped */
	if (child_wait_all(making.child, making.started, deadline_ns) < 0 &&
	    rc == 0)
		rc = -ETIMEDOUT; /* judge_one() says whose */
	if (rc < 0 && rc != -ETIMEDOUT)
		return rc;
	for (i = 0; i < devices->count; i++) {
		rc = judge_one(&devices->entry[i], &making.child[i], spec, why);
		if (rc < 0)
			return rc;
	}
	return 0;
}
