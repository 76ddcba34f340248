/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz_result - any sequence of events, folded and reported in every way.
 *
 * Input: events one after another, each with its length before it (u16).
 */
#include "host/report/json.h"
#include "host/report/progress.h"
#include "host/report/text.h"
#include "shared/escape.h"

#include <jansson.h>
#include <stdlib.h>

enum { EVENTS_MAX = 512 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct files files = {
	.run_dir = "/run", .check_log = "agent.log", .results = "result.json"};

/* Nothing but what is meant for a terminal may come out. */
static void check_safe(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		must(((unsigned char)text[i] >= 0x20 && text[i] != 0x7f) ||
		     text[i] == '\n' || text[i] == '\t');
	must(escape_utf8_prefix(bytes_of(text, len)) == len);
}

static void check_text(const struct result *result)
{
	char *text;
	size_t len;
	FILE *to = open_memstream(&text, &len);

	must(to);
	must(text_write(to, result, &files) == 0);
	fclose(to);
	check_safe(text, len);
	free(text);
}

static void check_json(const struct result *result)
{
	char *text;
	size_t len;
	FILE *to = open_memstream(&text, &len);
	json_t *json;

	must(to);
	must(json_write(to, result, &files, bytes_of(NULL, 0)) == 0);
	fclose(to);
	json = json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);
	must(json);
	must(json_array_size(json_object_get(json_object_get(json, "fstests"),
					     "test_results")) ==
	     result_test_count(result));
	json_decref(json);
	free(text);
}

static void apply(struct result *result, struct progress *progress,
		  struct bytes packed)
{
	Pb__Event *event = pb__event__unpack(NULL, packed.len, packed.data);

	if (!event)
		return;
	must(result_apply(result, event) == 0);
	must(tally_total(result_tally(result)) == result_test_count(result));
	progress_event(progress, result, event);
	progress_tick(progress, result, event->mono_ns + 1);
	pb__event__free_unpacked(event, NULL);
}

static void apply_all(struct result *result, struct progress *progress,
		      struct bytes input)
{
	for (int i = 0; i < EVENTS_MAX && input.len > 2; i++) {
		struct bytes head = bytes_take(&input, 2);

		apply(result, progress,
		      bytes_take(&input, bytes_get_u16(head.data)));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct terminal terminal = {.width = 80};
	struct result *result = result_create();
	struct progress *progress;
	char *live;
	size_t len;
	FILE *to = open_memstream(&live, &len);

	must(result && to);
	progress = progress_create(to, &terminal, PROGRESS_VERBOSE);
	must(progress);
	apply_all(result, progress, bytes_of(data, size));
	progress_destroy(progress);
	fclose(to);
	check_safe(live, len);
	free(live);
	check_text(result);
	check_json(result);
	result_destroy(result);
	return 0;
}
