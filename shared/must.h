/* SPDX-License-Identifier: GPL-2.0-or-later */
/* must - a check for our own mistakes, on in release builds too.
 *
 * Never for bytes from the guest, the disk or the user.
 */
#pragma once

_Noreturn void must_failed(const char *condition, const char *file, int line);

#define must(condition) \
	((condition) ? (void)0 : must_failed(#condition, __FILE__, __LINE__))

#define must_check __attribute__((warn_unused_result))
