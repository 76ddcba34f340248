# SPDX-License-Identifier: GPL-2.0-or-later
"""What tests leave that would spoil the next one is seen, named, and left behind
with its VM: a frozen filesystem, loop devices, swap, a sysctl."""
import os
import shutil
import sys
import tempfile

from vmtest import Run, check

SUITE = os.path.join(os.path.dirname(__file__), '..', 'suite')
HEAD = '''#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
. ./common/preamble
_begin_fstest harness
'''
TESTS = {
    # Killed, so that nothing thaws it: it can be unmounted, and is busy still.
    '960': '''_require_scratch_nocheck
_scratch_mkfs_mount
fsfreeze -f "$SCRATCH_MNT"
sleep 1000
''',
    '961': '''truncate -s 1M /dev/shm/image
losetup -f /dev/shm/image
echo "Silence is golden"
status=0
exit
''',
    '962': '''truncate -s 8M /dev/shm/swap
losetup -f /dev/shm/swap
mkswap -q "$(losetup -j /dev/shm/swap -n -O NAME)" >/dev/null
swapon "$(losetup -j /dev/shm/swap -n -O NAME)"
echo 40 >/proc/sys/vm/dirty_ratio
echo "Silence is golden"
status=0
exit
''',
}


def make_tree():
    tree = tempfile.mkdtemp(prefix='fstvm-vmtest-', dir='/var/tmp')
    shutil.copytree(SUITE, tree, dirs_exist_ok=True)
    where = os.path.join(tree, 'tests', 'generic')
    for name, text in TESTS.items():
        with open(os.path.join(where, name), 'w', encoding='ascii') as file:
            file.write(HEAD + text)
            os.fchmod(file.fileno(), 0o755)
        with open(os.path.join(where, name + '.out'), 'w',
                  encoding='ascii') as file:
            file.write(f'QA output created by {name}\nSilence is golden\n')
    with open(os.path.join(where, 'group.list'), 'a',
              encoding='ascii') as file:
        file.writelines(f'{name} harness\n' for name in TESTS)
    os.chmod(tree, 0o755)
    return tree


tree = make_tree()
run = Run(sys.argv[1], [
    '--fstests', tree, '--test-timeout', '20s', '--', '--exact-order',
    'generic/960', 'generic/001', 'generic/961', 'generic/962', 'generic/002'])
shutil.rmtree(tree)
run.expect(1, {
    'generic/960': 'timeout', 'generic/001': 'pass', 'generic/961': 'pass',
    'generic/962': 'pass', 'generic/002': 'pass'})


def left(name):
    return run.test(name)['leftovers'] or ''


check('held by the kernel' in left('generic/960') or
      'frozen file system' in left('generic/960'),
      '960: the frozen filesystem is found')
check('loop' in left('generic/961') and '(/dev/shm/image)' in
      left('generic/961'), '961: the loop device and its file')
check('swap /dev/loop' in left('generic/962') and
      'vm.dirty_ratio 40' in left('generic/962'), '962: swap and a sysctl')
boots = [run.test(name)['boot'] for name in (
    'generic/960', 'generic/001', 'generic/961', 'generic/962',
    'generic/002')]
check(boots == [1, 2, 2, 3, 4], f'each went on in a fresh VM: {boots}')
check(run.output.count('VM given up: ') == 3, 'and that is said')
run.remove()
