# SPDX-License-Identifier: GPL-2.0-or-later
fstvm_unit_test(cli/test_options.c fstvm_cli)
fstvm_unit_test(cli/test_experience.c fstvm_cli fstvm_script)
fstvm_unit_test(cli/test_dmesg.c fstvm_cli)
fstvm_unit_test(cli/test_started.c fstvm_cli)
