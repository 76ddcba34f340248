/* SPDX-License-Identifier: GPL-2.0-or-later */
/* baseline - what a test must leave as it has found it. */
#include "guest/baseline.h"

#include "guest/directory.h"
#include "shared/escape.h"
#include "shared/fd.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

enum { TABLE_BYTES = 64 * 1024 };

/* File systems that are an interface of the kernel: check and tests mount them
 * where they are missing, and leave them. */
static const char *const interfaces[] = {
	"autofs",   "binfmt_misc", "bpf",	 "cgroup",     "cgroup2",
	"configfs", "debugfs",	   "devpts",	 "devtmpfs",   "efivarfs",
	"fusectl",  "hugetlbfs",   "mqueue",	 "nfsd",       "proc",
	"pstore",   "resctrl",	   "rpc_pipefs", "securityfs", "selinuxfs",
	"sysfs",    "tracefs",
};

/* What tests turn and their clean-up turns back (facts of fstests, §8). */
static const struct {
	const char *path;
	const char *name;
} knobs[] = {
	{"/sys/kernel/debug/fail_make_request/probability",
	 "fault injection with probability"},
	{"/sys/kernel/debug/fail_make_request/task-filter",
	 "fault injection with task-filter"},
	{"/sys/devices/system/cpu/online", "online CPUs"},
	{"/proc/sys/vm/dirty_ratio", "vm.dirty_ratio"},
	{"/proc/sys/vm/dirty_background_ratio", "vm.dirty_background_ratio"},
	{"/proc/sys/vm/dirty_expire_centisecs", "vm.dirty_expire_centisecs"},
	{"/proc/sys/fs/protected_symlinks", "fs.protected_symlinks"},
	{"/proc/sys/fs/protected_hardlinks", "fs.protected_hardlinks"},
};

static char table[TABLE_BYTES];

static struct bytes take_word(struct bytes *line)
{
	size_t len = 0;

	while (len < line->len && line->data[len] != ' ' &&
	       line->data[len] != '\t')
		len++;
	return bytes_take(line, len);
}

static void skip_blanks(struct bytes *line)
{
	while (line->len > 0 && (line->data[0] == ' ' || line->data[0] == '\t'))
		(void)bytes_take(line, 1);
}

static struct bytes next_word(struct bytes *line)
{
	skip_blanks(line);
	return take_word(line);
}

static struct bytes take_line(struct bytes *text)
{
	const uint8_t *end = memchr(text->data, '\n', text->len);
	size_t len = end != NULL ? (size_t)(end - text->data) : text->len;
	struct bytes line = bytes_take(text, len);

	(void)bytes_take(text, 1);
	return line;
}

/* "what NAME", escaped. */
static void tell_name(baseline_thing *tell, void *context, const char *what,
		      struct bytes name)
{
	char thing[BASELINE_THING];
	int len = snprintf(thing, sizeof(thing), "%s ", what);

	escape_text(thing + len, sizeof(thing) - (size_t)len, name, false);
	tell(context, thing);
}

static bool is_interface(struct bytes fstype)
{
	for (size_t i = 0; i < sizeof(interfaces) / sizeof(interfaces[0]); i++)
		if (bytes_equal_string(fstype, interfaces[i]))
			return true;
	return false;
}

void baseline_mounts(struct bytes text, const struct job_places *places,
		     baseline_thing *tell, void *context)
{
	bool test_dir = false, scratch_mnt = false;

	while (text.len > 0) {
		struct bytes line = take_line(&text);
		struct bytes point;

		(void)next_word(&line);
		point = next_word(&line);
		if (point.len == 0 || is_interface(next_word(&line)))
			continue;
		/* One on each is check's own. */
		if (!test_dir && bytes_equal_string(point, places->test_dir))
			test_dir = true;
		else if (!scratch_mnt &&
			 bytes_equal_string(point, places->scratch_mnt))
			scratch_mnt = true;
		else
			tell_name(tell, context, "mount", point);
	}
}

void baseline_swaps(struct bytes text, baseline_thing *tell, void *context)
{
	(void)take_line(&text); /* the head */
	while (text.len > 0) {
		struct bytes line = take_line(&text);
		struct bytes path = next_word(&line);

		if (path.len > 0)
			tell_name(tell, context, "swap", path);
	}
}

static struct bytes read_table(const char *path)
{
	ssize_t len = fd_read_text(AT_FDCWD, path, table, sizeof(table));

	return bytes_of(table, len > 0 ? (size_t)len : 0);
}

