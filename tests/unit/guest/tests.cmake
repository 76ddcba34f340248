# SPDX-License-Identifier: GPL-2.0-or-later
fstvm_unit_test(guest/test_accounts.c fstvm_guest)
fstvm_unit_test(guest/test_child.c fstvm_guest)
fstvm_unit_test(guest/test_collect.c fstvm_guest)
fstvm_unit_test(guest/test_evidence.c fstvm_guest)
fstvm_unit_test(guest/test_kmsg.c fstvm_guest)
fstvm_unit_test(guest/test_modules.c fstvm_guest)
fstvm_unit_test(guest/test_port.c fstvm_guest)
fstvm_unit_test(guest/test_why.c fstvm_guest)
