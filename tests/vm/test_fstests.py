# SPDX-License-Identifier: GPL-2.0-or-later
"""Upstream fstests, built as its README says, in the directory that
FSTVM_TEST_FSTESTS names: our verdicts are those of check's own summary."""
import os
import re
import sys

from vmtest import Run, check

TESTS = {
    # Of those that start few programs: under TCG an exec takes 0.1 s.
    'ext4': ['selftest/001', 'selftest/002', 'selftest/003', 'selftest/004',
             'generic/002', 'generic/004', 'generic/005', 'generic/008',
             'generic/009', 'generic/012', 'generic/013', 'generic/016',
             'generic/021', 'generic/022', 'generic/028'],
    'xfs': ['generic/002', 'generic/005', 'generic/008', 'xfs/002'],
    'btrfs': ['generic/002', 'generic/005', 'generic/008', 'btrfs/001'],
}


def summary(run):
    """What check itself says at the end: a verdict for each test it ran."""
    with open(os.path.join(run.dir, 'agent.log'), encoding='utf-8',
              errors='replace') as file:
        text = file.read()
    verdicts = {}
    for head, verdict in (('Ran', 'pass'), ('Not run', 'notrun'),
                          ('Failures', 'fail')):
        for line in re.findall(rf'^{head}: (.*)$', text, re.MULTILINE):
            verdicts.update(dict.fromkeys(line.split(), verdict))
    return verdicts


def main():
    tree = os.environ.get('FSTVM_TEST_FSTESTS')
    if not tree:
        # Not of a machine that can't, but of a tree that is not there.
        print('skipped: FSTVM_TEST_FSTESTS names no fstests tree')
        sys.exit(77)
    tests = {fstype: [name for name in names
                      if os.path.exists(os.path.join(tree, 'tests', name))]
             for fstype, names in TESTS.items()}
    for fstype, names in tests.items():
        run = Run(sys.argv[1], ['--fstests', tree, '--fstype', fstype,
                                '--test-size', '2G', '--scratch-size', '2G',
                                '--', *names], timeout=3000)
        ours = {test['name']: test['check_verdict']
                for test in run.fstests()['test_results']}
        check(ours == summary(run),
              f'{ours} are the verdicts of check: {summary(run)}')
        check(sorted(ours) == sorted(names), 'every test has run')
        check(run.verdicts()['generic/002'] == 'pass', 'generic/002 passes')
        run.expect_accounting()
        run.expect_report()
        run.remove()


main()
