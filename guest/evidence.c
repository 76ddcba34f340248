/* SPDX-License-Identifier: GPL-2.0-or-later */
/* evidence - what check and a test have left of one test. */
#include "guest/evidence.h"

#include "guest/directory.h"
#include "shared/escape.h"
#include "shared/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The agent looks at one test at a time. */
static char full_text[256 * 1024];

static bool is_plain(const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++) {
		if (name[i] == '/' || (unsigned char)name[i] <= ' ')
			return false;
	}
	return len > 0 && name[0] != '.';
}

int evidence_split_name(const char *name, char *ret_dir, const char **ret_test)
{
	const char *slash = strchr(name, '/');
	size_t len = slash ? (size_t)(slash - name) : 0;

	if (!slash || len > LIMIT_NAME || !is_plain(name, len) ||
	    !is_plain(slash + 1, strlen(slash + 1)) ||
	    strlen(slash + 1) > LIMIT_NAME)
		return -EINVAL;
	memcpy(ret_dir, name, len);
	ret_dir[len] = '\0';
	*ret_test = slash + 1;
	return 0;
}

static struct bytes take_line(struct bytes *text)
{
	const uint8_t *end = memchr(text->data, '\n', text->len);
	size_t len = end ? (size_t)(end - text->data) : text->len;
	struct bytes line = bytes_take(text, len);

	(void)bytes_take(text, 1);
	return line;
}

static bool is_word(uint8_t c)
{
	return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z');
}

static bool starts_with(struct bytes text, const char *prefix)
{
	size_t len = strlen(prefix);

	return text.len >= len && !memcmp(text.data, prefix, len);
}

/* ^_check_\w+: filesystem on |^_overlay_check_fs: */
static bool tells_problem(struct bytes line)
{
	if (starts_with(line, "_overlay_check_fs:"))
		return true;
	if (!starts_with(line, "_check_"))
		return false;
	while (line.len && is_word(line.data[0]))
		(void)bytes_take(&line, 1);
	return starts_with(line, ": filesystem on ");
}

struct bytes evidence_fs_problem(struct bytes full)
{
	while (full.len) {
		struct bytes line = take_line(&full);

		if (tells_problem(line))
			return line;
	}
	return bytes_of(NULL, 0);
}

/* <test><suffix> in dir_fd, when it is a regular file. */
static int open_result(int dir_fd, const char *test, const char *suffix,
		       struct stat *ret_status)
{
	char name[LIMIT_NAME + 16];
	fd_auto int fd = -1;

	(void)snprintf(name, sizeof(name), "%s%s", test, suffix);
	fd = fd_openat(dir_fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0);
	if (fd < 0)
		return fd;
	if (fstat(fd, ret_status) < 0)
		return -errno;
	return S_ISREG(ret_status->st_mode) ? fd_release(&fd) : -EINVAL;
}

static bool has_result(int dir_fd, const char *test, const char *suffix,
		       bool even_empty)
{
	struct stat status;
	fd_auto int fd = open_result(dir_fd, test, suffix, &status);

	return fd >= 0 && (even_empty || status.st_size > 0);
}

/* Returns whether the file is there. */
static bool read_result(int dir_fd, const char *test, const char *suffix,
			char *to, size_t cap)
{
	struct stat status;
	fd_auto int fd = open_result(dir_fd, test, suffix, &status);
	char text[LIMIT_TEXT];
	ssize_t len;

	to[0] = '\0';
	if (fd < 0)
		return false;
	len = fd_read_all(fd, text, sizeof(text));
	while (len > 0 && (text[len - 1] == '\n' || text[len - 1] == ' '))
		len--;
	if (len > 0)
		(void)escape_text(to, cap, bytes_of(text, (size_t)len), true);
	return true;
}

static void read_fs_problem(struct evidence *evidence, int dir_fd,
			    const char *test)
{
	struct stat status;
	fd_auto int fd = open_result(dir_fd, test, ".full", &status);
	/* A line that two windows share is seen whole in the second. */
	const off_t step = sizeof(full_text) - LIMIT_TEXT;
	struct bytes line = {.len = 0};
	off_t at;

	evidence->fs_problem[0] = '\0';
	if (fd < 0)
		return;
	at = status.st_size > EVIDENCE_FULL_TAIL
		     ? status.st_size - EVIDENCE_FULL_TAIL
		     : 0;
	for (; at < status.st_size && !line.len; at += step) {
		ssize_t len = pread(fd, full_text, sizeof(full_text), at);

		if (len <= 0)
			return;
		line = evidence_fs_problem(bytes_of(full_text, (size_t)len));
		if (line.len && at + len < status.st_size &&
		    line.data >= (const uint8_t *)full_text + step)
			line.len = 0; /* cut, maybe: the next window has it */
	}
	if (line.len)
		(void)escape_text(evidence->fs_problem,
				  sizeof(evidence->fs_problem), line, false);
}

/* <test>.core.<hash>, or whatever a shell of another kind has saved. */
static bool has_core(int dir_fd, const char *test)
{
	struct directory directory;
	const char *name;
	size_t len = strlen(test);
	bool found = false;

	if (directory_open(&directory, dir_fd, ".", 0) < 0)
		return false;
	while (!found && directory_next(&directory, &name) > 0)
		found = !strncmp(name, test, len) &&
			!strncmp(name + len, ".core", strlen(".core"));
	directory_close(&directory);
	return found;
}

static bool has_golden(int tests_fd, const char *name)
{
	char path[2 * LIMIT_NAME + 16];
	struct stat status;

	(void)snprintf(path, sizeof(path), "%s.out", name);
	/* A symbolic link to the variant in use counts. */
	return !fstatat(tests_fd, path, &status, AT_SYMLINK_NOFOLLOW);
}

static void read_results(struct evidence *evidence, int dir_fd,
			 const char *test)
{
	evidence->notrun =
		read_result(dir_fd, test, ".notrun", evidence->notrun_reason,
			    sizeof(evidence->notrun_reason));
	(void)read_result(dir_fd, test, ".hints", evidence->hint,
			  sizeof(evidence->hint));
	evidence->out_bad = has_result(dir_fd, test, ".out.bad", true);
	evidence->dmesg = has_result(dir_fd, test, ".dmesg", false);
	evidence->kmemleak = has_result(dir_fd, test, ".kmemleak", false);
	evidence->core = has_core(dir_fd, test);
	read_fs_problem(evidence, dir_fd, test);
}

int evidence_read(struct evidence *ret_evidence, int results_fd, int tests_fd,
		  const char *name)
{
	char dir[LIMIT_NAME + 1];
	const char *test;
	fd_auto int dir_fd = -1;
	int rc = evidence_split_name(name, dir, &test);

	if (rc < 0)
		return rc;
	memset(ret_evidence, 0, sizeof(*ret_evidence));
	ret_evidence->no_golden = !has_golden(tests_fd, name);
	dir_fd = fd_openat(results_fd, dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW,
			   0);
	if (dir_fd >= 0)
		read_results(ret_evidence, dir_fd, test);
	return 0;
}

void evidence_fill(struct evidence *evidence, Pb__TestFinished *finished)
{
	finished->output_mismatch = evidence->out_bad;
	finished->no_golden_output = evidence->no_golden;
	finished->dmesg_found = evidence->dmesg;
	finished->dumped_core = evidence->core;
	finished->kmemleak_found = evidence->kmemleak;
	finished->notrun_reason = evidence->notrun_reason;
	finished->fs_problem = evidence->fs_problem;
	finished->hint = evidence->hint;
}
