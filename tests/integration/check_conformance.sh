#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# check_conformance.sh TREE: does TREE's check keep the contract by which the
# agent drives it? TREE is the bundled suite or a built fstests, or the word
# FSTVM_TEST_FSTESTS for what that variable of the environment names. The same
# small tests are put into a writable overlay of it and run on loop devices in
# a mount and a pid namespace of their own, with logger, systemd-run,
# systemctl, systemd-escape, dmesg and /dev/kmsg replaced by recorders.
#
# With "own" after TREE the bundled suite is shown its own tests as well: each
# honest one passes on each filesystem that can be had here, and fails on one
# that loses what was written.
#
# Exit status 77: skipped, saying why.

# shellcheck disable=SC2016 # what is in single quotes is meant as it stands
set -u
tree=$1
own=${2-}
failures=0

skip()
{
	echo "SKIP: $*"
	exit 77
}

fail()
{
	echo "FAILED: $*"
	((failures++))
}

# is COMMAND…: it must hold, described by $what
is()
{
	"$@" || fail "$what: $*"
}

# --- outside of the namespaces -------------------------------------------

if [[ $tree == FSTVM_TEST_FSTESTS ]]; then
	[[ -n ${FSTVM_TEST_FSTESTS-} ]] ||
		skip "FSTVM_TEST_FSTESTS names no built fstests"
	exec "$0" "$FSTVM_TEST_FSTESTS"
fi
if [[ -z ${FSTVM_CONFORMANCE-} ]]; then
	((EUID == 0)) || skip "needs root for loop devices and mounts"
	[[ -x $tree/check ]] || skip "$tree has no check"
	for program in unshare losetup mkfs.ext4 findmnt; do
		type -P "$program" >/dev/null || skip "needs $program"
	done
	free=$(losetup -f 2>/dev/null) || skip "there are no loop devices"
	[[ -b $free ]] || skip "$free is not there"
	unshare -m true 2>/dev/null || skip "may not unshare mounts"
	FSTVM_CONFORMANCE=1 exec unshare --mount --pid --fork --mount-proc \
		--propagation private --kill-child "$0" "$@"
fi

# --- set-up ---------------------------------------------------------------

# All is below one tmpfs at /mnt, as a tree below /tmp is hidden by the fresh
# /tmp that each check gets.
base=/mnt
devices=()

tear_down()
{
	local device

	umount "$base/scratch" "$base/test" 2>/dev/null
	for device in "${devices[@]}"; do
		losetup -d "$device"
	done
}

set_up()
{
	local name

	mount -t tmpfs -o size=2G,mode=755 tmpfs "$base" || skip "no tmpfs"
	mkdir "$base"/{lower,upper,work,tree,bin,test,scratch,devices}
	mount --bind "$tree" "$base/lower" || skip "may not mount"
	mount -t overlay overlay -o "lowerdir=$base/lower" \
		-o "upperdir=$base/upper,workdir=$base/work" "$base/tree" ||
		skip "there is no overlay filesystem"
	trap tear_down EXIT
	for name in test scratch; do
		truncate -s 512M "$base/devices/$name"
		devices+=("$(losetup -f --show "$base/devices/$name")") ||
			skip "no free loop device"
	done
	# kept open for reading and writing: nobody blocks on it, nothing is
	# lost
	mkfifo "$base/kmsg"
	exec 9<>"$base/kmsg"
	mount --bind "$base/kmsg" /dev/kmsg
	mount -t tmpfs tmpfs /sys/kernel/debug 2>/dev/null
	write_recorders
	write_tests
	cd "$base/tree" || exit 1
}

