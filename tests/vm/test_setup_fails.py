# SPDX-License-Identifier: GPL-2.0-or-later
"""What can't be set up in the guest reaches the user in one line."""
import sys

from vmtest import Run, check

run = Run(sys.argv[1], ['--mkfs-options', '-b 3', '--', 'generic/001'])
run.expect(3, {'generic/001': 'not-reached'})
reason = [line for line in run.output.splitlines()
          if 'mkfs' in line and 'invalid block size' in line]
check(reason, "mkfs' own words are in the output")
check(not run.result['fstests']['success'], 'a run of no tests is no success')
run.remove()
