# SPDX-License-Identifier: GPL-2.0-or-later
"""Everything that goes wrong in a test, in one run: each gets its own verdict,
the tests around it keep theirs."""
import os
import sys

from vmtest import Run, check

run = Run(sys.argv[1], [
    '--test-timeout', '45s', '--env', 'FSTVM_SUITE_FLOOD=12', '--',
    '--exact-order', 'generic/901', 'generic/902', 'generic/903',
    'generic/904', 'generic/907', 'generic/908', 'generic/906',
    'generic/001', 'generic/909', 'generic/910', 'generic/912',
    'generic/914', 'generic/002', '-e', 'generic/913', 'generic/913'])
run.expect(4, {
    'generic/901': 'fail', 'generic/902': 'fail', 'generic/903': 'notrun',
    'generic/904': 'timeout', 'generic/907': 'fail', 'generic/908': 'pass',
    'generic/906': 'crash', 'generic/001': 'pass', 'generic/909': 'lost',
    'generic/910': 'fail', 'generic/912': 'pass', 'generic/914': 'fail',
    'generic/002': 'pass', 'generic/913': 'excluded'})

check('output mismatch' in run.test('generic/901')['reason'], '901: why')
check('exit status 3' in run.test('generic/902')['reason'], '902: why')
check(run.test('generic/902')['exit_status'] == 3, '902: its exit status')
check('sysrq triggered crash' in run.test('generic/906')['reason'],
      '906: the kernel\'s own words')
check('dumped core' in run.test('generic/910')['reason'], '910: why')
check(run.test('generic/904')['duration'] < 55, '904 was ended in time')
check('dmesg' in run.test('generic/914')['reason'] and
      'kernel:' not in run.test('generic/914')['reason'],
      '914: check was taken in by its text, we were not')
check(len(run.artifact('ext4/generic/901.out.bad')) > 0, '901: its output')
check(len(run.artifact('ext4/generic/907.full')) <= 9 << 20,
      '907: the flood is cut')
check(len(run.result['boot']['panics']) == 1, 'one panic is told')
logs = sorted(name for name in os.listdir(run.dir) if name.startswith('boot-'))
check([log.rsplit('-', 1)[1] for log in logs] == ['failure.log', 'success.log'],
      'one boot failed, the next one finished the list')
run.remove()
