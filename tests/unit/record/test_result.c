/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/record/reason.h"
#include "host/record/result.h"
#include "tests/replay/script.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define PLAN                                                     \
	"run_started suite=fstests kvm=1 test_timeout_ms=1200s " \
	"post_check_timeout_ms=15s tests=(name=generic/001) "    \
	"tests=(name=generic/002) tests=(name=generic/003) "     \
	"tests=(name=generic/004 excluded=1)\n"
#define VM                \
	"boot 1\nat 10\n" \
	"vm_started console_log=boot.log plan=0 plan=1 plan=2 plan=3\n"
#define START(index) "test_started index=" #index " kmsg_sequence=100\n"
#define FINISH(index, rest) \
	"test_finished index=" #index " kmsg_sequence=200 " rest "\n"

static void apply(void *context, const Pb__Event *event)
{
	struct result *result = context;
	const struct tally *tally;

	assert_int_equal(result_apply(result, event), 0);
	tally = result_tally(result);
	assert_int_equal(tally_total(tally), result_test_count(result));
}

static struct result *fold(const char *script)
{
	struct result *result = result_create();

	assert_non_null(result);
	script_run(script, apply, result);
	return result;
}

static void expect(const struct result *result, size_t index,
		   Pb__Verdict verdict, const char *reason)
{
	const struct ledger_test *test = result_test(result, index);

	assert_string_equal(verdict_name(test->verdict), verdict_name(verdict));
	assert_string_equal(result_reason(result, test), reason);
}

/* One finished test of the plan, and what becomes of it. */
static void expect_finished(const char *evidence, Pb__Verdict verdict,
			    const char *reason)
{
	char script[4096];
	struct result *result;

	snprintf(script, sizeof(script), "%s%s%stest_finished index=0 %s\n",
		 PLAN, VM, START(0), evidence);
	result = fold(script);
	expect(result, 0, verdict, reason);
	result_destroy(result);
}

static void plan_alone_is_not_reached(void **state)
{
	struct result *result = fold(PLAN);

	(void)state;
	assert_int_equal(result_test_count(result), 4);
	expect(result, 0, PB__VERDICT__VERDICT_NOT_REACHED,
	       "the run has no end");
	expect(result, 3, PB__VERDICT__VERDICT_EXCLUDED,
	       "excluded by -X, -e or -E");
	assert_int_equal(
		result_tally(result)->count[PB__VERDICT__VERDICT_NOT_REACHED],
		3);
	result_destroy(result);
}

static void nothing_at_all(void **state)
{
	struct result *result = fold("");

	(void)state;
	assert_int_equal(result_test_count(result), 0);
	assert_int_equal(result_boots(result)->count, 0);
	assert_null(result_facts(result)->run);
	result_destroy(result);
}

static void evidence_becomes_verdict_and_words(void **state)
{
	(void)state;
	expect_finished("check_verdict=pass has_status=1",
			PB__VERDICT__VERDICT_PASS, "");
	expect_finished("check_verdict=fail has_status=1 output_mismatch=1",
			PB__VERDICT__VERDICT_FAIL,
			"output mismatch (see generic/001.out.bad)");
	expect_finished("check_verdict=fail has_status=1 exit_status=3",
			PB__VERDICT__VERDICT_FAIL, "failed, exit status 3");
	expect_finished("check_verdict=fail has_status=0 exit_status=3",
			PB__VERDICT__VERDICT_FAIL,
			"failed, and left no reason");
	expect_finished("check_verdict=fail has_status=1 term_signal=9 "
			"dumped_core=1",
			PB__VERDICT__VERDICT_FAIL,
			"dumped core; killed by signal 9");
	expect_finished("check_verdict=fail dmesg_found=1 kmemleak_found=1",
			PB__VERDICT__VERDICT_FAIL,
			"_check_dmesg: something found in dmesg (see "
			"generic/001.dmesg); _check_kmemleak: something found "
			"in kmemleak (see generic/001.kmemleak)");
	expect_finished("check_verdict=fail no_golden_output=1 "
			"fs_problem=\"_check_xfs_filesystem: filesystem on "
			"/dev/loop0 has dirty log\"",
			PB__VERDICT__VERDICT_FAIL,
			"_check_xfs_filesystem: filesystem on /dev/loop0 has "
			"dirty log; no qualified output");
	expect_finished(
		"check_verdict=notrun notrun_reason=\"no foo\\nbar\\n\"",
		PB__VERDICT__VERDICT_NOTRUN, "no foo\nbar");
	expect_finished("check_verdict=notrun notrun_reason=\"\\n\\n\"",
			PB__VERDICT__VERDICT_NOTRUN, "the test gave no reason");
	expect_finished("check_verdict=fail timed_out=1 output_mismatch=1",
			PB__VERDICT__VERDICT_TIMEOUT, "timeout after 20m 0s");
	expect_finished("check_verdict=pass post_check_timed_out=1 wedged=1",
			PB__VERDICT__VERDICT_TIMEOUT,
			"the filesystem check after the test did not end "
			"within 15s; guest wedged: SIGKILL does not end it");
	expect_finished("check_verdict=none timed_out=1 wedged=1 "
			"wedged_text=\"bash (812), state D in sync\"",
			PB__VERDICT__VERDICT_TIMEOUT,
			"timeout after 20m 0s; guest wedged: SIGKILL does not "
			"end bash (812), state D in sync");
	expect_finished("check_verdict=none start_timed_out=1",
			PB__VERDICT__VERDICT_TIMEOUT,
			"what check does before the test did not end within "
			"15s");
	expect_finished("check_verdict=none", PB__VERDICT__VERDICT_LOST,
			"check died before it could say");
	expect_finished("check_verdict=17", PB__VERDICT__VERDICT_LOST,
			"check died before it could say");
}

