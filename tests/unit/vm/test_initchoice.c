/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who is PID 1, with a busybox of the test's own in a PATH of its own. */
#include "host/vm/initchoice.h"

#include "shared/beneath.h"
#include "shared/fd.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char bin[64];
static char path_entry[80];
static const char *const environment[] = {path_entry, NULL};
static struct preflight list;
static struct preflight_found found;
static struct preflight_ask ask = {.environ = environment};

/* As much of a program as busybox_is_static() looks at. The name is the one
 * that vng looks for first, or the machine's own would count. */
static void put_busybox(bool is_static)
{
	Elf64_Ehdr head = {.e_type = ET_EXEC,
			   .e_phentsize = sizeof(Elf64_Phdr)};
	char path[128];
	int fd;

	memcpy(head.e_ident, ELFMAG, SELFMAG);
	head.e_ident[EI_CLASS] = ELFCLASS64;
	head.e_ident[EI_DATA] = ELFDATA2LSB;
	head.e_phoff = sizeof(head);
	snprintf(path, sizeof(path), "%s/busybox-static", bin);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0700);
	assert_true(fd >= 0);
	assert_int_equal(fd_write_all(fd, &head, is_static ? sizeof(head) : 4),
			 0);
	close(fd);
}

static int make_bin(void **state)
{
	(void)state;
	snprintf(bin, sizeof(bin), "/tmp/fstvm-bin-XXXXXX");
	if (!mkdtemp(bin))
		return -1;
	snprintf(path_entry, sizeof(path_entry), "PATH=%s", bin);
	preflight_init(&list);
	found = (struct preflight_found){.vng_version = {1, 22}};
	return 0;
}

static int remove_bin(void **state)
{
	fd_auto int tmp = fd_open("/tmp", O_RDONLY | O_DIRECTORY, 0);

	(void)state;
	return beneath_remove_tree(tmp, bin + strlen("/tmp/"));
}

static void expect(enum preflight_init init, enum vng_start start,
		   enum preflight_outcome outcome, const char *part)
{
	const struct preflight_check *check;

	preflight_init(&list);
	ask.init = init;
	initchoice_check(&list, &ask, &found);
	check = &list.checks[0];
	assert_int_equal(list.count, 1);
	assert_string_equal(check->name, "init");
	assert_int_equal(check->outcome, outcome);
	assert_non_null(strstr(check->text, part));
	assert_int_equal(check->remedy[0] != '\0', outcome == PREFLIGHT_FAIL);
	assert_int_equal(found.start, start);
	assert_int_equal(found.init_may_change, init == PREFLIGHT_INIT_AUTO);
}

static void words(void **state)
{
	enum preflight_init init = PREFLIGHT_INIT_VNG;

	(void)state;
	assert_int_equal(initchoice_parse(NULL, &init), 0);
	assert_int_equal(init, PREFLIGHT_INIT_AUTO);
	assert_int_equal(initchoice_parse("agent", &init), 0);
	assert_int_equal(init, PREFLIGHT_INIT_AGENT);
	assert_int_equal(initchoice_parse("vng", &init), 0);
	assert_int_equal(init, PREFLIGHT_INIT_VNG);
	assert_int_equal(initchoice_parse("auto", &init), 0);
	assert_int_equal(init, PREFLIGHT_INIT_AUTO);
	assert_int_equal(initchoice_parse("", &init), -EINVAL);
	assert_int_equal(initchoice_parse("agents", &init), -EINVAL);
	assert_int_equal(init, PREFLIGHT_INIT_AUTO);
}

static void the_agent_where_it_can_be(void **state)
{
	(void)state;
	put_busybox(true);
	expect(PREFLIGHT_INIT_AUTO, VNG_START_INIT, PREFLIGHT_OK, "the agent");
	expect(PREFLIGHT_INIT_AGENT, VNG_START_INIT, PREFLIGHT_OK, "the agent");
	expect(PREFLIGHT_INIT_VNG, VNG_START_EXEC, PREFLIGHT_OK, "asked for");
}

static void not_without_a_busybox(void **state)
{
	(void)state;
	put_busybox(false);
	expect(PREFLIGHT_INIT_AUTO, VNG_START_EXEC, PREFLIGHT_OK, "busybox");
	expect(PREFLIGHT_INIT_AGENT, VNG_START_EXEC, PREFLIGHT_FAIL, "busybox");
	expect(PREFLIGHT_INIT_VNG, VNG_START_EXEC, PREFLIGHT_OK, "asked for");
}

static void not_with_an_old_vng(void **state)
{
	(void)state;
	put_busybox(true);
	found.vng_version = (struct vng_version){1, 21};
	expect(PREFLIGHT_INIT_AUTO, VNG_START_EXEC, PREFLIGHT_OK, "1.22");
	expect(PREFLIGHT_INIT_AGENT, VNG_START_EXEC, PREFLIGHT_FAIL, "1.22");
	found.vng_version = (struct vng_version){1, 41};
	expect(PREFLIGHT_INIT_AUTO, VNG_START_INIT, PREFLIGHT_OK, "the agent");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words),
		cmocka_unit_test_setup_teardown(the_agent_where_it_can_be,
						make_bin, remove_bin),
		cmocka_unit_test_setup_teardown(not_without_a_busybox, make_bin,
						remove_bin),
		cmocka_unit_test_setup_teardown(not_with_an_old_vng, make_bin,
						remove_bin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
