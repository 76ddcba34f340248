# SPDX-License-Identifier: GPL-2.0-or-later
"""xfs as an ordinary user, from an installation, on virtio devices far larger
than the memory."""
import glob
import os
import shutil
import subprocess
import sys
import tempfile

from vmtest import Run, check


def readable_kernel(directory):
    """Ubuntu's images are root's alone: then a copy of the newest, by option."""
    images = glob.glob('/boot/vmlinuz-*')
    if os.geteuid() != 0 or any(os.stat(image).st_mode & 0o004
                                for image in images):
        return []
    copy = os.path.join(directory, 'vmlinuz')
    shutil.copyfile(max(images, key=os.path.getmtime), copy)
    os.chmod(copy, 0o644)
    return ['--kernel', copy]


# The build tree may be closed to other users; so is a fresh directory.
prefix = tempfile.mkdtemp(prefix='fstvm-prefix-', dir='/var/tmp')
os.chmod(prefix, 0o755)
subprocess.run(['cmake', '--install', sys.argv[1], '--prefix', prefix],
               check=True, stdout=subprocess.DEVNULL)
run = Run(os.path.join(prefix, 'bin', 'fstvm'),
          [*readable_kernel(prefix), '--fstype', 'xfs', '--devices', 'virtio', '--test-size', '10G',
           '--scratch-size', '20G', '--logwrites', '--', 'generic/001-006'],
          user='nobody' if os.geteuid() == 0 else None)
run.expect(0, {f'generic/00{i}': 'pass' for i in range(1, 7)})
check(not os.path.exists(os.path.join(run.dir, 'devices')),
      'the disks are removed')
run.remove()
shutil.rmtree(prefix)