static void open_attempt_is_lost(void **state)
{
	struct result *result = fold(PLAN VM START(0));
	const struct ledger_test *test = result_test(result, 0);

	(void)state;
	expect(result, 0, PB__VERDICT__VERDICT_LOST,
	       "started, and no result came back");
	assert_true(attempt_is_open(&test->attempts[0]));
	result_destroy(result);
}

static void host_ends_what_the_guest_could_not(void **state)
{
	struct result *result =
		fold(PLAN VM START(0) "at 12.5\n"
				      "attempt_ended test=0 verdict=crash "
				      "reason=\"kernel oops\"\n"
				      "attempt_ended test=1 verdict=hang\n"
				      "attempt_ended test=2 verdict=pass\n");
	const struct attempt *attempt = ledger_decisive(result_test(result, 0));

	(void)state;
	expect(result, 0, PB__VERDICT__VERDICT_CRASH, "kernel oops");
	assert_int_equal(attempt->total_ns, UINT64_C(2500000000));
	assert_int_equal(attempt_duration_ns(attempt), UINT64_C(2500000000));
	expect(result, 1, PB__VERDICT__VERDICT_HANG,
	       "the VM gave no sign of life");
	/* A pass is not the host's to give. */
	expect(result, 2, PB__VERDICT__VERDICT_LOST,
	       "started, and no result came back");
	result_destroy(result);
}

static void second_end_changes_nothing(void **state)
{
	struct result *result =
		fold(PLAN VM START(0) FINISH(
			0, "check_verdict=fail has_status=1 exit_status=3")
			     FINISH(0, "check_verdict=pass has_status=1"));

	(void)state;
	expect(result, 0, PB__VERDICT__VERDICT_FAIL, "failed, exit status 3");
	assert_int_equal(result_ignored(result), 1);
	assert_int_equal(result_test(result, 0)->attempt_count, 1);
	result_destroy(result);
}

static void lost_gives_way_and_crash_does_not(void **state)
{
	struct result *result = fold(
		PLAN VM START(0)
			START(1) "attempt_ended test=0 verdict=lost\n" FINISH(
				0,
				"check_verdict=pass") "attempt_ended test=1 "
						      "verdict="
						      "crash\n" FINISH(
							      1, "chec"
								 "k_"
								 "verd"
								 "ict="
								 "pas"
								 "s") START(2)
							      FINISH(2,
								     "check"
								     "_verd"
								     "ict="
								     "pass") "a"
									     "t"
									     "t"
									     "e"
									     "m"
									     "p"
									     "t"
									     "_"
									     "e"
									     "n"
									     "d"
									     "e"
									     "d"
									     " "
									     "t"
									     "e"
									     "s"
									     "t"
									     "="
									     "2"
									     " "
									     "v"
									     "e"
									     "r"
									     "d"
									     "i"
									     "c"
									     "t"
									     "="
									     "l"
									     "o"
									     "s"
									     "t"
									     "\n");

	(void)state;
	expect(result, 0, PB__VERDICT__VERDICT_PASS, "");
	expect(result, 1, PB__VERDICT__VERDICT_CRASH, "kernel crash");
	expect(result, 2, PB__VERDICT__VERDICT_PASS, "");
	result_destroy(result);
}

