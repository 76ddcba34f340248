/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A bzImage of the test's own, unpacked by gzip into a cache of its own. */
#include "host/vm/unpacked.h"

#include "host/vm/imagecache.h"
#include "shared/beneath.h"
#include "shared/bytes.h"
#include "shared/fd.h"

#include <dirent.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include <cmocka.h>

static char base[64];
static char unpacked[PATH_MAX];
static char why[UNPACKED_WHY];

/* With the one note that QEMU looks for, if pvh. */
struct kernel_file {
	Elf64_Ehdr head;
	Elf64_Phdr program;
	Elf64_Nhdr note;
	char name[4];
	char entry[4];
};

static struct kernel_file make_kernel(bool pvh)
{
	return (struct kernel_file){
		.head = {.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3,
				     ELFCLASS64, ELFDATA2LSB},
			 .e_machine = EM_X86_64,
			 .e_phoff = sizeof(Elf64_Ehdr),
			 .e_phentsize = sizeof(Elf64_Phdr),
			 .e_phnum = 1},
		.program = {.p_type = PT_NOTE,
			    .p_offset = offsetof(struct kernel_file, note),
			    .p_filesz = 20},
		.note = {4, 4, pvh ? 18 : 6},
		.name = "Xen",
	};
}

static size_t pack(const void *from, size_t len, uint8_t *to, size_t cap)
{
	z_stream stream = {.next_in = (uint8_t *)(uintptr_t)from,
			   .avail_in = (unsigned int)len,
			   .next_out = to,
			   .avail_out = (unsigned int)cap};

	assert_int_equal(deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8,
				      Z_DEFAULT_STRATEGY),
			 Z_OK);
	assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
	deflateEnd(&stream);
	return cap - stream.avail_out;
}

static const char *path_of(const char *name)
{
	static char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", base, name);
	return path;
}

