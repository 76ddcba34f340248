#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# tidy.sh BUILD: what clang-tidy 14 says about every C file that BUILD compiles.
. "${0%/*}/files.sh"
need_version clang-tidy 14
build=$1

# One process per file: version 14 reports va_lists that it saw in another.
files '*.c' | while read -r source; do
	grep -qF "\"$PWD/$source\"" "$build/compile_commands.json" &&
		printf '%s\0' "$source"
done | xargs -0 -n 1 -P "$(nproc)" clang-tidy -p "$build" --quiet \
	--extra-arg=-Wno-unknown-warning-option 2>/dev/null
# xargs: 123 when one of them failed
