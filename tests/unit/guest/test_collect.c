/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest/collect.h"

#include "tests/unit/guest/sandbox.h"

#include <errno.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>

#include <cmocka.h>

enum { CAP = 64 * 1024, TEST_CAP = 100 * 1024, GOT_MAX = 8 << 20 };

static char root[] = "/dev/shm/fstvm-collect-XXXXXX";
static int results_fd;
static int base_fd;
static uint32_t number;
static struct collect collect;

/* What the host would have. */
static uint8_t got[GOT_MAX];
static size_t got_len;
static Pb__ArtifactEnd end;
static char end_name[LIMIT_NAME + 1];

static int make_root(void **state)
{
	(void)state;
	memcpy(root + sizeof(root) - 7, "XXXXXX", 6);
	assert_non_null(mkdtemp(root));
	assert_int_equal(chdir(root), 0);
	assert_int_equal(mkdir("1", 0755), 0);
	assert_int_equal(mkdir("1/generic", 0755), 0);
	results_fd = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	base_fd = open("1", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	number = 1;
	assert_int_equal(
		collect_open(&collect, results_fd, &number, CAP, TEST_CAP), 0);
	return 0;
}

static int remove_root(void **state)
{
	char command[64];

	(void)state;
	collect_close(&collect);
	close(results_fd);
	close(base_fd);
	(void)snprintf(command, sizeof(command), "cd /; rm -r %s", root);
	return system(command);
}

static void leave(const char *name, const void *data, size_t len)
{
	char path[128];

	(void)snprintf(path, sizeof(path), "1/generic/%s", name);
	sandbox_write(path, data, len);
}

static void inflate_all(const uint8_t *wire, size_t len)
{
	z_stream stream = {.next_in = (Bytef *)(uintptr_t)wire,
			   .avail_in = (unsigned int)len};

	assert_int_equal(inflateInit(&stream), Z_OK);
	stream.next_out = got;
	stream.avail_out = sizeof(got);
	assert_int_equal(inflate(&stream, Z_FINISH), Z_STREAM_END);
	assert_int_equal(stream.avail_in, 0);
	got_len = sizeof(got) - stream.avail_out;
	(void)inflateEnd(&stream);
}

/* Receives the next artifact into got[] and end. Returns false: none. */
static bool receive(void)
{
	static uint8_t wire[GOT_MAX];
	size_t len = 0;

	for (;;) {
		Pb__ArtifactChunk chunk;

		switch (collect_next(&collect, &chunk, &end)) {
		case COLLECT_EMPTY:
			return false;
		case COLLECT_AGAIN:
			continue;
		case COLLECT_CHUNK:
			assert_true(chunk.data.len > 0);
			assert_true(chunk.data.len <= LIMIT_CHUNK);
			memcpy(wire + len, chunk.data.data, chunk.data.len);
			len += chunk.data.len;
			continue;
		case COLLECT_END:
			break;
		}
		break;
	}
	got_len = 0;
	if (len)
		inflate_all(wire, len);
	assert_int_equal(end.wire_bytes, len);
	assert_int_equal(end.kept_bytes, got_len);
	assert_int_equal(end.crc32, (uint32_t)crc32(0, got, (unsigned)got_len));
	(void)snprintf(end_name, sizeof(end_name), "%s", end.name);
	collect_end_sent(&collect);
	return true;
}

static int take(void)
{
	return collect_take(&collect, base_fd, "generic/001", 7, 2);
}

static bool is_empty(const char *path)
{
	char command[128];

	(void)snprintf(command, sizeof(command), "test -z \"$(ls -A %s)\"",
		       path);
	return system(command) == 0;
}

static void test_small_file(void **state)
{
	(void)state;
	leave("001.out.bad", "hello\n", 6);
	assert_int_equal(take(), 1);
	assert_true(is_empty("1/generic"));
	assert_int_equal(collect_backlog(&collect), 6);
	assert_true(receive());
	assert_string_equal(end_name, "001.out.bad");
	assert_int_equal(end.index, 7);
	assert_int_equal(end.rerun, 2);
	assert_int_equal(end.size_bytes, 6);
	assert_memory_equal(got, "hello\n", 6);
	assert_false(receive());
	assert_true(is_empty(".taken"));
	assert_int_equal(collect_backlog(&collect), 0);
}

static void test_only_this_tests_files(void **state)
{
	(void)state;
	leave("001.full", "a", 1);
	leave("0010.full", "b", 1);
	leave("001-foo.full", "c", 1);
	leave("001", "d", 1);
	leave("check_dmesg", "", 0);
	assert_int_equal(take(), 1);
	assert_int_equal(collect_take(&collect, base_fd, "xfs/001", 0, 0), 0);
	assert_int_equal(
		collect_take(&collect, base_fd, "../generic/001", 0, 0),
		-EINVAL);
	assert_int_equal(access("1/generic/0010.full", F_OK), 0);
}

static void test_empty_file_has_no_chunk(void **state)
{
	(void)state;
	leave("001.notrun", "", 0);
	assert_int_equal(take(), 1);
	assert_true(receive());
	assert_int_equal(end.wire_bytes, 0);
	assert_false(end.unreadable);
	assert_true(is_empty(".taken"));
}

static void fill(uint8_t *data, size_t len)
{
	uint32_t x = 12345;
	size_t i;

	for (i = 0; i < len; i++) {
		x = x * 1103515245 + 12345;
		data[i] = (uint8_t)(x >> 16);
	}
}

static void test_file_cap(void **state)
{
	static uint8_t data[CAP + 5000];
	size_t size;

	(void)state;
	fill(data, sizeof(data));
	for (size = CAP - 1; size <= CAP; size++) {
		leave("001.out.bad", data, size);
		assert_int_equal(take(), 1);
		assert_true(receive());
		assert_int_equal(got_len, size);
		assert_memory_equal(got, data, size);
	}
	for (size = CAP + 1; size <= CAP + 5000; size += 4999) {
		char marker[64];
		const char *at;

		leave("001.out.bad", data, size);
		assert_int_equal(take(), 1);
		assert_true(receive());
		assert_int_equal(end.size_bytes, size);
		assert_true(got_len <= CAP);
		assert_true(got_len > CAP - 64);
		at = memmem(got, got_len, "\n[fstvm: ", 9);
		assert_non_null(at);
		(void)snprintf(marker, sizeof(marker),
			       "\n[fstvm: %zu bytes left out here]\n",
			       size - (got_len - strcspn(at + 1, "\n") - 2));
		assert_memory_equal(at, marker, strlen(marker));
		assert_memory_equal(got, data,
				    (size_t)((const uint8_t *)at - got));
		assert_memory_equal(got + got_len - 1000, data + size - 1000,
				    1000);
	}
}

static void test_middle_is_given_back(void **state)
{
	static uint8_t data[4 << 20];
	struct statfs before, after;

	(void)state;
	fill(data, sizeof(data));
	leave("001.full", data, sizeof(data));
	assert_int_equal(statfs(".", &before), 0);
	assert_int_equal(take(), 1);
	assert_int_equal(statfs(".", &after), 0);
	if (before.f_type != 0x01021994) { /* TMPFS_MAGIC */
		fprintf(stderr, "needs a tmpfs on /dev/shm\n");
		skip();
	}
	assert_true((after.f_bfree - before.f_bfree) * (uint64_t)after.f_bsize >
		    sizeof(data) - CAP - 16384);
	assert_true(receive());
	assert_memory_equal(got, data, CAP / 2 - 64);
}

static void test_test_cap_gives_small_kinds_first(void **state)
{
	static uint8_t data[CAP];
	uint64_t kept = 0;
	bool saw_full = false;

	(void)state;
	fill(data, sizeof(data));
	leave("001.full", data, CAP);
	leave("001.out.bad", data, CAP);
	leave("001.dmesg", data, 20000);
	assert_int_equal(take(), 3);
	while (receive()) {
		kept += end.kept_bytes;
		if (!strcmp(end_name, "001.full")) {
			saw_full = true;
			assert_true(end.kept_bytes <= TEST_CAP - CAP - 20000);
			assert_true(end.kept_bytes > 0);
		} else {
			assert_int_equal(end.kept_bytes, end.size_bytes);
		}
	}
	assert_true(saw_full);
	assert_true(kept <= TEST_CAP);
	assert_true(is_empty(".taken"));
}

static void test_nothing_left_for_it(void **state)
{
	static uint8_t data[CAP];

	(void)state;
	fill(data, sizeof(data));
	leave("001.full", data, 4000);
	leave("001.out.bad", data, CAP);
	leave("001.dmesg", data, TEST_CAP - CAP - 255);
	assert_int_equal(take(), 3);
	while (receive()) {
		if (strcmp(end_name, "001.full"))
			continue;
		assert_int_equal(end.size_bytes, 4000);
		assert_int_equal(end.kept_bytes, 0);
		assert_false(end.unreadable);
	}
	assert_true(is_empty(".taken"));
}

static void test_cores_and_odd_things_are_named(void **state)
{
	unsigned int odd = 0;
	unsigned int cores = 0;

	(void)state;
	leave("001.core.abcdef", "core", 4);
	assert_int_equal(symlink("/etc/passwd", "1/generic/001.full"), 0);
	assert_int_equal(mkfifo("1/generic/001.fifo", 0644), 0);
	assert_int_equal(mkdir("1/generic/001.fulldir", 0755), 0);
	leave("001.fulldir/inside", "x", 1);
	assert_int_equal(take(), 4);
	assert_true(is_empty("1/generic"));
	while (receive()) {
		assert_int_equal(end.kept_bytes, 0);
		odd += end.unreadable ? 1 : 0;
		if (strcmp(end_name, "001.core.abcdef"))
			continue;
		cores++;
		assert_int_equal(end.size_bytes, 4);
		assert_false(end.unreadable);
	}
	assert_int_equal(odd, 3);
	assert_int_equal(cores, 1);
	assert_int_equal(access("/etc/passwd", F_OK), 0);
}

static void test_strange_names(void **state)
{
	char name[256];

	(void)state;
	(void)snprintf(name, sizeof(name), "001.%0*d", 200, 0);
	leave(name, "x", 1);
	leave("001.\xff\n", "y", 1);
	assert_int_equal(take(), 2);
	while (receive()) {
		assert_int_equal(got_len, 1);
		if (got[0] == 'y')
			assert_string_equal(end_name, "001.\\xff\\x0a");
		else
			assert_int_equal(strlen(end_name), LIMIT_NAME);
	}
}

static void test_end_is_repeated_until_sent(void **state)
{
	Pb__ArtifactChunk chunk;

	(void)state;
	leave("001.notrun", "", 0);
	assert_int_equal(take(), 1);
	assert_int_equal(collect_next(&collect, &chunk, &end), COLLECT_END);
	assert_int_equal(collect_next(&collect, &chunk, &end), COLLECT_END);
	collect_end_sent(&collect);
	assert_int_equal(collect_next(&collect, &chunk, &end), COLLECT_EMPTY);
}

static void test_rewind(void **state)
{
	static uint8_t data[CAP];
	Pb__ArtifactChunk chunk;
	enum collect_result result;
	uint32_t first;

	(void)state;
	fill(data, sizeof(data));
	leave("001.full", data, sizeof(data));
	assert_int_equal(take(), 1);
	do
		result = collect_next(&collect, &chunk, &end);
	while (result == COLLECT_AGAIN);
	assert_int_equal(result, COLLECT_CHUNK);
	first = chunk.artifact;
	collect_rewind(&collect);
	assert_true(receive());
	assert_int_not_equal(end.artifact, first);
	assert_int_equal(got_len, CAP);
	assert_memory_equal(got, data, CAP);
}

static void test_successor_goes_on(void **state)
{
	static uint8_t data[CAP * 2];
	uint32_t before;

	(void)state;
	fill(data, sizeof(data));
	leave("001.full", data, sizeof(data));
	assert_int_equal(take(), 1);
	collect_close(&collect);
	before = number;
	assert_int_equal(
		collect_open(&collect, results_fd, &number, CAP, TEST_CAP), 0);
	assert_true(receive());
	assert_true(end.artifact >= before);
	assert_string_equal(end_name, "001.full");
	assert_int_equal(end.index, 7);
	assert_int_equal(end.rerun, 2);
	assert_int_equal(end.size_bytes, sizeof(data));
	assert_non_null(memmem(got, got_len, "bytes left out here", 19));
	assert_memory_equal(got, data, 20000);
	assert_memory_equal(got + got_len - 20000, data + sizeof(data) - 20000,
			    20000);
	assert_false(receive());
}

static void test_queue_limit(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 0; i < COLLECT_QUEUE + 1; i++) {
		char name[32];

		(void)snprintf(name, sizeof(name), "001.%u", i);
		leave(name, "x", 1);
	}
	assert_int_equal(take(), COLLECT_QUEUE);
	assert_true(is_empty("1/generic"));
	assert_int_equal(collect_dropped(&collect), 1);
	assert_int_equal(collect_dropped(&collect), 0);
	for (i = 0; receive(); i++)
		;
	assert_int_equal(i, COLLECT_QUEUE);
	leave("001.full", "x", 1);
	assert_int_equal(take(), 1);
	assert_true(receive());
}

