/* SPDX-License-Identifier: GPL-2.0-or-later */
/* title - composing and normalising titles. */
#include "host/kernel/title.h"

#include "host/kernel/chars.h"

#include <stdio.h>
#include <string.h>

enum {
	TITLE_KIND_MAX = 64,
	ADDRESS_DIGITS = 6,
};

static bool is_word(uint8_t c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z') || c == '_';
}

/* What is behind the first lead in b; empty when there is no lead. */
static struct bytes behind(struct bytes b, const char *lead)
{
	const uint8_t *found = find_text(b, lead);
	struct bytes rest = b;

	if (!found)
		return bytes_of(NULL, 0);
	bytes_take(&rest, (size_t)(found - b.data) + strlen(lead));
	return rest;
}

/* What is before the first stop in b, or all of it. */
static struct bytes before(struct bytes b, const char *stop)
{
	const uint8_t *found = find_text(b, stop);

	return found ? bytes_of(b.data, (size_t)(found - b.data)) : b;
}

struct output {
	char *to;
	size_t cap;
	size_t len;
};

static void put(struct output *out, const char *text)
{
	while (*text && out->len + 1 < out->cap)
		out->to[out->len++] = *text++;
}

static void put_byte(struct output *out, uint8_t c)
{
	if (c >= ' ' && c < 0x7f && out->len + 1 < out->cap)
		out->to[out->len++] = (char)c;
}

/* Digits alone are a number, however many. Only pointers are padded with
 * zeroes to 8 or 16 digits. */
static bool is_padded(struct bytes b, size_t digits)
{
	return at(b, 0) == '0' && (digits == 8 || digits == 16);
}

/* A number at the start of b: how long it is, and what it becomes. */
static size_t number_length(struct bytes b, const char **ret_word)
{
	size_t i = 0, digits = 0;
	bool hex = at(b, 0) == '0' && at(b, 1) == 'x';

	if (hex)
		i = 2;
	for (; is_hex(at(b, i)); i++) {
		if (!is_digit(at(b, i)))
			hex = true;
		digits++;
	}
	if (digits == 0 || is_word(at(b, i)))
		return 0;
	*ret_word = hex || is_padded(b, digits) ? "ADDR" : "NUM";
	/* "dead", "be": words, not numbers. */
	if (*ret_word[0] == 'A' && at(b, 1) != 'x' && digits < ADDRESS_DIGITS)
		return 0;
	return i;
}

/* The length of a disk's name at the start of b, with its partition, or 0:
 * "vdb1", "dm-0", "nvme0n1p2", "sdaa" is left out for the words it could be.
 */
static size_t disk_length(struct bytes b)
{
	static const char *const numbered[] = {
		"dm-",	  "loop", "md",	 "nbd",	 "nvme",
		"mmcblk", "pmem", "ram", "zram", NULL,
	};
	static const char *const lettered[] = {"sd", "vd", "xvd", NULL};
	size_t n = 0;

	for (size_t i = 0; n == 0 && numbered[i]; i++) {
		if (starts(b, numbered[i]) &&
		    is_digit(at(b, strlen(numbered[i]))))
			n = strlen(numbered[i]);
	}
	for (size_t i = 0; n == 0 && lettered[i]; i++) {
		uint8_t c = at(b, strlen(lettered[i]));

		if (starts(b, lettered[i]) && c >= 'a' && c <= 'z')
			n = strlen(lettered[i]) + 1;
	}
	if (n == 0)
		return 0;
	/* "0n1p2" */
	while (is_digit(at(b, n)) ||
	       (at(b, n) && strchr("np", at(b, n)) && is_digit(at(b, n + 1))))
		n++;
	return is_word(at(b, n)) ? 0 : n;
}

/* "+0x1a/0x2b [xfs]" behind a name: built in or not, it is the same code. */
static size_t offset_length(struct bytes b)
{
	size_t n = 3;

	if (at(b, 0) != '+' || at(b, 1) != '0' || at(b, 2) != 'x')
		return 0;
	while (is_hex(at(b, n)) || at(b, n) == '/' || at(b, n) == 'x')
		n++;
	if (at(b, n) == ' ' && at(b, n + 1) == '[') {
		size_t end = n + 2;

		while (is_word(at(b, end)))
			end++;
		if (at(b, end) == ']')
			n = end + 1;
	}
	return n;
}

/* ":12" behind "x.c" or "x.h" */
static bool is_line_number(const struct output *out, const char *word)
{
	const char *end = out->to + out->len;

	return out->len > 2 && end[-1] == ':' && word[0] == 'N' &&
	       (end[-2] == 'c' || end[-2] == 'h');
}

