/* SPDX-License-Identifier: GPL-2.0-or-later */
/* warm - the host's bundles in the guest's memory: see warm.h. */
#include "guest/warm.h"

#include "guest/child.h"
#include "guest/etccopy.h"
#include "guest/layout.h"
#include "guest/modules.h"
#include "guest/mounts.h"
#include "guest/unpack.h"
#include "shared/bytes.h"
#include "shared/clock.h"
#include "shared/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#define UPPER LAYOUT_WARM "/upper"
#define WORK  LAYOUT_WARM "/work"

enum {
	OUTPUT_BYTES = 512,
	PAGE_BYTES = 4096, /* or more: then a small guest does without */
};

struct piece {
	const char *label; /* "tools" */
	const char *place; /* where it is unpacked */
	char bundle[sizeof(LAYOUT_WARM) + LIMIT_NAME + 16];
	struct child child;
	char output[OUTPUT_BYTES];
	bool started;
	bool ready;
	char why[OUTPUT_BYTES];
};

static struct piece tools = {.label = "tools", .place = LAYOUT_WARM_TOOLS};
static struct piece tree = {.label = "tree", .place = LAYOUT_WARM_TREE};

/* ---- the export ---- */

/* A directory that is in reach already, for tests without a VM. */
static bool is_directory(const char *tag)
{
	return tag[0] == '/';
}

static int mount_share(const char *tag, struct why *why)
{
	if (mkdir(LAYOUT_WARM_SHARE, 0755) < 0 && errno != EEXIST)
		return why_failed(why, -errno, "making " LAYOUT_WARM_SHARE);
	if (is_directory(tag))
		return mount(tag, LAYOUT_WARM_SHARE, NULL, MS_BIND, NULL) < 0
			       ? why_failed(why, -errno, "mounting %s", tag)
			       : 0;
	if (mount(tag, LAYOUT_WARM_SHARE, "9p", MS_RDONLY | MS_NODEV,
		  "trans=virtio,version=9p2000.L,access=any,msize=512000") < 0)
		return why_failed(why, -errno, "9p export %s", tag);
	return 0;
}

/* ---- unpacking ---- */

static uint64_t room_bytes(void)
{
	struct sysinfo info;

	if (sysinfo(&info) < 0)
		return 0;
	return (uint64_t)info.totalram * info.mem_unit /
	       LIMIT_BUNDLE_MEMORY_SHARE;
}

/* With room for what does not fill its last page. */
static int mount_tmpfs(const char *path, const struct unpack_size *size,
		       struct why *why)
{
	uint64_t bytes =
		size->bytes + ((uint64_t)size->members + 256) * PAGE_BYTES;
	char options[64];

	(void)snprintf(options, sizeof(options), "size=%llu,mode=0755",
		       (unsigned long long)bytes);
	if (mkdir(path, 0755) < 0 && errno != EEXIST)
		return why_failed(why, -errno, "making %s", path);
	if (mount("fstvm-warm", path, "tmpfs", MS_NODEV, options) < 0)
		return why_failed(why, -errno, "tmpfs on %s", path);
	return 0;
}

static int unpack_body(void *context, struct why *why)
{
	const struct piece *piece = context;

	return unpack_bundle(piece->bundle, piece->place, why);
}

static int start_piece(struct piece *piece, const char *name, uint64_t *room,
		       struct why *why)
{
	struct child_plan plan = {
		.body = unpack_body,
		.context = piece,
		.output = piece->output,
		.output_cap = sizeof(piece->output),
	};
	struct unpack_size size;
	int rc;

	if (strchr(name, '/') != NULL)
		return why_is(why, -EINVAL, "it is no name of a file");
	(void)snprintf(piece->bundle, sizeof(piece->bundle),
		       LAYOUT_WARM_SHARE "/%.*s", LIMIT_NAME, name);
	rc = unpack_measure(piece->bundle, &size, why);
	if (rc < 0)
		return rc;
	if (size.bytes > *room)
		return why_is(why, -EFBIG,
			      "%llu MB are too much for the guest's memory",
			      (unsigned long long)(size.bytes / 1000000));
	rc = mount_tmpfs(piece->place, &size, why);
	if (rc == 0)
		rc = child_start(&piece->child, &plan);
	piece->started = rc == 0;
	*room -= size.bytes;
	return rc;
}

