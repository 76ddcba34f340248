# SPDX-License-Identifier: GPL-2.0-or-later
fstvm_unit_test(host/test_counters.c fstvm_host)
fstvm_unit_test(host/test_heard.c fstvm_host)
fstvm_unit_test(host/test_kernelwatch.c fstvm_host)
fstvm_unit_test(host/test_lastwords.c fstvm_host fstvm_ringimage)
fstvm_unit_test(host/test_options.c fstvm_host)
fstvm_unit_test(host/test_policy.c fstvm_host)
fstvm_unit_test(host/test_schedule.c fstvm_host fstvm_script)
fstvm_unit_test(host/test_timetable.c fstvm_host)
