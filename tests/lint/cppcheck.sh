#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# cppcheck.sh BUILD: what cppcheck 2.10 says. BUILD has the generated headers.
. "${0%/*}/files.sh"
need_version cppcheck 2.10

mapfile -t sources < <(files 'guest/*.c' 'host/*.c' 'shared/*.c' 'tests/*.c')
cppcheck -j "$(nproc)" --quiet --error-exitcode=1 --std=c11 \
	--enable=warning,performance,portability --inline-suppr \
	--suppress=missingInclude --suppress='*:*.pb-c.h' -D_GNU_SOURCE \
	-I . -I "$1/proto" "${sources[@]}"