static void judge_piece(struct piece *piece)
{
	char words[OUTPUT_BYTES];

	if (!piece->started)
		return;
	piece->ready = child_succeeded(&piece->child);
	if (piece->ready)
		return;
	child_last_line(&piece->child, words, sizeof(words));
	if (words[0] == '\0')
		child_describe(&piece->child, words, sizeof(words));
	(void)bytes_copy_string(piece->why, sizeof(piece->why), words);
}

/* One that is not whole must not be seen by anybody. */
static int drop_piece(struct piece *piece, struct why *why)
{
	if (piece->ready || !mounts_is_mounted(piece->place))
		return 0;
	if (umount2(piece->place, MNT_DETACH) < 0)
		return why_failed(why, -errno, "unmounting %s", piece->place);
	return 0;
}

static int unpack_both(const Pb__RunSpec *spec, struct why *why)
{
	struct piece *const pieces[] = {&tools, &tree};
	const char *const names[] = {spec->warm_tools, spec->warm_tree};
	uint64_t room = room_bytes();
	struct child children[2];
	size_t count = 0;
	int rc = 0;

	for (size_t i = 0; i < 2; i++) {
		struct why reason = {.text = ""};

		if (names[i][0] != '\0' &&
		    start_piece(pieces[i], names[i], &room, &reason) < 0)
			(void)bytes_copy_string(pieces[i]->why,
						sizeof(pieces[i]->why),
						reason.text);
		if (pieces[i]->started)
			children[count++] = pieces[i]->child;
	}
	/* judge_piece() says whose time was over. */
	(void)!child_wait_all(children, count,
			      clock_mono_ns() +
				      clock_ns_of_ms(spec->setup_timeout_ms));
	for (size_t i = 2; i-- > 0;)
		if (pieces[i]->started)
			pieces[i]->child = children[--count];
	for (size_t i = 0; i < 2; i++) {
		judge_piece(pieces[i]);
		if (rc == 0)
			rc = drop_piece(pieces[i], why);
	}
	return rc;
}

/* ---- over /usr ---- */

struct submount {
	char path[LIMIT_PATH];
	int fd;
};

enum { SUBMOUNTS = 32 };

struct submounts {
	struct submount list[SUBMOUNTS];
	size_t count;
};

static int hold_submount(void *context, const char *path)
{
	struct submounts *submounts = context;
	struct submount *submount = &submounts->list[submounts->count];

	if (submounts->count == SUBMOUNTS)
		return -E2BIG;
	(void)bytes_copy_string(submount->path, sizeof(submount->path), path);
	submount->fd = fd_open(path, O_PATH, 0);
	if (submount->fd < 0)
		return submount->fd;
	submounts->count++;
	return 0;
}

/* What was mounted below /usr is hidden by what is now on /usr. */
static int show_submounts(struct submounts *submounts)
{
	int rc = 0;

	for (size_t i = 0; i < submounts->count; i++) {
		struct submount *submount = &submounts->list[i];
		char from[32];

		(void)snprintf(from, sizeof(from), "/proc/self/fd/%d",
			       submount->fd);
		if (rc == 0 && mount(from, submount->path, NULL,
				     MS_BIND | MS_REC, NULL) < 0)
			rc = -errno;
		fd_close(&submount->fd);
	}
	return rc;
}

static int mount_over_usr(void)
{
	static const char options[] = "xino=off,lowerdir=" LAYOUT_WARM_TOOLS
				      ":/usr,upperdir=" UPPER ",workdir=" WORK;
	const char *plain = strchr(options, ',') + 1;

	if ((mkdir(UPPER, 0755) < 0 && errno != EEXIST) ||
	    (mkdir(WORK, 0755) < 0 && errno != EEXIST))
		return -errno;
	if (mount("fstvm-usr", "/usr", "overlay", 0, options) == 0 ||
	    mount("fstvm-usr", "/usr", "overlay", 0, plain) == 0)
		return 0;
	return -errno;
}

