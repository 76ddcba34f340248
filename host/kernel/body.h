/* SPDX-License-Identifier: GPL-2.0-or-later */
/* body - does a line look like a part of a kernel report? */
#pragma once

#include "shared/bytes.h"

enum body_kind {
	BODY_NOT,	/* nothing that reports are made of */
	BODY_LINE,	/* a line of a report */
	BODY_TRACE,	/* the heading of a stack */
	BODY_FRAME,	/* a line of a stack */
	BODY_END,	/* "---[ end trace": nothing follows but repetition */
	BODY_SEPARATOR, /* "=====…" */
	BODY_CUT,	/* "------------[ cut here ]------------" */
};

/* text: a line without its printk prefix. */
enum body_kind body_classify(struct bytes text);
