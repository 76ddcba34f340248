/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/report/progress.h"
#include "host/report/status.h"
#include "tests/replay/script.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define UP                                                                 \
	"run_started kernel=/boot/vmlinuz-6.1.0 tests=(name=generic/001) " \
	"tests=(name=generic/002)\nboot 1\nat 1\nvm_started plan=0 plan=1\n"

struct screen {
	struct result *result;
	struct progress *progress;
	FILE *to;
	char *text;
	size_t len;
	size_t seen;
};

static void open_screen(struct screen *screen, const struct terminal *terminal,
			enum progress_detail detail)
{
	screen->result = result_create();
	screen->seen = 0;
	screen->to = open_memstream(&screen->text, &screen->len);
	screen->progress = progress_create(screen->to, terminal, detail);
	assert_non_null(screen->progress);
}

static void close_screen(struct screen *screen)
{
	progress_destroy(screen->progress);
	fclose(screen->to);
	free(screen->text);
	result_destroy(screen->result);
}

static void apply(void *context, const Pb__Event *event)
{
	struct screen *screen = context;

	assert_int_equal(result_apply(screen->result, event), 0);
	progress_event(screen->progress, screen->result, event);
}

/* What has been written since the last time. */
static void expect(struct screen *screen, const char *text)
{
	fflush(screen->to);
	assert_string_equal(screen->text + screen->seen, text);
	screen->seen = screen->len;
}

static void plain_lines_without_a_terminal(void **state)
{
	const struct terminal terminal = {.width = 80};
	struct screen screen;

	(void)state;
	open_screen(&screen, &terminal, PROGRESS_NORMAL);
	script_run(UP "at 19.2\nhello kernel_release=6.1.0-5\n"
		      "setup_step name=mkfs\nat 22\nsetup_done\n",
		   apply, &screen);
	expect(&screen, "booting vmlinuz-6.1.0 ...\n"
			"agent up after 18.2s: Linux 6.1.0-5\n"
			"devices ready after 2.8s\n");
	script_run("boot 1\ntest_started index=0\n"
		   "test_finished index=0 check_verdict=pass "
		   "duration_ns=4.2s\n"
		   "test_finished index=0 check_verdict=pass\n",
		   apply, &screen);
	expect(&screen, "generic/001  pass  4.2s\n");
	progress_tick(screen.progress, screen.result, 1);
	progress_console(screen.progress, bytes_of_string("console"));
	expect(&screen, "");
	close_screen(&screen);
}

static void quiet_says_nothing(void **state)
{
	const struct terminal terminal = {.redraw = true, .width = 80};
	struct screen screen;

	(void)state;
	open_screen(&screen, &terminal, PROGRESS_QUIET);
	script_run(UP "test_started index=0\n", apply, &screen);
	progress_tick(screen.progress, screen.result, 1);
	progress_console(screen.progress, bytes_of_string("console"));
	expect(&screen, "");
	close_screen(&screen);
}

static void verbose_shows_steps_and_console(void **state)
{
	const struct terminal terminal = {.width = 80};
	struct screen screen;

	(void)state;
	open_screen(&screen, &terminal, PROGRESS_VERBOSE);
	script_run("setup_step name=mkfs duration_ns=1.5s detail=ext4\n", apply,
		   &screen);
	progress_console(screen.progress, bytes_of_string("a\x1b[2Jb"));
	expect(&screen, "  mkfs  1.5s  ext4\n| a\\x1b[2Jb\n");
	close_screen(&screen);
}

#define ERASE "\r\x1b[K"

static void terminal_has_a_status_line(void **state)
{
	const struct terminal terminal = {
		.redraw = true, .colour = true, .width = 80};
	struct screen screen;

	(void)state;
	open_screen(&screen, &terminal, PROGRESS_NORMAL);
	script_run(UP, apply, &screen);
	expect(&screen, "booting vmlinuz-6.1.0 ...\n" ERASE "[0/2] booting 0s");
	script_run("at 10\nboot 1\ntest_started index=0\n", apply, &screen);
	expect(&screen, ERASE ERASE "[0/2] generic/001 0s");
	progress_tick(screen.progress, screen.result, UINT64_C(10900000000));
	expect(&screen, ""); /* the same text is not drawn again */
	progress_tick(screen.progress, screen.result, UINT64_C(72000000000));
	expect(&screen, ERASE "[0/2] generic/001 1m 2s");
	script_run("at 73\nboot 1\n"
		   "test_finished index=0 check_verdict=fail "
		   "duration_ns=63s dumped_core=1\n"
		   "test_started index=1\n",
		   apply, &screen);
	expect(&screen, ERASE
	       "generic/001  \x1b[31mfail\x1b[0m  63.0s  dumped core\n" ERASE
	       "[1/2] generic/002 0s, 1 failed");
	close_screen(&screen);
}

static void status_fits_the_terminal(void **state)
{
	struct terminal terminal = {.redraw = true, .width = 6};
	struct status status;
	char *text;
	size_t len;
	FILE *to = open_memstream(&text, &len);

	(void)state;
	status_init(&status, to, &terminal);
	status_show(&status, "1234567");
	status_hide(&status);
	status_hide(&status);
	status_show(&status,
		    "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9");
	fclose(to);
	assert_string_equal(text, ERASE "12345" ERASE ERASE
					"\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"
					"\xc3\xa9");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_lines_without_a_terminal),
		cmocka_unit_test(quiet_says_nothing),
		cmocka_unit_test(verbose_shows_steps_and_console),
		cmocka_unit_test(terminal_has_a_status_line),
		cmocka_unit_test(status_fits_the_terminal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
