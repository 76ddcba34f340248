# SPDX-License-Identifier: GPL-2.0-or-later
fstvm_unit_test(report/test_exitcode.c fstvm_report fstvm_script)
fstvm_unit_test(report/test_json.c fstvm_report fstvm_script)
fstvm_unit_test(report/test_progress.c fstvm_report fstvm_script)
fstvm_unit_test(report/test_tail.c fstvm_report)
fstvm_unit_test(report/test_text.c fstvm_report fstvm_script)