write_recorders()
{
	local name

	cat >"$base/bin/recorder" <<-'END'
		#!/bin/bash
		# Says in calls what it was called with, and what check had
		# written to its .time by then.
		base=/mnt
		name=${0##*/}
		drain()
		{
			while read -r -t 0.05 line <>$base/kmsg; do
				echo "$line" >>$base/kmsg.log
				echo "kmsg ${line/ at *-*-* *:*:*/ at DATE}" \
					>>$base/calls
			done
		}
		if [[ $name == dmesg ]]; then
			drain
			[[ -f $base/kmsg.log ]] && cat $base/kmsg.log
			exit
		fi
		[[ $name == systemd-run ]] && drain
		echo "$name ${*@Q}" >>$base/calls
		case $name in
		logger)
			echo "$PPID" >$base/check.pid
			[[ -f /tmp/$PPID.time ]] &&
				while read -r passed seconds; do
					echo "time $passed ${seconds//[0-9]/}s"
				done </tmp/$PPID.time >>$base/calls
			[[ -d $RESULT_DIR ]] || echo "no RESULT_DIR" >>$base/calls
			[[ $* == "run xfstest $seqnum" ]] ||
				echo "seqnum is $seqnum" >>$base/calls
			;;
		systemctl)
			# what is left of the test in its scope
			[[ $1 == stop ]] &&
				grep -lsz "^CONFORM_UNIT=$2\$" /proc/[0-9]*/environ |
				while IFS=/ read -r _ _ pid _; do
					kill -9 "$pid"
				done
			;;
		systemd-escape)
			echo "${1//\//-}"
			;;
		systemd-run)
			[[ -e $base/no-scopes ]] && exit 1
			export CONFORM_UNIT=$3
			shift 4
			"$@"
			status=$?
			[[ $* == *77 || ! -e $base/lie ]] || exit 124
			exit $status
			;;
		esac
	END
	chmod +x "$base/bin/recorder"
	for name in logger systemd-run systemctl systemd-escape dmesg; do
		ln -s recorder "$base/bin/$name"
	done
}

# put_test NUMBER GROUPS: a test whose body is stdin and whose output should be
# "Silence is golden"
put_test()
{
	local file=tests/generic/$1

	{
		echo "#!/bin/bash"
		echo ". ./common/preamble"
		echo "_begin_fstest $2"
		cat
	} >"$base/tree/$file"
	chmod +x "$base/tree/$file"
	printf 'QA output created by %s\nSilence is golden\n' "$1" \
		>"$base/tree/$file.out"
	echo "$1 $2" >>"$base/tree/tests/generic/group.list"
}

write_tests()
{
	put_test 951 "conform conform_pass" <<-'END'
		echo "Silence is golden"
		echo "in full" >>$seqres.full
		status=0
		exit
	END
	put_test 952 "conform" <<-'END'
		echo "Silence is broken"
		status=0
		exit
	END
	put_test 953 "conform" <<-'END'
		echo "Silence is golden"
		status=3
		exit
	END
	put_test 954 "conform" <<-'END'
		_notrun "first line
		generic/951        1s
		third line"
	END
	put_test 955 "conform" <<-'END'
		_fail "this test fails"
	END
	put_test 956 "conform" <<-'END'
		echo "Silence is golden"
		status=0
		exit
	END
	rm "$base/tree/tests/generic/956.out"
	put_test 957 "conform" <<-'END'
		[[ -e $RESULT_BASE/seen ]] && echo "Silence is golden"
		touch $RESULT_BASE/seen
		status=0
		exit
	END
	put_test 958 "conform" <<-'END'
		echo "WARNING: a report of the kernel's" >/dev/kmsg
		echo "Silence is golden"
		status=0
		exit
	END
	put_test 959 "conform" <<-'END'
		echo "Silence is golden"
		echo "a core" >$here/core.959
		status=0
		exit
	END
	put_test 960 "conform" <<-'END'
		echo "Silence is golden"
		kill -9 $$
	END
}

# make_config FSTYP: fresh devices and the file for HOST_OPTIONS
make_config()
{
	fstype=$1
	umount "$base/scratch" "$base/test" 2>/dev/null
	case $fstype in
	ext*) "mkfs.$fstype" -q -F "${devices[0]}" ;;
	*) "mkfs.$fstype" -q -f "${devices[0]}" ;;
	esac >/dev/null 2>&1 || return 1
	cat >"$base/config" <<-END
		export TEST_DEV=${devices[0]}
		export TEST_DIR=$base/test
		export SCRATCH_DEV=${devices[1]}
		export SCRATCH_MNT=$base/scratch
		export FSTYP=$fstype
	END
}

