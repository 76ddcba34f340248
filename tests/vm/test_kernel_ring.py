# SPDX-License-Identifier: GPL-2.0-or-later
"""The kernel's last words, out of the memory that it has left: of a panic that
the console says nothing of, and when QEMU is killed. The kernel is where KASLR
puts it, and has memory on both sides of the gap below 4 GiB."""
import glob
import os

from live import Live, build_directory, check

PANIC = 'Kernel panic - not syncing: sysrq triggered crash'


def has_been_heard(run, text):
    """Whether the journal has it, in the kernel's records."""
    try:
        with open(os.path.join(run.dir, 'journal'), 'rb') as file:
            return text.encode() in file.read()
    except OSError:
        return False


run = Live(build_directory())
run.start_run('--memory', '4G', '--append', 'loglevel=0', '--unpack', 'off',
              '--', '--exact-order', 'generic/906', 'generic/904')
# check writes it when it has been told that the test may start
run.wait('the kernel has spoken of 904',
         lambda: has_been_heard(run, 'run fstests generic/904'))
run.kill_qemu()
run.finish()
run.expect(4, {'generic/906': 'crash', 'generic/904': 'lost'})

for log in glob.glob(os.path.join(run.dir, 'boot-*.log')):
    with open(log, 'rb') as file:
        check(PANIC.encode() not in file.read(), f'{log} is silent')
check(run.test('generic/906')['reason'] == PANIC,
      '906: the reason is the kernel\'s own line')
panics = run.result['boot']['panics']
check(len(panics) == 1, 'one panic is told')
check('sysrq_handle_crash' in panics[0]['report'], 'and its call trace')

ring = run.artifact('ext4/generic/906.evidence/kernel-ring.log').decode()
lines = ring.splitlines()
check('run fstests generic/906' in ring, '906: the ring from its start')
check(PANIC in ring and '[T' in ring, '906: the panic, with its caller')
check('Kernel Offset: 0x' in lines[-1], '906: the ring to the last line')
ring = run.artifact('ext4/generic/904.evidence/kernel-ring.log').decode()
check('run fstests generic/904' in ring, '904: the ring of a killed QEMU')
check(PANIC not in ring, '904: and not of the boot before')
run.remove()
