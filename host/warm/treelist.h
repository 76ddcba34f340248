/* SPDX-License-Identifier: GPL-2.0-or-later */
/* treelist - what of an fstests tree is kept warm: all that its tests may open.
 *
 * Not: .git, objects and sources. The guest has those from its shared root.
 */
#pragma once

#include "host/warm/members.h"

/* members' root is the tree. */
must_check int treelist_add(struct members *members);
