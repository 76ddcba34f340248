# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# For the lint tests: which files there are, and how to skip.

cd "${0%/*}/../.." || exit 1

skip()
{
	echo "SKIP: $*"
	exit 77
}

# files PATTERN…: the committed files, or all of an unpacked archive
files()
{
	if git rev-parse --git-dir >/dev/null 2>&1; then
		git ls-files -- "$@"
		return
	fi
	local pattern
	for pattern in "$@"; do
		find . -path ./build -prune -o -type f -path "./$pattern" -print
	done | sed 's|^\./||' | sort -u
}

# need_version PROGRAM VERSION: what a linter finds differs from one version
# to the next, so only the one that the code was written with is asked
need_version()
{
	local version

	type -P "$1" >/dev/null || skip "$1 is not installed"
	version=$("$1" --version)
	[[ $version =~ [[:space:]]$2([.[:space:]]|$) ]] ||
		skip "$1 is not version $2: ${version//$'\n'/ }"
}