static void worst_attempt_counts(void **state)
{
	struct result *result = fold(
		PLAN VM START(0) "attempt_ended test=0 verdict=crash\n" START(
			1) "attempt_ended test=1 verdict=lost\n"
			   "boot 2\nvm_started plan=0 plan=1 attempt=1 "
			   "attempt=1\n" START(0)
				   FINISH(0, "check_verdict=pass") START(1)
					   FINISH(1, "check_verdict=notrun "
						     "notrun_reason=no"));

	(void)state;
	expect(result, 0, PB__VERDICT__VERDICT_CRASH, "kernel crash");
	expect(result, 1, PB__VERDICT__VERDICT_NOTRUN, "no");
	assert_int_equal(result_test(result, 0)->attempt_count, 2);
	assert_int_equal(ledger_next_attempt(result_test(result, 0)), 2);
	assert_int_equal(ledger_next_attempt(result_test(result, 2)), 0);
	result_destroy(result);
}

/* What was given up as not reached is reached in a resumed run. */
static void resumed_run_reaches_the_rest(void **state)
{
	struct result *result =
		fold(PLAN VM
		     "attempt_ended test=0 verdict=not-reached "
		     "reason=\"stopped\"\n"
		     "stop_requested reason=SIGINT\nrun_ended end=stopped\n");

	(void)state;
	expect(result, 0, PB__VERDICT__VERDICT_NOT_REACHED, "stopped");
	expect(result, 1, PB__VERDICT__VERDICT_NOT_REACHED,
	       "the run was stopped");
	assert_int_equal(result_facts(result)->end,
			 PB__RUN_END__RUN_END_STOPPED);
	script_run("run_resumed\nboot 2\nvm_started plan=0 plan=1\n" START(0),
		   apply, result);
	expect(result, 0, PB__VERDICT__VERDICT_LOST,
	       "started, and no result came back");
	script_run("boot 2\n" FINISH(
			   0, "check_verdict=pass") "run_ended end=complete\n",
		   apply, result);
	expect(result, 0, PB__VERDICT__VERDICT_PASS, "");
	assert_int_equal(result_facts(result)->end,
			 PB__RUN_END__RUN_END_COMPLETE);
	assert_null(result_facts(result)->stop_reason);
	result_destroy(result);
}

static void kernel_problem_turns_a_pass(void **state)
{
	struct result *result = fold(PLAN VM START(0) FINISH(
		0,
		"check_verdict=pass") "kernel_problem class=kasan "
				      "severity=error title=\"KASAN in f\" "
				      "in_test=1 test=0\n"
				      "kernel_problem class=zzz severity=note "
				      "title=nothing "
				      "in_test=1 test=1\n" START(
					      1) "kernel_problem class=zzz "
						 "severity=note title=nothing "
						 "in_test=1 test=1\n" FINISH(
							 1,
							 "check_verdict=pass")
							 START(2) "kernel_"
								  "problem "
								  "class=oops "
								  "severity="
								  "fatal "
								  "title=first "
								  "in_test=1 "
								  "test=2\n"
								  "kernel_"
								  "problem "
								  "class=panic "
								  "severity="
								  "fatal "
								  "title="
								  "second "
								  "consequence="
								  "1 in_test=1 "
								  "test="
								  "2\n" FINISH(
									  2,
									  "chec"
									  "k_"
									  "verd"
									  "ict="
									  "notr"
									  "un "
									  "notr"
									  "un_"
									  "reas"
									  "on="
									  "n"
									  "o"));
	const struct problem_list *problems = result_problems(result);

	(void)state;
	expect(result, 0, PB__VERDICT__VERDICT_FAIL, "kernel: KASAN in f");
	assert_int_equal(result_test(result, 0)->attempts[0].check_verdict,
			 PB__CHECK_VERDICT__CHECK_VERDICT_PASS);
	expect(result, 1, PB__VERDICT__VERDICT_PASS, "");
	expect(result, 2, PB__VERDICT__VERDICT_NOTRUN, "no");
	assert_string_equal(result_test(result, 2)->attempts[0].kernel_words,
			    "kernel: first");
	assert_int_equal(problems->totals[PROBLEM_ERROR], 1);
	assert_int_equal(problems->totals[PROBLEM_WARNING], 1);
	assert_int_equal(problems->totals[PROBLEM_OOPS], 1);
	assert_int_equal(problems->totals[PROBLEM_PANIC], 1);
	assert_int_equal(problems->counting, 3);
	assert_false(boot_is_success(result_boots(result)->items[0]));
	result_destroy(result);
}