static void tell_dm(int blocks, const char *name, baseline_thing *tell,
		    void *context)
{
	char path[300];
	char text[160];

	snprintf(path, sizeof(path), "%s/dm/name", name);
	if (fd_read_attribute(blocks, path, text, sizeof(text)) > 0)
		tell_name(tell, context, "device-mapper",
			  bytes_of_string(text));
}

static void tell_loop(int blocks, const char *name, baseline_thing *tell,
		      void *context)
{
	char path[300];
	char text[160];
	char thing[BASELINE_THING];
	int len;

	snprintf(path, sizeof(path), "%s/loop/backing_file", name);
	if (fd_read_attribute(blocks, path, text, sizeof(text)) <= 0)
		return;
	len = snprintf(thing, sizeof(thing), "%.32s (", name);
	len += (int)escape_text(thing + len, sizeof(thing) - (size_t)len - 2,
				bytes_of_string(text), false);
	snprintf(thing + len, sizeof(thing) - (size_t)len, ")");
	tell(context, thing);
}

static bool starts_with(const char *name, const char *prefix)
{
	return strncmp(name, prefix, strlen(prefix)) == 0;
}

static void tell_blocks(baseline_thing *tell, void *context)
{
	struct directory blocks;
	const char *name;

	if (directory_open(&blocks, AT_FDCWD, "/sys/block", 0) < 0)
		return;
	while (directory_next(&blocks, &name) > 0) {
		if (starts_with(name, "dm-"))
			tell_dm(blocks.fd, name, tell, context);
		else if (starts_with(name, "loop"))
			tell_loop(blocks.fd, name, tell, context);
		else
			tell_name(tell, context, "block device",
				  bytes_of_string(name));
	}
	directory_close(&blocks);
}

static void tell_knobs(baseline_thing *tell, void *context)
{
	char text[128];

	for (size_t i = 0; i < sizeof(knobs) / sizeof(knobs[0]); i++)
		if (fd_read_attribute(AT_FDCWD, knobs[i].path, text,
				      sizeof(text)) > 0)
			tell_name(tell, context, knobs[i].name,
				  bytes_of_string(text));
}

static void tell_all(const struct job_places *places, bool mounts_only,
		     baseline_thing *tell, void *context)
{
	baseline_mounts(read_table("/proc/self/mounts"), places, tell, context);
	if (mounts_only)
		return;
	baseline_swaps(read_table("/proc/swaps"), tell, context);
	tell_blocks(tell, context);
	tell_knobs(tell, context);
}

/* FNV-1a: these are told apart, not defended against. */
static uint64_t hash_of(const char *text)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (; *text != '\0'; text++)
		hash = (hash ^ (uint8_t)*text) * UINT64_C(0x100000001b3);
	return hash;
}

static void keep(void *context, const char *thing)
{
	struct baseline *baseline = context;

	if (baseline->count < BASELINE_THINGS)
		baseline->hash[baseline->count++] = hash_of(thing);
}

void baseline_take(struct baseline *baseline, const struct job_places *places,
		   bool mounts_only)
{
	baseline->count = 0;
	baseline->mounts_only = mounts_only;
	tell_all(places, mounts_only, keep, baseline);
	baseline->is_taken = true;
}

struct comparison {
	const struct baseline *baseline;
	bool matched[BASELINE_THINGS];
	unsigned int extra;
	char *to;
	size_t cap;
	size_t used;
};

static void put(struct comparison *comparison, const char *text)
{
	comparison->used +=
		bytes_copy_string(comparison->to + comparison->used,
				  comparison->cap - comparison->used, text);
}

static void match(void *context, const char *thing)
{
	struct comparison *comparison = context;
	const struct baseline *baseline = comparison->baseline;
	uint64_t hash = hash_of(thing);

	for (uint32_t i = 0; i < baseline->count; i++) {
		if (baseline->hash[i] != hash || comparison->matched[i])
			continue;
		comparison->matched[i] = true;
		return;
	}
	if (baseline->count == BASELINE_THINGS)
		return;
	if (comparison->extra++ > 0)
		put(comparison, ", ");
	put(comparison, thing);
}

unsigned int baseline_compare(const struct baseline *baseline,
			      const struct job_places *places, char *to,
			      size_t cap)
{
	struct comparison comparison = {
		.baseline = baseline,
		.to = to,
		.cap = cap,
	};

	to[0] = '\0';
	if (baseline->is_taken)
		tell_all(places, baseline->mounts_only, match, &comparison);
	return comparison.extra;
}
