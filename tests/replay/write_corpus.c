/* SPDX-License-Identifier: GPL-2.0-or-later */
/* write_corpus - a script's events as an input of fuzz_result, on stdout.
 *
 *   for f in tests/data/replay/?*.events; do
 *     write_corpus $f > tests/fuzz/corpus/result/$(basename $f .events)
 *   done
 */
#include "tests/replay/script.h"

#include "shared/bytes.h"

#include <stdio.h>
#include <stdlib.h>

static void on_event(void *context, const Pb__Event *event)
{
	size_t size = pb__event__get_packed_size(event);
	uint8_t head[2];
	uint8_t *packed = malloc(size + 1);

	must(packed && size <= UINT16_MAX);
	pb__event__pack(event, packed);
	bytes_put_u16(head, (uint16_t)size);
	fwrite(head, 1, sizeof(head), context);
	fwrite(packed, 1, size, context);
	free(packed);
}

int main(int argc, char **argv)
{
	char *script;

	if (argc != 2) {
		fputs("usage: write_corpus SCRIPT\n", stderr);
		return 2;
	}
	script = script_read_file(argv[1], NULL);
	script_run(script, on_event, stdout);
	free(script);
	return fflush(stdout) ? 1 : 0;
}
