# SPDX-License-Identifier: GPL-2.0-or-later
"""One command, run and measured: wall time, processor time of the process
itself and of all that it started, its largest memory, and when each line of
its output came."""
import contextlib
import fcntl
import os
import re
import signal
import subprocess
import threading
import time

TICK = os.sysconf('SC_CLK_TCK')
POLL_S = 0.1


class Lines(threading.Thread):
    """Reads a pipe to its end; each line with the time at which it came."""

    def __init__(self, pipe):
        super().__init__(daemon=True)
        self.pipe = pipe
        self.lines = []
        self.start()

    def run(self):
        rest = b''
        while True:
            data = os.read(self.pipe.fileno(), 65536)
            now = time.monotonic()
            *whole, rest = (rest + data).split(b'\n')
            self.lines += [(now, line.decode(errors='replace').rstrip('\r'))
                           for line in whole]
            if not data:
                break
        if rest:
            self.lines.append((now, rest.decode(errors='replace')))

    def text(self):
        return '\n'.join(line for _, line in self.lines)

    def first(self, pattern):
        """When the first line came in which this is found, or None."""
        for when, line in self.lines:
            if re.search(pattern, line):
                return when
        return None


def peak_kib(pid):
    try:
        with open(f'/proc/{pid}/status', encoding='ascii',
                  errors='replace') as file:
            found = re.search(r'^VmHWM:\s+(\d+) kB', file.read(), re.MULTILINE)
            return int(found[1]) if found else 0
    except OSError:
        return 0


def own_cpu_s(pid):
    """Of the process without its children; a zombie still knows it."""
    with open(f'/proc/{pid}/stat', encoding='ascii', errors='replace') as file:
        fields = file.read().rsplit(')', 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def load():
    with open('/proc/loadavg', encoding='ascii') as file:
        return float(file.read().split()[0])


def is_over(process):
    """It is a zombie, and stays one."""
    return os.waitid(os.P_PID, process.pid,
                     os.WEXITED | os.WNOWAIT | os.WNOHANG) is not None


def end(process):
    """With all of its group: vng leaves QEMU behind."""
    os.killpg(process.pid, signal.SIGTERM)
    for _ in range(100):
        if is_over(process):
            break
        time.sleep(POLL_S)
    os.killpg(process.pid, signal.SIGKILL)


def watch(process, timeout):
    """Until it is a zombie. Its largest memory in KiB."""
    peak = 0
    late = time.monotonic() + timeout
    while not is_over(process):
        peak = max(peak, peak_kib(process.pid))
        if time.monotonic() > late:
            end(process)
            break
        time.sleep(POLL_S)
    return peak


@contextlib.contextmanager
def locked(path):
    """Nobody else who locks this file runs at the same time."""
    if not path:
        yield
        return
    with open(path, 'a', encoding='ascii') as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


class Measured:
    """Runs it. Pipes and no terminal, as vng wants them."""

    lock = None  # a file's path, for all of them

    def __init__(self, command, timeout=3600, env=None):
        self.command = command
        with locked(self.lock):
            self.run(timeout, env)

    def run(self, timeout, env):
        self.load = load()
        self.started = time.monotonic()
        process = subprocess.Popen(
            self.command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, env=env, start_new_session=True)
        self.out = Lines(process.stdout)
        self.err = Lines(process.stderr)
        try:
            self.peak_kib = watch(process, timeout)
        except BaseException:
            end(process)
            raise
        self.wall_s = time.monotonic() - self.started
        self.cpu_own_s = own_cpu_s(process.pid)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = self.status = os.waitstatus_to_exitcode(status)
        self.cpu_all_s = usage.ru_utime + usage.ru_stime
        self.out.join()
        self.err.join()

    def figures(self):
        return {'wall': self.wall_s, 'cpu_own': self.cpu_own_s,
                'cpu_all': self.cpu_all_s, 'memory_kib': self.peak_kib,
                'load': self.load}
