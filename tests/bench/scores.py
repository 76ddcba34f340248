# SPDX-License-Identifier: GPL-2.0-or-later
"""What is found in a collection of kernel logs, by us and by the patterns of
others: where there are a collection and the scorer that goes with it."""
import json
import os
import re
import subprocess


def run_all(scorer, logs, fstvm):
    """None where something is missing."""
    if not (scorer and os.access(scorer, os.X_OK) and logs
            and os.path.isdir(logs)):
        print(f'\nKernel reports: skipped, no scorer or no logs ({scorer}, '
              f'{logs}): --scorer, --reports', flush=True)
        return None
    figures = {'others': others(output(scorer, 'naive', logs))}
    text = output(scorer, 'score', logs, '--', fstvm, 'dmesg', '--json', '-')
    last = text.strip().rpartition('\n')[2]
    figures['fstvm'] = json.loads(last) if last.startswith('{') else {}
    return figures


def output(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, text=True,
                          check=False).stdout


def others(text):
    return {name: {'detected': int(detected), 'of': int(problems),
                   'false_alarms': int(alarms), 'clean': int(clean)}
            for name, detected, problems, alarms, clean in re.findall(
                r'^(\S+) +detected (\d+)/(\d+) .*false alarms (\d+)/(\d+)',
                text, re.MULTILINE)}


def show(figures):
    own = figures['fstvm']
    print('\nKernel reports: logs with one that is found, clean ones with a '
          'false alarm')
    print(f'  {"fstvm":<10}{own.get("tp")}/{own.get("pos")}  '
          f'{own.get("fp")}/{own.get("neg")}  (class '
          f'{own.get("class ok")}/{own.get("class n")}, function '
          f'{own.get("func ok")}/{own.get("func n")})')
    for name, other in figures['others'].items():
        print(f'  {name:<10}{other["detected"]}/{other["of"]}  '
              f'{other["false_alarms"]}/{other["clean"]}')
