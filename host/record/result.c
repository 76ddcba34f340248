/* SPDX-License-Identifier: GPL-2.0-or-later */
/* result - see result.h. */
#include "host/record/result.h"

#include "host/record/reason.h"
#include "host/record/testtime.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct result {
	struct allowance allowance;
	struct runfacts facts;
	struct ledger ledger;
	struct assignment vms[RESULT_VMS];
	struct boot_list boots;
	struct problem_list problems;
	uint64_t ignored;
};

struct result *result_create(void)
{
	struct result *result = calloc(1, sizeof(*result));

	if (result)
		result->allowance.cap_bytes = RESULT_TEXT_BYTES;
	return result;
}

void result_destroy(struct result *result)
{
	if (!result)
		return;
	ledger_deinit(&result->ledger, &result->allowance);
	for (size_t i = 0; i < RESULT_VMS; i++)
		assignment_deinit(&result->vms[i]);
	boot_list_deinit(&result->boots, &result->allowance);
	problem_list_deinit(&result->problems, &result->allowance);
	runfacts_deinit(&result->facts, &result->allowance);
	must(result->allowance.used_bytes == 0);
	free(result);
}

static int ignore(struct result *result)
{
	result->ignored++;
	return 0;
}

static int take_run_event(struct result *result, const Pb__Event *event)
{
	bool planned = result->facts.run;
	int r = runfacts_apply(&result->facts, &result->allowance, event);

	if (r < 0)
		return r;
	if (!r)
		return ignore(result);
	return result->facts.run && !planned
		       ? ledger_init(&result->ledger, result->facts.run)
		       : 0;
}

/* A guest speaks only within the boot that its VM is in. */
static bool is_of_present_boot(const struct result *result,
			       const Pb__Event *event)
{
	return event->vm < RESULT_VMS && event->boot &&
	       result->vms[event->vm].boot == event->boot;
}

/* The name is there for people who read the traffic; when it does not match,
 * the guest talks of something else than the host gave it. */
static bool resolve(const struct result *result, const Pb__Event *event,
		    uint32_t index, uint32_t rerun, const char *name,
		    struct assignment_key *ret_key)
{
	if (!is_of_present_boot(result, event) ||
	    !assignment_find(&result->vms[event->vm], index, rerun, ret_key))
		return false;
	return !name || !*name ||
	       !strcmp(name, result->ledger.tests[ret_key->test].name);
}

bool result_find(const struct result *result, const Pb__Event *event,
		 struct assignment_key *ret_key)
{
	if (event->body_case == PB__EVENT__BODY_TEST_STARTED)
		return resolve(result, event, event->test_started->index,
			       event->test_started->rerun,
			       event->test_started->name, ret_key);
	if (event->body_case == PB__EVENT__BODY_TEST_FINISHED)
		return resolve(result, event, event->test_finished->index,
			       event->test_finished->rerun,
			       event->test_finished->name, ret_key);
	if (event->body_case == PB__EVENT__BODY_ATTEMPT_ENDED) {
		ret_key->test = event->attempt_ended->test;
		ret_key->attempt = event->attempt_ended->attempt;
	} else if (event->body_case == PB__EVENT__BODY_ARTIFACT_STORED) {
		ret_key->test = event->artifact_stored->test;
		ret_key->attempt = event->artifact_stored->attempt;
	} else if (event->body_case == PB__EVENT__BODY_EVIDENCE_STORED &&
		   event->evidence_stored->in_test) {
		ret_key->test = event->evidence_stored->test;
		ret_key->attempt = event->evidence_stored->attempt;
	} else if (event->body_case == PB__EVENT__BODY_KERNEL_PROBLEM &&
		   event->kernel_problem->in_test) {
		ret_key->test = event->kernel_problem->test;
		ret_key->attempt = event->kernel_problem->attempt;
	} else {
		return false;
	}
	return ret_key->test < result->ledger.count;
}

