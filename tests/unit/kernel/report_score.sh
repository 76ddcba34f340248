#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# report_score.sh FSTVM SCORER DIR: how many kernel problems of a public
# collection of console logs are found, of the right class and function. The
# floors are the product's promises. Skips (77) where the logs are absent;
# FSTVM_TEST_KERNEL_REPORTS names them, too.
set -eu -o pipefail

fstvm=$1
scorer=$2
dir=${FSTVM_TEST_KERNEL_REPORTS:-$3}
if [[ ! -x $scorer || -z $dir || ! -d $dir ]]; then
	echo "skipped: no scorer or no kernel logs ('$scorer', '$dir')"
	exit 77
fi

# The scorer's last line: {"class n": 352, "class ok": 348, ...}
result=$("$scorer" score "$dir" -- "$fstvm" dmesg --json - | tail -n 1)
echo "$result"

value() {
	local rest=${result#*"\"$1\": "}
	[[ $rest != "$result" ]] || { echo "no '$1' in it" >&2; exit 1; }
	echo "${rest%%[,\}]*}"
}

# at_least WHAT COUNT TOTAL PER_MILLE
at_least() {
	echo "$1: $2 of $3, wanted $(($4 / 10)).$(($4 % 10)) %"
	(($2 * 1000 >= $3 * $4)) || failed=1
}

failed=0
at_least detected "$(value tp)" "$(value pos)" 995
at_least class "$(value 'class ok')" "$(value 'class n')" 985
at_least function "$(value 'func ok')" "$(value 'func n')" 880
echo "false alarms: $(value fp) of $(value neg), wanted 0"
(($(value fp) == 0)) || failed=1
(($(value pos) > 0 && $(value neg) > 0)) || failed=1
exit $failed
