# SPDX-License-Identifier: GPL-2.0-or-later
fstvm_unit_test(link/test_liveness.c fstvm_link)
fstvm_unit_test(link/test_session.c fstvm_link)
target_compile_definitions(link_test_session PRIVATE
	FSTVM_PROTOCOL_MD="${PROJECT_SOURCE_DIR}/proto/PROTOCOL.md")
