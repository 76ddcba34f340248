# SPDX-License-Identifier: GPL-2.0-or-later
"""btrfs with a device pool, a repeated list and repeated failures."""
import sys

from vmtest import Run, check

run = Run(sys.argv[1], ['--fstype', 'btrfs', '--pool', '3', '--test-size',
                        '256M', '--scratch-size', '256M', '--', '-L', '2',
                        '-i', '2', 'generic/001', 'generic/916'])
check([(test['name'], test['iteration'], test['verdict'])
       for test in run.fstests()['test_results']] ==
      [('generic/001', 0, 'pass'), ('generic/916', 0, 'fail'),
       ('generic/001', 1, 'pass'), ('generic/916', 1, 'pass')],
      'each iteration has its own verdict')
flaky = run.fstests()['test_results'][1]
check([attempt['verdict'] for attempt in flaky['attempts']] ==
      ['fail', 'pass', 'pass'], 'a failure is repeated as often as asked')
check(run.status == 1, 'a failure is not excused by a later pass')
run.expect_accounting()
run.expect_report()
run.remove()
