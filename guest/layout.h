/* SPDX-License-Identifier: GPL-2.0-or-later */
/* layout - where things are in the guest. All of it is on tmpfs.
 *
 *   /run/fstvm            0755, a tmpfs of its own
 *     bin/                links to the agent, first in check's PATH
 *     lower/              9p mount of the fstests tree, read-only
 *     upper/ work/        what tests write into the tree
 *     tests/              overlay of lower and upper: check's cwd
 *     devices/            tmpfs 0700: backing files of loop devices
 *     results/            tmpfs, size-limited
 *       <invocation>/     RESULT_BASE of one check
 *       .taken/           artifacts on their way to the host
 *       .inquest/         what was seen of a test that is over its time
 *     test/ scratch/      TEST_DIR, SCRATCH_MNT
 *     etc/ home/          account files and homes of the test users
 *     config              HOST_OPTIONS
 *     warm/               what the host keeps warm: warm.h
 *       share/            9p mount of its bundles, while they are unpacked
 *       tools/ tree/      tmpfs: the unpacked bundles
 *       upper/ work/      what is written to /usr
 */
#pragma once

#define LAYOUT_RUN	    "/run/fstvm"
#define LAYOUT_BIN	    LAYOUT_RUN "/bin"
#define LAYOUT_LOWER	    LAYOUT_RUN "/lower"
#define LAYOUT_UPPER	    LAYOUT_RUN "/upper"
#define LAYOUT_WORK	    LAYOUT_RUN "/work"
#define LAYOUT_TESTS	    LAYOUT_RUN "/tests"
#define LAYOUT_DEVICES	    LAYOUT_RUN "/devices"
#define LAYOUT_RESULTS	    LAYOUT_RUN "/results"
#define LAYOUT_INQUEST_NAME ".inquest"
#define LAYOUT_INQUEST	    LAYOUT_RESULTS "/" LAYOUT_INQUEST_NAME
#define LAYOUT_TEST	    LAYOUT_RUN "/test"
#define LAYOUT_SCRATCH	    LAYOUT_RUN "/scratch"
#define LAYOUT_ETC	    LAYOUT_RUN "/etc"
#define LAYOUT_HOME	    LAYOUT_RUN "/home"
#define LAYOUT_CONFIG	    LAYOUT_RUN "/config"
#define LAYOUT_TMP	    "/tmp"

#define LAYOUT_WARM	  LAYOUT_RUN "/warm"
#define LAYOUT_WARM_SHARE LAYOUT_WARM "/share"
#define LAYOUT_WARM_TOOLS LAYOUT_WARM "/tools"
#define LAYOUT_WARM_TREE  LAYOUT_WARM "/tree"
