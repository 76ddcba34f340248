# SPDX-License-Identifier: GPL-2.0-or-later
"""Two guests that say nothing any more: all of userspace is stopped, and all
CPUs are (QEMU is told to stop them). Each is called hung in time and after a
look from the outside, evidence is there, the tests around keep their verdicts.

QEMU's own monitor belongs to fstvm; another one comes in by a vng of the
test's, before the true one in PATH."""
import json
import os
import re
import shutil
import socket
import tempfile

from live import Live, build_directory, check

LIMIT = 20
ESCALATION = 10
TICK = 5

WRAPPER = '''#!/bin/sh
[ "$1" = --version ] && exec {vng} "$@"
exec {vng} "$@" --qemu-opts=-qmp\\ unix:{socket},server=on,wait=off
'''


def stop_cpus(path):
    monitor = socket.socket(socket.AF_UNIX)
    monitor.connect(path)
    lines = monitor.makefile('rw')
    lines.readline()
    for command in ('qmp_capabilities', 'stop'):
        lines.write(json.dumps({'execute': command}) + '\n')
        lines.flush()
        while 'return' not in json.loads(lines.readline()):
            pass
    monitor.close()


def evidence(run, test):
    files = {item['name']: item for item in run.test(test)['evidence']}
    directory = f'ext4/{test}.evidence'
    check(files['ended.txt']['path'] == f'results/{directory}/ended.txt',
          f'{test}: the evidence is in its directory')
    found = {name: run.artifact(f'{directory}/{name}').decode()
             for name in files}
    check('verdict: hang' in found['ended.txt'], f'{test}: what ended it')
    return found


def expect_hang(run, test, words, longest):
    reason = run.test(test)['reason']
    check(words in reason, f'{test}: what was seen: {reason}')
    silent = float(re.search(r'no sign of life for (\d+) s', reason).group(1))
    check(LIMIT <= silent <= longest + TICK + ESCALATION,
          f'{test}: was called hung in time: {reason}')


scratch = tempfile.mkdtemp(prefix='fstvm-vmtest-', dir='/var/tmp')
monitor_path = os.path.join(scratch, 'qmp')
wrapper = os.path.join(scratch, 'vng')
with open(wrapper, 'w', encoding='utf-8') as script:
    script.write(WRAPPER.format(vng=shutil.which('vng'), socket=monitor_path))
os.chmod(wrapper, 0o755)
os.environ['PATH'] = scratch + ':' + os.environ['PATH']
hung = Live(build_directory())
hung.start_run('--hang-timeout', f'{LIMIT}s', '--', '--exact-order',
               'generic/001', 'generic/911', 'generic/904', 'generic/002')
hung.wait('generic/904 runs', lambda: hung.running() == 'generic/904', 600)
stop_cpus(monitor_path)
hung.finish()
hung.expect(1, {'generic/001': 'pass', 'generic/911': 'hang',
                'generic/904': 'hang', 'generic/002': 'pass'})
check(not os.path.exists(monitor_path), 'QEMU is gone with its monitor')

# A program runs on, and the kernel answers. Its pages are not news for ever.
expect_hang(hung, 'generic/911', 'userspace silent', 3 * LIMIT)
dead = evidence(hung, 'generic/911')
for key in ('Show backtrace of all active CPUs', 'Show Blocked State',
            'Show State'):
    check(f'sysrq: {key}' in dead['sysrq.log'], f'911: sysrq: {key}')
check(dead['sysrq.log'].count('task:') > 20, '911: tasks are shown')
check(dead['registers.txt'].count('RIP=') == 20, '911: ten samples, two CPUs')
check('query-status: running' in dead['status.txt'], '911: status')
check('911' in dead['kmsg.log'], '911: its kernel records')
check('sysrq: Show' not in dead['console-tail.log'],
      '911: the console\'s tail is what came before we asked')

expect_hang(hung, 'generic/904', 'QEMU is paused', LIMIT)
paused = evidence(hung, 'generic/904')
check('query-status: paused' in paused['status.txt'], '904: status')
check('RIP=' in paused['registers.txt'], '904: registers')

check(hung.result['boot']['panics'] == [] and
      hung.result['boot']['oops'] == [],
      'what the kernel says on demand is no problem of it')
check('911.evidence' in hung.output, 'the report names the evidence')
hung.remove()
shutil.rmtree(scratch)
