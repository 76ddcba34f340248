/* SPDX-License-Identifier: GPL-2.0-or-later */
/* machine - the virtual machine that the command line asks for: kernel, KVM,
 * memory, init, what is done for an emulated one, deadlines. */
#pragma once

#include "host/cli/prepare.h"

/* Checks, and takes into prepared, what does not need to know the tests. */
void machine_prepare(struct prepared *prepared, const struct options *options);
/* Whether --append can be handed on. */
void machine_check_parameters(struct prepared *prepared,
			      const struct options *options);
