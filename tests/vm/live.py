# SPDX-License-Identifier: GPL-2.0-or-later
"""A run to which something is done while it goes on: for the fault tests.

The same run directory can be run, killed, reported and resumed in turn; what
fstvm prints is read all the time, and the journal tells which test runs.
"""
import glob
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from vmtest import Run, check

SHORT = ['--memory', '1G', '--cpus', '2']


class Live(Run):
    def __init__(self, build, directory=None):
        self.fstvm = build
        if os.path.isdir(build):
            self.fstvm = os.path.join(build, 'host', 'fstvm')
        self.scratch = tempfile.mkdtemp(prefix='fstvm-vmtest-', dir='/var/tmp')
        self.runtime = os.path.join(self.scratch, 'rt')
        os.mkdir(self.runtime, 0o700)
        self.dir = directory or os.path.join(self.scratch, 'run')
        self.output = ''
        self.log = None
        self.process = None
        self.result = None
        self.status = None

    def environment(self):
        return dict(os.environ, HOME=self.scratch,
                    XDG_RUNTIME_DIR=self.runtime)

    def start(self, *words):
        """Starts `fstvm WORDS`, and returns at once."""
        print('$ fstvm', ' '.join(words), flush=True)
        self.log = open(os.path.join(self.scratch, 'output'), 'w+b')
        self.process = subprocess.Popen(
            [self.fstvm, *words], env=self.environment(),
            stdin=subprocess.DEVNULL, stdout=self.log,
            stderr=subprocess.STDOUT)

    def start_run(self, *words):
        self.start('run', '--run-dir', self.dir, *SHORT, *words)

    def start_resume(self, *words):
        self.start('resume', *words, self.dir)

    def text(self):
        with open(self.log.name, encoding='utf-8') as file:
            return file.read()

    def wait(self, what, is_so, seconds=240):
        """Until is_so() is true; not longer than the run and so many seconds."""
        deadline = time.monotonic() + seconds
        while True:
            over = self.process and self.process.poll() is not None
            if is_so():
                return
            if over or time.monotonic() > deadline:
                print(self.text(), flush=True)
                self.kill()
                check(False, f'{what}, before the run was over')
            time.sleep(0.1)

    def wait_text(self, text):
        self.wait(f'"{text}" is printed', lambda: text in self.text())

    def wait_test(self, name):
        """Until the test runs, as the journal has it."""
        self.wait(f'{name} runs', lambda: self.running() == name)

    def running(self):
        for test in self.report()['fstests']['test_results']:
            last = test.get('attempts', [test])[-1]
            if last['started'] is not None and last['verdict'] == 'lost' and \
                    last['reason'] == 'started, and no result came back':
                return test['name']
        return None

    def wait_qemu(self):
        self.wait('QEMU runs', self.qemu)

    def qemu(self):
        """The pids of QEMU, by the mark of this run."""
        return [pid for pid, command in self.marked()
                if 'qemu' in command]

    def marked(self):
        mark = b'FSTVM_VM=' + self.runtime.encode()
        found = []
        for path in glob.glob('/proc/[0-9]*/environ'):
            try:
                with open(path, 'rb') as file:
                    if mark not in file.read():
                        continue
                with open(path.replace('environ', 'comm'),
                          encoding='utf-8') as file:
                    found.append((int(path.split('/')[2]), file.read()))
            except OSError:
                continue
        return found

    def kill_qemu(self):
        pids = self.qemu()
        check(pids, 'there is a QEMU to kill')
        for pid in pids:
            os.kill(pid, signal.SIGKILL)

    def interrupt(self, number=signal.SIGINT):
        self.process.send_signal(number)

    def kill(self):
        """SIGKILL; then nothing of it is left within 30 s."""
        self.process.kill()
        self.process.wait()
        begin = time.monotonic()
        while self.leftovers():
            check(time.monotonic() - begin < 30,
                  f'nothing outlives fstvm by 30 s: {self.leftovers()}')
            time.sleep(0.2)
        print(f'all gone {time.monotonic() - begin:.1f} s after SIGKILL',
              flush=True)

    def finish(self, seconds=400):
        """Waits for the end; then nothing may be left of it."""
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            print(self.text(), flush=True)
            self.kill()
            check(False, f'fstvm ends within {seconds} s')
        self.status = self.process.returncode
        self.output = self.text()
        print(self.output, flush=True)
        self.result = self.load()
        check(not self.leftovers(),
              f'nothing is left behind: {self.leftovers()}')

    def report(self):
        done = subprocess.run(
            [self.fstvm, 'report', '--format', 'json', self.dir],
            env=self.environment(), stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, check=False)
        if not done.stdout:
            return {'fstests': {'test_results': []}}
        return json.loads(done.stdout)

    def expect_killed(self, verdicts):
        """What the journal of a killed controller has."""
        self.result = self.report()
        check(self.verdicts() == verdicts,
              f'verdicts are {verdicts}, not {self.verdicts()}')
        self.expect_accounting()
        check(self.result['run']['exit_code'] == 4, 'it is unfinished: 4')
        check(self.result['run']['end'] == 'running', 'it has no end')

    def attempts(self, name):
        return [attempt['verdict'] for attempt
                in self.test(name).get('attempts', [self.test(name)])]


def build_directory():
    return sys.argv[1]


def remove(path):
    shutil.rmtree(path, ignore_errors=True)
