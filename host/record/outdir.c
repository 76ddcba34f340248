/* SPDX-License-Identifier: GPL-2.0-or-later */
/* outdir - the directory of one run, and the names of everything in it. */
#include "host/record/outdir.h"

#include "host/record/journal.h"
#include "host/record/statedir.h"
#include "shared/beneath.h"
#include "shared/escape.h"
#include "shared/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
	/* Runs that can begin in the same second. */
	OUTDIR_SAME_SECOND = 100,
	/* What a run needs at the very least: its journal and logs. */
	OUTDIR_PROBE = 64 * 1024,
};

static int outdir_fail(struct outdir *outdir, int error, const char *format,
		       ...) __attribute__((format(printf, 3, 4)));

static int outdir_fail(struct outdir *outdir, int error, const char *format,
		       ...)
{
	char line[PATH_MAX + OUTDIR_WHY];
	va_list args;
	int len = 0;

	va_start(args, format);
	len = vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	if (len < 0)
		len = 0;
	if ((size_t)len >= sizeof(line))
		len = sizeof(line) - 1;
	escape_text(outdir->why, sizeof(outdir->why),
		    bytes_of(line, (size_t)len), false);
	return error;
}

/* One message for each thing that a disk can say. */
int outdir_explain(struct outdir *outdir, int error, const char *path)
{
	switch (error) {
	case -ENOSPC:
	case -EDQUOT:
		return outdir_fail(outdir, error,
				   "%s: the disk is full; free some space or "
				   "give --run-dir on another disk",
				   path);
	case -EACCES:
	case -EPERM:
	case -EROFS:
		return outdir_fail(outdir, error,
				   "%s: not writable (%s); give another "
				   "directory with --run-dir",
				   path, strerror(-error));
	default:
		return outdir_fail(outdir, error, "%s: %s", path,
				   strerror(-error));
	}
}

void outdir_stamp(char to[OUTDIR_STAMP], uint64_t real_ns)
{
	time_t seconds = (time_t)(real_ns / 1000000000);
	struct tm local = {0};

	localtime_r(&seconds, &local);
	if (strftime(to, OUTDIR_STAMP, "%Y%m%d-%H%M%S", &local) == 0)
		bytes_copy_string(to, OUTDIR_STAMP, "unknown-time");
}

static bool outdir_is_plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '+' ||
	       c == '.';
}

/* A piece of a path out of any name: never "", never with a leading dot. */
void outdir_piece(char to[OUTDIR_PIECE], const char *name)
{
	size_t len = bytes_copy_string(to, OUTDIR_PIECE, name);

	if (len == 0)
		bytes_copy_string(to, OUTDIR_PIECE, "default");
	for (size_t i = 0; i < len; i++) {
		if (!outdir_is_plain(to[i]) || (i == 0 && to[i] == '.'))
			to[i] = '-';
	}
}

/* Makes every directory of outdir->path that is missing. */
static int outdir_make(struct outdir *outdir)
{
	char *path = outdir->path;

	for (size_t i = 1; i == 1 || path[i - 1] != '\0'; i++) {
		char c = path[i];
		int r = 0;

		if (c != '/' && c != '\0')
			continue;
		path[i] = '\0';
		if (mkdir(path, 0700) < 0)
			r = -errno;
		if (r == 0 && outdir->created_len == 0)
			outdir->created_len = i;
		if (r < 0 && r != -EEXIST)
			return outdir_explain(outdir, r, path);
		path[i] = c;
	}
	return 0;
}

static int outdir_absolute(struct outdir *outdir, const char *dir)
{
	char cwd[PATH_MAX] = "";
	int len = 0;

	if (dir[0] == '\0')
		return outdir_fail(outdir, -EINVAL,
				   "the run directory's name is empty");
	if (dir[0] != '/' && !getcwd(cwd, sizeof(cwd)))
		return outdir_explain(outdir, -errno, ".");
	len = snprintf(outdir->path, sizeof(outdir->path), "%s%s%s", cwd,
		       dir[0] == '/' ? "" : "/", dir);
	if (len < 0 || (size_t)len >= sizeof(outdir->path))
		return outdir_explain(outdir, -ENAMETOOLONG, dir);
	while (len > 1 && outdir->path[len - 1] == '/')
		outdir->path[--len] = '\0';
	return 0;
}

