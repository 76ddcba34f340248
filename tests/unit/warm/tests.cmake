# SPDX-License-Identifier: GPL-2.0-or-later
fstvm_unit_test(warm/test_archive.c fstvm_warm)
fstvm_unit_test(warm/test_closure.c fstvm_warm)
fstvm_unit_test(warm/test_elf.c fstvm_warm)
fstvm_unit_test(warm/test_ldpath.c fstvm_warm)
fstvm_unit_test(warm/test_treelist.c fstvm_warm)
fstvm_unit_test(warm/test_wanted.c fstvm_warm)
fstvm_unit_test(warm/test_warm.c fstvm_warm)
fstvm_unit_test(warm/test_unpack.c fstvm_guest fstvm_warm)
