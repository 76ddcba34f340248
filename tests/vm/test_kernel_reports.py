# SPDX-License-Identifier: GPL-2.0-or-later
"""What a real kernel reports, in one boot: each of it belongs to its test, is
told once, and does to the verdict what it should."""
import sys

from vmtest import Run, check

HUNG, ERROR, PROVOKED, IMITATED, TAINT, PANIC, LAST = (
    'generic/920', 'generic/921', 'generic/922', 'generic/923',
    'generic/924', 'generic/906', 'generic/002')

run = Run(sys.argv[1], [
    '--kernel-problems', 'fail', '--test-timeout', '180s', '--',
    '--exact-order', 'generic/001', IMITATED, HUNG, ERROR, PROVOKED, TAINT,
    LAST, PANIC])
run.expect(1, {
    'generic/001': 'pass', IMITATED: 'pass', HUNG: 'fail', ERROR: 'fail',
    PROVOKED: 'pass', TAINT: 'fail', LAST: 'pass', PANIC: 'crash'})

boot = run.result['boot']
problems = [problem for group in ('errors', 'warnings', 'panics', 'oops')
            for problem in boot[group]]


def problems_of(name):
    return [problem for problem in problems if problem['test'] == name
            and problem['severity'] != 'note']


def only(name, klass, words):
    """Just one problem of this test, of this class, with these words."""
    found = problems_of(name)
    check([problem['class'] for problem in found] == [klass],
          f'{name}: just one {klass}, not {found}')
    check(words in found[0]['message'], f'{name}: {words}')
    return found[0]


for name in ('generic/001', IMITATED, LAST):
    check(not problems_of(name), f'{name} has no problem')
for name in (HUNG, ERROR, TAINT):
    check(run.test(name)['reason'].startswith('kernel: '), f'{name}: why')
    check(run.test(name)['check_verdict'] == 'pass', f'{name}: check\'s own')

hung = only(HUNG, 'hung_task', 'hung')
check(hung['severity'] == 'hang' and hung['age'] == 3, 'how long it hung')
check('percpu_rwsem_wait' in hung['report'], 'the hung task\'s stack')

error = only(ERROR, 'fs_error', 'EXT4-fs error')
check(error['counts'] and not error['expected'], 'an error counts')
provoked = only(PROVOKED, 'fs_error', 'EXT4-fs error')
check(provoked['expected'] and not provoked['counts'],
      'a provoked one does not')
check(error['fingerprint'] == provoked['fingerprint'], 'but is the same')

taint = only(TAINT, 'bug_other', 'taint W')
check(taint['unclassified'], 'there is no report')

panic = only(PANIC, 'panic', 'sysrq triggered crash')
check(panic['severity'] == 'fatal', 'it is fatal')
check(len(boot['panics']) == 1 and not boot['oops'], 'it is told once')

stray = [problem for problem in problems
         if problem['test'] is None and problem['severity'] != 'note']
check(not stray, f'nothing is the boot\'s: {stray}')
hello = boot['boots'][0]['kernel']
check(len(hello['build_id'] or '') >= 16, 'which build of the kernel it is')
run.remove()
