/* SPDX-License-Identifier: GPL-2.0-or-later */
/* body - does a line look like a part of a kernel report? */
#pragma once

#include "host/kernel/stackframe.h"

enum body_kind {
	BODY_NOT,	/* nothing that reports are made of */
	BODY_ROUTINE,	/* a filesystem's or disk's word when all is well */
	BODY_TEST,	/* "run fstests …": whatever it was, it is over */
	BODY_LINE,	/* a line of a report */
	BODY_TRACE,	/* the heading of a stack */
	BODY_FRAME,	/* a line of a stack */
	BODY_END,	/* "---[ end trace": nothing follows but repetition */
	BODY_SEPARATOR, /* "=====…" */
	BODY_CUT,	/* "------------[ cut here ]------------" */
};

struct body {
	enum body_kind kind;
	bool has_frame; /* BODY_FRAME, or the lock of a BODY_LINE */
	struct stackframe frame;
};

/* text: a line without its printk prefix; ret_body has views of it. */
void body_classify(struct bytes text, struct body *ret_body);
