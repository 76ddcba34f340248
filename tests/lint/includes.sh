#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Does every file include only what is below it? The layers are those of the
# libraries in CMake: report, kernel, plan, warm, link and, above link and kernel, vm
# -> record -> shared -> proto; guest -> shared; run sees all but report, cli
# sees all of host/. Includes are written from the root; only generated headers have no
# folder.
. "${0%/*}/files.sh"
failures=0

# The folders that a file of folder $1 may include from, besides its own.
allowed()
{
	case $1 in
	proto) echo "" ;;
	shared) echo "proto" ;;
	host/record) echo "shared proto" ;;
	# it owns a channel, and holds the guest's memory
	host/vm) echo "host/kernel host/link host/record shared proto" ;;
	host/kernel | host/plan | host/link | host/report | host/warm)
		echo "host/record shared proto"
		;;
	host/run) echo "host/record host/kernel host/plan host/vm host/link" \
		"host/warm shared proto" ;;
	host/cli) echo "host/run host/record host/kernel host/plan host/vm" \
		"host/link host/report host/warm shared proto" ;;
	host) echo "host/cli host/report shared" ;;
	guest) echo "shared proto" ;;
	tests/*) echo "host/cli host/run host/record host/kernel host/plan host/vm" \
		"host/link host/report host/warm guest shared proto tests/replay" \
		"tests/ringimage tests/unit/record" ;;
	*) echo "nothing: $1 is a folder that includes.sh doesn't know" ;;
	esac
}

while IFS=: read -r file line text; do
	[[ $text =~ ^\#include\ \"(.*)\" ]] || continue
	include=${BASH_REMATCH[1]}
	from=${file%/*}
	to=${include%/*}
	[[ $include == *.pb-c.h ]] && continue
	if [[ $include != */* ]]; then
		echo "$file:$line: $include isn't written from the root"
	elif [[ $to != "$from" && " $(allowed "$from") " != *" $to "* ]]; then
		echo "$file:$line: $from may not include $include"
	elif [[ ! -f $include ]]; then
		echo "$file:$line: there is no $include"
	else
		continue
	fi
	((failures++))
done < <(files '*.c' '*.h' | xargs grep -n '^#include "')

((failures == 0))
