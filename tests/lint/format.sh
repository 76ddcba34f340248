#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Is every C file as clang-format 14 would have it?
. "${0%/*}/files.sh"
need_version clang-format 14

mapfile -t sources < <(files '*.c' '*.h')
# the places alone: what it would write is a call of clang-format -i away
clang-format --dry-run -Werror "${sources[@]}" 2>&1 |
	grep -o '^[^ ]*:[0-9]*:[0-9]*: error: .*'
((PIPESTATUS[0] == 0))
