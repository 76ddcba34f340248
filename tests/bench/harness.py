# SPDX-License-Identifier: GPL-2.0-or-later
"""What fstvm adds: between two tests, and from a crash to the next test."""
import os
import re
import shutil

from variants import load_result, read, read_boot_log, timeline

REPEAT = 16

# Every second test without our hooks: the real logger, and no scope. Guests
# differ by more than the hooks cost, so one and the same guest does both. Only
# for the first check: another one runs what the agent has not heard of.
TURNS_CONFIG = """. /run/fstvm/config
LOGGER_PROG=take_turns
take_turns() {
	if [ "${turn:-bare}" = bare ] || [ -e /run/bench-done ]; then
		turn=hooks
		echo "bench: hooks" > /dev/kmsg
		HAVE_SYSTEMD_SCOPES=yes
		/run/fstvm/bin/logger "$@"
	else
		turn=bare
		echo "bench: bare" > /dev/kmsg
		HAVE_SYSTEMD_SCOPES=
		/usr/bin/logger "$@"
	fi
	turns=$((${turns:-0} + 1))
	[ "$turns" -lt REPEAT ] || : > /run/bench-done
}
"""


def steps(run_dir):
    """From one start to the next, by the kernel's log, of the first check:
    [with or without hooks, seconds]."""
    starts = re.findall(r'\[ *([\d.]+)\](?:\[[^\]]*\])? bench: (\w+)',
                        read_boot_log(run_dir))[:REPEAT]
    return [[start[1], float(after[0]) - float(start[0])]
            for start, after in zip(starts, starts[1:])]


def neighbours(found):
    """Of each step and the two about it: what the hooks make of a step."""
    ratios = []
    for before, step, after in zip(found, found[1:], found[2:]):
        others = (before[1] + after[1]) / 2
        ratios.append(step[1] / others if step[0] == 'hooks'
                      else others / step[1])
    return ratios


def slow_way(variants):
    warm = ['--warm', 'off'] if variants.has('--warm') else []
    return ['--init', 'vng', *warm]


def from_test_to_test(variants):
    """A trivial test over and over, in turns with fstvm's hooks and without;
    as steps()."""
    with open(os.path.join(variants.tree, 'turns.config'), 'w',
              encoding='ascii') as file:
        file.write(TURNS_CONFIG.replace('REPEAT', str(REPEAT)))
    _, run_dir = variants.fstvm(
        *slow_way(variants), '--env', 'HOST_OPTIONS=turns.config',
        tests=['-i', str(REPEAT), variants.options.tests[0]])
    found = steps(run_dir)
    if len(found) < REPEAT - 1:
        print('a trivial test did not run', REPEAT, 'times:', found,
              read(os.path.join(run_dir, 'agent.log'))[-2000:], flush=True)
    shutil.rmtree(run_dir)
    return found


def after_crash(variants):
    """The bundled suite's test that crashes the kernel, then another."""
    run, run_dir = variants.fstvm(
        tests=['--exact-order', 'generic/906', 'generic/001'], tree=False)
    result = load_result(run_dir)
    shutil.rmtree(run_dir)
    if not result or len(result['boot']['boots']) != 2:
        print('no crash and new boot:', run.out.text(), run.err.text(),
              flush=True)
        return None
    first = timeline(result, 0)
    second = timeline(result, 1)
    if None in (first['first_test'], first['link_closed'], first['ended'],
                second['started'], second['first_test']):
        print('a boot without its times:', first, second, flush=True)
        return None
    return {'boot_to_first': first['first_test'] - run.started,
            'crash_to_next': second['first_test'] - first['link_closed'],
            'to_the_end_of_the_vm': first['ended'] - first['link_closed'],
            'to_the_next_vm': second['started'] - first['link_closed'],
            'load': run.load}
