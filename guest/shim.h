/* SPDX-License-Identifier: GPL-2.0-or-later */
/* shim - what check takes for logger, systemd-run, systemctl, systemd-escape,
 * and for udevadm where no udevd runs (udev.h).
 *
 * check (since 2020-11) runs every test in a systemd scope when
 * `systemd-run --quiet --unit fstests-check --scope bash -c "exit 77"` says
 * 77, and calls `$LOGGER_PROG "run xfstest X"` before each. By standing in
 * for these the agent learns of each test before it starts, wraps it, and sees
 * its true exit status; facts about check: common/rc and check of xfstests
 * v2026.01. A shim that can't reach the agent does what lets check go on:
 * logger nothing, systemd-run a plain run, systemctl fails.
 */
#pragma once

/* Whether this program was called by one of the names above. */
_Bool shim_is_name(const char *argv0);
/* Runs it; returns the exit status. */
int shim_main(int argc, char **argv);
/* The names, NULL-terminated: the links that the set-up makes. */
extern const char *const shim_names[];
/* Whether this guest needs the one of that name. */
_Bool shim_is_wanted(const char *name);
