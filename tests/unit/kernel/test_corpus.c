/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A public collection of console logs (syzkaller's format: headers, an empty
 * line, the log, perhaps "REPORT:" and what should be cut out of it), where it
 * is: how reports are cut, and that behind its end none is found again.
 *
 * FSTVM_TEST_KERNEL_REPORTS names the folder; without it, the one that CMake
 * has found. */
#include "host/kernel/report.h"

#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

enum {
	KEPT_MAX = 64,
	LOG_MAX = 1024 * 1024,
	FILES_MAX = 2000,
};

struct told {
	struct report reports[KEPT_MAX];
	size_t count;
	char text[REPORT_TEXT_MAX]; /* of the first problem */
	size_t text_len;
	uint64_t text_id;
};

struct log_file {
	char name[64];
	uint8_t *bytes;
	struct bytes log;
	struct bytes report; /* empty: the file has none */
	char start[256], end[256];
};

static const char *folder(void)
{
	const char *path = getenv("FSTVM_TEST_KERNEL_REPORTS");

	return path ? path : KERNEL_REPORTS;
}

static void on_report(void *context, const struct report *report)
{
	struct told *told = context;

	if (!report->consequence &&
	    (told->text_id == 0 || report->id < told->text_id)) {
		memcpy(told->text, report->text.data, report->text.len);
		told->text_len = report->text.len;
		told->text_id = report->id;
	}
	if (told->count < KEPT_MAX)
		told->reports[told->count++] = *report;
}

static void scan(struct bytes log, struct told *told)
{
	struct report_sink sink = {.context = told, .on_report = on_report};
	struct report_scanner *scanner;

	told->count = told->text_len = 0;
	told->text_id = 0;
	assert_int_equal(report_scanner_create(sink, &scanner), 0);
	report_scanner_push(scanner, log);
	report_scanner_flush(scanner);
	report_scanner_destroy(scanner);
}

static struct bytes take_line(struct bytes *text)
{
	const uint8_t *end = memchr(text->data, '\n', text->len);
	struct bytes line =
		bytes_take(text, end ? (size_t)(end - text->data) : text->len);

	bytes_take(text, 1);
	return line;
}

static bool begins(struct bytes b, const char *text)
{
	return b.len >= strlen(text) && !memcmp(b.data, text, strlen(text));
}

static void keep_header(struct bytes line, const char *key, char *to)
{
	if (!begins(line, key))
		return;
	bytes_take(&line, strlen(key));
	snprintf(to, 256, "%.*s", (int)line.len, (const char *)line.data);
}

/* Carriage returns are no part of the format. */
static size_t drop_returns(uint8_t *bytes, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		if (bytes[i] != '\r')
			bytes[kept++] = bytes[i];
	}
	return kept;
}

static void log_file_read(struct log_file *file, int dir, const char *name)
{
	static const char mark[] = "\n\nREPORT:\n";
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
	const uint8_t *found;
	struct bytes rest, line;
	ssize_t n;

	memset(file, 0, sizeof(*file));
	bytes_copy_string(file->name, sizeof(file->name), name);
	assert_true(fd >= 0);
	file->bytes = malloc(LOG_MAX);
	assert_non_null(file->bytes);
	n = read(fd, file->bytes, LOG_MAX);
	assert_true(n >= 0 && n < LOG_MAX);
	close(fd);
	rest = bytes_of(file->bytes, drop_returns(file->bytes, (size_t)n));
	while (rest.len > 0 && (line = take_line(&rest)).len > 0) {
		keep_header(line, "START: ", file->start);
		keep_header(line, "END: ", file->end);
	}
	file->log = rest;
	found = memmem(rest.data, rest.len, mark, sizeof(mark) - 1);
	if (!found)
		return;
	file->log.len = (size_t)(found - rest.data) + 1;
	bytes_take(&rest, file->log.len + sizeof(mark) - 2);
	file->report = rest;
}

/* Doubtful frames are kept by one and left out by the other. */
static size_t drop_doubtful(struct bytes text, char *to)
{
	size_t n = 0;

	while (text.len > 0) {
		struct bytes line = take_line(&text);

		if (begins(line, " ? ") || begins(line, "  ? "))
			continue;
		memcpy(to + n, line.data, line.len);
		n += line.len;
		to[n++] = '\n';
	}
	to[n] = '\0';
	return n;
}

/* Is ours a part of theirs that leaves out whole lines at its ends only? */
static bool is_cut_of(const struct told *told, const struct log_file *file,
		      bool *ret_exact)
{
	char *ours = malloc(REPORT_TEXT_MAX + 2);
	char *theirs = malloc(file->report.len + 2);
	const char *found;
	bool at_line;

	assert_non_null(ours);
	assert_non_null(theirs);
	drop_doubtful(bytes_of(told->text, told->text_len), ours);
	drop_doubtful(file->report, theirs);
	found = strstr(theirs, ours);
	at_line = found && (found == theirs || found[-1] == '\n');
	*ret_exact = found == theirs && strcmp(ours, theirs) == 0;
	free(ours);
	free(theirs);
	return at_line;
}

