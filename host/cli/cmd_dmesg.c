/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cmd_dmesg - finds the kernel's reports in a log and prints them. */
#include "host/cli/cmd_dmesg.h"

#include "host/kernel/report.h"
#include "host/kernel/symbols.h"
#include "host/run/debuginfo.h"
#include "shared/escape.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	READ_BYTES = 256 * 1024,
	/* What is kept until the end, so that a flood of reports costs no
	 * memory: beyond these, reports are only counted. */
	KEPT_REPORTS = 1000,
	KEPT_TEXT = 4 * 1024 * 1024,
};

struct dmesg {
	FILE *out;
	bool json;
	struct symbols *symbols; /* NULL: no source lines */
	bool problem;
	uint64_t count;
	uint64_t consequences;
	uint64_t notes;
	/* JSON only: reports in the order of their ends, and the one that the
	 * log is about. */
	json_t *reports;
	uint64_t dropped;
	size_t text_bytes;
	uint64_t main_id;
	bool main_is_minor;
	json_t *main;
};

static json_t *text_value(struct bytes text)
{
	size_t cap = text.len * 4 + 1;
	char *escaped = malloc(cap);
	json_t *value;
	size_t n;

	if (!escaped)
		return NULL;
	n = escape_text(escaped, cap, text, true);
	value = json_stringn(escaped, n);
	free(escaped);
	return value;
}

static void set_string(json_t *object, const char *key, const char *text)
{
	json_object_set_new(object, key, json_string(text));
}

static void set_number(json_t *object, const char *key, int64_t number)
{
	json_object_set_new(object, key, json_integer(number));
}

static void set_flag(json_t *object, const char *key, bool flag)
{
	json_object_set_new(object, key, json_boolean(flag));
}

static json_t *report_head(const struct report *report)
{
	json_t *o = json_object();

	set_number(o, "id", (json_int_t)report->id);
	set_string(o, "class", report_class_name(report->class));
	set_string(o, "severity", report_severity_name(report->severity));
	set_string(o, "title", report->title);
	set_string(o, "func", report->function);
	set_string(o, "fingerprint", report->fingerprint);
	set_flag(o, "consequence", report->consequence);
	set_flag(o, "corrupted", report->corrupted);
	return o;
}

/* The report's text, with source lines where there are some: then *ret_own is
 * to be freed. */
static struct bytes text_of(const struct dmesg *dmesg,
			    const struct report *report, char **ret_own)
{
	*ret_own = NULL;
	if (dmesg->symbols == NULL ||
	    symbols_annotate(dmesg->symbols, report->text, ret_own) < 0)
		return report->text;
	return bytes_of_string(*ret_own);
}

static void set_text(struct dmesg *dmesg, const struct report *report,
		     json_t *o)
{
	char *own;
	struct bytes text = text_of(dmesg, report, &own);

	if (dmesg->text_bytes + text.len <= KEPT_TEXT) {
		dmesg->text_bytes += text.len;
		json_object_set_new(o, "text", text_value(text));
	}
	free(own);
}

static json_t *report_value(struct dmesg *dmesg, const struct report *report)
{
	json_t *o = report_head(report);

	set_flag(o, "truncated", report->truncated);
	set_flag(o, "panicked", report->panicked);
	set_string(o, "header", report->header);
	set_string(o, "source", report->source);
	set_number(o, "begin", (json_int_t)report->line_begin);
	set_number(o, "line", (json_int_t)report->line_header);
	set_number(o, "end", (json_int_t)report->line_end);
	if (report->has_time)
		set_number(o, "time_us", (json_int_t)report->time_us);
	set_number(o, "age_s", report->age_s);
	set_number(o, "cpu", report->cpu);
	set_number(o, "pid", report->pid);
	set_string(o, "comm", report->comm);
	set_string(o, "taint", report->taint);
	set_string(o, "kernel", report->kernel);
	set_string(o, "caller", report->caller);
	set_text(dmesg, report, o);
	return o;
}

