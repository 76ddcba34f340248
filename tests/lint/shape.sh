#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What the house style says about a file as such: its head, its name, its
# length. (The length of functions: clang-tidy.)
. "${0%/*}/files.sh"
failures=0

complain()
{
	echo "$*"
	((failures++))
}

mapfile -t sources < <(files '*.c' '*.h')
for file in "${sources[@]}"; do
	mapfile -t lines <"$file"
	[[ ${lines[0]} == "/* SPDX-License-Identifier: GPL-2.0-or-later */" ||
		${lines[0]} == "// SPDX-License-Identifier: GPL-2.0-or-later" ]] ||
		complain "$file:1: no SPDX line"
	# a test or a fuzzer is what its name says
	[[ ${lines[1]} == "/*"* || ${lines[1]} == "//"* ||
		$file == tests/*/test_* || $file == tests/fuzz/fuzz_* ]] ||
		complain "$file:2: no comment says what this is"
	longest=700
	[[ $file == tests/* ]] && longest=1000
	((${#lines[@]} <= longest)) ||
		complain "$file: ${#lines[@]} lines: more than one noun?"
	[[ $file != *.h || " ${lines[*]} " == *" #pragma once "* ]] ||
		complain "$file: no #pragma once"
	name=${file##*/}
	case ${name%.*} in
	util | utils | common | misc | helper | helpers | manager | data | info)
		complain "$file: a name that says nothing"
		;;
	esac
done

while read -r file; do
	head -n 3 "$file" | grep -q 'SPDX-License-Identifier' ||
		complain "$file: no SPDX line"
done < <(files '*CMakeLists.txt' '*.cmake' '*.proto' '*.sh' bootstrap .ci/run \
	'tests/suite/tests/generic/???' 'tests/suite/common/*')

((failures == 0))
