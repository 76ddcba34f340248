# SPDX-License-Identifier: GPL-2.0-or-later
"""What the figures were measured on. Nothing that names the computer."""
import os
import re
import subprocess


def first_line(*command):
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True,
                              stderr=subprocess.STDOUT, check=False)
        return done.stdout.split('\n', 1)[0].strip()
    except OSError:
        return None


def field(path, pattern):
    with open(path, encoding='utf-8', errors='replace') as file:
        found = re.search(pattern, file.read(), re.MULTILINE)
    return found[1] if found else None


def describe():
    return {
        'cpu': field('/proc/cpuinfo', r'^model name\s*: (.*)$'),
        'cores': os.cpu_count(),
        'memory_mib': int(field('/proc/meminfo',
                                r'^MemTotal:\s+(\d+)')) // 1024,
        'kernel': os.uname().release,
        'machine': os.uname().machine,
        'kvm_device': os.access('/dev/kvm', os.R_OK | os.W_OK),
        'qemu': first_line(f'qemu-system-{os.uname().machine}', '--version'),
        'vng': first_line('vng', '--version'),
    }