/* Does it say least of a log? What allocates copes with failure, mostly. */
static bool is_minor(const struct report *report)
{
	return report->severity == REPORT_NOTE ||
	       report->class == CLASS_PAGE_ALLOC;
}

/* The first problem by its begin; a minor one only while there is no other. */
static void choose_main(struct dmesg *dmesg, const struct report *report)
{
	bool minor = is_minor(report);

	if (report->consequence)
		return;
	if (dmesg->main &&
	    (minor != dmesg->main_is_minor ? minor
					   : report->id > dmesg->main_id))
		return;
	json_decref(dmesg->main);
	dmesg->main = report_head(report);
	dmesg->main_id = report->id;
	dmesg->main_is_minor = minor;
}

static bool is_plain(struct bytes line)
{
	for (size_t i = 0; i < line.len; i++) {
		if (line.data[i] < ' ' || line.data[i] > '~')
			return false;
	}
	return true;
}

static void print_line(FILE *out, struct bytes line)
{
	char escaped[4 * 1024];

	fputs("    ", out);
	if (is_plain(line)) {
		fwrite(line.data, 1, line.len, out);
	} else {
		escape_text(escaped, sizeof(escaped), line, false);
		fputs(escaped, out);
	}
	fputc('\n', out);
}

static void print_text(const struct dmesg *dmesg, const struct report *report)
{
	FILE *out = dmesg->out;
	char *own;
	struct bytes text = text_of(dmesg, report, &own);

	fprintf(out, "%s%s: %s\n", report_severity_name(report->severity),
		report->consequence ? " (consequence)" : "", report->title);
	fprintf(out, "  class %s, fingerprint %s, lines %llu-%llu",
		report_class_name(report->class), report->fingerprint,
		(unsigned long long)report->line_begin,
		(unsigned long long)report->line_end);
	if (report->comm[0])
		fprintf(out, ", task %s/%lld", report->comm,
			(long long)report->pid);
	if (report->cpu >= 0)
		fprintf(out, ", CPU %d", report->cpu);
	if (report->kernel[0])
		fprintf(out, ", kernel %s", report->kernel);
	fprintf(out, "%s\n", report->corrupted ? ", incomplete" : "");
	while (text.len > 0) {
		const uint8_t *end = memchr(text.data, '\n', text.len);
		size_t n = end ? (size_t)(end - text.data) : text.len;

		print_line(out, bytes_take(&text, n));
		bytes_take(&text, 1);
	}
	fputc('\n', out);
	free(own);
}

static void on_report(void *context, const struct report *report)
{
	struct dmesg *dmesg = context;

	dmesg->count++;
	/* Nor are a device's errors alone: all of them are notes. */
	if (report->severity != REPORT_NOTE && !report->consequence)
		dmesg->problem = true;
	if (report->severity == REPORT_NOTE)
		dmesg->notes++;
	else if (report->consequence)
		dmesg->consequences++;
	if (!dmesg->json) {
		print_text(dmesg, report);
		return;
	}
	choose_main(dmesg, report);
	if (json_array_size(dmesg->reports) < KEPT_REPORTS)
		json_array_append_new(dmesg->reports,
				      report_value(dmesg, report));
	else
		dmesg->dropped++;
}

static void copy_member(json_t *to, const char *key, const json_t *from)
{
	json_t *value = json_object_get(from, key);

	if (value)
		json_object_set(to, key, value);
	else
		set_string(to, key, "");
}

static int print_json(struct dmesg *dmesg, uint64_t lines)
{
	json_t *o = json_object();
	int err;

	set_flag(o, "problem", dmesg->problem);
	copy_member(o, "class", dmesg->main);
	copy_member(o, "func", dmesg->main);
	copy_member(o, "severity", dmesg->main);
	copy_member(o, "title", dmesg->main);
	copy_member(o, "fingerprint", dmesg->main);
	set_number(o, "lines", (json_int_t)lines);
	set_number(o, "count", (json_int_t)dmesg->count);
	set_number(o, "dropped", (json_int_t)dmesg->dropped);
	json_object_set(o, "reports", dmesg->reports);
	err = json_dumpf(o, dmesg->out, JSON_COMPACT | JSON_PRESERVE_ORDER);
	json_decref(o);
	fputc('\n', dmesg->out);
	return err;
}

