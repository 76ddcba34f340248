# SPDX-License-Identifier: GPL-2.0-or-later
"""The default run: the bundled suite on ext4, on loop devices, as it comes."""
import os
import subprocess
import sys

from vmtest import Run, check

run = Run(sys.argv[1], [])
listed = subprocess.run([run.fstvm, 'list'], text=True, check=True,
                        stdout=subprocess.PIPE).stdout.split()
run.expect(0, {name: 'pass' for name in listed})
check(len(listed) >= 12, 'the suite has a dozen tests')

boot = run.result['boot']
check(boot['success'] and boot['boot_completed'], 'the boot succeeded')
check(boot['panics'] == [] and boot['oops'] == [], 'nothing went wrong')
check(os.path.basename(boot['log_file_path']).endswith('-success.log'),
      'the boot log says success')
check(os.path.getsize(boot['log_file_path']) > 10000, 'the boot log is whole')
check('Suite: smoke' in run.output, 'it says which suite it was')
check('✓ Boot successful' in run.output, 'the report begins as required')
check(f'✓ {len(listed)}/{len(listed)} passed (100.0% pass rate' in run.output,
      'the report counts as required')
check(all(test['duration'] > 0 for test in run.fstests()['test_results']),
      'every test has a duration')
run.remove()
