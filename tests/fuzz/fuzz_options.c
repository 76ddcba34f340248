/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz_options - any words on the command line of any command.
 *
 * The first byte chooses the command; the words stand on lines. What must
 * hold: what is left over are words, and every value is a part of one.
 */
#include "host/cli/options.h"
#include "shared/bytes.h"
#include "shared/limits.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { WORDS = 3 * LIMIT_ENVIRONMENT, COMMANDS = 6 };

static char *words[WORDS + 2];
static int word_count;

static void cut_words(char *text)
{
	char *rest = NULL;

	word_count = 0;
	words[word_count++] = (char *)(uintptr_t) "command";
	for (char *word = strtok_r(text, "\n", &rest);
	     word != NULL && word_count <= WORDS;
	     word = strtok_r(NULL, "\n", &rest))
		words[word_count++] = word;
	words[word_count] = NULL;
}

static void check_value(const char *value)
{
	bool found = value == NULL;

	for (int i = 1; i < word_count && !found; i++)
		found = value >= words[i] &&
			value <= words[i] + strlen(words[i]);
	must(found);
}

static void check_options(const struct options *options)
{
	must(options->argc >= 0 && options->argv > words);
	must(options->argv + options->argc <= words + word_count);
	check_value(options->kernel);
	check_value(options->fstests);
	check_value(options->mkfs_options);
	check_value(options->memory);
	check_value(options->timeout);
	check_value(options->run_dir);
	check_value(options->format);
	for (size_t i = 0; options->environment[i] != NULL; i++) {
		must(i < LIMIT_ENVIRONMENT);
		check_value(options->environment[i]);
	}
}

static void check_values(void)
{
	for (int i = 1; i < word_count; i++) {
		uint64_t ms = 0;
		uint32_t number = 0;

		if (options_duration_ms(words[i], &ms) == 0)
			must(ms > 0 && ms <= UINT64_C(366) * 86400000);
		if (options_number(words[i], 1000, &number) == 0)
			must(number <= 1000);
	}
}

/* Where a sanitizer would write its report. */
void __sanitizer_set_report_fd(void *fd) __attribute__((weak));

/* Complaints and --help are not what is looked at. */
static void be_silent(void)
{
	static bool silent;

	if (silent)
		return;
	silent = true;
	if (__sanitizer_set_report_fd)
		__sanitizer_set_report_fd((void *)(intptr_t)dup(STDERR_FILENO));
	must(freopen("/dev/null", "w", stdout));
	must(freopen("/dev/null", "w", stderr));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	struct options options;
	uint8_t choice = size > 0 ? data[0] : 0;

	must(text);
	be_silent();
	if (size > 1)
		memcpy(text, data + 1, size - 1);
	text[size > 1 ? size - 1 : 0] = '\0';
	cut_words(text);
	if (options_parse((enum options_command)(1 << choice % COMMANDS),
			  word_count, words, &options) == 0)
		check_options(&options);
	check_values();
	free(text);
	return 0;
}
