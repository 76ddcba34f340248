#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# fstests in a VM the straightforward way: `vng ... -- bash this TREE FSTYPE
# SIZE_MIB TESTS`. The steps are those that anybody writes down first; `modprobe
# loop` and the directory of the programs are all that it takes to make them
# work.
set +e
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
tree=$1
fstype=$2
size=$3
shift 3
echo "bench: script"

# backing files, loop devices, filesystems
modprobe loop
dd if=/dev/zero of=/tmp/test.img bs=1M count="$size"
dd if=/dev/zero of=/tmp/scratch.img bs=1M count="$size"
TEST_DEV=$(losetup -f --show /tmp/test.img)
SCRATCH_DEV=$(losetup -f --show /tmp/scratch.img)
case $fstype in ext*) force=-F ;; *) force=-f ;; esac
"mkfs.$fstype" "$force" "$TEST_DEV"
"mkfs.$fstype" "$force" "$SCRATCH_DEV"
mkdir -p /tmp/test /tmp/scratch
echo "bench: devices"

cat > "$tree/local.config" <<END
export TEST_DEV=$TEST_DEV
export TEST_DIR=/tmp/test
export SCRATCH_DEV=$SCRATCH_DEV
export SCRATCH_MNT=/tmp/scratch
export FSTYP=$fstype
END

cd "$tree" || exit 1
echo "bench: check"
./check "$@"
echo "bench: done"

umount /tmp/test /tmp/scratch
losetup -d "$TEST_DEV" "$SCRATCH_DEV"
rm -f /tmp/test.img /tmp/scratch.img