static void test_backlog_limit(void **state)
{
	(void)state;
	leave("001.full", "0123456789", 10);
	collect.backlog_bytes = COLLECT_BACKLOG_BYTES - 10;
	assert_int_equal(take(), 1);
	leave("001.dmesg", "0", 1);
	assert_int_equal(take(), 1);
	assert_true(receive());
	assert_int_equal(end.kept_bytes, 10);
	assert_true(receive());
	assert_int_equal(end.size_bytes, 1);
	assert_int_equal(end.kept_bytes, 0);
}

static void test_file_that_shrinks(void **state)
{
	static uint8_t data[CAP];
	int fd;

	(void)state;
	fill(data, sizeof(data));
	leave("001.full", data, sizeof(data));
	fd = open("1/generic/001.full", O_RDWR | O_CLOEXEC);
	assert_int_equal(take(), 1);
	assert_int_equal(ftruncate(fd, 100), 0);
	close(fd);
	assert_true(receive());
	assert_int_equal(got_len, 100);
	assert_int_equal(end.size_bytes, CAP);
}

#define IN_ROOT(test) \
	cmocka_unit_test_setup_teardown(test, make_root, remove_root)

static int take_evidence(uint32_t index)
{
	int fd = open("seen", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int count;

	assert_true(fd >= 0);
	count = collect_take_evidence(&collect, fd, index, 1);
	close(fd);
	return count;
}

/* Ahead of all that waits, but for what is on its way already. */
static void test_evidence_comes_first(void **state)
{
	static uint8_t data[CAP];
	Pb__ArtifactChunk chunk;

	(void)state;
	fill(data, sizeof(data));
	assert_int_equal(mkdir("seen", 0700), 0);
	leave("001.full", data, sizeof(data));
	leave("001.dmesg", "x", 1);
	assert_int_equal(take(), 2);
	while (collect_next(&collect, &chunk, &end) != COLLECT_CHUNK)
		;
	sandbox_write("seen/stacks", "where\n", 6);
	assert_int_equal(take_evidence(9), 1);
	assert_true(is_empty("seen"));
	while (collect_next(&collect, &chunk, &end) != COLLECT_END)
		;
	assert_false(end.evidence);
	collect_end_sent(&collect);
	assert_true(receive());
	assert_true(end.evidence);
	assert_string_equal(end_name, "stacks");
	assert_int_equal(end.index, 9);
	assert_int_equal(end.rerun, 1);
	assert_int_equal(got_len, 6);
	assert_true(receive());
	assert_false(end.evidence);
	assert_false(receive());
	assert_int_equal(collect_backlog(&collect), 0);
}

/* Also with a successor. */
static void test_evidence_is_adopted(void **state)
{
	(void)state;
	assert_int_equal(mkdir("seen", 0700), 0);
	leave("001.full", "x", 1);
	assert_int_equal(take(), 1);
	sandbox_write("seen/sysrq", "all\n", 4);
	assert_int_equal(take_evidence(3), 1);
	collect_close(&collect);
	assert_int_equal(
		collect_open(&collect, results_fd, &number, CAP, TEST_CAP), 0);
	assert_true(receive());
	assert_true(end.evidence);
	assert_string_equal(end_name, "sysrq");
	assert_int_equal(end.index, 3);
	assert_true(receive());
	assert_false(end.evidence);
	assert_false(receive());
}

/* What fills the backlog does not keep it from going. */
static void test_evidence_on_top(void **state)
{
	(void)state;
	assert_int_equal(mkdir("seen", 0700), 0);
	collect.backlog_bytes = COLLECT_BACKLOG_BYTES;
	sandbox_write("seen/stacks", "where\n", 6);
	assert_int_equal(take_evidence(9), 1);
	leave("001.full", "left out", 8);
	assert_int_equal(take(), 1);
	assert_true(receive());
	assert_int_equal(end.kept_bytes, 6);
	assert_true(receive());
	assert_int_equal(end.kept_bytes, 0);
	assert_int_equal(collect_backlog(&collect), COLLECT_BACKLOG_BYTES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_ROOT(test_small_file),
		IN_ROOT(test_only_this_tests_files),
		IN_ROOT(test_empty_file_has_no_chunk),
		IN_ROOT(test_file_cap),
		IN_ROOT(test_middle_is_given_back),
		IN_ROOT(test_test_cap_gives_small_kinds_first),
		IN_ROOT(test_nothing_left_for_it),
		IN_ROOT(test_cores_and_odd_things_are_named),
		IN_ROOT(test_strange_names),
		IN_ROOT(test_end_is_repeated_until_sent),
		IN_ROOT(test_rewind),
		IN_ROOT(test_successor_goes_on),
		IN_ROOT(test_queue_limit),
		IN_ROOT(test_backlog_limit),
		IN_ROOT(test_file_that_shrinks),
		IN_ROOT(test_evidence_comes_first),
		IN_ROOT(test_evidence_is_adopted),
		IN_ROOT(test_evidence_on_top),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