static int outdir_open(struct outdir *outdir)
{
	outdir->fd = fd_open(outdir->path, O_RDONLY | O_DIRECTORY, 0);
	if (outdir->fd < 0)
		return outdir_explain(outdir, outdir->fd, outdir->path);
	return 0;
}

static bool outdir_has_journal(const struct outdir *outdir)
{
	struct stat st = {0};

	return fstatat(outdir->fd, JOURNAL_NAME, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

/* Finds out now, and not an hour later, that nothing can be written. */
static int outdir_probe(struct outdir *outdir)
{
	static const char zeros[OUTDIR_PROBE];
	static const char name[] = ".probe";
	fd_auto int fd =
		outdir_open_file(outdir, name, O_WRONLY | O_CREAT | O_EXCL);
	int r = fd;

	if (fd < 0)
		return r;
	r = fd_write_all(fd, zeros, sizeof(zeros));
	if (r == 0 && fsync(fd) < 0) /* some say ENOSPC only now */
		r = -errno;
	if (unlinkat(outdir->fd, name, 0) < 0 && r == 0)
		r = -errno;
	return r < 0 ? outdir_explain(outdir, r, outdir->path) : 0;
}

static int outdir_create_at(struct outdir *outdir, const char *dir)
{
	int r = outdir_absolute(outdir, dir);

	if (r == 0)
		r = outdir_make(outdir);
	if (r == 0)
		r = outdir_open(outdir);
	if (r == 0 && outdir_has_journal(outdir))
		r = outdir_fail(outdir, -EEXIST,
				"%s holds an earlier run; see it with 'fstvm "
				"report', go on with 'fstvm resume', or give "
				"another --run-dir",
				outdir->path);
	return r;
}

/* Appends to the state directory's path, which was made already, the first
 * name that is free. */
static int outdir_make_own(struct outdir *outdir, const char *name,
			   uint64_t real_ns)
{
	size_t len = strlen(outdir->path);
	size_t cap = sizeof(outdir->path) - len;
	char stamp[OUTDIR_STAMP];
	char piece[OUTDIR_PIECE];
	char number[16] = "";

	outdir_stamp(stamp, real_ns);
	outdir_piece(piece, name);
	for (int i = 1; i <= OUTDIR_SAME_SECOND; i++) {
		int n = snprintf(outdir->path + len, cap, "/%s-%s%s", stamp,
				 piece, number);

		if (n < 0 || (size_t)n >= cap)
			return outdir_explain(outdir, -ENAMETOOLONG,
					      outdir->path);
		if (mkdir(outdir->path, 0700) == 0) {
			if (outdir->created_len == 0)
				outdir->created_len = strlen(outdir->path);
			return 0;
		}
		if (errno != EEXIST)
			return outdir_explain(outdir, -errno, outdir->path);
		snprintf(number, sizeof(number), "-%d", i + 1);
	}
	return outdir_fail(outdir, -EEXIST, "%s: too many runs in one second",
			   outdir->path);
}

static int outdir_create_own(struct outdir *outdir, const char *name,
			     uint64_t real_ns)
{
	int r = statedir_path(outdir->path, sizeof(outdir->path));

	if (r < 0)
		return outdir_fail(outdir, r,
				   "no place for the run: $HOME is not set; "
				   "give a directory with --run-dir");
	r = outdir_make(outdir);
	if (r == 0)
		r = outdir_make_own(outdir, name, real_ns);
	return r < 0 ? r : outdir_open(outdir);
}

int outdir_create(struct outdir *outdir, const char *dir, const char *name,
		  uint64_t real_ns)
{
	int r = 0;

	*outdir = (struct outdir){.fd = -1};
	r = dir ? outdir_create_at(outdir, dir)
		: outdir_create_own(outdir, name, real_ns);
	if (r == 0)
		r = outdir_probe(outdir);
	if (r < 0)
		outdir_discard(outdir);
	return r;
}

/* The path of the run in the state directory that `run` means. Returns how
 * many it can mean. */
static int outdir_find_own(struct outdir *outdir, const char *run)
{
	char name[STATEDIR_NAME];
	size_t len = 0;
	int found = statedir_match(run, name);

	if (found != 1)
		return found;
	if (statedir_path(outdir->path, sizeof(outdir->path)) < 0)
		return 0;
	len = strlen(outdir->path);
	if (len + 1 + strlen(name) >= sizeof(outdir->path))
		return 0;
	outdir->path[len] = '/';
	bytes_copy_string(outdir->path + len + 1,
			  sizeof(outdir->path) - len - 1, name);
	return 1;
}

int outdir_find(struct outdir *outdir, const char *run)
{
	bool is_path = strchr(run, '/') || strcmp(run, ".") == 0 ||
		       strcmp(run, "..") == 0;
	int found = 0;
	int r = 0;

	*outdir = (struct outdir){.fd = -1};
	if (!is_path)
		found = outdir_find_own(outdir, run);
	if (found > 1)
		return outdir_fail(outdir, -ENOTUNIQ,
				   "%s: %d runs begin with this; give more of "
				   "the name, or a path",
				   run, found);
	if (found <= 0)
		r = outdir_absolute(outdir, run);
	if (r == 0)
		r = outdir_open(outdir);
	if (r == 0 && !outdir_has_journal(outdir))
		r = -ENOENT;
	if (r == -ENOENT)
		outdir_fail(outdir, r,
			    "%s: no such run; a run is a directory with a "
			    "journal, a name in the state directory, or "
			    "'latest'",
			    run);
	if (r < 0)
		outdir_close(outdir);
	return r;
}

void outdir_close(struct outdir *outdir)
{
	fd_close(&outdir->fd);
}

static void outdir_remove(struct outdir *outdir)
{
	char *slash = strrchr(outdir->path, '/');
	fd_auto int parent = -1;

	*slash = '\0';
	parent = fd_open(slash == outdir->path ? "/" : outdir->path,
			 O_PATH | O_DIRECTORY, 0);
	*slash = '/';
	if (parent >= 0 && beneath_remove_tree(parent, slash + 1) == 0)
		*slash = '\0';
}

void outdir_discard(struct outdir *outdir)
{
	char *path = outdir->path;
	bool is_ours = outdir->created_len > 0 && outdir->fd >= 0 &&
		       !outdir_has_journal(outdir);

	outdir_close(outdir);
	if (is_ours)
		outdir_remove(outdir);
	/* Then the parents that had to be made, unless they have more. */
	while (outdir->created_len && strlen(path) >= outdir->created_len &&
	       rmdir(path) == 0)
		*strrchr(path, '/') = '\0';
	outdir->created_len = 0;
}

int outdir_open_file(struct outdir *outdir, const char *path, int flags)
{
	const char *slash = strrchr(path, '/');
	char parent[PATH_MAX];
	int r = 0;

	if (slash && (flags & O_CREAT)) {
		size_t len = (size_t)(slash - path);

		if (len >= sizeof(parent))
			return outdir_explain(outdir, -ENAMETOOLONG, path);
		memcpy(parent, path, len);
		parent[len] = '\0';
		r = beneath_mkdirs(outdir->fd, parent);
	}
	if (r == 0)
		r = beneath_open(outdir->fd, path, flags, 0600);
	return r < 0 ? outdir_explain(outdir, r, outdir->path) : r;
}

/* Takes over fd. */
static int fill(int fd, outdir_writer *writer, void *context)
{
	FILE *to = fdopen(fd, "w");
	int r;

	if (!to) {
		r = -errno;
		fd_close(&fd);
		return r;
	}
	r = writer(context, to);
	/* The writer knows that it failed, but no longer why. */
	if ((r == 0 || ferror(to)) && fflush(to) != 0)
		r = -errno;
	if (fclose(to) != 0 && r == 0)
		r = -errno;
	return r;
}

int outdir_write_file(struct outdir *outdir, const char *path,
		      outdir_writer *writer, void *context)
{
	char fresh[PATH_MAX];
	int len = snprintf(fresh, sizeof(fresh), "%s.new", path);
	int fd = -1;
	int r = 0;

	if (len < 0 || (size_t)len >= sizeof(fresh))
		return outdir_explain(outdir, -ENAMETOOLONG, path);
	fd = outdir_open_file(outdir, fresh, O_WRONLY | O_CREAT | O_TRUNC);
	if (fd < 0)
		return fd;
	r = fill(fd, writer, context);
	if (r == 0)
		r = beneath_rename(outdir->fd, fresh, path);
	if (r == 0)
		return 0;
	unlinkat(outdir->fd, fresh, 0); /* or it stays: the next one is it */
	return outdir_explain(outdir, r, outdir->path);
}
