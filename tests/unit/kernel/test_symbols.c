/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_symbols - source lines from ELF files that this test has compiled.
 *
 * Needs cc, as the build did; a machine without one skips.
 */
#include "host/kernel/elfimage.h"
#include "host/kernel/symbols.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

/* Lines are counted on below. */
static const char one_c[] = "int sink(int x);\n"
			    "static inline __attribute__((always_inline))\n"
			    "int deep(int x)\n"
			    "{\n"
			    "	return sink(x) * 3;\n" /* 5 */
			    "}\n"
			    "static inline __attribute__((always_inline))\n"
			    "int inner(int x)\n"
			    "{\n"
			    "	return deep(x + 1) + 5;\n" /* 10 */
			    "}\n"
			    "__attribute__((noinline)) int outer(int x)\n"
			    "{\n"
			    "	int y = inner(x);\n" /* 14 */
			    "	y += sink(y);\n"
			    "	return y ^ 7;\n"
			    "}\n"
			    "static __attribute__((noinline)) int twin(int x)\n"
			    "{\n"
			    "	return sink(x) + 1;\n" /* 20 */
			    "}\n"
			    "int use_one(int x) { return twin(x) + 2; }\n";
static const char two_c[] =
	"int sink(int x);\n"
	"static __attribute__((noinline)) int twin(int x)\n"
	"{\n"
	"	return sink(x) * sink(x + 1) + sink(x + 2);\n" /* 4 */
	"}\n"
	"int use_two(int x) { return twin(x) + 2; }\n"
	"__attribute__((noinline)) int sink(int x)\n"
	"{\n"
	"	__asm__ volatile(\"\" : : \"r\"(x));\n"
	"	return x;\n"
	"}\n"
	"int outer(int x);\n"
	"int use_one(int x);\n"
	"void _start(void) { outer(use_one(use_two(1))); }\n";

static const char head_s[] = ".text\n"
			     ".globl head\n"
			     ".type head, STT_FUNC\n"
			     "head:\n"
			     "	nop\n" /* 5 */
			     "	nop\n"
			     ".size head, .-head\n";

static char directory[] = "/tmp/fstvm-symbols.XXXXXX";
static bool has_cc;

static const char *path_of(const char *name)
{
	static char paths[4][128];
	static unsigned int next;
	char *path = paths[next++ % 4];

	snprintf(path, sizeof(paths[0]), "%s/%s", directory, name);
	return path;
}

static void put(const char *name, const char *text)
{
	FILE *file = fopen(path_of(name), "we");

	assert_non_null(file);
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
}

static bool run(const char *command)
{
	char line[2048];

	snprintf(line, sizeof(line), "cd %s && %s", directory, command);
	return system(line) == 0; /* NOLINT: our own words */
}

static int begin(void **state)
{
	(void)state;
	if (mkdtemp(directory) == NULL)
		return -1;
	put("one.c", one_c);
	put("two.c", two_c);
	put("head_64.S", head_s);
	put("text", "no ELF file");
	mkdir(path_of("ko"), 0755);
	has_cc = run("cc --version >/dev/null 2>&1");
	if (!has_cc)
		return 0;
	return run("F='-O1 -fno-pie -no-pie -static -nostdlib "
		   "-fno-omit-frame-pointer -fno-optimize-sibling-calls' && "
		   "cc -gdwarf-4 $F -Wl,--build-id=0x0123456789abcdef00000001 "
		   "-o four one.c two.c && "
		   "cc -gdwarf-5 $F -Wl,--build-id=0x0123456789abcdef00000002 "
		   "-o five one.c two.c && "
		   "cc $F -o bare one.c two.c && "
		   "cc -g -O1 -fno-pie -fno-optimize-sibling-calls -c "
		   "-o ko/my-mod.ko one.c && "
		   "mkdir -p root/o root/fs root/init && "
		   "cp one.c root/fs/one.c && cp two.c root/init/main.c && "
		   "cd root/o && cc -g $F -o vmlinux \"${PWD%/o}/fs/one.c\" "
		   "\"${PWD%/o}/init/main.c\" && "
		   "cc -g -O1 -fno-pie -fno-optimize-sibling-calls -c "
		   "-o ../../ko/mod.ko \"${PWD%/o}/fs/one.c\" && "
		   "cd .. && mkdir -p arch/any/kernel && "
		   "cp ../head_64.S arch/any/kernel && "
		   "cc -g -c -o head.o \"$PWD/arch/any/kernel/head_64.S\" && "
		   "cc -g $F -ffile-prefix-map=\"$PWD/\"= -o o/mapped head.o "
		   "\"$PWD/fs/one.c\" \"$PWD/init/main.c\"")
		       ? 0
		       : -1;
}

static int end(void **state)
{
	(void)state;
	return run("rm -r \"$PWD\"") ? 0 : -1;
}

static struct symbols *open_symbols(const char *name, const char *build_id)
{
	const struct symbols_source source = {
		.vmlinux = path_of(name),
		.modules = path_of("ko"),
		.build_id = build_id,
	};
	struct symbols *symbols;
	char why[SYMBOLS_WHY];