/* A stall is the kernel's fault only on a machine that is not emulated. */
static void hang_counts_with_kvm_only(void **state)
{
	static const char rest[] = "boot 1\nvm_started plan=0\n" START(
		0) "kernel_problem class=rcu_stall severity=hang title=stall "
		   "in_test=1 test=0\n" FINISH(0, "check_verdict=pass");
	struct result *result = fold(PLAN);

	(void)state;
	script_run(rest, apply, result);
	expect(result, 0, PB__VERDICT__VERDICT_FAIL, "kernel: stall");
	result_destroy(result);
	result = fold("run_started kvm=0 tests=(name=generic/001)\n");
	script_run(rest, apply, result);
	expect(result, 0, PB__VERDICT__VERDICT_PASS, "");
	assert_int_equal(result_problems(result)->counting, 0);
	result_destroy(result);
}

/* One problem in a test of its own, and the verdict of that test. */
static void expect_problem(const char *run, const char *expects,
			   const char *problem, Pb__Verdict verdict)
{
	char script[2048];
	struct result *result;

	snprintf(script, sizeof(script),
		 "run_started %s tests=(name=generic/001 %s)\n"
		 "boot 1\nvm_started plan=0\n" START(
			 0) "kernel_problem title=t in_test=1 test=0 "
			    "%s\n" FINISH(0, "check_verdict=pass"),
		 run, expects, problem);
	result = fold(script);
	assert_string_equal(verdict_name(result_test(result, 0)->verdict),
			    verdict_name(verdict));
	assert_int_equal(result_problems(result)->counting,
			 verdict == PB__VERDICT__VERDICT_FAIL);
	result_destroy(result);
}

static void pass_with(const char *run, const char *expects, const char *problem)
{
	expect_problem(run, expects, problem, PB__VERDICT__VERDICT_PASS);
}

static void fail_with(const char *run, const char *expects, const char *problem)
{
	expect_problem(run, expects, problem, PB__VERDICT__VERDICT_FAIL);
}

static void policies(void **state)
{
	static const char error[] = "class=kasan severity=error";
	static const char hang[] = "class=hung_task severity=hang";

	(void)state;
	fail_with("", "", error);
	fail_with("kernel_problems=fail", "", error);
	pass_with("kernel_problems=report", "", error);
	pass_with("kernel_problems=ignore", "", error);
	pass_with("", "", hang);
	fail_with("kvm=1", "", hang);
	fail_with("kernel_problems=fail hangs_fail=1", "", hang);
	pass_with("kernel_problems=report hangs_fail=1", "", hang);
}

/* 1: UNCHECKED_DMESG, 8: DM_FLAKEY */
static void provoked_problems(void **state)
{
	static const char *const provoked[] = {
		"class=fs_error severity=error",
		"class=io_error severity=error",
		"class=warning severity=error",
	};
	static const char *const never[] = {
		"class=kasan severity=error",
		"class=ubsan severity=error",
		"class=lockdep severity=error",
		"class=slub severity=error",
		"class=list_corruption severity=error",
		"class=kernel_bug severity=fatal",
		"class=fs_error severity=fatal",
		"class=hung_task severity=hang",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(provoked) / sizeof(provoked[0]); i++) {
		fail_with("", "", provoked[i]);
		pass_with("", "expects=8", provoked[i]);
		pass_with("", "expects=1", provoked[i]);
	}
	for (size_t i = 0; i < sizeof(never) / sizeof(never[0]); i++) {
		fail_with("kvm=1", "expects=8", never[i]);
		fail_with("kvm=1", "expects=255", never[i]);
	}
	fail_with("", "expects=8", "class=bug_other severity=error");
	pass_with("", "expects=1", "class=bug_other severity=error");
}

static void provoked_problems_are_shown(void **state)
{
	struct result *result =
		fold("run_started tests=(name=generic/001 expects=8)\nboot 1\n"
		     "vm_started plan=0\n" START(
			     0) "kernel_problem title=a class=fs_error "
				"severity=error in_test=1 test=0\n"
				"kernel_problem title=b class=fs_error "
				"severity=error\n");
	const struct problem_list *list = result_problems(result);

	(void)state;
	assert_int_equal(list->count, 2);
	assert_true(list->items[0].expected);
	assert_false(list->items[1].expected); /* of the boot */
	assert_int_equal(list->expected, 1);
	assert_int_equal(list->totals[PROBLEM_ERROR], 1);
	assert_int_equal(list->totals[PROBLEM_WARNING], 0);
	result_destroy(result);
}