# check ARGUMENTS…: run it as the agent does; sets $status
check()
{
	what="check $*"
	rm -rf "$base/results" "$base/calls" "$base/kmsg.log"
	mkdir "$base/results"
	mount -t tmpfs tmpfs /tmp
	while read -r -t 0.01 -u 9; do :; done
	: >"$base/calls"
	env -i PATH="$base/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin" \
		HOME=/root SHELL=/bin/bash TERM=dumb LC_ALL=C TMPDIR=/tmp \
		HOST_OPTIONS="$base/config" RESULT_BASE="$base/results" \
		"${environment[@]}" ./check "$@" \
		</dev/null >"$base/stdout" 2>"$base/stderr" 9>&-
	status=$?
	umount -l /tmp
}
environment=()

# The calls that check makes at its start.
probe_calls()
{
	echo "systemctl 'reset-failed' 'fstests-check'"
	echo "systemd-run '--quiet' '--unit' 'fstests-check' '--scope'" \
		"'bash' '-c' 'exit 77'"
}

# The calls for test $1, after the other arguments' tests have passed.
test_calls()
{
	local unit=fstests-generic-$1.scope name
	local adjust=/proc/self/oom_score_adj

	echo "logger 'run xfstest generic/$1'"
	for name in "${@:2}"; do
		echo "time generic/$name s"
	done
	[[ -e $base/no-scopes ]] && return
	echo "systemd-escape 'fstests/generic/$1'"
	echo "systemctl 'reset-failed' '$unit'"
	echo "kmsg run fstests generic/$1 at DATE"
	echo "systemd-run '--quiet' '--unit' '$unit' '--scope' 'bash' '-c'" \
		"'test -w $adjust && echo 250 > $adjust;" \
		"exec ./tests/generic/$1'"
	echo "systemctl 'stop' '$unit'"
}

# calls_are COMMAND…: the calls are what it prints
calls_are()
{
	diff -u <("$@") "$base/calls" || fail "$what: other calls than expected"
}

stdout_has()
{
	grep -Eq -- "$1" "$base/stdout" && return
	fail "$what: stdout has no line $1"
	sed 's/^/    /' "$base/stdout"
}

evidence()
{
	[[ -f $base/results/generic/$1 ]]
}

no_evidence()
{
	! evidence "$1"
}

# --- the contract ---------------------------------------------------------

one_of_each_calls()
{
	probe_calls
	test_calls 951
	test_calls 952 951
	test_calls 953 951
	test_calls 954 951
	test_calls 951 951
	test_calls 955 951 951
}

one_of_each()
{
	local file

	check --exact-order generic/951 generic/952 generic/953 generic/954 \
		generic/951 generic/955
	calls_are one_of_each_calls
	is test "$status" = 1
	for file in 951.full 952.out.bad 954.notrun 955.out.bad 955.full; do
		is evidence "$file"
	done
	for file in 951.out.bad 952.notrun 953.out.bad 953.notrun 954.out.bad \
		951.dmesg; do
		is no_evidence "$file"
	done
	is test "$(<"$base/results/generic/954.notrun")" = "first line
generic/951        1s
third line"
	is grep -Eqx 'generic/951 [0-9]+' "$base/results/check.time"
	is test "$(wc -l <"$base/results/check.time")" = 1
	stdout_has '^generic/951 .* [0-9]+s$'
	stdout_has '^generic/952 .*- output mismatch \(see .*/952.out.bad\)$'
	stdout_has '^generic/953 .*\[failed, exit status 3\]$'
	stdout_has '^generic/954 .*\[not run\] first line$'
	stdout_has '^generic/955 .*\[failed, exit status 1\]- output mismatch'
	stdout_has '^Ran: generic/951 generic/952 .*generic/955$'
	stdout_has '^Not run: generic/954$'
	stdout_has '^Failures: generic/952 generic/953 generic/955$'
	stdout_has '^Failed 3 of 6 tests$'
}

exit_statuses()
{
	check generic/951
	is test "$status" = 0
	stdout_has '^Passed all 1 tests$'
	check generic/954
	is test "$status" = 0
	is test ! -s "$base/results/check.time"
	check generic/952
	is test "$status" = 1
}

