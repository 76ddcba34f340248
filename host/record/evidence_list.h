/* SPDX-License-Identifier: GPL-2.0-or-later */
/* evidence_list - what a result knows of the evidence of an attempt or boot.
 *
 * A part of struct attempt and struct boot; zero is the empty list. The files
 * themselves: host/record/evidence.h.
 */
#pragma once

#include "host/record/allowance.h"
#include "journal.pb-c.h"

#include <stdint.h>

enum {
	EVIDENCE_LIST = 48, /* more are only counted */
	EVIDENCE_LIST_TEXT = 1024,
};

struct evidence_item {
	char *name;
	char *path; /* beneath the run directory; NULL: nothing was kept */
	uint64_t kept_bytes;
	uint64_t dropped_bytes;
};

struct evidence_list {
	struct evidence_item *items;
	uint32_t count;
	uint32_t left_out;
};

must_check int evidence_list_add(struct evidence_list *list,
				 struct allowance *allowance,
				 const Pb__EvidenceStored *stored);
void evidence_list_deinit(struct evidence_list *list,
			  struct allowance *allowance);