static void ignored_problems_leave_no_trace(void **state)
{
	struct result *result =
		fold("run_started kernel_problems=ignore "
		     "tests=(name=generic/001)\nboot 1\nvm_started plan=0\n"
		     "hello\n"
		     "kernel_problem class=oops severity=fatal title=t\n");

	(void)state;
	assert_int_equal(result_problems(result)->count, 0);
	assert_true(boot_is_success(result_boots(result)->items[0]));
	result_destroy(result);
}

/* What was printed after the test's process had ended. */
static void problems_after_a_test(void **state)
{
	struct result *result = fold(PLAN VM START(
		0) "kernel_problem title=a in_test=1 test=0 sequence=120\n"
		   "kernel_problem title=b in_test=1 test=0 sequence=150\n"
		   "kernel_problem title=c in_test=1 test=0 sequence=150 "
		   "age_s=120\n"
		   "kernel_problem title=d sequence=150\n" FINISH(
			   0, "check_verdict=pass kmsg_ended=150"));
	const struct problem_list *list = result_problems(result);

	(void)state;
	assert_int_equal(list->count, 4);
	assert_false(result_is_after_test(result, &list->items[0]));
	assert_true(result_is_after_test(result, &list->items[1]));
	assert_false(result_is_after_test(result, &list->items[2]));
	assert_false(result_is_after_test(result, &list->items[3]));
	result_destroy(result);
}

static void records_belong_to_the_test_of_their_sequence(void **state)
{
	struct result *result = fold(
		PLAN VM
		"test_started index=0 kmsg_sequence=10\n"
		"kernel_records records=(sequence=9 priority=4 text=before) "
		"records=(sequence=10 priority=4 text=one) "
		"records=(sequence=11 priority=5 text=notice) "
		"records=(sequence=12 priority=12 text=user)\n"
		"test_finished index=0 check_verdict=pass kmsg_sequence=14\n"
		"test_started index=1 kmsg_sequence=14\n"
		"kernel_records records=(sequence=13 priority=3 text=late) "
		"records=(sequence=14 priority=3 text=next) lost=5\n");
	const struct attempt *one = &result_test(result, 0)->attempts[0];
	const struct attempt *two = &result_test(result, 1)->attempts[0];

	(void)state;
	assert_int_equal(one->message_count, 2);
	assert_string_equal(one->messages[0].text, "one");
	assert_string_equal(one->messages[1].text, "late");
	assert_int_equal(one->messages_left_out, 2);
	assert_int_equal(two->message_count, 1);
	assert_string_equal(two->messages[0].text, "next");
	assert_int_equal(result_boots(result)->items[0]->kernel_messages, 6);
	assert_int_equal(result_boots(result)->items[0]->kernel_messages_lost,
			 5);
	result_destroy(result);
}

static void what_a_guest_makes_up_is_ignored(void **state)
{
	static const char *const lies[] = {
		"test_started index=4\n",
		"test_started index=4294967295\n",
		"test_started index=0 name=generic/002\n",
		"test_started index=3\n", /* excluded */
		"boot 2\ntest_started index=0\n",
		"boot 0\ntest_started index=0\n",
		"vm 1\ntest_started index=0\n",
		"vm 4294967295\ntest_started index=0\n",
		"vm 64\nboot 9\nvm_started plan=0\n",
		"attempt_ended test=4 verdict=crash\n",
		"artifact_stored test=0 attempt=5 path=x\n",
		"evidence_stored in_test=1 test=0 attempt=5 path=x\n",
		"evidence_stored in_test=1 test=4294967295 path=x\n",
		"run_started tests=(name=a/b)\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		struct result *result = fold(PLAN VM START(1));

		assert_int_equal(result_ignored(result), 0);
		script_run("boot 1\n", apply, result);
		/* A script begins in boot 0 and VM 0 again. */
		if (strncmp(lies[i], "test_", 5) == 0) {
			char script[256];

			snprintf(script, sizeof(script), "boot 1\n%s", lies[i]);
			script_run(script, apply, result);
		} else {
			script_run(lies[i], apply, result);
		}
		assert_true(result_ignored(result) > 0);
		assert_int_equal(result_test_count(result), 4);
		expect(result, 3, PB__VERDICT__VERDICT_EXCLUDED,
		       "excluded by -X, -e or -E");
		result_destroy(result);
	}
}