odd_ends()
{
	check --exact-order generic/956 generic/958 generic/959 generic/960 \
		generic/951
	is test "$status" = 1
	stdout_has '^generic/956 .*no qualified output$'
	stdout_has '^generic/958 .*_check_dmesg: something found in dmesg \(see'
	is evidence 958.dmesg
	is no_evidence 951.dmesg
	stdout_has '^generic/959 .*\[dumped core\]'
	is test -n "$(compgen -G "$base/results/generic/959.core.*")"
	stdout_has '^generic/960 .*\[failed, exit status 137\]'
	stdout_has '^Failed 4 of 5 tests$'
	is grep -Eqx 'generic/951 [0-9]+' "$base/results/check.time"
	is test "$(wc -l <"$base/results/check.time")" = 1
}

# What the wrapper says is the test's status.
wrapper_status()
{
	: >"$base/lie"
	check generic/951
	rm "$base/lie"
	is test "$status" = 1
	stdout_has '^generic/951 .*\[failed, exit status 124\]$'
	is test ! -s "$base/results/check.time"
}

without_scopes_calls()
{
	probe_calls
	test_calls 951
	test_calls 952 951
}

without_scopes()
{
	: >"$base/no-scopes"
	check generic/951 generic/952
	sed -i '/^kmsg/d' "$base/calls"
	calls_are without_scopes_calls
	rm "$base/no-scopes"
	is test "$status" = 1
}

loop_calls()
{
	probe_calls
	test_calls 957
	test_calls 957
	test_calls 957 957
	test_calls 951 957 957
}

loop_on_failure()
{
	local number

	check --exact-order -L 2 generic/957 generic/951
	calls_are loop_calls
	is test "$status" = 1
	for number in 0 1 2; do
		is no_evidence "957.notrun.rerun$number"
	done
	is evidence 957.out.bad.rerun0
	is no_evidence 957.out.bad.rerun1
	stdout_has '^generic/957 aggregate results across 3 runs: '
	stdout_has 'fail=1 \(33.3%\)'
	stdout_has 'pass=2 \(66.7%\)'
	stdout_has '^Ran: generic/957 generic/951$'
	stdout_has '^Failures: generic/957$'
}

selection()
{
	check generic/444444
	is test "$status" = 0
	stdout_has '^generic/444444 - unknown test, ignored$'
	calls_are probe_calls
	check -g no_such_group
	is test "$status" = 1
	stdout_has '^Group "no_such_group" is empty or not defined\?$'
	check -n -g conform -x conform_pass
	is test "$status" = 0
	is test "$(grep -o '^generic/[0-9]*' "$base/stdout" | tr '\n' ' ')" = \
		"$(printf 'generic/95%s ' 2 3 4 5 6 7 8 9)generic/960 "
	check -n --exact-order generic/953 generic/951 generic/953
	is test "$(grep -o '^generic/[0-9]*' "$base/stdout" | tr '\n' ' ')" = \
		"generic/953 generic/951 generic/953 "
	check -Z
	is test "$status" = 1
	check generic/951 -n
	is test "$status" = 1
	stdout_has '^Arguments before tests, please!$'
}

bad_devices()
{
	echo "export MKFS_OPTIONS=--nonsense" >>"$base/config"
	check generic/951
	is test "$status" = 1
	stdout_has '^check: failed to mkfs \$SCRATCH_DEV using specified'
	stdout_has '^Interrupted!$'
	stdout_has '^Passed all 0 tests$'
	calls_are probe_calls
	make_config ext4
	echo "export TEST_DEV=/dev/null" >>"$base/config"
	check generic/951
	is test "$status" = 1
	make_config ext4
}

# An interrupted check says nothing and claims success.
interruption()
{
	put_test 961 "conform" <<-'END'
		kill -TERM $(</mnt/check.pid)
		echo "Silence is golden"
		status=0
		exit
	END
	check --exact-order generic/961 generic/951
	is test "$status" = 0
	is test "$(grep -c '^logger' "$base/calls")" = 1
	is test "$(grep -c '^Passed all\|^Failed' "$base/stdout")" = 0
}

# --- the bundled suite's own tests ---------------------------------------

can_have()
{
	type -P "mkfs.$1" >/dev/null && make_config "$1" || return 1
	mount -t "$1" "${devices[0]}" "$base/test" 2>/dev/null || return 1
	umount "$base/test"
}

group_list_is_current()
{
	what="group.list"
	cp "$base/lower/tests/generic/group.list" "$base/group.list"
	./mkgrouplist
	grep -v '^9[56]' tests/generic/group.list |
		diff -u "$base/group.list" - || fail "$what: run mkgrouplist"
}

