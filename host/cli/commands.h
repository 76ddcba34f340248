/* SPDX-License-Identifier: GPL-2.0-or-later */
/* commands - fstvm's commands; each returns the exit status.
 *
 * argv[0] is the command's own name. Exit statuses: host/report/exitcode.h.
 */
#pragma once

int cmd_run(int argc, char **argv);
int cmd_resume(int argc, char **argv);
int cmd_list(int argc, char **argv);
int cmd_doctor(int argc, char **argv);
int cmd_report(int argc, char **argv);
int cmd_cache(int argc, char **argv);
