# SPDX-License-Identifier: GPL-2.0-or-later
"""The run directory's disk is full, or the directory is removed, while tests
run: fstvm says so, stops the VM, and the journal is readable up to there."""
import os
import shutil
import subprocess

from live import Live, build_directory, check
from vmtest import skip

# loop devices: they take no room in the run directory
SMALL = ['--devices', 'loop', '--test-size', '128M', '--scratch-size', '128M']
TESTS = ['generic/001', 'generic/907', 'generic/002']

if os.geteuid() != 0:
    skip('mounting a small tmpfs needs root')


def mount(options):
    subprocess.run(['mount', '-t', 'tmpfs', '-o', options, 'fstvm-test',
                    place], check=True)


run = Live(build_directory())
place = os.path.join(run.scratch, 'small')
os.mkdir(place)
mount('size=1500k,mode=0700')
try:
    # 907 says more than there is room for
    run.dir = os.path.join(place, 'run')
    run.start_run('--env', 'FSTVM_SUITE_FLOOD=4', *SMALL, '--',
                  '--exact-order', *TESTS)
    run.finish()
    check(run.status == 3, f'exit status is 3, not {run.status}')
    check('No space left on device' in run.output, 'it says why')
    run.result = run.report()
    verdicts = run.verdicts()
    check(verdicts['generic/001'] == 'pass' and
          verdicts['generic/907'] in ('fail', 'lost') and
          verdicts['generic/002'] in ('lost', 'not-reached'),
          f'what was journalled counts: {verdicts}')
    run.expect_accounting()

    # with more room it goes on
    mount('remount,size=200m')
    run.start_resume()
    run.finish()
    run.expect(1, {'generic/001': 'pass', 'generic/907': 'fail',
                   'generic/002': 'pass'})

    # the directory goes away under a run
    run.dir = os.path.join(place, 'removed')
    run.start_run(*SMALL, '--', 'generic/904')
    run.wait_test('generic/904')
    shutil.rmtree(run.dir)
    run.finish(30)
    check(run.status == 3, f'exit status is 3, not {run.status}')
    check('the run directory was removed' in run.output, 'it says why')
finally:
    subprocess.run(['umount', place], check=True)
run.remove()
