/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz_lines - cutting of any bytes into lines.
 *
 * The first byte chooses the pieces they come in. What must hold: the lines
 * are the same as when all comes at once, and no byte is unaccounted for.
 */
#include "shared/lines.h"
#include "shared/must.h"

#include <string.h>
#include <zlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct seen {
	uint64_t lines;
	uint64_t bytes;
	uLong crc;
};

static void on_line(void *context, struct bytes line, uint64_t dropped)
{
	struct seen *seen = context;

	must(line.len <= LIMIT_CONSOLE_LINE);
	must(!dropped || line.len == LIMIT_CONSOLE_LINE);
	must(!line.len || !memchr(line.data, '\n', line.len));
	seen->lines++;
	seen->bytes += line.len + dropped;
	seen->crc = crc32(seen->crc, line.data, (uInt)line.len);
	seen->crc = crc32(seen->crc, (const Bytef *)&dropped, sizeof(dropped));
}

static struct seen run(struct bytes input, size_t piece)
{
	struct lines lines;
	struct seen seen = {0};

	lines_init(&lines);
	while (input.len)
		lines_push(&lines, bytes_take(&input, piece), on_line, &seen);
	lines_finish(&lines, on_line, &seen);
	return seen;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes input = bytes_of(data, size);
	struct bytes mode = bytes_take(&input, 1);
	struct seen whole = run(input, input.len);
	struct seen pieces =
		run(input, mode.len ? (size_t)mode.data[0] + 1 : 1);

	must(whole.lines == pieces.lines && whole.bytes == pieces.bytes &&
	     whole.crc == pieces.crc);
	/* Beside the bytes of lines there are only line ends: LF or CR LF. */
	must(whole.bytes <= input.len &&
	     input.len - whole.bytes <= 2 * whole.lines);
	return 0;
}
