# SPDX-License-Identifier: GPL-2.0-or-later
"""SIGKILL: of the controller while the VM boots, while a test runs and while
the guest's filesystem is frozen, and of QEMU. Each time nothing outlives it,
`fstvm report` shows all that was journalled, and `fstvm resume` goes on."""
import time

from live import Live, build_directory, check

TESTS = ['generic/001', 'generic/904', 'generic/002', 'generic/905',
         'generic/003']


def verdicts(*of):
    return dict(zip(TESTS, of))


run = Live(build_directory())

# while it boots
run.start_run('--test-timeout', '20s', '--', '--exact-order', *TESTS)
run.wait_qemu()
run.kill()
run.expect_killed(verdicts(*['not-reached'] * 5))

# QEMU while a test runs: lost, and a fresh VM goes on with the next
run.start_resume()
run.wait_test('generic/904')
run.kill_qemu()
run.wait_test('generic/905')
check('going on with the run: 5 tests left' in run.text(), 'it says so')

# the controller while the guest is frozen: its test does not hear a signal
time.sleep(3)
run.kill()
run.expect_killed(verdicts('pass', 'lost', 'pass', 'lost', 'not-reached'))
check('the VM ended by itself' in run.test('generic/904')['reason'],
      '904: why it is lost')

# the controller while a test runs
run.start_resume()
run.wait_test('generic/904')
run.kill()
run.expect_killed(verdicts('pass', 'lost', 'pass', 'lost', 'not-reached'))
check(run.attempts('generic/904') == ['lost', 'lost'], '904: both attempts')
check(run.attempts('generic/905') == ['lost'], '905: its one attempt')

# and to the end
run.start_resume()
run.finish()
run.expect(1, verdicts('pass', 'timeout', 'pass', 'timeout', 'pass'))
check(run.attempts('generic/904') == ['lost', 'lost', 'timeout'],
      '904: every attempt is kept')
check(run.attempts('generic/905') == ['lost', 'timeout'],
      '905: every attempt is kept')
check(len(run.result['boot']['boots']) >= 5, 'every boot is told of')

# then there is nothing left to do
run.start_resume()
run.finish()
check(run.status == 1, f'exit status is 1, not {run.status}')
check('nothing is left to run' in run.output, 'nothing is left to run')
run.remove()
