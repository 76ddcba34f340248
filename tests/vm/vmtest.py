# SPDX-License-Identifier: GPL-2.0-or-later
"""What the VM tests share: run fstvm for real, look at what it says and leaves.

A test is a script that gets the build directory as its first argument, boots
as few VMs as it can, and ends with exit status 0, 1, or 77 (skipped: this
machine can't do it). With FSTVM_VM_REQUIRED in the environment nothing skips.
"""
import glob
import json
import os
import shutil
import subprocess
import sys
import tempfile

VERDICTS = ('pass', 'fail', 'notrun', 'excluded', 'timeout', 'crash', 'hang',
            'lost', 'not-reached')


def skip(why):
    print('skipped:', why)
    sys.exit(1 if os.environ.get('FSTVM_VM_REQUIRED') else 77)


def check(condition, what):
    if not condition:
        print('FAILED:', what)
        sys.exit(1)


class Run:
    """One `fstvm run`: its exit status, report, result and directory. The
    program is the build directory's, or the one that is named."""

    def __init__(self, program, arguments, user=None, timeout=900):
        self.scratch = tempfile.mkdtemp(prefix='fstvm-vmtest-', dir='/var/tmp')
        self.fstvm = program
        if os.path.isdir(program):
            self.fstvm = os.path.join(program, 'host', 'fstvm')
        self.dir = os.path.join(self.scratch, 'run')
        # Its private directories are here, apart from those of other runs.
        self.runtime = os.path.join(self.scratch, 'rt')
        os.mkdir(self.runtime, 0o700)
        command = [self.fstvm, 'run', '--run-dir', self.dir, '--memory', '2G',
                   '--cpus', '2', *arguments]
        environment = dict(os.environ, HOME=self.scratch,
                           XDG_RUNTIME_DIR=self.runtime)
        if user:
            shutil.chown(self.scratch, user)
            shutil.chown(self.runtime, user)
            command = ['setpriv', '--reuid', user, '--regid', user_group(user),
                       '--clear-groups', *command]
        print('$', ' '.join(command), flush=True)
        done = subprocess.run(command, env=environment, timeout=timeout,
                              stdin=subprocess.DEVNULL, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.status = done.returncode
        self.output = done.stdout
        print(self.output, flush=True)
        self.result = self.load()
        left = self.leftovers()
        check(not left, f'nothing is left behind: {left}')

    def load(self):
        path = os.path.join(self.dir, 'result.json')
        if not os.path.exists(path):
            return None
        with open(path, encoding='utf-8') as file:
            return json.load(file)

    def fstests(self):
        return self.result['fstests']

    def verdicts(self):
        return {test['name']: test['verdict']
                for test in self.fstests()['test_results']}

    def test(self, name):
        return next(test for test in self.fstests()['test_results']
                    if test['name'] == name)

    def expect(self, status, verdicts):
        """The exit status, each test's verdict, and that the sum is right."""
        check(self.result is not None, 'there is a result.json')
        check(self.verdicts() == verdicts,
              f'verdicts are {verdicts}, not {self.verdicts()}')
        check(self.status == status,
              f'exit status is {status}, not {self.status}')
        self.expect_accounting()
        self.expect_report()

    def expect_accounting(self):
        tests = self.fstests()['test_results']
        check(self.fstests()['total_tests'] == len(tests),
              'total_tests counts every test')
        check(all(test['verdict'] in VERDICTS for test in tests),
              'every verdict is a known one')

    def expect_report(self):
        """`fstvm report` makes the same of the journal."""
        text = subprocess.run([self.fstvm, 'report', self.dir], text=True,
                              stdout=subprocess.PIPE, check=False)
        check(text.stdout in self.output,
              'the report from the journal is the one of the run')
        check(text.returncode == self.status,
              'and so is its exit status')
        again = subprocess.run([self.fstvm, 'report', '--format', 'json',
                                self.dir], text=True, stdout=subprocess.PIPE,
                               check=False)
        check(json.loads(again.stdout) == self.result,
              'the JSON report from the journal is result.json')

    def artifact(self, name):
        with open(os.path.join(self.dir, 'results', name), 'rb') as file:
            return file.read()

    def leftovers(self):
        """Private directories, and processes that carry this run's mark."""
        found = os.listdir(self.runtime)
        mark = b'FSTVM_VM=' + self.runtime.encode()
        for path in glob.glob('/proc/[0-9]*/environ'):
            try:
                with open(path, 'rb') as file:
                    if mark in file.read():
                        found.append(path)
            except OSError:
                continue
        return found

    def remove(self):
        shutil.rmtree(self.scratch)


def user_group(user):
    import grp
    import pwd
    return grp.getgrgid(pwd.getpwnam(user).pw_gid).gr_name
