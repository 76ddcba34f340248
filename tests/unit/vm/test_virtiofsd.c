/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/vm/virtiofsd.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void rust_or_not(void **state)
{
	(void)state;
	assert_int_equal(virtiofsd_identify("virtiofsd 1.10.0"),
			 VIRTIOFSD_RUST);
	assert_int_equal(virtiofsd_identify("virtiofsd version 7.2.22 (Debian "
					    "1:7.2+dfsg-7+deb12u18+b3)"),
			 VIRTIOFSD_OLD);
	assert_int_equal(virtiofsd_identify("virtiofsd "), VIRTIOFSD_OLD);
	assert_int_equal(virtiofsd_identify(""), VIRTIOFSD_OLD);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rust_or_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