static int take_test_started(struct result *result, const Pb__Event *event)
{
	struct assignment_key key;
	struct attempt *attempt;
	int r;

	if (!result_find(result, event, &key))
		return ignore(result);
	r = ledger_open(&result->ledger, &key, &attempt);
	if (r < 0)
		return r;
	assignment_begin(&result->vms[event->vm], &key);
	if (!attempt || attempt->started)
		return ignore(result);
	attempt->boot = event->boot;
	attempt->session = result->facts.session;
	attempt->started_mono_ns = event->mono_ns;
	attempt->kmsg_from = event->test_started->kmsg_sequence;
	r = attempt_start(attempt, &result->allowance);
	ledger_settle(&result->ledger, key.test);
	return r;
}

/* What the test had, in milliseconds, in the boot that it ran in. */
static uint64_t time_of(const struct result *result, const Pb__Event *event,
			uint32_t test)
{
	const struct boot *boot = boot_list_find(&result->boots, event->boot);

	return testtime_ms(result->facts.run, test,
			   boot ? boot->slowness_percent : 0);
}

static void word_finished(const struct result *result, const Pb__Event *event,
			  const struct assignment_key *key,
			  struct reason *reason)
{
	struct reason_limits limits = {
		.test_ns = time_of(result, event, key->test) * 1000000,
		.post_check_ns =
			result->facts.run->post_check_timeout_ms * 1000000,
	};

	reason_init(reason);
	reason_of_finished(reason, event->test_finished,
			   result->ledger.tests[key->test].name, &limits);
}

static int take_test_finished(struct result *result, const Pb__Event *event)
{
	const Pb__TestFinished *finished = event->test_finished;
	struct assignment_key key;
	struct attempt *attempt;
	struct reason reason;
	int r;

	if (!result_find(result, event, &key))
		return ignore(result);
	assignment_finish(&result->vms[event->vm], &key);
	r = ledger_open(&result->ledger, &key, &attempt);
	if (r < 0)
		return r;
	if (!attempt) {
		ledger_count_left_out(&result->ledger, key.test,
				      reason_verdict(finished));
		return ignore(result);
	}
	if (attempt->guest_verdict)
		return ignore(result);
	if (!attempt->boot)
		attempt->boot = event->boot;
	word_finished(result, event, &key, &reason);
	r = attempt_finish(attempt, &result->allowance, finished, reason.text);
	ledger_settle(&result->ledger, key.test);
	return r;
}

/* The guest is dead by now, so the host's clock has to do; within a session
 * of the controller only, because CLOCK_MONOTONIC starts anew at a boot. */
static uint64_t host_time_of(const struct result *result,
			     const struct attempt *attempt,
			     const Pb__Event *event)
{
	if (!attempt->started || attempt->session != result->facts.session ||
	    event->mono_ns < attempt->started_mono_ns)
		return 0;
	return event->mono_ns - attempt->started_mono_ns;
}

static int take_attempt_ended(struct result *result, const Pb__Event *event)
{
	const Pb__AttemptEnded *ended = event->attempt_ended;
	struct assignment_key key;
	struct attempt *attempt;
	int r;

	if (!result_find(result, event, &key))
		return ignore(result);
	r = ledger_open(&result->ledger, &key, &attempt);
	if (r < 0)
		return r;
	if (!attempt) {
		ledger_count_left_out(&result->ledger, key.test,
				      attempt_host_verdict(ended->verdict));
		return ignore(result);
	}
	if (!attempt->boot)
		attempt->boot = event->boot;
	r = attempt_end(attempt, &result->allowance, ended->verdict,
			ended->reason, host_time_of(result, attempt, event));
	ledger_settle(&result->ledger, key.test);
	return r ? r : ignore(result);
}

