# SPDX-License-Identifier: GPL-2.0-or-later
fstvm_unit_test(record/test_event.c fstvm_record)
fstvm_unit_test(record/test_result.c fstvm_record fstvm_script)
