# SPDX-License-Identifier: GPL-2.0-or-later
"""A run that is stopped: by its total timeout, by a signal, by two. What was
finished is in the result, and `fstvm resume` goes on from there."""
import signal
import time

from live import Live, build_directory, check

TOTAL = 45  # the set-up may be slow; the second test has no end
TESTS = ['generic/001', 'generic/904', 'generic/002']


def verdicts(*of):
    return dict(zip(TESTS, of))


# the total timeout
run = Live(build_directory())
run.start_run('--timeout', f'{TOTAL}s', '--', '--exact-order', *TESTS)
run.finish()
run.expect(4, verdicts('pass', 'timeout', 'not-reached'))
check(run.result['run']['end'] == 'timeout', 'it ended by its timeout')
check(f'ERROR: Test timed out after {TOTAL}s' in run.output, 'the report says so')
run.start_resume('--timeout', '200s')
run.finish()
run.expect(1, verdicts('pass', 'timeout', 'pass'))
check(run.attempts('generic/904') == ['timeout'], '904 is not run again')
run.remove()

# a signal, and another fstvm while it runs
run = Live(build_directory())
run.start_run('--test-timeout', '15s', '--', '--exact-order', *TESTS)
run.wait_test('generic/904')
other = Live(build_directory(), run.dir)
other.start_resume()
other.finish()
check(other.status == 2 and 'another fstvm is at this run' in other.output,
      'a second one is refused')
run.interrupt(signal.SIGTERM)
run.finish(30)
run.expect(4, verdicts('pass', 'not-reached', 'not-reached'))
check(run.result['run']['end'] == 'stopped', 'it was stopped')
check('stopping: stopped by SIGTERM' in run.output, 'it says why')
other.remove()

# two, the second of which does not wait
run.start_resume()
run.wait_test('generic/904')
run.interrupt()
time.sleep(0.2)
begin = time.monotonic()
run.interrupt()
run.finish(30)
check(time.monotonic() - begin < 6, 'the second signal ends it at once')
check('=== fstests Results ===' in run.output, 'and there is a report')
run.expect(4, verdicts('pass', 'not-reached', 'not-reached'))

# and to the end
run.start_resume()
run.finish()
run.expect(1, verdicts('pass', 'timeout', 'pass'))
check(run.attempts('generic/904') == ['not-reached', 'not-reached', 'timeout'],
      '904: every attempt is kept')
run.remove()
