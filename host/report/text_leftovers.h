/* SPDX-License-Identifier: GPL-2.0-or-later */
/* text_leftovers - which tests did not leave the guest as it was, for
 * people. */
#pragma once

#include "host/record/result.h"

#include <stdio.h>

/* "Left Behind (N):" and what, with a blank line behind; nothing when all is
 * clean. Of any verdict: a test that passes can do it, too. */
void text_leftovers_put(FILE *to, const struct result *result);
