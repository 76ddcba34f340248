# SPDX-License-Identifier: GPL-2.0-or-later
"""The ways to run the same tests that are compared, each as a function that
runs once and returns its figures: times in seconds, None what it has not."""
import json
import os
import re
import shutil

from measured import Measured

# Where vng lets a directory be mounted, and where the guest sees it.
GUEST_TREE = '/opt/fstests'
HERE = os.path.dirname(os.path.abspath(__file__))
SIZE_MIB = 512
MARKER = r'run fstests \S+ at '


def check_times(text):
    """What check itself says of each test: its seconds, or why none."""
    tests = {}
    for line in text.split('\n'):
        found = re.match(r'([a-z0-9]+/\d{3,4})(?:\s|$)', line)
        if not found or '[not run]' in line:
            continue
        seconds = re.findall(r'(?<!\S)(\d+)s(?!\S)', line)
        if seconds:
            tests[found[1]] = int(seconds[-1])
    return tests


def check_verdicts(text):
    verdicts = {}
    for head, verdict in (('Ran', 'pass'), ('Not run', 'notrun'),
                          ('Failures', 'fail')):
        for line in re.findall(rf'^{head}: (.*)$', text, re.MULTILINE):
            verdicts.update(dict.fromkeys(line.split(), verdict))
    return verdicts


class Variants:
    def __init__(self, options, scratch):
        self.options = options
        self.scratch = scratch
        self.runs = 0
        self.tree = os.path.join(scratch, 'fstests')
        self.help = os.popen(f'{options.fstvm} run --help').read()
        if options.cache:
            self.tree = os.path.join(os.path.abspath(options.cache), 'fstests')
        # The straightforward way writes into the tree.
        if not os.path.exists(self.tree):
            shutil.copytree(options.fstests, self.tree, symlinks=True,
                            ignore=shutil.ignore_patterns('.git'))
        self.env = dict(os.environ,
                        XDG_CACHE_HOME=options.cache or
                        os.path.join(scratch, 'cache'),
                        XDG_STATE_HOME=os.path.join(scratch, 'state'))

    def vng(self, *more):
        command = ['vng', '--verbose', '--run', self.options.kernel,
                   '--memory', '4G', '--cpus', '4', *more]
        if not self.options.kvm:
            command.insert(1, '--disable-kvm')
        return command

    def boot_alone(self):
        run = Measured(self.vng('--', 'true'))
        return dict(run.figures(), first_test=run.wall_s, tests=None,
                    status=run.status)

    def straightforward(self):
        script = os.path.join(self.scratch, 'run-fstests.sh')
        shutil.copy(os.path.join(HERE, 'straightforward.sh'), script)
        run = Measured(self.vng(f'--rwdir={GUEST_TREE}={self.tree}', '--',
                                'bash', script, GUEST_TREE, self.options.fstype,
                                str(SIZE_MIB),
                                *self.options.tests))
        text = run.out.text()
        marks = {name: run.out.first(f'^bench: {name}$')
                 for name in ('script', 'devices', 'check', 'done')}
        first = run.err.first(MARKER)
        end = run.started + run.wall_s
        times = check_times(text)
        parts = {}
        if first and all(marks.values()):
            parts = {'boot': marks['script'] - run.started,
                     'devices': marks['devices'] - marks['script'],
                     'check start-up': first - marks['check'],
                     'tests': sum(times.values()),
                     'between tests': marks['done'] - first -
                     sum(times.values()),
                     'shut-down': end - marks['done']}
        shutil.rmtree(os.path.join(self.tree, 'results'), ignore_errors=True)
        self.complain(run, text)
        return dict(run.figures(), status=run.status,
                    first_test=first and first - run.started,
                    tests=sum(times.values()), times=times, parts=parts,
                    verdicts=check_verdicts(text))

    def complain(self, run, text):
        if not check_verdicts(text):
            print(f'no test ran: {run.command}\n{text[-2000:]}\n'
                  f'{run.err.text()[-2000:]}', flush=True)

    def fstvm(self, *more, tests=None, tree=True):
        self.runs += 1
        run_dir = os.path.join(self.scratch, f'run-{self.runs}')
        command = [self.options.fstvm, 'run', '--run-dir', run_dir]
        if self.options.kernel:
            command += ['--kernel', self.options.kernel]
        if tree:
            command += ['--fstests', self.tree, '--fstype',
                        self.options.fstype, '--test-size', f'{SIZE_MIB}M',
                        '--scratch-size', f'{SIZE_MIB}M']
        if not self.options.kvm:
            command += ['--kvm', 'off']
        run = Measured([*command, *more, '--',
                        *(tests or self.options.tests)], env=self.env)
        return run, run_dir

    def has(self, option):
        return option in self.help

    def slow_way(self):
        """vng's own init, no warm image."""
        warm = ['--warm', 'off'] if self.has('--warm') else []
        return self.fstvm_figures('--init', 'vng', *warm)

    def as_it_comes(self):
        return self.fstvm_figures()

    def fstvm_figures(self, *more):
        run, run_dir = self.fstvm(*more)
        figures = dict(run.figures(), status=run.status)
        result = load_result(run_dir)
        log = read(os.path.join(run_dir, 'agent.log'))
        if not result or not result['boot']['boots']:
            print(run.out.text(), run.err.text(), flush=True)
            return figures
        self.complain(run, log)
        times = check_times(log)
        line = timeline(result)
        own = sum(test['duration'] or 0
                  for test in result['fstests']['test_results'])
        figures.update(first_test=line['first_test'] and
                       line['first_test'] - run.started,
                       tests=sum(times.values()), times=times,
                       tests_exact=own, verdicts=check_verdicts(log),
                       parts=parts_of(run, line, sum(times.values())),
                       set_up={step['name']: step['duration'] for step in
                               result['boot']['boots'][0]['setup']},
                       guest=guest_figures(read_boot_log(run_dir)))
        shutil.rmtree(run_dir)
        return figures


