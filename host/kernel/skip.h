/* SPDX-License-Identifier: GPL-2.0-or-later */
/* skip - functions that stand in a stack without being to blame.
 *
 * A report's innermost functions are the checker that printed it and the
 * services that everybody calls: locks, allocators, string and list
 * functions. The guilty one is who called them wrongly.
 */
#pragma once

#include <stdbool.h>

/* name as stackframe_normalise() gives it. */

/* Gives out memory, or is called on the way to it. */
bool function_is_allocator(const char *name);

/* A checker's, a fault handler's or a service's function. */
bool function_is_service(const char *name);

/* What a compiler calls or returns through. */
bool function_is_thunk(const char *name);

/* One of the functions that look whether preemption is off. */
bool function_is_checker(const char *name);

/* Where the kernel dispatches work: what stands right inside of it is what
 * the CPU was busy with. For stalls, whose innermost function is chance. */
bool function_is_dispatcher(const char *name);

/* A part of waiting: the scheduler, a lock, a completion. */
bool function_is_waiting(const char *name);