/* CLOCK_MONOTONIC means nothing to another controller. */
static void host_time_ends_with_its_session(void **state)
{
	struct result *result = fold(PLAN VM START(0) "run_resumed\nat 99\n"
						      "attempt_ended test=0 "
						      "verdict=lost\n");

	(void)state;
	assert_int_equal(result_test(result, 0)->attempts[0].total_ns, 0);
	result_destroy(result);
}

/* A thousand I/O errors of one test are one problem, and what fails a test is
 * kept whatever came before it. */
static void problems_are_counted_together(void **state)
{
	struct result *result = fold(PLAN VM START(0));
	const struct problem_list *list = result_problems(result);
	char script[256];

	(void)state;
	for (int i = 0; i < 1000; i++)
		script_run("kernel_problem class=io_error severity=note "
			   "title=\"I/O error\" in_test=1 test=0\n",
			   apply, result);
	assert_int_equal(list->count, 1);
	assert_int_equal(list->items[0].times, 1000);
	assert_int_equal(list->totals[PROBLEM_WARNING], 1);
	script_run("kernel_problem class=io_error severity=note "
		   "title=\"I/O error\" in_test=1 test=1\n",
		   apply, result);
	assert_int_equal(list->count, 2);
	for (int i = 0; i < PROBLEM_LIST; i++) {
		snprintf(script, sizeof(script),
			 "kernel_problem class=io_error severity=note "
			 "title=e%d in_test=1 test=0\n",
			 i);
		script_run(script, apply, result);
	}
	assert_int_equal(list->count, PROBLEM_LESSER);
	script_run("kernel_problem class=kasan severity=error title=k "
		   "in_test=1 test=0\n",
		   apply, result);
	assert_int_equal(list->count, PROBLEM_LESSER + 1);
	assert_string_equal(list->items[PROBLEM_LESSER].title, "k");
	result_destroy(result);
}

static void boots_and_problems_are_bounded(void **state)
{
	struct result *result = fold(PLAN);
	char script[256];

	(void)state;
	for (uint32_t i = 1; i <= BOOT_LIST + 1; i++) {
		snprintf(script, sizeof(script),
			 "boot %u\nvm_started plan=0\nvm_ended reason=gone\n"
			 "kernel_problem class=lockdep severity=error title=t\n"
			 "notice text=n\n",
			 i);
		script_run(script, apply, result);
	}
	assert_int_equal(result_boots(result)->count, BOOT_LIST);
	assert_int_equal(result_boots(result)->left_out, 1);
	assert_null(boot_list_find(result_boots(result), BOOT_LIST + 1));
	assert_int_equal(result_problems(result)->count, PROBLEM_LIST);
	assert_int_equal(result_problems(result)->totals[PROBLEM_ERROR],
			 BOOT_LIST + 1);
	assert_int_equal(result_facts(result)->notice_count, RUNFACTS_NOTICES);
	assert_int_equal(result_facts(result)->notices_left_out,
			 BOOT_LIST + 1 - RUNFACTS_NOTICES);
	result_destroy(result);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_at_all),
		cmocka_unit_test(plan_alone_is_not_reached),
		cmocka_unit_test(evidence_becomes_verdict_and_words),
		cmocka_unit_test(open_attempt_is_lost),
		cmocka_unit_test(host_ends_what_the_guest_could_not),
		cmocka_unit_test(second_end_changes_nothing),
		cmocka_unit_test(lost_gives_way_and_crash_does_not),
		cmocka_unit_test(worst_attempt_counts),
		cmocka_unit_test(resumed_run_reaches_the_rest),
		cmocka_unit_test(kernel_problem_turns_a_pass),
		cmocka_unit_test(policies),
		cmocka_unit_test(provoked_problems),
		cmocka_unit_test(provoked_problems_are_shown),
		cmocka_unit_test(ignored_problems_leave_no_trace),
		cmocka_unit_test(problems_after_a_test),
		cmocka_unit_test(hang_counts_with_kvm_only),
		cmocka_unit_test(records_belong_to_the_test_of_their_sequence),
		cmocka_unit_test(what_a_guest_makes_up_is_ignored),
		cmocka_unit_test(host_time_ends_with_its_session),
		cmocka_unit_test(problems_are_counted_together),
		cmocka_unit_test(boots_and_problems_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
