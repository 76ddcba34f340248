#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# size.sh AGENT: it is read over the shared root at each boot and stays in the
# guest's memory, so it must be small: without its symbols, 1.5 MB.
. "${0%/*}/files.sh"
limit=1500000
type -P strip >/dev/null || skip "strip is not installed"

scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
strip -o "$scratch/agent" "$1" || exit 1
size=$(stat -c %s "$scratch/agent")
echo "$1: $size bytes without symbols, at most $limit"
((size <= limit))
