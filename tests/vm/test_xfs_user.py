# SPDX-License-Identifier: GPL-2.0-or-later
"""xfs as an ordinary user, on virtio devices far larger than the memory."""
import os
import sys

from vmtest import Run, check, skip

user = None
if os.geteuid() == 0:
    user = 'nobody'
if not os.access(sys.argv[1], os.X_OK):
    skip('the build directory is closed to others')
run = Run(sys.argv[1], ['--fstype', 'xfs', '--devices', 'virtio',
                        '--test-size', '10G', '--scratch-size', '20G', '--',
                        'generic/001-006'], user=user)
run.expect(0, {f'generic/00{i}': 'pass' for i in range(1, 7)})
check(not os.path.exists(os.path.join(run.dir, 'devices')),
      'the disks are removed')
run.remove()
