# SPDX-License-Identifier: GPL-2.0-or-later
"""The small benchmarks: programs that print `name value unit` lines."""
import os
import subprocess

PROGRAMS = ('bench_frame', 'bench_journal', 'bench_classifier', 'bench_load')


def run_all(directory, fstvm):
    figures = {}
    for name in PROGRAMS:
        program = os.path.join(directory, name)
        done = subprocess.run([program, fstvm], stdout=subprocess.PIPE,
                              text=True, check=False)
        if done.returncode != 0:
            print(f'{name} failed: {done.returncode}', flush=True)
        for line in done.stdout.splitlines():
            what, value, unit = line.split('\t')
            figures[what] = {'value': float(value), 'unit': unit}
    return figures


def value(figures, name):
    return figures[name]['value'] if name in figures else None


def bars(figures):
    many = '10,000 tests, 1 GiB console, artifacts: controller\'s largest memory'
    idle = '10 tests, idle: controller\'s CPU of the time'
    return [('controller with 10,000 tests, 1 GiB console, MiB',
             value(figures, many), 24),
            ('controller while a test runs, % of a CPU',
             value(figures, idle), 1.0)]


def show(figures):
    print('\nMicro')
    for name, figure in figures.items():
        print(f'  {name:<52} {figure["value"]:>12.2f} {figure["unit"]}')