	if (!has_cc) {
		print_message("there is no cc\n");
		skip();
	}
	if (symbols_open(&source, &symbols, why) < 0)
		fail_msg("%s", why);
	return symbols;
}

static void expect_failure(const char *name, const char *build_id, int error)
{
	const struct symbols_source source = {.vmlinux = path_of(name),
					      .build_id = build_id};
	struct symbols *symbols;
	char why[SYMBOLS_WHY] = "";

	assert_int_equal(symbols_open(&source, &symbols, why), error);
	assert_non_null(strstr(why, source.vmlinux));
}

/* The text made of a line, static. */
static const char *annotate(struct symbols *symbols, const char *line)
{
	static char copy[4096];
	char *text;

	assert_int_equal(
		symbols_annotate(symbols, bytes_of_string(line), &text), 0);
	assert_true(strlen(text) < sizeof(copy));
	strcpy(copy, text);
	free(text);
	return copy;
}

static void sizes_of(const char *file, const char *name, uint64_t *sizes,
		     size_t *ret_count)
{
	struct elfimage image;

	*ret_count = 0;
	assert_int_equal(elfimage_open(&image, path_of(file)), 0);
	for (size_t i = 0; i < image.count; i++)
		if (strcmp(image.symbols[i].name, name) == 0)
			sizes[(*ret_count)++] = image.symbols[i].distance;
	elfimage_close(&image);
}

static uint64_t size_of(const char *file, const char *name)
{
	uint64_t sizes[4] = {0};
	size_t count;

	sizes_of(file, name, sizes, &count);
	assert_int_equal(count, 1);
	return sizes[0];
}

/* Offset of the first return address behind a call in outer() whose line
 * gives this text; 0: none does. */
static uint64_t find_offset(struct symbols *symbols, uint64_t size,
			    const char *wanted)
{
	char line[128];

	for (uint64_t i = 1; i <= size; i++) {
		snprintf(line, sizeof(line), " outer+0x%llx/0x%llx",
			 (unsigned long long)i, (unsigned long long)size);
		if (strstr(annotate(symbols, line), wanted) != NULL)
			return i;
	}
	return 0;
}

static void check_inlines(const char *file, const char *id)
{
	struct symbols *symbols = open_symbols(file, id);
	uint64_t size = size_of(file, "outer");
	uint64_t offset = find_offset(symbols, size, "deep one.c:5 [inline]");
	char line[128], wanted[512];

	assert_true(offset > 0);
	snprintf(line, sizeof(line), " ? outer+0x%llx/0x%llx tail\n",
		 (unsigned long long)offset, (unsigned long long)size);
	snprintf(wanted, sizeof(wanted),
		 " ? deep one.c:5 [inline]\n ? inner one.c:10 [inline]\n"
		 " ? outer+0x%llx/0x%llx one.c:14 tail\n",
		 (unsigned long long)offset, (unsigned long long)size);
	assert_string_equal(annotate(symbols, line), wanted);
	symbols_close(symbols);
}

static void test_inlines(void **state)
{
	(void)state;
	check_inlines("four", "0123456789abcdef00000001");
	check_inlines("five", "0123456789abcdef00000002");
	check_inlines("four", "");
}

/* A return address is told as its call, a program counter as it is. */
static void test_return_addresses(void **state)
{
	struct symbols *symbols = open_symbols("four", "");
	uint64_t size = size_of("four", "outer");
	uint64_t first = find_offset(symbols, size, "outer+");
	char line[128], at[512];
	unsigned int edges = 0;

	(void)state;
	assert_int_equal(first, 1);
	for (uint64_t i = 1; i < size; i++) {
		const char *places;

		snprintf(line, sizeof(line), "RIP: 0010:outer+0x%llx/0x%llx",
			 (unsigned long long)i - 1, (unsigned long long)size);
		places = strrchr(annotate(symbols, line), ' ');
		assert_non_null(places);
		snprintf(at, sizeof(at), "%s", places);
		snprintf(line, sizeof(line), " outer+0x%llx/0x%llx",
			 (unsigned long long)i, (unsigned long long)size);
		places = strrchr(annotate(symbols, line), ' ');
		assert_non_null(places);
		assert_string_equal(places, at);
		edges++;
	}
	assert_true(edges > 10);
	symbols_close(symbols);
}

/* Two functions of one name: the size says which. */
static void test_twins(void **state)
{
	struct symbols *symbols =
		open_symbols("four", "0123456789abcdef00000001");
	uint64_t sizes[4];
	size_t count;
	unsigned int one = 0, two = 0;
	char line[128];

	(void)state;
	sizes_of("four", "twin", sizes, &count);
	assert_int_equal(count, 2);
	assert_true(sizes[0] != sizes[1]);
	for (size_t i = 0; i < count; i++) {
		const char *text;

		snprintf(line, sizeof(line), " twin+0x8/0x%llx",
			 (unsigned long long)sizes[i]);
		text = annotate(symbols, line);
		one += strstr(text, " one.c:") != NULL;
		two += strstr(text, " two.c:") != NULL;
	}
	assert_int_equal(one, 1);
	assert_int_equal(two, 1);
	/* a size of neither */
	assert_string_equal(annotate(symbols, " twin+0x8/0x7777"),
			    " twin+0x8/0x7777");
	symbols_close(symbols);
}

