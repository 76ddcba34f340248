# SPDX-License-Identifier: GPL-2.0-or-later
"""Programs and tree in the guest's memory: a new cache, then a damaged one."""
import glob
import os
import shutil
import sys
import tempfile

from vmtest import Run, check

TESTS = ['generic/001', 'generic/003', 'generic/010']
cache = tempfile.mkdtemp(prefix='fstvm-vmtest-cache-', dir='/var/tmp')
os.environ['XDG_CACHE_HOME'] = cache


def bundles(label):
    return glob.glob(os.path.join(cache, 'fstvm', 'warm', label + '-*'))


def warm_step(run):
    """What the set-up says of it."""
    steps = run.result['boot']['boots'][0]['setup']
    return next(step['detail'] for step in steps if step['name'] == 'warm')


def damage(path):
    """One byte of the data: nothing that the host looks at."""
    before = os.stat(path)
    with open(path, 'r+b') as file:
        file.seek(-before.st_size // 4, os.SEEK_END)
        byte = file.read(1)[0]
        file.seek(-1, os.SEEK_CUR)
        file.write(bytes([byte ^ 0xff]))


run = Run(sys.argv[1], ['--', *TESTS])
run.expect(0, {name: 'pass' for name in TESTS})
check(warm_step(run) == 'tools tree',
      f'a new cache is made in time: {warm_step(run)}, '
      f'{run.result["run"]["notices"]}')
check(oct(os.stat(os.path.join(cache, 'fstvm')).st_mode & 0o777) == '0o700',
      'the cache is its owner\'s')
run.remove()

(tools,) = bundles('tools')
(tree,) = bundles('tree')
damage(tools)
with open(tree, 'r+b') as file:
    file.truncate(1000)
run = Run(sys.argv[1], ['--', *TESTS])
run.expect(0, {name: 'pass' for name in TESTS})
# The tree's the host sees to be cut off, and makes anew.
check(warm_step(run) == 'tree; tools: the bundle is damaged',
      f'the guest refuses what is damaged: {warm_step(run)}')
check(not bundles('tools'), 'what is damaged is thrown away')
check(os.path.getsize(tree) > 1000, 'what was cut off is whole again')
run.remove()
shutil.rmtree(cache)