honest_tests_pass()
{
	local total

	check -g auto
	is test "$status" = 0
	total=$(grep -c '\bauto\b' "$base/lower/tests/generic/group.list")
	is test "$(grep -c '^generic' "$base/results/check.time")" \
		-ge $((total - 2))
	grep -Ev ' [0-9]+s$|^$|^(Ran|FSTYP|PLATFORM|M[A-Z]*_OPTIONS)' \
		"$base/stdout"
	is test ! -s "$base/stderr"
}

# A mount that loses and changes what the filesystem had: no honest test that
# ran may pass on it.
honest_tests_fail()
{
	local name

	cat >"$base/bin/mount" <<-'END'
		#!/bin/bash
		PATH=${PATH#*:}
		mount "$@" || exit
		[[ ${!#} == /mnt/scratch ]] || exit 0
		cd /mnt/scratch
		find . -depth ! -path './lost+found*' ! -name . |
		while read -r file; do
			if [[ -L $file ]]; then
				ln -snf elsewhere "$file"
			elif [[ -d $file ]]; then
				mv "$file" "$file.x" 2>/dev/null ||
					mv "$file" "${file%?}"
			elif [[ -f $file ]]; then
				dd if=/dev/urandom of="$file.y" bs=1k count=1
				mv "$file.y" "$file" || rm "$file"
			fi
		done 2>/dev/null
		exit 0
	END
	chmod +x "$base/bin/mount"
	check -g auto
	rm "$base/bin/mount"
	is test "$status" = 1
	while read -r name _; do
		fail "$name passes on a filesystem that loses data"
	done <"$base/results/check.time"
}

# The harness's tests, those that leave the machine alone.
harness_tests()
{
	local number

	environment=(FSTVM_SUITE_SLEEP=0 FSTVM_SUITE_FLOOD=1)
	check --exact-order generic/901 generic/902 generic/903 generic/907 \
		generic/912 generic/913 generic/914 generic/915 generic/001
	environment=()
	stdout_has '^generic/901 .*- output mismatch'
	stdout_has '^generic/902 .*\[failed, exit status 3\]$'
	stdout_has '^generic/903 .*\[not run\] '
	stdout_has '^generic/907 .*- output mismatch'
	stdout_has '^generic/914 .*_check_dmesg: something found in dmesg'
	for number in 912 913 915 001; do
		is grep -q "^generic/$number " "$base/results/check.time"
	done
	is test "$(wc -l <"$base/results/check.time")" = 4
	check generic/910
	evidence 910.notrun || stdout_has '^generic/910 .*\[dumped core\]$'
	check -L 1 generic/916
	stdout_has '^generic/916 aggregate results across 2 runs: fail=1 '
	check generic/917 generic/001
	stdout_has '^generic/917 .*filesystem on .* is inconsistent'
	is grep -q '^_check_.*_filesystem: filesystem on ' \
		"$base/results/generic/917.full"
	is grep -q '^generic/001 ' "$base/results/check.time"
	# those that would take this machine down know where they are
	check generic/905 generic/906 generic/908 generic/911
	for number in 905 906 908 911; do
		is evidence "$number.notrun"
	done
	check -n
	is test "$(grep -c '^generic/9' "$base/stdout")" = 0
}

killed_check()
{
	# bash has something to say about it
	check --exact-order generic/909 generic/001 2>/dev/null
	is test "$status" = 137
	is test "$(grep -c '^logger' "$base/calls")" = 1
}

own_tests()
{
	local fstype

	group_list_is_current
	for fstype in ext4 xfs btrfs f2fs; do
		if ! can_have "$fstype"; then
			echo "no $fstype here"
			continue
		fi
		echo "== $fstype"
		honest_tests_pass
		honest_tests_fail
	done
	make_config ext4
	harness_tests
	killed_check
}

set_up
make_config ext4 || skip "mkfs.ext4 fails"
one_of_each
exit_statuses
odd_ends
without_scopes
loop_on_failure
selection
bad_devices
wrapper_status
interruption
[[ $own == own ]] && own_tests

if ((failures > 0)); then
	echo "$failures expectations failed"
	exit 1
fi
echo "$tree keeps the contract"
