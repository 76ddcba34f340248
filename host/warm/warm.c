/* SPDX-License-Identifier: GPL-2.0-or-later */
/* warm - the programs and the tree that a guest gets in its memory. */
#include "host/warm/warm.h"

#include "host/record/cachedir.h"
#include "host/warm/closure.h"
#include "host/warm/treelist.h"
#include "host/warm/wanted.h"
#include "shared/fd.h"
#include "shared/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* Of one program with what it adds: fio's 77 MB of libraries are for a few
 * tests that take minutes. And of all of them. */
static const uint64_t program_cap_bytes = UINT64_C(5) << 20;
static const uint64_t tools_cap_bytes = UINT64_C(96) << 20;

/* What programs open beside their libraries. */
static const char *const companions[] = {
	"/etc/localtime", /* which leads to /usr/share/zoneinfo */
	"/usr/lib/*/perl-base/*.pm",
	"/usr/lib/*/perl-base/*/*.pm",
	"/usr/lib/*/perl-base/auto/*/*.so",
	"/usr/lib/*/perl-base/auto/*/*/*.so",
	"/usr/lib*/security/pam_*.so",
	"/usr/lib/*/security/pam_*.so",
};

/* Of /usr/lib/modules/RELEASE, where the kernel's modules are installed: what
 * modprobe reads of them all, and those that the set-up loads. */
static const char *const modules[] = {
	"modules.*.bin",
	"modules.softdep",
	"kernel/drivers/block/loop.ko*",
	"kernel/drivers/md/dm-*.ko*",
	"kernel/fs/configfs/*.ko*",
	"kernel/fs/mbcache.ko*",
	"kernel/fs/jbd2/*.ko*",
	"kernel/fs/ext4/*.ko*",
	"kernel/fs/xfs/*.ko*",
	"kernel/fs/btrfs/*.ko*",
	"kernel/fs/f2fs/*.ko*",
	"kernel/lib/crc*.ko*",
	"kernel/crypto/crc32c*.ko*",
};

static void add_matches(struct closure *closure, const char *pattern)
{
	glob_t found;

	if (glob(pattern, 0, NULL, &found) != 0)
		return;
	for (size_t i = 0; i < found.gl_pathc; i++)
		(void)!closure_add(closure, found.gl_pathv[i],
				   program_cap_bytes);
	globfree(&found);
}

static void add_companions(struct closure *closure, const char *release)
{
	char pattern[PATH_MAX];

	for (size_t i = 0; i < sizeof(companions) / sizeof(*companions); i++)
		add_matches(closure, companions[i]);
	add_matches(closure, "/usr/lib/modprobe.d/*.conf");
	for (size_t i = 0;
	     release[0] != '\0' && i < sizeof(modules) / sizeof(*modules);
	     i++) {
		snprintf(pattern, sizeof(pattern), "/usr/lib/modules/%s/%s",
			 release, modules[i]);
		add_matches(closure, pattern);
	}
}

static int add_tools(struct members *members, const struct warm_ask *ask)
{
	struct closure closure;
	struct wanted wanted;
	int rc = wanted_find(ask->programs, ask->tree, &wanted);

	if (rc < 0)
		return rc;
	rc = closure_init(&closure, members);
	for (size_t i = 0; rc == 0 && i < wanted.count; i++) {
		if (members->bytes > tools_cap_bytes)
			break;
		/* One that is too large, or can't be read, is left out. */
		rc = closure_add(&closure, wanted.list[i].path,
				 program_cap_bytes);
		if (rc < 0 && rc != -ENOMEM)
			rc = 0;
	}
	if (rc == 0)
		add_companions(&closure, ask->release);
	closure_deinit(&closure);
	wanted_deinit(&wanted);
	return rc;
}

static int make_tools(int cache_fd, const struct warm_ask *ask,
		      struct archive_report *ret_report)
{
	struct members members;
	int rc = members_init(&members, "/usr");

	if (rc < 0)
		return rc;
	rc = add_tools(&members, ask);
	if (rc == 0)
		rc = archive_get(cache_fd, "tools", &members, ret_report);
	members_deinit(&members);
	return rc;
}

static int make_tree(int cache_fd, const char *tree,
		     struct archive_report *ret_report)
{
	struct members members;
	int rc = members_init(&members, tree);

	if (rc < 0)
		return rc;
	rc = treelist_add(&members);
	if (rc == 0)
		rc = archive_get(cache_fd, "tree", &members, ret_report);
	members_deinit(&members);
	return rc;
}

int warm_make(int cache_fd, const struct warm_ask *ask,
	      struct warm_result *ret_result)
{
	struct warm_result result = {.error = 0};
	const char *step = "the programs' bundle";
	int rc = make_tools(cache_fd, ask, &result.tools);

	if (rc == 0) {
		step = "the tree's bundle";
		rc = make_tree(cache_fd, ask->tree, &result.tree);
	}
	result.error = rc;
	snprintf(result.step, sizeof(result.step), "%s", step);
	*ret_result = result;
	archive_prune(cache_fd, LIMIT_WARM_BYTES);
	return rc;
}

/* ---- the process ---- */

static _Noreturn void be_maker(const struct warm *warm, int out, pid_t parent,
			       const struct warm_ask *ask)
{
	struct warm_result result;

	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != parent)
		_exit(1);
	(void)signal(SIGPIPE, SIG_DFL);
	(void)!warm_make(warm->cache_fd, ask, &result);
	/* Less than PIPE_BUF: whole or not at all. */
	(void)!write(out, &result, sizeof(result));
	_exit(0);
}
static_assert(sizeof(struct warm_result) < 4096, "written at once");

int warm_start(struct warm *warm, const struct warm_ask *ask)
{
	pid_t parent = getpid();
	int pair[2];
	int rc;

	*warm = (struct warm){.fd = -1, .cache_fd = -1};
	warm->cache_fd = cachedir_open(ARCHIVE_KIND, warm->directory);
	if (warm->cache_fd < 0)
		return warm->cache_fd;
	rc = fd_pipe(pair);
	if (rc < 0) {
		fd_close(&warm->cache_fd);
		return rc;
	}
	warm->pid = fork();
	if (warm->pid == 0)
		be_maker(warm, pair[1], parent, ask);
	rc = warm->pid < 0 ? -errno : 0;
	fd_close(&pair[1]);
	warm->fd = pair[0];
	if (rc == 0)
		rc = fd_set_nonblocking(warm->fd);
	if (rc < 0)
		warm_end(warm);
	return rc;
}

const struct warm_result *warm_look(struct warm *warm)
{
	ssize_t len;

	if (warm->ready)
		return &warm->result;
	if (warm->pid <= 0)
		return NULL;
	len = read(warm->fd, &warm->result, sizeof(warm->result));
	if (len < 0)
		return NULL;
	if (len != sizeof(warm->result)) {
		memset(&warm->result, 0, sizeof(warm->result));
		warm->result.error = -ECHILD;
	}
	warm->ready = true;
	return &warm->result;
}

void warm_refuse(const struct warm *warm, const char *name)
{
	(void)unlinkat(warm->cache_fd, name, 0);
}

void warm_end(struct warm *warm)
{
	if (warm->pid > 0) {
		(void)kill(warm->pid, SIGKILL);
		while (waitpid(warm->pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	warm->pid = 0;
	fd_close(&warm->fd);
	fd_close(&warm->cache_fd);
}
