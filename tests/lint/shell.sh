#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What shellcheck says about every script.
. "${0%/*}/files.sh"
type -P shellcheck >/dev/null || skip "shellcheck is not installed"

scripts=()
while read -r file; do
	[[ -f $file && ! -L $file ]] || continue
	line=
	IFS= read -r line <"$file" 2>/dev/null
	[[ $line =~ ^#!\ ?/bin/(ba)?sh || $file == *.sh ||
		$file == tests/suite/common/* ]] && scripts+=("$file")
done < <(files bootstrap .ci/run 'tests/*' 'host/*' 'guest/*')
echo "${#scripts[@]} scripts"
# the suite's tests source common/ relative to its root
shellcheck -x --source-path=tests/suite --source-path=SCRIPTDIR "${scripts[@]}"
