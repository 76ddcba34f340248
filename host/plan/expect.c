/* SPDX-License-Identifier: GPL-2.0-or-later */
/* expect - which of the kernel's complaints a test causes on purpose. */
#include "host/plan/expect.h"

#include "host/plan/textfile.h"

#include "journal.pb-c.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of the scan alone: both together are taken for a loop device on a file that is
 * larger than what it is on (generic/361, the only one so far). */
#define SPARSE (UINT32_C(1) << 30)
#define LOOP   (UINT32_C(1) << 31)

/* Words of fstests' common/ and of tools. In the order of the table, all that
 * stand in a line count; "also" must follow in the same line. */
static const struct expect_row {
	const char *text;
	const char *also;
	uint32_t bits;
} rows[] = {
	{"_disable_dmesg_check", NULL, PB__EXPECTS__EXPECTS_UNCHECKED_DMESG},
	{"_require_scratch_nocheck", NULL,
	 PB__EXPECTS__EXPECTS_UNCHECKED_SCRATCH},
	{"common/dmerror", NULL, PB__EXPECTS__EXPECTS_DM_ERROR},
	{"_dmerror_", NULL, PB__EXPECTS__EXPECTS_DM_ERROR},
	{"_require_dm_target error", NULL, PB__EXPECTS__EXPECTS_DM_ERROR},
	{"common/dmflakey", NULL, PB__EXPECTS__EXPECTS_DM_FLAKEY},
	{"_flakey", NULL, PB__EXPECTS__EXPECTS_DM_FLAKEY},
	{"_require_dm_target flakey", NULL, PB__EXPECTS__EXPECTS_DM_FLAKEY},
	{"common/dmthin", NULL, PB__EXPECTS__EXPECTS_DM_OTHER},
	{"common/dmdust", NULL, PB__EXPECTS__EXPECTS_DM_OTHER},
	{"common/dmlogwrites", NULL, PB__EXPECTS__EXPECTS_DM_OTHER},
	{"common/dmhugedisk", NULL, PB__EXPECTS__EXPECTS_DM_OTHER},
	{"common/dmdelay", NULL, PB__EXPECTS__EXPECTS_DM_OTHER},
	{"_require_dm_target ", NULL, PB__EXPECTS__EXPECTS_DM_OTHER},
	{"_scratch_shutdown", NULL, PB__EXPECTS__EXPECTS_SHUTDOWN},
	{"_test_shutdown", NULL, PB__EXPECTS__EXPECTS_SHUTDOWN},
	{"_require_scratch_shutdown", NULL, PB__EXPECTS__EXPECTS_SHUTDOWN},
	{"_require_xfs_io_shutdown", NULL, PB__EXPECTS__EXPECTS_SHUTDOWN},
	{"godown", NULL, PB__EXPECTS__EXPECTS_SHUTDOWN},
	{"_require_", "inject", PB__EXPECTS__EXPECTS_INJECTION},
	{"_inject_error", NULL, PB__EXPECTS__EXPECTS_INJECTION},
	{"fail_make_request", NULL, PB__EXPECTS__EXPECTS_INJECTION},
	{"_scratch_xfs_fuzz", NULL, PB__EXPECTS__EXPECTS_DAMAGE},
	{"_scratch_fuzz", NULL, PB__EXPECTS__EXPECTS_DAMAGE},
	{"_scratch_xfs_set_metadata_field", NULL, PB__EXPECTS__EXPECTS_DAMAGE},
	{"_scratch_xfs_db", " -x", PB__EXPECTS__EXPECTS_DAMAGE},
	{"blocktrash", NULL, PB__EXPECTS__EXPECTS_DAMAGE},
	{"debugfs -w", NULL, PB__EXPECTS__EXPECTS_DAMAGE},
	{"DEBUGFS_PROG", " -w", PB__EXPECTS__EXPECTS_DAMAGE},
	{"corrupt-block", NULL, PB__EXPECTS__EXPECTS_DAMAGE},
	{"CORRUPT_BLOCK", NULL, PB__EXPECTS__EXPECTS_DAMAGE},
	{"_fsv_scratch_corrupt", NULL, PB__EXPECTS__EXPECTS_DAMAGE},
	{"pwrite", "SCRATCH_DEV", PB__EXPECTS__EXPECTS_DAMAGE},
	{"of=$SCRATCH_DEV", NULL, PB__EXPECTS__EXPECTS_DAMAGE},
	{"_require_sparse_files", NULL, SPARSE},
	{"_require_loop", NULL, LOOP},
};

static bool has(struct bytes line, const char *text)
{
	return memmem(line.data, line.len, text, strlen(text)) != NULL;
}

static bool row_holds(const struct expect_row *row, struct bytes line)
{
	const uint8_t *at =
		memmem(line.data, line.len, row->text, strlen(row->text));
	struct bytes rest;

	if (at == NULL || row->also == NULL)
		return at != NULL;
	rest = line;
	(void)bytes_take(&rest, (size_t)(at - line.data) + strlen(row->text));
	return has(rest, row->also);
}

static bool is_comment(struct bytes line)
{
	size_t i = 0;

	while (i < line.len && (line.data[i] == ' ' || line.data[i] == '\t'))
		i++;
	return i == line.len || line.data[i] == '#';
}

static uint32_t scan_line(struct bytes line)
{
	uint32_t bits = 0;

	if (is_comment(line))
		return 0;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (row_holds(&rows[i], line))
			bits |= rows[i].bits;
	/* The target was named: it is none of the others. */
	if (has(line, "_require_dm_target error") ||
	    has(line, "_require_dm_target flakey"))
		bits &= ~(uint32_t)PB__EXPECTS__EXPECTS_DM_OTHER;
	return bits;
}

uint32_t expect_scan(struct bytes source)
{
	uint32_t bits = 0;

	while (source.len > 0) {
		const uint8_t *end = memchr(source.data, '\n', source.len);
		size_t len =
			end != NULL ? (size_t)(end - source.data) : source.len;

		bits |= scan_line(bytes_take(&source, len));
		(void)bytes_take(&source, 1);
	}
	if (bits & SPARSE && bits & LOOP)
		bits |= PB__EXPECTS__EXPECTS_FULL_LOOP;
	return bits & ~(SPARSE | LOOP);
}

uint32_t expect_read(const char *tree, const char *test)
{
	struct textfile file = {0};
	uint32_t bits = 0;
	char *path;

	if (asprintf(&path, "%s/tests/%s", tree, test) < 0)
		return 0;
	if (textfile_read(AT_FDCWD, path, &file) == 0)
		bits = expect_scan(textfile_bytes(&file));
	textfile_deinit(&file);
	free(path);
	return bits;
}
