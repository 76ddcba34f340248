# SPDX-License-Identifier: GPL-2.0-or-later
fstvm_unit_test(record/test_event.c fstvm_record)
fstvm_unit_test(record/test_result.c fstvm_record fstvm_script)
fstvm_unit_test(record/test_artifact.c fstvm_record)
fstvm_unit_test(record/test_artifact_path.c fstvm_record)
fstvm_unit_test(record/test_bootlog.c fstvm_record)
fstvm_unit_test(record/test_journal.c fstvm_record)
fstvm_unit_test(record/test_outdir.c fstvm_record)
