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

/* Files that check and a test may leave, by what follows the test's name. */
enum result {
	RESULT_NOTRUN,
	RESULT_HINTS,
	RESULT_OUT_BAD,
	RESULT_DMESG,
	RESULT_KMEMLEAK,
	RESULT_FULL,
	RESULTS,
};

static const char *const suffixes[RESULTS] = {
	".notrun", ".hints", ".out.bad", ".dmesg", ".kmemleak", ".full",
};

struct results {
	int dir_fd;
	const char *test;
	bool there[RESULTS];
	bool core;
};

static void note_result(struct results *results, const char *suffix)
{
	for (int i = 0; i < RESULTS; i++)
		if (!strcmp(suffix, suffixes[i]))
			results->there[i] = true;
	/* <test>.core.<hash>, or whatever a shell of another kind has saved */
	if (!strncmp(suffix, ".core", strlen(".core")))
		results->core = true;
}

/* Quicker than to try to open each. */
static void list_results(struct results *results)
{
	struct directory directory;
	const char *name;
	size_t len = strlen(results->test);

	if (directory_open(&directory, results->dir_fd, ".", 0) < 0)
		return;
	while (directory_next(&directory, &name) > 0)
		if (!strncmp(name, results->test, len))
			note_result(results, name + len);
	directory_close(&directory);
}

/* When it is a regular file. */
static int open_result(const struct results *results, enum result which,
		       struct stat *ret_status)
{
	char name[LIMIT_NAME + 16];
	fd_auto int fd = -1;

	if (!results->there[which])
		return -ENOENT;
	(void)snprintf(name, sizeof(name), "%s%s", results->test,
		       suffixes[which]);
	fd = fd_openat(results->dir_fd, name,
		       O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0);
	if (fd < 0)
		return fd;
	if (fstat(fd, ret_status) < 0)
		return -errno;
	return S_ISREG(ret_status->st_mode) ? fd_release(&fd) : -EINVAL;
}

static bool has_result(const struct results *results, enum result which,
		       bool even_empty)
{
	struct stat status;
	fd_auto int fd = open_result(results, which, &status);

	return fd >= 0 && (even_empty || status.st_size > 0);
}

/* Returns whether the file is there. */
static bool read_result(const struct results *results, enum result which,
			char *to, size_t cap)
{
	struct stat status;
	fd_auto int fd = open_result(results, which, &status);
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

static void read_fs_problem(struct evidence *evidence,
			    const struct results *results)
{
	struct stat status;
	fd_auto int fd = open_result(results, RESULT_FULL, &status);
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

static bool has_golden(int tests_fd, const char *name)
{
	char path[2 * LIMIT_NAME + 16];
	struct stat status;

	(void)snprintf(path, sizeof(path), "%s.out", name);
	/* A symbolic link to the variant in use counts. */
	return !fstatat(tests_fd, path, &status, AT_SYMLINK_NOFOLLOW);
}

static void read_results(struct evidence *evidence, struct results *results)
{
	list_results(results);
	evidence->notrun =
		read_result(results, RESULT_NOTRUN, evidence->notrun_reason,
			    sizeof(evidence->notrun_reason));
	(void)read_result(results, RESULT_HINTS, evidence->hint,
			  sizeof(evidence->hint));
	evidence->out_bad = has_result(results, RESULT_OUT_BAD, true);
	evidence->dmesg = has_result(results, RESULT_DMESG, false);
	evidence->kmemleak = has_result(results, RESULT_KMEMLEAK, false);
	evidence->core = results->core;
	read_fs_problem(evidence, results);
}

int evidence_read(struct evidence *ret_evidence, int results_fd, int tests_fd,
		  const char *name)
{
	char dir[LIMIT_NAME + 1];
	struct results results = {.dir_fd = -1};
	fd_auto int dir_fd = -1;
	int rc = evidence_split_name(name, dir, &results.test);

	if (rc < 0)
		return rc;
	memset(ret_evidence, 0, sizeof(*ret_evidence));
	ret_evidence->no_golden = !has_golden(tests_fd, name);
	dir_fd = fd_openat(results_fd, dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW,
			   0);
	results.dir_fd = dir_fd;
	if (dir_fd >= 0)
		read_results(ret_evidence, &results);
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