static int take_artifact(struct result *result, const Pb__Event *event)
{
	struct assignment_key key;
	struct attempt *attempt = NULL;

	if (result_find(result, event, &key))
		attempt = ledger_find(&result->ledger, &key);
	return attempt ? attempt_add_artifact(attempt, &result->allowance,
					      event->artifact_stored)
		       : ignore(result);
}

/* That of a boot is its boot's. */
static int take_evidence(struct result *result, const Pb__Event *event)
{
	struct assignment_key key;
	struct attempt *attempt = NULL;

	if (!event->evidence_stored->in_test)
		return 0;
	if (result_find(result, event, &key))
		attempt = ledger_find(&result->ledger, &key);
	return attempt ? evidence_list_add(&attempt->evidence,
					   &result->allowance,
					   event->evidence_stored)
		       : ignore(result);
}

/* A consequence is named only where its cause is not. */
static int take_problem(struct result *result, const Pb__Event *event)
{
	const Pb__KernelProblem *found = event->kernel_problem;
	struct assignment_key key;
	struct attempt *attempt = NULL;
	struct problem_rules rules = problem_rules_of(result->facts.run, found);
	int r;

	if (rules.ignore)
		return 0;
	r = problem_list_add(&result->problems, &result->allowance, found,
			     event->boot, &rules);
	if (r < 0)
		return r;
	if (result_find(result, event, &key))
		attempt = ledger_find(&result->ledger, &key);
	if (!attempt || !problem_counts(found, &rules) ||
	    (found->consequence && attempt->kernel_words))
		return 0;
	r = attempt_add_problem(attempt, &result->allowance, found->title);
	ledger_settle(&result->ledger, key.test);
	return r;
}

static int take_records(struct result *result, const Pb__Event *event)
{
	const Pb__KernelRecords *records = event->kernel_records;
	int r = 0;

	if (!is_of_present_boot(result, event))
		return ignore(result);
	for (size_t i = 0; i < records->n_records && r >= 0; i++) {
		struct attempt *attempt = ledger_of_record(
			&result->ledger, &result->vms[event->vm],
			records->records[i]->sequence);

		if (attempt)
			r = attempt_add_message(attempt, &result->allowance,
						records->records[i]);
	}
	return r;
}

static int take_vm_started(struct result *result, const Pb__Event *event)
{
	int r;

	if (event->vm >= RESULT_VMS || !event->boot ||
	    boot_list_find(&result->boots, event->boot))
		return ignore(result);
	r = boot_list_add(&result->boots, event->boot, event->vm);
	return r < 0 ? r
		     : assignment_init(&result->vms[event->vm], event->boot,
				       event->vm_started, result->ledger.count);
}

static int take_for_boot(struct result *result, const Pb__Event *event)
{
	struct boot *boot =
		event->boot ? boot_list_find(&result->boots, event->boot)
			    : NULL;

	if (event->body_case == PB__EVENT__BODY_KERNEL_PROBLEM &&
	    problem_rules_of(result->facts.run, event->kernel_problem).ignore)
		return 0;
	return boot ? boot_apply(boot, &result->allowance, event) : 0;
}