static int print_summary(struct dmesg *dmesg, uint64_t lines)
{
	if (dmesg->count == 0)
		fprintf(dmesg->out, "no kernel problem in %llu lines\n",
			(unsigned long long)lines);
	else
		fprintf(dmesg->out,
			"%llu kernel reports in %llu lines: %llu problems, "
			"%llu consequences, %llu notes\n",
			(unsigned long long)dmesg->count,
			(unsigned long long)lines,
			(unsigned long long)(dmesg->count -
					     dmesg->consequences -
					     dmesg->notes),
			(unsigned long long)dmesg->consequences,
			(unsigned long long)dmesg->notes);
	return 0;
}

static int read_all(int fd, struct report_scanner *scanner)
{
	uint8_t *buffer = malloc(READ_BYTES);
	ssize_t n;
	int err = 0;

	if (!buffer)
		return -ENOMEM;
	for (;;) {
		n = read(fd, buffer, READ_BYTES);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			err = -errno;
		if (n <= 0)
			break;
		report_scanner_push(scanner, bytes_of(buffer, (size_t)n));
	}
	free(buffer);
	report_scanner_flush(scanner);
	return err;
}

static int open_symbols(struct dmesg *dmesg, const char *vmlinux, FILE *err)
{
	const struct debuginfo_search search = {.root = "", .vmlinux = vmlinux};
	struct debuginfo info;
	struct symbols_source source = {.vmlinux = info.vmlinux,
					.modules = info.modules};
	char why[SYMBOLS_WHY] = "its path is too long";
	int rc = -ENAMETOOLONG;

	if (vmlinux == NULL)
		return 0;
	if (debuginfo_find(&search, &info)) {
		if (info.modules[0] == '\0')
			source.modules = NULL;
		rc = symbols_open(&source, &dmesg->symbols, why);
	}
	if (rc < 0)
		fprintf(err, "dmesg: %s\n", why);
	return rc;
}

static int scan(struct dmesg *dmesg, int fd, uint64_t *ret_lines)
{
	struct report_sink sink = {.context = dmesg, .on_report = on_report};
	struct report_scanner *scanner;
	int status = report_scanner_create(sink, &scanner);

	if (status < 0)
		return status;
	dmesg->reports = json_array();
	status = read_all(fd, scanner);
	*ret_lines = report_scanner_lines(scanner);
	report_scanner_destroy(scanner);
	return status;
}

int cmd_dmesg_fd(int fd, const char *name,
		 const struct cmd_dmesg_options *options, FILE *out, FILE *err)
{
	struct dmesg dmesg = {.out = out, .json = options->json};
	uint64_t lines = 0;
	int status;

	if (open_symbols(&dmesg, options->vmlinux, err) < 0)
		return DMESG_UNREADABLE;
	status = scan(&dmesg, fd, &lines);
	if (status < 0)
		fprintf(err, "dmesg: can't read %s: %s\n", name,
			strerror(-status));
	else
		status = options->json ? print_json(&dmesg, lines)
				       : print_summary(&dmesg, lines);
	symbols_close(dmesg.symbols);
	json_decref(dmesg.main);
	json_decref(dmesg.reports);
	if (status < 0 || fflush(out) != 0)
		return DMESG_UNREADABLE;
	return dmesg.problem ? DMESG_FOUND : DMESG_NOTHING;
}

int cmd_dmesg(const struct cmd_dmesg_options *options, FILE *out, FILE *err)
{
	const char *path = options->path;
	int fd, status;

	if (!path || strcmp(path, "-") == 0)
		return cmd_dmesg_fd(STDIN_FILENO, "standard input", options,
				    out, err);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0) {
		fprintf(err, "dmesg: can't open %s: %s\n", path,
			strerror(errno));
		return DMESG_UNREADABLE;
	}
	status = cmd_dmesg_fd(fd, path, options, out, err);
	close(fd);
	return status;
}