/* damage: a byte of the payload that is changed; 0: none. */
static void write_image(const char *name, const struct kernel_file *kernel,
			size_t damage)
{
	static uint8_t image[4096];
	size_t len = pack(kernel, sizeof(*kernel), image + 2 * 512,
			  sizeof(image) - 2 * 512);
	int fd;

	memset(image, 0, 512);
	image[0x1f1] = 1;
	memcpy(image + 0x202, "HdrS", 4);
	bytes_put_u16(image + 0x206, 0x20f);
	bytes_put_u32(image + 0x248, 0);
	bytes_put_u32(image + 0x24c, (uint32_t)len);
	if (damage > 0)
		image[2 * 512 + damage] ^= 0xff;
	fd = open(path_of(name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
		  0600);
	assert_true(fd >= 0);
	assert_int_equal(fd_write_all(fd, image, 2 * 512 + len + 7), 0);
	close(fd);
}

static int get(const char *name)
{
	return unpacked_get(path_of(name), getenv("PATH"), unpacked, why);
}

static void expect_kernel(const struct kernel_file *kernel)
{
	uint8_t is[4096];
	fd_auto int fd = fd_open(unpacked, O_RDONLY, 0);
	ssize_t len = fd < 0 ? fd : fd_read_all(fd, is, sizeof(is));

	assert_true(len > (ssize_t)sizeof(*kernel));
	assert_memory_equal(is, kernel, sizeof(*kernel));
}

static unsigned int count_files(void)
{
	DIR *directory = opendir(path_of("fstvm/kernels"));
	unsigned int count = 0;
	struct dirent *entry;

	assert_non_null(directory);
	while ((entry = readdir(directory)) != NULL)
		count += entry->d_name[0] != '.';
	closedir(directory);
	return count;
}

static int make_base(void **state)
{
	(void)state;
	snprintf(base, sizeof(base), "/tmp/fstvm-unpacked-XXXXXX");
	if (!mkdtemp(base))
		return -1;
	return setenv("XDG_CACHE_HOME", base, 1);
}

static int remove_base(void **state)
{
	fd_auto int tmp = fd_open("/tmp", O_RDONLY | O_DIRECTORY, 0);

	(void)state;
	return beneath_remove_tree(tmp, base + strlen("/tmp/"));
}

static void made_once(void **state)
{
	struct kernel_file kernel = make_kernel(true);
	struct stat first, second;

	(void)state;
	write_image("image", &kernel, 0);
	assert_int_equal(get("image"), 0);
	expect_kernel(&kernel);
	assert_int_equal(stat(unpacked, &first), 0);
	assert_int_equal(get("image"), 0);
	assert_int_equal(stat(unpacked, &second), 0);
	assert_int_equal(first.st_ino, second.st_ino);
	assert_int_equal(count_files(), 1);
}

static void a_damaged_file_is_made_again(void **state)
{
	struct kernel_file kernel = make_kernel(true);
	int fd;

	(void)state;
	write_image("image", &kernel, 0);
	assert_int_equal(get("image"), 0);
	fd = open(unpacked, O_WRONLY | O_CLOEXEC);
	assert_int_equal(pwrite(fd, "x", 1, 70), 1);
	close(fd);
	assert_int_equal(get("image"), 0);
	expect_kernel(&kernel);
	assert_int_equal(truncate(unpacked, 10), 0);
	assert_int_equal(get("image"), 0);
	expect_kernel(&kernel);
	assert_int_equal(truncate(unpacked, 0), 0);
	assert_int_equal(get("image"), 0);
	expect_kernel(&kernel);
	assert_int_equal(count_files(), 1);
}

static void a_changed_image_is_another(void **state)
{
	struct kernel_file kernel = make_kernel(true);

	(void)state;
	write_image("image", &kernel, 0);
	assert_int_equal(get("image"), 0);
	kernel.entry[0] = 'x';
	write_image("image", &kernel, 0);
	assert_int_equal(get("image"), 0);
	expect_kernel(&kernel);
	assert_int_equal(count_files(), 2);
}

static void only_what_qemu_can_start(void **state)
{
	struct kernel_file kernel = make_kernel(false);

	(void)state;
	write_image("image", &kernel, 0);
	assert_int_equal(get("image"), -ENOTSUP);
	assert_non_null(strstr(why, "CONFIG_PVH"));
	/* known now, without unpacking it again */
	assert_int_equal(count_files(), 1);
	assert_int_equal(
		unpacked_get(path_of("image"), getenv("PATH"), unpacked, why),
		-ENOTSUP);
	assert_int_equal(count_files(), 1);
}

static void what_can_not_be_unpacked(void **state)
{
	struct kernel_file kernel = make_kernel(true);

	(void)state;
	write_image("image", &kernel, 20);
	assert_true(get("image") < 0);
	assert_non_null(strstr(why, "can't be unpacked"));
	assert_int_equal(count_files(), 0);
	write_image("image", &kernel, 1);
	assert_int_equal(get("image"), -ENOTSUP);
	assert_non_null(strstr(why, "packing"));
	assert_true(get("none") < 0);
	assert_int_equal(unpacked_get("/dev/null", NULL, unpacked, why),
			 -ENOTSUP);
	write_image("image", &kernel, 0);
	assert_int_equal(unpacked_get(path_of("image"), "/none", unpacked, why),
			 -ENOENT);
	assert_string_equal(why, "gzip is not installed");
}

static void the_oldest_go(void **state)
{
	struct kernel_file kernel = make_kernel(true);
	char first[PATH_MAX];
	char name[16];

	(void)state;
	for (int i = 0; i < IMAGECACHE_KEPT + 2; i++) {
		struct timespec times[2] = {{.tv_sec = 1000 + i},
					    {.tv_sec = 1000 + i}};

		snprintf(name, sizeof(name), "image%d", i);
		write_image(name, &kernel, 0);
		assert_int_equal(get(name), 0);
		assert_int_equal(utimensat(AT_FDCWD, unpacked, times, 0), 0);
		if (i == 0)
			strcpy(first, unpacked);
	}
	assert_int_equal(count_files(), IMAGECACHE_KEPT);
	assert_int_equal(access(first, F_OK), -1);
	assert_int_equal(access(unpacked, F_OK), 0);
}

static void without_a_home(void **state)
{
	struct kernel_file kernel = make_kernel(true);

	(void)state;
	write_image("image", &kernel, 0);
	unsetenv("XDG_CACHE_HOME");
	unsetenv("HOME");
	assert_int_equal(get("image"), -ENOENT);
	setenv("XDG_CACHE_HOME", "/dev/null", 1);
	assert_true(get("image") < 0);
	assert_non_null(strstr(why, "cache directory"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_base, remove_base)
		TEST(made_once),
		TEST(a_damaged_file_is_made_again),
		TEST(a_changed_image_is_another),
		TEST(only_what_qemu_can_start),
		TEST(what_can_not_be_unpacked),
		TEST(the_oldest_go),
		TEST(without_a_home),
#undef TEST
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
