/* SPDX-License-Identifier: GPL-2.0-or-later */
/* timeline - see timeline.h. */
#include "host/record/timeline.h"

#include "shared/must.h"

#include <assert.h>
#include <stdbool.h>

struct mark {
	const char *name;
	Pb__Event__BodyCase body;
	bool last; /* of several events the last one counts */
};

static const struct mark marks[] = {
	[TIMELINE_STARTED] = {"started", PB__EVENT__BODY_VM_STARTED, false},
	[TIMELINE_CONNECTED] = {"connected", PB__EVENT__BODY_VM_CONNECTED,
				false},
	[TIMELINE_HELLO] = {"hello", PB__EVENT__BODY_HELLO, false},
	[TIMELINE_SET_UP] = {"set_up", PB__EVENT__BODY_SETUP_DONE, false},
	[TIMELINE_CHECK] = {"check", PB__EVENT__BODY_CHECK_STARTED, false},
	[TIMELINE_FIRST_TEST] = {"first_test", PB__EVENT__BODY_TEST_STARTED,
				 false},
	[TIMELINE_LAST_TEST] = {"last_test", PB__EVENT__BODY_TEST_FINISHED,
				true},
	[TIMELINE_FINISHED] = {"finished", PB__EVENT__BODY_JOB_FINISHED, false},
	[TIMELINE_LINK_CLOSED] = {"link_closed", PB__EVENT__BODY_LINK_CLOSED,
				  true},
	[TIMELINE_ENDED] = {"ended", PB__EVENT__BODY_VM_ENDED, false},
};
static_assert(sizeof(marks) / sizeof(marks[0]) == TIMELINE_MARKS,
	      "every mark has a row");

const char *timeline_mark_name(enum timeline_mark mark)
{
	must(mark < TIMELINE_MARKS);
	return marks[mark].name;
}

void timeline_apply(struct timeline *timeline, const Pb__Event *event)
{
	for (size_t i = 0; i < TIMELINE_MARKS; i++) {
		if (marks[i].body != event->body_case)
			continue;
		if (marks[i].last || timeline->mono_ns[i] == 0)
			timeline->mono_ns[i] = event->mono_ns;
	}
}
