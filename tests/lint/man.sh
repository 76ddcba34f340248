#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What mandoc says about the man pages.
. "${0%/*}/files.sh"
type -P mandoc >/dev/null || skip "mandoc is not installed"

mapfile -t pages < <(files '*/man/*.[1-8]')
((${#pages[@]} > 0)) || skip "there are no man pages"
mandoc -Tlint -Wwarning "${pages[@]}"
