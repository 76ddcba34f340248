/* SPDX-License-Identifier: GPL-2.0-or-later */
/* verdict - see verdict.h. */
#include "host/record/verdict.h"

#include <assert.h>
#include <stddef.h>

struct verdict_row {
	const char *name;
	unsigned int rank; /* the higher counts; 0: not a verdict of a run */
	bool real;
	bool failure;
};

static const struct verdict_row rows[] = {
	[PB__VERDICT__VERDICT_UNSPECIFIED] = {"unknown", 0, false, false},
	[PB__VERDICT__VERDICT_EXCLUDED] = {"excluded", 1, false, false},
	[PB__VERDICT__VERDICT_NOT_REACHED] = {"not-reached", 2, false, false},
	[PB__VERDICT__VERDICT_LOST] = {"lost", 3, false, false},
	[PB__VERDICT__VERDICT_PASS] = {"pass", 4, true, false},
	[PB__VERDICT__VERDICT_NOTRUN] = {"notrun", 5, true, false},
	[PB__VERDICT__VERDICT_FAIL] = {"fail", 6, true, true},
	[PB__VERDICT__VERDICT_TIMEOUT] = {"timeout", 7, true, true},
	[PB__VERDICT__VERDICT_HANG] = {"hang", 8, true, true},
	[PB__VERDICT__VERDICT_CRASH] = {"crash", 9, true, true},
};
static_assert(sizeof(rows) / sizeof(rows[0]) == VERDICTS,
	      "every verdict has a row");

static const char *const check_names[] = {
	[PB__CHECK_VERDICT__CHECK_VERDICT_UNSPECIFIED] = "none",
	[PB__CHECK_VERDICT__CHECK_VERDICT_PASS] = "pass",
	[PB__CHECK_VERDICT__CHECK_VERDICT_NOTRUN] = "notrun",
	[PB__CHECK_VERDICT__CHECK_VERDICT_FAIL] = "fail",
	[PB__CHECK_VERDICT__CHECK_VERDICT_NONE] = "none",
};

static const struct verdict_row *row_of(Pb__Verdict verdict)
{
	size_t index = (size_t)verdict;

	return &rows[index < VERDICTS ? index : 0];
}

const char *verdict_name(Pb__Verdict verdict)
{
	return row_of(verdict)->name;
}

const char *verdict_check_name(Pb__CheckVerdict verdict)
{
	size_t index = (size_t)verdict;

	return index < sizeof(check_names) / sizeof(check_names[0])
		       ? check_names[index]
		       : "none";
}

bool verdict_is_real(Pb__Verdict verdict)
{
	return row_of(verdict)->real;
}

bool verdict_is_failure(Pb__Verdict verdict)
{
	return row_of(verdict)->failure;
}

Pb__Verdict verdict_worse(Pb__Verdict a, Pb__Verdict b)
{
	return row_of(a)->rank >= row_of(b)->rank ? a : b;
}

static uint64_t sum_where(const struct tally *tally, bool failure, bool real)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < VERDICTS; i++) {
		if ((!failure || rows[i].failure) && (!real || rows[i].real))
			sum += tally->count[i];
	}
	return sum;
}

uint64_t tally_total(const struct tally *tally)
{
	return sum_where(tally, false, false);
}

uint64_t tally_failed(const struct tally *tally)
{
	return sum_where(tally, true, false);
}

uint64_t tally_real(const struct tally *tally)
{
	return sum_where(tally, false, true);
}
