# SPDX-License-Identifier: GPL-2.0-or-later
fstvm_unit_test(kernel/test_fingerprint.c fstvm_kernel)
fstvm_unit_test(kernel/test_matcher.c fstvm_kernel)
fstvm_unit_test(kernel/test_pattern.c fstvm_kernel)
fstvm_unit_test(kernel/test_prefix.c fstvm_kernel)
fstvm_unit_test(kernel/test_recordlog.c fstvm_kernel)
fstvm_unit_test(kernel/test_report.c fstvm_kernel)
target_compile_definitions(kernel_test_report PRIVATE
	KERNEL_LOGS="${PROJECT_SOURCE_DIR}/tests/data/kernel")
fstvm_unit_test(kernel/test_stackframe.c fstvm_kernel)
