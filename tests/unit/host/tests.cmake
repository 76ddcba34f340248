# SPDX-License-Identifier: GPL-2.0-or-later
fstvm_unit_test(host/test_kernelwatch.c fstvm_host)
fstvm_unit_test(host/test_options.c fstvm_host)
fstvm_unit_test(host/test_schedule.c fstvm_host fstvm_script)