def read(path):
    try:
        with open(path, encoding='utf-8', errors='replace') as file:
            return file.read()
    except OSError:
        return ''


def read_boot_log(run_dir):
    """Of the first boot."""
    logs = sorted(name for name in os.listdir(run_dir)
                  if name.startswith('boot-'))
    return read(os.path.join(run_dir, logs[0])) if logs else ''


def load_result(run_dir):
    text = read(os.path.join(run_dir, 'result.json'))
    return json.loads(text) if text else None


def timeline(result, boot=0):
    return result['boot']['boots'][boot]['timeline']


def parts_of(run, line, tests):
    """Where the time went. All clocks are the host's CLOCK_MONOTONIC, but for
    the tests: check's own seconds, which begin before the test's process."""
    if not line['first_test'] or not line['finished']:
        return {}
    return {'fstvm start-up': line['started'] - run.started,
            'vng start-up': line['connected'] - line['started'],
            'boot': line['hello'] - line['connected'],
            'devices': line['set_up'] - line['hello'],
            'check start-up': line['first_test'] - line['set_up'],
            'tests': tests,
            'between tests': line['last_test'] - line['first_test'] - tests,
            'hand-over': line['finished'] - line['last_test'],
            'shut-down': run.started + run.wall_s - line['finished']}


def guest_figures(log):
    """What the agent says of itself at its end."""
    found = re.search(r'agent: (\d+) KiB resident, supervisor (\d+) KiB', log)
    figures = {}
    if found:
        figures['agent_kib'] = int(found[1])
        figures['supervisor_kib'] = int(found[2])
    found = re.search(r'hooks: (\d+) answered, 50% in ([\d.]+) ms, 99% in '
                      r'([\d.]+) ms', log)
    if found:
        figures['hooks'] = int(found[1])
        figures['hook_p50_ms'] = float(found[2])
        figures['hook_p99_ms'] = float(found[3])
    return figures
