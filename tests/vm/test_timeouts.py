# SPDX-License-Identifier: GPL-2.0-or-later
"""Tests that hang and a test that leaves something behind: what is seen of them
before they are ended, and a fresh VM where the old one is not as it was."""
import os
import sys

from vmtest import Run, check

LIMIT = 20

run = Run(sys.argv[1], [
    '--test-timeout', f'{LIMIT}s', '--', '--exact-order', 'generic/904',
    'generic/001', 'generic/913', 'generic/002', 'generic/905',
    'generic/003'])
run.expect(1, {
    'generic/904': 'timeout', 'generic/001': 'pass', 'generic/913': 'pass',
    'generic/002': 'pass', 'generic/905': 'timeout', 'generic/003': 'pass'})


def evidence(name):
    """Contents by name of what was kept of a test."""
    found = {}
    for item in run.test(name)['evidence']:
        with open(os.path.join(run.dir, item['path']), encoding='utf-8') as file:
            found[os.path.basename(item['path'])] = file.read()
    return found


boots = {name: run.test(name)['boot'] for name in run.verdicts()}
check(boots['generic/904'] == boots['generic/001'] == boots['generic/913'] == 1,
      '904 was killed, and its VM, found clean, went on')
check(boots['generic/002'] == boots['generic/905'] == 2,
      'what 913 left was not left to the next test')
check(boots['generic/003'] == 3, 'after 905 another VM went on')

killable = evidence('generic/904')
check(run.test('generic/904')['duration'] < LIMIT + 5, '904 was ended in time')
check(run.test('generic/904')['reason'] == f'timeout after {LIMIT}s',
      '904: why')
check(run.test('generic/904')['leftovers'] is None, '904: nothing is left')
check(set(killable) == {'stacks.txt', 'sysrq.txt'}, '904: its evidence')
# Its sleep may be just about to start; those who wait for it always wait.
check('904: pid' in killable['stacks.txt'] and
      'do_wait' in killable['stacks.txt'],
      '904: the stacks name the function in which it waits')
check('Show Blocked State' in killable['sysrq.txt'] and
      'backtrace of all active CPUs' in killable['sysrq.txt'],
      '904: the kernel was asked')

check(run.test('generic/913')['leftovers'] == 'mount /tmp/leftover',
      '913: what it left')
check('Left Behind (1):' in run.output, 'the report tells of it')

wedged = evidence('generic/905')
check(LIMIT + 80 < run.test('generic/905')['duration'] < LIMIT + 95,
      '905 had its time to die')
check('guest wedged: SIGKILL does not end 905 (' in
      run.test('generic/905')['reason'], '905: the guest is wedged')
check({'stacks.txt', 'sysrq.txt', 'stacks-2.txt', 'sysrq-2.txt'} <= set(wedged),
      '905: evidence from before and after')
check('state D' in wedged['stacks.txt'] and 'vfs_write' in wedged['stacks.txt'],
      '905: the stacks name the function in which it sleeps')
check('task:905' in wedged['sysrq.txt'] and
      'Show State' in wedged['sysrq-2.txt'], '905: the kernel was asked')
for name in ('generic/904', 'generic/905'):
    check(run.test(name)['kernel_problems'] == 0,
          f'{name}: what we asked the kernel for is no problem of its')
run.remove()
