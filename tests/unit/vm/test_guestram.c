/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/vm/guestram.h"

#include "shared/fd.h"
#include "tests/ringimage/ringimage.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define MIB (1ULL << 20)
#define GIB (1ULL << 30)

static const struct ringimage_spec plain = {
	.machine = RINGIMAGE_X86,
	.count_bits = 4,
	.size_bits = 12,
	.kaslr = 0x1c000000,
	.image = 0x2f000000,
	.rings = 0x13740000,
	.info = 0x10000000,
};

static struct ringimage image;
static struct guestram ram;
static uint64_t newest;

static int begin(void **state)
{
	(void)state;
	guestram_init(&ram);
	return 0;
}

static int end(void **state)
{
	(void)state;
	guestram_close(&ram);
	return 0;
}

static void say(unsigned int count)
{
	for (unsigned int i = 0; i < count; i++)
		ringimage_say(&image, &(struct ringimage_record){
					      .caller = 1,
					      .text = "a line",
				      });
}

/* QEMU's file: RAM from `base` on, but for the gap from `low` to 4 GiB. */
static void write_image(int fd, uint64_t base, uint64_t low)
{
	for (size_t i = 0; i < image.segment_count; i++) {
		const struct ringimage_segment *s = &image.segments[i];
		uint64_t at = s->address - base;

		if (at >= low)
			at = s->address - 4 * GIB + low;
		assert_int_equal(pwrite(fd, s->data, s->len, (off_t)at),
				 s->len);
	}
}

static int make_file(uint64_t size)
{
	int fd = memfd_create("memory-backend-memfd", MFD_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, (off_t)size), 0);
	return fd;
}

static uint64_t allocated(int fd)
{
	struct stat stat;

	assert_int_equal(fstat(fd, &stat), 0);
	return (uint64_t)stat.st_blocks;
}

static void every_layout(void **state)
{
	static const struct {
		enum ringimage_machine machine;
		uint64_t size, base, low, image, rings, info;
	} cases[] = {
		/* all below the gap */
		{RINGIMAGE_X86, 2 * GIB, 0, 2 * GIB, 0x1000000, 0x7fff0000,
		 0x100000},
		/* q35: 2 GiB, and the rest above 4 GiB */
		{RINGIMAGE_X86, 4 * GIB, 0, 2 * GIB, 0x1000000,
		 6 * GIB - 0x10000, 5 * GIB},
		{RINGIMAGE_X86_L5, 3 * GIB, 0, 2 * GIB, 0x7e000000, 4 * GIB,
		 0x7ffff000},
		/* q35 just below 2.75 GiB, and i440fx below 3.5: no gap */
		{RINGIMAGE_X86, 0xb0000000 - MIB, 0, 0xb0000000, 0x1000000,
		 0xafe00000, 0x100000},
		{RINGIMAGE_X86, 0xe0000000 - MIB, 0, 0xe0000000, 0x1000000,
		 0xdfe00000, 0x100000},
		/* i440fx: 3 GiB */
		{RINGIMAGE_X86, 4 * GIB, 0, 3 * GIB, 0x1000000,
		 5 * GIB - 0x10000, 0xb0000000},
		/* max-ram-below-4g */
		{RINGIMAGE_X86, 4 * GIB, 0, 0xe0000000, 0x1000000,
		 4 * GIB + 0x1ff00000, 0x100000},
		{RINGIMAGE_ARM64, 4 * GIB, GIB, 4 * GIB, 0x40200000,
		 5 * GIB - 0x10000, 0x50000000},
		{RINGIMAGE_RISCV, 4 * GIB, 2 * GIB, 4 * GIB, 0x80200000,
		 6 * GIB - 0x10000, 0x90000000},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ringimage_spec spec = plain;
		int fd = make_file(cases[i].size);
		uint64_t blocks;

		spec.machine = cases[i].machine;
		spec.image = cases[i].image;
		spec.rings = cases[i].rings;
		spec.info = cases[i].info;
		ringimage_create(&image, &spec);
		say(30);
		write_image(fd, cases[i].base, cases[i].low);
		blocks = allocated(fd);
		assert_int_equal(guestram_attach(&ram, fd), 0);
		assert_int_equal(guestram_newest(&ram, &newest), 0);
		assert_int_equal(newest, 29);
		/* Reading takes no memory. */
		assert_int_equal(allocated(fd), blocks);
		guestram_close(&ram);
		ringimage_destroy(&image);
	}
}

/* An image of 1 GiB; returns its file. */
static int plain_file(void)
{
	int fd = make_file(GIB);

	ringimage_create(&image, &plain);
	say(3);
	write_image(fd, 0, GIB);
	return fd;
}

static void told(void *context, const struct ramring_record *record)
{
	(void)record;
	++*(unsigned int *)context;
}

static void the_note_serves_as_well(void **state)
{
	int fd = plain_file();
	struct ramring_outcome outcome;
	unsigned int count = 0;
	char zero[VMCOREINFO_TEXT] = {0};

	(void)state;
	assert_int_equal(pwrite(fd, zero, sizeof(zero), 0x10000000),
			 sizeof(zero));
	assert_int_equal(pwrite(fd, image.text, strlen(image.text),
				0x38000000 + VMCOREINFO_NOTE_HEAD),
			 strlen(image.text));
	assert_int_equal(guestram_attach(&ram, fd), 0);
	assert_int_equal(guestram_read(&ram, 1, told, &count, &outcome), 0);
	assert_int_equal(count, 2);
	ringimage_destroy(&image);
}

