# SPDX-License-Identifier: GPL-2.0-or-later
fstvm_unit_test(kernel/test_codeaddr.c fstvm_kernel)
fstvm_unit_test(kernel/test_fingerprint.c fstvm_kernel)
fstvm_unit_test(kernel/test_globset.c fstvm_kernel)
fstvm_unit_test(kernel/test_kernelmap.c fstvm_ringimage)
fstvm_unit_test(kernel/test_symbols.c fstvm_kernel)
fstvm_unit_test(kernel/test_matcher.c fstvm_kernel)
fstvm_unit_test(kernel/test_pattern.c fstvm_kernel)
fstvm_unit_test(kernel/test_prefix.c fstvm_kernel)
fstvm_unit_test(kernel/test_recordlog.c fstvm_kernel)
fstvm_unit_test(kernel/test_ramring.c fstvm_ringimage)
fstvm_unit_test(kernel/test_report.c fstvm_kernel)
target_compile_definitions(kernel_test_report PRIVATE
	KERNEL_LOGS="${PROJECT_SOURCE_DIR}/tests/data/kernel")
fstvm_unit_test(kernel/test_stackframe.c fstvm_kernel)

# A public collection of logs, where it is, and its scorer; the tests say when
# they skip.
find_path(FSTVM_KERNEL_REPORTS NAMES kernel-reports/LICENSE
	HINTS ${PROJECT_SOURCE_DIR}/../shared/data NO_DEFAULT_PATH
	DOC "the folder that holds kernel-reports/, logs to test with")
find_program(FSTVM_REPORT_SCORER NAMES score-kernel-reports
	HINTS ${PROJECT_SOURCE_DIR}/../shared/tools
	DOC "scores an analyser on these logs")
set(reports_dir "")
if(FSTVM_KERNEL_REPORTS)
	set(reports_dir ${FSTVM_KERNEL_REPORTS}/kernel-reports)
endif()
fstvm_unit_test(kernel/test_corpus.c fstvm_kernel)
target_compile_definitions(kernel_test_corpus PRIVATE
	KERNEL_REPORTS="${reports_dir}")
add_test(NAME replay.report_score
	COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/kernel/report_score.sh
	$<TARGET_FILE:fstvm> "${FSTVM_REPORT_SCORER}" "${reports_dir}")
set_tests_properties(replay.report_score PROPERTIES LABELS replay
	TIMEOUT 120 SKIP_RETURN_CODE 77)
fstvm_unit_test(kernel/test_vmcoreinfo.c fstvm_kernel)