static const struct report *first_problem(const struct told *told)
{
	const struct report *first = NULL;

	for (size_t i = 0; i < told->count; i++) {
		const struct report *report = &told->reports[i];

		if (!report->consequence && (!first || report->id < first->id))
			first = report;
	}
	return first;
}

static struct bytes behind_lines(struct bytes log, uint64_t count)
{
	for (uint64_t i = 0; i < count; i++)
		take_line(&log);
	return log;
}

static size_t count_of(const struct told *told, const char *fingerprint)
{
	size_t n = 0;

	for (size_t i = 0; i < told->count; i++)
		n += !strcmp(told->reports[i].fingerprint, fingerprint);
	return n;
}

struct tally {
	size_t files, reports, exact, cut, starts, ends, again, lost;
};

static struct told told, again;

/* From its first line on the same report is found, behind its last not. */
static void check_again(const struct log_file *file, struct tally *tally)
{
	const struct report *first = first_problem(&told);
	const struct report *other;

	if (!first || first->class == CLASS_REBOOT ||
	    count_of(&told, first->fingerprint) > 1)
		return;
	scan(behind_lines(file->log, first->line_end), &again);
	if (count_of(&again, first->fingerprint) > 0) {
		print_message("%s: found again behind line %llu\n", file->name,
			      (unsigned long long)first->line_end);
		tally->again++;
	}
	scan(behind_lines(file->log, first->line_begin - 1), &again);
	other = first_problem(&again);
	if (!other || strcmp(other->title, first->title) != 0) {
		print_message("%s: '%s' is not found from line %llu on\n",
			      file->name, first->title,
			      (unsigned long long)first->line_begin);
		tally->lost++;
	}
}

static void check_report(const struct log_file *file, struct tally *tally)
{
	bool exact = false;

	if (file->report.len == 0)
		return;
	tally->reports++;
	if (is_cut_of(&told, file, &exact))
		tally->cut++;
	else
		print_message("%s: cut otherwise\n", file->name);
	tally->exact += exact;
}

/* START's line is in the report, END's is behind it. */
static void check_ends(const struct log_file *file, struct tally *tally)
{
	const struct report *first = first_problem(&told);
	struct bytes log = file->log;
	uint64_t number = 0, start = 0, end = 0;

	while (log.len > 0) {
		struct bytes line = take_line(&log);

		number++;
		if (!start && file->start[0] && begins(line, file->start))
			start = number;
		if (!end && file->end[0] && begins(line, file->end))
			end = number;
	}
	if (start &&
	    (!first || first->line_begin > start || first->line_end < start)) {
		print_message("%s: begins elsewhere\n", file->name);
		tally->starts++;
	}
	if (end && first && first->line_end < end - 1) {
		print_message("%s: ends early\n", file->name);
		tally->ends++;
	}
}

static int open_folder(char names[][32], size_t *ret_count)
{
	DIR *dir = folder()[0] ? opendir(folder()) : NULL;
	const struct dirent *entry;
	size_t count = 0;
	int fd;

	if (!dir) {
		print_message("skipped: no kernel logs%s%s; set "
			      "FSTVM_TEST_KERNEL_REPORTS\n",
			      folder()[0] ? " in " : "", folder());
		return -1;
	}
	while ((entry = readdir(dir)) && count < FILES_MAX) {
		if (entry->d_name[0] >= '0' && entry->d_name[0] <= '9')
			snprintf(names[count++], 32, "%.31s", entry->d_name);
	}
	fd = dup(dirfd(dir));
	closedir(dir);
	*ret_count = count;
	return fd;
}

static void test_corpus(void **state)
{
	static char names[FILES_MAX][32];
	struct tally tally = {0};
	struct log_file file;
	int dir = open_folder(names, &tally.files);

	(void)state;
	if (dir < 0)
		skip();
	for (size_t i = 0; i < tally.files; i++) {
		log_file_read(&file, dir, names[i]);
		scan(file.log, &told);
		check_report(&file, &tally);
		check_ends(&file, &tally);
		check_again(&file, &tally);
		free(file.bytes);
	}
	close(dir);
	print_message("%zu logs; of %zu reports %zu exact, %zu cut at lines; "
		      "%zu begin and %zu end elsewhere; %zu found twice, %zu "
		      "not again\n",
		      tally.files, tally.reports, tally.exact, tally.cut,
		      tally.starts, tally.ends, tally.again, tally.lost);
	assert_true(tally.files > 0);
	/* One is of a text editor and one has two clocks at once. */
	assert_true(tally.cut + 2 >= tally.reports);
	assert_true(tally.exact * 3 >= tally.cut);
	assert_int_equal(tally.starts + tally.ends, 0);
	assert_int_equal(tally.again, 0);
	assert_int_equal(tally.lost, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_corpus),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