static int lay_over_usr(struct why *why)
{
	static struct submounts submounts;
	int rc = mounts_each_below("/usr", hold_submount, &submounts);

	if (rc == 0) {
		rc = mount_over_usr();
		if (rc < 0)
			(void)why_failed(why, rc, "overlay on /usr");
	} else {
		(void)why_failed(why, rc, "mounts below /usr");
	}
	if (rc < 0) {
		while (submounts.count > 0)
			fd_close(&submounts.list[--submounts.count].fd);
		return rc;
	}
	rc = show_submounts(&submounts);
	if (rc == 0)
		return 0;
	(void)why_failed(why, rc, "mounts below /usr");
	return umount2("/usr", MNT_DETACH) < 0 ? -errno : rc;
}

/* ---- all of it ---- */

static int load_drivers(const Pb__RunSpec *spec, struct why *why)
{
	struct modules modules;

	if (is_directory(spec->warm_tag))
		return 0;
	modules_of_sharing(&modules);
	return modules_load_all(&modules, spec->setup_timeout_ms, why);
}

static int lay(const Pb__RunSpec *spec, struct why *why)
{
	struct why reason = {.text = ""};
	int rc = load_drivers(spec, why);

	if (rc == 0)
		rc = mount_share(spec->warm_tag, why);
	if (rc < 0)
		return 0; /* with why */
	rc = unpack_both(spec, why);
	if (umount2(LAYOUT_WARM_SHARE, MNT_DETACH) < 0 && rc == 0)
		rc = why_failed(why, -errno, "unmounting " LAYOUT_WARM_SHARE);
	if (rc < 0 || !tools.ready)
		return rc;
	if (lay_over_usr(&reason) < 0) {
		tools.ready = false;
		(void)bytes_copy_string(tools.why, sizeof(tools.why),
					reason.text);
		return drop_piece(&tools, why);
	}
	if (!is_directory(spec->warm_tag))
		etccopy_make();
	return 0;
}

static void say(struct job_places *places, const struct why *why)
{
	const struct piece *const pieces[] = {&tools, &tree};
	size_t used = 0;
	char *to = places->warm_why;
	size_t cap = sizeof(places->warm_why);

	(void)snprintf(places->warm, sizeof(places->warm), "%s%s%s",
		       tools.ready ? "tools" : "",
		       tools.ready && tree.ready ? " " : "",
		       tree.ready ? "tree" : "");
	used += bytes_copy_string(to, cap, why->text);
	for (size_t i = 0; i < 2; i++) {
		if (pieces[i]->why[0] == '\0')
			continue;
		used += bytes_copy_string(to + used, cap - used,
					  used ? "; " : "");
		used += bytes_copy_string(to + used, cap - used,
					  pieces[i]->label);
		used += bytes_copy_string(to + used, cap - used, ": ");
		used += bytes_copy_string(to + used, cap - used,
					  pieces[i]->why);
	}
}

static void forget(struct piece *piece)
{
	piece->started = piece->ready = false;
	piece->why[0] = '\0';
}

int warm_lay(const Pb__RunSpec *spec, struct job_places *places,
	     struct why *why)
{
	struct why reason = {.text = ""};
	int rc = 0;

	places->warm[0] = places->warm_why[0] = '\0';
	forget(&tools);
	forget(&tree);
	if (spec->warm_tag[0] == '\0')
		return 0;
	if (mkdir(LAYOUT_WARM, 0755) < 0 && errno != EEXIST)
		return why_failed(why, -errno, "making " LAYOUT_WARM);
	rc = lay(spec, &reason);
	say(places, &reason);
	return rc < 0 ? why_is(why, rc, "%s", reason.text) : 0;
}