/* Of another kernel, of an old one, cut off at the memory's end. */
static void what_only_looks_like_it_is_passed_over(void **state)
{
	static const char old[] = "OSRELEASE=5.4.0\nSYMBOL(log_buf)=1\n";
	static const char other[] = "OSRELEASE=6.6.0\n"
				    "SYMBOL(prb)=ffffffff81000000\n";
	int fd = plain_file();

	(void)state;
	assert_int_equal(pwrite(fd, old, sizeof(old), 0x1000), sizeof(old));
	assert_int_equal(pwrite(fd, other, sizeof(other), 0x2000),
			 sizeof(other));
	assert_int_equal(pwrite(fd, "OSRELEASE=", 10, 0x4000), 10);
	assert_int_equal(pwrite(fd, "OSRELEASE=", 10, (off_t)(GIB - 4096)), 10);
	assert_int_equal(guestram_attach(&ram, fd), 0);
	assert_int_equal(guestram_newest(&ram, &newest), 0);
	assert_int_equal(newest, 2);
	ringimage_destroy(&image);
}

static void what_is_not_there_is_told(void **state)
{
	static const char old[] = "OSRELEASE=5.4.0\nSYMBOL(log_buf)=1\n";
	int fd = make_file(GIB);

	(void)state;
	assert_int_equal(guestram_newest(&ram, &newest), -EBADF);
	assert_int_equal(guestram_attach(&ram, fd), 0);
	assert_int_equal(guestram_newest(&ram, &newest), -ENOENT);
	assert_int_equal(pwrite(fd, old, sizeof(old), 0x1000), sizeof(old));
	assert_int_equal(guestram_newest(&ram, &newest), -EOPNOTSUPP);
	/* The kernel tells later, when it is up. */
	ringimage_create(&image, &plain);
	say(7);
	write_image(fd, 0, GIB);
	assert_int_equal(guestram_newest(&ram, &newest), 0);
	assert_int_equal(newest, 6);
	ringimage_destroy(&image);
}

static void a_damaged_ring_is_told(void **state)
{
	int fd = plain_file();
	char garbage[4096];

	(void)state;
	assert_int_equal(guestram_attach(&ram, fd), 0);
	assert_int_equal(guestram_newest(&ram, &newest), 0);
	memset(garbage, 0xff, sizeof(garbage));
	assert_int_equal(pwrite(fd, garbage, sizeof(garbage), 0x13740000),
			 sizeof(garbage));
	assert_int_equal(guestram_newest(&ram, &newest), -EBADMSG);
	/* Another kernel was started there since. */
	write_image(fd, 0, GIB);
	assert_int_equal(guestram_newest(&ram, &newest), 0);
	ringimage_destroy(&image);
}

static void many_that_only_look_like_it_are_not_all_tried(void **state)
{
	int fd = plain_file();

	(void)state;
	for (off_t page = 0; page < 5000; page++)
		assert_int_equal(
			pwrite(fd, image.text, strlen(image.text), page * 4096),
			strlen(image.text));
	assert_int_equal(pwrite(fd, "OSRELEASE=5\n\n", 13, 0x2f00c000), 13);
	assert_int_equal(guestram_attach(&ram, fd), 0);
	assert_int_equal(guestram_newest(&ram, &newest), -EBADMSG);
	ringimage_destroy(&image);
}

static void only_a_regular_file_is_memory(void **state)
{
	int pair[2];

	(void)state;
	assert_int_equal(fd_pipe(pair), 0);
	assert_int_equal(guestram_attach(&ram, pair[0]), -EINVAL);
	fd_close(&pair[0]);
	fd_close(&pair[1]);
}

/* ---- through /proc ---- */

/* A child in a group of its own that has these files open; killed by the
 * caller. */
static pid_t holder(uint64_t size, int *ret_gate)
{
	int ready[2];
	char byte;
	pid_t pid;

	assert_int_equal(fd_pipe(ready), 0);
	pid = fork();
	if (pid == 0) {
		int fd = make_file(size);

		setpgid(0, 0);
		ringimage_create(&image, &plain);
		say(5);
		write_image(fd, 0, size);
		(void)!write(ready[1], "x", 1);
		pause();
		_exit(0);
	}
	assert_true(pid > 0);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	*ret_gate = ready[0];
	fd_close(&ready[1]);
	return pid;
}

static void end_holder(pid_t pid, int *gate)
{
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	fd_close(gate);
}

static void the_memory_outlives_its_process(void **state)
{
	int gate;
	pid_t pid = holder(GIB, &gate);

	(void)state;
	assert_int_equal(guestram_open(&ram, pid, pid, GIB), 0);
	assert_int_equal(ram.size_bytes, GIB);
	end_holder(pid, &gate);
	assert_int_equal(guestram_newest(&ram, &newest), 0);
	assert_int_equal(newest, 4);
	assert_int_equal(guestram_open(&ram, pid, pid, GIB), -ENOENT);
}

static void another_file_or_process_is_not_taken(void **state)
{
	int gate;
	pid_t pid = holder(GIB, &gate);

	(void)state;
	assert_int_equal(guestram_open(&ram, pid, pid, GIB + MIB), -ENOENT);
	assert_int_equal(guestram_open(&ram, pid, pid, GIB / 2), -ENOENT);
	assert_int_equal(guestram_open(&ram, pid, getpgid(0), GIB), -ESRCH);
	assert_int_equal(ram.fd, -1);
	/* rounded up by QEMU */
	assert_int_equal(guestram_open(&ram, pid, pid, GIB - MIB), 0);
	end_holder(pid, &gate);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)
		TEST(every_layout),
		TEST(the_note_serves_as_well),
		TEST(what_only_looks_like_it_is_passed_over),
		TEST(what_is_not_there_is_told),
		TEST(a_damaged_ring_is_told),
		TEST(many_that_only_look_like_it_are_not_all_tried),
		TEST(only_a_regular_file_is_memory),
		TEST(the_memory_outlives_its_process),
		TEST(another_file_or_process_is_not_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