size_t title_normalise(struct bytes text, char *ret, size_t cap)
{
	struct output out = {.to = ret, .cap = cap};
	uint8_t previous = 0;

	while (text.len > 0) {
		const char *word = "";
		size_t n = offset_length(text);

		if (n == 0 && !is_word(previous)) {
			n = disk_length(text);
			word = "DEV";
		}
		if (n == 0 && !is_word(previous))
			n = number_length(text, &word);
		if (n > 0 && is_line_number(&out, word)) {
			out.len--;
			word = "";
		}
		if (n > 0) {
			put(&out, word);
			previous = text.data[n - 1];
			bytes_take(&text, n);
			continue;
		}
		previous = text.data[0];
		put_byte(&out, previous);
		bytes_take(&text, 1);
	}
	while (out.len > 0 && strchr(" .!:\t", ret[out.len - 1]))
		out.len--;
	ret[out.len] = '\0';
	return out.len;
}

static void copy_kind(struct bytes kind, char *ret_kind)
{
	size_t n = title_normalise(kind, ret_kind, TITLE_KIND_MAX);

	for (size_t i = 0; i < n; i++) {
		if (ret_kind[i] == 'U' && i == 0 && ret_kind[1] == 'n')
			ret_kind[i] = 'u';
	}
}

/* "KASAN: use-after-free Read in f" */
static void compose_sanitizer(const char *name, struct bytes header,
			      struct bytes text, const char *access,
			      const struct culprit *culprit, struct output *out)
{
	struct bytes kind = behind(behind(header, name), ": ");
	char words[TITLE_KIND_MAX];

	/* "BUG: KASAN: x in f", "UBSAN: x in file:1:2"; of a trap, "UBSAN: x
	 * at f" (x86) and "UBSAN: x: 00000000f2005512 [#1]" (arm64). */
	copy_kind(before(before(before(kind, " in "), " at "), ": 0"), words);
	if (strcmp(words, "undefined behaviour") == 0)
		put(words[0] ? &(struct output){words, TITLE_KIND_MAX, 0} : out,
		    "undefined-behaviour");
	put(out, name);
	put(out, ": ");
	put(out, words);
	if (access && contains(text, "Read of size"))
		put(out, " Read");
	else if (access && contains(text, "Write of size"))
		put(out, " Write");
	if (!culprit->function[0])
		return;
	put(out, " in ");
	put(out, culprit->function);
	if (culprit->other[0]) {
		put(out, " / ");
		put(out, culprit->other);
	}
}

/* mm/slub.c: "BUG kmalloc-64 (Not tainted): Poison overwritten" */
static void compose_slub(struct bytes header, const struct culprit *culprit,
			 struct output *out)
{
	struct bytes kind = behind(header, "): ");
	char words[TITLE_KIND_MAX];

	if (kind.len == 0)
		kind = behind(header, ": ");
	title_normalise(before(kind, ". "), words, sizeof(words));
	put(out, "BUG: ");
	put(out, words);
	if (!culprit->function[0])
		return;
	put(out, " in ");
	put(out, culprit->function);
}

/* Without the part of b that holds words and ends at stop: "inode #12: ". */
static void skip_word(struct bytes *b, const char *lead)
{
	struct bytes rest = behind(*b, ": ");
	size_t n = strlen(lead);

	if (rest.len > 0 && b->len >= n && memcmp(b->data, lead, n) == 0)
		*b = rest;
}

/* "EXT4-fs error (device vdb): f:12: inode #2: comm ls: text" becomes
 * "EXT4-fs error in f: text": devices and inodes differ from run to run. */
static void compose_fs(struct bytes header, const struct culprit *culprit,
		       struct output *out)
{
	struct bytes lead = before(header, " (");
	struct bytes text = behind(header, ")");
	char words[128];

	while (text.len > 0 && strchr(": ", text.data[0]))
		bytes_take(&text, 1);
	if (text.len == 0 || lead.len == header.len) {
		title_normalise(header, words, sizeof(words));
		put(out, words);
		return;
	}
	title_normalise(lead, words, sizeof(words));
	put(out, words);
	/* ext2 says so behind the device. */
	if (text.len > 7 && memcmp(text.data, "error: ", 7) == 0) {
		put(out, " error");
		bytes_take(&text, 7);
	}
	if (culprit->function[0]) {
		put(out, " in ");
		put(out, culprit->function);
		if (text.len > 3 && memcmp(text.data, "in ", 3) == 0)
			bytes_take(&text, 3);
		skip_word(&text, culprit->function);
	}
	skip_word(&text, "inode #");
	skip_word(&text, "block ");
	skip_word(&text, "comm ");
	skip_word(&text, "path ");
	title_normalise(text, words, sizeof(words));
	put(out, ": ");
	put(out, words);
}

