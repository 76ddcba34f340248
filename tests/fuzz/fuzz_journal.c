/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz_journal - reading of any file as a journal.
 *
 * What must hold: reading ends, every byte is in a record or damaged, and a
 * second reading finds the same records.
 */
#include "host/record/journal.h"
#include "shared/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int directory = -1;
static char directory_path[] = "/tmp/fuzz_journal.XXXXXX";

static void remove_directory(void)
{
	unlinkat(directory, JOURNAL_NAME, 0);
	rmdir(directory_path);
}

static void write_journal(const uint8_t *data, size_t size)
{
	fd_auto int fd = -1;

	if (directory < 0) {
		must(mkdtemp(directory_path));
		directory = fd_open(directory_path, O_RDONLY | O_DIRECTORY, 0);
		must(directory >= 0 && atexit(remove_directory) == 0);
	}
	/* Not O_TRUNC: ext4 writes such a file out when it is closed. */
	fd = fd_openat(directory, JOURNAL_NAME, O_WRONLY | O_CREAT, 0600);
	must(fd >= 0 && fd_write_all(fd, data, size) == 0 &&
	     ftruncate(fd, (off_t)size) == 0);
}

static uint64_t read_journal(size_t size)
{
	struct journal_reader reader;
	const Pb__Event *event = NULL;
	uint64_t records = 0;
	int r = journal_reader_open(&reader, directory);

	must(r == 0);
	while ((r = journal_reader_next(&reader, &event)) > 0)
		must(event->body_case != PB__EVENT__BODY__NOT_SET);
	must(r == 0 || r == -EPROTONOSUPPORT || r == -ENOMEM);
	if (r == 0)
		must(reader.valid_bytes + reader.damaged_bytes == size);
	records = reader.records;
	journal_reader_close(&reader);
	return records;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint64_t records = 0;

	write_journal(data, size);
	records = read_journal(size);
	must(records == read_journal(size));
	return 0;
}
