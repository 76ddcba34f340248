# SPDX-License-Identifier: GPL-2.0-or-later
add_library(fstvm_test_tree STATIC plan/tree.c)
target_link_libraries(fstvm_test_tree PUBLIC fstvm_shared PRIVATE fstvm_flags)

fstvm_unit_test(plan/test_config.c fstvm_plan)
fstvm_unit_test(plan/test_devices.c fstvm_plan)
fstvm_unit_test(plan/test_expect.c fstvm_plan fstvm_test_tree)
fstvm_unit_test(plan/test_expunge.c fstvm_plan)
fstvm_unit_test(plan/test_fstests.c fstvm_plan fstvm_test_tree)
fstvm_unit_test(plan/test_fstype.c fstvm_plan)
fstvm_unit_test(plan/test_grouplist.c fstvm_plan)
fstvm_unit_test(plan/test_names.c fstvm_plan)
fstvm_unit_test(plan/test_pattern.c fstvm_plan)
fstvm_unit_test(plan/test_plan.c fstvm_plan fstvm_test_tree)
fstvm_unit_test(plan/test_programs.c fstvm_plan fstvm_test_tree)
fstvm_unit_test(plan/test_selection.c fstvm_plan)
fstvm_unit_test(plan/test_size.c fstvm_plan)
# Skips without FSTVM_TEST_FSTESTS=DIR.
fstvm_unit_test(plan/test_upstream.c fstvm_plan)