static int take(struct result *result, const Pb__Event *event)
{
	switch (event->body_case) {
	case PB__EVENT__BODY_RUN_STARTED:
	case PB__EVENT__BODY_RUN_RESUMED:
	case PB__EVENT__BODY_RUN_ENDED:
	case PB__EVENT__BODY_STOP_REQUESTED:
	case PB__EVENT__BODY_NOTICE:
	case PB__EVENT__BODY_TROUBLE:
	case PB__EVENT__BODY_PROTOCOL_BROKEN:
		return take_run_event(result, event);
	case PB__EVENT__BODY_VM_STARTED:
		return take_vm_started(result, event);
	case PB__EVENT__BODY_TEST_STARTED:
		return take_test_started(result, event);
	case PB__EVENT__BODY_TEST_FINISHED:
		return take_test_finished(result, event);
	case PB__EVENT__BODY_ATTEMPT_ENDED:
		return take_attempt_ended(result, event);
	case PB__EVENT__BODY_ARTIFACT_STORED:
		return take_artifact(result, event);
	case PB__EVENT__BODY_EVIDENCE_STORED:
		return take_evidence(result, event);
	case PB__EVENT__BODY_KERNEL_PROBLEM:
		return take_problem(result, event);
	case PB__EVENT__BODY_KERNEL_RECORDS:
		return take_records(result, event);
	case PB__EVENT__BODY_VM_CONNECTED:
	case PB__EVENT__BODY_CALIBRATION:
	case PB__EVENT__BODY_VM_ENDED:
	case PB__EVENT__BODY_LINK_CLOSED:
	case PB__EVENT__BODY_KERNEL_RING:
	case PB__EVENT__BODY_HELLO:
	case PB__EVENT__BODY_SETUP_STEP:
	case PB__EVENT__BODY_SETUP_DONE:
	case PB__EVENT__BODY_SETUP_FAILED:
	case PB__EVENT__BODY_CHECK_STARTED:
	case PB__EVENT__BODY_CHECK_EXITED:
	case PB__EVENT__BODY_JOB_FINISHED:
		return 0; /* about their boot only */
	case PB__EVENT__BODY__NOT_SET:
	case _PB__EVENT__BODY__CASE_IS_INT_SIZE:
		break;
	}
	return ignore(result);
}

int result_apply(struct result *result, const Pb__Event *event)
{
	int r;

	runfacts_see(&result->facts, event);
	r = take(result, event);
	return r < 0 ? r : take_for_boot(result, event);
}

const struct runfacts *result_facts(const struct result *result)
{
	return &result->facts;
}

size_t result_test_count(const struct result *result)
{
	return result->ledger.count;
}

const struct ledger_test *result_test(const struct result *result, size_t index)
{
	must(index < result->ledger.count);
	return &result->ledger.tests[index];
}

const char *result_reason(const struct result *result,
			  const struct ledger_test *test)
{
	const struct attempt *attempt = ledger_decisive(test);

	if (test->excluded)
		return reason_of_verdict(test->verdict);
	if (attempt && attempt->verdict == test->verdict)
		return attempt->reason ? attempt->reason : "";
	if (test->verdict == PB__VERDICT__VERDICT_NOT_REACHED)
		return reason_of_run_end(result->facts.end);
	return reason_of_verdict(test->verdict);
}

const struct tally *result_tally(const struct result *result)
{
	must(tally_total(&result->ledger.tally) == result->ledger.count);
	return &result->ledger.tally;
}

uint64_t result_test_ns(const struct result *result)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < result->ledger.count; i++) {
		const struct ledger_test *test = &result->ledger.tests[i];

		for (uint32_t j = 0; j < test->attempt_count; j++)
			sum += test->attempts[j].total_ns;
	}
	return sum;
}

const struct attempt *result_attempt(const struct result *result,
				     const struct assignment_key *key)
{
	return ledger_find(&result->ledger, key);
}

const struct boot_list *result_boots(const struct result *result)
{
	return &result->boots;
}

size_t result_boot_count(const struct result *result)
{
	return result->boots.count;
}

const struct boot *result_boot(const struct result *result, size_t index)
{
	must(index < result->boots.count);
	return result->boots.items[index];
}

const struct problem_list *result_problems(const struct result *result)
{
	return &result->problems;
}

bool result_is_after_test(const struct result *result,
			  const struct problem *problem)
{
	const struct assignment_key key = {problem->test, problem->attempt};
	const struct attempt *attempt =
		problem->in_test ? ledger_find(&result->ledger, &key) : NULL;

	return attempt && attempt->kmsg_ended && !problem->age_s &&
	       problem->sequence >= attempt->kmsg_ended;
}

uint64_t result_ignored(const struct result *result)
{
	return result->ignored;
}