/* Built outside of its source, as with make O=: names are below the root of
 * the source, in the module, too. */
static void test_root(void **state)
{
	struct symbols *symbols = open_symbols("root/o/vmlinux", "");
	uint64_t size = size_of("root/o/vmlinux", "outer");
	char line[128];

	(void)state;
	snprintf(line, sizeof(line), " outer+0x8/0x%llx\n",
		 (unsigned long long)size);
	assert_non_null(strstr(annotate(symbols, line), " fs/one.c:"));
	assert_null(strstr(annotate(symbols, line), directory));
	snprintf(line, sizeof(line), " use_one+0x4/0x%llx [mod]\n",
		 (unsigned long long)size_of("ko/mod.ko", "use_one"));
	assert_non_null(strstr(annotate(symbols, line), " fs/one.c:22 [mod]"));
	symbols_close(symbols);
}

/* The compiler leaves the directory out, and the assembler does not. */
static void test_mapped_root(void **state)
{
	struct symbols *symbols = open_symbols("root/o/mapped", "");
	char line[128];

	(void)state;
	snprintf(line, sizeof(line), " head+0x1/0x%llx\n",
		 (unsigned long long)size_of("root/o/mapped", "head"));
	assert_non_null(
		strstr(annotate(symbols, line), " arch/any/kernel/head_64.S:"));
	assert_null(strstr(annotate(symbols, line), directory));
	symbols_close(symbols);
}

/* Only when the build is known does a name without its size do. */
static void test_doubt(void **state)
{
	static const char line[] = " outer+0x8/0x7777";
	struct symbols *symbols =
		open_symbols("four", "0123456789abcdef00000001");

	(void)state;
	assert_non_null(strstr(annotate(symbols, line), " one.c:"));
	symbols_close(symbols);
	symbols = open_symbols("four", "");
	assert_string_equal(annotate(symbols, line), line);
	assert_string_equal(annotate(symbols, " nothing+0x1/0x2\n"),
			    " nothing+0x1/0x2\n");
	assert_string_equal(annotate(symbols, ""), "");
	symbols_close(symbols);
}

static void test_modules(void **state)
{
	struct symbols *symbols = open_symbols("four", "");
	uint64_t size = size_of("ko/my-mod.ko", "use_one");
	char line[128];
	const char *text;

	(void)state;
	snprintf(line, sizeof(line), " use_one+0x4/0x%llx [my_mod]\n",
		 (unsigned long long)size);
	text = annotate(symbols, line);
	assert_non_null(strstr(text, " one.c:22 [my_mod]\n"));
	/* of another build, and of no file */
	snprintf(line, sizeof(line),
		 " outer+0x4/0x%llx [0123456789abcdef00000009]\n",
		 (unsigned long long)size_of("four", "outer"));
	assert_string_equal(annotate(symbols, line), line);
	snprintf(line, sizeof(line), " use_one+0x4/0x%llx [other]\n",
		 (unsigned long long)size);
	assert_string_equal(annotate(symbols, line), line);
	symbols_close(symbols);
}

static void test_many_modules(void **state)
{
	struct symbols *symbols = open_symbols("four", "");
	char line[128];

	(void)state;
	for (int i = 0; i < 2 * SYMBOLS_MODULES; i++) {
		snprintf(line, sizeof(line), " f+0x4/0x8 [m%d]\n", i);
		assert_string_equal(annotate(symbols, line), line);
	}
	symbols_close(symbols);
}

static void test_files_that_do_not_do(void **state)
{
	(void)state;
	expect_failure("missing", "", -ENOENT);
	if (!has_cc)
		skip();
	expect_failure("text", "", -EBADMSG);
	expect_failure("bare", "", -ENODATA);
	expect_failure("four", "0123456789abcdef00000002", -ESTALE);
}

/* The rest of a text that is too long stays as it is. */
static void test_long_text(void **state)
{
	struct symbols *symbols =
		open_symbols("four", "0123456789abcdef00000001");
	size_t len = 2 * SYMBOLS_LINES * 20;
	char *text = calloc(1, len + 1);
	char *out;

	(void)state;
	assert_non_null(text);
	while (strlen(text) + 20 < len)
		strcat(text, " outer+0x8/0x7777\n");
	assert_int_equal(symbols_annotate(symbols, bytes_of_string(text), &out),
			 0);
	assert_true(strlen(out) > strlen(text));
	assert_string_equal(out + strlen(out) - 18, " outer+0x8/0x7777\n");
	free(out);
	free(text);
	symbols_close(symbols);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_inlines),
		cmocka_unit_test(test_return_addresses),
		cmocka_unit_test(test_twins),
		cmocka_unit_test(test_root),
		cmocka_unit_test(test_mapped_root),
		cmocka_unit_test(test_doubt),
		cmocka_unit_test(test_modules),
		cmocka_unit_test(test_many_modules),
		cmocka_unit_test(test_files_that_do_not_do),
		cmocka_unit_test(test_long_text),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