static void compose_template(const char *template, const char *function,
			     struct output *out)
{
	for (const char *c = template; *c; c++) {
		if (*c != '%') {
			put_byte(out, (uint8_t)*c);
			continue;
		}
		if (function[0]) {
			put(out, function);
			continue;
		}
		/* "… in %" without a function ends before " in ". */
		if (out->len > 4 &&
		    memcmp(out->to + out->len - 4, " in ", 4) == 0)
			out->len -= 4;
	}
}

/* The condition of an assertion, as written in the source; empty when header
 * is none's: "Assertion failed: c, file: f" (xfs), "assertion failed: c, in f"
 * (btrfs), "Assertion failure in g() at f:1: "c"" (jbd2), "page dumped because:
 * VM_BUG_ON_FOLIO(c)" (mm). */
static struct bytes condition_of(struct bytes header)
{
	struct bytes condition = behind(header, "ssertion failed: ");

	if (condition.len > 0)
		return before(before(condition, ", file: "), ", in fs/");
	condition = behind(header, "page dumped because: VM_");
	if (condition.len > 0) {
		condition = behind(condition, "(");
		if (condition.len > 0)
			condition.len--;
		return condition;
	}
	if (!contains(header, "Assertion failure in "))
		return condition;
	condition = behind(header, ": \"");
	if (condition.len > 0)
		condition.len--;
	return condition;
}

static void put_condition(struct bytes header, struct output *out)
{
	struct bytes condition = condition_of(header);

	if (condition.len == 0)
		return;
	put(out, ": ");
	for (size_t i = 0; i < condition.len; i++)
		put_byte(out, condition.data[i]);
}

/* The line itself, normalised, with the function when the rule found one. */
static void compose_header(const struct pattern *pattern, struct bytes header,
			   const struct culprit *culprit, struct output *out)
{
	static const char *const stops[] = {
		" on CPU", " code: ", ", comm", " comm ", " by ", " [00000000]",
	};
	char line[256];

	for (size_t i = 0; i < sizeof(stops) / sizeof(stops[0]); i++)
		header = before(header, stops[i]);
	title_normalise(header, line, sizeof(line));
	if (pattern->class == CLASS_PANIC) {
		put(out, "kernel panic: ");
		header = behind(bytes_of(line, strlen(line)),
				"Kernel panic - not syncing");
		while (header.len > 0 && strchr(": ", header.data[0]))
			bytes_take(&header, 1);
		for (size_t i = 0; i < header.len; i++)
			put_byte(out, header.data[i]);
		return;
	}
	put(out, line);
	if ((pattern->rule == RULE_TRACE || pattern->rule == RULE_CALLER) &&
	    culprit->function[0]) {
		put(out, " in ");
		put(out, culprit->function);
	}
}

void title_compose(const struct pattern *pattern, struct bytes header,
		   struct bytes text, const struct culprit *culprit,
		   char *ret_title, size_t cap)
{
	struct output out = {.to = ret_title, .cap = cap};

	if (pattern->class == CLASS_KASAN)
		compose_sanitizer("KASAN", header, text, "", culprit, &out);
	else if (pattern->class == CLASS_KMSAN)
		compose_sanitizer("KMSAN", header, text, NULL, culprit, &out);
	else if (pattern->class == CLASS_KCSAN)
		compose_sanitizer("KCSAN", header, text, NULL, culprit, &out);
	else if (pattern->class == CLASS_KFENCE)
		compose_sanitizer("KFENCE", header, text, NULL, culprit, &out);
	else if (pattern->class == CLASS_UBSAN)
		compose_sanitizer("UBSAN", header, text, NULL, culprit, &out);
	else if (pattern->class == CLASS_SLUB && !pattern->title)
		compose_slub(header, culprit, &out);
	else if (pattern->class == CLASS_FS_ERROR && !pattern->title)
		compose_fs(header, culprit, &out);
	else if (pattern->title)
		compose_template(pattern->title, culprit->function, &out);
	else
		compose_header(pattern, header, culprit, &out);
	put_condition(header, &out);
	ret_title[out.len] = '\0';
}
