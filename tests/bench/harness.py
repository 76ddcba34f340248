# SPDX-License-Identifier: GPL-2.0-or-later
"""What fstvm adds: between two tests, and from a crash to the next test."""
import os
import re
import shutil

from variants import load_result, read, read_boot_log, timeline

REPEAT = 8

# Our own hooks are not asked: the real logger, and no systemd-run that works.
BARE_CONFIG = """. /run/fstvm/config
export LOGGER_PROG=/usr/bin/logger
"""
BARE_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'


def starts(run_dir):
    """The guest's time at each test's start, from the kernel's log."""
    text = read_boot_log(run_dir)
    return [float(when) for when in
            re.findall(r'\[ *([\d.]+)\](?:\[[^\]]*\])? run fstests \S+ at ',
                       text)]


def steps(run_dir):
    times = starts(run_dir)
    return [after - before for before, after in zip(times, times[1:])]


def slow_way(variants):
    warm = ['--warm', 'off'] if variants.has('--warm') else []
    return ['--init', 'vng', *warm]


def from_test_to_test(variants, bare):
    """A trivial test over and over, with fstvm's hooks or without; from one
    start to the next."""
    more = []
    if bare:
        with open(os.path.join(variants.tree, 'bare.config'), 'w',
                  encoding='ascii') as file:
            file.write(BARE_CONFIG)
        more = ['--env', 'HOST_OPTIONS=bare.config', '--env',
                'PATH=' + BARE_PATH]
    _, run_dir = variants.fstvm(*slow_way(variants), *more, tests=[
        '-i', str(REPEAT), variants.options.tests[0]])
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
